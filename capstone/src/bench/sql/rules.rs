//! Rules over several columns of a row, in SQL.

use week1_schema::{Condition, RowRule};
use week5_transform::Target;

use super::spot::Spot;
use super::texts;

/// A rule over several columns, for a plain record; none where the layout can't break it.
pub(super) fn plain_rule(rule: &RowRule, spots: &[Spot<'_>], target: Target) -> Option<String> {
    match rule {
        RowRule::RequiredWhen { column, when } => {
            let read = find(spots, column)?.read.as_ref()?;
            Some(format!(
                "({} OR {read} IS NOT NULL)",
                plainly_not(when, spots)?
            ))
        }
        RowRule::EmptyWhen { column, when } => {
            let read = find(spots, column)?.read.as_ref()?;
            Some(format!("({} OR {read} IS NULL)", plainly_not(when, spots)?))
        }
        RowRule::InProgramYear { column } => {
            let read = find(spots, column)?.read.as_ref()?;
            Some(format!(
                "coalesce(suffix({read}, '/{}'), true)",
                target.program_year
            ))
        }
    }
}

/// The condition does not hold in a plain record.
fn plainly_not(when: &Condition, spots: &[Spot<'_>]) -> Option<String> {
    let (column, values, negated) = parts(when);
    let read = find(spots, column)?.read.as_ref()?;
    let not = if negated { "" } else { "NOT " };
    Some(format!(
        "{read} IS NULL OR {read} {not}IN ({})",
        texts(values)
    ))
}

/// The reason for which a rule rejects a cleaned record.
pub(super) fn broken_rule(rule: &RowRule, spots: &[Spot<'_>], target: Target) -> Option<String> {
    let (broken, code, column) = match rule {
        RowRule::RequiredWhen { column, when } => (
            format!("text_{column} IS NULL AND {}", holds(when, spots)?),
            "missing_value",
            column,
        ),
        RowRule::EmptyWhen { column, when } => (
            format!(
                "text_{column} IS NOT NULL AND fault_{column} IS NULL AND {}",
                holds(when, spots)?
            ),
            "unexpected_value",
            column,
        ),
        RowRule::InProgramYear { column } => (
            format!(
                "fault_{column} IS NULL AND year({column}) <> {}",
                target.program_year
            ),
            "out_of_program_year",
            column,
        ),
    };
    find(spots, column)?.read.as_ref()?;
    Some(format!("CASE WHEN {broken} THEN '{code}:{column}' END"))
}

/// The condition holds in a cleaned record.
fn holds(when: &Condition, spots: &[Spot<'_>]) -> Option<String> {
    let (column, values, negated) = parts(when);
    find(spots, column)?.read.as_ref()?;
    let not = if negated { "NOT " } else { "" };
    Some(format!(
        "fault_{column} IS NULL AND {column} {not}IN ({})",
        texts(values)
    ))
}

fn parts(when: &Condition) -> (&str, &[String], bool) {
    match when {
        Condition::In { column, values } => (column, values, false),
        Condition::NotIn { column, values } => (column, values, true),
    }
}

fn find<'s, 'c>(spots: &'s [Spot<'c>], name: &str) -> Option<&'s Spot<'c>> {
    spots.iter().find(|spot| spot.name() == name)
}

//! One record against the contract.

use fixtures::FaultKind;
use jiff::civil::Date;

use crate::{
    Column, Condition, Flaw, Judge, PROGRAM_YEAR, Row, RowRule, Rules, ValueType, Violation, values,
};

/// Everything that the contract has against a record: flaws of single columns in the
/// table's order, then those that row rules find.
///
/// Space around a value is no part of it. A field with nothing else in it, or with exactly
/// one of the missing values, is empty. What a layout lacks can't be missing: a column that
/// is not in the file breaks no rule, and a rule that names one holds.
///
/// A column has one flaw at most, the first that applies:
/// - [`Flaw::MissingValue`](crate::Flaw::MissingValue): required and empty; an optional empty one is sound
/// - [`Flaw::InvalidValue`](crate::Flaw::InvalidValue): not of its type, its pattern (`rules.matches`) or its closed
///   list, exact case
/// - [`Flaw::TooLong`](crate::Flaw::TooLong): more characters than allowed; asked before pattern and list
/// - [`Flaw::OutOfRange`](crate::Flaw::OutOfRange): a number below the minimum
///
/// A row rule gives [`Flaw::MissingValue`](crate::Flaw::MissingValue), [`Flaw::UnexpectedValue`](crate::Flaw::UnexpectedValue) or
/// [`Flaw::OutOfProgramYear`](crate::Flaw::OutOfProgramYear), but nothing for a column that already has a flaw. A date that
/// is empty lies in every program year, and in a row whose program year is empty or no
/// number every date does.
pub fn violations(row: &Row<'_>, rules: &Rules<'_>) -> Vec<Violation> {
    let mut found = Vec::new();
    for (position, column) in rules.table.columns.iter().enumerate() {
        let flaw = row
            .at(position)
            .and_then(|field| flaw(field, position, column, rules));
        found.extend(flaw.map(|flaw| violation(flaw, &column.name)));
    }
    for rule in &rules.table.row_rules {
        if let Some(broken) = broken(rule, row, rules) {
            let known = found.iter().any(|known| known.column == broken.column);
            if !known {
                found.push(broken);
            }
        }
    }
    found
}

fn violation(flaw: Flaw, column: &str) -> Violation {
    Violation {
        flaw,
        column: column.to_owned(),
    }
}

/// The value in a field; `None` where it is empty.
fn value<'a>(field: &'a str, rules: &Rules<'_>) -> Option<&'a str> {
    let value = field.trim();
    let missing = value.is_empty() || rules.missing_values.iter().any(|text| text == value);
    (!missing).then_some(value)
}

fn flaw(field: &str, position: usize, column: &Column, rules: &Rules<'_>) -> Option<Flaw> {
    let Some(value) = value(field, rules) else {
        return column.required.then_some(Flaw::MissingValue);
    };
    match column.value_type {
        ValueType::Text => text_flaw(value, position, column, rules),
        ValueType::Date => values::date(value).is_none().then_some(Flaw::InvalidValue),
        ValueType::Integer => number_flaw(values::integer(value), column),
        ValueType::Money => number_flaw(values::cents(value), column),
    }
}

fn text_flaw(value: &str, position: usize, column: &Column, rules: &Rules<'_>) -> Option<Flaw> {
    if column
        .max_length
        .is_some_and(|most| value.chars().count() > most)
    {
        return Some(Flaw::TooLong);
    }
    let listed = column.allowed.is_empty() || column.allowed.iter().any(|known| known == value);
    let sound = listed && rules.matches(position, value);
    (!sound).then_some(Flaw::InvalidValue)
}

fn number_flaw(number: Option<i64>, column: &Column) -> Option<Flaw> {
    match (number, column.minimum) {
        (None, _) => Some(Flaw::InvalidValue),
        (Some(number), Some(minimum)) if number < minimum => Some(Flaw::OutOfRange),
        _ => None,
    }
}

fn broken(rule: &RowRule, row: &Row<'_>, rules: &Rules<'_>) -> Option<Violation> {
    match rule {
        RowRule::RequiredWhen { column, when } => {
            let missing = value(row.get(column)?, rules).is_none() && holds(when, row, rules);
            missing.then(|| violation(Flaw::MissingValue, column))
        }
        RowRule::EmptyWhen { column, when } => {
            let filled = value(row.get(column)?, rules).is_some() && holds(when, row, rules);
            filled.then(|| violation(Flaw::UnexpectedValue, column))
        }
        RowRule::InProgramYear { column } => {
            let year = values::integer(value(row.get(PROGRAM_YEAR)?, rules)?)?;
            let paid = values::date(value(row.get(column)?, rules)?).map(Date::year)?;
            (i64::from(paid) != year).then(|| violation(Flaw::OutOfProgramYear, column))
        }
    }
}

fn holds(when: &Condition, row: &Row<'_>, rules: &Rules<'_>) -> bool {
    let (Condition::In { column, values } | Condition::NotIn { column, values }) = when;
    let Some(field) = row.get(column) else {
        return false;
    };
    let found = value(field, rules).unwrap_or_default();
    let listed = values.iter().any(|known| known == found);
    listed == matches!(when, Condition::In { .. })
}

/// Who can find a fault of this kind: what a contract over single records promises, and
/// what it can't.
pub fn judged_by(kind: FaultKind) -> Judge {
    match kind {
        FaultKind::ShortRecord
        | FaultKind::LongRecord
        | FaultKind::OpenQuote
        | FaultKind::StrayQuote
        | FaultKind::InvalidUtf8
        | FaultKind::TruncatedRecord => Judge::Cutter,
        FaultKind::MissingRequired
        | FaultKind::PlaceholderInRequired
        | FaultKind::MissingRecipientId
        | FaultKind::UnknownState
        | FaultKind::ShortNpi
        | FaultKind::LostZeroZip
        | FaultKind::LostZeroCcn
        | FaultKind::FloatId
        | FaultKind::UnknownNature
        | FaultKind::UnknownChangeType
        | FaultKind::UnreadableAmount
        | FaultKind::UnreadableDate
        | FaultKind::ZeroAmount
        | FaultKind::NegativeAmount
        | FaultKind::ZeroPayments
        | FaultKind::AncientDate
        | FaultKind::OtherYear
        | FaultKind::TooLongName => Judge::RowRule,
        FaultKind::DuplicateRecordId => Judge::SetRule,
        FaultKind::EmbeddedNewline
        | FaultKind::LeadingTab
        | FaultKind::ExcelApostrophe
        | FaultKind::EscapedQuotes
        | FaultKind::LeadingComma
        | FaultKind::CaseDrift
        | FaultKind::PlaceholderInOptional
        | FaultKind::MisplacedCode => Judge::Nobody,
        FaultKind::ByteOrderMark
        | FaultKind::HeaderSpelling
        | FaultKind::UnknownColumn
        | FaultKind::ReorderedColumns => Judge::Header,
    }
}

//! The contract in DuckDB's words: what the peer's script says about each column.
//!
//! Every record is staged as text and typed on the way. A *plain* record keeps the
//! contract exactly as it is written, so its checks may be stricter than the contract's,
//! never looser. What is not plain is cleaned and judged by the exact rules.

use std::collections::BTreeSet;

use serde::Serialize;
use week1_schema::{
    Column, Condition, Contract, LayoutMap, PROGRAM_YEAR, PUBLICATION_DATE, RowRule, Table,
    ValueType,
};
use week5_transform::Target;

/// White space as Unicode has it, which is what our typer trims.
const SPACE: &str =
    r"[\x09-\x0d \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+";
/// Layouts in which specialty paths are separated by a slash and a space.
const OLD_PATHS: &str = "_a_";

/// A closed list as a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct EnumType {
    name: String,
    values: String,
}

/// Everything that the script says column by column.
#[derive(Debug, Serialize)]
pub(super) struct Fragments {
    lists: Vec<EnumType>,
    column_types: Vec<String>,
    missing_values: String,
    outer_space: String,
    key: String,
    values: Vec<String>,
    plain: Vec<String>,
    fields: Vec<String>,
    fields_of_plain: Vec<String>,
    cleaned: Vec<String>,
    faults: Vec<String>,
    typed: Vec<String>,
    reasons: Vec<String>,
    curated: Vec<String>,
}

/// One column of the contract in one layout.
struct Spot<'a> {
    column: &'a Column,
    /// Its name in the reader, if the layout has it.
    read: Option<String>,
    /// Its place among the columns that the layout has, from 1.
    place: usize,
    enum_type: Option<String>,
    /// A specialty path of 2014.
    old_path: bool,
}

/// Writes down the contract's general checks for files of one layout and delivery.
pub(super) fn fragments(
    contract: &Contract,
    table: &Table,
    layout: &LayoutMap,
    target: Target,
) -> Fragments {
    let lists = enum_types(table);
    let mut places = 0;
    let spots: Vec<Spot<'_>> = table
        .columns
        .iter()
        .zip(&layout.source)
        .map(|(column, source)| Spot {
            column,
            read: source.map(|at| format!("c{at}")),
            place: {
                places += usize::from(source.is_some());
                places
            },
            enum_type: enum_name(&lists, column),
            old_path: layout.layout.contains(OLD_PATHS) && column.name.contains("specialty"),
        })
        .collect();
    let present = || spots.iter().filter(|spot| spot.read.is_some());
    let mut plain: Vec<String> = present().map(|spot| spot.plain(target)).collect();
    plain.extend(
        table
            .row_rules
            .iter()
            .filter_map(|rule| plain_rule(rule, &spots, target)),
    );
    let mut reasons: Vec<String> = present()
        .map(|spot| format!("fault_{}", spot.name()))
        .collect();
    reasons.extend(
        table
            .row_rules
            .iter()
            .filter_map(|rule| broken_rule(rule, &spots, target)),
    );
    reasons.extend(present().filter_map(|spot| spot.wrong_partition(target)));
    Fragments {
        column_types: (0..layout.fields)
            .map(|at| format!("'c{at}': 'VARCHAR'"))
            .collect(),
        missing_values: missing_values(contract),
        outer_space: text(&format!("^{SPACE}|{SPACE}$")),
        key: table.key.clone(),
        values: present().map(|spot| spot.value(target)).collect(),
        plain,
        fields: present().filter_map(|spot| spot.read.clone()).collect(),
        fields_of_plain: present().map(Spot::as_read).collect(),
        cleaned: present().map(Spot::cleaned).collect(),
        faults: present().map(Spot::fault).collect(),
        typed: present().map(Spot::typed).collect(),
        reasons,
        curated: spots
            .iter()
            .filter(|spot| spot.name() != PROGRAM_YEAR)
            .map(Spot::curated)
            .collect(),
        lists,
    }
}

fn enum_types(table: &Table) -> Vec<EnumType> {
    let lists: BTreeSet<&[String]> = table
        .columns
        .iter()
        .map(|column| column.allowed.as_slice())
        .filter(|allowed| !allowed.is_empty())
        .collect();
    (1..)
        .zip(lists)
        .map(|(number, allowed)| EnumType {
            name: format!("list_{number}"),
            values: texts(allowed),
        })
        .collect()
}

fn enum_name(lists: &[EnumType], column: &Column) -> Option<String> {
    let values = texts(&column.allowed);
    lists
        .iter()
        .find(|list| list.values == values)
        .map(|list| list.name.clone())
}

/// Placeholders, and the empty value.
fn missing_values(contract: &Contract) -> String {
    let empty = [String::new()];
    texts(empty.iter().chain(&contract.missing_values))
}

impl Spot<'_> {
    fn name(&self) -> &str {
        &self.column.name
    }

    fn read(&self) -> &str {
        self.read.as_deref().unwrap_or("NULL")
    }

    fn sql_type(&self) -> &'static str {
        match self.column.value_type {
            ValueType::Text => "VARCHAR",
            ValueType::Integer => "BIGINT",
            ValueType::Money => "DECIMAL(14,2)",
            ValueType::Date => "DATE",
        }
    }

    /// The typed value of a plain record.
    fn value(&self, target: Target) -> String {
        let (name, read) = (self.name(), self.read());
        let value = match self.column.value_type {
            // A plain record has these very values.
            _ if name == PROGRAM_YEAR => target.program_year.to_string(),
            _ if name == PUBLICATION_DATE => format!("DATE '{}'", target.publication),
            ValueType::Text => match &self.enum_type {
                Some(list) => format!("TRY_CAST({read} AS {list})"),
                None if self.old_path => format!("replace({read}, '/ ', '|')"),
                None => read.to_owned(),
            },
            ValueType::Date => format!("CAST(try_strptime({read}, '%m/%d/%Y') AS DATE)"),
            ValueType::Integer | ValueType::Money => {
                format!("TRY_CAST({read} AS {})", self.sql_type())
            }
        };
        format!("{value} AS {name}")
    }

    /// What makes the value plain; NULL counts as no where the column is required.
    fn plain(&self, target: Target) -> String {
        let (name, read) = (self.name(), self.read());
        let check = match self.column.value_type {
            _ if name == PROGRAM_YEAR => format!("{read} = '{}'", target.program_year),
            _ if name == PUBLICATION_DATE => {
                format!("{read} = '{}'", target.publication.strftime("%m/%d/%Y"))
            }
            ValueType::Text => self.plain_text(),
            ValueType::Date => format!(
                "regexp_full_match({read}, '[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}}') \
                 AND try_strptime({read}, '%m/%d/%Y') IS NOT NULL"
            ),
            // Only as a number prints itself, so that it can be given back as it was read.
            ValueType::Integer => self.plain_number("(0|[1-9][0-9]{0,17})"),
            ValueType::Money => self.plain_number(r"(0|[1-9][0-9]{0,11})\.[0-9]{2}"),
        };
        if self.column.required {
            check
        } else {
            format!("({read} IS NULL OR ({check}))")
        }
    }

    fn plain_text(&self) -> String {
        let read = self.read();
        if let Some(list) = &self.enum_type {
            return format!("TRY_CAST({read} AS {list}) IS NOT NULL");
        }
        let shape = match &self.column.pattern {
            Some(pattern) => format!("regexp_full_match({read}, {})", text(pattern)),
            None => format!("{read} >= '!' AND {read} < '~' AND {read}[-1] BETWEEN '!' AND '~'"),
        };
        match self.column.max_length {
            // Never fewer bytes than characters.
            Some(most) => format!("{shape} AND strlen({read}) <= {most}"),
            None => shape,
        }
    }

    fn plain_number(&self, pattern: &str) -> String {
        let read = self.read();
        let shape = format!("regexp_full_match({read}, '{pattern}')");
        match self.minimum() {
            Some(minimum) => {
                format!(
                    "{shape} AND TRY_CAST({read} AS {}) >= {minimum}",
                    self.sql_type()
                )
            }
            None => shape,
        }
    }

    /// The smallest number, as SQL writes it.
    fn minimum(&self) -> Option<String> {
        let minimum = self.column.minimum?;
        Some(match self.column.value_type {
            ValueType::Money => format!("{}.{:02}", minimum / 100, minimum % 100),
            _ => minimum.to_string(),
        })
    }

    /// The text of a plain record's value, as it was read.
    fn as_read(&self) -> String {
        let name = self.name();
        match self.column.value_type {
            ValueType::Date => format!("strftime({name}, '%m/%d/%Y')"),
            ValueType::Text if self.old_path => format!("replace({name}, '|', '/ ')"),
            _ => format!("CAST({name} AS VARCHAR)"),
        }
    }

    fn cleaned(&self) -> String {
        format!("cleaned(fields[{}]) AS text_{}", self.place, self.name())
    }

    /// The reason against the value alone.
    fn fault(&self) -> String {
        let (name, value) = (self.name(), format!("text_{}", self.name()));
        let mut cases = Vec::new();
        if self.column.required {
            cases.push((format!("{value} IS NULL"), "missing_value"));
        }
        match self.column.value_type {
            ValueType::Text => {
                if let Some(most) = self.column.max_length {
                    cases.push((format!("length({value}) > {most}"), "too_long"));
                }
                if let Some(pattern) = &self.column.pattern {
                    let check = format!("NOT regexp_full_match({value}, {})", text(pattern));
                    cases.push((check, "invalid_value"));
                }
                if !self.column.allowed.is_empty() {
                    let check = format!("{value} IS NOT NULL AND {} IS NULL", self.listed());
                    cases.push((check, "invalid_value"));
                }
            }
            ValueType::Date => {
                let shape = "[0-9]{2}/[0-9]{2}/[0-9]{4}";
                let check = format!(
                    "NOT regexp_full_match({value}, '{shape}') \
                     OR {value} IS NOT NULL AND try_strptime({value}, '%m/%d/%Y') IS NULL"
                );
                cases.push((check, "invalid_value"));
            }
            ValueType::Integer => self.number_faults("-?[0-9]{1,18}", &mut cases),
            ValueType::Money => {
                self.number_faults(r"-?[0-9]{1,18}(\.[0-9]{0,2})?", &mut cases);
            }
        }
        let cases: Vec<String> = cases
            .into_iter()
            .map(|(check, code)| format!("WHEN {check} THEN '{code}:{name}'"))
            .collect();
        if cases.is_empty() {
            return format!("CAST(NULL AS VARCHAR) AS fault_{name}");
        }
        format!("CASE {} END AS fault_{name}", cases.join(" "))
    }

    fn number_faults(&self, pattern: &str, cases: &mut Vec<(String, &'static str)>) {
        let value = format!("text_{}", self.name());
        let number = format!("TRY_CAST({value} AS {})", self.sql_type());
        let check = format!(
            "NOT regexp_full_match({value}, '{pattern}') \
             OR {value} IS NOT NULL AND {number} IS NULL"
        );
        cases.push((check, "invalid_value"));
        if let Some(minimum) = self.minimum() {
            cases.push((format!("{number} < {minimum}"), "out_of_range"));
        }
    }

    /// The value of a closed list in the contract's spelling; NULL if it has none.
    fn listed(&self) -> String {
        let value = format!("text_{}", self.name());
        let mut seen = BTreeSet::new();
        let spellings: Vec<String> = self
            .column
            .allowed
            .iter()
            .filter(|allowed| seen.insert(allowed.to_ascii_lowercase()))
            .map(|allowed| {
                format!(
                    "WHEN {} THEN {}",
                    text(&allowed.to_ascii_lowercase()),
                    text(allowed)
                )
            })
            .collect();
        format!(
            "CASE WHEN {value} IN ({}) THEN {value} ELSE CASE lower({value}) {} END END",
            texts(&self.column.allowed),
            spellings.join(" ")
        )
    }

    /// The typed value of a cleaned record.
    fn typed(&self) -> String {
        let (name, value) = (self.name(), format!("text_{}", self.name()));
        let typed = match self.column.value_type {
            ValueType::Text if !self.column.allowed.is_empty() => self.listed(),
            ValueType::Text if self.old_path => format!("replace({value}, '/ ', '|')"),
            ValueType::Text => value,
            ValueType::Date => format!("CAST(try_strptime({value}, '%m/%d/%Y') AS DATE)"),
            ValueType::Integer | ValueType::Money => {
                format!("TRY_CAST({value} AS {})", self.sql_type())
            }
        };
        format!("{typed} AS {name}")
    }

    fn wrong_partition(&self, target: Target) -> Option<String> {
        let name = self.name();
        let wrong = match name {
            PROGRAM_YEAR => format!("TRY_CAST(text_{name} AS BIGINT) <> {}", target.program_year),
            PUBLICATION_DATE => format!(
                "CAST(try_strptime(text_{name}, '%m/%d/%Y') AS DATE) <> DATE '{}'",
                target.publication
            ),
            _ => return None,
        };
        Some(format!(
            "CASE WHEN fault_{name} IS NULL AND {wrong} THEN 'wrong_partition:{name}' END"
        ))
    }

    fn curated(&self) -> String {
        let name = self.name();
        if self.read.is_some() {
            name.to_owned()
        } else {
            format!("CAST(NULL AS {}) AS {name}", self.sql_type())
        }
    }
}

/// A rule over several columns, for a plain record; none where the layout can't break it.
fn plain_rule(rule: &RowRule, spots: &[Spot<'_>], target: Target) -> Option<String> {
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
fn broken_rule(rule: &RowRule, spots: &[Spot<'_>], target: Target) -> Option<String> {
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

/// A text in quotes.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

fn texts<'a>(values: impl IntoIterator<Item = &'a String>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| text(value)).collect();
    values.join(", ")
}

//! One column of the contract, as the script checks and types it.

use week1_schema::{Column, PROGRAM_YEAR, PUBLICATION_DATE, ValueType};
use week5_transform::Target;

use super::text;

/// One column of the contract in one layout.
pub(super) struct Spot<'a> {
    pub(super) column: &'a Column,
    /// Its name in the reader, if the layout has it.
    pub(super) read: Option<String>,
    /// Its place among the columns that the layout has, from 1.
    pub(super) place: usize,
    /// The type that stands for its closed list, if it has one.
    pub(super) enum_type: Option<String>,
    /// A specialty path of 2014.
    pub(super) old_path: bool,
}

impl Spot<'_> {
    pub(super) fn name(&self) -> &str {
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

    /// The typed value, made once for the check and for the row; none where the text itself
    /// or a constant is the value.
    pub(super) fn converted(&self) -> Option<String> {
        let (name, read) = (self.name(), self.read());
        if [PROGRAM_YEAR, PUBLICATION_DATE].contains(&name) {
            return None;
        }
        let value = match (self.column.value_type, &self.enum_type) {
            (ValueType::Text, None) => return None,
            (ValueType::Text, Some(list)) => format!("TRY_CAST({read} AS {list})"),
            (ValueType::Date, _) => format!("CAST(try_strptime({read}, '%m/%d/%Y') AS DATE)"),
            _ => format!("TRY_CAST({read} AS {})", self.sql_type()),
        };
        Some(format!("{value} AS value_{name}"))
    }

    /// The typed value of a plain record.
    pub(super) fn value(&self, target: Target) -> String {
        let (name, read) = (self.name(), self.read());
        let value = match name {
            // A plain record has these very values.
            PROGRAM_YEAR => target.program_year.to_string(),
            PUBLICATION_DATE => format!("DATE '{}'", target.publication),
            _ if self.converted().is_some() => format!("value_{name}"),
            _ if self.old_path => format!("replace({read}, '/ ', '|')"),
            _ => read.to_owned(),
        };
        format!("{value} AS {name}")
    }

    /// What makes the value plain. Of a column that may be empty, NULL is plain.
    pub(super) fn plain(&self, target: Target) -> String {
        let (name, read) = (self.name(), self.read());
        let check = match self.column.value_type {
            _ if name == PROGRAM_YEAR => format!("{read} = '{}'", target.program_year),
            _ if name == PUBLICATION_DATE => {
                format!("{read} = '{}'", target.publication.strftime("%m/%d/%Y"))
            }
            ValueType::Text if self.enum_type.is_some() => format!("value_{name} IS NOT NULL"),
            ValueType::Text => self.plain_text(),
            ValueType::Date => format!(
                "regexp_full_match({read}, '[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}}') \
                 AND value_{name} IS NOT NULL"
            ),
            // Only as a number prints itself, so that it can be given back as it was read.
            ValueType::Integer => self.plain_number("(0|[1-9][0-9]{0,17})"),
            ValueType::Money => self.plain_number(r"(0|[1-9][0-9]{0,11})\.[0-9]{2}"),
        };
        let unknown_of_null = self.column.value_type == ValueType::Text && self.enum_type.is_none();
        match self.column.required {
            true => check,
            false if unknown_of_null => format!("coalesce({check}, true)"),
            false => format!("({read} IS NULL OR {check})"),
        }
    }

    fn plain_text(&self) -> String {
        let read = self.read();
        let mut checks = vec![match &self.column.pattern {
            Some(pattern) => format!("regexp_full_match({read}, {})", text(pattern)),
            None => format!("{read} >= '!' AND {read} < '~' AND {read}[-1] BETWEEN '!' AND '~'"),
        }];
        // Never fewer bytes than characters.
        let longest = self.column.max_length;
        checks.extend(longest.map(|most| format!("strlen({read}) <= {most}")));
        if self.old_path {
            checks.push(format!("NOT contains({read}, '|')"));
        }
        checks.join(" AND ")
    }

    fn plain_number(&self, pattern: &str) -> String {
        let mut checks = vec![format!("regexp_full_match({}, '{pattern}')", self.read())];
        let minimum = self.minimum();
        checks.extend(minimum.map(|minimum| format!("value_{} >= {minimum}", self.name())));
        checks.join(" AND ")
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
    pub(super) fn as_read(&self) -> String {
        let name = self.name();
        match self.column.value_type {
            ValueType::Date => format!("strftime({name}, '%m/%d/%Y')"),
            ValueType::Text if self.old_path => format!("replace({name}, '|', '/ ')"),
            _ => format!("CAST({name} AS VARCHAR)"),
        }
    }

    pub(super) fn cleaned(&self) -> String {
        format!("texts[{}] AS text_{}", self.place, self.name())
    }

    /// The reason against the value alone.
    pub(super) fn fault(&self) -> String {
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
                if let Some(list) = &self.enum_type {
                    let check = format!("{value} IS NOT NULL AND spelt_{list}({value}) IS NULL");
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

    /// The typed value of a cleaned record.
    pub(super) fn typed(&self) -> String {
        let (name, value) = (self.name(), format!("text_{}", self.name()));
        let typed = match self.column.value_type {
            ValueType::Text => match &self.enum_type {
                Some(list) => format!("spelt_{list}({value})"),
                None if self.old_path => format!("replace({value}, '/ ', '|')"),
                None => value,
            },
            ValueType::Date => format!("CAST(try_strptime({value}, '%m/%d/%Y') AS DATE)"),
            ValueType::Integer | ValueType::Money => {
                format!("TRY_CAST({value} AS {})", self.sql_type())
            }
        };
        format!("{typed} AS {name}")
    }

    pub(super) fn wrong_partition(&self, target: Target) -> Option<String> {
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

    pub(super) fn curated(&self) -> String {
        let name = self.name();
        if self.read.is_some() {
            name.to_owned()
        } else {
            format!("CAST(NULL AS {}) AS {name}", self.sql_type())
        }
    }
}

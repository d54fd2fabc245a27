//! Rows of a datastore as lines of a CSV in the layout that CMS delivers.

use std::collections::BTreeMap;

use fixtures::layouts::{self, Layout};
use jiff::civil::Date;
use serde_json::Value;
use week1_schema::Contract;

use crate::parts;

/// A row: its values by column.
pub(super) type Row = BTreeMap<String, Value>;

/// DKAN cuts names at 64 characters: 59 of the name, `_`, and four digits of its MD5.
const LONGEST: usize = 64;
const KEPT: usize = 59;
const RECORD_ID: &str = "record_id";

/// Where the values of a layout's columns stand in a row.
pub(super) struct Columns {
    layout: &'static Layout,
    /// For each column of the layout: its name in the rows, and what it holds.
    columns: Vec<(String, Kind)>,
}

/// How CMS writes the values of a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Quoted.
    Text,
    /// Without quotes.
    Money,
    /// `MM/DD/YYYY`, quoted.
    Date,
}

impl Columns {
    /// The columns of a row like `first`. They must be those of a known layout, neither
    /// more nor fewer: what is new here has to be looked at by a person.
    pub(super) fn of(first: &Row, contract: &Contract) -> Result<Self, String> {
        let names: Vec<&str> = first.keys().map(|name| whole_name(name)).collect();
        let map = parts::schema::recognise(&names, contract).map_err(|error| error.to_string())?;
        let layout = layouts::by_id(&map.layout).expect("recognised layouts are known");
        let columns = layout.columns.iter().map(|column| {
            let found = first
                .keys()
                .find(|name| whole_name(name).eq_ignore_ascii_case(column));
            let found = found.ok_or_else(|| format!("its rows lack {column} of {}", layout.id));
            Ok((found?.clone(), Kind::of(column)))
        });
        let columns = columns.collect::<Result<Vec<_>, String>>()?;
        let is_known = |name: &&String| columns.iter().any(|(column, _)| column == *name);
        if let Some(unknown) = first.keys().find(|name| !is_known(name)) {
            return Err(format!(
                "its rows have {unknown}, which {} has not",
                layout.id
            ));
        }
        Ok(Self { layout, columns })
    }

    /// The header line.
    pub(super) fn header(&self) -> String {
        format!("{}\n", self.layout.header())
    }

    /// The id by which rows are sorted.
    pub(super) fn record_id<'a>(&self, row: &'a Row) -> Result<&'a str, String> {
        let id = row
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(RECORD_ID));
        let id = id.and_then(|(_, id)| id.as_str());
        id.ok_or_else(|| format!("a row of {} has no {RECORD_ID}", self.layout.id))
    }

    /// Appends a row as a line.
    pub(super) fn write(&self, row: &Row, out: &mut Vec<u8>) -> Result<(), String> {
        if row.len() != self.columns.len() {
            return Err(format!(
                "a row has {} columns and the first one {}",
                row.len(),
                self.columns.len()
            ));
        }
        for (at, (name, kind)) in self.columns.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            let value = row.get(name).ok_or_else(|| format!("a row lacks {name}"))?;
            let text =
                text(value).ok_or_else(|| format!("{name} is {value}, which is no value"))?;
            kind.write(name, &text, out)?;
        }
        out.push(b'\n');
        Ok(())
    }
}

impl Kind {
    fn of(column: &str) -> Self {
        if column.contains("Date") {
            Self::Date
        } else if column.contains("USDollars") || column == "Value_of_Interest" {
            Self::Money
        } else {
            Self::Text
        }
    }

    fn write(self, name: &str, text: &str, out: &mut Vec<u8>) -> Result<(), String> {
        let plain = |c: u8| c.is_ascii_digit() || c == b'.' || c == b'-';
        match self {
            _ if text.is_empty() => {}
            Self::Money if text.bytes().all(plain) => out.extend_from_slice(text.as_bytes()),
            Self::Date => quote(&cms_date(name, text)?, out),
            _ => quote(text, out),
        }
        Ok(())
    }
}

/// The layout's name for a column: the one that DKAN had to cut, or the same.
fn whole_name(name: &str) -> &str {
    let mut columns = layouts::all().iter().flat_map(|layout| &layout.columns);
    let cut = name.len() == LONGEST && name.as_bytes()[KEPT] == b'_';
    let whole = columns.find(|column| {
        cut && column.len() > LONGEST
            && column.as_bytes()[..KEPT].eq_ignore_ascii_case(&name.as_bytes()[..KEPT])
    });
    whole.copied().unwrap_or(name)
}

/// A value as it stands in a file; nothing for null, `None` for what is no single value.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()).filter(|text| !text.contains('e')),
        _ => None,
    }
}

/// A date as CMS writes it in files. ISO dates, which a datastore with typed columns
/// serves, mean the same; a point in time does not. The rest is for the rules of rows.
fn cms_date(name: &str, text: &str) -> Result<String, String> {
    let starts_with_year = text.len() > 4
        && text.as_bytes()[4] == b'-'
        && text.bytes().take(4).all(|digit| digit.is_ascii_digit());
    if !starts_with_year {
        return Ok(text.to_owned());
    }
    let date: Option<Date> = (text.len() == 10).then(|| text.parse().ok()).flatten();
    let date = date.ok_or_else(|| {
        format!("{name} is {text:?}, and a date there is 06/28/2024 or 2024-06-28")
    })?;
    Ok(date.strftime("%m/%d/%Y").to_string())
}

/// RFC 4180.
fn quote(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::context::contract;

    /// A row of the current ownership layout, as the datastore names its columns.
    fn row() -> Row {
        let layout = layouts::by_id("ownership_f_30").unwrap();
        let columns = layout.columns.iter();
        let named = columns.map(|column| (column.to_lowercase(), json!("x")));
        named
            .chain([("record_id".to_owned(), json!("7"))])
            .collect()
    }

    fn line(change: impl FnOnce(&mut Row)) -> Result<String, String> {
        let mut row = row();
        let columns = Columns::of(&row, &contract().unwrap()).unwrap();
        change(&mut row);
        let mut out = Vec::new();
        columns.write(&row, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn columns_are_those_of_a_layout_and_no_others() {
        let contract = contract().unwrap();
        let columns = Columns::of(&row(), &contract).unwrap();
        assert!(
            columns
                .header()
                .starts_with("Change_Type,Physician_Profile_ID,")
        );
        let mut less = row();
        less.remove("program_year");
        assert!(Columns::of(&less, &contract).is_err());
        let mut more = row();
        more.insert("brand_new".into(), json!("x"));
        let error = Columns::of(&more, &contract).err().unwrap();
        assert!(error.contains("brand_new"), "{error}");
    }

    #[test]
    fn the_name_that_dkan_had_to_cut_is_whole_again() {
        let cut = "name_of_third_party_entity_receiving_payment_or_transfer_of_ccfc";
        let whole = "Name_of_Third_Party_Entity_Receiving_Payment_or_Transfer_of_Value";
        assert_eq!(whole_name(cut), whole);
        let full = "applicable_manufacturer_or_applicable_gpo_making_payment_country";
        assert_eq!((whole_name(full), full.len()), (full, LONGEST));
    }

    #[test]
    fn values_are_written_as_cms_writes_them() {
        let line = line(|row| {
            for (name, value) in [
                ("total_amount_invested_usdollars", json!("12.50")),
                ("value_of_interest", json!(null)),
                ("terms_of_interest", json!("say \"no\",\nor not")),
                ("program_year", json!(2023)),
                ("payment_publication_date", json!("2024-06-28")),
            ] {
                row.insert(name.to_owned(), value);
            }
        });
        let line = line.unwrap();
        let amounts = ",12.50,,\"say \"\"no\"\",\nor not\",";
        assert!(line.contains(amounts), "{line}");
        assert!(
            line.contains(",\"2023\",") && line.ends_with("\"06/28/2024\"\n"),
            "{line}"
        );
    }

    #[test]
    fn what_is_no_value_and_no_date_is_refused_by_name() {
        for (name, value) in [
            ("program_year", json!({"a": 1})),
            ("program_year", json!(true)),
            ("program_year", json!(1e300)),
            ("payment_publication_date", json!("2024-06-28T00:00:00.000")),
            ("payment_publication_date", json!("2024-13-28")),
        ] {
            let error = line(|row| drop(row.insert(name.to_owned(), value.clone())));
            assert!(error.unwrap_err().contains(name), "{value}");
        }
        assert!(line(|row| drop(row.remove("program_year"))).is_err());
        let dirt = line(|row| drop(row.insert("payment_publication_date".into(), json!("dirt"))));
        assert!(
            dirt.unwrap().ends_with("\"dirt\"\n"),
            "rows are judged later"
        );
    }
}

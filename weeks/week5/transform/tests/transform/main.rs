//! Rows are typed, cleaned or quarantined with every reason.

mod repeats;
mod rules;

use jiff::civil::date;
use proptest::prelude::*;
use week1_schema::{Column, Condition, Dataset, LayoutMap, RowRule, Table, ValueType};
use week2_ingestion::solution::Cutter;
use week2_ingestion::{Position, Record};
use week5_transform::solution::{ChunkBuilder, SeenKeys, Typer, quarantine_frame};
use week5_transform::{RAW_CAP, Target, TypedChunk};

pub(crate) const START: Position = Position {
    offset: 0,
    line: 2,
    record: 1,
};

pub(crate) fn column(name: &str, value_type: ValueType) -> Column {
    Column {
        name: name.into(),
        value_type,
        required: false,
        max_length: None,
        pattern: None,
        allowed: vec![],
        minimum: None,
        aliases: vec![],
        description: String::new(),
    }
}

/// A table of nine columns, in the order of [`row`]'s fields.
pub(crate) fn table() -> Table {
    use ValueType::{Date, Integer, Money, Text};
    let required = |column: Column| Column {
        required: true,
        ..column
    };
    let hospital = || Condition::In {
        column: "kind".into(),
        values: vec!["Hospital".into()],
    };
    Table {
        dataset: Dataset::General,
        columns: vec![
            required(column("record_id", Integer)),
            Column {
                max_length: Some(5),
                ..column("name", Text)
            },
            Column {
                pattern: Some(r"\d{5}".into()),
                ..column("zip", Text)
            },
            Column {
                allowed: vec!["Hospital".into(), "Person".into()],
                ..column("kind", Text)
            },
            column("hospital", Text),
            Column {
                minimum: Some(1),
                ..required(column("amount", Money))
            },
            column("day", Date),
            column("program_year", Integer),
            column("payment_publication_date", Date),
        ],
        row_rules: vec![
            RowRule::RequiredWhen {
                column: "hospital".into(),
                when: hospital(),
            },
            RowRule::EmptyWhen {
                column: "name".into(),
                when: hospital(),
            },
            RowRule::InProgramYear {
                column: "day".into(),
            },
        ],
        key: "record_id".into(),
        amount: Some("amount".into()),
    }
}

pub(crate) fn layout(name: &str, source: Vec<Option<usize>>) -> LayoutMap {
    LayoutMap {
        dataset: Dataset::General,
        layout: name.into(),
        fields: 9,
        source,
        drift: vec![],
    }
}

pub(crate) fn typer(layout_name: &str, source: Vec<Option<usize>>) -> Typer {
    let target = Target {
        program_year: 2020,
        publication: date(2021, 6, 30),
    };
    let placeholders = ["-".to_owned(), "#N/A".to_owned()];
    Typer::new(
        &table(),
        &layout(layout_name, source),
        target,
        &placeholders,
    )
    .unwrap()
}

pub(crate) fn type_text(text: &str) -> TypedChunk {
    type_new(text, &mut SeenKeys::default())
}

/// Types a text whose record ids may have been seen before.
pub(crate) fn type_new(text: &str, seen: &mut SeenKeys) -> TypedChunk {
    let typer = typer("general_f_91", (0..9).map(Some).collect());
    let mut builder = push_all(&typer, text);
    let repeated = seen.repeated(builder.accepted());
    builder.reject_repeated(&repeated, text.as_bytes(), 0);
    builder.finish()
}

pub(crate) fn push_all<'t>(typer: &'t Typer, text: &str) -> ChunkBuilder<'t> {
    let mut builder = ChunkBuilder::new(typer, 8);
    Cutter::new(9).cut(text.as_bytes(), START, true, |record: &Record<'_>| {
        builder.push(record);
    });
    builder
}

/// A column's values, NULL as `None`.
pub(crate) fn texts(chunk: &TypedChunk, name: &str) -> Vec<Option<String>> {
    let frame = chunk.frame().unwrap();
    let column = frame.column(name).unwrap().str().unwrap();
    column.iter().map(|text| text.map(str::to_owned)).collect()
}

/// A row with these fields in place of the good ones.
pub(crate) fn row(changes: &[(usize, &str)]) -> String {
    let mut fields = [
        "7",
        "ANN",
        "01234",
        "Person",
        "",
        "12.50",
        "03/01/2020",
        "2020",
        "06/30/2021",
    ]
    .map(String::from);
    for (at, value) in changes {
        fields[*at] = format!("\"{}\"", value.replace('"', "\"\""));
    }
    fields.join(",") + "\n"
}

pub(crate) fn reasons(changes: &[(usize, &str)]) -> Vec<String> {
    let chunk = type_text(&row(changes));
    assert_eq!(chunk.accepted.len() + chunk.rejected.len(), 1);
    chunk
        .rejected
        .iter()
        .flat_map(|row| &row.reasons)
        .map(ToString::to_string)
        .collect()
}

/// The accepted row's value of a column, as Polars prints it.
pub(crate) fn value(changes: &[(usize, &str)], name: &str) -> String {
    let chunk = type_text(&row(changes));
    assert_eq!(chunk.rejected, []);
    chunk
        .frame()
        .unwrap()
        .column(name)
        .unwrap()
        .get(0)
        .unwrap()
        .to_string()
}

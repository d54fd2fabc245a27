//! Properties of typing, for any values and any bytes.

mod amounts;
mod dates;
mod layouts;
mod records;

use jiff::civil::date;
use polars_arrow::array::PrimitiveArray;
use polars_arrow::types::NativeType;
use week1_schema::{Column, Condition, Dataset, LayoutMap, RowRule, Table, ValueType};
use week2_ingestion::Position;
use week2_ingestion::solution::Cutter;
use week5_transform::solution::{ChunkBuilder, Typer, TyperError};
use week5_transform::{Target, TypedChunk};

/// Where the first record of a chunk stands.
const START: Position = Position {
    offset: 0,
    line: 2,
    record: 1,
};

/// Fields of a record of [`table`], one per column and one that no column is in.
pub(crate) const FIELDS: usize = 9;

fn column(name: &str, value_type: ValueType) -> Column {
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

/// A table with a column of every type and check.
pub(crate) fn table() -> Table {
    use ValueType::{Date, Integer, Money, Text};
    let hospital = || Condition::In {
        column: "kind".into(),
        values: vec!["Hospital".into()],
    };
    Table {
        dataset: Dataset::General,
        columns: vec![
            Column {
                required: true,
                ..column("record_id", Integer)
            },
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
            column("covered_recipient_specialty_1", Text),
            column("amount", Money),
            column("day", Date),
            Column {
                minimum: Some(1),
                ..column("count", Integer)
            },
        ],
        row_rules: vec![
            RowRule::RequiredWhen {
                column: "zip".into(),
                when: hospital(),
            },
            RowRule::EmptyWhen {
                column: "name".into(),
                when: hospital(),
            },
        ],
        key: "record_id".into(),
        amount: Some("amount".into()),
    }
}

pub(crate) fn typer(fields: usize, source: Vec<Option<usize>>) -> Result<Typer, TyperError> {
    let layout = LayoutMap {
        dataset: Dataset::General,
        layout: "general_a_63".into(),
        fields,
        source,
        drift: vec![],
    };
    let target = Target {
        program_year: 2020,
        publication: date(2021, 6, 30),
    };
    let placeholders = ["-".to_owned(), "#N/A".to_owned()];
    Typer::new(&table(), &layout, target, &placeholders)
}

/// The columns in the first fields.
pub(crate) fn in_order() -> Typer {
    typer(FIELDS, (0..FIELDS - 1).map(Some).collect()).unwrap()
}

/// Types whatever the cutter finds in these bytes; gives the number of records, too.
pub(crate) fn type_bytes(typer: &Typer, fields: usize, bytes: &[u8]) -> (u64, TypedChunk) {
    let mut builder = ChunkBuilder::new(typer, 8);
    let mut records = 0;
    Cutter::new(fields).cut(bytes, START, true, |record| {
        records += 1;
        builder.push(record);
    });
    (records, builder.finish())
}

/// A record with these fields, all of them quoted.
pub(crate) fn line<S: AsRef<str>>(fields: &[S]) -> String {
    let fields = fields.iter().map(AsRef::as_ref);
    let fields: Vec<String> = fields
        .map(|field| format!("\"{}\"", field.replace('"', "\"\"")))
        .collect();
    fields.join(",") + "\n"
}

/// A chunk of rows that are numbered, and differ in one field.
pub(crate) fn type_values<S: AsRef<str>>(field: usize, values: &[S]) -> TypedChunk {
    let row = |(id, value): (usize, &S)| {
        let mut fields = vec![String::new(); FIELDS];
        fields[0] = id.to_string();
        value.as_ref().clone_into(&mut fields[field]);
        line(&fields)
    };
    let text: String = values.iter().enumerate().map(row).collect();
    let (records, chunk) = type_bytes(&in_order(), FIELDS, text.as_bytes());
    assert_eq!(records, values.len() as u64);
    chunk
}

/// The numbers that a column of accepted rows holds.
pub(crate) fn numbers<T: NativeType>(chunk: &TypedChunk, name: &str) -> Vec<Option<T>> {
    let at = chunk.schema.index_of(name).unwrap();
    let array = chunk.columns[at]
        .as_any()
        .downcast_ref::<PrimitiveArray<T>>();
    array.unwrap().iter().map(Option::<&T>::copied).collect()
}

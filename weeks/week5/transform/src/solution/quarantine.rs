//! Quarantine as a frame, so that it is Parquet like everything else.

use polars::prelude::*;

use crate::Rejected;

/// One row per rejected record: run, file, position, every reason, amount, raw text.
pub fn quarantine_frame(
    run_id: &str,
    file_name: &str,
    rejected: &[Rejected],
) -> PolarsResult<DataFrame> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let numbers = |name: &str, value: fn(&Rejected) -> u64| {
        let values: Vec<i64> = rejected.iter().map(|row| number(value(row))).collect();
        Column::new(name.into(), values)
    };
    DataFrame::new(
        rejected.len(),
        vec![
            Column::new("run_id".into(), vec![run_id; rejected.len()]),
            Column::new("file_name".into(), vec![file_name; rejected.len()]),
            numbers("record_number", |row| row.position.record),
            numbers("line", |row| row.position.line),
            numbers("byte_start", |row| row.position.offset),
            numbers("byte_end", |row| row.position.offset + row.length),
            reason_lists(rejected),
            Column::new(
                "amount_cents".into(),
                rejected
                    .iter()
                    .map(|row| row.cents)
                    .collect::<Vec<Option<i64>>>(),
            ),
            Column::new(
                "raw".into(),
                rejected
                    .iter()
                    .map(|row| row.raw.as_str())
                    .collect::<Vec<_>>(),
            ),
        ],
    )
}

/// Built with its type, which an empty list of lists would not have.
fn reason_lists(rejected: &[Rejected]) -> Column {
    let reasons = rejected.iter().map(|row| row.reasons.len()).sum();
    let mut lists = ListStringChunkedBuilder::new("reasons".into(), rejected.len(), reasons);
    for row in rejected {
        let texts: Vec<String> = row.reasons.iter().map(ToString::to_string).collect();
        lists.append_values_iter(texts.iter().map(String::as_str));
    }
    lists.finish().into_column()
}

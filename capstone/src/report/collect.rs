//! Reads the report's data from the warehouse: one query per part of the page.

use duckdb::{Connection, Row};
use week7_quality::Unit;

use super::data::{
    Account, Attempt, DataKind, FileRow, Headline, Month, QualityRow, Ranked, Reason, ReportData,
    Run, Year,
};

/// Why the report has no data.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A table is missing or has another shape: the load stage has not run, or
    /// another version of it has.
    #[error("the report can't read {part} from the warehouse: {source}")]
    Query {
        /// The part of the page.
        part: &'static str,
        /// What DuckDB says.
        source: duckdb::Error,
    },
    /// The template is broken: a mistake in the program.
    #[error("the report's template does not render: {0}")]
    Template(#[from] minijinja::Error),
}

/// Reads everything that the page shows. Tables without rows are fine; of the
/// tables themselves only `quality.results` may be missing.
pub fn collect(conn: &Connection) -> Result<ReportData, ReportError> {
    let ranking = |part, sql| rows(conn, part, sql, ranked);
    Ok(ReportData {
        data_kind: data_kind(property(conn, "data_kind")?.as_deref()),
        contract_version: property(conn, "contract_version")?,
        headline: headline(conn)?,
        months: trimmed(rows(
            conn,
            "months",
            include_str!("queries/months.sql"),
            month,
        )?),
        years: rows(conn, "years", include_str!("queries/years.sql"), year)?,
        companies: ranking("companies", include_str!("queries/companies.sql"))?,
        natures: ranking("natures of payment", include_str!("queries/natures.sql"))?,
        products: ranking("products", include_str!("queries/products.sql"))?,
        specialties: ranking("specialties", include_str!("queries/specialties.sql"))?,
        quarantine: rows(
            conn,
            "quarantine",
            include_str!("queries/quarantine.sql"),
            reason,
        )?,
        files: rows(conn, "files", include_str!("queries/files.sql"), file)?,
        quality: quality(conn)?,
        attempts: rows(
            conn,
            "attempts",
            include_str!("queries/attempts.sql"),
            attempt,
        )?,
        runs: rows(conn, "runs", include_str!("queries/runs.sql"), run)?,
    })
}

fn rows<T>(
    conn: &Connection,
    part: &'static str,
    sql: &str,
    read: fn(&Row<'_>) -> duckdb::Result<T>,
) -> Result<Vec<T>, ReportError> {
    let all = || {
        conn.prepare(sql)?
            .query_map([], read)?
            .collect::<duckdb::Result<_>>()
    };
    all().map_err(|source| ReportError::Query { part, source })
}

fn property(conn: &Connection, name: &str) -> Result<Option<String>, ReportError> {
    let sql = "select max(value)::varchar from lake.properties where name = ?";
    conn.query_row(sql, [name], |row| row.get(0))
        .map_err(|source| ReportError::Query {
            part: "properties",
            source,
        })
}

fn data_kind(value: Option<&str>) -> DataKind {
    match value {
        Some("synthetic") => DataKind::Synthetic,
        Some("real") => DataKind::Real,
        _ => DataKind::Unknown,
    }
}

fn headline(conn: &Connection) -> Result<Headline, ReportError> {
    let read = |row: &Row<'_>| {
        Ok(Headline {
            records: row.get(0)?,
            cents: row.get(1)?,
            companies: row.get(2)?,
            recipients: row.get(3)?,
            interests: row.get(4)?,
            invested_cents: row.get(5)?,
            publications: row.get(6)?,
            superseded_publications: row.get(7)?,
        })
    };
    conn.query_row(include_str!("queries/headline.sql"), [], read)
        .map_err(|source| ReportError::Query {
            part: "headline figures",
            source,
        })
}

/// A first year can begin in August, and the last one end early: months without
/// a payment at either end are not part of the trend. Those between are.
fn trimmed(mut months: Vec<Month>) -> Vec<Month> {
    let paid = |month: &Month| month.records > 0;
    months.truncate(months.iter().rposition(paid).map_or(0, |last| last + 1));
    months.drain(..months.iter().position(paid).unwrap_or(0));
    months
}

fn quality(conn: &Connection) -> Result<Vec<QualityRow>, ReportError> {
    let sql = "select count(*) > 0 from information_schema.tables
               where table_schema = 'quality' and table_name = 'results'";
    let has_run: bool = conn
        .query_row(sql, [], |row| row.get(0))
        .map_err(|source| ReportError::Query {
            part: "list of tables",
            source,
        })?;
    if has_run {
        rows(
            conn,
            "quality results",
            include_str!("queries/quality.sql"),
            quality_row,
        )
    } else {
        Ok(Vec::new())
    }
}

fn month(row: &Row<'_>) -> duckdb::Result<Month> {
    Ok(Month {
        year: row.get(0)?,
        month: row.get(1)?,
        records: row.get(2)?,
        cents: row.get(3)?,
    })
}

fn year(row: &Row<'_>) -> duckdb::Result<Year> {
    Ok(Year {
        year: row.get(0)?,
        publication: row.get(1)?,
        records: row.get(2)?,
        cents: row.get(3)?,
        median_cents: row.get(4)?,
        companies: row.get(5)?,
        recipients: row.get(6)?,
    })
}

fn ranked(row: &Row<'_>) -> duckdb::Result<Ranked> {
    Ok(Ranked {
        name: row.get(0)?,
        note: row.get(1)?,
        records: row.get(2)?,
        cents: row.get(3)?,
    })
}

fn reason(row: &Row<'_>) -> duckdb::Result<Reason> {
    Ok(Reason {
        code: row.get(0)?,
        records: row.get(1)?,
        cents: row.get(2)?,
        example_file: row.get(3)?,
        example_record: row.get(4)?,
        example_line: row.get(5)?,
    })
}

fn file(row: &Row<'_>) -> duckdb::Result<FileRow> {
    Ok(FileRow {
        name: row.get(0)?,
        dataset: row.get(1)?,
        layout: row.get(2)?,
        program_year: row.get(3)?,
        publication: row.get(4)?,
        status: row.get(5)?,
        bytes: row.get(6)?,
        drift: row.get(7)?,
        records: account(row, 8)?,
        cents: account(row, 12)?,
    })
}

/// Four columns from `first` on. Without the first, the file was not read; a
/// missing one of the others counts as zero, so that the identity shows the hole.
fn account(row: &Row<'_>, first: usize) -> duckdb::Result<Option<Account>> {
    let column = |offset: usize| row.get::<_, Option<i64>>(first + offset);
    let Some(read) = column(0)? else {
        return Ok(None);
    };
    Ok(Some(Account {
        read,
        accepted: column(1)?.unwrap_or(0),
        rejected: column(2)?.unwrap_or(0),
        superseded: column(3)?.unwrap_or(0),
    }))
}

fn quality_row(row: &Row<'_>) -> duckdb::Result<QualityRow> {
    Ok(QualityRow {
        rule: row.get(0)?,
        question: row.get(1)?,
        dimension: row.get(2)?,
        severity: row.get(3)?,
        status: row.get(4)?,
        unit: unit(&row.get::<_, String>(5)?),
        observed: row.get(6)?,
        expected: row.get(7)?,
        failing_rows: row.get(8)?,
        detail: row.get(9)?,
    })
}

fn unit(name: &str) -> Unit {
    [Unit::Share, Unit::Cents]
        .into_iter()
        .find(|unit| unit.as_str() == name)
        .unwrap_or_default()
}

fn attempt(row: &Row<'_>) -> duckdb::Result<Attempt> {
    Ok(Attempt {
        id: row.get(0)?,
        command: row.get(1)?,
        started_at: row.get(2)?,
        seconds: row.get(3)?,
        outcome: row.get(4)?,
        error: row.get(5)?,
        files: row.get(6)?,
        records_read: row.get(7)?,
        records_accepted: row.get(8)?,
        records_rejected: row.get(9)?,
    })
}

fn run(row: &Row<'_>) -> duckdb::Result<Run> {
    Ok(Run {
        id: row.get(0)?,
        dataset: row.get(1)?,
        program_year: row.get(2)?,
        publication: row.get(3)?,
        sequence: row.get(4)?,
        contract_version: row.get(5)?,
        data_files: row.get(6)?,
        data_bytes: row.get(7)?,
        records_accepted: row.get(8)?,
    })
}

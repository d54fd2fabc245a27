//! Runs a drill of yours, or any query, on the data that a graded test names:
//!
//! ```text
//! cargo xtask example drill 4
//! cargo xtask example drill 4 20
//! cargo xtask example drill "select * from payments limit 5"
//! ```

use std::io::{self, Write};
use std::process::ExitCode;

use week1_schema::exercise::drills;

// The tests check more than an example shows.
#[allow(dead_code)]
#[path = "../tests/graded/sql_data.rs"]
mod sql_data;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    let done = match arguments.as_slice() {
        [query] => show(query, None, &mut out),
        [query, seed] => show(query, Some(seed), &mut out),
        _ => Err("name a drill by its number, or give a query; then the data's number".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(err, "{error}");
            ExitCode::from(2)
        }
    }
}

fn show(
    query: &str,
    seed: Option<&str>,
    out: &mut impl Write,
) -> Result<(), Box<dyn std::error::Error>> {
    let known = sql_data::all();
    let data = match seed {
        None => &known[0],
        Some(seed) => known
            .iter()
            .find(|data| data.seed.to_string() == seed)
            .ok_or_else(|| format!("no test uses data {seed}"))?,
    };
    let drill = query.parse::<usize>().ok();
    let drill = drill.and_then(|number| drills().into_iter().nth(number.checked_sub(1)?));
    let sql = drill.map_or(query, |(_, sql)| sql);
    if sql_data::is_empty(sql) {
        return Err(format!("drill {query} holds no query yet").into());
    }
    let (names, rows) = data.query(sql)?;
    writeln!(out, "{}", names.join(" | "))?;
    for row in rows {
        writeln!(out, "{}", row.join(" | "))?;
    }
    Ok(())
}

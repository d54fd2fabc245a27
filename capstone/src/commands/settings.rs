//! `capstone settings`: what holds, and who said it.

use std::process::ExitCode;

use serde_json::{Value, json};
use week1_environment::Explained;

use super::voice::show;
use crate::cli::Cli;

pub(super) fn run(cli: &Cli) -> ExitCode {
    let table = &cli.common.settings.table;
    let document: Vec<Value> = table.iter().map(line_of_json).collect();
    show(cli, &json!({ "settings": document }), || {
        let lines: Vec<_> = table.iter().map(line).collect();
        lines.join("\n")
    });
    ExitCode::SUCCESS
}

fn line_of_json(line: &Explained) -> Value {
    json!({
        "key": line.key,
        "variable": line.variable,
        "value": line.shown,
        "from": line.layer.map(|layer| layer.to_string()),
    })
}

fn line(line: &Explained) -> String {
    let shown = line.shown.as_deref().unwrap_or("-");
    let from = line
        .layer
        .map_or_else(String::new, |layer| layer.to_string());
    let text = format!("{:<22} {:<24} {shown:<32} {from}", line.key, line.variable);
    text.trim_end().to_owned()
}

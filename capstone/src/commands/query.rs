//! `capstone query`: asks the warehouse.

use std::collections::BTreeMap;
use std::process::ExitCode;

use week4_modeling::{Compilation, CompileOptions};

use super::voice::show;
use crate::cli::Cli;
use crate::clock::SystemClock;
use crate::context::Home;
use crate::error::Stop;
use crate::{load, parts};

/// Answers SQL, or the analysis of that name; without either, lists the analyses.
pub(super) fn run(
    cli: &Cli,
    home: &Home,
    sql: Option<&str>,
    vars: &[(String, String)],
) -> anyhow::Result<ExitCode> {
    let project = compile_with(vars)?;
    let Some(sql) = sql else {
        let questions = project
            .analyses
            .iter()
            .map(|analysis| (&analysis.name, &analysis.question));
        let questions: BTreeMap<_, _> = questions.collect();
        show(cli, &questions, || {
            let lines = questions.iter();
            let lines = lines.map(|(name, question)| format!("{name:<34} {question}"));
            lines.collect::<Vec<_>>().join("\n")
        });
        return Ok(ExitCode::SUCCESS);
    };
    if sql
        .trim_matches(|c: char| c.is_whitespace() || c == ';')
        .is_empty()
    {
        return Err(Stop::Usage("the query is empty".into()).into());
    }
    let named = project
        .analyses
        .iter()
        .find(|analysis| analysis.name == sql);
    if named.is_none() && !vars.is_empty() {
        let message = "--var belongs to an analysis: `capstone query` lists them";
        return Err(Stop::Usage(message.into()).into());
    }
    let sql = named.map_or(sql, |analysis| analysis.sql.as_str());
    let warehouse = load::open_for_questions(home, &SystemClock)?;
    // The audit tables are there before the first load.
    let answer = warehouse
        .query(sql)
        .or_else(|error| load::must_be_loaded(&warehouse).and(Err(error.into())))?;
    show(cli, &answer.to_json(), || answer.to_text());
    Ok(ExitCode::SUCCESS)
}

/// The dbt project with these variables, which it must have.
fn compile_with(vars: &[(String, String)]) -> anyhow::Result<Compilation> {
    let files = parts::modeling::embedded();
    let project = parts::modeling::compile(&files, &CompileOptions::default())?;
    if vars.is_empty() {
        return Ok(project);
    }
    if let Some((name, _)) = vars
        .iter()
        .find(|(name, _)| !project.vars.contains_key(name))
    {
        let known: Vec<&str> = project.vars.keys().map(String::as_str).collect();
        let message = format!(
            "no analysis has a variable {name:?}; there are {}",
            known.join(", ")
        );
        return Err(Stop::Usage(message).into());
    }
    let value = |(name, value): &(String, String)| (name.clone(), value.as_str().into());
    let options = CompileOptions {
        vars: vars.iter().map(value).collect(),
        ..CompileOptions::default()
    };
    Ok(parts::modeling::compile(&files, &options)?)
}

//! Compiles test programs, and keeps what the compiler says about the learner's files.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::duckdb;
use crate::local::Choice;
use crate::workspace::Workspace;

/// Seconds after which a build that is still silent says what it is doing.
const SILENT_SECONDS: u64 = 2;

/// What compiling one package's test program gave.
#[derive(Debug, Clone, Default)]
pub(crate) struct Built {
    /// The programs that compiled, by target.
    pub(crate) programs: BTreeMap<String, PathBuf>,
    /// What the compiler said about the package's own files, errors first.
    pub(crate) errors: Vec<String>,
    /// Its warnings.
    pub(crate) warnings: Vec<String>,
}

/// Test programs by package.
#[derive(Debug, Default)]
pub(crate) struct Builds {
    /// One for each package that was asked for.
    pub(crate) packages: BTreeMap<String, Built>,
    /// What cargo itself said when it failed without a word about these packages.
    pub(crate) trouble: Option<String>,
}

/// Selects checkpoints for a build.
///
/// The capstone is selected too, though nothing of it is built: cargo compiles a dependency
/// with the features that the selected packages ask for, and with the same selection every
/// checkpoint shares one build of the heavy crates with the pipeline.
pub(crate) fn select(cargo: &mut Command, packages: &[&str]) {
    cargo.args(["-p", "capstone"]);
    for package in packages {
        cargo.args(["-p", package]);
        // Whoever waits for a check waits for the compiler, not for the tests.
        let quick = format!("profile.dev.package.{package}.opt-level=0");
        cargo.args(["--config", &quick]);
    }
}

/// Compiles test targets of each package.
pub(crate) fn test_programs(
    workspace: &Workspace,
    packages: &[&str],
    targets: &[&str],
) -> Result<Builds> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--keep-going", "--message-format=json"]);
    for target in targets {
        cargo.args(["--test", target]);
    }
    select(&mut cargo, packages);
    if let Some(choice) = duckdb_for(workspace, packages)? {
        choice.apply(&mut cargo);
    }
    cargo.env("CARGO_TERM_COLOR", "never");
    let mut child = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run cargo; is it on the PATH? https://rustup.rs installs it")?;
    let errors = child.stderr.take().context("stderr is piped")?;
    let follower = std::thread::spawn(move || follow(errors));
    let mut builds = Builds::default();
    for package in packages {
        builds
            .packages
            .insert((*package).to_owned(), Built::default());
    }
    let output = child.stdout.take().context("stdout is piped")?;
    for line in BufReader::new(output).lines() {
        let line = line.context("cannot read what cargo prints")?;
        if let Ok(message) = serde_json::from_str(&line) {
            read_message(&message, &mut builds.packages);
        }
    }
    let status = child.wait().context("lost cargo")?;
    let said = follower.join().unwrap_or_default();
    let explained = builds
        .packages
        .values()
        .any(|built| !built.errors.is_empty());
    if !status.success() && !explained {
        builds.trouble = Some(said.trim().to_owned());
    }
    Ok(builds)
}

/// How DuckDB is linked, if one of the packages links it.
fn duckdb_for(workspace: &Workspace, packages: &[&str]) -> Result<Option<Choice>> {
    for package in packages {
        let Some((week, name)) = package.split_once('-') else {
            continue;
        };
        let manifest = workspace
            .root
            .join("weeks")
            .join(week)
            .join(name)
            .join("Cargo.toml");
        let text = std::fs::read_to_string(manifest).unwrap_or_default();
        if text.contains("\nduckdb") {
            let choice = duckdb::ensure(workspace)?;
            return Ok(Some(choice.context("this checkpoint needs DuckDB")?));
        }
    }
    Ok(None)
}

fn read_message(message: &Value, packages: &mut BTreeMap<String, Built>) {
    let Some(package) = package_of(message) else {
        return;
    };
    let Some(built) = packages.get_mut(package) else {
        return;
    };
    match message["reason"].as_str() {
        Some("compiler-artifact") if message["target"]["kind"][0] == "test" => {
            let target = message["target"]["name"].as_str().unwrap_or_default();
            if let Some(program) = message["executable"].as_str() {
                built
                    .programs
                    .insert(target.to_owned(), PathBuf::from(program));
            }
        }
        Some("compiler-message") => {
            let rendered = message["message"]["rendered"].as_str().unwrap_or_default();
            let rendered = rendered.trim_end().to_owned();
            // `aborting due to 2 previous errors` has no place and says nothing.
            if message["message"]["spans"]
                .as_array()
                .is_none_or(Vec::is_empty)
            {
                return;
            }
            match message["message"]["level"].as_str() {
                Some("error") if !built.errors.contains(&rendered) => built.errors.push(rendered),
                Some("warning") if !built.warnings.contains(&rendered) => {
                    built.warnings.push(rendered);
                }
                _ => {}
            }
        }
        _ => {}
    }
}

/// `week2-ingestion` from `path+file:///…/ingestion#week2-ingestion@0.1.0`, or from
/// `path+file:///…/week2-ingestion#0.1.0`.
fn package_of(message: &Value) -> Option<&str> {
    let id = message["package_id"].as_str()?;
    let (path, version) = id.split_once('#')?;
    match version.split_once('@') {
        Some((name, _)) => Some(name),
        None => path.rsplit('/').next(),
    }
}

/// Shows what is being compiled when that takes long; gives back all that was said.
fn follow(errors: impl Read) -> String {
    let terminal = std::io::stderr().is_terminal();
    let started = Instant::now();
    let (mut said, mut crates, mut announced) = (String::new(), 0, false);
    for line in BufReader::new(errors).lines().map_while(Result::ok) {
        if let Some(name) = line.trim().strip_prefix("Compiling ") {
            crates += 1;
            if terminal && started.elapsed().as_secs() >= SILENT_SECONDS {
                eprint!("\r\x1b[2K  compiling, crate {crates}: {name}");
                let _ = std::io::stderr().flush();
                announced = true;
            }
        } else {
            said.push_str(&line);
            said.push('\n');
        }
    }
    if announced {
        eprint!("\r\x1b[2K");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn packages() -> BTreeMap<String, Built> {
        BTreeMap::from([("week2-ingestion".to_owned(), Built::default())])
    }

    #[test]
    fn an_error_in_the_learners_file_is_kept_and_its_summary_is_not() {
        let mut packages = packages();
        let id = "path+file:///x/weeks/week2/ingestion#week2-ingestion@0.1.0";
        let message = |spans: Value, rendered: &str| {
            json!({"reason": "compiler-message", "package_id": id,
                   "message": {"level": "error", "rendered": rendered, "spans": spans}})
        };
        read_message(
            &message(json!([{"file_name": "a"}]), "error: x\n\n"),
            &mut packages,
        );
        read_message(
            &message(json!([]), "error: aborting due to 1 error"),
            &mut packages,
        );
        assert_eq!(packages["week2-ingestion"].errors, ["error: x"]);
    }

    #[test]
    fn other_packages_messages_are_none_of_ours() {
        let mut packages = packages();
        let message = json!({"reason": "compiler-artifact", "executable": "/x",
            "target": {"kind": ["test"]}, "package_id": "path+file:///x/week2-lake#0.1.0"});
        read_message(&message, &mut packages);
        assert!(packages["week2-ingestion"].programs.is_empty());
    }

    #[test]
    fn packages_are_named_in_both_forms_of_an_id() {
        for id in [
            "path+file:///x/ingestion#week2-ingestion@0.1.0",
            "path+file:///x/week2-ingestion#0.1.0",
        ] {
            assert_eq!(
                package_of(&json!({"package_id": id})),
                Some("week2-ingestion")
            );
        }
    }
}

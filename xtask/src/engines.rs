//! `cargo xtask engines`: engines that some tests and `capstone bench` compare with, never
//! needed to use the workbook. Each is a Python program in its own virtual environment in
//! the cache. A test whose engine is missing says "not available here".

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::process::run_limited;
use crate::workspace::Workspace;

/// How long pip may take for one engine (30 s and 30 MB each where it was tried).
const LIMIT: Duration = Duration::from_mins(10);
/// Names what was installed; written last, so a broken install is made again.
const MARK: &str = "installed.txt";

/// A Python program that tests may start.
struct Engine {
    name: &'static str,
    /// The variable by which tests find the program.
    variable: &'static str,
    program: &'static str,
    /// What pip is asked for.
    requirements: &'static [&'static str],
}

const ENGINES: [Engine; 3] = [
    // An S3 written by others: the store's conformance suite runs against it.
    Engine {
        name: "moto",
        variable: "MOTO_SERVER",
        program: "moto_server",
        requirements: &["moto[server]>=5.2.5,<6"],
    },
    // The real dbt on our project. From 1.12 on dbt-core fetches a binary from a
    // code host; duckdb is pinned to the release whose files we read.
    Engine {
        name: "dbt",
        variable: "DBT",
        program: "dbt",
        requirements: &["dbt-core<1.12", "dbt-duckdb", "duckdb==1.5.6"],
    },
    // The real Airflow grades and runs the DAG files of week 3, on SQLite.
    Engine {
        name: "airflow",
        variable: "AIRFLOW",
        program: "airflow",
        requirements: &["apache-airflow==3.3.2"],
    },
];

/// What `capstone bench` compares with. Spark needs Java 17 or newer beside it.
const BENCH_ENGINES: [Engine; 2] = [
    Engine {
        name: "polars",
        variable: "POLARS_PYTHON",
        program: "python",
        requirements: &["polars==2.1.0"],
    },
    Engine {
        name: "spark",
        variable: "SPARK_PYTHON",
        program: "python",
        requirements: &["pyspark==4.3.0"],
    },
];

/// Where an engine's program is, if it was installed by us.
pub(crate) fn installed(workspace: &Workspace, name: &str) -> Option<PathBuf> {
    let engine = ENGINES.iter().find(|engine| engine.name == name)?;
    let folder = workspace.cache.join("engines").join(engine.name);
    Some(scripts(&folder).join(engine.program)).filter(|_| folder.join(MARK).is_file())
}

/// Installs what is missing, with the benchmark's engines if `bench`. Prints one `export` line for
/// each engine that is there, for `eval`; everything else goes to standard error.
pub(crate) fn install(workspace: &Workspace, bench: bool) -> Result<ExitCode> {
    let home = workspace.cache.join("engines");
    fs::create_dir_all(&home).with_context(|| format!("cannot write in {}", home.display()))?;
    let more = bench.then_some(BENCH_ENGINES).into_iter().flatten();
    for engine in ENGINES.into_iter().chain(more) {
        let started = Instant::now();
        match engine.install(&home) {
            Ok(program) => println!("export {}='{}'", engine.variable, program.display()),
            Err(reason) => eprintln!("{}: not available here: {reason}", engine.name),
        }
        eprintln!("{}: {:.1} s", engine.name, started.elapsed().as_secs_f64());
    }
    Ok(ExitCode::SUCCESS)
}

impl Engine {
    /// The program's path, installed now or earlier.
    fn install(&self, home: &Path) -> Result<PathBuf, String> {
        let folder = home.join(self.name);
        let program = scripts(&folder).join(self.program);
        let mark = folder.join(MARK);
        let wanted = self.requirements.join("\n");
        if program.exists() && fs::read_to_string(&mark).is_ok_and(|text| text == wanted) {
            return Ok(program);
        }
        let log = home.join(format!("{}.log", self.name));
        let mut venv = Command::new(if cfg!(windows) { "python" } else { "python3" });
        venv.args(["-m", "venv", "--clear"]).arg(&folder);
        run_limited(&mut venv, LIMIT, &log)?;
        let mut pip = Command::new(scripts(&folder).join("python"));
        pip.args(["-m", "pip", "install", "--quiet"])
            .args(self.requirements);
        run_limited(&mut pip, LIMIT, &log)?;
        fs::write(&mark, wanted).map_err(|error| format!("cannot write the mark: {error}"))?;
        Ok(program)
    }
}

/// Where a virtual environment keeps its programs.
fn scripts(folder: &Path) -> PathBuf {
    folder.join(if cfg!(windows) { "Scripts" } else { "bin" })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SOME: Engine = Engine {
        name: "some",
        variable: "SOME",
        program: "some_server",
        requirements: &["some>=1"],
    };

    #[test]
    fn an_engine_installed_earlier_is_not_installed_again() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let programs = home.path().join("some").join("bin");
        fs::create_dir_all(&programs).expect("writable");
        let program = programs.join("some_server");
        fs::write(&program, "").expect("writable");
        fs::write(home.path().join("some").join(MARK), "some>=1").expect("writable");
        assert_eq!(SOME.install(home.path()), Ok(program));
        // Nothing ran: there is no log.
        assert!(!home.path().join("some.log").exists());
    }
}

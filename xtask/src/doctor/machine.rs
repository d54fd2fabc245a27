//! The machine that is looked at; tests have one of their own.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::check::probe::ran;
use crate::services::programs::Programs;
use crate::workspace::Workspace;
use crate::{builtin, engines};

/// Importing Airflow takes seconds; an engine that does not answer takes for ever.
const LIMIT: Duration = Duration::from_secs(20);

/// What can be asked of a machine.
pub(crate) trait Machine: Sync {
    /// What a command prints if it succeeds; `None` if it is missing or fails.
    fn ask(&self, command: &[&str]) -> Option<String>;
    /// Whether a program can be linked; what went wrong otherwise.
    fn links(&self) -> Result<(), String>;
    /// Bytes free where cargo builds, and whether something is built there.
    fn disk(&self) -> Option<(u64, bool)>;
}

/// This one.
pub(crate) struct ThisMachine<'a> {
    /// Where our own installations are.
    workspace: &'a Workspace,
    postgres: Programs,
}

impl<'a> ThisMachine<'a> {
    /// With the checkout that is asked from.
    pub(crate) fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            postgres: Programs::here(),
        }
    }

    /// By the name that commands use: a variable's, our own installation, Postgres' usual
    /// places, or the PATH.
    fn program(&self, name: &str) -> PathBuf {
        // `moto_server` is a program of the engine `moto`.
        let engine = name.split('_').next().unwrap_or(name);
        builtin::tool(self.workspace, name)
            .or_else(|| engines::installed(self.workspace, engine))
            .or_else(|| self.postgres.find(name))
            .unwrap_or_else(|| PathBuf::from(name))
    }
}

impl Machine for ThisMachine<'_> {
    fn ask(&self, command: &[&str]) -> Option<String> {
        let [name, arguments @ ..] = command else {
            return None;
        };
        let mut command = Command::new(self.program(name));
        command.args(arguments).current_dir(&self.workspace.root);
        let ran = ran(&mut command, LIMIT).ok()??;
        ran.success.then_some(ran.output)
    }

    fn links(&self) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let source = folder.path().join("main.rs");
        std::fs::write(&source, "fn main() {}\n").map_err(|error| error.to_string())?;
        let mut rustc = Command::new("rustc");
        rustc
            .arg(&source)
            .arg("-o")
            .arg(folder.path().join("main"))
            .stdin(Stdio::null());
        match ran(&mut rustc, LIMIT) {
            Ok(Some(ran)) if ran.success => Ok(()),
            Ok(Some(ran)) => Err(ran.output.lines().next().unwrap_or_default().to_owned()),
            Ok(None) => Err("there is no rustc".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn disk(&self) -> Option<(u64, bool)> {
        let target = self.workspace.target_directory().ok()?;
        // Before the first build it is the nearest folder above it that exists.
        let place = target.ancestors().find(|place| place.is_dir())?;
        let free = fs4::available_space(place).ok()?;
        let mut built = std::fs::read_dir(target.join("debug").join("deps")).ok();
        // Some hundred files: more than xtask itself.
        let built = built
            .as_mut()
            .is_some_and(|files| files.nth(1000).is_some());
        Some((free, built))
    }
}

//! The service in a container, by the reference's compose file.
//!
//! Under a project name of its own: what a learner starts from the compose file that they
//! write in 1.1 has another volume and another password.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::state::Service;
use crate::check::probe::{Ran, ran};

const PROJECT: &str = "open-payments-exploration";
const FILE: &str = "weeks/week1/environment/solution/compose.yaml";
/// How long an engine may take to say whether it is there.
const ASK: Duration = Duration::from_secs(10);
/// How long an image may take to come over the network.
const PULL: Duration = Duration::from_mins(10);

/// The compose file of a checkout.
pub(crate) struct Compose {
    root: PathBuf,
}

impl Compose {
    /// If there is such a file and an engine that answers.
    pub(crate) fn find(root: &Path) -> Option<Self> {
        let asks: [&[&str]; 2] = [&["compose", "version"], &["info"]];
        let answers = |arguments: &&[&str]| {
            let ran = ran(Command::new("docker").args(*arguments), ASK);
            ran.is_ok_and(|ran| ran.is_some_and(|ran| ran.success))
        };
        let there = root.join(FILE).is_file() && asks.iter().all(answers);
        there.then(|| Self::at(root))
    }

    /// Without looking.
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    /// Starts the service and waits until it is healthy.
    pub(crate) fn start(&self, service: &Service) -> Result<()> {
        let arguments = ["up", "--detach", "--wait", "postgres"];
        self.run(service, &arguments, PULL).map(drop)
    }

    /// Stops it; its volume stays.
    pub(crate) fn stop(&self, service: &Service) -> Result<()> {
        self.run(service, &["down"], PULL).map(drop)
    }

    /// Whether the container runs.
    pub(crate) fn is_up(&self, service: &Service) -> bool {
        let arguments = ["ps", "--status", "running", "--quiet", "postgres"];
        self.run(service, &arguments, ASK)
            .is_ok_and(|id| !id.is_empty())
    }

    /// `docker compose …`, with what the file asks the environment for.
    pub(crate) fn command(&self, service: &Service) -> Command {
        let mut docker = Command::new("docker");
        docker
            .args(["compose", "--project-name", PROJECT, "--file", FILE])
            .current_dir(&self.root)
            .env("POSTGRES_PORT", service.port.to_string())
            .env("POSTGRES_PASSWORD", &service.password);
        docker
    }

    fn run(&self, service: &Service, arguments: &[&str], limit: Duration) -> Result<String> {
        let ran = ran(self.command(service).args(arguments), limit)?;
        let what = arguments.first().copied().unwrap_or_default();
        match ran.context("docker is gone")? {
            Ran {
                success: true,
                output,
            } => Ok(output),
            Ran { output, .. } => bail!("docker compose {what} fails: {output}"),
        }
    }
}

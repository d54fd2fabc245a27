//! Starting moto on a free port.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A moto server; killed when dropped.
pub(crate) struct Moto {
    child: Child,
    pub(crate) endpoint: String,
}

impl Moto {
    /// Starts it, or says why it can't be had. A binary that `MOTO_SERVER` names must work.
    pub(crate) fn start() -> Result<Self, String> {
        let named = env::var("MOTO_SERVER").ok();
        let binary = named.clone().unwrap_or_else(|| "moto_server".to_owned());
        match Self::run(&binary) {
            Err(reason) if named.is_some() => panic!("MOTO_SERVER={binary}: {reason}"),
            Err(reason) => Err(format!(
                "{reason}. To run it: pip install 'moto[server]' and set MOTO_SERVER to its moto_server"
            )),
            started => started,
        }
    }

    fn run(binary: &str) -> Result<Self, String> {
        let mut child = Command::new(binary)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{binary} does not start: {error}"))?;
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut log = String::new();
        while said
            .read_line(&mut log)
            .map_err(|error| error.to_string())?
            > 0
        {
            if let Some((_, endpoint)) = log.trim_end().rsplit_once("Running on ") {
                let endpoint = endpoint.to_owned();
                // It logs every request and would stop when the pipe is full.
                std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
                return Ok(Self { child, endpoint });
            }
        }
        // The end of its output is the end of the process.
        let _ = child.wait();
        Err(format!(
            "{binary} ended at once: {}",
            log.trim().lines().last().unwrap_or_default()
        ))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

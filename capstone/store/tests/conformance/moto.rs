//! Starting moto on a free port.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use store::StoreError;

use crate::Backend;
use crate::support::PART;

/// Starts moto, or says why it can't be had. The one that `MOTO_SERVER` names must do.
pub(crate) async fn start() -> Result<Backend, String> {
    let named = env::var("MOTO_SERVER").ok();
    let binary = named.clone().unwrap_or_else(|| "moto_server".to_owned());
    let started = match Moto::run(&binary) {
        Ok(moto) => unless_too_old(Backend::Moto(moto)).await,
        Err(reason) => Err(reason),
    };
    match started {
        Err(reason) if named.is_some() => panic!("MOTO_SERVER={binary}: {reason}"),
        Err(reason) => Err(format!(
            "{binary}: {reason}. To run it: pip install 'moto[server]>=5.2.5' and set MOTO_SERVER to its moto_server"
        )),
        started => started,
    }
}

/// moto 5.2.1 answers the end of a multipart upload with XML that is not S3's; it
/// has no option that would tell its version.
async fn unless_too_old(moto: Backend) -> Result<Backend, String> {
    let store = moto.open("version-probe").await;
    store
        .ensure_bucket()
        .await
        .map_err(|error| error.to_string())?;
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(PART).unwrap();
    match store.put_file("a", file.path(), None).await {
        Err(StoreError::Other { message, .. })
            if message.contains("CompleteMultipartUploadResponse") =>
        {
            Err("it is too old".to_owned())
        }
        _ => Ok(moto),
    }
}

/// A moto server; killed when dropped.
pub(crate) struct Moto {
    child: Child,
    pub(crate) endpoint: String,
}

impl Moto {
    fn run(binary: &str) -> Result<Self, String> {
        let mut child = Command::new(binary)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("it does not start: {error}"))?;
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
            "it ended at once: {}",
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

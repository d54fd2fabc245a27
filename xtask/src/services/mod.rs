//! `cargo xtask services`: a local Postgres to look at samples by SQL (checkpoint 1.1).
//! The pipeline neither reads nor writes it.
//!
//! - [`compose`]: in a container, where an engine answers
//! - [`server`], [`programs`], [`identity`]: from installed programs otherwise
//! - [`state`]: port and password, between two commands
//! - [`client`], [`load`]: asks it; loads a sample

mod client;
mod compose;
mod identity;
mod load;
pub(crate) mod programs;
mod server;
mod state;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use workbook::course::Unit;

use self::client::Client;
use self::compose::Compose;
use self::programs::Programs;
use self::server::Server;
use self::state::{DATABASE, How, Service};
use crate::check::probe::Found;
use crate::learner::Usage;
use crate::workspace::Workspace;

/// Where a learner's own database is, instead of ours.
const OWN: &str = "EXPLORATION_URL";

/// What `services` is asked for.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  cargo xtask services up\n  \
    cargo xtask capstone generate --years 2023 --rows 5000 --faults 0 --out .data/sample\n  \
    cargo xtask services load .data/sample/OP_DTL_GNRL_PGYR2023_P06282024.csv\n  \
    cargo xtask services down\n\nBy docker compose where an engine answers, else from installed programs \
    (POSTGRES_BIN names their folder). Data stays in .data/postgres.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Starts Postgres and says how to connect; nothing happens if it runs.
    Up,
    /// Stops it; what was loaded stays.
    Down,
    /// Says whether it runs, and where.
    Status,
    /// Loads a CSV file as text into exploration.payments, in place of what was there.
    #[command(
        after_help = "Example:\n  cargo xtask services load .data/sample/OP_DTL_GNRL_PGYR2023_P06282024.csv"
    )]
    Load {
        /// The file, with a header.
        file: PathBuf,
    },
}

/// Does it.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let root = &workspace.root;
    match &args.what {
        What::Up => {
            let (service, news) = up(root)?;
            println!("{news}\n{}", connecting(&service));
            println!("Next: `cargo xtask services load FILE.csv`");
            Ok(ExitCode::SUCCESS)
        }
        What::Down => {
            println!("{}", down(root)?);
            Ok(ExitCode::SUCCESS)
        }
        What::Status => {
            let Some(service) = running(root)? else {
                println!("Postgres is not running. Next: `cargo xtask services up`");
                return Ok(ExitCode::from(crate::NOT_YET));
            };
            println!("{}\n{}", is_up(&service), connecting(&service));
            Ok(ExitCode::SUCCESS)
        }
        What::Load { file } => {
            if !file.is_file() {
                bail!(Usage(format!("there is no file {}", file.display())));
            }
            let Some(service) = running(root)? else {
                println!("Postgres is not running. Next: `cargo xtask services up`");
                return Ok(ExitCode::from(crate::NOT_YET));
            };
            let client = Client::of(&service, root).context(NO_CLIENT)?;
            let loaded = match load::load(&client, file) {
                Ok(loaded) => loaded,
                Err(error) => {
                    eprintln!("error: {error:#}");
                    return Ok(ExitCode::from(crate::NOT_YET));
                }
            };
            println!(
                "{} rows of {} columns, all text, in exploration.payments",
                loaded.rows, loaded.columns
            );
            if loaded.cut > 0 {
                println!(
                    "{} names were longer than Postgres' 63 bytes, and are cut",
                    loaded.cut
                );
            }
            println!("{}", connecting(&service));
            Ok(ExitCode::SUCCESS)
        }
    }
}

const NO_CLIENT: &str = "psql is missing; `cargo xtask doctor` says how to install it";

fn is_up(service: &Service) -> String {
    let by = match service.how {
        How::Compose => "in a container",
        How::Installed => "from installed programs",
    };
    format!(
        "Postgres runs {by}, on port {} of this machine only",
        service.port
    )
}

fn connecting(service: &Service) -> String {
    let url = service.url();
    format!("  psql \"{url}\"\n  export {OWN}=\"{url}\"")
}

/// Starts the service if it does not run, and says what happened.
fn up(root: &Path) -> Result<(Service, String)> {
    if let Some(service) = running(root)? {
        let news = format!("Nothing to do: {}", is_up(&service));
        return Ok((service, news));
    }
    let known = Service::load(root)?;
    let how = known.as_ref().map(|service| service.how);
    // Where the data is, there it is looked for.
    let compose = match how {
        Some(How::Installed) => None,
        _ => Compose::find(root),
    };
    if let Some(compose) = compose {
        eprintln!("starting Postgres by docker compose; the first time an image is fetched");
        let service = prepared(root, known.clone(), How::Compose)?;
        match compose.start(&service) {
            Ok(()) => return Ok((service.clone(), is_up(&service))),
            Err(error) if how.is_none() => {
                Service::forget(root);
                eprintln!("note: {error:#}; trying installed programs");
            }
            Err(error) => return Err(error),
        }
    }
    if how == Some(How::Compose) {
        bail!(
            "Postgres ran in a container so far, and no Docker engine answers: start it, or move {} away to begin with installed programs",
            state::home(root).display()
        );
    }
    let Some(programs) = Programs::here().server() else {
        bail!(
            "neither a Docker engine nor Postgres' programs are here; `cargo xtask doctor` says how to install one (POSTGRES_BIN names the folder of initdb, if it has another place)"
        );
    };
    let server = Server::new(programs, root)?;
    let service = prepared(root, known, How::Installed)?;
    server.start(&service)?;
    make_database(&service, root)?;
    Ok((service.clone(), is_up(&service)))
}

/// The service as it is about to start, noted: with another port if somebody took its own.
fn prepared(root: &Path, known: Option<Service>, how: How) -> Result<Service> {
    let mut service = match known {
        Some(service) => service,
        None => Service::new(how)?,
    };
    service.how = how;
    if state::is_taken(service.port) {
        service.port = state::free_port()?;
    }
    let home = state::home(root);
    std::fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
    service.save(root)?;
    Ok(service)
}

fn make_database(service: &Service, root: &Path) -> Result<()> {
    let Some(psql) = Programs::here().find("psql") else {
        bail!(NO_CLIENT);
    };
    let ours = Client::of(service, root).context(NO_CLIENT)?;
    if ours.ask(&["select 1"]).is_ok() {
        return Ok(());
    }
    let url = service.url();
    let url = url.strip_suffix(DATABASE).unwrap_or(&url);
    let first = Client::Here {
        psql,
        url: format!("{url}postgres"),
    };
    first.ask(&[&format!("create database {DATABASE}")])?;
    Ok(())
}

/// Stops the service, and says what happened.
fn down(root: &Path) -> Result<String> {
    let Some(service) = running(root)? else {
        return Ok("Postgres is not running".to_owned());
    };
    match service.how {
        How::Compose => Compose::at(root).stop(&service)?,
        How::Installed => server(root)?.stop()?,
    }
    Ok("Postgres is stopped; what was loaded stays".to_owned())
}

/// The service, if it runs.
fn running(root: &Path) -> Result<Option<Service>> {
    let Some(service) = Service::load(root)? else {
        return Ok(None);
    };
    // A free port means that nothing runs, and asks no program.
    if !state::is_taken(service.port) {
        return Ok(None);
    }
    let up = match service.how {
        How::Compose => Compose::at(root).is_up(&service),
        How::Installed => server(root)?.is_up()?,
    };
    Ok(up.then_some(service))
}

fn server(root: &Path) -> Result<Server> {
    let programs = Programs::here().server();
    let programs = programs.context(
        "Postgres' programs are gone, and its data is there; `cargo xtask doctor` says how to install them",
    )?;
    Server::new(programs, root)
}

/// The probe of 1.1: a table of the schema `exploration` has rows.
pub(crate) fn probe(workspace: &Workspace, _: &Unit) -> Result<Found> {
    let root = &workspace.root;
    let psql = Programs::here().find("psql");
    let client = match (std::env::var(OWN), &psql) {
        (Ok(url), Some(psql)) => Some(Client::Here {
            psql: psql.clone(),
            url,
        }),
        _ => running(root)?.and_then(|service| Client::of(&service, root)),
    };
    let Some(client) = client else {
        let could = psql.is_some() || Programs::here().server().is_some();
        return Ok(if could || Compose::find(root).is_some() {
            Found::NotYet(format!(
                "no database answers: `cargo xtask services up`, or name your own in {OWN}"
            ))
        } else {
            Found::NotHere("Postgres".to_owned())
        });
    };
    Ok(match filled(&client) {
        Ok(true) => Found::Passed,
        Ok(false) => Found::NotYet(
            "no table of the schema exploration has rows: `cargo xtask services load FILE.csv`"
                .to_owned(),
        ),
        Err(error) => Found::NotYet(format!("{error:#}")),
    })
}

/// Whether a table of the schema has rows.
fn filled(client: &Client) -> Result<bool> {
    let tables = client.ask(&[
        "select format('exists (select from %I.%I)', schemaname, tablename) \
         from pg_tables where schemaname = 'exploration'",
    ])?;
    if tables.is_empty() {
        return Ok(false);
    }
    let any = tables.lines().collect::<Vec<_>>().join(" or ");
    Ok(client.ask(&[&format!("select {any}")])? == "t")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A checkout that the user `postgres` may enter.
    fn checkout() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let open = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(root.path(), open).unwrap();
        }
        root
    }

    /// Stops the server also when a test fails.
    struct Stop<'a>(&'a Path);

    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            let _ = down(self.0);
        }
    }

    #[test]
    fn a_sample_is_loaded_and_survives_a_restart() {
        if Programs::here().server().is_none() || Programs::here().find("psql").is_none() {
            eprintln!("not available here: Postgres");
            return;
        }
        let root = checkout();
        let root = root.path();
        let _stop = Stop(root);
        let (service, _) = up(root).unwrap();
        let (again, news) = up(root).unwrap();
        assert_eq!(again, service);
        assert!(news.starts_with("Nothing to do"), "{news}");
        let client = Client::of(&service, root).unwrap();
        assert!(!filled(&client).unwrap());
        let file = root.join("a.csv");
        std::fs::write(&file, "Record_ID,Name\r\n1,\"two\nlines, é\"\r\n2,\r\n").unwrap();
        for _ in 0..2 {
            let loaded = load::load(&client, &file).unwrap();
            assert_eq!((loaded.rows, loaded.columns, loaded.cut), (2, 2, 0));
        }
        assert!(filled(&client).unwrap());
        std::fs::write(&file, "a,b\n1,2\n3\n").unwrap();
        let error = format!("{:#}", load::load(&client, &file).unwrap_err());
        assert!(error.contains("line 3"), "{error}");
        assert!(filled(&client).unwrap(), "the old table is still there");
        down(root).unwrap();
        assert_eq!(running(root).unwrap(), None);
        assert_eq!(up(root).unwrap().0, service, "port and password stay");
        assert!(filled(&client).unwrap());
        let name = "select name from exploration.payments where record_id = '1'";
        assert_eq!(client.ask(&[name]).unwrap(), "two\nlines, é");
    }

    #[test]
    fn a_service_that_was_never_started_is_down() {
        let root = checkout();
        assert_eq!(running(root.path()).unwrap(), None);
        assert_eq!(down(root.path()).unwrap(), "Postgres is not running");
    }

    #[test]
    fn a_port_that_somebody_took_is_exchanged() {
        let root = checkout();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let mut known = Service::new(How::Installed).unwrap();
        known.port = listener.local_addr().unwrap().port();
        let service = prepared(root.path(), Some(known.clone()), How::Installed).unwrap();
        assert_ne!(service.port, known.port);
        assert_eq!(service.password, known.password);
        assert_eq!(Service::load(root.path()).unwrap(), Some(service));
    }
}

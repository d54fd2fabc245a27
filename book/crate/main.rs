//! `cargo xtask book`: builds the book and serves it, or writes it.
//!
//! Exit codes: 0 done, 1 the sources are not as they should be, 2 usage, 3 environment.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use book::clock;
use book::make::{Built, make};
use book::serve::{Shelf, listen};
use book::watch::Snapshot;
use book::{Problems, serve};
use clap::{Args, Parser, Subcommand};

/// How often the sources are looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Builds the workbook's book and serves it on this machine; every change is shown at once.
#[derive(Parser)]
#[command(
    name = "cargo xtask book",
    bin_name = "cargo xtask book",
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  cargo xtask book --open     read it in your browser\n  cargo xtask book build      write it to target/book"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<What>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum What {
    /// Writes static HTML, and ends.
    Build {
        /// The folder; emptied first. Nothing means target/book.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[derive(Args)]
struct Serve {
    /// Opens it in your browser.
    #[arg(long)]
    open: bool,
    /// The port on localhost; if it is in use, the next free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let run = match cli.command {
        Some(What::Build { out }) => build(out),
        None => follow(&cli.serve),
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            let sources = error.is::<Problems>() || error.is::<workbook::BadFile>();
            ExitCode::from(if sources { 1 } else { 3 })
        }
    }
}

/// The checkout that this program was compiled in.
fn root() -> Result<PathBuf> {
    let parent = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    Ok(parent.context("the book has no parent folder")?.to_owned())
}

fn build(out: Option<PathBuf>) -> Result<()> {
    let root = root()?;
    let started = Instant::now();
    let out = match out {
        Some(out) => std::path::absolute(out)?,
        None => root.join("target").join("book"),
    };
    refuse_foreign(&out)?;
    let built = make(&root, &out, clock::today())?;
    println!(
        "{} pages in {:.1} s: {}",
        built.pages,
        started.elapsed().as_secs_f64(),
        out.join("index.html").display()
    );
    Ok(())
}

/// The folder is emptied: one that holds something else is not ours to empty.
fn refuse_foreign(out: &Path) -> Result<()> {
    let filled = std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    anyhow::ensure!(
        !filled || out.join("toc.html").is_file(),
        "{} holds something that is no book; name an empty folder, or one that does not exist yet",
        out.display()
    );
    Ok(())
}

fn follow(args: &Serve) -> Result<()> {
    let root = root()?;
    let (listener, port) = listen(args.port).context("no port on localhost is free")?;
    // The port is ours alone, and so is its folder: two books may be served at once.
    let out = root
        .join("target")
        .join("book-served")
        .join(port.to_string());
    let shelf = Arc::new(Shelf::default());
    let mut seen = Snapshot::take(&root, &[]);
    let mut built = update(&root, &out, &shelf)?;
    if port != args.port && args.port != 0 {
        println!(
            "Port {} is in use by another program; this is the next free one.",
            args.port
        );
    }
    let address = format!("http://localhost:{port}/");
    println!("The book is at {address} (Ctrl-C ends it). It follows your edits and your progress.");
    let server = Arc::clone(&shelf);
    std::thread::spawn(move || serve::serve(&listener, &server));
    if args.open && !opened(&address) {
        println!("No browser could be started from here; open {address} yourself.");
    }
    loop {
        std::thread::sleep(LOOK);
        let now = Snapshot::take(&root, &built.included);
        if now == seen {
            continue;
        }
        seen = now;
        match update(&root, &out, &shelf) {
            Ok(next) => {
                built = next;
                seen = Snapshot::take(&root, &built.included);
            }
            Err(error) => eprintln!("{error:#}\nThe pages stay as they were until this is mended."),
        }
    }
}

fn update(root: &Path, out: &Path, shelf: &Shelf) -> Result<Built> {
    let started = Instant::now();
    let built = make(root, out, clock::today())?;
    shelf.load(out).context("cannot read what was built")?;
    println!(
        "{} pages in {:.1} s",
        built.pages,
        started.elapsed().as_secs_f64()
    );
    Ok(built)
}

/// Whether the platform's opener took the address.
fn opened(address: &str) -> bool {
    let (program, args): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command
        .args(args)
        .arg(address)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

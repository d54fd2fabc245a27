//! A disk that is full at any write: the shipped program on file systems of ever more
//! bytes, each a tmpfs of its own. The error names the disk, nothing half-done is visible,
//! and the same lake with room again ends as if the disk had always had it.
//!
//! `DISK_STEP` sets how closely the sizes around the last failure lie, in KiB; 4, a page,
//! is the long form.
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "each test binary uses its own half of it")]
#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::process::Command;

use fixtures::Spec;
use support::{Desk, Ended, Visible, one_year};

const PAYMENTS: &str = "select count(*) from marts.fct_payments";

/// Makes the disk, runs the program on it, and copies what it left to where there is room.
const ON_A_SMALL_DISK: &str = r#"
mount -t tmpfs -o size="$1"k disk "$2" || exit 99
shift
disk="$1" left="$2"
shift 2
"$@"
code=$?
cp -a "$disk/." "$left" || exit 98
exit $code
"#;

fn step(default: u64) -> u64 {
    let step = std::env::var("DISK_STEP").ok();
    step.map_or(default, |step| step.parse().unwrap())
}

/// Whether a user may mount a disk of their own here; says so if not.
fn can_mount(desk: &Desk) -> bool {
    fs::create_dir_all(desk.path("disk")).unwrap();
    let mut probe = Command::new("unshare");
    probe.args(["-Urm", "mount", "-t", "tmpfs", "-o", "size=64k", "disk"]);
    let why = match probe.arg(desk.path("disk")).output() {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    let line = format!(
        "SKIPPED: a full disk, because none can be mounted: {}\n",
        why.trim()
    );
    // Past the test harness, which hides what passing tests print.
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    false
}

/// A zip with a year's files, as CMS ships them.
fn zipped(desk: &Desk) -> String {
    let spec = Spec {
        ownership_rows: 200,
        ..one_year(2023, 1).with_faults(0.02, false)
    };
    let files = desk.real("real", &spec);
    let zip = desk.write("source.zip", "");
    let mut writer = zip::ZipWriter::new(File::create(&zip).unwrap());
    for entry in fs::read_dir(files).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).unwrap();
        writer.write_all(&fs::read(path).unwrap()).unwrap();
    }
    writer.finish().unwrap();
    zip.display().to_string()
}

/// A run on disks of many sizes.
struct Drill<'a> {
    desk: &'a Desk,
    source: String,
    /// Of the program, besides lake and source.
    arguments: &'a [&'a str],
    whole: Visible,
    payments: Option<i64>,
    /// Stages that met the full disk.
    stages: BTreeSet<String>,
}

impl<'a> Drill<'a> {
    fn new(desk: &'a Desk, arguments: &'a [&'a str]) -> Self {
        let source = zipped(desk);
        desk.run(&["run", "--lake", "calm", "--source", &source])
            .expect(0);
        Self {
            whole: desk.visible("calm"),
            payments: desk.number("calm", PAYMENTS),
            desk,
            source,
            arguments,
            stages: BTreeSet::new(),
        }
    }

    /// Whether the run gets through on a disk of so many KiB. If not, it ends well.
    fn fits(&mut self, size: u64) -> bool {
        let left = format!("left-{size}");
        let ended = self.run_on(size, &left);
        let lake = format!("{left}/lake");
        for (key, bytes) in &self.desk.visible(&lake) {
            assert_eq!(
                self.whole.get(key),
                Some(bytes),
                "{size} KiB: {key} is half done"
            );
        }
        if ended.code == Some(0) {
            return true;
        }
        let stage = self.ended_clearly(size, ended);
        self.converges(size, &lake, &stage);
        fs::remove_dir_all(self.desk.path(&left)).unwrap();
        false
    }

    fn run_on(&self, size: u64, left: &str) -> Ended {
        let (disk, left) = (self.desk.path("disk"), self.desk.path(left));
        fs::create_dir_all(&left).unwrap();
        let lake = disk.join("lake").display().to_string();
        let arguments = ["run", "--lake", &lake, "--source", &self.source];
        let program = self
            .desk
            .capstone(&[&arguments[..], self.arguments].concat());
        let mut command = Command::new("unshare");
        command.args(["-Urm", "sh", "-c", ON_A_SMALL_DISK, "sh"]);
        command.arg(size.to_string()).args([&disk, &left]);
        command.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.current_dir(self.desk.path(""));
        Ended::of(command.output().unwrap())
    }

    /// Exit code 3, and one sentence with the word and the place; gives the stage.
    fn ended_clearly(&mut self, size: u64, ended: Ended) -> String {
        let errors: Vec<_> = ended
            .stderr
            .lines()
            .filter(|line| line.starts_with("error: "))
            .collect();
        let [error] = errors[..] else {
            panic!("{size} KiB: not one sentence: {ended:#?}");
        };
        let disk = self.desk.path("disk").display().to_string();
        for part in ["error: ", "full", &disk, "make room"] {
            assert!(error.contains(part), "{size} KiB: no {part:?}: {error}");
        }
        let stage = error.split("stage ").nth(1);
        let stage = stage.and_then(|rest| rest.split(':').next());
        let stage = stage.unwrap_or_default().to_owned();
        self.stages.insert(stage.clone());
        ended.expect(3);
        stage
    }

    /// With room, the next run does the rest. Where the disk was full before anything was
    /// committed, the stages after the commit have nothing new to show.
    fn converges(&self, size: u64, lake: &str, stage: &str) {
        let source = ["run", "--lake", lake, "--source", &self.source];
        if matches!(stage, "load" | "quality" | "report") {
            self.desk.run(&source).expect(0);
            assert_eq!(self.desk.payments(lake), self.payments, "{size} KiB");
            assert!(self.desk.path(lake).join("report.html").exists());
        } else {
            self.desk
                .run(&[&["ingest"], &source[1..]].concat())
                .expect(0);
            for stage in ["validate", "transform"] {
                self.desk.run(&[stage, "--lake", lake]).expect(0);
            }
        }
        assert_eq!(self.desk.visible(lake), self.whole, "{size} KiB");
    }

    /// Makes the disk larger and larger until the run fits, and then closes in on the last
    /// size on which it does not.
    fn close_in(&mut self, sizes: impl Iterator<Item = u64>, step: u64) {
        let mut too_small = 0;
        let mut enough = 0;
        for size in sizes {
            enough = size;
            if self.fits(size) {
                break;
            }
            too_small = size;
        }
        while enough - too_small > step {
            let middle = u64::midpoint(enough, too_small);
            if self.fits(middle) {
                enough = middle;
            } else {
                too_small = middle;
            }
        }
    }

    #[track_caller]
    fn has_failed_in(&self, stages: &[&str]) {
        for stage in stages {
            let found = self.stages.contains(*stage);
            assert!(found, "{stage} never met a full disk: {:?}", self.stages);
        }
    }
}

/// Sizes that grow by a factor, in KiB.
fn growing(first: u64, more: u64, than: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(first), move |size| Some(size * more / than))
}

#[test]
fn a_warehouse_that_fills_the_disk_costs_nothing_but_another_run() {
    let desk = Desk::new();
    if !can_mount(&desk) {
        return;
    }
    let mut drill = Drill::new(&desk, &[]);
    drill.close_in(growing(1500, 2, 1), step(512));
    drill.has_failed_in(&["load"]);
}

#[test]
fn a_disk_that_fills_up_at_any_write_is_named_and_costs_nothing_but_another_run() {
    let desk = Desk::new();
    if !can_mount(&desk) {
        return;
    }
    // The warehouse is elsewhere: it would need more than all the rest.
    let warehouse = desk.path("elsewhere.duckdb").display().to_string();
    let arguments = ["--warehouse", &warehouse];
    let mut drill = Drill::new(&desk, &arguments);
    drill.close_in(growing(32, 6, 5), step(8));
    drill.has_failed_in(&["find", "ingest", "transform", "report"]);
}

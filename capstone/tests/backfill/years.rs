//! `capstone backfill`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::source;
use crate::support::{Desk, Visible, commits};

const GENERAL_2022: &str = "OP_DTL_GNRL_PGYR2022_P06302023.csv";
const SOURCE: [&str; 4] = ["--lake", "lake", "--source", "source"];

fn backfill(desk: &Desk, years: &str, more: &[&str]) -> crate::support::Ended {
    let arguments = [&["backfill", "--years", years][..], &SOURCE, more].concat();
    desk.run(&arguments)
}

/// What became of a task, by the document of a backfill.
fn outcome<'a>(document: &'a Value, task: &str) -> &'a Value {
    let years = document["years"].as_array().unwrap();
    let line = years.iter().find(|line| line["task"] == task);
    line.unwrap_or_else(|| panic!("no {task} in {years:?}"))
}

/// The keys of one program year with their bytes.
fn of_year(visible: &Visible, year: i16) -> Visible {
    let (folder, hive) = (format!("/{year}/"), format!("program_year={year}/"));
    let of_year = |key: &str| key.contains(&folder) || key.contains(&hive);
    let keys = visible.iter().filter(|(key, _)| of_year(key));
    keys.map(|(key, bytes)| (key.clone(), bytes.clone()))
        .collect()
}

/// Everything that the lake has of a year outside of raw, whoever lists it.
fn all_of_year(desk: &Desk, year: i16) -> Visible {
    let bucket = desk.path("lake/s3/open-payments");
    let files = crate::support::files_below(&bucket).into_iter();
    let read = files.map(|path| {
        let key = path.strip_prefix(&bucket).unwrap().display().to_string();
        (key, fs::read(&path).unwrap())
    });
    of_year(&read.collect(), year)
}

#[test]
fn the_plan_is_shown_before_anything_runs_and_plan_alone_changes_nothing() {
    let desk = Desk::new();
    source(&desk, "source", &[2022, 2023]);
    let ended = backfill(&desk, "2021..2023", &["--plan"]).expect(0);
    assert!(!desk.path("lake").exists(), "a plan makes no lake");
    let ended = ended.says(&["2023", "not ingested", "all stages", "2 of 2 files"]);
    let ended = ended.says(&["2021", "missing source", "nothing"]);
    let rows = ended.stdout.lines().skip(2).take(3);
    let years: Vec<_> = rows.map(|line| &line[..4]).collect();
    assert_eq!(years, ["2023", "2022", "2021"], "newest first");

    let plan = backfill(&desk, "2021..2023", &["--plan", "--json", "--oldest-first"]);
    let plan = plan.expect(0).json();
    assert_eq!(
        plan["plan"][0],
        json!({
            "year": 2021,
            "state": "missing_source",
            "action": "nothing",
            "why": "neither the source nor the lake has a file of this year",
        })
    );
    assert_eq!(plan["plan"][2]["year"], 2023, "oldest first");

    let ended = backfill(&desk, "2022..2023", &[]).expect(0);
    let at = |what: &str| ended.stdout.find(what).unwrap();
    assert!(at("all stages") < at("committed"), "{ended:#?}");
    let plan = backfill(&desk, "2022..2023", &["--plan"]).expect(0);
    plan.says(&[
        "2022",
        "committed",
        "compare checksums",
        "general 1, ownership 1",
    ]);
}

#[test]
fn a_backfill_gives_what_a_run_gives_and_the_number_of_years_at_once_changes_no_byte() {
    let desk = Desk::new();
    source(&desk, "source", &[2014, 2021, 2022, 2023]);
    desk.run(&["run", "--lake", "whole", "--source", "source"])
        .expect(0);
    let whole = desk.visible("whole");
    assert_eq!(commits(&whole).len(), 8);
    backfill(&desk, "2014..2023", &["--concurrency", "4"])
        .expect(1)
        .says(&["NOT DONE", "program year 2016", "--source"]);
    assert_eq!(desk.visible("lake"), whole);
    assert_eq!(desk.payments("lake"), Some(1200));
}

#[test]
fn one_year_never_touches_another() {
    let desk = Desk::new();
    source(&desk, "source", &[2021, 2022, 2023]);
    backfill(&desk, "2022", &[]).expect(0);
    assert!(all_of_year(&desk, 2021).is_empty() && all_of_year(&desk, 2023).is_empty());
    let before = all_of_year(&desk, 2022);
    assert!(!before.is_empty());
    let rest = backfill(&desk, "2021..2023", &["--json"]).expect(0).json();
    assert_eq!(all_of_year(&desk, 2022), before);
    assert_eq!(outcome(&rest, "2022")["outcome"], "already");
    let reason = outcome(&rest, "2022")["reason"].as_str().unwrap();
    assert_eq!(reason, "unchanged since commits general 1, ownership 1");
    for (task, found) in [
        ("2021", "succeeded"),
        ("2023", "succeeded"),
        ("load", "succeeded"),
    ] {
        assert_eq!(outcome(&rest, task)["outcome"], found, "{task}");
    }
    assert_eq!(desk.payments("lake"), Some(900));
}

/// Cuts the columns of every record in half: each is malformed then.
fn ruin(path: &Path) -> Vec<u8> {
    let sound = fs::read(path).unwrap();
    let text = String::from_utf8(sound.clone()).unwrap();
    let header = text.lines().next().unwrap();
    let records = text.lines().skip(1).map(|line| &line[..line.len() / 2]);
    let lines: Vec<&str> = std::iter::once(header).chain(records).collect();
    fs::write(path, lines.join("\n") + "\n").unwrap();
    sound
}

#[test]
fn a_failing_year_is_named_with_the_command_for_it_and_the_others_are_committed() {
    let desk = Desk::new();
    let folder = source(&desk, "source", &[2021, 2022, 2023]);
    let sound = ruin(&folder.join(GENERAL_2022));
    let again = "capstone backfill --years 2022 --source source --lake lake";
    let ended = backfill(&desk, "2021..2023", &[]).expect(1);
    let ended = ended.says(&["NOT DONE", "general 2022", "check structure failed"]);
    let ended = ended.says(&["2022", "failed: ", "check structure"]);
    ended.says(&["again", again]);
    let visible = desk.visible("lake");
    assert_eq!(
        commits(&visible).len(),
        5,
        "all but general payments of 2022"
    );
    assert_eq!(desk.payments("lake"), Some(600));
    assert_eq!(desk.last_attempt("lake")["outcome"], "failed");
    let plan = backfill(&desk, "2021..2023", &["--plan"]).expect(0);
    plan.says(&["2022", "failed before", "all stages", "check structure"]);

    fs::write(folder.join(GENERAL_2022), sound).unwrap();
    let words: Vec<&str> = again.split(' ').skip(1).collect();
    desk.run(&words).expect(0);
    assert_eq!(desk.payments("lake"), Some(900));
    let after = desk.visible("lake");
    for year in [2021, 2023] {
        assert_eq!(of_year(&after, year), of_year(&visible, year));
    }
}

#[test]
fn a_file_of_another_year_than_its_first_records_say_is_no_part_of_either() {
    let desk = Desk::new();
    let folder = source(&desk, "made", &[2021, 2022]);
    let text = |year: i16, published: &str| {
        let name = format!("OP_DTL_GNRL_PGYR{year}_P{published}.csv");
        fs::read_to_string(folder.join(name)).unwrap()
    };
    let (old, new) = (text(2021, "06302022"), text(2022, "06302023"));
    // A megabyte of 2021 and two of 2022, under a name that tells nothing.
    let records = |text: &str, times: usize| {
        let records = text.split_once('\n').unwrap().1;
        records.repeat((times << 20) / records.len() + 1)
    };
    let header = old.lines().next().unwrap();
    let mixed = format!("{header}\n{}{}", records(&old, 1), records(&new, 2));
    desk.write("source/mixed.csv", mixed);
    backfill(&desk, "2021..2022", &[]).expect(1).says(&[
        "NOT DONE",
        "mixed.csv",
        "program year 2021",
        "most of 2022",
    ]);
    assert!(commits(&desk.visible("lake")).is_empty());
    assert!(all_of_year(&desk, 2022).is_empty() && all_of_year(&desk, 2021).is_empty());
}

#[test]
fn a_lake_goes_on_from_raw_without_its_source() {
    let desk = Desk::new();
    source(&desk, "source", &[2022, 2023]);
    desk.run(&[&["ingest"][..], &SOURCE].concat()).expect(0);
    fs::remove_dir_all(desk.path("source")).unwrap();
    let arguments = ["backfill", "--lake", "lake", "--json"];
    let done = desk.run(&arguments).expect(0).json();
    assert_eq!(done["plan"][0]["state"], "ingested");
    assert_eq!(done["plan"][0]["action"], "resume");
    assert_eq!(outcome(&done, "2022")["outcome"], "succeeded");
    assert_eq!(desk.payments("lake"), Some(600));
    let done = desk.run(&arguments).expect(0).json();
    assert_eq!(done["plan"][0]["action"], "nothing");
}

#[test]
fn without_source_and_lake_there_is_nothing_to_plan() {
    let desk = Desk::new();
    desk.run(&["backfill", "--years", "2023", "--lake", "lake"])
        .expect(1)
        .says(&["error: ", "--source", "`capstone generate`"]);
    desk.run(&["backfill", "--newest-first", "--oldest-first"])
        .expect(2)
        .says(&["--newest-first", "--oldest-first"]);
}

#[cfg(unix)]
#[test]
fn after_sudden_death_the_same_command_does_only_what_is_left() {
    use std::os::unix::process::ExitStatusExt as _;
    let desk = Desk::new();
    source(&desk, "source", &[2021, 2022, 2023]);
    let whole = {
        let run = ["run", "--lake", "whole", "--source", "source"];
        desk.run(&run).expect(0);
        desk.visible("whole")
    };
    let arguments = [
        "backfill",
        "--years",
        "2021..2023",
        "--concurrency",
        "1",
        "--json",
    ];
    let arguments = [&arguments[..], &SOURCE].concat();
    // Newest first and one at a time: 2023 is done by then, and 2022 is not.
    let mut command = desk.capstone(&arguments);
    let dead = command.env(
        "CAPSTONE_CRASH",
        "kill curated/dataset=general/program_year=2022",
    );
    assert!(dead.output().unwrap().status.signal().is_some());
    let half = desk.visible("lake");
    assert_eq!(half, of_year(&whole, 2023), "whole years, and no other row");
    let kept = all_of_year(&desk, 2023);

    let done = desk.run(&arguments).expect(0).json();
    let state = |at: usize| done["plan"][at]["state"].as_str().unwrap();
    assert_eq!(
        [state(0), state(1), state(2)],
        ["committed", "validated", "not_ingested"]
    );
    for (year, found) in [
        ("2023", "already"),
        ("2022", "succeeded"),
        ("2021", "succeeded"),
    ] {
        assert_eq!(outcome(&done, year)["outcome"], found, "{year}");
    }
    assert_eq!(desk.visible("lake"), whole);
    assert_eq!(all_of_year(&desk, 2023), kept, "byte for byte");
}

#[cfg(unix)]
#[test]
fn what_is_wrong_around_the_program_stops_one_year_and_is_no_fault_of_the_data() {
    let desk = Desk::new();
    source(&desk, "source", &[2021, 2022, 2023]);
    // Nothing can be written where a file stands in the place of a folder.
    desk.write(
        "lake/s3/open-payments/raw/dataset=general/program_year=2022",
        "",
    );
    let ended = backfill(&desk, "2021..2023", &[]).expect(3);
    let ended = ended.says(&["error: program year 2022: stage ingest"]);
    let ended = ended.says(&["2022", "failed: "]);
    ended.says(&["again", "backfill --years 2022"]);
    let visible = desk.visible("lake");
    assert_eq!(commits(&visible).len(), 4, "2021 and 2023");
    fs::remove_file(desk.path("lake/s3/open-payments/raw/dataset=general/program_year=2022"))
        .unwrap();
    backfill(&desk, "2021..2023", &[]).expect(0);
    assert_eq!(desk.payments("lake"), Some(900));
}

//! Every point of a run, in a loop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::drill::hold;
use crate::scenario::{Scenario, deliver};
use crate::support::Desk;

/// What is looked at around a kill.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Nothing: the disk is as at the point before or after.
    Skip,
    /// The lake: what readers see, and what `ingest`, `validate` and `transform` repair.
    Lake,
    /// The warehouse as well, and a rerun of the whole pipeline.
    Whole,
}

fn depth(point: &str) -> Depth {
    let (side, name) = point.split_once(' ').unwrap();
    if std::env::var("KILL_POINTS").is_ok_and(|points| points == "all") {
        return Depth::Whole;
    }
    let is = |start| name.starts_with(start);
    match side {
        "before" if is("warehouse commit") || is("report") => Depth::Whole,
        "before" => Depth::Lake,
        // What everything is about, though it differs from the next point in nothing.
        _ if is("commit") => Depth::Lake,
        _ => Depth::Skip,
    }
}

#[test]
fn a_run_killed_at_any_point_shows_no_half_state_and_is_repaired_by_a_rerun() {
    let desk = Desk::new();
    deliver(&desk);
    let first = Scenario::new(&desk, None, "first", "whole-first");
    let refresh = Scenario::new(&desk, Some("whole-first"), "refresh.zip", "whole-refresh");
    for scenario in [&first, &refresh] {
        let names = [
            "identity",
            "raw",
            "ingested",
            "validation",
            "quarantine",
            "data",
            "audit",
        ];
        let more = [
            "manifest",
            "commit",
            "attempt",
            "quality",
            "warehouse",
            "report",
        ];
        for name in names.iter().chain(&more) {
            let is = |point: &&String| point.split(' ').nth(1) == Some(name);
            let expected = scenario.points.iter().find(is).is_some();
            assert!(expected || *name == "identity", "no point is called {name}");
        }
        at_every_point(scenario);
    }
    let spool = |scenario: &Scenario<'_>| scenario.points.iter().any(|at| at.contains(" spool "));
    assert!(spool(&refresh) && !spool(&first), "only zips are unpacked");
}

/// Several at a time: each has a lake of its own.
fn at_every_point(scenario: &Scenario<'_>) {
    let next = AtomicUsize::new(1);
    let workers = thread::available_parallelism().map_or(2, |cores| cores.get().min(8));
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number > scenario.points.len() + 1 {
                        break;
                    }
                    at(scenario, number);
                }
            });
        }
    });
}

fn at(scenario: &Scenario<'_>, number: usize) {
    let depth = scenario
        .points
        .get(number - 1)
        .map_or(Depth::Whole, |point| depth(point));
    if depth == Depth::Skip {
        return;
    }
    let (desk, lake) = (scenario.desk, format!("killed-{number}"));
    let _ = std::fs::remove_dir_all(desk.path(&lake));
    scenario.begin(&lake);
    let held = match hold(desk.capstone(&scenario.run(&lake)), &number.to_string()) {
        Ok(held) => held,
        Err(ended) => {
            ended.expect(0);
            assert_eq!(number, scenario.points.len() + 1, "it never got there");
            scenario.assert_converged(&lake, "undisturbed");
            return;
        }
    };
    let point = format!("{number}, {}", held.point);
    scenario.assert_readers_see_the_commits_before(number, &lake);
    if depth == Depth::Whole {
        scenario.assert_rows_of_one_state(&lake, &point, true);
    }
    held.kill();
    scenario.assert_readers_see_the_commits_before(number, &lake);
    if depth == Depth::Whole {
        scenario.assert_rows_of_one_state(&lake, &point, false);
        desk.run(&scenario.run(&lake)).expect(0);
        scenario.assert_loaded(&lake, &point);
    } else {
        for stage in scenario.stages(&lake) {
            desk.run(&stage).expect(0);
        }
    }
    scenario.assert_converged(&lake, &point);
}

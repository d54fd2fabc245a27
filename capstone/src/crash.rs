//! Crash points: one hook, always compiled, so that tests kill the program that is shipped.
//!
//! A run changes what others can see only by writing or removing a key of the lake, by
//! committing to the warehouse, and by putting a finished file in its place. There is a
//! point before and a point after each of these; *after* means that the change is made
//! and the program does not know it yet. The points of a run are numbered from 1 in the
//! order in which they are reached, and each has a name: what the commit protocol calls
//! the key (`raw`, `quarantine`, `data`, `audit`, `manifest`, `commit`, `attempt` and so
//! on, see [`Kind`]), or `delete`, `generated`, `spool`, `warehouse`, `report`.
//!
//! `CAPSTONE_CRASH` says what to do, and where:
//!
//! ```text
//! list                      names every point on standard error and goes on
//! hold 17                   stops at the 17th point, names it, and waits to be killed
//! hold after commit         the same after the first commit
//! kill commit               ends the process before the first commit, as a power cut would
//! kill metadata/commits/    the same, by key
//! panic data                panics before the first data file
//! ```
//!
//! A place is a number, or the start of a name or key, with `after` for the point after
//! the change. While one thread is held, every other one stops at its next point.
//!
//! The other drill is `CAPSTONE_FAULTS="seed=7,rate=0.1"` (or `--lake-faults`): every tenth
//! request to the lake fails on purpose, on the way there or on the way back, and the
//! program goes on; [`store::Faults`] says how. What it did is told at the end.

use std::io::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use week2_lake::keys::Kind;

use crate::parts;

static DRILL: LazyLock<Option<Drill>> = LazyLock::new(|| {
    let asked = std::env::var("CAPSTONE_CRASH").ok()?;
    let drill = Drill::parse(&asked);
    if drill.is_none() && !asked.is_empty() {
        tell(&format!(
            "CAPSTONE_CRASH={asked:?} is no drill, such as \"hold 17\" or \"kill commit\""
        ));
    }
    drill
});

/// Points reached so far.
static REACHED: Mutex<u64> = Mutex::new(0);

/// What to do, and where.
#[derive(Debug, PartialEq, Eq)]
enum Drill {
    List,
    Stop(How, Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Hold,
    Kill,
    Panic,
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Number(u64),
    Start(Side, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// Writes or removes a key between its two points.
pub fn key<T>(key: &str, change: impl FnOnce() -> T) -> T {
    named(
        parts::lake::kind_of(key).map_or("key", Kind::name),
        key,
        change,
    )
}

/// Makes a change between its two points, which are called `name`.
pub fn named<T>(name: &str, what: &str, change: impl FnOnce() -> T) -> T {
    reach(Side::Before, name, what);
    let done = change();
    reach(Side::After, name, what);
    done
}

fn reach(side: Side, name: &str, what: &str) {
    let Some(drill) = DRILL.as_ref() else {
        return;
    };
    // Whoever is held holds this too: nobody else gets past a point.
    let mut reached = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
    *reached += 1;
    let number = *reached;
    let about = || format!("crash point {number}: {} {name} {what}", side.as_str());
    match drill {
        Drill::List => tell(&about()),
        Drill::Stop(how, place) if place.is(number, side, name, what) => match how {
            How::Kill => std::process::abort(),
            How::Panic => panic!("CAPSTONE_CRASH asks for it, at {}", about()),
            How::Hold => {
                tell(&about());
                loop {
                    std::thread::park();
                }
            }
        },
        Drill::Stop(..) => {}
    }
}

/// Whoever has closed standard error does not want to know.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

impl Drill {
    fn parse(text: &str) -> Option<Self> {
        if text == "list" {
            return Some(Self::List);
        }
        let (how, place) = text.split_once(' ')?;
        let how = match how {
            "hold" => How::Hold,
            "kill" => How::Kill,
            "panic" => How::Panic,
            _ => return None,
        };
        Some(Self::Stop(how, Place::parse(place)))
    }
}

impl Place {
    fn parse(text: &str) -> Self {
        if let Ok(number) = text.parse() {
            return Self::Number(number);
        }
        match text.strip_prefix("after ") {
            Some(start) => Self::Start(Side::After, start.to_owned()),
            None => Self::Start(Side::Before, text.to_owned()),
        }
    }

    fn is(&self, number: u64, side: Side, name: &str, what: &str) -> bool {
        match self {
            Self::Number(wanted) => *wanted == number,
            Self::Start(wanted, start) => {
                *wanted == side && (name.starts_with(start) || what.starts_with(start))
            }
        }
    }
}

impl Side {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_number_a_name_or_a_key() {
        let key = "metadata/commits/general/2023/00000000000000000001.json";
        let is = |drill: &str, side| match Drill::parse(drill) {
            Some(Drill::Stop(How::Hold, place)) => place.is(17, side, "commit", key),
            other => panic!("{drill}: {other:?}"),
        };
        for drill in ["hold 17", "hold commit", "hold metadata/commits/general/"] {
            assert!(is(drill, Side::Before), "{drill}");
        }
        for drill in ["hold 1", "hold 170", "hold manifest", "hold after commit"] {
            assert!(!is(drill, Side::Before), "{drill}");
        }
        assert!(is("hold after commit", Side::After) && !is("hold commit", Side::After));
    }

    #[test]
    fn what_is_no_drill_is_not_taken_for_one() {
        for text in ["", "hold", "commit", "stop commit"] {
            assert_eq!(Drill::parse(text), None, "{text}");
        }
        assert_eq!(Drill::parse("list"), Some(Drill::List));
    }
}

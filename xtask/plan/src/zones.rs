//! Green, yellow, red: share of the plan done against share of the buffer used.
//!
//! The boundaries are data, `weeks/tracks/zones.toml`.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use workbook::BadFile;

/// All ways to draw the boundaries.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zones {
    /// The first one is the default.
    #[serde(rename = "mode")]
    pub modes: Vec<Mode>,
}

/// One way: two straight lines over the share of the plan that is done.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mode {
    /// What a learner calls it.
    pub name: String,
    /// What it is, in a sentence.
    pub summary: String,
    /// Where it comes from.
    pub source: String,
    /// From which share of the buffer on it is yellow, at 0 % and at 100 % of the plan; in percent.
    pub yellow_from: [f64; 2],
    /// From which on it is red.
    pub red_from: [f64; 2],
}

/// How much a plan is in danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// Go on.
    Green,
    /// Think about what you would do.
    Yellow,
    /// Do it.
    Red,
}

impl Zones {
    /// Reads the boundaries under `root`.
    ///
    /// # Errors
    /// The file is missing or damaged.
    pub fn load(root: &Path) -> Result<Self, BadFile> {
        workbook::read(&root.join("weeks").join("tracks").join("zones.toml"))
    }

    /// The mode of this name; nothing means the default.
    pub fn mode(&self, name: Option<&str>) -> Option<&Mode> {
        match name {
            Some(name) => self.modes.iter().find(|mode| mode.name == name),
            None => self.modes.first(),
        }
    }
}

impl Mode {
    /// The zone of a point, both shares from 0 to 1. On a line is in the worse zone; nothing
    /// used is green wherever the lines begin, and more than everything is red.
    pub fn zone(&self, done: f64, used: f64) -> Zone {
        let percent = used * 100.0;
        if percent <= 0.0 {
            Zone::Green
        } else if percent > 100.0 || at_least(percent, along(self.red_from, done)) {
            Zone::Red
        } else if at_least(percent, along(self.yellow_from, done)) {
            Zone::Yellow
        } else {
            Zone::Green
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        })
    }
}

/// A point on a line, `share` of the way along it.
pub fn along([from, to]: [f64; 2], share: f64) -> f64 {
    from + (to - from) * share.clamp(0.0, 1.0)
}

/// Whether a point is on a line or above, whatever the last bits of both say.
fn at_least(point: f64, line: f64) -> bool {
    point >= line - 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modes() -> Zones {
        Zones::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
    }

    fn sloped() -> Mode {
        modes().mode(None).unwrap().clone()
    }

    fn thirds() -> Mode {
        modes().mode(Some("thirds")).unwrap().clone()
    }

    #[test]
    fn the_boundaries_are_as_published() {
        let sloped = sloped();
        assert_eq!(sloped.name, "sloped");
        assert_eq!(
            (sloped.yellow_from, sloped.red_from),
            ([0.0, 70.0], [20.0, 90.0])
        );
    }

    #[test]
    fn on_the_line_is_the_worse_zone() {
        // Half of the plan: yellow from 35 %, red from 55 %.
        let zone = |used| sloped().zone(0.5, used);
        assert_eq!(zone(0.3499), Zone::Green);
        assert_eq!(zone(0.35), Zone::Yellow);
        assert_eq!(zone(0.5499), Zone::Yellow);
        assert_eq!(zone(0.55), Zone::Red);
    }

    #[test]
    fn nothing_used_is_green_even_where_the_line_begins() {
        assert_eq!(sloped().zone(0.0, 0.0), Zone::Green);
        assert_eq!(sloped().zone(0.0, -0.3), Zone::Green);
        assert_eq!(sloped().zone(0.0, 0.01), Zone::Yellow);
        assert_eq!(sloped().zone(0.0, 0.2), Zone::Red);
    }

    #[test]
    fn more_than_the_buffer_is_red_at_the_very_end_too() {
        assert_eq!(sloped().zone(1.0, 0.89), Zone::Yellow);
        assert_eq!(sloped().zone(1.0, 1.01), Zone::Red);
        assert_eq!(thirds().zone(1.0, 1.5), Zone::Red);
    }

    #[test]
    fn more_than_the_buffer_is_red_whatever_the_lines_say() {
        let lenient = Mode {
            yellow_from: [90.0, 120.0],
            red_from: [150.0, 150.0],
            ..sloped()
        };
        assert_eq!(lenient.zone(0.0, 1.0), Zone::Yellow);
        assert_eq!(lenient.zone(1.0, 1.0), Zone::Green);
        assert_eq!(lenient.zone(1.0, 1.001), Zone::Red);
    }

    #[test]
    fn thirds_ask_for_the_buffer_alone() {
        for done in [0.0, 0.4, 1.0] {
            assert_eq!(thirds().zone(done, 0.3333), Zone::Green);
            assert_eq!(thirds().zone(done, 1.0 / 3.0), Zone::Yellow);
            assert_eq!(thirds().zone(done, 2.0 / 3.0), Zone::Red);
        }
    }

    #[test]
    fn more_used_is_never_a_better_zone_and_more_done_never_a_worse_one() {
        for mode in modes().modes {
            for step in 0..=20 {
                let share = f64::from(step) / 20.0;
                for other in 0..20 {
                    let (less, more) = (f64::from(other) / 20.0, f64::from(other + 1) / 20.0);
                    assert!(mode.zone(share, less) <= mode.zone(share, more));
                    assert!(mode.zone(less, share) >= mode.zone(more, share));
                }
            }
        }
    }
}

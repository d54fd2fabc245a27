//! A track: a plan over the items, `weeks/tracks/<id>.toml`.

use std::path::Path;

use serde::Deserialize;

use crate::facts::{Item, Kind, Part, Risk};
use crate::{BadFile, entries, read};

/// Files of `weeks/tracks` that hold something else.
const OTHERS: [&str; 2] = ["coverage.toml", "zones.toml"];

/// Reads every track under `root`, in name order.
///
/// # Errors
/// The first file that is no track and should be one.
pub fn all(root: &Path) -> Result<Vec<Track>, BadFile> {
    let files = entries(&root.join("weeks").join("tracks"));
    let tracks = files.iter().filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str());
        let is_toml = path.extension().is_some_and(|end| end == "toml");
        is_toml && name.is_some_and(|name| !OTHERS.contains(&name))
    });
    tracks.map(|path| read(path)).collect()
}

/// Names of all tracks under `root`: files of `weeks/tracks` that hold one.
pub fn names(root: &Path) -> Vec<String> {
    let files = entries(&root.join("weeks").join("tracks"));
    let tracks = files.iter().filter(|path| read::<Track>(path).is_ok());
    let stems = tracks.filter_map(|path| path.file_stem()?.to_str());
    stems.map(str::to_owned).collect()
}

/// A plan: weeks, their checkpoints, and the order of their items.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// Stable slug.
    pub id: String,
    /// A few words.
    pub title: String,
    /// What it is, in a sentence.
    pub summary: Option<String>,
    /// In order.
    #[serde(rename = "week")]
    pub weeks: Vec<Week>,
    /// Items of its own for which nothing stands yet.
    #[serde(default)]
    pub planned: Vec<PlannedItem>,
    /// Checkpoints that it takes as done without listing them.
    #[serde(default)]
    pub assumed: Vec<Assumed>,
}

/// One week.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// From 1.
    pub number: u8,
    /// A few words.
    pub title: String,
    /// How likely it takes longer; a track may not say.
    pub risk: Option<Risk>,
    /// In order.
    #[serde(rename = "checkpoint")]
    pub units: Vec<Unit>,
}

/// A checkpoint as this track has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its number in this track, such as `2.1`.
    pub number: String,
    /// Id of the checkpoint, where the unit is one.
    pub id: Option<String>,
    /// Its title, where it differs from the checkpoint's.
    pub title: Option<String>,
    /// Ids of items, in the order of work.
    pub items: Vec<String>,
}

/// An item of this track only, for which nothing stands yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedItem {
    /// Stable id.
    pub id: String,
    /// A few words.
    pub title: String,
    /// Why nothing stands yet.
    pub reason: String,
}

impl PlannedItem {
    /// As an item that nothing checks.
    pub fn as_item(&self) -> Item {
        Item {
            id: self.id.clone(),
            aliases: Vec::new(),
            kind: Kind::Planned,
            part: Part::Core,
            title: self.title.clone(),
            minutes: 0,
            task: String::new(),
            tests: None,
            files: Vec::new(),
            hints: Vec::new(),
            probe: None,
            record: None,
            reason: Some(self.reason.clone()),
        }
    }
}

/// A checkpoint that a track takes as done: the reference stands in for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumed {
    /// Id of the checkpoint.
    pub checkpoint: String,
    /// What the track does not ask.
    pub why: String,
}

//! All checkpoints on disk and one track over them.

use std::path::{Path, PathBuf};

use crate::facts::{Checkpoint, Item};
use crate::track::{PlannedItem, Track};
use crate::{BadFile, entries, read};

/// The default track.
pub const BASE_TRACK: &str = "base";

/// All that the workbook knows of itself.
#[derive(Debug, Clone)]
pub struct Course {
    /// The plan followed.
    pub track: Track,
    /// In the track's order; those that it does not list come last.
    pub checkpoints: Vec<Unit>,
}

/// A checkpoint with its place on disk and in the track.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its facts.
    pub facts: Checkpoint,
    /// The crate's folder; none for one that is only planned.
    pub folder: Option<PathBuf>,
    /// The crate's package.
    pub package: Option<String>,
    /// Its number in the track, such as `2.1`; none if the track does not list it.
    pub number: Option<String>,
    /// Its week in the track.
    pub week: Option<u8>,
}

impl Unit {
    /// `2.1 Hardened ingestion`, or the title alone.
    pub fn heading(&self) -> String {
        match &self.number {
            Some(number) => format!("{number} {}", self.facts.title),
            None => self.facts.title.clone(),
        }
    }

    /// What commands call it: its number, or its id where it has none.
    pub fn name(&self) -> &str {
        self.number.as_deref().unwrap_or(&self.facts.id)
    }

    /// Whether there is something to check.
    pub fn stands(&self) -> bool {
        self.folder.is_some() && self.facts.stands()
    }
}

/// A name that nothing has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Unknown {
    /// `checkpoint` or `item`.
    pub what: &'static str,
    /// As typed.
    pub name: String,
    /// What was probably meant.
    pub nearest: Option<String>,
}

impl Unknown {
    fn sentence(&self) -> String {
        let Self { what, name, .. } = self;
        match &self.nearest {
            Some(nearest) => format!("there is no {what} `{name}`; did you mean `{nearest}`?"),
            None => format!("there is no {what} `{name}`"),
        }
    }
}

impl Course {
    /// Reads every checkpoint under `root` and the track named `track`.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn load(root: &Path, track: &str) -> Result<Self, BadFile> {
        let weeks = root.join("weeks");
        let track: Track = read(&weeks.join("tracks").join(format!("{track}.toml")))?;
        let mut checkpoints = on_disk(&weeks)?;
        for unit in &mut checkpoints {
            let place = place(&track, &unit.facts.id);
            (unit.week, unit.number) = place.map_or((None, None), |(week, number)| {
                (Some(week), Some(number.to_owned()))
            });
        }
        let order = |unit: &Unit| {
            let units = track.weeks.iter().flat_map(|week| &week.units);
            let mut ids = units.map(|unit| unit.id.as_deref());
            ids.position(|id| id == Some(&unit.facts.id))
                .unwrap_or(usize::MAX)
        };
        checkpoints.sort_by_key(order);
        let mut course = Self { track, checkpoints };
        course.order_items();
        Ok(course)
    }

    /// Puts each checkpoint's items into the order of the track.
    fn order_items(&mut self) {
        let units = self.track.weeks.iter().flat_map(|week| &week.units);
        let order: Vec<&String> = units.flat_map(|unit| &unit.items).collect();
        for unit in &mut self.checkpoints {
            let place = |item: &Item| {
                let found = order.iter().position(|id| **id == item.id);
                found.unwrap_or(usize::MAX)
            };
            unit.facts.items.sort_by_key(place);
        }
    }

    /// The checkpoints that a name stands for: `week3`, `3.1`, `orchestration`,
    /// `week3-orchestration`, or `all`.
    ///
    /// # Errors
    /// [`Unknown`], with the nearest name that exists.
    pub fn find(&self, name: &str) -> Result<Vec<&Unit>, Unknown> {
        let name = name.trim().to_lowercase();
        let found: Vec<&Unit> = self
            .checkpoints
            .iter()
            .filter(|unit| name == "all" || unit.names().contains(&name))
            .collect();
        if found.is_empty() {
            let names = self.checkpoints.iter().flat_map(Unit::names);
            return Err(unknown("checkpoint", &name, names));
        }
        Ok(found)
    }

    /// The item of exactly this id: a checkpoint's, or one that only the track has.
    pub fn item_of_id(&self, id: &str) -> Option<Item> {
        let mut units = self.checkpoints.iter();
        let found = units.find_map(|unit| unit.facts.item(id)).cloned();
        let mut own = self.track.planned.iter();
        found.or_else(|| own.find(|own| own.id == id).map(PlannedItem::as_item))
    }

    /// The item that a name stands for: `ingestion/retry`, `2.1/retry`, or `retry` where
    /// only one checkpoint has such an item.
    ///
    /// # Errors
    /// [`Unknown`], with the nearest id that exists.
    pub fn find_item(&self, name: &str) -> Result<(&Unit, &Item), Unknown> {
        let name = name.trim().to_lowercase();
        let items = self
            .checkpoints
            .iter()
            .flat_map(|unit| unit.facts.items.iter().map(move |item| (unit, item)));
        let exact = |(unit, item): &(&Unit, &Item)| {
            item.id == name
                || item.aliases.contains(&name)
                || unit.numbered(item) == Some(&name).cloned()
        };
        if let Some(found) = items.clone().find(exact) {
            return Ok(found);
        }
        let mut short = items.clone().filter(|(_, item)| slug(&item.id) == name);
        if let (Some(found), None) = (short.next(), short.next()) {
            return Ok(found);
        }
        Err(unknown(
            "item",
            &name,
            items.flat_map(|(_, item)| [item.id.clone(), slug(&item.id).to_owned()]),
        ))
    }
}

impl Unit {
    /// Every name that it answers to, lower case.
    fn names(&self) -> Vec<String> {
        let mut names = vec![self.facts.id.clone()];
        names.extend(self.facts.aliases.iter().cloned());
        names.extend(self.number.clone());
        names.extend(self.package.clone());
        names.extend(self.week.map(|week| format!("week{week}")));
        names
    }

    /// `2.1/retry` for `ingestion/retry`.
    fn numbered(&self, item: &Item) -> Option<String> {
        let number = self.number.as_ref()?;
        Some(format!("{number}/{}", slug(&item.id)))
    }
}

/// The part behind the slash.
pub fn slug(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, slug)| slug)
}

fn unknown(what: &'static str, name: &str, names: impl Iterator<Item = String>) -> Unknown {
    let nearest = names
        .map(|candidate| (strsim::jaro_winkler(name, &candidate), candidate))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > 0.7)
        .map(|(_, candidate)| candidate);
    Unknown {
        what,
        name: name.to_owned(),
        nearest,
    }
}

fn place<'a>(track: &'a Track, id: &str) -> Option<(u8, &'a str)> {
    track.weeks.iter().find_map(|week| {
        let unit = week
            .units
            .iter()
            .find(|unit| unit.id.as_deref() == Some(id))?;
        Some((week.number, unit.number.as_str()))
    })
}

/// Every checkpoint under `weeks`: crates with facts, and those that are only planned.
fn on_disk(weeks: &Path) -> Result<Vec<Unit>, BadFile> {
    let mut units = Vec::new();
    for folder in entries(weeks).iter().flat_map(|week| entries(week)) {
        let facts = folder.join("checkpoint.toml");
        if facts.is_file() {
            units.push(Unit {
                facts: read(&facts)?,
                package: package(&folder),
                folder: Some(folder),
                number: None,
                week: None,
            });
        }
    }
    for path in entries(&weeks.join("planned")) {
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            units.push(Unit {
                facts: read(&path)?,
                package: None,
                folder: None,
                number: None,
                week: None,
            });
        }
    }
    Ok(units)
}

/// `week2-ingestion` for `weeks/week2/ingestion`.
fn package(folder: &Path) -> Option<String> {
    let name = folder.file_name()?.to_str()?;
    let week = folder.parent()?.file_name()?.to_str()?;
    Some(format!("{week}-{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACK: &str = r#"
        id = "base"
        title = "Nine weeks"
        [[week]]
        number = 2
        title = "Ingestion"
        risk = "high"
        [[week.checkpoint]]
        number = "2.1"
        id = "ingestion"
        items = ["ingestion/retry", "ingestion/chunks"]
        [[week.checkpoint]]
        number = "2.2"
        id = "lake"
        items = ["lake/keys"]
    "#;

    fn facts(id: &str, items: &[&str]) -> String {
        let items = items.iter().map(|item| {
            format!("[[item]]\nid = \"{id}/{item}\"\nkind = \"attest\"\npart = \"core\"\ntitle = \"\"\nminutes = 5\ntask = \"\"\n")
        });
        let items: String = items.collect();
        format!("id = \"{id}\"\ntitle = \"T\"\nsummary = \"S\"\nrisk = \"low\"\n{items}")
    }

    fn course() -> Course {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join("weeks").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("tracks/base.toml", TRACK);
        write("week2/lake/checkpoint.toml", &facts("lake", &["keys"]));
        write(
            "week2/ingestion/checkpoint.toml",
            &facts("ingestion", &["chunks", "retry"]),
        );
        write("planned/cost.toml", &facts("cost", &["storage"]));
        Course::load(root.path(), "base").unwrap()
    }

    fn ids(units: &[&Unit]) -> Vec<String> {
        units.iter().map(|unit| unit.facts.id.clone()).collect()
    }

    #[test]
    fn a_checkpoint_answers_to_number_week_slug_and_package() {
        let course = course();
        for name in ["2.1", "ingestion", "week2-ingestion", "Ingestion"] {
            assert_eq!(ids(&course.find(name).unwrap()), ["ingestion"], "{name}");
        }
        assert_eq!(ids(&course.find("week2").unwrap()), ["ingestion", "lake"]);
        let all = course.find("all").unwrap();
        assert_eq!(
            ids(&all),
            ["ingestion", "lake", "cost"],
            "the track's order"
        );
    }

    #[test]
    fn an_item_answers_to_its_id_its_number_and_its_slug() {
        let course = course();
        for name in ["ingestion/retry", "2.1/retry", "retry"] {
            assert_eq!(course.find_item(name).unwrap().1.id, "ingestion/retry");
        }
    }

    #[test]
    fn items_come_in_the_order_of_the_track() {
        let course = course();
        let items = &course.find("2.1").unwrap()[0].facts.items;
        assert_eq!(items[0].id, "ingestion/retry");
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest() {
        let course = course();
        let error = course.find("injestion").unwrap_err();
        assert_eq!(error.nearest.as_deref(), Some("ingestion"));
        let error = course.find_item("ingestion/retyr").unwrap_err();
        assert_eq!(error.nearest.as_deref(), Some("ingestion/retry"));
        assert_eq!(course.find("qqq").unwrap_err().nearest, None);
    }

    #[test]
    fn a_file_that_does_not_parse_is_named_with_its_line() {
        let root = tempfile::tempdir().unwrap();
        let tracks = root.path().join("weeks/tracks");
        std::fs::create_dir_all(&tracks).unwrap();
        std::fs::write(tracks.join("base.toml"), "id = \"base\"\ntitle = \n").unwrap();
        let error = Course::load(root.path(), "base").unwrap_err().to_string();
        assert!(error.contains("base.toml"), "{error}");
        assert!(error.contains("line 2"), "{error}");
    }
}

//! Where the learner is: a checkpoint, and the item that hints are given for.

use workbook::course::Unit;
use workbook::facts::Item;

use crate::learner::Learner;

/// The first open item of a checkpoint.
pub(crate) fn first_open<'a>(learner: &Learner, unit: &'a Unit) -> Option<&'a Item> {
    let mut items = unit.facts.items.iter();
    items.find(|item| !learner.is_settled(item))
}

/// The open item that comes after `focus`, or after all of `unit` where nothing is in focus;
/// behind the last one of the course its first.
pub(crate) fn next_open<'a>(
    learner: &'a Learner,
    unit: &str,
    focus: Option<&str>,
) -> Option<(&'a Unit, &'a Item)> {
    let all: Vec<(&Unit, &Item)> = learner
        .course
        .checkpoints
        .iter()
        .filter(|unit| unit.stands())
        .flat_map(|unit| unit.facts.items.iter().map(move |item| (unit, item)))
        .collect();
    let here = all.iter().rposition(|(other, item)| match focus {
        Some(focus) => item.id == focus,
        None => other.facts.id == unit,
    });
    let start = here.map_or(0, |here| here + 1);
    let (before, after) = all.split_at(start);
    let mut in_turn = after.iter().chain(before);
    in_turn
        .find(|(_, item)| !learner.is_settled(item) && Some(item.id.as_str()) != focus)
        .copied()
}

#[cfg(test)]
mod tests {
    use workbook::progress::Outcome;

    use super::*;
    use crate::workspace::Workspace;

    const TRACK: &str = r#"
        id = "base"
        title = "T"
        [[week]]
        number = 2
        title = "T"
        [[week.checkpoint]]
        number = "2.1"
        id = "ingestion"
        items = []
        [[week.checkpoint]]
        number = "2.2"
        id = "lake"
        items = []
    "#;

    fn learner(done: &[&str]) -> Learner {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join("weeks").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("tracks/base.toml", TRACK);
        for (id, items) in [("ingestion", ["a", "b"]), ("lake", ["c", "d"])] {
            let items = items.map(|item| {
                format!("[[item]]\nid = \"{id}/{item}\"\nkind = \"attest\"\npart = \"core\"\ntitle = \"\"\nminutes = 5\ntask = \"\"\n")
            });
            let head = format!("id = \"{id}\"\ntitle = \"T\"\nsummary = \"S\"\nrisk = \"low\"\n");
            let path = format!("week2/{id}/checkpoint.toml");
            write(&path, &(head + &items.concat()));
        }
        let workspace = Workspace {
            root: root.path().to_owned(),
            cache: root.path().to_owned(),
        };
        let mut learner = Learner::open(&workspace).unwrap();
        let course = learner.course.clone();
        for id in done {
            let (_, item) = course.find_item(id).unwrap();
            let today = learner.clock.today();
            learner.progress.record(item, Outcome::Passed, today);
        }
        learner
    }

    fn next(done: &[&str], unit: &str, focus: Option<&str>) -> Option<String> {
        let learner = learner(done);
        next_open(&learner, unit, focus).map(|(_, item)| item.id.clone())
    }

    #[test]
    fn next_goes_item_by_item_then_to_the_next_checkpoint_then_round() {
        for (focus, expected) in [
            ("ingestion/a", "ingestion/b"),
            ("ingestion/b", "lake/c"),
            ("lake/d", "ingestion/a"),
        ] {
            let unit = focus.split_once('/').unwrap().0;
            assert_eq!(next(&[], unit, Some(focus)).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_done_is_passed_over() {
        let done = ["ingestion/b", "lake/c"];
        let found = next(&done, "ingestion", Some("ingestion/a"));
        assert_eq!(found.as_deref(), Some("lake/d"));
    }

    #[test]
    fn a_checkpoint_without_open_items_is_left_behind() {
        let found = next(&["ingestion/a", "ingestion/b"], "ingestion", None);
        assert_eq!(found.as_deref(), Some("lake/c"));
    }

    #[test]
    fn the_only_open_item_has_no_next() {
        let done = ["ingestion/a", "ingestion/b", "lake/c"];
        assert_eq!(next(&done, "lake", Some("lake/d")), None);
    }

    #[test]
    fn the_first_open_item_is_in_focus() {
        let learner = learner(&["ingestion/a"]);
        let unit = &learner.course.checkpoints[0];
        assert_eq!(first_open(&learner, unit).unwrap().id, "ingestion/b");
    }
}

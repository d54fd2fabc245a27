//! What is asked for, and whether it can be: every refusal is here, before anything is written.

use std::path::Path;

use anyhow::{Result, bail};
use workbook::course::{Course, Unit, slug};
use workbook::facts::Kind;

use super::{Args, facts};
use crate::learner::Usage;
use crate::lock;
use crate::workspace::Workspace;

/// Longest id: with it, every line of the templates keeps to the width of rustfmt.
const LONGEST: usize = 20;

/// Words that are no names in Rust. An id becomes a module's name.
const KEYWORDS: [&str; 49] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "where", "while",
];

/// A checkpoint to be made.
#[derive(Debug)]
pub(super) struct Plan {
    /// Its week in the base track.
    pub(super) week: u8,
    /// Its number there, such as `4.1`.
    pub(super) number: String,
    /// Its id.
    pub(super) id: String,
    /// Its title.
    pub(super) title: String,
    /// Its items, in the order of the facts.
    pub(super) items: Vec<Item>,
    /// checkpoint.toml before its items are real.
    pub(super) draft: String,
    /// The planned facts that it is made from; none if no plan has it.
    pub(super) planned: Option<String>,
    /// Whether a crate stands already, with a reference and nothing for a learner.
    pub(super) has_reference: bool,
}

/// An item to be made.
#[derive(Debug)]
pub(super) struct Item {
    /// `exploration/raw-queries`.
    pub(super) id: String,
    /// A few words.
    pub(super) title: String,
    /// `raw_queries`: the module of its tests.
    pub(super) module: String,
    /// The function that stands in for it.
    pub(super) function: String,
    /// Whether it is a record, and not graded.
    pub(super) is_record: bool,
}

impl Plan {
    /// Reads the arguments against the course and the disk.
    pub(super) fn new(workspace: &Workspace, course: &Course, args: &Args) -> Result<Self> {
        let (week, id) = name(course, &args.name)?;
        titled(args.title.as_deref())?;
        let unit = course.checkpoints.iter().find(|unit| unit.facts.id == id);
        if let Some(unit) = unit {
            free(workspace, unit, week)?;
            if args.why.is_some() {
                return usage(format!("a plan asks for `{id}`, so it needs no --why"));
            }
        } else {
            unclaimed(course, &id)?;
        }
        let folder = format!("weeks/week{week}/{id}");
        let has_reference = reference(&workspace.root.join(&folder), &folder)?;
        let number = match unit.and_then(|unit| unit.number.clone()) {
            Some(number) => number,
            None => next_number(course, week),
        };
        let planned = unit.map(|_| format!("weeks/planned/{id}.toml"));
        let draft = match &planned {
            Some(path) => facts::planned(&workspace.root.join(path), args.title.as_deref())?,
            None => facts::beyond_plan(&id, args)?,
        };
        let facts = facts::read(&draft)?;
        let mut plan = Self {
            week,
            number,
            id,
            title: facts.title.clone(),
            items: Vec::new(),
            draft,
            planned,
            has_reference,
        };
        plan.items = items(&facts, &args.records, has_reference)?;
        Ok(plan)
    }

    /// `weeks/week4/exploration`.
    pub(super) fn folder(&self) -> String {
        format!("weeks/week{}/{}", self.week, self.id)
    }

    /// `week4-exploration`.
    pub(super) fn package(&self) -> String {
        format!("week{}-{}", self.week, self.id)
    }

    /// `week4_exploration`.
    pub(super) fn krate(&self) -> String {
        self.package().replace('-', "_")
    }

    /// The items with graded tests.
    pub(super) fn graded(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.is_record)
    }

    /// A template with this checkpoint's names in it.
    pub(super) fn fill(&self, template: &str) -> String {
        template
            .replace("@ID@", &self.id)
            .replace("@TITLE@", &self.title)
            .replace("@NUMBER@", &self.number)
            .replace("@PACKAGE@", &self.package())
            .replace("@CRATE@", &self.krate())
    }
}

fn usage<T>(sentence: String) -> Result<T> {
    bail!(Usage(sentence))
}

/// Week and id of `week4/exploration`.
fn name(course: &Course, name: &str) -> Result<(u8, String)> {
    let Some((week, id)) = name.split_once('/') else {
        return usage(format!(
            "`{name}` is no week and id; write it like week4/exploration"
        ));
    };
    let known: Vec<u8> = course.track.weeks.iter().map(|week| week.number).collect();
    let number = week
        .strip_prefix("week")
        .and_then(|digits| digits.parse().ok());
    let Some(number) =
        number.filter(|number| known.contains(number) && week == format!("week{number}"))
    else {
        return usage(format!(
            "there is no week `{week}`; the weeks are week{} to week{}",
            known.first().unwrap_or(&0),
            known.last().unwrap_or(&0)
        ));
    };
    if !is_slug(id) {
        return usage(format!(
            "`{id}` is no id: lower-case letters and digits, words joined by one hyphen, \
             a letter first, {LONGEST} characters at most"
        ));
    }
    if KEYWORDS.contains(&id) {
        return usage(format!(
            "`{id}` is a word of Rust, and an id becomes a module's name: choose another"
        ));
    }
    Ok((number, id.to_owned()))
}

/// A title stands in a heading and in a link.
fn titled(title: Option<&str>) -> Result<()> {
    let stands = |title: &str| !title.trim().is_empty() && !title.contains(['\n', '[', ']']);
    if title.is_none_or(stands) {
        return Ok(());
    }
    usage("a title is one line with something on it, and without brackets".to_owned())
}

fn is_slug(id: &str) -> bool {
    let is_word = |word: &str| {
        let mut bytes = word.bytes();
        !word.is_empty() && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    id.len() <= LONGEST
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.split('-').all(is_word)
}

/// The checkpoint of this id is planned, and for this week.
fn free(workspace: &Workspace, unit: &Unit, week: u8) -> Result<()> {
    let id = &unit.facts.id;
    if let Some(folder) = &unit.folder {
        let folder = lock::shown(workspace, folder);
        return usage(format!(
            "{} is there already, in {folder}; nothing was written",
            unit.heading()
        ));
    }
    match unit.week {
        Some(right) if right != week => usage(format!(
            "`{id}` stands in week {right} of the plan: week{right}/{id}"
        )),
        _ => Ok(()),
    }
}

/// No checkpoint or item has this name, new or old.
fn unclaimed(course: &Course, id: &str) -> Result<()> {
    for unit in &course.checkpoints {
        let items = unit.facts.items.iter();
        let mut old = unit
            .facts
            .aliases
            .iter()
            .chain(items.flat_map(|item| &item.aliases));
        if old.any(|alias| alias == id) {
            return usage(format!(
                "`{id}` is taken: it is an older name of {}",
                unit.heading()
            ));
        }
    }
    Ok(())
}

/// Whether a crate stands in the folder that has a reference only. Anything else there is not
/// ours to add to.
fn reference(place: &Path, folder: &str) -> Result<bool> {
    if !place.exists() {
        return Ok(false);
    }
    let has = |path: &str| place.join(path).exists();
    let is_crate = has("Cargo.toml") && has("src/lib.rs");
    if !is_crate || !(has("src/solution.rs") || has("src/solution/mod.rs")) {
        return usage(format!(
            "{folder} exists, and is no crate with a reference in src/solution: \
             move it away, or choose another id"
        ));
    }
    let ours = [
        "checkpoint.toml",
        "src/exercise.rs",
        "src/exercise",
        "src/wrong.rs",
        "src/solution/stand_in.rs",
        "tests/graded",
        "tests/solution.rs",
        "tests/exercise.rs",
        "tests/wrong.rs",
    ];
    match ours.iter().find(|path| has(path)) {
        Some(path) => usage(format!(
            "{folder} has a {path} of its own, where the skeleton's would be: rename it first; \
             nothing was written"
        )),
        None => Ok(true),
    }
}

/// The number behind the last one of a week.
fn next_number(course: &Course, week: u8) -> String {
    let units = course.track.weeks.iter().filter(|one| one.number == week);
    let last = units
        .flat_map(|one| &one.units)
        .filter_map(|unit| unit.number.rsplit_once('.')?.1.parse::<u32>().ok())
        .max();
    format!("{week}.{}", last.unwrap_or(0) + 1)
}

/// The planned items, and which of them become records: those that are named, or the last.
fn items(
    facts: &workbook::facts::Checkpoint,
    records: &[String],
    has_reference: bool,
) -> Result<Vec<Item>> {
    let slugs: Vec<&str> = facts.items.iter().map(|item| slug(&item.id)).collect();
    if let Some(unknown) = records.iter().find(|name| !slugs.contains(&name.as_str())) {
        return usage(format!(
            "`{}` has no item `{unknown}`; it has {}",
            facts.id,
            slugs.join(", ")
        ));
    }
    let last = slugs.last().copied().unwrap_or_default();
    let is_record = |name: &str| match records {
        [] => name == last,
        named => named.iter().any(|record| record == name),
    };
    if slugs.iter().all(|name| is_record(name)) {
        return usage(format!(
            "every item of `{}` would be a record; at least one is graded",
            facts.id
        ));
    }
    let planned = facts.items.iter().all(|item| item.kind == Kind::Planned);
    if !planned {
        return usage(format!(
            "`{}` has items that are not planned any more: its facts belong into its crate",
            facts.id
        ));
    }
    Ok(facts
        .items
        .iter()
        .map(|item| {
            let module = slug(&item.id).replace('-', "_");
            // Beside a reference the plain name may be taken.
            let keyword = KEYWORDS.contains(&module.as_str());
            let prefix = if has_reference || keyword {
                "stand_in_"
            } else {
                ""
            };
            Item {
                id: item.id.clone(),
                title: item.title.clone(),
                function: format!("{prefix}{module}"),
                module: if keyword {
                    format!("{module}s")
                } else {
                    module
                },
                is_record: is_record(slug(&item.id)),
            }
        })
        .collect())
}

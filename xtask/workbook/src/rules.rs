//! What must hold of the facts together: ids, the promises to a learner, the plan's numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::course::{Course, Unit, slug};
use crate::coverage::Coverage;
use crate::facts::{Checkpoint, Item, Kind, Part, Risk, Wrong};
use crate::track::Track;

/// Wrong answers that a checkpoint proves to be rejected, at least.
const FEWEST_WRONGS: usize = 5;
/// Hints of a graded item, at least.
const FEWEST_HINTS: usize = 2;

/// The 9-week checklist's own numbers: checkpoint, risk, buffer in days. A second source on
/// purpose: the facts are checked against it.
const CHECKLIST: [(&str, Risk, Option<[f64; 2]>); 18] = [
    ("environment", Risk::Low, Some([0.0, 0.5])),
    ("schema", Risk::Medium, Some([1.0, 1.0])),
    ("ingestion", Risk::High, Some([2.0, 2.0])),
    ("lake", Risk::Medium, Some([1.0, 1.0])),
    ("orchestration", Risk::MediumHigh, Some([1.0, 2.0])),
    ("validation", Risk::Medium, Some([1.0, 1.0])),
    ("exploration", Risk::Medium, Some([1.0, 1.0])),
    ("modeling", Risk::Medium, Some([1.0, 1.0])),
    ("transform", Risk::High, Some([2.0, 2.0])),
    ("incremental", Risk::MediumHigh, Some([1.0, 2.0])),
    ("foundation", Risk::Medium, Some([1.0, 1.0])),
    ("platform", Risk::Medium, Some([1.0, 2.0])),
    ("quality", Risk::Medium, Some([1.0, 1.0])),
    ("audit", Risk::LowMedium, Some([0.5, 1.0])),
    ("full-run", Risk::High, Some([2.0, 2.0])),
    ("cost", Risk::Medium, Some([1.0, 1.0])),
    ("documentation", Risk::Low, Some([0.5, 1.0])),
    ("reflection", Risk::Low, None),
];

/// Checkpoints for which the checklist names no usual delay.
const WITHOUT_DELAY: [&str; 4] = ["audit", "cost", "documentation", "reflection"];

/// Everything that does not hold, a sentence each.
pub fn problems(course: &Course, tracks: &[Track], coverage: &Coverage) -> Vec<String> {
    let mut found = Vec::new();
    for unit in &course.checkpoints {
        let mut own = Vec::new();
        checkpoint(unit, &mut own);
        let id = &unit.facts.id;
        found.extend(own.into_iter().map(|problem| format!("{id}: {problem}")));
    }
    unique_ids(course, &mut found);
    checklist(course, &mut found);
    let known: BTreeSet<&str> = items(course).map(|(_, item)| item.id.as_str()).collect();
    for track in tracks {
        listed(track, &known, &mut found);
    }
    complete(course, &mut found);
    let own = tracks.iter().flat_map(|track| &track.planned);
    let known = known
        .into_iter()
        .chain(own.map(|item| item.id.as_str()))
        .collect();
    covered(course, coverage, &known, &mut found);
    found
}

fn items(course: &Course) -> impl Iterator<Item = (&Unit, &Item)> {
    let units = course.checkpoints.iter();
    units.flat_map(|unit| unit.facts.items.iter().map(move |item| (unit, item)))
}

fn checkpoint(unit: &Unit, found: &mut Vec<String>) {
    let facts = &unit.facts;
    let folder = unit.folder.as_deref().and_then(Path::file_name);
    if folder.is_some_and(|name| name.to_str() != Some(&facts.id)) {
        found.push("its id is not its folder's name".to_owned());
    }
    if facts.posts.len() != 2 {
        found.push(format!(
            "{} prompts for posts; the plan has two",
            facts.posts.len()
        ));
    }
    if facts.levels.is_empty() {
        found.push("no level to reach".to_owned());
    }
    for level in &facts.levels {
        let unknown = level.items.iter().find(|id| facts.item(id).is_none());
        match unknown {
            Some(id) => found.push(format!(
                "its level is proved by `{id}`, which it does not have"
            )),
            None if level.items.is_empty() => {
                found.push(format!("nothing proves `{}`", level.text));
            }
            None => {}
        }
    }
    for question in &facts.questions {
        if question.answer >= question.options.len() {
            found.push(format!(
                "`{}` has no option {}",
                question.question, question.answer
            ));
        }
    }
    for item in &facts.items {
        let mut own = Vec::new();
        check_item(unit, item, &mut own);
        found.extend(
            own.into_iter()
                .map(|problem| format!("{}: {problem}", slug(&item.id))),
        );
    }
    if facts.items.iter().any(|item| item.kind == Kind::Test) {
        wrongs(facts, found);
    }
}

fn check_item(unit: &Unit, item: &Item, found: &mut Vec<String>) {
    let facts = &unit.facts;
    let mut demand = |holds: bool, problem: &str| {
        if !holds {
            found.push(problem.to_owned());
        }
    };
    let of_checkpoint = item.id.strip_prefix(&facts.id);
    demand(
        of_checkpoint.is_some_and(|rest| rest.starts_with('/')),
        "its id does not begin with its checkpoint's",
    );
    demand(item.minutes > 0, "no minutes");
    demand(!item.task.trim().is_empty(), "no task");
    demand(!item.title.trim().is_empty(), "no title");
    demand(
        (item.kind == Kind::Test) == item.tests.is_some(),
        "`tests` is for test items, and they need it",
    );
    demand(
        (item.kind == Kind::Probe) == item.probe.is_some(),
        "`probe` is for probe items, and they need it",
    );
    demand(
        (item.kind == Kind::Record) == item.record.is_some(),
        "`record` is for record items, and they need it",
    );
    demand(
        (item.kind == Kind::Planned) == item.reason.is_some(),
        "`reason` is for planned items, and they need it",
    );
    demand(
        item.kind != Kind::Test || item.hints.len() >= FEWEST_HINTS,
        "a graded item has two hints at least",
    );
    demand(
        item.kind != Kind::Quiz || !facts.questions.is_empty(),
        "a quiz item without questions",
    );
    if let Some(probe) = &item.probe {
        demand(
            probe.run.is_empty() == probe.builtin.is_some(),
            "a probe has either `run` or `builtin`",
        );
    }
    if let (Some(folder), Some(record)) = (&unit.folder, &item.record) {
        demand(
            folder.join(&record.template).is_file(),
            "its template is missing",
        );
    }
    if let Some(folder) = &unit.folder {
        for file in &item.files {
            demand(folder.join(file).exists(), &format!("{file} is missing"));
        }
    }
}

fn wrongs(facts: &Checkpoint, found: &mut Vec<String>) {
    if facts.wrongs.len() < FEWEST_WRONGS {
        found.push(format!(
            "{} wrong answers; {FEWEST_WRONGS} at least",
            facts.wrongs.len()
        ));
    }
    let graded = facts.items.iter().filter(|item| item.kind == Kind::Test);
    for item in graded {
        if !facts.wrongs.iter().any(|wrong| wrong.item == item.id) {
            found.push(format!("no wrong answer gets `{}` wrong", item.id));
        }
    }
    for Wrong {
        name,
        item,
        fails,
        why,
    } in &facts.wrongs
    {
        if facts.item(item).is_none() {
            found.push(format!(
                "the wrong answer `{name}` is about `{item}`, which it does not have"
            ));
        }
        if fails.is_empty() || why.trim().is_empty() {
            found.push(format!(
                "the wrong answer `{name}` names no test or no reason"
            ));
        }
    }
}

/// No id, old or new, stands for two things.
fn unique_ids(course: &Course, found: &mut Vec<String>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, item) in items(course) {
        for id in std::iter::once(&item.id).chain(&item.aliases) {
            *counts.entry(id).or_default() += 1;
        }
    }
    for unit in &course.checkpoints {
        for id in std::iter::once(&unit.facts.id).chain(&unit.facts.aliases) {
            *counts.entry(id).or_default() += 1;
        }
    }
    let twice = counts.into_iter().filter(|(_, count)| *count > 1);
    found.extend(twice.map(|(id, count)| format!("`{id}` is the id of {count} things")));
}

/// Risk, delay and buffer are the checklist's.
fn checklist(course: &Course, found: &mut Vec<String>) {
    for (id, risk, buffer) in CHECKLIST {
        let Some(unit) = course.checkpoints.iter().find(|unit| unit.facts.id == id) else {
            found.push(format!("{id}: no facts"));
            continue;
        };
        if unit.facts.risk != risk {
            found.push(format!(
                "{id}: risk {}, the plan says {risk}",
                unit.facts.risk
            ));
        }
        if unit.facts.buffer_days != buffer {
            found.push(format!(
                "{id}: buffer {:?}, the plan says {buffer:?}",
                unit.facts.buffer_days
            ));
        }
        let delayed = !WITHOUT_DELAY.contains(&id);
        if unit.facts.delay.is_some() != delayed {
            found.push(format!(
                "{id}: a usual delay is {} in the plan",
                if delayed { "named" } else { "not named" }
            ));
        }
    }
    for unit in &course.checkpoints {
        let id = &unit.facts.id;
        let is_planned = CHECKLIST.iter().any(|(planned, ..)| planned == id);
        match &unit.facts.beyond_plan {
            None if !is_planned => found.push(format!(
                "{id}: the plan has no such checkpoint; `beyond_plan` says why it is here all the same"
            )),
            Some(_) if is_planned => found.push(format!("{id}: the plan asks for it, it is not beyond it")),
            Some(why) if why.trim().is_empty() => {
                found.push(format!("{id}: `beyond_plan` gives no reason"));
            }
            _ => {}
        }
    }
}

/// What a track lists exists.
fn listed(track: &Track, known: &BTreeSet<&str>, found: &mut Vec<String>) {
    let own: BTreeSet<&str> = track.planned.iter().map(|item| item.id.as_str()).collect();
    let units = track.weeks.iter().flat_map(|week| &week.units);
    for id in units.flat_map(|unit| &unit.items) {
        if !known.contains(id.as_str()) && !own.contains(id.as_str()) {
            found.push(format!("track {}: there is no item `{id}`", track.id));
        }
    }
}

/// The default track lists every item, once, under its own checkpoint.
fn complete(course: &Course, found: &mut Vec<String>) {
    for (unit, item) in items(course) {
        let units = course.track.weeks.iter().flat_map(|week| &week.units);
        let places: Vec<Option<&str>> = units
            .flat_map(|place| place.items.iter().map(move |id| (place, id)))
            .filter(|(_, id)| **id == item.id)
            .map(|(place, _)| place.id.as_deref())
            .collect();
        if places != [Some(unit.facts.id.as_str())] {
            found.push(format!(
                "`{}` stands {} times in the track, and must once, under its checkpoint",
                item.id,
                places.len()
            ));
        }
    }
}

/// Every line of every plan leads somewhere, and every item comes from the checklist.
fn covered(course: &Course, coverage: &Coverage, known: &BTreeSet<&str>, found: &mut Vec<String>) {
    for plan in &coverage.plans {
        for line in &plan.lines {
            let given = [
                line.items.is_some(),
                line.by.is_some(),
                line.planned.is_some(),
            ];
            if given.iter().filter(|given| **given).count() != 1 {
                found.push(format!(
                    "coverage {}:{}: exactly one of `items`, `by` and `planned`",
                    plan.id, line.line
                ));
            }
            for id in line.items.iter().flatten() {
                if !known.contains(id.as_str()) {
                    found.push(format!(
                        "coverage {}:{}: there is no item `{id}`",
                        plan.id, line.line
                    ));
                }
            }
        }
    }
    let asked: BTreeSet<&str> = coverage
        .plans
        .iter()
        .flat_map(|plan| &plan.lines)
        .flat_map(|line| line.items.iter().flatten())
        .map(String::as_str)
        .collect();
    for (unit, item) in items(course) {
        if !asked.contains(item.id.as_str()) && unit.facts.beyond_plan.is_none() {
            found.push(format!("no line of a plan asks for `{}`", item.id));
        }
    }
    for unit in &course.checkpoints {
        if !unit.facts.items.iter().any(|item| item.part == Part::Core) {
            found.push(format!("{}: no core item", unit.facts.id));
        }
    }
}

/// Compares the coverage table with a plan's own text: each line that asks for something has
/// an entry, and each entry a line.
pub fn against_plan(plan: &crate::coverage::Plan, text: &str) -> Vec<String> {
    let entries: BTreeSet<u32> = plan.lines.iter().map(|line| line.line).collect();
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let asks = asks_for_something(line);
        if asks && !entries.contains(&number) {
            found.push(format!(
                "coverage {}:{number}: no entry for `{}`",
                plan.id,
                line.trim()
            ));
        }
    }
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    let beyond = entries
        .iter()
        .filter(|number| **number == 0 || **number > lines);
    found.extend(
        beyond.map(|number| format!("coverage {}:{number}: the plan has no such line", plan.id)),
    );
    found
}

/// A bullet, a number or a checkbox; risk notes and headings carry facts, not work.
fn asks_for_something(line: &str) -> bool {
    let line = line.trim_start();
    let numbered = line.split_once(". ").is_some_and(|(number, _)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let bullet = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
    let note = bullet.is_some_and(|rest| {
        ["⚠", "Common delay:", "Buffer:"]
            .iter()
            .any(|start| rest.starts_with(start))
    });
    numbered || (bullet.is_some() && !note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::{Line, Plan};

    fn unit(text: &str) -> Unit {
        Unit {
            facts: toml_edit::de::from_str(text).unwrap(),
            folder: None,
            package: None,
            number: None,
            week: None,
        }
    }

    const GOOD: &str = r#"
        id = "ingestion"
        title = "T"
        summary = "S"
        risk = "high"
        posts = ["a", "b"]
        [[level]]
        text = "restart-safe"
        items = ["ingestion/retry"]
        [[item]]
        id = "ingestion/retry"
        kind = "test"
        part = "core"
        title = "Retry"
        minutes = 45
        task = "Do it."
        tests = "retry"
        hints = ["?", "!"]
    "#;

    fn found(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        checkpoint(&unit(text), &mut found);
        found.retain(|problem| !problem.contains("wrong answer"));
        found
    }

    #[test]
    fn sound_facts_have_no_problems_and_each_damage_has_its_sentence() {
        assert_eq!(found(GOOD), Vec::<String>::new());
        for (from, to, sentence) in [
            ("hints = [\"?\", \"!\"]", "hints = [\"?\"]", "two hints"),
            ("minutes = 45", "minutes = 0", "no minutes"),
            ("posts = [\"a\", \"b\"]", "posts = [\"a\"]", "prompts"),
            (
                "items = [\"ingestion/retry\"]",
                "items = [\"ingestion/x\"]",
                "its level",
            ),
            (
                "items = [\"ingestion/retry\"]",
                "items = []",
                "nothing proves",
            ),
            ("tests = \"retry\"", "", "`tests`"),
            (
                "id = \"ingestion/retry\"",
                "id = \"lake/retry\"",
                "does not begin",
            ),
        ] {
            let problems = found(&GOOD.replace(from, to)).join("; ");
            assert!(problems.contains(sentence), "{sentence}: {problems}");
        }
    }

    #[test]
    fn a_plan_line_without_an_entry_is_found() {
        let line = |number| Line {
            line: number,
            text: String::new(),
            items: None,
            by: Some("x".to_owned()),
            planned: None,
        };
        let plan = Plan {
            id: "p".to_owned(),
            title: String::new(),
            lines: vec![line(2), line(9)],
        };
        let text = "# Heading\n- ☐ covered\n1. not covered\n- Buffer: **1 day**\n";
        let found = against_plan(&plan, text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("p:3"), "{found:?}");
        assert!(found[1].contains("p:9"), "{found:?}");
    }

    #[test]
    fn the_buffers_add_up_to_what_the_plan_promises() {
        let sum = |end: usize| {
            CHECKLIST
                .iter()
                .filter_map(|(_, _, days)| days.map(|days| days[end]))
                .sum::<f64>()
        };
        // 1.1's half day is a cap: it counts in both sums there.
        assert!((sum(0) + 0.5 - 18.5).abs() < 1e-9, "{}", sum(0));
        assert!((sum(1) - 22.5).abs() < 1e-9, "{}", sum(1));
    }
}

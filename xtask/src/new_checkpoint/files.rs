//! The crate's files, from the templates beside this one.

use std::fmt::Write as _;

use anyhow::Result;

use super::plan::{Item, Plan};
use super::{STAND_IN, Work};
use crate::verify::surface;
use crate::workspace::Workspace;

/// A popular mistake with a share, and the test that catches it.
pub(super) struct Mistake {
    name: &'static str,
    what: &'static str,
    body: &'static str,
    /// The test.
    pub(super) fails: &'static str,
    /// What it leads to.
    pub(super) why: &'static str,
}

/// As many as a checkpoint has at least.
const MISTAKES: [Mistake; 5] = [
    Mistake {
        name: "truncated",
        what: "Cut off, where it should be rounded.",
        body: "        solution::@FUNCTION@(part, whole)?;
        let share = 10_000 * u128::from(part) / u128::from(whole);
        u32::try_from(share).ok()",
        fails: "a_share_is_rounded_to_the_nearest_basis_point",
        why: "Integers divide downwards: two thirds and one third make 9,999 basis points, and every sum of shares is short.",
    },
    Mistake {
        name: "none_is_zero",
        what: "Nothing of nothing is nothing.",
        body: "        if whole == 0 {
            return Some(0);
        }
        solution::@FUNCTION@(part, whole)",
        fails: "where_nothing_is_there_is_no_share",
        why: "A zero reads as a measurement: a partition that never arrived has no faults.",
    },
    Mistake {
        name: "in_64_bits",
        what: "In the type of the parameters.",
        body: "        solution::@FUNCTION@(part, whole)?;
        let scaled = part.wrapping_mul(10_000);
        u32::try_from(scaled / whole).ok()",
        fails: "the_cents_of_all_years_are_not_too_many",
        why: "Cents times ten thousand overflow. In a release build they do so in silence.",
    },
    Mistake {
        name: "percent",
        what: "In per cent.",
        body: "        let share = solution::@FUNCTION@(part, whole)?;
        Some(share / 100)",
        fails: "a_share_is_rounded_to_the_nearest_basis_point",
        why: "One fault in a thousand rows is no per cent, and none is reported.",
    },
    Mistake {
        name: "odds",
        what: "The part against the rest.",
        body: "        let rest = whole.checked_sub(part)?;
        solution::@FUNCTION@(part, rest)",
        fails: "a_share_is_rounded_to_the_nearest_basis_point",
        why: "Rejected against accepted is close to the share while few are rejected, and wrong when it matters.",
    },
];

/// A wrong answer of the new crate.
pub(super) struct Wrong<'a> {
    /// Its module.
    pub(super) name: String,
    /// The item that it gets wrong.
    pub(super) item: &'a Item,
    /// What is wrong.
    pub(super) mistake: &'static Mistake,
}

/// At least one for each graded item, and every mistake at least once.
pub(super) fn wrongs(plan: &Plan) -> Vec<Wrong<'_>> {
    let graded: Vec<&Item> = plan.graded().collect();
    let count = graded.len().max(MISTAKES.len());
    (0..count)
        .map(|at| {
            let (item, mistake) = (graded[at % graded.len()], &MISTAKES[at % MISTAKES.len()]);
            let name = match graded.len() {
                1 => mistake.name.to_owned(),
                _ => format!("{}_{}", item.module, mistake.name),
            };
            Wrong {
                name,
                item,
                mistake,
            }
        })
        .collect()
}

/// Adds the crate's files; to a crate that stands, those that it has not.
pub(super) fn add(workspace: &Workspace, plan: &Plan, work: &mut Work) -> Result<()> {
    let folder = plan.folder();
    let mut file = |path: &str, text: String| work.new.push((format!("{folder}/{path}"), text));
    let mut exercise = plan.fill(include_str!("templates/exercise.rs.txt"));
    for item in plan.graded() {
        exercise += &of_item(plan, item, include_str!("templates/exercise_item.rs.txt"));
    }
    if plan.has_reference {
        let names = surface::names(&workspace.root.join(&folder), "solution")?;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let _ = write!(
            exercise,
            "\n// {STAND_IN}: what of these is an exercise moves up here, with its docs and a `todo!`.\n\
             pub use crate::solution::{{{}}};\n",
            names.join(", ")
        );
        file(
            "src/solution/stand_in.rs",
            solution(plan, "Functions that stand in for the exercises."),
        );
    } else {
        file(
            "Cargo.toml",
            plan.fill(include_str!("templates/Cargo.toml.txt")),
        );
        file(
            "src/lib.rs",
            plan.fill(include_str!("templates/lib.rs.txt")),
        );
        file("src/solution.rs", solution(plan, "The reference."));
    }
    file("src/exercise.rs", exercise);
    let mut wrong = plan.fill(include_str!("templates/wrong.rs.txt"));
    let mut tests = plan.fill(include_str!("templates/tests_wrong.rs.txt"));
    // An import of nothing is a warning: one function alone leaves none to take over.
    let alone = plan.graded().count() == 1 && !plan.has_reference;
    let rest = if alone {
        wrong += "//!\n//! Where the reference has more than one function, a module begins with\n\
                  //! `pub use crate::solution::*;`.\n";
        ""
    } else {
        "    pub use crate::solution::*;\n\n"
    };
    for one in wrongs(plan) {
        let template = include_str!("templates/wrong_item.rs.txt")
            .replace("@REST@", rest)
            .replace("@WHAT@", one.mistake.what)
            .replace("@BODY@", one.mistake.body)
            .replace("@NAME@", &one.name);
        wrong += &of_item(plan, one.item, &template);
        let template = include_str!("templates/tests_wrong_item.rs.txt");
        tests += &plan.fill(&template.replace("@NAME@", &one.name));
    }
    file("src/wrong.rs", wrong);
    file("tests/wrong.rs", tests);
    file(
        "tests/solution.rs",
        plan.fill(include_str!("templates/tests_solution.rs.txt")),
    );
    file(
        "tests/exercise.rs",
        plan.fill(include_str!("templates/tests_exercise.rs.txt")),
    );
    let mut modules: Vec<&str> = plan.graded().map(|item| item.module.as_str()).collect();
    modules.sort_unstable();
    let mut graded = plan.fill(include_str!("templates/graded_mod.rs.txt"));
    for module in modules {
        let _ = writeln!(graded, "mod {module};");
    }
    file("tests/graded/mod.rs", graded);
    for item in plan.graded() {
        let text = of_item(plan, item, include_str!("templates/graded_item.rs.txt"));
        file(&format!("tests/graded/{}.rs", item.module), text);
    }
    for item in plan.items.iter().filter(|item| item.is_record) {
        let text = include_str!("templates/record.md.txt").replace("@TITLE@", &item.title);
        file(
            &format!("records/{}.md", item.module.replace('_', "-")),
            text,
        );
    }
    Ok(())
}

fn solution(plan: &Plan, head: &str) -> String {
    let mut text = include_str!("templates/solution.rs.txt").replace("@HEAD@", head);
    for item in plan.graded() {
        text += &of_item(plan, item, include_str!("templates/solution_item.rs.txt"));
    }
    text + include_str!("templates/solution_tail.rs.txt")
}

/// A template with an item's names in it, and the checkpoint's.
pub(super) fn of_item(plan: &Plan, item: &Item, template: &str) -> String {
    let template = template
        .replace("@ITEM@", &item.id)
        .replace("@FUNCTION@", &item.function);
    plan.fill(&template)
}

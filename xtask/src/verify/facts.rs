//! The facts step: what `workbook::rules` demands, and the plans themselves where they are.

use std::path::Path;

use anyhow::{Context, Result};
use workbook::course::Course;
use workbook::coverage::{Coverage, Plan};
use workbook::rules;
use workbook::track;

use super::Verdict;
use crate::workspace::Workspace;

/// A folder with the five plans, named `plan-<title>.md`: compared line by line if set.
const PLANS: &str = "OPEN_PAYMENTS_PLANS";

/// Checks every fact.
pub(super) fn check(workspace: &Workspace, course: &Course) -> Result<Verdict> {
    let folder = workspace.root.join("weeks").join("tracks");
    let coverage: Coverage = workbook::read(&folder.join("coverage.toml"))?;
    let tracks = track::all(&workspace.root)?;
    let mut problems = rules::problems(course, &tracks, &coverage);
    match std::env::var_os(PLANS) {
        Some(plans) => {
            for plan in &coverage.plans {
                let text = plan_text(Path::new(&plans), plan)?;
                problems.extend(rules::against_plan(plan, &text));
            }
        }
        None => println!("{PLANS} names no folder: the plans' own text is not compared"),
    }
    Ok(Verdict::of_findings(&problems, "problems"))
}

/// The file whose name ends like the plan's id.
fn plan_text(folder: &Path, plan: &Plan) -> Result<String> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let found = entries.flatten().find(|entry| {
        let name = entry.file_name();
        name.to_string_lossy()
            .trim_end_matches(".md")
            .contains(&plan.id)
    });
    let path = found
        .with_context(|| format!("no plan `{}` in {}", plan.id, folder.display()))?
        .path();
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

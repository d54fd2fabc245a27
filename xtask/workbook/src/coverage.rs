//! Which line of which plan is where: `weeks/tracks/coverage.toml`.

use serde::Deserialize;

/// All plans.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// In the order of the book.
    #[serde(rename = "plan")]
    pub plans: Vec<Plan>,
}

/// One plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// A slug.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it asks for.
    #[serde(rename = "line")]
    pub lines: Vec<Line>,
}

/// One line of a plan; exactly one of `items`, `by` and `planned` is given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its number in the plan's file, from 1.
    pub line: u32,
    /// What it asks for, in our words.
    pub text: String,
    /// Items that do it.
    pub items: Option<Vec<String>>,
    /// What does it that is no item.
    pub by: Option<String>,
    /// Why nothing does it yet.
    pub planned: Option<String>,
}

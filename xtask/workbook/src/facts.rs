//! One checkpoint's facts: `weeks/weekN/<id>/checkpoint.toml`, or `weeks/planned/<id>.toml`
//! for one whose exercises do not stand yet.

use std::fmt;

use serde::{Deserialize, Serialize};

/// All that is said about a checkpoint.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Stable slug, such as `ingestion`.
    pub id: String,
    /// Slugs that it had before.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// A few words.
    pub title: String,
    /// What the learner will be able to do, in one sentence.
    pub summary: String,
    /// Why it is worth a learner's time although no line of a plan asks for it.
    pub beyond_plan: Option<String>,
    /// How likely it takes longer than planned.
    pub risk: Risk,
    /// What usually delays it.
    pub delay: Option<String>,
    /// The early sign that this has begun.
    pub sign: Option<String>,
    /// Buffer in working days, from and to.
    pub buffer_days: Option<[f64; 2]>,
    /// Prompts for posts; posts are always optional.
    #[serde(default)]
    pub posts: Vec<String>,
    /// The levels to reach.
    #[serde(default, rename = "level")]
    pub levels: Vec<Level>,
    /// The work, in order.
    #[serde(default, rename = "item")]
    pub items: Vec<Item>,
    /// Questions of its quiz.
    #[serde(default, rename = "quiz")]
    pub questions: Vec<Question>,
    /// Mistakes that its tests are proved to catch.
    #[serde(default, rename = "wrong")]
    pub wrongs: Vec<Wrong>,
}

impl Checkpoint {
    /// The item of this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Whether its exercises stand.
    pub fn stands(&self) -> bool {
        self.items.iter().any(|item| item.kind != Kind::Planned)
    }
}

/// A plan's word for the likelihood of delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Low.
    Low,
    /// Low to medium.
    LowMedium,
    /// Medium.
    Medium,
    /// Medium to high.
    MediumHigh,
    /// High.
    High,
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Low => "low",
            Self::LowMedium => "low to medium",
            Self::Medium => "medium",
            Self::MediumHigh => "medium to high",
            Self::High => "high",
        })
    }
}

/// A level that the learner reaches, and the items that prove it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// A sentence.
    pub text: String,
    /// Ids of items.
    pub items: Vec<String>,
}

/// One piece of work that can be ticked off.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// `checkpoint/slug`, stable.
    pub id: String,
    /// Ids that it had before.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How it is checked.
    pub kind: Kind,
    /// Which of the plan's two lists it belongs to.
    pub part: Part,
    /// A few words.
    pub title: String,
    /// Minutes of a senior engineer's work.
    pub minutes: u32,
    /// What to do, where, and what passing means.
    pub task: String,
    /// Module of graded tests (kind `test`).
    pub tests: Option<String>,
    /// What the learner edits, relative to the crate.
    #[serde(default)]
    pub files: Vec<String>,
    /// Questions first, then pointers.
    #[serde(default)]
    pub hints: Vec<String>,
    /// What the checker tries (kind `probe`).
    pub probe: Option<Probe>,
    /// What the learner writes (kind `record`).
    pub record: Option<Record>,
    /// Why it does not stand yet (kind `planned`).
    pub reason: Option<String>,
}

/// How an item is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By graded tests.
    Test,
    /// By a command or a connection.
    Probe,
    /// By a filled-in record under `journal/`.
    Record,
    /// By answers.
    Quiz,
    /// By the learner's word.
    Attest,
    /// Not yet.
    Planned,
}

/// A plan's two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The core checklist.
    Core,
    /// Capstone alignment.
    Capstone,
}

/// What the checker tries: a program, or something that it knows itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Program and arguments, run in the crate's folder.
    #[serde(default)]
    pub run: Vec<String>,
    /// Name of a probe of the checker's own.
    pub builtin: Option<String>,
    /// The tool without which it reads "not available here".
    pub needs: Option<String>,
    /// What success means.
    pub passing: String,
}

/// What the learner writes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The template, relative to the crate.
    pub template: String,
    /// Words of the learner's own in each section.
    pub words: usize,
}

/// A question with one right answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question.
    pub question: String,
    /// What to choose from.
    pub options: Vec<String>,
    /// Index of the right one, from 0.
    pub answer: usize,
    /// Why it is right.
    pub why: String,
}

/// A popular mistake that is proved to be caught.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrong {
    /// Module in `src/wrong.rs`.
    pub name: String,
    /// The item that it gets wrong.
    pub item: String,
    /// Tests under `graded` that fail on it.
    pub fails: Vec<String>,
    /// What is wrong, for somebody who has just done it.
    pub why: String,
}

//! The graded tests against the learner's part.

use week2_lake::exercise as subject;

mod graded;
#[path = "graded/support.rs"]
mod support;

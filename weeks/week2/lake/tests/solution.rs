//! The graded tests against the reference.

use week2_lake::solution as subject;

mod graded;
#[path = "graded/support.rs"]
mod support;

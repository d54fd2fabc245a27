//! The graded tests, on the reference.

use week3_orchestration::solution as subject;

mod graded;

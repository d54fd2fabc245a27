//! The graded tests, on the learner's own.

use week3_orchestration::exercise as subject;

mod graded;

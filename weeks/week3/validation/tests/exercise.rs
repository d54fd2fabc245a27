//! The graded tests, on the learner's own.

use week3_validation::exercise as subject;

mod graded;

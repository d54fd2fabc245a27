//! The graded tests, against the learner's answer.

use week1_environment::exercise as subject;

mod graded;

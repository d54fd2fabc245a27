//! The graded tests against the exercise.

mod graded;

use week1_schema::exercise as subject;

//! The graded tests, on the reference.

use week3_validation::solution as subject;

mod graded;

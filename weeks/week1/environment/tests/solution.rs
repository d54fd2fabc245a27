//! The graded tests, against the reference.

use week1_environment::solution as subject;

mod graded;

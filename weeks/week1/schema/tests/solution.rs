//! The graded tests against the reference.

mod graded;

use week1_schema::solution as subject;

//! The graded tests, on the reference.

use week2_ingestion::solution as subject;

mod graded;

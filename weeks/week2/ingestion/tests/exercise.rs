//! The graded tests, on yours.

use week2_ingestion::exercise as subject;

mod graded;

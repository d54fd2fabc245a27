// The graded tests, one module per item. They are included for the reference, the exercise
// and each wrong answer, and call what they judge by the name `subject`.

use super::subject;

mod contract_rules;
mod header_diff;
mod presence;
mod profile;
mod recognise;
mod sql_data;
mod sql_refresh;
mod support;

//! Validation's own graph: not ingestion's, so that a delivery can be judged again, later or
//! elsewhere, without being fetched again.

use week2_lake::Partition;
use week3_orchestration::{Task, Trigger};

/// For each partition the tasks `counts`, `schema` and `flow`, which ask; `store` and `release`;
/// and one `report` at the end of all. The tasks of a partition are called
/// `<task> <dataset> <program year>`, such as `counts general 2023`. They come partition by
/// partition, in this order.
///
/// What asks waits for nobody, so one check that breaks does not hide what the others find.
/// Its results are stored when the three have ended, well or not: a failure must leave a
/// trace. A delivery is released when all three and the storing have succeeded. The report
/// comes when everything has ended, whatever the end was. No partition waits for another.
pub fn tasks(partitions: &[Partition]) -> Vec<Task> {
    todo!("five tasks for each of {partitions:?}, and the report")
}

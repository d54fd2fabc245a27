//! Whose parts the pipeline runs on: the one file that chooses.
//!
//! Every core function of the capstone is a checkpoint's. Today all of them are the
//! reference's.

pub use week1_environment::solution as environment;
pub use week1_schema::solution as schema;
pub use week2_ingestion::solution as ingestion;
pub use week2_lake::solution as lake;
pub use week3_orchestration::solution as orchestration;
pub use week3_validation::solution as validation;
pub use week4_modeling::solution as modeling;
pub use week5_incremental::solution as incremental;
pub use week5_transform::solution as transform;
pub use week7_audit::solution as audit;
pub use week7_quality::solution as quality;
pub use week8_full_run::solution as full_run;

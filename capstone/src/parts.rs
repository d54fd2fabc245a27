//! Whose parts the pipeline runs on: the one file that chooses.
//!
//! Every core function of the capstone is a checkpoint's: the reference's, or the learner's
//! own where the feature `mine-…` says so (`cargo xtask capstone --mine`).

/// The learner's crate module if the feature is on, the reference's if not.
macro_rules! part {
    ($name:ident, $krate:ident, $feature:literal) => {
        #[cfg(feature = $feature)]
        pub use $krate::exercise as $name;
        #[cfg(not(feature = $feature))]
        pub use $krate::solution as $name;
    };
}

part!(environment, week1_environment, "mine-environment");
part!(schema, week1_schema, "mine-schema");
part!(ingestion, week2_ingestion, "mine-ingestion");
part!(lake, week2_lake, "mine-lake");
part!(orchestration, week3_orchestration, "mine-orchestration");
part!(validation, week3_validation, "mine-validation");

pub use week4_modeling::solution as modeling;
pub use week5_incremental::solution as incremental;
pub use week5_transform::solution as transform;
pub use week7_audit::solution as audit;
pub use week7_quality::solution as quality;
pub use week8_full_run::solution as full_run;

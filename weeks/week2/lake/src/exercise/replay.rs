//! Exercise: one run again, from its manifest.
//!
//! Which run is meant, and whether this program types rows as it did, is decided for you:
//! `choose_run` and `check_versions` in the reference.

use crate::{CantReplay, Deviation, Held, Manifest, ReplayPlan};

/// What replaying a run reads and may write: what its manifest lists, in the manifest's
/// order, and nothing else that stands in the same folders.
///
/// Every raw object must be there with the bytes that were delivered, or nothing is
/// planned; the error names each that is gone or damaged, in the same order. The run's own
/// files are sound, missing or damaged; the quarantine comes before the data, the order in
/// which a run writes them.
pub fn plan_replay(manifest: &Manifest, held: &Held) -> Result<ReplayPlan, Vec<CantReplay>> {
    todo!("what a replay of {manifest:?} reads and restores, with {held:?}")
}

/// Everything in which a rebuilt run differs from its manifest; nothing, if it is the same
/// run in every field.
///
/// Sources, quarantine and data are compared place by place: one deviation for each place
/// that differs, named by the file's name or key as the manifest has it (as rebuilt, where
/// the manifest has none), with both sides as text. What else differs (ids, contract,
/// partition, publication) is one deviation, of `the run`.
pub fn deviations(manifest: &Manifest, rebuilt: &Manifest) -> Vec<Deviation> {
    todo!("how {rebuilt:?} differs from {manifest:?}")
}

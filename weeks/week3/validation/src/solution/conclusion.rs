//! The conclusion, and the document that keeps it.

use week2_lake::{Partition, keys};

use crate::{Check, Document, Flow, Validation, Verdict};

/// All answers for one delivery: by file, in name order, and of one file as they come. The
/// verdict is the worst of all; where nothing was asked, nothing is known to be good, and the
/// delivery fails. The flow is not known here, and is left at nothing.
pub fn conclude(run_id: &str, checks: Vec<Check>) -> Validation {
    let mut checks = checks;
    checks.sort_by(|left, right| left.file.cmp(&right.file));
    let worst = checks.iter().map(|check| check.verdict).max();
    Validation {
        run_id: run_id.to_owned(),
        verdict: worst.unwrap_or(Verdict::Failed),
        checks,
        flow: Flow::default(),
    }
}

/// The validation as an object of the metadata zone: under the key that 2.2 gives it
/// (`week2_lake::keys::validation`), as indented JSON with a line end, which `serde_json`
/// reads back as the same validation.
///
/// The same delivery has the same key and the same bytes, whenever and wherever it is
/// validated; another run of the partition has another key.
pub fn document(partition: &Partition, validation: &Validation) -> Document {
    let bytes = serde_json::to_vec_pretty(validation).map(|mut bytes| {
        bytes.push(b'\n');
        bytes
    });
    Document {
        key: keys::validation(partition, &validation.run_id),
        bytes: bytes.expect("text and numbers are always JSON"),
    }
}

//! Types of the choice among delivered files.

use jiff::civil::Date;

use crate::Delivery;

/// A file that was read, as the choice sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Name as delivered, without a path.
    pub name: String,
    /// SHA-256 of all bytes, lower-case hex.
    pub sha256: String,
    /// What it delivers.
    pub delivery: Delivery,
}

// ANCHOR: choice
/// What becomes of a candidate. Where several are true of it, the first listed here counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Its program year was not asked for.
    OtherYear,
    /// Two files of its delivery have one name and different bytes: only a person can say
    /// which of them was meant. Nothing of that delivery is used, this file included: part
    /// of a publication must not replace the whole.
    Contradicted {
        /// The name that two of them have.
        name: String,
    },
    /// Its delivery has the same bytes already, in a file that comes before it: by name, and
    /// by place among the candidates where the names are the same.
    Repeated {
        /// The name of the file that is used.
        same_as: String,
    },
    /// A newer publication of the same dataset and program year is among the candidates.
    Older {
        /// The newest one.
        newest: Date,
    },
    /// It is of the newest publication of its dataset and program year.
    Newest,
}
// ANCHOR_END: choice

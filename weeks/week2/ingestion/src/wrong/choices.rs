//! Mistakes about which files are used, and how a run is called.

/// The last file by name is the newest.
pub mod newest_by_name {
    use std::ops::RangeInclusive;

    use crate::{Candidate, Choice, Delivery};

    pub use crate::solution::*;

    /// What becomes of each candidate.
    pub fn choose(candidates: &[Candidate], years: Option<&RangeInclusive<i16>>) -> Vec<Choice> {
        let mut choices = crate::solution::choose(candidates, years);
        for (choice, candidate) in choices.iter_mut().zip(candidates) {
            if !matches!(choice, Choice::Newest | Choice::Older { .. }) {
                continue;
            }
            let partition = |delivery: &Delivery| (delivery.dataset.clone(), delivery.program_year);
            let last = candidates
                .iter()
                .filter(|other| partition(&other.delivery) == partition(&candidate.delivery))
                .max_by_key(|other| &other.name);
            let newest = last.map_or(candidate.delivery.publication, |last| {
                last.delivery.publication
            });
            *choice = if candidate.delivery.publication == newest {
                Choice::Newest
            } else {
                Choice::Older { newest }
            };
        }
        choices
    }
}

/// The newest of all, and nothing of what was published before it.
pub mod one_newest_for_all {
    use std::ops::RangeInclusive;

    use crate::{Candidate, Choice};

    pub use crate::solution::*;

    /// What becomes of each candidate.
    pub fn choose(candidates: &[Candidate], years: Option<&RangeInclusive<i16>>) -> Vec<Choice> {
        let mut choices = crate::solution::choose(candidates, years);
        let dates = candidates.iter().map(|file| file.delivery.publication);
        let Some(newest) = dates.max() else {
            return choices;
        };
        for (choice, candidate) in choices.iter_mut().zip(candidates) {
            if *choice == Choice::Newest && candidate.delivery.publication < newest {
                *choice = Choice::Older { newest };
            }
        }
        choices
    }
}

/// What the name says is so.
pub mod name_is_believed {
    use std::collections::BTreeMap;

    use crate::{Delivery, DeliveryError, FileName};

    pub use crate::solution::*;

    /// What a file delivers.
    pub fn delivery_of(
        dataset: &str,
        name: Option<&FileName>,
        partitions: &BTreeMap<String, u64>,
    ) -> Result<Delivery, DeliveryError> {
        match name {
            Some(FileName {
                program_year: Some(program_year),
                publication: Some(publication),
                ..
            }) => Ok(Delivery {
                dataset: dataset.to_owned(),
                program_year: *program_year,
                publication: *publication,
            }),
            _ => crate::solution::delivery_of(dataset, name, partitions),
        }
    }
}

/// Whatever stands in most records, however few those are.
pub mod largest_share_counts {
    use std::collections::BTreeMap;

    use crate::{Delivery, DeliveryError, FileName};

    pub use crate::solution::*;

    /// What a file delivers.
    pub fn delivery_of(
        dataset: &str,
        name: Option<&FileName>,
        partitions: &BTreeMap<String, u64>,
    ) -> Result<Delivery, DeliveryError> {
        let largest = partitions.iter().max_by_key(|(_, count)| **count);
        let largest = largest.map(|(pair, count)| (pair.clone(), *count));
        crate::solution::delivery_of(dataset, name, &largest.into_iter().collect())
    }
}

/// An id that can be sorted by time.
pub mod clock_run_id {
    use std::time::SystemTime;

    use crate::RunInput;

    pub use crate::solution::*;

    /// 32 lower-case hex digits.
    #[expect(
        clippy::disallowed_methods,
        reason = "the mistake: the clock is no part of the content"
    )]
    pub fn run_id(input: &RunInput<'_>) -> String {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let seconds = now.unwrap_or_default().as_secs();
        let id = crate::solution::run_id(input);
        format!("{seconds:012x}{}", &id[12..])
    }
}

/// Files as they were listed.
pub mod listed_order_run_id {
    use sha2::{Digest, Sha256};

    use crate::RunInput;

    pub use crate::solution::*;

    /// 32 lower-case hex digits.
    pub fn run_id(input: &RunInput<'_>) -> String {
        let mut files = input.files.to_vec();
        for (name, ..) in &mut files {
            if let Some(folder) = name.rfind(['/', '\\']) {
                name.drain(..=folder);
            }
        }
        let input = RunInput {
            files: &files,
            ..input.clone()
        };
        let json = serde_json::to_vec(&input).expect("plain structs serialise");
        crate::solution::hex(&Sha256::digest(json)[..16])
    }
}

/// Files as they are called on this machine.
pub mod path_run_id {
    use sha2::{Digest, Sha256};

    use crate::RunInput;

    pub use crate::solution::*;

    /// 32 lower-case hex digits.
    pub fn run_id(input: &RunInput<'_>) -> String {
        let mut files = input.files.to_vec();
        files.sort();
        let input = RunInput {
            files: &files,
            ..input.clone()
        };
        let json = serde_json::to_vec(&input).expect("plain structs serialise");
        crate::solution::hex(&Sha256::digest(json)[..16])
    }
}

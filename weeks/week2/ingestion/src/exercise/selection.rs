//! Which of the delivered files are used.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::civil::Date;

use crate::{Candidate, Choice, Delivery};

/// What becomes of each candidate, in their order. `years` are those asked for, both ends
/// included; `None` asks for all.
///
/// The newest publication is that of the latest date: names sort by month first. A file of
/// a year that was not asked for changes nothing for the others, and neither does the order
/// in which candidates are listed (but see [`Choice::Repeated`]).
pub fn choose(candidates: &[Candidate], years: Option<&RangeInclusive<i16>>) -> Vec<Choice> {
    let mut newest: BTreeMap<(&str, i16), Date> = BTreeMap::new();
    let mut deliveries: BTreeMap<&Delivery, Vec<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let latest = newest
            .entry(partition(&candidate.delivery))
            .or_insert(candidate.delivery.publication);
        *latest = candidate.delivery.publication.max(*latest);
        deliveries.entry(&candidate.delivery).or_default().push(at);
    }
    let mut choices = vec![Choice::Newest; candidates.len()];
    for (delivery, files) in deliveries {
        let asked = years.is_none_or(|years| years.contains(&delivery.program_year));
        let contradiction = contradiction(candidates, &files);
        for at in &files {
            choices[*at] = if !asked {
                Choice::OtherYear
            } else if let Some(name) = contradiction {
                Choice::Contradicted { name: name.into() }
            } else if let Some(first) = first_of_its_bytes(candidates, &files, *at) {
                Choice::Repeated {
                    same_as: candidates[first].name.clone(),
                }
            } else {
                by_date(delivery.publication, newest[&partition(delivery)])
            };
        }
    }
    choices
}

fn partition(delivery: &Delivery) -> (&str, i16) {
    (&delivery.dataset, delivery.program_year)
}

fn by_date(publication: Date, newest: Date) -> Choice {
    if publication < newest {
        Choice::Older { newest }
    } else {
        Choice::Newest
    }
}

/// A name that stands for different bytes in one delivery.
fn contradiction<'a>(candidates: &'a [Candidate], files: &[usize]) -> Option<&'a str> {
    let mut bytes: BTreeMap<&str, &str> = BTreeMap::new();
    files.iter().find_map(|at| {
        let Candidate { name, sha256, .. } = &candidates[*at];
        let known = *bytes.entry(name).or_insert(sha256);
        (known != sha256).then_some(name.as_str())
    })
}

/// The file that is used in place of this one.
fn first_of_its_bytes(candidates: &[Candidate], files: &[usize], at: usize) -> Option<usize> {
    let same = files
        .iter()
        .filter(|other| candidates[**other].sha256 == candidates[at].sha256);
    let first = same.min_by_key(|other| (&candidates[**other].name, **other))?;
    (*first != at).then_some(*first)
}

//! Which partitions are rewritten, and which publications are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use week1_schema::Dataset;
use week2_ingestion::Delivery;
use week2_lake::{Commit, CommitPlan, Partition};

use crate::{Comparison, ComparisonInput, Fate, Offered, RewritePlan};

/// What to do with every delivery, given the newest commit of each partition.
///
/// `plan_commit` is checkpoint 2.2's: it decides about one delivery and one commit.
pub fn rewrite_plan(
    offered: &[Offered],
    commits: &[Commit],
    plan_commit: impl Fn(Option<&Commit>, &str, Date) -> CommitPlan,
) -> RewritePlan {
    let newest = newest(offered);
    let committed: BTreeMap<&Partition, &Commit> = commits
        .iter()
        .map(|commit| (&commit.manifest.partition, commit))
        .collect();
    let fate = |offered: &Offered| {
        let partition = partition_of(&offered.delivery);
        let latest = newest[&partition];
        if offered.delivery.publication < latest {
            return Fate::Older { newest: latest };
        }
        let commit = committed.get(&partition).copied();
        match plan_commit(commit, &offered.run_id, offered.delivery.publication) {
            CommitPlan::Create { sequence } => Fate::Rewrite { sequence },
            CommitPlan::Unchanged { sequence } => Fate::Unchanged { sequence },
            CommitPlan::Older { newest } => Fate::Older { newest },
        }
    };
    let fates: Vec<Fate> = offered.iter().map(fate).collect();
    let rewritten: BTreeSet<Partition> = offered
        .iter()
        .zip(&fates)
        .filter(|(_, fate)| matches!(fate, Fate::Rewrite { .. }))
        .map(|(offered, _)| partition_of(&offered.delivery))
        .collect();
    let untouched = committed.into_keys().filter(|at| !rewritten.contains(at));
    RewritePlan {
        fates,
        untouched: untouched.cloned().collect(),
    }
}

/// The newest publication of each partition.
fn newest(offered: &[Offered]) -> BTreeMap<Partition, Date> {
    let mut newest = BTreeMap::new();
    for offered in offered {
        let publication = offered.delivery.publication;
        let latest = newest
            .entry(partition_of(&offered.delivery))
            .or_insert(publication);
        *latest = publication.max(*latest);
    }
    newest
}

fn partition_of(delivery: &Delivery) -> Partition {
    Partition {
        dataset: delivery.dataset.clone(),
        program_year: delivery.program_year,
    }
}

/// The comparisons that the lake's state asks for: of each committed partition every
/// publication with the one before it, up to the committed one.
///
/// They follow from what was delivered, not from the order in which it was committed. A
/// publication whose committed bytes are no longer the delivered ones is not compared.
pub fn comparisons(offered: &[Offered], commits: &[Commit]) -> Vec<Comparison> {
    let mut found = Vec::new();
    for commit in commits {
        let manifest = &commit.manifest;
        if manifest.partition.dataset == Dataset::Removed.as_str() {
            continue;
        }
        let chain = chain(offered, &manifest.partition, manifest.publication);
        let is_committed = |at: &usize| offered[*at].run_id == manifest.run_id;
        if !chain.last().is_some_and(is_committed) {
            continue;
        }
        for pair in chain.windows(2) {
            let since = offered[pair[0]].delivery.publication;
            found.push(Comparison {
                before: pair[0],
                after: pair[1],
                removed: removed_since(offered, manifest.partition.program_year, since),
            });
        }
    }
    found
}

/// Publications of a partition up to this one, oldest first.
fn chain(offered: &[Offered], partition: &Partition, last: Date) -> Vec<usize> {
    by_publication(offered, |delivery| {
        partition_of(delivery) == *partition && delivery.publication <= last
    })
}

fn removed_since(offered: &[Offered], program_year: i16, since: Date) -> Vec<usize> {
    by_publication(offered, |delivery| {
        delivery.dataset == Dataset::Removed.as_str()
            && delivery.program_year == program_year
            && delivery.publication > since
    })
}

fn by_publication(offered: &[Offered], wanted: impl Fn(&Delivery) -> bool) -> Vec<usize> {
    let mut found: Vec<usize> = (0..offered.len())
        .filter(|at| wanted(&offered[*at].delivery))
        .collect();
    found.sort_by_key(|at| offered[*at].delivery.publication);
    found
}

/// 32 hex digits over the canonical JSON of `input`: the same comparison has the same name
/// in every lake.
pub fn comparison_id(input: &ComparisonInput<'_>) -> String {
    let json = serde_json::to_vec(input).expect("plain structs serialise");
    let digest = Sha256::digest(json);
    let mut id = String::with_capacity(32);
    for byte in &digest[..16] {
        let _ = write!(id, "{byte:02x}");
    }
    id
}

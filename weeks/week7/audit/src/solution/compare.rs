//! What changed between two runs.

use std::collections::{BTreeMap, BTreeSet};

use week2_lake::{Account, SourceFile};
use week3_validation::Check;

use crate::{
    AccountChange, CheckChange, CompareError, Comparison, FileChange, FileFate, HeaderChange,
    ReasonChange, RunFacts, RunName,
};

/// Compares two runs of one dataset; they may be of different program years.
pub fn compare(before: &RunFacts, after: &RunFacts) -> Result<Comparison, CompareError> {
    let names = (name_of(before), name_of(after));
    if names.0.dataset != names.1.dataset {
        return Err(CompareError::OtherDataset {
            before: names.0.dataset,
            after: names.1.dataset,
        });
    }
    Ok(Comparison {
        before: names.0,
        after: names.1,
        accounts: accounts(before, after),
        files: files(&before.manifest.sources, &after.manifest.sources),
        headers: headers(before, after),
        reasons: reasons(before, after),
        checks: checks(before, after),
    })
}

fn name_of(run: &RunFacts) -> RunName {
    let manifest = &run.manifest;
    RunName {
        run_id: manifest.run_id.clone(),
        dataset: manifest.partition.dataset.clone(),
        program_year: manifest.partition.program_year,
        publication: manifest.publication.to_string(),
        sequence: run.sequence,
        contract_version: manifest.contract_version.clone(),
    }
}

fn accounts(before: &RunFacts, after: &RunFacts) -> Vec<AccountChange> {
    let change = |what: &str, part: fn(&SourceFile) -> Account| {
        let sum = |run: &RunFacts| run.manifest.sources.iter().map(part).sum::<Account>();
        let (before, after) = (sum(before), sum(after));
        AccountChange {
            what: what.to_owned(),
            before,
            after,
            rows: i128::from(after.rows) - i128::from(before.rows),
            cents: i128::from(after.cents) - i128::from(before.cents),
        }
    };
    vec![
        change("read", |file| file.read),
        change("accepted", |file| file.accepted),
        change("rejected", |file| file.rejected),
    ]
}

/// A file of the same name is the same file, changed or not. One of another name may have
/// the same bytes: then it is no change of data.
fn files(before: &[SourceFile], after: &[SourceFile]) -> Vec<FileChange> {
    let named = |files: &[SourceFile], name: &str| -> Option<String> {
        let mut files = files.iter();
        files
            .find(|file| file.name == name)
            .map(|file| file.sha256.clone())
    };
    let holds = |files: &[SourceFile], sha256: &str| files.iter().any(|f| f.sha256 == sha256);
    let fate_of = |file: &SourceFile| match named(before, &file.name) {
        Some(sha256) => (sha256 != file.sha256).then_some(FileFate::Changed),
        None if holds(before, &file.sha256) => Some(FileFate::Renamed),
        None => Some(FileFate::Added),
    };
    let is_gone =
        |file: &&SourceFile| named(after, &file.name).is_none() && !holds(after, &file.sha256);
    let change = |file: &SourceFile, fate| FileChange {
        file: file.name.clone(),
        fate,
    };
    let stayed = after
        .iter()
        .filter_map(|file| Some(change(file, fate_of(file)?)));
    let gone = before.iter().filter(is_gone);
    let gone = gone.map(|file| change(file, FileFate::Removed));
    let mut changes: Vec<_> = stayed.chain(gone).collect();
    changes.sort();
    changes
}

fn headers(before: &RunFacts, after: &RunFacts) -> Vec<HeaderChange> {
    let seen = |run: &RunFacts| -> BTreeSet<String> {
        let sources = run.manifest.sources.iter();
        let of_file = |file: &SourceFile| {
            let layout = format!("layout {}", file.layout);
            std::iter::once(layout).chain(file.drift.clone())
        };
        sources.flat_map(of_file).collect()
    };
    let (before, after) = (seen(before), seen(after));
    let change = |what: &String| HeaderChange {
        what: what.clone(),
        appeared: after.contains(what),
    };
    before.symmetric_difference(&after).map(change).collect()
}

fn reasons(before: &RunFacts, after: &RunFacts) -> Vec<ReasonChange> {
    let (before, after) = (by_reason(before), by_reason(after));
    let all: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let mut changes: Vec<_> = all
        .into_iter()
        .map(|reason| ReasonChange {
            reason: reason.to_owned(),
            before: before.get(reason).copied().unwrap_or(0),
            after: after.get(reason).copied().unwrap_or(0),
        })
        .filter(|change| change.before != change.after)
        .collect();
    // Stable, so that equal changes stay in the order of their names.
    changes.sort_by_key(|change| std::cmp::Reverse(change.before.abs_diff(change.after)));
    changes
}

fn by_reason(run: &RunFacts) -> BTreeMap<&str, u64> {
    let mut sums = BTreeMap::new();
    for (reason, rows) in run.reasons.values().flatten() {
        *sums.entry(reason.as_str()).or_default() += rows;
    }
    sums
}

fn checks(before: &RunFacts, after: &RunFacts) -> Vec<CheckChange> {
    let (before, after) = (worst(&before.checks), worst(&after.checks));
    let all: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let change = |check: &str| CheckChange {
        check: check.to_owned(),
        before: before.get(check).map(|found| found.verdict),
        after: after.get(check).map(|found| found.verdict),
        found: after.get(check).map(|found| found.found.clone()),
    };
    all.into_iter()
        .map(change)
        .filter(|change| change.before != change.after)
        .collect()
}

/// The first of the worst findings of each check.
fn worst(checks: &[Check]) -> BTreeMap<&str, &Check> {
    let mut worst: BTreeMap<&str, &Check> = BTreeMap::new();
    for check in checks {
        let known = worst.entry(check.name.as_str()).or_insert(check);
        if check.verdict > known.verdict {
            *known = check;
        }
    }
    worst
}

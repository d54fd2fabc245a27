//! Decides about the replay of one run from its manifest.

use serde::Serialize;

use crate::{
    CantReplay, CheckedFile, Commit, CommittedRun, Condition, DataFile, Deviation, Held, Manifest,
    NoSuchRun, ReplayPlan, SourceFile,
};

/// At most so many runs are suggested.
const SUGGESTIONS: usize = 3;

/// Every run that some commit states, once, with the last of its commits.
pub fn committed_runs(commits: &[Commit]) -> Vec<CommittedRun> {
    let mut runs: Vec<CommittedRun> = Vec::new();
    for commit in commits {
        let manifest = &commit.manifest;
        match runs.iter_mut().find(|run| run.run_id == manifest.run_id) {
            Some(run) => run.sequence = run.sequence.max(commit.sequence),
            None => runs.push(CommittedRun {
                run_id: manifest.run_id.clone(),
                partition: manifest.partition.clone(),
                publication: manifest.publication,
                sequence: commit.sequence,
            }),
        }
    }
    runs
}

/// The run of this id, or the only one whose id begins like this.
pub fn choose_run(wanted: &str, runs: &[CommittedRun]) -> Result<CommittedRun, NoSuchRun> {
    let wanted = wanted.trim().to_ascii_lowercase();
    let begins = |run: &&CommittedRun| !wanted.is_empty() && run.run_id.starts_with(&wanted);
    let found: Vec<&CommittedRun> = runs.iter().filter(begins).collect();
    match found[..] {
        [run] => Ok(run.clone()),
        [] => Err(NoSuchRun::Unknown {
            nearest: nearest(&wanted, runs),
            wanted,
        }),
        _ => Err(NoSuchRun::Ambiguous {
            found: found.into_iter().cloned().collect(),
            wanted,
        }),
    }
}

/// The runs that share the longest beginning with a name, if they share any; else any.
fn nearest(wanted: &str, runs: &[CommittedRun]) -> Vec<CommittedRun> {
    let shared = |run: &CommittedRun| {
        let pairs = run.run_id.bytes().zip(wanted.bytes());
        pairs.take_while(|(left, right)| left == right).count()
    };
    let most = runs.iter().map(shared).max().unwrap_or_default();
    let nearest = runs.iter().filter(|run| shared(run) == most);
    nearest.take(SUGGESTIONS).cloned().collect()
}

/// Whether this program types rows as the run did: under the same contract, and with the
/// same id for the same files, which depends on the version of the output.
pub fn check_versions(
    manifest: &Manifest,
    contract_version: &str,
    run_id: &str,
) -> Result<(), CantReplay> {
    if manifest.contract_version != contract_version {
        return Err(CantReplay::Contract {
            run: manifest.contract_version.clone(),
            ours: contract_version.to_owned(),
        });
    }
    if manifest.run_id != run_id {
        let expected = run_id.to_owned();
        return Err(CantReplay::Schema { expected });
    }
    Ok(())
}

/// What replaying a run reads and may write: what its manifest lists, in the manifest's
/// order, and nothing else that stands in the same folders.
///
/// Every raw object must be there with the bytes that were delivered, or nothing is
/// planned; the error names each that is gone or damaged, in the same order. The run's own
/// files are sound, missing or damaged; the quarantine comes before the data, the order in
/// which a run writes them.
pub fn plan_replay(manifest: &Manifest, held: &Held) -> Result<ReplayPlan, Vec<CantReplay>> {
    let sources = manifest.sources.iter();
    let faults: Vec<_> = sources
        .clone()
        .filter_map(|source| raw_fault(source, held))
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let files = manifest.rejected.iter().chain(&manifest.data);
    Ok(ReplayPlan {
        read: sources.map(|source| source.raw_key.clone()).collect(),
        files: files.map(|file| checked(file, held)).collect(),
    })
}

fn raw_fault(source: &SourceFile, held: &Held) -> Option<CantReplay> {
    let (key, name) = (source.raw_key.clone(), source.name.clone());
    match held.get(&key) {
        None => Some(CantReplay::RawMissing { key, name }),
        Some(sha256) if *sha256 != source.sha256 => Some(CantReplay::RawDamaged {
            key,
            name,
            expected: source.sha256.clone(),
            found: sha256.clone(),
        }),
        Some(_) => None,
    }
}

fn checked(file: &DataFile, held: &Held) -> CheckedFile {
    let condition = match held.get(&file.key) {
        None => Condition::Missing,
        Some(sha256) if *sha256 == file.sha256 => Condition::Sound,
        Some(_) => Condition::Damaged,
    };
    let file = file.clone();
    CheckedFile { file, condition }
}

/// Everything in which a rebuilt run differs from its manifest; nothing, if it is the same
/// run in every field.
///
/// Sources, quarantine and data are compared place by place: one deviation for each place
/// that differs, named by the file's name or key as the manifest has it (as rebuilt, where
/// the manifest has none), with both sides as text. What else differs (ids, contract,
/// partition, publication) is one deviation, of `the run`.
pub fn deviations(manifest: &Manifest, rebuilt: &Manifest) -> Vec<Deviation> {
    // Whole entries are compared, so that a field more can't be forgotten here.
    let mut found = Vec::new();
    let sources = (&manifest.sources, &rebuilt.sources);
    compare(sources, |source| &source.name, &mut found);
    compare(
        (&manifest.rejected, &rebuilt.rejected),
        |file| &file.key,
        &mut found,
    );
    compare(
        (&manifest.data, &rebuilt.data),
        |file| &file.key,
        &mut found,
    );
    let head = |manifest: &Manifest| {
        vec![Manifest {
            sources: Vec::new(),
            data: Vec::new(),
            rejected: Vec::new(),
            ..manifest.clone()
        }]
    };
    compare((&head(manifest), &head(rebuilt)), |_| "the run", &mut found);
    found
}

/// Compares two lists position by position.
fn compare<T: PartialEq + Serialize>(
    (expected, found): (&Vec<T>, &Vec<T>),
    name: impl Fn(&T) -> &str,
    deviations: &mut Vec<Deviation>,
) {
    for at in 0..expected.len().max(found.len()) {
        let (expected, found) = (expected.get(at), found.get(at));
        if expected != found {
            deviations.push(Deviation {
                what: expected.or(found).map_or("", &name).to_owned(),
                expected: shown(expected),
                found: shown(found),
            });
        }
    }
}

fn shown(item: Option<&impl Serialize>) -> String {
    item.map_or_else(
        || "nothing".to_owned(),
        |item| serde_json::to_string(item).expect("plain structs serialise"),
    )
}

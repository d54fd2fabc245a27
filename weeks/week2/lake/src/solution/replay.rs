//! Decides about the replay of one run from its manifest.

use serde::Serialize;

use crate::{
    CantReplay, CheckedFile, Commit, CommittedRun, Condition, DataFile, Deviation, Manifest,
    NoSuchRun, SourceFile,
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

/// Whether a raw object is what was delivered: its SHA-256, or `None` if there is none.
pub fn check_raw(source: &SourceFile, found: Option<&str>) -> Result<(), CantReplay> {
    let (key, name) = (source.raw_key.clone(), source.name.clone());
    match found {
        None => Err(CantReplay::RawMissing { key, name }),
        Some(sha256) if sha256 != source.sha256 => Err(CantReplay::RawDamaged {
            key,
            name,
            expected: source.sha256.clone(),
            found: sha256.to_owned(),
        }),
        Some(_) => Ok(()),
    }
}

/// Everything in which a rebuilt run differs from its manifest; nothing, if it is the same
/// run. Whole entries are compared, so that a field more can't be forgotten here.
pub fn deviations(manifest: &Manifest, rebuilt: &Manifest) -> Vec<Deviation> {
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

/// The files of a run as they are in the lake, quarantine first: the order in which they
/// are to be restored. `found` gives the SHA-256 of an object, or `None` if there is none.
pub fn check_files<E>(
    manifest: &Manifest,
    mut found: impl FnMut(&DataFile) -> Result<Option<String>, E>,
) -> Result<Vec<CheckedFile>, E> {
    let files = manifest.rejected.iter().chain(&manifest.data);
    files
        .map(|file| {
            let condition = match found(file)? {
                None => Condition::Missing,
                Some(sha256) if sha256 == file.sha256 => Condition::Sound,
                Some(_) => Condition::Damaged,
            };
            let file = file.clone();
            Ok(CheckedFile { file, condition })
        })
        .collect()
}

//! What holds of any bytes that stand where a document of the lake should.

use std::path::{Component, Path};

use serde::Serialize;
use serde::de::DeserializeOwned;
use week2_lake::solution::{
    check_balance, check_commit, check_identity, commit_bytes, plan_commit,
};
use week2_lake::{Account, Commit, CommitPlan, DataFile, DataKind, Identity, Manifest, keys};

/// Reads each kind of document; a commit that is accepted can't lead anybody astray.
pub(crate) fn check(bytes: &[u8]) {
    if let Some(identity) = read::<Identity>(bytes) {
        let _ = check_identity(&identity, DataKind::Real);
    }
    if let Some(manifest) = read::<Manifest>(bytes) {
        let _ = check_balance(&manifest);
        sums(&manifest);
    }
    let Some(commit) = read::<Commit>(bytes) else {
        return;
    };
    let written = commit_bytes(&commit);
    assert_eq!(serde_json::from_slice::<Commit>(&written).unwrap(), commit);
    follows(&commit);
    let key = keys::commit(&commit.manifest.partition, commit.sequence);
    assert!(check_commit("metadata/commits/general/2023/latest.json", &commit).is_err());
    if check_commit(&key, &commit).is_ok() {
        stays_in_its_partition(&commit.manifest);
    }
}

/// A document that reads back as it is written.
fn read<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(bytes: &[u8]) -> Option<T> {
    let document: T = serde_json::from_slice(bytes).ok()?;
    let text = serde_json::to_string(&document).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), document);
    Some(document)
}

/// Sums end, whatever was listed.
fn sums(manifest: &Manifest) {
    let sources = manifest.sources.iter();
    let read: Account = sources.map(|source| source.read).sum();
    assert!(
        manifest
            .sources
            .iter()
            .all(|source| source.read.rows <= read.rows)
    );
}

/// The next commit has a higher number, or there is none.
fn follows(commit: &Commit) {
    let day = commit.manifest.publication;
    match plan_commit(Some(commit), "another run", day) {
        CommitPlan::Create { sequence } => {
            assert!(sequence > commit.sequence || sequence == u64::MAX);
        }
        plan => assert_eq!(commit.manifest.run_id, "another run", "{plan:?}"),
    }
}

fn stays_in_its_partition(manifest: &Manifest) {
    let partition = &manifest.partition;
    let hive = format!(
        "dataset={}/program_year={}/",
        partition.dataset, partition.program_year
    );
    let within = |key: &str, zone: &str| {
        assert!(key.starts_with(&format!("{zone}{hive}")), "{key}");
        let mut parts = Path::new(key).components();
        assert!(
            parts.all(|part| matches!(part, Component::Normal(_))),
            "{key}"
        );
    };
    for source in &manifest.sources {
        within(&source.raw_key, "raw/");
    }
    for (files, zone) in [
        (&manifest.data, "curated/"),
        (&manifest.rejected, "staging/rejected/"),
    ] {
        for DataFile { key, sha256, .. } in files {
            within(key, zone);
            assert_eq!(sha256.len(), 64);
        }
        let cents: i128 = files.iter().map(|file| i128::from(file.cents)).sum();
        assert!(i64::try_from(cents).is_ok());
    }
}

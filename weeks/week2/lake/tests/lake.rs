//! Keys, commits, identity and balance.

use jiff::civil::date;
use proptest::prelude::*;
use week2_lake::solution::{
    check_balance, check_identity, commit_bytes, newest_commit, partition_of, plan_commit,
    sequence_of,
};
use week2_lake::{
    Account, Commit, CommitPlan, DataKind, FORMAT_VERSION, Identity, IdentityError, Manifest,
    Partition, SourceFile, keys,
};

fn partition() -> Partition {
    Partition {
        dataset: "general".into(),
        program_year: 2023,
    }
}

fn commit(sequence: u64, run_id: &str) -> Commit {
    Commit {
        format_version: FORMAT_VERSION,
        sequence,
        manifest: Manifest {
            run_id: run_id.into(),
            contract_version: "1.0.0".into(),
            partition: partition(),
            publication: date(2024, 6, 28),
            sources: vec![],
            data: vec![],
            rejected: vec![],
        },
        manifest_key: keys::manifest(&partition(), run_id),
    }
}

#[test]
fn the_names_of_objects_are_locked() {
    let (run, sha) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210");
    let found = [
        keys::raw(&partition(), date(2024, 6, 28), sha, "a.csv"),
        keys::curated(&partition(), run, 3, sha),
        keys::rejected(&partition(), run, 0, sha),
        keys::ingested(&partition(), date(2024, 6, 28)),
        keys::validation(&partition(), run),
        keys::audit(&partition(), run),
        keys::manifest(&partition(), run),
        keys::commit(&partition(), 7),
        keys::changes(&partition(), run),
        keys::tombstones(&partition(), run, sha),
        keys::attempt("x"),
        keys::quality("x"),
        keys::lineage("x", false),
        keys::lineage("x", true),
    ];
    let expected = [
        "raw/dataset=general/program_year=2023/publication=2024-06-28/fedcba98/a.csv",
        "curated/dataset=general/program_year=2023/01234567-part-00003-fedcba98.parquet",
        "staging/rejected/dataset=general/program_year=2023/01234567-part-00000-fedcba98.parquet",
        "metadata/ingested/general/2023/2024-06-28.json",
        "metadata/validation/general/2023/0123456789abcdef0123456789abcdef.json",
        "metadata/audit/general/2023/0123456789abcdef0123456789abcdef.json",
        "metadata/manifests/general/2023/0123456789abcdef0123456789abcdef.json",
        "metadata/commits/general/2023/00000000000000000007.json",
        "metadata/changes/general/2023/0123456789abcdef0123456789abcdef.json",
        "metadata/changes/general/2023/0123456789abcdef0123456789abcdef-fedcba98.parquet",
        "metadata/attempts/x.json",
        "metadata/quality/x.json",
        "metadata/lineage/x/1-start.json",
        "metadata/lineage/x/2-end.json",
    ];
    assert_eq!(found.each_ref().map(String::as_str), expected);
}

#[test]
fn a_key_tells_its_kind_and_strangers_have_none() {
    use keys::Kind;
    let (run, sha) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210");
    let day = date(2024, 6, 28);
    for (key, kind) in [
        (keys::IDENTITY.to_owned(), Kind::Identity),
        (keys::raw(&partition(), day, sha, "a.csv"), Kind::Raw),
        (keys::ingested(&partition(), day), Kind::Ingested),
        (keys::source("0123"), Kind::Source),
        (keys::validation(&partition(), run), Kind::Validation),
        (keys::rejected(&partition(), run, 0, sha), Kind::Quarantine),
        (keys::curated(&partition(), run, 123_456, sha), Kind::Data),
        (keys::audit(&partition(), run), Kind::Audit),
        (keys::manifest(&partition(), run), Kind::Manifest),
        (keys::commit(&partition(), 7), Kind::Commit),
        (keys::changes(&partition(), run), Kind::Changes),
        (keys::tombstones(&partition(), run, sha), Kind::Changes),
        (keys::attempt("x"), Kind::Attempt),
        (keys::quality("x"), Kind::Quality),
        (keys::lineage("x", true), Kind::Lineage),
    ] {
        assert_eq!(Kind::of(&key), Some(kind), "{key}");
    }
    for key in [
        "notes.txt",
        "metadata/lake.json.bak",
        "metadata/views/x.json",
        "staging/strings/part-0.parquet",
        "curated/dataset=general/program_year=2023/part-0.parquet",
        "curated/dataset=general/program_year=2023/01234567-part-00000-fedcba98.parquet.tmp",
        "curated/dataset=general/program_year=2023/old/01234567-part-00000-fedcba98.parquet",
        "curated/dataset=general/program_year=2023/MyExport-part-00000-fedcba98.parquet",
        "metadata/manifests/general/2023/latest.json",
        "metadata/manifests/0123456789abcdef0123456789abcdef.json",
    ] {
        assert_eq!(Kind::of(key), None, "{key}");
    }
}

#[test]
fn the_newest_commit_is_the_highest_number_and_strays_are_passed_over() {
    let keys = [
        keys::commit(&partition(), 9),
        keys::commit(&partition(), 10),
        "metadata/commits/general/2023/latest.json".to_owned(),
        "metadata/commits/general/2023/99.json".to_owned(),
    ];
    assert_eq!(
        newest_commit(keys.iter().map(String::as_str)),
        Some(keys[1].as_str())
    );
    assert_eq!(partition_of(&keys[0]), Some(partition()));
}

#[test]
fn a_commit_is_planned_by_content_and_publication() {
    let newest = commit(4, "aa");
    let day = newest.manifest.publication;
    assert_eq!(
        plan_commit(None, "aa", day),
        CommitPlan::Create { sequence: 1 }
    );
    assert_eq!(
        plan_commit(Some(&newest), "aa", day),
        CommitPlan::Unchanged { sequence: 4 }
    );
    assert_eq!(
        plan_commit(Some(&newest), "bb", day),
        CommitPlan::Create { sequence: 5 }
    );
    let older = date(2023, 6, 30);
    assert_eq!(
        plan_commit(Some(&newest), "bb", older),
        CommitPlan::Older { newest: day }
    );
}

#[test]
fn a_commit_reads_back_as_written_and_holds_no_time() {
    let bytes = commit_bytes(&commit(4, "aa"));
    assert_eq!(
        serde_json::from_slice::<Commit>(&bytes).unwrap(),
        commit(4, "aa")
    );
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        !text.contains("attempt") && !text.contains("_at\""),
        "{text}"
    );
}

#[test]
fn real_and_synthetic_data_never_share_a_lake() {
    let lake = Identity {
        format_version: FORMAT_VERSION,
        data: DataKind::Synthetic,
    };
    assert_eq!(check_identity(&lake, DataKind::Synthetic), Ok(()));
    let mixed = check_identity(&lake, DataKind::Real);
    assert_eq!(
        mixed,
        Err(IdentityError::Mixed {
            lake: "synthetic",
            source_kind: "real"
        })
    );
    let newer = Identity {
        format_version: FORMAT_VERSION + 1,
        ..lake
    };
    assert!(matches!(
        check_identity(&newer, DataKind::Synthetic),
        Err(IdentityError::Newer { .. })
    ));
}

proptest! {
    #[test]
    fn a_missing_row_or_cent_is_found(
        accepted in 0u64..1000, rejected in 0u64..1000, rows_off in -1i64..=1, cents_off in -1i64..=1,
        cents in -10_000i64..10_000,
    ) {
        let read_rows = (accepted + rejected + 1).saturating_add_signed(rows_off) - 1;
        prop_assume!(read_rows < u64::MAX / 2);
        let mut commit = commit(1, "aa");
        commit.manifest.sources.push(SourceFile {
            name: "a.csv".into(), raw_key: "raw/a.csv".into(), size: 1, sha256: "ff".into(),
            layout: "general_f_91".into(), drift: vec![],
            read: Account { rows: read_rows, cents: cents + 5 + cents_off },
            accepted: Account { rows: accepted, cents },
            rejected: Account { rows: rejected, cents: 5 },
        });
        let balanced = check_balance(&commit.manifest).is_ok();
        prop_assert_eq!(balanced, read_rows == accepted + rejected && cents_off == 0);
    }

    #[test]
    fn sequence_numbers_survive_their_key(sequence in any::<u64>()) {
        prop_assert_eq!(sequence_of(&keys::commit(&partition(), sequence)), Some(sequence));
    }
}

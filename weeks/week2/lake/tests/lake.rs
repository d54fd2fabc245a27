//! What is given to the learner: names of documents, commits, identity and balance.

use jiff::civil::date;
use proptest::prelude::*;
use week2_lake::solution::{check_balance, check_identity, commit_bytes, plan_commit};
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

/// The others are graded.
#[test]
fn the_names_of_documents_are_locked_and_tell_their_kind() {
    use keys::Kind;
    let (run, sha) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210");
    for (found, expected, kind) in [
        (
            keys::IDENTITY.to_owned(),
            "metadata/lake.json",
            Kind::Identity,
        ),
        (
            keys::ingested(&partition(), date(2024, 6, 28)),
            "metadata/ingested/general/2023/2024-06-28.json",
            Kind::Ingested,
        ),
        (
            keys::source("0123"),
            "metadata/sources/0123.json",
            Kind::Source,
        ),
        (
            keys::validation(&partition(), run),
            "metadata/validation/general/2023/0123456789abcdef0123456789abcdef.json",
            Kind::Validation,
        ),
        (
            keys::manifest(&partition(), run),
            "metadata/manifests/general/2023/0123456789abcdef0123456789abcdef.json",
            Kind::Manifest,
        ),
        (
            keys::changes(&partition(), run),
            "metadata/changes/general/2023/0123456789abcdef0123456789abcdef.json",
            Kind::Changes,
        ),
        (
            keys::tombstones(&partition(), run, sha),
            "metadata/changes/general/2023/0123456789abcdef0123456789abcdef-fedcba98.parquet",
            Kind::Changes,
        ),
        (keys::quality("x"), "metadata/quality/x.json", Kind::Quality),
        (
            keys::lineage("x", false),
            "metadata/lineage/x/1-start.json",
            Kind::Lineage,
        ),
        (
            keys::lineage("x", true),
            "metadata/lineage/x/2-end.json",
            Kind::Lineage,
        ),
    ] {
        assert_eq!(found, expected);
        assert_eq!(Kind::of(&found), Some(kind), "{found}");
    }
}

#[test]
fn no_kinds_prefix_is_the_beginning_of_anothers() {
    for kind in keys::Kind::ALL {
        for other in keys::Kind::ALL {
            let is_beginning = kind.prefix().starts_with(other.prefix());
            assert_eq!(is_beginning, kind == other, "{kind:?} and {other:?}");
        }
    }
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
}

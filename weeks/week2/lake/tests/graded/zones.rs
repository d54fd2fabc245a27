use proptest::prelude::*;
use week2_lake::keys::Kind;

use super::subject::kind_of;
use crate::support::law;

/// One key of each kind, as programs of this lake write them.
const NAMES: [(&str, Kind); 16] = [
    ("metadata/lake.json", Kind::Identity),
    (
        "raw/dataset=general/program_year=2023/publication=2024-06-28/fedcba98/a.csv",
        Kind::Raw,
    ),
    (
        "metadata/ingested/general/2023/2024-06-28.json",
        Kind::Ingested,
    ),
    ("metadata/sources/0123.json", Kind::Source),
    (
        "metadata/validation/general/2023/0123456789abcdef.json",
        Kind::Validation,
    ),
    (
        "staging/rejected/dataset=general/program_year=2023/01234567-part-00000-fedcba98.parquet",
        Kind::Quarantine,
    ),
    (
        "curated/dataset=general/program_year=2023/01234567-part-00003-fedcba98.parquet",
        Kind::Data,
    ),
    (
        "curated/dataset=general/program_year=2023/01234567-part-123456-fedcba98.parquet",
        Kind::Data,
    ),
    (
        "metadata/audit/general/2023/0123456789abcdef.json",
        Kind::Audit,
    ),
    (
        "metadata/manifests/general/2023/0123456789abcdef.json",
        Kind::Manifest,
    ),
    (
        "metadata/commits/general/2023/00000000000000000007.json",
        Kind::Commit,
    ),
    ("metadata/changes/general/2023/0123.json", Kind::Changes),
    (
        "metadata/changes/general/2023/0123-fedcba98.parquet",
        Kind::Changes,
    ),
    ("metadata/attempts/0190.json", Kind::Attempt),
    ("metadata/quality/0190.json", Kind::Quality),
    ("metadata/lineage/0190/1-start.json", Kind::Lineage),
];

/// Kinds that a cleaner removes when no commit lists them.
const REMOVABLE: [Kind; 5] = [
    Kind::Data,
    Kind::Quarantine,
    Kind::Validation,
    Kind::Audit,
    Kind::Manifest,
];

#[test]
fn whatever_this_lake_writes_has_its_kind() {
    for (key, kind) in NAMES {
        assert_eq!(kind_of(key), Some(kind), "{key}");
    }
}

#[test]
fn a_persons_file_in_a_zone_of_ours_is_nobodys() {
    for key in [
        "curated/mine.parquet",
        "curated/dataset=general/program_year=2023/part-0.parquet",
        "curated/dataset=general/program_year=2023/MyExport-part-00000-fedcba98.parquet",
        "curated/dataset=general/program_year=2023/01234567-part-00000-fedcba98.parquet.tmp",
        "curated/dataset=general/program_year=2023/old/01234567-part-00000-fedcba98.parquet",
        "curated/dataset=general/program_year=2023/01234567-part-3-fedcba98.parquet",
        "curated/general/2023/01234567-part-00000-fedcba98.parquet",
        "staging/strings/part-0.parquet",
        "staging/rejected/dataset=general/program_year=2023/rejected.csv",
        "metadata/manifests/general/2023/latest.json",
        "metadata/manifests/0123456789abcdef.json",
        "metadata/manifests/general/2023/.json",
        "metadata/audit/general/year/0123456789abcdef.json",
        "metadata/lake.json.bak",
        "metadata/views/x.json",
        "notes.txt",
        "",
    ] {
        assert_eq!(kind_of(key), None, "{key:?} is none of this lake's names");
    }
}

#[test]
fn ids_in_upper_case_are_not_ours() {
    for key in [
        "curated/dataset=general/program_year=2023/ABCDEF01-part-00000-fedcba98.parquet",
        "curated/dataset=general/program_year=2023/abcdef01-part-00000-FEDCBA98.parquet",
        "metadata/audit/general/2023/ABCDEF0123456789.json",
    ] {
        assert_eq!(kind_of(key), None, "{key}");
    }
}

#[test]
fn a_name_with_anything_more_is_never_what_a_cleaner_removes() {
    let values = (0..NAMES.len(), "[a-z._-]{1,6}", 0..3);
    law(values, &|(at, more, place)| {
        let (key, kind) = NAMES[at];
        prop_assert_eq!(kind_of(key), Some(kind), "{}", key);
        let changed = match place {
            0 => format!("{key}{more}"),
            1 => format!("{more}{key}"),
            _ => {
                let (folder, file) = key.rsplit_once('/').unwrap();
                format!("{folder}/{more}/{file}")
            }
        };
        let found = kind_of(&changed);
        prop_assert!(
            !found.is_some_and(|found| REMOVABLE.contains(&found)),
            "{} would be removed as {:?}",
            changed,
            found
        );
        Ok(())
    });
}

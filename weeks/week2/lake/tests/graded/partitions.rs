use proptest::prelude::*;
use week2_lake::Partition;

use super::subject::{partition_of, partition_path, sequence_of};
use crate::support::{law, partition, partitions};

#[test]
fn the_folders_of_a_partition_are_locked() {
    for (dataset, year, expected) in [
        ("general", 2023, "dataset=general/program_year=2023/"),
        ("ownership", 2013, "dataset=ownership/program_year=2013/"),
    ] {
        let found = partition_path(&partition(dataset, year));
        assert_eq!(
            found, expected,
            "engines read these words: a changed one moves every object of the lake"
        );
    }
}

#[test]
fn a_commits_key_says_whose_it_is_and_its_number() {
    let key = "metadata/commits/general/2023/00000000000000000012.json";
    assert_eq!(partition_of(key), Some(partition("general", 2023)), "{key}");
    assert_eq!(sequence_of(key), Some(12), "{key}");
    let last = "metadata/commits/general/2023/18446744073709551615.json";
    assert_eq!(sequence_of(last), Some(u64::MAX), "{last}");
}

#[test]
fn a_stray_among_the_commits_is_no_commit() {
    let seven = "00000000000000000007.json";
    let strays = [
        "metadata/commits/general/2023/latest.json".to_owned(),
        "metadata/commits/general/2023/7.json".to_owned(),
        "metadata/commits/general/2023/+0000000000000000007.json".to_owned(),
        "metadata/commits/general/2023/99999999999999999999.json".to_owned(),
        format!("metadata/commits/general/+2023/{seven}"),
        format!("metadata/commits/general/02023/{seven}"),
        format!("metadata/commits/general/99999/{seven}"),
        format!("metadata/commits/general/2023/old/{seven}"),
        format!("metadata/commits/2023/{seven}"),
        format!("metadata/commits/general/2023/{seven}.tmp"),
        format!("metadata/manifests/general/2023/{seven}"),
        format!("old/metadata/commits/general/2023/{seven}"),
        String::new(),
    ];
    for key in strays {
        assert_eq!(
            (partition_of(&key), sequence_of(&key)),
            (None, None),
            "{key:?} is no name of a commit"
        );
    }
}

#[test]
fn no_partitions_folder_is_the_beginning_of_anothers() {
    let values = (partitions(), partitions(), "[a-z_]{1,3}");
    law(values, &|(left, right, longer)| {
        let with_more = Partition {
            dataset: left.dataset.clone() + &longer,
            ..left.clone()
        };
        for right in [&right, &with_more] {
            prop_assume!(left != *right);
            let (found, other) = (partition_path(&left), partition_path(right));
            prop_assert!(
                !found.starts_with(&other) && !other.starts_with(&found),
                "whoever lists {:?} gets objects of {:?} too",
                found,
                other
            );
        }
        Ok(())
    });
}

#[test]
fn partition_and_number_survive_their_key() {
    let values = (partitions(), any::<u64>());
    law(values, &|(partition, sequence)| {
        let Partition {
            dataset,
            program_year,
        } = &partition;
        let key = format!("metadata/commits/{dataset}/{program_year}/{sequence:020}.json");
        prop_assert_eq!(sequence_of(&key), Some(sequence), "{}", key);
        prop_assert_eq!(partition_of(&key), Some(partition), "{}", key);
        Ok(())
    });
}

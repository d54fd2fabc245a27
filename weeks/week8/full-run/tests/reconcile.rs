//! A row or a cent that goes missing is found, wherever it does.

use proptest::prelude::*;
use week2_lake::Account;
use week8_full_run::solution::reconcile;
use week8_full_run::{FileAccount, FileStatus, WarehouseAccount};

fn file(status: FileStatus, read: Account, accepted: Account, rejected: Account) -> FileAccount {
    FileAccount {
        file: "a.csv".into(),
        dataset: "general".into(),
        status,
        read,
        accepted,
        rejected,
    }
}

const NONE: Account = Account { rows: 0, cents: 0 };

#[test]
fn superseded_and_archived_files_have_no_typed_rows() {
    let read = Account {
        rows: 5,
        cents: 500,
    };
    for status in [
        FileStatus::Superseded,
        FileStatus::Archived,
        FileStatus::Pending,
    ] {
        assert_eq!(reconcile(&[file(status, read, NONE, NONE)], &[]), []);
        assert_eq!(reconcile(&[file(status, read, read, NONE)], &[]).len(), 2);
    }
}

#[test]
fn the_warehouse_holds_what_was_committed_and_not_what_was_superseded() {
    let sum = Account {
        rows: 5,
        cents: 500,
    };
    let files = [
        file(FileStatus::Committed, sum, sum, NONE),
        file(FileStatus::Superseded, sum, NONE, NONE),
    ];
    let held = |held| {
        [WarehouseAccount {
            dataset: "general".into(),
            held,
        }]
    };
    assert_eq!(reconcile(&files, &held(sum)), []);
    let both = reconcile(
        &files,
        &held(Account {
            rows: 10,
            cents: 1000,
        }),
    );
    assert_eq!(
        both.iter().map(|d| d.unit.as_str()).collect::<Vec<_>>(),
        ["rows", "cents"]
    );
    assert_eq!(
        both[0].to_string(),
        "warehouse, general: 5 rows expected, 10 found"
    );
}

proptest! {
    #[test]
    fn any_lost_row_or_cent_is_found(
        accepted in (0u64..99, -999i64..999), rejected in (0u64..99, -999i64..999),
        lost_rows in 0u64..3, lost_cents in 0i64..3,
    ) {
        let sum = |(rows, cents)| Account { rows, cents };
        let read = Account {
            rows: accepted.0 + rejected.0 + lost_rows,
            cents: accepted.1 + rejected.1 + lost_cents,
        };
        let found = reconcile(&[file(FileStatus::Committed, read, sum(accepted), sum(rejected))], &[]);
        prop_assert_eq!(found.len(), usize::from(lost_rows > 0) + usize::from(lost_cents > 0));
    }
}

//! The reference.

use week2_lake::Account;

use crate::{Discrepancy, FileAccount, FileStatus, WarehouseAccount};

/// Every sum that does not come out: per file, and between the lake and the warehouse.
pub fn reconcile(files: &[FileAccount], warehouse: &[WarehouseAccount]) -> Vec<Discrepancy> {
    let mut found: Vec<Discrepancy> = files.iter().flat_map(check_file).collect();
    for account in warehouse {
        let accepted = total(files, |file| {
            (file.dataset == account.dataset && file.status == FileStatus::Committed)
                .then_some(file.accepted)
        });
        found.extend(compare(
            &format!("warehouse, {}", account.dataset),
            accepted,
            account.held,
        ));
    }
    found
}

fn check_file(file: &FileAccount) -> Vec<Discrepancy> {
    match file.status {
        FileStatus::Committed => compare(&file.file, file.read, file.accepted + file.rejected),
        // Whole files: nothing of them may have been typed.
        FileStatus::Superseded | FileStatus::Archived | FileStatus::Pending => compare(
            &file.file,
            Account::default(),
            file.accepted + file.rejected,
        ),
    }
}

fn compare(place: &str, expected: Account, found: Account) -> Vec<Discrepancy> {
    let units = [
        ("rows", i128::from(expected.rows), i128::from(found.rows)),
        ("cents", i128::from(expected.cents), i128::from(found.cents)),
    ];
    let off = units
        .into_iter()
        .filter(|(_, expected, found)| expected != found);
    off.map(|(unit, expected, found)| Discrepancy {
        place: place.to_owned(),
        unit: unit.to_owned(),
        expected,
        found,
    })
    .collect()
}

/// Adds up one sum per file.
pub fn total(files: &[FileAccount], of: impl Fn(&FileAccount) -> Option<Account>) -> Account {
    files.iter().filter_map(of).sum()
}

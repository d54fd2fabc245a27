// What changed between two headers: added, removed, renamed with evidence, moved.

use std::collections::BTreeSet;

use fixtures::layouts;
use proptest::prelude::*;
use week1_schema::{Dataset, HeaderDiff, Move, Rename};

use super::subject::diff;
use super::support::{cases, columns, table};

fn general(old: &str, new: &str) -> HeaderDiff {
    diff(&columns(old), &columns(new), table(Dataset::General))
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_header_does_not_differ_from_itself() {
    assert_eq!(
        general("general_f_91", "general_f_91"),
        HeaderDiff::default()
    );
}

#[test]
fn the_npi_is_all_that_layout_d_added_to_c() {
    let changes = general("general_c_65", "general_d_66");
    assert_eq!(changes.added, ["Physician_NPI"]);
    assert_eq!(changes.removed, owned(&[]));
    assert_eq!((changes.renamed, changes.moved), (vec![], vec![]));
}

#[test]
fn added_and_removed_columns_keep_the_order_of_their_header() {
    let changes = diff(
        &["Zeta", "Record_ID", "Alpha"],
        &["Yellow", "Record_ID", "Beta", "Amber"],
        table(Dataset::General),
    );
    assert_eq!(changes.added, ["Yellow", "Beta", "Amber"]);
    assert_eq!(changes.removed, ["Zeta", "Alpha"]);
    assert_eq!(changes.moved, []);
}

#[test]
fn the_great_renaming_of_2022_is_no_removal() {
    let changes = general("general_e_75", "general_f_91");
    assert_eq!(changes.removed, owned(&[]), "all 75 columns live on");
    assert_eq!((changes.added.len(), changes.renamed.len()), (16, 12));
    let rename = Rename {
        from: "Physician_Specialty".to_owned(),
        to: "Covered_Recipient_Specialty_1".to_owned(),
        column: "covered_recipient_specialty_1".to_owned(),
    };
    assert!(
        changes.renamed.contains(&rename),
        "{rename:?} is not among {:?}",
        changes.renamed
    );
    assert_eq!(changes.moved, []);
}

#[test]
fn the_first_two_layouts_hold_the_same_columns_under_other_names_and_elsewhere() {
    let changes = general("general_a_63", "general_b_63");
    assert_eq!((changes.added.len(), changes.removed.len()), (0, 0));
    let names: Vec<&str> = changes.renamed.iter().map(|one| one.to.as_str()).collect();
    assert_eq!(names, ["Delay_in_Publication_Indicator", "Record_ID"]);
    let key = changes.moved.iter().find(|moved| moved.name == "Record_ID");
    assert_eq!(key.map(|moved| moved.from), Some(1), "{:?}", changes.moved);
}

#[test]
fn from_any_real_header_to_any_other_the_changes_tell_all() {
    for (dataset, name) in [
        (Dataset::General, "general"),
        (Dataset::Ownership, "ownership"),
    ] {
        let all = layouts::all().iter();
        let all: Vec<_> = all.filter(|layout| layout.dataset == name).collect();
        for (old, new) in all
            .iter()
            .flat_map(|old| all.iter().map(move |new| (old, new)))
        {
            let changes = diff(&old.columns, &new.columns, table(dataset));
            let pair = format!("{} to {}", old.id, new.id);
            // The old header, with what is told done to it.
            let renamed = |name: &str| {
                let rename = changes.renamed.iter().find(|rename| rename.from == name);
                rename.map_or(name.to_owned(), |rename| rename.to.clone())
            };
            let kept: Vec<String> = old
                .columns
                .iter()
                .filter(|name| !changes.removed.iter().any(|gone| gone == *name))
                .map(|name| renamed(name))
                .collect();
            let expected: BTreeSet<&str> = new.columns.iter().copied().collect();
            let found = kept
                .iter()
                .chain(&changes.added)
                .map(String::as_str)
                .collect();
            assert_eq!(expected, found, "{pair}: names");
            let stays = |name: &&str| !changes.moved.iter().any(|moved| moved.name == *name);
            let before = kept.iter().map(String::as_str).filter(stays);
            let is_new = |name: &&str| changes.added.iter().any(|added| added == *name);
            let after = new.columns.iter().copied().filter(|name| !is_new(name));
            assert!(
                before.eq(after.filter(stays)),
                "{pair}: what is not told to have moved stands in another order"
            );
        }
    }
}

#[test]
fn an_unknown_name_is_never_guessed_to_be_a_renaming() {
    let changes = diff(&["Record_ID"], &["Record_No"], table(Dataset::General));
    assert_eq!(changes.added, ["Record_No"]);
    assert_eq!(changes.removed, ["Record_ID"]);
    assert_eq!(changes.renamed, []);
}

#[test]
fn another_case_is_a_renaming() {
    let changes = diff(&["Record_ID"], &[" record_id"], table(Dataset::General));
    let rename = Rename {
        from: "Record_ID".to_owned(),
        to: " record_id".to_owned(),
        column: "record_id".to_owned(),
    };
    assert_eq!(changes.renamed, [rename]);
    assert_eq!((changes.added.len(), changes.removed.len()), (0, 0));
}

#[test]
fn one_column_taken_to_the_front_is_one_move() {
    let changes = diff(
        &["A", "B", "C", "D"],
        &["D", "A", "B", "C"],
        table(Dataset::General),
    );
    let only = Move {
        name: "D".to_owned(),
        from: 4,
        to: 1,
    };
    assert_eq!(changes.moved, [only]);
}

#[test]
fn a_column_that_made_room_for_a_new_one_did_not_move() {
    let changes = diff(
        &["A", "B", "C"],
        &["New", "A", "B", "Other", "C"],
        table(Dataset::General),
    );
    assert_eq!(changes.added, ["New", "Other"]);
    assert_eq!(changes.moved, []);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_did_not_move_keeps_its_order(new in Just(columns("ownership_f_30")).prop_shuffle()) {
        let old = columns("ownership_f_30");
        let changes = diff(&old, &new, table(Dataset::Ownership));
        let stays = |name: &&&str| !changes.moved.iter().any(|moved| moved.name == **name);
        let before: Vec<_> = old.iter().filter(stays).collect();
        let after: Vec<_> = new.iter().filter(stays).collect();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn no_move_is_told_that_could_be_spared(new in Just(vec!["A", "B", "C", "D", "E", "F"]).prop_shuffle()) {
        let old = ["A", "B", "C", "D", "E", "F"];
        let changes = diff(&old, &new, table(Dataset::General));
        // Every subset that could stay, tried.
        let keeps_order = |kept: &u32| {
            let kept = |name: &&&str| kept >> old.iter().position(|one| one == *name).unwrap_or(0) & 1 == 1;
            old.iter().filter(kept).eq(new.iter().filter(kept))
        };
        let most = (0u32..64).filter(keeps_order).map(u32::count_ones).max().unwrap_or(0);
        prop_assert_eq!(changes.moved.len(), 6 - most as usize, "{:?}", new);
    }

    #[test]
    fn every_column_is_accounted_for_once(
        old in prop::sample::subsequence(columns("general_e_75"), 0..=75),
        new in prop::sample::subsequence(columns("general_f_91"), 0..=91),
    ) {
        let changes = diff(&old, &new, table(Dataset::General));
        prop_assert_eq!(old.len() - changes.removed.len(), new.len() - changes.added.len());
    }
}

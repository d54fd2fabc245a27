//! What changed between two headers.

use fixtures::layouts;
use proptest::prelude::*;
use week1_schema::solution::diff;
use week1_schema::{Dataset, HeaderDiff, Move, Rename};

use super::table;

fn columns(id: &str) -> Vec<&'static str> {
    layouts::by_id(id).expect("a known layout").columns.clone()
}

fn general(old: &str, new: &str) -> HeaderDiff {
    diff(&columns(old), &columns(new), table(Dataset::General))
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
    let expected = HeaderDiff {
        added: vec!["Physician_NPI".to_owned()],
        ..HeaderDiff::default()
    };
    assert_eq!(general("general_c_65", "general_d_66"), expected);
}

#[test]
fn the_great_renaming_of_2022_is_seen_as_such() {
    let changes = general("general_e_75", "general_f_91");
    assert_eq!(changes.removed, Vec::<String>::new(), "75 columns live on");
    assert_eq!(changes.added.len(), 16);
    assert_eq!(changes.renamed.len(), 12);
    assert!(changes.renamed.contains(&Rename {
        from: "Physician_Specialty".to_owned(),
        to: "Covered_Recipient_Specialty_1".to_owned(),
        column: "covered_recipient_specialty_1".to_owned(),
    }));
    assert_eq!(changes.moved, []);
}

#[test]
fn one_moved_column_is_one_move() {
    let moved = diff(
        &["A", "B", "C", "D"],
        &["D", "A", "B", "C"],
        table(Dataset::General),
    );
    let only = Move {
        name: "D".to_owned(),
        from: 4,
        to: 1,
    };
    assert_eq!(
        moved,
        HeaderDiff {
            moved: vec![only],
            ..HeaderDiff::default()
        }
    );
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
    let changes = diff(&["Record_ID"], &["record_id"], table(Dataset::General));
    assert_eq!(changes.renamed.len(), 1);
}

#[test]
fn between_the_first_two_layouts_columns_moved_and_the_key_was_renamed() {
    let changes = general("general_a_63", "general_b_63");
    assert_eq!((changes.added.len(), changes.removed.len()), (0, 0));
    let names: Vec<&str> = changes
        .renamed
        .iter()
        .map(|rename| rename.to.as_str())
        .collect();
    assert_eq!(names, ["Delay_in_Publication_Indicator", "Record_ID"]);
    assert!(
        changes
            .moved
            .iter()
            .any(|moved| moved.name == "Record_ID" && moved.from == 1)
    );
}

proptest! {
    #[test]
    fn what_did_not_move_keeps_its_order(
        new in Just(columns("ownership_f_30")).prop_shuffle()
    ) {
        let old = columns("ownership_f_30");
        let changes = diff(&old, &new, table(Dataset::Ownership));
        let stays = |name: &&&str| !changes.moved.iter().any(|moved| moved.name == **name);
        let before: Vec<_> = old.iter().filter(stays).collect();
        let after: Vec<_> = new.iter().filter(stays).collect();
        prop_assert_eq!(before, after);
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

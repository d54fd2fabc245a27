// The layout and its columns.

use proptest::prelude::*;
use week1_schema::{Drift, LayoutMap};
use week3_validation::Verdict;

use super::subject::check_schema;
use super::support::{audit, cases, delivered, layout, only};

#[track_caller]
fn finds(layout: &LayoutMap, bad: &[(&str, Verdict)]) {
    let audit = audit();
    let checks = check_schema(&delivered(&audit, layout));
    only(&checks, &["layout", "columns"], bad);
}

const DAMAGED: &[(&str, Verdict)] = &[("columns", Verdict::Failed)];

fn with(source: &[usize]) -> LayoutMap {
    LayoutMap {
        source: source.iter().copied().map(Some).collect(),
        ..layout()
    }
}

#[test]
fn a_known_layout_passes() {
    finds(&layout(), &[]);
}

#[test]
fn drift_warns_and_every_departure_is_named() {
    let column = |name: &str| Drift::UnknownColumn { name: name.into() };
    let drift = vec![column("New_Column"), Drift::Reordered, column("Newer")];
    let layout = LayoutMap { drift, ..layout() };
    finds(&layout, &[("layout", Verdict::Warned)]);
    let audit = audit();
    let found = check_schema(&delivered(&audit, &layout)).remove(0).found;
    for name in ["general_f_91", "New_Column", "reordered", "Newer"] {
        assert!(found.contains(name), "{name} is not in {found:?}");
    }
}

#[test]
fn a_column_outside_the_record_fails() {
    finds(&with(&[0, 90]), &[]);
    finds(&with(&[0, 91]), DAMAGED);
    finds(&with(&[usize::MAX]), DAMAGED);
    let no_fields = LayoutMap {
        fields: 0,
        ..with(&[0])
    };
    finds(&no_fields, DAMAGED);
}

#[test]
fn two_columns_in_one_field_fail() {
    finds(&with(&[3, 5, 3]), DAMAGED);
}

#[test]
fn columns_that_a_layout_lacks_are_no_fault() {
    let source = vec![None, Some(4), None, None];
    finds(&LayoutMap { source, ..layout() }, &[]);
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn columns_pass_exactly_if_each_has_a_field_of_its_own(
        source in prop::collection::vec(prop::option::of(0..6_usize), 0..8),
        fields in 3..9_usize,
    ) {
        let layout = LayoutMap { source: source.clone(), fields, ..layout() };
        let audit = audit();
        let verdict = check_schema(&delivered(&audit, &layout))[1].verdict;
        let positions: Vec<usize> = source.into_iter().flatten().collect();
        let mut distinct = positions.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let sound = distinct.len() == positions.len() && positions.iter().all(|at| *at < fields);
        let expected = if sound { Verdict::Passed } else { Verdict::Failed };
        prop_assert_eq!(verdict, expected, "{:?} of {} fields", positions, fields);
    }
}

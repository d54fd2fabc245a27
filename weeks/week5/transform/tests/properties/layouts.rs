//! A layout map comes from a document in the lake, which may be damaged.

use proptest::prelude::*;
use week5_transform::solution::TyperError;

use crate::{line, table, type_bytes, typer};

/// Maps that fit, and some that nearly do.
fn map() -> impl Strategy<Value = (usize, Vec<Option<usize>>)> {
    let columns = table().columns.len();
    let length = prop_oneof![6 => Just(columns), 1 => 0..columns + 3];
    (1usize..12, length).prop_flat_map(|(fields, length)| {
        let inside = prop::option::of(0..fields);
        let anywhere = prop::option::of(prop_oneof![0..fields + 2, Just(usize::MAX)]);
        let source = prop_oneof![
            prop::collection::vec(inside, length),
            prop::collection::vec(anywhere, length),
        ];
        (Just(fields), source)
    })
}

proptest! {
    #[test]
    fn a_map_that_does_not_fit_is_refused_and_any_other_types_every_record(
        (fields, source) in map(),
        rows in prop::collection::vec(prop::collection::vec(any::<String>(), 0..13), 0..6),
    ) {
        let fits = source.len() == table().columns.len()
            && source.iter().flatten().all(|field| *field < fields);
        match typer(fields, source) {
            Ok(typer) => {
                prop_assert!(fits);
                let text: String = rows.iter().map(|row| line(row)).collect();
                let (records, chunk) = type_bytes(&typer, fields, text.as_bytes());
                let typed = chunk.accepted.len() + chunk.rejected.len();
                prop_assert_eq!(records, typed as u64);
            }
            Err(TyperError::Layout(said)) => {
                prop_assert!(!fits);
                prop_assert!(said.starts_with("the layout map "), "{}", said);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}

//! Pages that add up, and those that do not.

use proptest::prelude::*;
use week2_ingestion::PagingError;
use week2_ingestion::solution::Pages;

/// Takes these pages as the offsets come.
fn take(limit: u64, count: u64, ids: &[&[&str]]) -> Result<Pages, PagingError> {
    let mut pages = Pages::new(limit);
    for page in ids {
        pages.take(count, None, page.iter().copied())?;
    }
    Ok(pages)
}

#[test]
fn pages_are_asked_for_until_the_count_is_reached() {
    let mut pages = Pages::new(2);
    assert_eq!(pages.next_offset(), Some(0));
    pages.take(3, None, ["1", "2"].into_iter()).unwrap();
    assert_eq!(pages.next_offset(), Some(2));
    pages.take(3, None, ["3"].into_iter()).unwrap();
    assert_eq!(
        (pages.next_offset(), pages.rows(), pages.count()),
        (None, 3, Some(3))
    );
}

#[test]
fn nothing_at_all_is_one_empty_page() {
    let pages = take(2, 0, &[&[]]).unwrap();
    assert_eq!((pages.next_offset(), pages.rows()), (None, 0));
}

#[test]
fn a_page_has_as_many_rows_as_the_count_leaves_for_it() {
    let rows = |ids: &[&[&str]]| take(2, 3, ids).unwrap_err();
    let wrong = |offset, rows, expected| PagingError::Rows {
        offset,
        rows,
        expected,
    };
    assert_eq!(rows(&[&["1"]]), wrong(0, 1, 2));
    assert_eq!(rows(&[&["1", "2", "3"]]), wrong(0, 3, 2));
    assert_eq!(rows(&[&["1", "2"], &[]]), wrong(2, 0, 1));
    assert_eq!(rows(&[&["1", "2"], &["3", "4"]]), wrong(2, 2, 1));
}

#[test]
fn a_service_may_state_a_lower_limit_and_then_keeps_to_it() {
    let mut pages = Pages::new(500);
    pages.take(5, Some(2), ["1", "2"].into_iter()).unwrap();
    let error = pages.take(5, Some(2), ["3"].into_iter()).unwrap_err();
    let expected = PagingError::Rows {
        offset: 2,
        rows: 1,
        expected: 2,
    };
    assert_eq!(error, expected);
    let zero = Pages::new(500).take(5, Some(0), [].into_iter());
    assert!(zero.is_err(), "no limit is no excuse for no rows");
    let more = Pages::new(2).take(5, Some(1_000), ["1", "2", "3"].into_iter());
    assert!(more.is_err(), "nobody asked for that many");
}

#[test]
fn a_count_that_moves_stops_everything() {
    let mut pages = take(2, 4, &[&["1", "2"]]).unwrap();
    let error = pages.take(5, None, ["3", "4"].into_iter()).unwrap_err();
    let expected = PagingError::CountChanged {
        before: 4,
        now: 5,
        offset: 2,
    };
    assert_eq!(error, expected);
}

#[test]
fn ids_grow_as_numbers_or_as_texts_and_never_repeat() {
    take(4, 4, &[&["9", "10", "11", "100"]]).unwrap();
    take(4, 4, &[&["10", "100", "11", "9"]]).unwrap();
    for (ids, row) in [
        (["9", "10", "100", "11"], 4),
        (["1", "2", "2", "3"], 3),
        (["2", "1", "3", "4"], 2),
        (["10", "9", "100", "101"], 3),
    ] {
        let error = take(4, 4, &[&ids]).unwrap_err();
        assert!(
            matches!(&error, PagingError::OutOfOrder { row: at, .. } if *at == row),
            "{error}"
        );
    }
    let across = take(2, 4, &[&["1", "2"], &["2", "3"]]).unwrap_err();
    assert!(
        matches!(across, PagingError::OutOfOrder { row: 3, .. }),
        "{across}"
    );
}

proptest! {
    /// Pages are taken to the end if, and only if, they hold as many rows as stated, with
    /// ids that grow in one of the two orders.
    #[test]
    fn what_is_taken_is_everything_once(
        ids in prop::collection::btree_set(0..100_000_u32, 1..40),
        limit in 1..10_usize,
        by_text in any::<bool>(),
        damage in prop::option::of((0..3_u8, any::<prop::sample::Index>())),
    ) {
        let mut ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        if by_text {
            ids.sort();
        }
        let count = ids.len();
        if let Some((kind, at)) = damage {
            let at = at.index(count);
            match kind {
                0 => ids[at] = ids[(at + 1) % count].clone(),
                1 => drop(ids.remove(at)),
                _ => ids.swap(at, (at + 2) % count),
            }
        }
        let number = |id: &String| id.parse::<u32>().unwrap();
        let grows = ids.is_sorted_by(|a, b| a < b) || ids.is_sorted_by(|a, b| number(a) < number(b));
        let texts: Vec<&str> = ids.iter().map(String::as_str).collect();
        let pages: Vec<&[&str]> = texts.chunks(limit).collect();
        let taken = take(limit as u64, count as u64, &pages);
        let whole = taken.is_ok_and(|pages| pages.next_offset().is_none());
        prop_assert_eq!(whole, grows && ids.len() == count, "{:?}", ids);
    }
}

//! What the reference models make of a few rows, by value.

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod data_tests;
mod dimensions;
mod facts;
mod history;
mod products;
mod removed;

use support::Lake;
use week4_modeling::Compilation;

/// Physician 1001 moves from Salem to Boston in 2022, and has no payment in 2023.
fn moved_physician() -> (Lake, Compilation) {
    let lake = Lake::in_memory();
    lake.payment(1, 2020, &[]);
    lake.payment(2, 2021, &[]);
    lake.payment(
        3,
        2022,
        &[("recipient_city", "Boston"), ("recipient_state", "MA")],
    );
    lake.payment(
        4,
        2024,
        &[("recipient_city", "Boston"), ("recipient_state", "MA")],
    );
    let compilation = lake.build();
    (lake, compilation)
}

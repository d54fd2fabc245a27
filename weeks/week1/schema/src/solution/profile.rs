//! What a file holds, column by column, in one pass.
//!
//! Invariant: memory grows with the number of columns, never with that of the rows.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;

use crate::{
    ColumnProfile, ColumnState, Distinct, Profile, ProfileError, SKETCH, ValueType, profile_with,
    values,
};

/// Profiles CSV in one pass: each field of each record goes through [`observe`], and each
/// column is told by [`summarise`].
pub fn profile(input: impl Read, placeholders: &[String]) -> Result<Profile, ProfileError> {
    let observe = |state: &mut ColumnState, field: &str| observe(state, field, placeholders);
    profile_with(input, observe, summarise)
}

/// Adds one field to what is known of its column.
///
/// Space around a value is no part of it. A field is a blank, a placeholder (exactly one of
/// `placeholders`), or a value; only values count for types, distinct, range and longest.
///
/// - Digits with a leading zero, such as the ZIP code `06460` or `00.83`, are neither an
///   integer nor an amount: dropping the zero would change them. `0` and `0.83` are numbers.
/// - [`values`](crate::values) reads numbers and dates; a whole number counts as integer and as amount.
/// - The sketch holds the [`SKETCH`](crate::SKETCH) smallest hashes of the values seen, all of them while
///   there are fewer, never more. Any good 64-bit hash will do.
/// - The longest value is the one with most characters; of several that long, the first in
///   text order, so that the order of rows does not matter.
pub fn observe(state: &mut ColumnState, field: &str, placeholders: &[String]) {
    let value = field.trim();
    state.rows += 1;
    if value.is_empty() {
        state.blanks += 1;
    } else if placeholders.iter().any(|placeholder| placeholder == value) {
        state.placeholders += 1;
    } else {
        remember(state, hash(value));
        measure(state, value);
        number_or_date(state, value);
    }
}

fn hash(value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn remember(state: &mut ColumnState, hash: u64) {
    if state.sketch.insert(hash) && state.sketch.len() > SKETCH {
        state.sketch.pop_last();
    }
}

fn measure(state: &mut ColumnState, value: &str) {
    match &mut state.texts {
        None => state.texts = Some((value.to_owned(), value.to_owned())),
        Some((first, _)) if value < first.as_str() => value.clone_into(first),
        Some((_, last)) if value > last.as_str() => value.clone_into(last),
        Some(_) => {}
    }
    let size = value.chars().count();
    let is_longer = |longest: &String| {
        let other = longest.chars().count();
        size > other || size == other && value < longest.as_str()
    };
    if state.longest.as_ref().is_none_or(is_longer) {
        state.longest = Some(value.to_owned());
    }
}

fn number_or_date(state: &mut ColumnState, value: &str) {
    if let Some(day) = values::date(value) {
        state.dates += 1;
        state.days = Some(widen(state.days, day));
    } else if let Some(cents) = values::cents(value).filter(|_| !has_leading_zero(value)) {
        state.amounts += 1;
        state.integers += u64::from(values::integer(value).is_some());
        state.cents = Some(widen(state.cents, cents));
    }
}

/// Whether reading the value as a number would lose a digit of it.
fn has_leading_zero(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let whole = digits.split('.').next().unwrap_or(digits);
    whole.len() > 1 && whole.starts_with('0')
}

fn widen<T: Ord + Copy>(range: Option<(T, T)>, value: T) -> (T, T) {
    range.map_or((value, value), |(least, most)| {
        (least.min(value), most.max(value))
    })
}

/// Tells a column from what was kept of it.
///
/// The type is the narrowest that every value has: integer, then money, then date, and
/// otherwise text; none where there is no value. Minimum and maximum are in the order of
/// that type. Distinct is exact while the sketch is not full. When it is, the greatest of
/// its hashes tells how densely the values lie in the 2^64 possible ones, and so how many
/// there are in all. The share of nulls is 0 where there are no rows.
pub fn summarise(state: &ColumnState) -> ColumnProfile {
    let missing = state.blanks + state.placeholders;
    let value_type = narrowest(state, state.rows - missing);
    let (minimum, maximum) = range(state, value_type).unzip();
    ColumnProfile {
        rows: state.rows,
        null_share: missing as f64 / state.rows.max(1) as f64,
        distinct: distinct(state),
        value_type,
        minimum,
        maximum,
        longest: state.longest.clone(),
    }
}

fn narrowest(state: &ColumnState, values: u64) -> Option<ValueType> {
    let types = [
        (state.integers, ValueType::Integer),
        (state.amounts, ValueType::Money),
        (state.dates, ValueType::Date),
        (values, ValueType::Text),
    ];
    let fits = |(count, _): &(u64, ValueType)| values > 0 && *count == values;
    types.into_iter().find(fits).map(|(_, found)| found)
}

fn range(state: &ColumnState, value_type: Option<ValueType>) -> Option<(String, String)> {
    let both = |(least, most): (i64, i64), show: fn(i64) -> String| (show(least), show(most));
    match value_type? {
        ValueType::Integer => Some(both(state.cents?, |cents| (cents / 100).to_string())),
        ValueType::Money => Some(both(state.cents?, dollars)),
        ValueType::Date => state.days.map(|(first, last)| {
            let show = |day: jiff::civil::Date| day.strftime("%m/%d/%Y").to_string();
            (show(first), show(last))
        }),
        ValueType::Text => state.texts.clone(),
    }
}

fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// Among n hashes spread evenly over 2^64, the k-th smallest is near k/n of the way.
fn distinct(state: &ColumnState) -> Distinct {
    match state.sketch.last() {
        Some(&greatest) if state.sketch.len() >= SKETCH => {
            let (kept, greatest) = (SKETCH as u128 - 1, u128::from(greatest).max(1));
            let all = (kept << 64) / greatest;
            Distinct::About(u64::try_from(all).unwrap_or(u64::MAX))
        }
        _ => Distinct::Exactly(state.sketch.len() as u64),
    }
}

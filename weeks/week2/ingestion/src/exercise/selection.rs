//! Which of the delivered files are used.
//!
//! Given: what can become of a file ([`Choice`]), and which comes first. Yours: the choice.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::civil::Date;

use crate::{Candidate, Choice, Delivery};

/// What becomes of each candidate, in their order. `years` are those asked for, both ends
/// included; `None` asks for all.
///
/// The newest publication is that of the latest date: names sort by month first. A file of
/// a year that was not asked for changes nothing for the others, and neither does the order
/// in which candidates are listed (but see [`Choice::Repeated`]).
pub fn choose(candidates: &[Candidate], years: Option<&RangeInclusive<i16>>) -> Vec<Choice> {
    todo!("one choice for each of {candidates:?}, {years:?}")
}

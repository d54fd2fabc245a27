//! The learner's own date: the plan on the progress page is about today.

use jiff::Zoned;
use jiff::civil::Date;

/// Today, where this machine is.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the book reads the clock"
)]
pub fn today() -> Date {
    Zoned::now().date()
}

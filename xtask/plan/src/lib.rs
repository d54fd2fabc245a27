//! A dated plan over a track, and whether it holds.
//!
//! Time is counted in the learner's own working days. Nine weeks of work come first, the
//! buffers stand behind them, as in critical-chain buffer management.
//!
//! - [`calendar`]: which days are worked on
//! - [`settings`]: what the learner decided, in `progress.toml`
//! - [`work`]: what there is to do, and what was done when
//! - [`schedule`]: which checkpoint is planned for which days
//! - [`ledger`]: how late it is, and which buffer pays for that
//! - [`zones`]: green, yellow, red
//! - [`forecast`]: the days on which it will probably end
//! - [`report`]: all of it together, as data; [`advice`]: one sentence about it
//! - [`screen`]: the report in 80 by 24; [`html`] with [`svg`]: as a page; [`ics`]: as a calendar
//!
//! Nothing here reads a clock: today is an argument.

pub mod advice;
pub mod calendar;
pub mod forecast;
pub mod html;
pub mod ics;
pub mod ledger;
mod make;
mod markup;
pub mod report;
pub mod schedule;
pub mod screen;
pub mod settings;
pub mod svg;
pub mod work;
pub mod zones;

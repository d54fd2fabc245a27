//! What a learner does besides checking.
//!
//! - [`status`]: where they are, what is open
//! - [`hint`], [`solution`]: help, a little at a time or all at once
//! - [`reset`]: the starter again, or the reference in its place; nothing of theirs is lost
//! - [`journal`]: their word, records, posts

pub(crate) mod hint;
pub(crate) mod journal;
pub(crate) mod reset;
pub(crate) mod solution;
pub(crate) mod status;

//! Structured events: the same thing has the same field in all of them.
//!
//! Given: what happened ([`Event`]) and at which level each is told. Yours: the events.

use crate::Event;

/// Emits one `tracing` event, at the level that [`Event`] states.
///
/// It has the field `event` ([`Event::name`]), a message for people, and every field of the
/// variant under its own name: texts as texts, counts as numbers, flags as booleans. A pause
/// is the number `pause_ms`, in whole milliseconds. Nothing that can be looked for stands in
/// the message alone.
pub fn emit(event: &Event<'_>) {
    todo!(
        "one event of tracing, with {} and all of {event:?}",
        event.name()
    )
}

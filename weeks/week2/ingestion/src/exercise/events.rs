//! Structured events: the same thing has the same field in all of them.

use crate::Event;

/// Emits one `tracing` event, at the level that [`Event`] states.
///
/// It has the field `event` ([`Event::name`]), a message for people, and every field of the
/// variant under its own name: texts as texts, counts as numbers, flags as booleans. A pause
/// is the number `pause_ms`, in whole milliseconds. Nothing that can be looked for stands in
/// the message alone.
pub fn emit(event: &Event<'_>) {
    let name = event.name();
    match *event {
        Event::Audited {
            file,
            bytes,
            records,
            faulty,
        } => tracing::info!(event = name, file, bytes, records, faulty, "read"),
        Event::Repeated { file, same_as } => tracing::warn!(
            event = name,
            file,
            same_as,
            "the same bytes twice: taken once"
        ),
        Event::Stored {
            run_id,
            file,
            key,
            copied,
        } => tracing::info!(event = name, run_id, file, key, copied, "raw"),
        Event::Resumed { run_id, there, of } => tracing::info!(
            event = name,
            run_id,
            there,
            of,
            "an earlier attempt stopped half-way: going on"
        ),
        Event::Broken { run_id, file } => tracing::error!(
            event = name,
            run_id,
            file,
            "published, and no longer there as it was"
        ),
        Event::Retrying {
            what,
            why,
            failed,
            pause,
        } => {
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(event = name, what, why, failed, pause_ms, "trying again");
        }
    }
}

//! Mistakes about what is told.

/// Good sentences, and nothing to search by.
pub mod all_in_the_message {
    use crate::Event;

    pub use crate::solution::*;

    /// Emits one `tracing` event.
    pub fn emit(event: &Event<'_>) {
        match event {
            Event::Audited { .. } | Event::Stored { .. } | Event::Resumed { .. } => {
                tracing::info!("{event:?}");
            }
            Event::Repeated { file, same_as } => {
                tracing::warn!("{file} has the same bytes as {same_as}");
            }
            Event::Broken { run_id, file } => tracing::error!("{file} of {run_id} is broken"),
            Event::Retrying {
                what,
                why,
                failed,
                pause,
            } => tracing::warn!("{what}: {why}, attempt {failed}, trying again in {pause:?}"),
        }
    }
}

/// A duration as Rust shows it: `1.5s`, `200ms`, `1.000001s`.
pub mod pause_as_text {
    use crate::Event;

    pub use crate::solution::*;

    /// Emits one `tracing` event.
    pub fn emit(event: &Event<'_>) {
        let Event::Retrying {
            what,
            why,
            failed,
            pause,
        } = event
        else {
            return crate::solution::emit(event);
        };
        tracing::warn!(
            event = "retrying",
            what,
            why,
            failed,
            pause_ms = ?pause,
            "trying again"
        );
    }
}

//! Attempts and datasets as run events.

use jiff::Timestamp;

use super::facets;
use crate::openlineage::{EventType, Facets, Job, RUN_EVENT_SCHEMA, Run, RunEvent};
use crate::{Attempt, Dataset, Ending, TestResult};

/// The event of an attempt that begins. It is made of the attempt alone, so that whoever
/// finds an attempt without one can make the same event later.
pub fn start(attempt: &Attempt) -> RunEvent {
    event(
        attempt,
        EventType::Start,
        attempt.started_at,
        facets::of_run(attempt),
    )
}

/// The terminal event of an attempt: what it read and wrote, and how that ended.
pub fn end(
    attempt: &Attempt,
    ending: &Ending,
    at: Timestamp,
    datasets: Vec<Dataset>,
    tests: &[TestResult],
) -> RunEvent {
    let kind = match ending {
        Ending::Complete => EventType::Complete,
        Ending::Fail(_) => EventType::Fail,
        Ending::Abort(_) => EventType::Abort,
    };
    let mut run = facets::of_run(attempt);
    run.extend(facets::of_ending(attempt, ending));
    run.extend(facets::of_tests(attempt, tests));
    let mut event = event(attempt, kind, at, run);
    for dataset in merge(datasets) {
        let facets = facets::Maker::of(attempt);
        if is_input(&dataset) {
            event.inputs.push(facets.input(&dataset));
        }
        if dataset.written {
            event.outputs.push(facets.output(&dataset));
        }
    }
    event
}

/// What an attempt wrote and then read is an output. It is an input too only if something
/// was measured while it was read: that has no other place in an event.
fn is_input(dataset: &Dataset) -> bool {
    let measured = !dataset.metrics.sums.is_empty() || !dataset.assertions.is_empty();
    dataset.read && (!dataset.written || measured)
}

fn event(attempt: &Attempt, kind: EventType, at: Timestamp, run: Facets) -> RunEvent {
    RunEvent {
        event_type: kind,
        event_time: at,
        run: Run {
            run_id: attempt.attempt_id.clone(),
            facets: run,
        },
        job: Job {
            namespace: attempt.namespace.clone(),
            name: format!("capstone.{}", attempt.command),
            facets: facets::of_job(attempt),
        },
        inputs: Vec::new(),
        outputs: Vec::new(),
        producer: facets::producer(attempt),
        schema_url: RUN_EVENT_SCHEMA.to_owned(),
    }
}

/// One entry per namespace and name, in the order of first mention. Of two statements
/// about one aspect the first stands; lists are joined.
pub fn merge(datasets: Vec<Dataset>) -> Vec<Dataset> {
    let mut merged: Vec<Dataset> = Vec::new();
    for dataset in datasets {
        let same = |known: &&mut Dataset| {
            (&known.namespace, &known.name) == (&dataset.namespace, &dataset.name)
        };
        match merged.iter_mut().find(same) {
            Some(known) => absorb(known, dataset),
            None => merged.push(dataset),
        }
    }
    merged
}

fn absorb(known: &mut Dataset, other: Dataset) {
    if known.fields.is_empty() {
        known.fields = other.fields;
    }
    if known.columns.is_empty() {
        known.columns = other.columns;
    }
    known.description = known.description.take().or(other.description);
    known.version = known.version.take().or(other.version);
    known.lifecycle = known.lifecycle.or(other.lifecycle);
    known.size.rows = known.size.rows.or(other.size.rows);
    known.size.bytes = known.size.bytes.or(other.size.bytes);
    known.size.files = known.size.files.or(other.size.files);
    known.metrics.sums.extend(other.metrics.sums);
    for assertion in other.assertions {
        if !known.assertions.contains(&assertion) {
            known.assertions.push(assertion);
        }
    }
    known.read |= other.read;
    known.written |= other.written;
}

//! Sorted runs become one sorted stream: the second half of an external sort.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::{Entry, Placed};

/// Entries by strictly increasing record id, from runs that are sorted by id and place.
/// Holds one entry of each run.
#[derive(Debug)]
pub struct Merge<I> {
    runs: Vec<I>,
    /// The next entry of each run that has one: its id, its place, the run.
    heads: BinaryHeap<Reverse<(u64, u64, usize)>>,
    /// The rest of those entries, by run.
    held: Vec<Option<Entry>>,
    started: bool,
    last: Option<u64>,
}

/// Merges runs, each sorted by record id and then by place.
///
/// Of a repeated id the entry at the first place stays, whatever run it is in, so the
/// result does not depend on how the entries were spread over the runs.
pub fn merge<I, E>(runs: Vec<I>) -> Merge<I>
where
    I: Iterator<Item = Result<Placed, E>>,
{
    Merge {
        held: vec![None; runs.len()],
        heads: BinaryHeap::with_capacity(runs.len()),
        runs,
        started: false,
        last: None,
    }
}

impl<I, E> Merge<I>
where
    I: Iterator<Item = Result<Placed, E>>,
{
    fn refill(&mut self, run: usize) -> Result<(), E> {
        if let Some(Placed { entry, place }) = self.runs[run].next().transpose()? {
            self.heads.push(Reverse((entry.record_id, place, run)));
            self.held[run] = Some(entry);
        }
        Ok(())
    }

    fn start(&mut self) -> Result<(), E> {
        if self.started {
            return Ok(());
        }
        self.started = true;
        (0..self.runs.len()).try_for_each(|run| self.refill(run))
    }

    fn advance(&mut self) -> Result<Option<Entry>, E> {
        self.start()?;
        while let Some(Reverse((record_id, _, run))) = self.heads.pop() {
            let entry = self.held[run].take();
            self.refill(run)?;
            if self.last != Some(record_id) {
                self.last = Some(record_id);
                return Ok(entry);
            }
        }
        Ok(None)
    }
}

impl<I, E> Iterator for Merge<I>
where
    I: Iterator<Item = Result<Placed, E>>,
{
    type Item = Result<Entry, E>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

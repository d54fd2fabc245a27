//! Pages of rows that must add up to what the service states.
//!
//! Rows are asked for in the order of their ids. Ids that only grow can't repeat, and as
//! many different ones as the service states are all of them.

use std::cmp::Ordering;

use crate::PagingError;

/// Follows the pages of one query.
#[derive(Debug, Clone)]
pub struct Pages {
    limit: u64,
    count: Option<u64>,
    rows: u64,
    last: Option<String>,
    /// Whether ids have grown as numbers so far, and as texts: services sort either way.
    grows: (bool, bool),
}

impl Pages {
    /// No page has come yet; `limit` rows are asked for at a time.
    pub fn new(limit: u64) -> Self {
        Self {
            limit,
            count: None,
            rows: 0,
            last: None,
            grows: (true, true),
        }
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows in all, as the first page stated.
    pub fn count(&self) -> Option<u64> {
        self.count
    }

    /// Where the next page starts; `None` when all rows are there.
    pub fn next_offset(&self) -> Option<u64> {
        (self.count != Some(self.rows)).then_some(self.rows)
    }

    /// Takes the page at the next offset. `count` and `limit` are what the page states:
    /// a service may give fewer rows at a time than it is asked for, if it says so.
    pub fn take<'a>(
        &mut self,
        count: u64,
        limit: Option<u64>,
        ids: impl ExactSizeIterator<Item = &'a str>,
    ) -> Result<(), PagingError> {
        let (offset, before) = (self.rows, *self.count.get_or_insert(count));
        if before != count {
            return Err(PagingError::CountChanged {
                before,
                now: count,
                offset,
            });
        }
        let limit = limit.filter(|limit| *limit > 0).unwrap_or(u64::MAX);
        let expected = self.limit.min(limit).min(count.saturating_sub(offset));
        let rows = ids.len() as u64;
        if rows != expected {
            return Err(PagingError::Rows {
                offset,
                rows,
                expected,
            });
        }
        ids.into_iter().try_for_each(|id| self.take_id(id))
    }

    fn take_id(&mut self, id: &str) -> Result<(), PagingError> {
        self.rows += 1;
        if let Some(before) = self.last.replace(id.to_owned()) {
            let (number, text) = (compare(&before, id), before.as_str().cmp(id));
            self.grows.0 &= number == Ordering::Less;
            self.grows.1 &= text == Ordering::Less;
            if self.grows == (false, false) {
                return Err(PagingError::OutOfOrder {
                    row: self.rows,
                    id: id.to_owned(),
                    before,
                });
            }
        }
        Ok(())
    }
}

/// As numbers without leading zeros.
fn compare(left: &str, right: &str) -> Ordering {
    (left.len(), left).cmp(&(right.len(), right))
}

//! One column of a chunk while rows arrive.
//!
//! Most fields of these records are empty or repeat a few values. So what the bytes of a
//! field mean is found out once per chunk and column, and then looked up: checks run per
//! distinct value, not per row. Text that repeats ends as an Arrow dictionary, which the
//! Parquet writer takes as it is instead of hashing every string again. A column whose
//! values hardly repeat stops being looked up and ends as plain text.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use polars_arrow::array::{ArrayRef, DictionaryArray, PrimitiveArray, Utf8Array};
use polars_arrow::bitmap::MutableBitmap;
use polars_arrow::datatypes::{ArrowDataType, IntegerType};
use polars_arrow::offset::OffsetsBuffer;
use week1_schema::ValueType;

use super::builder::retain;
use super::checks::{Checked, ColumnCheck};
use crate::ReasonCode;

/// `DECIMAL(14,2)`: no amount is larger than `MAX_CENTS`, and Parquet stores it in 8 bytes.
const MONEY: (usize, usize) = (14, 2);
/// Fewer distinct values than this are always looked up.
const ALWAYS_KNOWN: usize = 1024;

/// A typed value of one row. Its column knows how to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    /// Filled with something that a check refused.
    Refused,
    /// A text of the column.
    Word(u32),
    /// A whole number, cents, or days from 1970-01-01.
    Number(i64),
}

/// What a field means, or why it is refused.
pub(super) type Verdict = Result<Cell, ReasonCode>;

/// One column of a chunk.
pub(super) struct ColumnBuilder<'t> {
    check: &'t ColumnCheck,
    /// Verdicts by raw bytes; `None` once they proved not to repeat.
    known: Option<HashMap<Box<[u8]>, Verdict, FixedState>>,
    most_known: usize,
    words: Words,
    keys: Vec<u32>,
    numbers: Vec<i64>,
    validity: MutableBitmap,
}

impl<'t> ColumnBuilder<'t> {
    /// `rows` is how many records the chunk has.
    pub(super) fn new(check: &'t ColumnCheck, rows: usize) -> Self {
        Self {
            check,
            known: Some(HashMap::default()),
            most_known: ALWAYS_KNOWN.max(rows / 2),
            words: Words::default(),
            keys: Vec::new(),
            numbers: Vec::new(),
            validity: MutableBitmap::new(),
        }
    }

    /// What a filled field means. `text` gives it as clean text, for a first meeting.
    #[inline]
    pub(super) fn verdict(&mut self, raw: &[u8]) -> Verdict {
        if self.check.is_number() {
            return self.check.number(raw);
        }
        if let Some(verdict) = self.known.as_ref().and_then(|known| known.get(raw)) {
            return *verdict;
        }
        let text = str::from_utf8(raw).expect("faulty records are never typed");
        self.meet(raw, text)
    }

    /// What a field with doubled quotes means; `text` has them single.
    pub(super) fn escaped(&mut self, text: &str) -> Verdict {
        if self.check.is_number() {
            return self.check.number(text.as_bytes());
        }
        // Rare, so its raw form is not remembered.
        self.meet(text.as_bytes(), text)
    }

    #[cold]
    fn meet(&mut self, raw: &[u8], text: &str) -> Verdict {
        let verdict = match self.check.check(text) {
            Ok(Checked::Null) => Ok(Cell::Null),
            Ok(Checked::Number(number)) => Ok(Cell::Number(number)),
            Ok(Checked::Text(word)) => Ok(Cell::Word(self.word(raw, &word))),
            Err(code) => Err(code),
        };
        self.remember(raw, verdict);
        verdict
    }

    /// The number of a checked text: its own, if another spelling of it was met before.
    fn word(&mut self, raw: &[u8], word: &str) -> u32 {
        if raw != word.as_bytes() {
            let known = self
                .known
                .as_ref()
                .and_then(|known| known.get(word.as_bytes()));
            if let Some(Ok(Cell::Word(key))) = known {
                return *key;
            }
        }
        let key = self.words.push(word, self.check.marks(word));
        if raw != word.as_bytes() {
            self.remember(word.as_bytes(), Ok(Cell::Word(key)));
        }
        key
    }

    fn remember(&mut self, raw: &[u8], verdict: Verdict) {
        let Some(known) = &mut self.known else { return };
        known.insert(raw.into(), verdict);
        if known.len() > self.most_known {
            self.known = None;
        }
    }

    /// The conditions of row rules that a text fulfils, one bit each.
    pub(super) fn marks(&self, key: u32) -> u64 {
        self.words.marks[key as usize]
    }

    /// Fills the column at `row`; rows that are left out are NULL.
    #[inline]
    pub(super) fn push(&mut self, row: usize, cell: Cell) {
        let missing = row - self.validity.len();
        if missing > 0 {
            self.validity.extend_constant(missing, false);
        }
        self.validity.push(true);
        match cell {
            Cell::Word(key) => {
                self.keys.resize(row, 0);
                self.keys.push(key);
            }
            Cell::Number(number) => {
                self.numbers.resize(row, 0);
                self.numbers.push(number);
            }
            Cell::Null | Cell::Refused => unreachable!("only filled cells are pushed"),
        }
    }

    /// Makes the column `rows` long.
    fn pad(&mut self, rows: usize) {
        let missing = rows - self.validity.len();
        self.validity.extend_constant(missing, false);
        if self.check.value_type == ValueType::Text {
            self.keys.resize(rows, 0);
        } else {
            self.numbers.resize(rows, 0);
        }
    }

    /// Keeps only these rows.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        self.pad(keep.len());
        retain(&mut self.keys, keep);
        retain(&mut self.numbers, keep);
        let validity = std::mem::take(&mut self.validity).freeze();
        let kept = validity.iter().zip(keep).filter(|(_, keep)| **keep);
        self.validity = kept.map(|(valid, _)| valid).collect();
    }

    /// The column with `rows` rows.
    pub(super) fn finish(mut self, rows: usize) -> ArrayRef {
        self.pad(rows);
        let validity = Some(self.validity.freeze()).filter(|bits| bits.unset_bits() > 0);
        match self.check.value_type {
            ValueType::Text => {
                let keys = PrimitiveArray::new(ArrowDataType::UInt32, self.keys.into(), validity);
                if self.known.is_some() {
                    self.words.dictionary(keys)
                } else {
                    self.words.plain(&keys)
                }
            }
            ValueType::Money => {
                let cents: Vec<i128> = self.numbers.into_iter().map(i128::from).collect();
                PrimitiveArray::new(dtype(ValueType::Money), cents.into(), validity).boxed()
            }
            ValueType::Date => {
                // Days of the calendar fit.
                let days = self.numbers.into_iter();
                let days: Vec<i32> = days.map(|day| i32::try_from(day).unwrap_or(0)).collect();
                PrimitiveArray::new(ArrowDataType::Date32, days.into(), validity).boxed()
            }
            ValueType::Integer => {
                PrimitiveArray::new(ArrowDataType::Int64, self.numbers.into(), validity).boxed()
            }
        }
    }
}

/// The texts of a column, one behind the other.
#[derive(Default)]
struct Words {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    marks: Vec<u64>,
}

impl Words {
    fn push(&mut self, word: &str, marks: u64) -> u32 {
        let key = u32::try_from(self.ends.len()).expect("a chunk has fewer than 2^32 fields");
        self.bytes.extend_from_slice(word.as_bytes());
        self.ends.push(self.bytes.len());
        self.marks.push(marks);
        key
    }

    fn get(&self, key: usize) -> &[u8] {
        let start = key.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[key]]
    }

    /// Texts as a dictionary, without those that only rejected rows have.
    fn dictionary(&self, keys: PrimitiveArray<u32>) -> ArrayRef {
        const UNUSED: u32 = u32::MAX;
        let mut renumbered = vec![UNUSED; self.ends.len()];
        for key in keys.iter().flatten() {
            renumbered[*key as usize] = 0;
        }
        let used: Vec<usize> = (0..renumbered.len())
            .filter(|key| renumbered[*key] != UNUSED)
            .collect();
        let keys = if used.len() == self.ends.len() {
            keys
        } else {
            for (number, key) in (0..).zip(&used) {
                renumbered[*key] = number;
            }
            let keys = keys
                .iter()
                .map(|key| key.map(|key| renumbered[*key as usize]));
            keys.collect()
        };
        let values = text(used.iter().map(|key| self.get(*key)), None);
        let dtype = ArrowDataType::Dictionary(
            IntegerType::UInt32,
            Box::new(ArrowDataType::LargeUtf8),
            false,
        );
        DictionaryArray::try_new(dtype, keys, values)
            .expect("keys are positions in the dictionary")
            .boxed()
    }

    fn plain(&self, keys: &PrimitiveArray<u32>) -> ArrayRef {
        let words = keys.iter().map(|key| match key {
            Some(key) => self.get(*key as usize),
            None => &[],
        });
        text(words, keys.validity().cloned())
    }
}

/// Texts as an array.
fn text<'a>(
    words: impl Iterator<Item = &'a [u8]>,
    validity: Option<polars_arrow::bitmap::Bitmap>,
) -> ArrayRef {
    let (mut bytes, mut offsets) = (Vec::new(), vec![0i64]);
    for word in words {
        bytes.extend_from_slice(word);
        offsets.push(i64::try_from(bytes.len()).expect("memory is smaller than 2^63 bytes"));
    }
    let offsets = OffsetsBuffer::try_from(offsets).expect("offsets grow");
    Utf8Array::<i64>::try_new(ArrowDataType::LargeUtf8, offsets, bytes.into(), validity)
        .expect("words were text when they came")
        .boxed()
}

/// The type of a column in curated files.
pub(super) fn dtype(value_type: ValueType) -> ArrowDataType {
    match value_type {
        ValueType::Text => ArrowDataType::Utf8View,
        ValueType::Integer => ArrowDataType::Int64,
        ValueType::Money => ArrowDataType::Decimal(MONEY.0, MONEY.1),
        ValueType::Date => ArrowDataType::Date32,
    }
}

//! Columns under construction.

use polars::prelude::*;
use week1_schema::ValueType;

use super::checks::Value;
use super::values::days_since_epoch;

/// `DECIMAL(14,2)`: every amount of the contract fits, and Parquet stores it in 8 bytes.
const MONEY_PRECISION: usize = 14;
const MONEY_SCALE: usize = 2;

/// One column of a chunk while rows arrive.
pub(super) enum ColumnBuilder {
    Text(StringChunkedBuilder),
    Integer(PrimitiveChunkedBuilder<Int64Type>),
    Cents(PrimitiveChunkedBuilder<Int128Type>),
    Days(PrimitiveChunkedBuilder<Int32Type>),
    /// A column that this layout does not have.
    Absent {
        name: PlSmallStr,
        value_type: ValueType,
    },
}

impl ColumnBuilder {
    pub(super) fn new(name: &str, value_type: ValueType, present: bool, rows: usize) -> Self {
        let name = PlSmallStr::from_str(name);
        if !present {
            return Self::Absent { name, value_type };
        }
        match value_type {
            ValueType::Text => Self::Text(StringChunkedBuilder::new(name, rows)),
            ValueType::Integer => Self::Integer(PrimitiveChunkedBuilder::new(name, rows)),
            ValueType::Money => Self::Cents(PrimitiveChunkedBuilder::new(name, rows)),
            ValueType::Date => Self::Days(PrimitiveChunkedBuilder::new(name, rows)),
        }
    }

    #[inline]
    pub(super) fn push(&mut self, value: &Value<'_>) {
        match (self, value) {
            (Self::Text(builder), Value::Text(text)) => builder.append_value(text),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Integer(builder), Value::Integer(number)) => builder.append_value(*number),
            (Self::Integer(builder), _) => builder.append_null(),
            (Self::Cents(builder), Value::Cents(cents)) => builder.append_value(i128::from(*cents)),
            (Self::Cents(builder), _) => builder.append_null(),
            (Self::Days(builder), Value::Day(day)) => builder.append_value(days_since_epoch(*day)),
            (Self::Days(builder), _) => builder.append_null(),
            (Self::Absent { .. }, _) => {}
        }
    }

    pub(super) fn finish(self, rows: usize) -> Column {
        match self {
            Self::Text(builder) => builder.finish().into_column(),
            Self::Integer(builder) => builder.finish().into_column(),
            Self::Cents(builder) => builder
                .finish()
                .into_decimal_unchecked(MONEY_PRECISION, MONEY_SCALE)
                .into_column(),
            Self::Days(builder) => builder.finish().into_date().into_column(),
            Self::Absent { name, value_type } => Column::full_null(name, rows, &dtype(value_type)),
        }
    }
}

/// The type of a column in curated files.
pub(super) fn dtype(value_type: ValueType) -> DataType {
    match value_type {
        ValueType::Text => DataType::String,
        ValueType::Integer => DataType::Int64,
        ValueType::Money => DataType::Decimal(MONEY_PRECISION, MONEY_SCALE),
        ValueType::Date => DataType::Date,
    }
}

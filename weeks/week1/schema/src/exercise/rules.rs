//! One record against the contract.

use fixtures::FaultKind;

use crate::{Judge, Row, Rules, Violation};

/// Everything that the contract has against a record: flaws of single columns in the
/// table's order, then those that row rules find.
///
/// Space around a value is no part of it. A field with nothing else in it, or with exactly
/// one of the missing values, is empty. What a layout lacks can't be missing: a column that
/// is not in the file breaks no rule, and a rule that names one holds.
///
/// A column has one flaw at most, the first that applies:
/// - [`Flaw::MissingValue`](crate::Flaw::MissingValue): required and empty; an optional empty one is sound
/// - [`Flaw::InvalidValue`](crate::Flaw::InvalidValue): not of its type, its pattern (`rules.matches`) or its closed
///   list, exact case
/// - [`Flaw::TooLong`](crate::Flaw::TooLong): more characters than allowed; asked before pattern and list
/// - [`Flaw::OutOfRange`](crate::Flaw::OutOfRange): a number below the minimum
///
/// A row rule gives [`Flaw::MissingValue`](crate::Flaw::MissingValue), [`Flaw::UnexpectedValue`](crate::Flaw::UnexpectedValue) or
/// [`Flaw::OutOfProgramYear`](crate::Flaw::OutOfProgramYear), but nothing for a column that already has a flaw. A date that
/// is empty lies in every program year, and in a row whose program year is empty or no
/// number every date does.
pub fn violations(row: &Row<'_>, rules: &Rules<'_>) -> Vec<Violation> {
    todo!(
        "hold the {} fields of a row against the rules of {}",
        row.fields.len(),
        rules.table.dataset
    )
}

/// Who can find a fault of this kind: what a contract over single records promises, and
/// what it can't.
pub fn judged_by(kind: FaultKind) -> Judge {
    todo!("who can find {kind:?}: one record's rules, or somebody who sees more or less?")
}

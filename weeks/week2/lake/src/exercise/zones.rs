//! Tells what an object is by its key.

use crate::keys::Kind;

/// What an object is; `None` for a key that no program of this lake makes.
///
/// What one run wrote is removed by its kind when the run was never committed: typed rows,
/// quarantine, validation, audit, manifest. So a key counts as one of these only if it is
/// named exactly as the table of [`keys`](crate::keys) says, with hexadecimal ids in lower
/// case, a part number of five digits or more, and nothing before, between or behind. A
/// person's export in `curated/` is no typed rows of ours. The identity is one key. The
/// other kinds are never removed; for them the prefix is enough ([`Kind::prefix`]).
pub fn kind_of(key: &str) -> Option<Kind> {
    let (rest, kind) = Kind::ALL
        .into_iter()
        .find_map(|kind| Some((key.strip_prefix(kind.prefix())?, kind)))?;
    let is_named_so = match kind {
        Kind::Data | Kind::Quarantine => is_part(rest),
        Kind::Validation | Kind::Audit | Kind::Manifest => is_document_of_a_run(rest),
        Kind::Identity => rest.is_empty(),
        _ => true,
    };
    is_named_so.then_some(kind)
}

/// `dataset=<name>/program_year=<year>/<run>-part-<number>-<digest>.parquet`.
fn is_part(rest: &str) -> bool {
    let [dataset, year, file] = rest.split('/').collect::<Vec<_>>()[..] else {
        return false;
    };
    let stem = file.strip_suffix(".parquet").unwrap_or_default();
    let [run, "part", number, digest] = stem.split('-').collect::<Vec<_>>()[..] else {
        return false;
    };
    dataset.starts_with("dataset=")
        && year.starts_with("program_year=")
        && [run, digest].iter().all(|id| id.len() == 8 && is_hex(id))
        && number.len() >= 5
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// `<dataset>/<year>/<run>.json`.
fn is_document_of_a_run(rest: &str) -> bool {
    let [_, year, file] = rest.split('/').collect::<Vec<_>>()[..] else {
        return false;
    };
    let run = file.strip_suffix(".json").unwrap_or_default();
    year.parse::<i16>().is_ok() && !run.is_empty() && is_hex(run)
}

fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

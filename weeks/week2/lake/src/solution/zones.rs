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
    let is_partition = dataset.strip_prefix("dataset=").is_some_and(is_name)
        && year.strip_prefix("program_year=").is_some_and(is_year);
    is_partition && [run, digest].iter().all(|id| id.len() == 8 && is_hex(id)) && is_number(number)
}

/// `<dataset>/<year>/<run>.json`.
fn is_document_of_a_run(rest: &str) -> bool {
    let [dataset, year, file] = rest.split('/').collect::<Vec<_>>()[..] else {
        return false;
    };
    let run = file.strip_suffix(".json").unwrap_or_default();
    is_name(dataset) && is_year(year) && !run.is_empty() && is_hex(run)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
}

/// As it is written, and not otherwise: `+2023` and `02023` are read as a year, too.
fn is_year(text: &str) -> bool {
    text.parse::<i16>()
        .is_ok_and(|year| year.to_string() == text)
}

/// A part's number, likewise: at least five digits, and no zero more than that takes.
fn is_number(text: &str) -> bool {
    text.parse::<usize>()
        .is_ok_and(|number| format!("{number:05}") == text)
}

fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::kind_of;

    #[test]
    fn what_reads_like_a_name_of_ours_and_is_written_otherwise_is_nobodys() {
        for key in [
            "curated/dataset=/program_year=2023/01234567-part-00000-fedcba98.parquet",
            "curated/dataset=general/program_year=all/01234567-part-00000-fedcba98.parquet",
            "curated/dataset=general/program_year=+2023/01234567-part-00000-fedcba98.parquet",
            "curated/dataset=general/program_year=2023/01234567-part-000001-fedcba98.parquet",
            "metadata/audit//2023/0123456789abcdef.json",
            "metadata/audit/general/+2023/0123456789abcdef.json",
            "metadata/manifests/general/02023/0123456789abcdef.json",
        ] {
            assert_eq!(kind_of(key), None, "{key}");
        }
    }
}

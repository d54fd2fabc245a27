//! Which DuckDB release a library file is, read from its bytes.
//!
//! Loading the library would run it, and needs `unsafe` here or another crate to
//! compile first. Every release carries a table of all releases up to its own
//! (it maps them to storage formats), so its version is the highest `vX.Y.Z`
//! among its zero-terminated strings. Seen in the libraries of 1.5.6 and 2.0.0.
//! The capstone's tests ask the library itself.

/// Major, minor, patch.
pub(crate) type Version = (u32, u32, u32);

/// The highest release named in a library, if any is.
pub(crate) fn highest_release(library: &[u8]) -> Option<Version> {
    library.split(|byte| *byte == 0).filter_map(parse).max()
}

/// Reads `v1.5.6`, and nothing longer.
fn parse(text: &[u8]) -> Option<Version> {
    let numbers = std::str::from_utf8(text.strip_prefix(b"v")?).ok()?;
    let mut parts = numbers.split('.').map(|part| part.parse().ok());
    let version = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(version)
}

/// `1.5.6`
pub(crate) fn show((major, minor, patch): Version) -> String {
    format!("{major}.{minor}.{patch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_the_newest_release_that_it_knows() {
        let bytes = b"\x7fELF\0v1.5.6\0Development Version\0v1.4.0\0v0.10.3\0";
        assert_eq!(highest_release(bytes), Some((1, 5, 6)));
        let newer = b"\0v1.5.6\0v2.0.0\0v1.10.0\0";
        assert_eq!(highest_release(newer), Some((2, 0, 0)));
    }

    #[test]
    fn strings_that_only_contain_a_version_do_not_count() {
        let bytes = b"\0v1.5.6-dev12\0v9.9\0v1.2.3.4\0lib-v3.0.0\0v\0vector\0\xffv4.0.0\0";
        assert_eq!(highest_release(bytes), None);
    }
}

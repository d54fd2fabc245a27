//! What DuckDB's library is called on this platform, and who publishes it ready-made.

/// The release that crate `duckdb` 1.10506 binds to. A database file written by
/// a newer major release cannot be read by this one, so a near miss is a miss.
pub(crate) const VERSION: (u32, u32, u32) = (1, 5, 6);
/// The same release among the npm packages.
const NPM_VERSION: &str = "1.5.6-r.1";

/// An operating system, a processor and a C library.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Platform {
    os: &'static str,
    arch: &'static str,
    musl: bool,
}

impl Platform {
    /// The one that this program was compiled for.
    pub(crate) const HOST: Self = Self {
        os: std::env::consts::OS,
        arch: std::env::consts::ARCH,
        musl: cfg!(target_env = "musl"),
    };

    /// The files that a folder must hold to be linked with; the library first.
    pub(crate) fn files(self) -> &'static [&'static str] {
        match self.os {
            "windows" => &["duckdb.dll", "duckdb.lib"],
            "macos" => &["libduckdb.dylib"],
            _ => &["libduckdb.so"],
        }
    }

    /// The npm package that ships the library with its whole C interface, if
    /// there is one. Tried on linux-x64; the others are the names that the
    /// package `@duckdb/node-bindings` depends on.
    pub(crate) fn npm_package(self) -> Option<String> {
        let os = match self.os {
            "linux" => "linux",
            "macos" => "darwin",
            "windows" => "win32",
            _ => return None,
        };
        let arch = match self.arch {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            _ => return None,
        };
        let libc = if self.musl { "-musl" } else { "" };
        Some(format!(
            "@duckdb/node-bindings-{os}-{arch}{libc}@{NPM_VERSION}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(os: &'static str, arch: &'static str, musl: bool) -> Option<String> {
        Platform { os, arch, musl }.npm_package()
    }

    #[test]
    fn packages_are_named_as_npm_names_platforms() {
        let linux = package("linux", "x86_64", false);
        assert_eq!(
            linux.as_deref(),
            Some("@duckdb/node-bindings-linux-x64@1.5.6-r.1")
        );
        let mac = package("macos", "aarch64", false);
        assert_eq!(
            mac.as_deref(),
            Some("@duckdb/node-bindings-darwin-arm64@1.5.6-r.1")
        );
        let alpine = package("linux", "aarch64", true);
        assert_eq!(
            alpine.as_deref(),
            Some("@duckdb/node-bindings-linux-arm64-musl@1.5.6-r.1")
        );
    }

    #[test]
    fn a_platform_without_a_package_has_none() {
        assert_eq!(package("linux", "riscv64", false), None);
        assert_eq!(package("freebsd", "x86_64", false), None);
    }
}

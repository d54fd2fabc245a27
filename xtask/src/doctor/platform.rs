//! Which package manager this machine has.

/// A family of systems that install programs the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    /// Debian, Ubuntu and what descends from them: apt.
    Debian,
    /// Fedora, Red Hat and what descends from them: dnf.
    Fedora,
    /// Homebrew.
    MacOs,
    /// winget.
    Windows,
    /// Another Linux.
    Other,
}

impl Platform {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 5] = [
        Self::Debian,
        Self::Fedora,
        Self::MacOs,
        Self::Windows,
        Self::Other,
    ];

    /// This machine's.
    pub(crate) fn here() -> Self {
        if cfg!(target_os = "macos") {
            return Self::MacOs;
        }
        if cfg!(windows) {
            return Self::Windows;
        }
        Self::of_release(&std::fs::read_to_string("/etc/os-release").unwrap_or_default())
    }

    /// By the text of `os-release`: the system's own name, or one that it descends from.
    fn of_release(text: &str) -> Self {
        let value = |key: &str| {
            let mut lines = text.lines();
            let found = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            found.unwrap_or_default().replace('"', "")
        };
        let names = format!("{} {}", value("ID"), value("ID_LIKE"));
        let mut families = names.split_whitespace().filter_map(|name| match name {
            "debian" | "ubuntu" => Some(Self::Debian),
            "fedora" | "rhel" => Some(Self::Fedora),
            _ => None,
        });
        families.next().unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_known_by_its_name_or_by_what_it_descends_from() {
        for (text, expected) in [
            ("ID=debian\n", Platform::Debian),
            (
                "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                Platform::Debian,
            ),
            (
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
                Platform::Fedora,
            ),
            ("ID=arch\n", Platform::Other),
            ("", Platform::Other),
        ] {
            assert_eq!(Platform::of_release(text), expected, "{text}");
        }
    }
}

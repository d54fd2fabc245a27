//! What the workbook uses on a machine: one row for each, and nothing else knows.

use super::platform::Platform;

/// One thing that is looked for.
#[derive(Debug)]
pub(crate) struct Tool {
    /// A few words.
    pub(crate) name: &'static str,
    /// Without it the workbook's two commands don't run.
    pub(crate) required: bool,
    /// What needs it.
    pub(crate) needed_for: &'static str,
    /// How it is looked for.
    pub(crate) test: Test,
    /// How it is had.
    pub(crate) install: Install,
}

/// How a tool is looked for.
#[derive(Debug)]
pub(crate) enum Test {
    /// The first of these commands that succeeds; the version is in what it prints.
    Asks {
        /// Program and arguments.
        asks: &'static [&'static [&'static str]],
        /// The oldest version that will do.
        at_least: Option<&'static str>,
        /// Tells what is the matter when none of them succeeds.
        unless: Option<Unless>,
    },
    /// A setting: what the command prints is the setting, not a version.
    Setting(&'static [&'static str]),
    /// A program of one line is compiled and linked.
    Links,
    /// Bytes free where cargo builds: for a first build, and for later ones.
    Disk {
        /// Nothing is built yet.
        first: u64,
        /// Dependencies are built.
        later: u64,
    },
}

/// A tool that is here, and not as it should be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unless {
    /// The command that succeeds all the same.
    pub(crate) ask: &'static [&'static str],
    /// What is the matter then.
    pub(crate) matter: &'static str,
    /// What helps, where installing does not.
    pub(crate) help: Option<&'static str>,
}

/// The command that installs it, by platform.
#[derive(Debug)]
pub(crate) enum Install {
    /// The same everywhere.
    Same(&'static str),
    /// By the platform's own package manager.
    By {
        /// Debian, Ubuntu.
        apt: &'static str,
        /// Fedora.
        dnf: &'static str,
        /// macOS.
        brew: &'static str,
        /// Windows.
        winget: &'static str,
    },
}

impl Install {
    /// The command here; with another Linux, what Debian calls it.
    pub(crate) fn on(&self, platform: Platform) -> String {
        match (self, platform) {
            (Self::Same(command), _) => (*command).to_owned(),
            (Self::By { apt, .. }, Platform::Debian) => (*apt).to_owned(),
            (Self::By { dnf, .. }, Platform::Fedora) => (*dnf).to_owned(),
            (Self::By { brew, .. }, Platform::MacOs) => (*brew).to_owned(),
            (Self::By { winget, .. }, Platform::Windows) => (*winget).to_owned(),
            (Self::By { apt, .. }, Platform::Other) => {
                format!("with your package manager, as on Debian: {apt}")
            }
        }
    }
}

const GB: u64 = 1_000_000_000;

const COMPILER: Install = Install::By {
    apt: "sudo apt-get install -y build-essential",
    dnf: "sudo dnf install -y gcc gcc-c++ make",
    brew: "xcode-select --install",
    winget: "winget install Microsoft.VisualStudio.2022.BuildTools --override \"--passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended\"",
};

const PYTHON: Install = Install::By {
    apt: "sudo apt-get install -y python3 python3-venv",
    dnf: "sudo dnf install -y python3",
    brew: "brew install python",
    winget: "winget install Python.Python.3.13",
};

const DOCKER: Install = Install::By {
    apt: "sudo apt-get install -y docker.io",
    dnf: "sudo dnf install -y moby-engine",
    brew: "brew install --cask docker-desktop",
    winget: "winget install Docker.DockerDesktop",
};

const POSTGRES: Install = Install::By {
    apt: "sudo apt-get install -y postgresql",
    dnf: "sudo dnf install -y postgresql-server",
    brew: "brew install postgresql@17",
    winget: "winget install PostgreSQL.PostgreSQL.17",
};

/// Everything, the required first.
pub(crate) const TOOLS: &[Tool] = &[
    Tool {
        name: "Rust",
        required: true,
        needed_for: "everything",
        test: Test::Asks {
            asks: &[&["rustc", "--version"]],
            at_least: Some(env!("CARGO_PKG_RUST_VERSION")),
            unless: None,
        },
        install: Install::Same("rustup update stable"),
    },
    Tool {
        name: "C compiler",
        required: !cfg!(windows),
        needed_for: "compression and TLS, compiled once",
        test: Test::Asks {
            asks: &[
                &["cc", "--version"],
                &["gcc", "--version"],
                &["clang", "--version"],
                // On Windows it is off the PATH; cargo finds it, as the next row shows.
                &["cl"],
            ],
            at_least: None,
            unless: None,
        },
        install: COMPILER,
    },
    Tool {
        name: "linker",
        required: true,
        needed_for: "every program that is compiled",
        test: Test::Links,
        install: COMPILER,
    },
    Tool {
        name: "disk",
        required: true,
        needed_for: "what cargo builds, tests included, and some runs",
        test: Test::Disk {
            first: 8 * GB,
            later: 2 * GB,
        },
        install: Install::Same(
            "free some space, or build elsewhere: CARGO_TARGET_DIR names another folder",
        ),
    },
    Tool {
        name: "git",
        required: true,
        needed_for: "your history; reset and check compare with what was delivered",
        test: Test::Asks {
            asks: &[&["git", "--version"]],
            at_least: None,
            unless: None,
        },
        install: Install::By {
            apt: "sudo apt-get install -y git",
            dnf: "sudo dnf install -y git",
            brew: "brew install git",
            winget: "winget install Git.Git",
        },
    },
    Tool {
        name: "git's user.name",
        required: false,
        needed_for: "commits of your own (1.1)",
        test: Test::Setting(&["git", "config", "user.name"]),
        install: Install::Same("git config --global user.name \"Your Name\""),
    },
    Tool {
        name: "git's user.email",
        required: false,
        needed_for: "commits of your own (1.1)",
        test: Test::Setting(&["git", "config", "user.email"]),
        install: Install::Same("git config --global user.email you@example.org"),
    },
    Tool {
        name: "C++ compiler",
        required: false,
        needed_for: "DuckDB from source, where its library cannot be had ready-made",
        test: Test::Asks {
            asks: &[
                &["c++", "--version"],
                &["g++", "--version"],
                &["clang++", "--version"],
            ],
            at_least: None,
            unless: None,
        },
        install: COMPILER,
    },
    Tool {
        name: "Docker",
        required: false,
        needed_for: "the container of 1.1; Postgres by compose",
        test: Test::Asks {
            asks: &[&["docker", "info", "--format", "{{.ServerVersion}}"]],
            at_least: None,
            unless: Some(Unless {
                ask: &["docker", "--version"],
                matter: "the client is here, and no engine answers",
                help: Some("start Docker Desktop, or: sudo systemctl start docker"),
            }),
        },
        install: DOCKER,
    },
    Tool {
        name: "Docker Compose",
        required: false,
        needed_for: "the services of 1.1 together",
        test: Test::Asks {
            asks: &[&["docker", "compose", "version", "--short"]],
            at_least: Some("2"),
            unless: None,
        },
        install: Install::By {
            // Ubuntu's name for it; Debian's is docker-compose.
            apt: "sudo apt-get install -y docker-compose-v2 || sudo apt-get install -y docker-compose",
            dnf: "sudo dnf install -y docker-compose",
            brew: "brew install --cask docker-desktop",
            winget: "winget install Docker.DockerDesktop",
        },
    },
    Tool {
        name: "Postgres server",
        required: false,
        needed_for: "looking at samples by SQL (1.1) without Docker",
        test: Test::Asks {
            asks: &[&["initdb", "--version"]],
            at_least: None,
            unless: None,
        },
        install: POSTGRES,
    },
    Tool {
        name: "psql",
        required: false,
        needed_for: "loading samples and asking Postgres (1.1)",
        test: Test::Asks {
            asks: &[&["psql", "--version"]],
            at_least: None,
            unless: None,
        },
        install: Install::By {
            apt: "sudo apt-get install -y postgresql-client",
            dnf: "sudo dnf install -y postgresql",
            brew: "brew install libpq",
            winget: "winget install PostgreSQL.PostgreSQL.17",
        },
    },
    Tool {
        name: "Python with venv",
        required: false,
        needed_for: "the engines below, each in an environment of its own",
        test: Test::Asks {
            asks: &[
                &["python3", "-c", PYTHON_WITH_VENV],
                &["python", "-c", PYTHON_WITH_VENV],
            ],
            at_least: Some("3.10"),
            unless: Some(Unless {
                ask: &["python3", "--version"],
                matter: "Python is here, its module venv is not",
                help: None,
            }),
        },
        install: PYTHON,
    },
    Tool {
        name: "Airflow",
        required: false,
        needed_for: "running the DAGs of 3.1 and 3.2",
        test: Test::Asks {
            asks: &[&["airflow", "version"]],
            at_least: Some("3"),
            unless: None,
        },
        install: Install::Same("cargo xtask engines"),
    },
    Tool {
        name: "dbt",
        required: false,
        needed_for: "the real dbt on the project of 4.2",
        test: Test::Asks {
            asks: &[&["dbt", "--version"]],
            at_least: None,
            unless: None,
        },
        install: Install::Same("cargo xtask engines"),
    },
    Tool {
        name: "moto",
        required: false,
        needed_for: "a second S3 for the store's tests",
        test: Test::Asks {
            // It has no option that tells its version.
            asks: &[&["moto_server", "--help"]],
            at_least: None,
            unless: None,
        },
        install: Install::Same("cargo xtask engines"),
    },
    Tool {
        name: "Terraform",
        required: false,
        needed_for: "validating the modules of week 6",
        test: Test::Asks {
            asks: &[&["terraform", "version"]],
            at_least: Some("1"),
            unless: None,
        },
        install: Install::By {
            apt: "from https://developer.hashicorp.com/terraform/install",
            dnf: "from https://developer.hashicorp.com/terraform/install",
            brew: "brew install hashicorp/tap/terraform",
            winget: "winget install Hashicorp.Terraform",
        },
    },
    Tool {
        name: "Chromium",
        required: false,
        needed_for: "trying the book's pages (maintainers)",
        test: Test::Asks {
            asks: &[
                &["chromium", "--version"],
                &["chromium-browser", "--version"],
                &["google-chrome", "--version"],
            ],
            at_least: None,
            unless: None,
        },
        install: Install::By {
            apt: "sudo apt-get install -y chromium",
            dnf: "sudo dnf install -y chromium",
            brew: "brew install --cask chromium",
            winget: "winget install Google.Chrome",
        },
    },
];

/// `ensurepip` is what Debian keeps in a package of its own.
const PYTHON_WITH_VENV: &str = "import venv, ensurepip, platform; print(platform.python_version())";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_says_what_it_is_for_and_how_it_is_had_everywhere() {
        for tool in TOOLS {
            assert!(!tool.needed_for.is_empty(), "{}", tool.name);
            for platform in Platform::ALL {
                let command = tool.install.on(platform);
                assert!(!command.is_empty(), "{} on {platform:?}", tool.name);
            }
        }
    }

    #[test]
    fn names_are_told_apart() {
        let names: std::collections::BTreeSet<_> = TOOLS.iter().map(|tool| tool.name).collect();
        assert_eq!(names.len(), TOOLS.len());
    }

    #[test]
    fn the_required_come_first() {
        assert!(TOOLS.is_sorted_by_key(|tool| !tool.required || cfg!(windows)));
    }
}

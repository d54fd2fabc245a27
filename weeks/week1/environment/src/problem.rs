//! What can be wrong with a configuration. No message repeats a value that may be secret.

use std::fmt;

use crate::Layer;

/// A line of `.env` that does not read the same everywhere. Lines count from 1. The text is
/// never repeated: it may be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DotenvError {
    /// There is no `=`.
    #[error(".env, line {line}: NAME=VALUE is expected")]
    NoAssignment {
        /// Where.
        line: usize,
    },
    /// What stands before the first `=` is no name.
    #[error(
        ".env, line {line}: a name has letters, digits and underscores, does not begin with a \
         digit, and touches the `=`"
    )]
    BadName {
        /// Where.
        line: usize,
    },
    /// A quote that opens and does not close on its line.
    #[error(".env, line {line}: the quote of {name} is not closed")]
    Unclosed {
        /// Where.
        line: usize,
        /// Whose value it is.
        name: String,
    },
    /// A shell and Docker Compose would read two different values.
    #[error(
        ".env, line {line}: shells and Compose would not agree on the value of {name}; put it in \
         single quotes"
    )]
    Ambiguous {
        /// Where.
        line: usize,
        /// Whose value it is.
        name: String,
    },
    /// A name that is already set above.
    #[error(".env, line {line}: {name} is set in line {first} already")]
    Repeated {
        /// Where.
        line: usize,
        /// The name.
        name: String,
        /// Where it stands first.
        first: usize,
    },
}

/// A settings file that can't be read as one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It is no TOML. The line is told, its text is not.
    #[error("open-payments.toml, line {line}: {message}")]
    Syntax {
        /// Where, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A setting is a text, a number, or true or false.
    #[error("open-payments.toml: {key} is neither a text nor a number nor true or false")]
    Shape {
        /// Which.
        key: String,
    },
}

/// Something wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A name that no setting has, and that is meant as one.
    #[error("{name} in {layer} is no setting{}", hint(nearest.as_deref()))]
    Unknown {
        /// Who says it.
        layer: Layer,
        /// What it is called there.
        name: String,
        /// What was perhaps meant.
        nearest: Option<String>,
    },
    /// A secret in a file that is committed.
    #[error(
        "{key} is a secret, and open-payments.toml is committed: take it out, renew it, and set \
         {variable} in .env or in the environment"
    )]
    Misplaced {
        /// Key of the setting.
        key: &'static str,
        /// Its variable.
        variable: &'static str,
    },
    /// A value that its setting does not take.
    #[error("{} says {shown}, and {key} takes {expected}", place(variable, key, *layer))]
    Invalid {
        /// Variable of the setting.
        variable: &'static str,
        /// Its key.
        key: &'static str,
        /// Who says it.
        layer: Layer,
        /// What may be shown of the value.
        shown: String,
        /// What a value looks like.
        expected: String,
    },
    /// A required setting that nobody mentions.
    #[error("{variable} is missing: set it in the environment or in .env{}", file(key, *secret))]
    Missing {
        /// Variable of the setting.
        variable: &'static str,
        /// Its key.
        key: &'static str,
        /// Whether it must stay out of the committed file.
        secret: bool,
    },
    /// A group of which a layer says one part and not the other.
    #[error(
        "{variable} is missing in {layer}, which says other parts of {group}: they are taken \
         from one place or not at all"
    )]
    Incomplete {
        /// Variable of the setting that is missing.
        variable: &'static str,
        /// The group.
        group: &'static str,
        /// Who says the other part.
        layer: Layer,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(": is {name} meant?"))
}

fn place(variable: &str, key: &str, layer: Layer) -> String {
    match layer {
        Layer::File => format!("{key} in {layer}"),
        Layer::DotEnv | Layer::Environment => format!("{variable} in {layer}"),
        Layer::Default | Layer::Flag => format!("the {layer} of {key}"),
    }
}

fn file(key: &str, secret: bool) -> String {
    if secret {
        String::new()
    } else {
        format!(", or {key} in open-payments.toml")
    }
}

/// Everything that is wrong, told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

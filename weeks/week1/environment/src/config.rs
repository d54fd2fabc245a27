//! Settings: what there is to say, who says it, and what came of it.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use crate::Problem;

/// Our own variables begin like this, so that a misspelt one can be told from a stranger's.
pub const OWN_PREFIX: &str = "CAPSTONE_";
/// What is shown in a secret's place: always the same, so that not even its length is told.
pub const NOT_SHOWN: &str = "***";

/// Who says something. Later ones win over earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The program itself.
    Default,
    /// `open-payments.toml`: committed, the same for everybody, so it holds no secret.
    File,
    /// `.env`: this machine's, never committed.
    DotEnv,
    /// The process's environment: what a scheduler or a container sets.
    Environment,
    /// The command line: this one call.
    Flag,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => "open-payments.toml",
            Self::DotEnv => ".env",
            Self::Environment => "environment",
            Self::Flag => "flag",
        })
    }
}

/// What kind of value a setting has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything.
    Text,
    /// A whole number from 1.
    Count,
    /// A time with its unit: `90s`, `24h`, `7d`.
    Time,
    /// `http://…` or `https://…`.
    Address,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// One setting: its names, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its place in `open-payments.toml`, sections and name joined by dots: `lake.endpoint`.
    /// Unique, and what the other types call it by.
    pub key: &'static str,
    /// Its variable in the environment and in `.env`. Unique too.
    pub variable: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What holds if nobody says anything.
    pub default: Option<&'static str>,
    /// It is a problem if nobody says anything and there is no default. A required member
    /// of a group is required only where its group is said at all.
    pub required: bool,
    /// Its value is shown to nobody, and does not belong into a committed file.
    pub secret: bool,
    /// Settings of one group are worth nothing apart, as an access key and its secret.
    pub group: Option<&'static str>,
}

impl Setting {
    /// An optional setting that is no secret.
    pub const fn new(key: &'static str, variable: &'static str, kind: Kind) -> Self {
        Self {
            key,
            variable,
            kind,
            default: None,
            required: false,
            secret: false,
            group: None,
        }
    }

    /// The same with a default.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self {
            default: Some(default),
            ..self
        }
    }

    /// The same, required.
    #[must_use]
    pub const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// The same, secret.
    #[must_use]
    pub const fn secret(self) -> Self {
        Self {
            secret: true,
            ..self
        }
    }

    /// The same in a group.
    #[must_use]
    pub const fn of(self, group: &'static str) -> Self {
        Self {
            group: Some(group),
            ..self
        }
    }
}

/// A text that does not show itself. `.env` values and variables travel in it until their
/// setting is known: before that, any of them may be a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NOT_SHOWN)
    }
}

/// What one layer says: texts by the key of their setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who says it.
    pub layer: Layer,
    /// What it says.
    pub texts: BTreeMap<&'static str, Secret>,
}

impl Said {
    /// A layer that says nothing yet.
    pub fn nothing(layer: Layer) -> Self {
        Self {
            layer,
            texts: BTreeMap::new(),
        }
    }
}

/// A value of the right kind.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Of [`Kind::Text`] or [`Kind::OneOf`].
    Text(String),
    /// Of [`Kind::Count`].
    Count(NonZeroUsize),
    /// Of [`Kind::Time`].
    Time(Duration),
    /// Of [`Kind::Address`].
    Address(String),
    /// Of a secret setting, whatever its kind.
    Secret(Secret),
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Address(text) => without_user(text).fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::Secret(secret) => secret.fmt(f),
        }
    }
}

/// A text that is no value of its setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What a value looks like.
    pub expected: String,
}

impl Value {
    /// Reads a text as this setting wants it. The error does not repeat the text.
    pub fn read(setting: &Setting, text: &str) -> Result<Self, Wrong> {
        let value = match setting.kind {
            Kind::Text => Self::Text(text.to_owned()),
            Kind::Count => Self::Count(
                text.parse()
                    .map_err(|_| wrong("a whole number from 1".into()))?,
            ),
            Kind::Time => Self::Time(parse_time(text).map_err(wrong)?),
            Kind::Address => Self::Address(parse_address(text).map_err(wrong)?),
            Kind::OneOf(words) if words.contains(&text) => Self::Text(text.to_owned()),
            Kind::OneOf(words) => return Err(wrong(format!("one of {}", words.join(", ")))),
        };
        Ok(if setting.secret {
            Self::Secret(Secret::new(text))
        } else {
            value
        })
    }
}

fn wrong(expected: String) -> Wrong {
    Wrong { expected }
}

/// A value, and who said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The value.
    pub value: Value,
    /// Who said it.
    pub layer: Layer,
}

/// What holds: values by the key of their setting. A setting that nobody mentions and that
/// has no default is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The values.
    pub values: BTreeMap<&'static str, Resolved>,
}

impl Config {
    /// A value that is no secret, as text.
    pub fn text(&self, key: &str) -> Option<&str> {
        match &self.values.get(key)?.value {
            Value::Text(text) | Value::Address(text) => Some(text),
            _ => None,
        }
    }

    /// A number.
    pub fn count(&self, key: &str) -> Option<NonZeroUsize> {
        match self.values.get(key)?.value {
            Value::Count(count) => Some(count),
            _ => None,
        }
    }

    /// A time.
    pub fn time(&self, key: &str) -> Option<Duration> {
        match self.values.get(key)?.value {
            Value::Time(time) => Some(time),
            _ => None,
        }
    }

    /// A secret.
    pub fn secret(&self, key: &str) -> Option<&Secret> {
        match &self.values.get(key)?.value {
            Value::Secret(secret) => Some(secret),
            _ => None,
        }
    }
}

/// One line of the table that shows which settings hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Key of the setting.
    pub key: &'static str,
    /// Its variable.
    pub variable: &'static str,
    /// What is shown of its value; `None` if it has none.
    pub shown: Option<String>,
    /// Who said it; `None` if nobody did.
    pub layer: Option<Layer>,
}

/// An address without the user and password that it may hold: `http://***@host/path`. Any
/// other text stays as it is.
pub fn without_user(text: &str) -> String {
    let masked = text.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (_, host) = authority.rsplit_once('@')?;
        Some(format!("{scheme}://{NOT_SHOWN}@{host}{path}"))
    });
    masked.unwrap_or_else(|| text.to_owned())
}

/// The candidate that a misspelt name is closest to, if one is close: at most two letters
/// differ.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `90s`, `24h`, `7d`: a time has a unit and does not run backwards. The error says what
/// one looks like.
pub fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = |_| "a time, such as 90s, 24h or 7d".to_owned();
    let span: Span = text.parse().map_err(wrong)?;
    let time = span.to_duration(SpanRelativeTo::days_are_24_hours());
    Duration::try_from(time.map_err(wrong)?).map_err(wrong)
}

/// An address of a service. The error says what one looks like.
pub fn parse_address(text: &str) -> Result<String, String> {
    let host = ["http://", "https://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    match host {
        Some(host) if !host.is_empty() => Ok(text.to_owned()),
        _ => Err("an address that starts with http:// or https://, such as \
                  http://127.0.0.1:9000"
            .into()),
    }
}

impl Problem {
    /// A value that its setting does not take. Of a secret, nothing is shown.
    pub fn invalid(setting: &Setting, layer: Layer, text: &str, wrong: Wrong) -> Self {
        let shown = if setting.secret {
            NOT_SHOWN.to_owned()
        } else {
            format!("{:?}", without_user(text))
        };
        Self::Invalid {
            variable: setting.variable,
            key: setting.key,
            layer,
            shown,
            expected: wrong.expected,
        }
    }
}

//! A network and a service that fail on purpose, below the SDK.
//!
//! [`Faults`] in [`StoreConfig::faults`](crate::StoreConfig::faults) puts a connector
//! between the SDK and whatever carries its requests, embedded or remote alike. So the
//! store, its retries, and all that is built on it meet what they meet on a bad day:
//! [`Fault`] lists the five ways. No fault takes time.
//!
//! Which request is hit depends on the seed, on the request (method, path, query without
//! upload ids, range) and on how often this very request was sent before. It does not
//! depend on the order in which threads send different requests, so a seed replays a
//! failure as long as the same work asks for the same keys.
//!
//! Nothing here changes a byte that was written or an answer that arrives whole: a fault
//! delays or hides what happened, as real ones do.

mod body;
mod connector;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

pub(crate) use connector::{Faulty, Tally};

/// One way in which a request fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// `slow-down`: HTTP 503 `SlowDown`; the request is not carried out.
    SlowDown,
    /// `reset`: the connection is reset before the request; it is not carried out.
    Reset,
    /// `timeout`: no answer in time. For one half of them the request is carried out.
    Timeout,
    /// `lost-reply`: the request is carried out, and the connection ends before the answer.
    LostReply,
    /// `short-body`: the request is carried out, and its answer breaks off in the middle.
    /// One half of the bodies end with an error of the connection, the others as if they
    /// were complete. An answer without a body breaks off in its head.
    ShortBody,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::SlowDown,
        Self::Reset,
        Self::Timeout,
        Self::LostReply,
        Self::ShortBody,
    ];

    /// Its name on a command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SlowDown => "slow-down",
            Self::Reset => "reset",
            Self::Timeout => "timeout",
            Self::LostReply => "lost-reply",
            Self::ShortBody => "short-body",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many faults of each kind were injected.
pub type Injected = BTreeMap<Fault, u64>;

/// Which requests fail, and how. Written `seed=7,rate=0.1,kinds=reset+timeout,limit=20`;
/// what is left out has its default.
#[derive(Debug, Clone, PartialEq)]
pub struct Faults {
    /// The same seed fails the same requests. Default 0.
    pub seed: u64,
    /// Share of the requests that fail, 0 to 1. Default 0.1.
    pub rate: f64,
    /// What happens to them, each kind equally often. Default [`Fault::ALL`].
    pub kinds: Vec<Fault>,
    /// Faults in all; after them every request gets through. Default: no limit.
    pub limit: Option<u64>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            seed: 0,
            rate: 0.1,
            kinds: Fault::ALL.to_vec(),
            limit: None,
        }
    }
}

/// Text that says no [`Faults`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}: write seed=7,rate=0.1, and if need be kinds=reset+lost-reply and limit=20")]
pub struct NotFaults(String);

impl FromStr for Faults {
    type Err = NotFaults;

    fn from_str(text: &str) -> Result<Self, NotFaults> {
        let mut faults = Self::default();
        for setting in text.split(',').map(str::trim) {
            faults.set(setting)?;
        }
        Ok(faults)
    }
}

impl Faults {
    fn set(&mut self, setting: &str) -> Result<(), NotFaults> {
        let wrong = |why: &str| NotFaults(format!("{setting:?} {why}"));
        let (name, value) = setting.split_once('=').ok_or_else(|| wrong("has no ="))?;
        let number = || value.parse().map_err(|_| wrong("is no whole number"));
        match name {
            "seed" => self.seed = number()?,
            "limit" => self.limit = Some(number()?),
            "rate" => {
                let rate = value.parse().ok();
                let share = rate.filter(|rate| (0.0..=1.0).contains(rate));
                self.rate = share.ok_or_else(|| wrong("is no share from 0 to 1"))?;
            }
            "kinds" => {
                let kind = |name| Fault::ALL.into_iter().find(|kind| kind.as_str() == name);
                let kinds: Option<Vec<Fault>> = value.split('+').map(kind).collect();
                let known = Fault::ALL.map(Fault::as_str).join(", ");
                self.kinds = kinds.ok_or_else(|| wrong(&format!("names others than {known}")))?;
            }
            _ => return Err(wrong("is not known")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_from_text_and_what_is_left_out_has_its_default() {
        let read = |text: &str| text.parse::<Faults>();
        assert_eq!(
            read("seed=7, rate=0.25,kinds=reset+short-body,limit=3"),
            Ok(Faults {
                seed: 7,
                rate: 0.25,
                kinds: vec![Fault::Reset, Fault::ShortBody],
                limit: Some(3),
            })
        );
        assert_eq!(
            read("seed=9"),
            Ok(Faults {
                seed: 9,
                ..Faults::default()
            })
        );
        for wrong in [
            "", "seed", "seed=x", "rate=2", "rate=NaN", "kinds=", "limit=-1", "a=1",
        ] {
            let said = read(wrong).unwrap_err().to_string();
            assert!(said.contains("write seed=7"), "{wrong:?}: {said}");
        }
    }
}

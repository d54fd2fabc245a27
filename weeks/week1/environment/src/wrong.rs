//! Wrong answers: plausible, popular, and each found by a named test.
//!
//! `checkpoint.toml` says of each which test finds it, and explains the mistake.

#![allow(
    missing_docs,
    reason = "what they should do is in the reference, what they do wrong in checkpoint.toml"
)]

/// Takes everything behind a `#` for a comment.
pub mod hash_is_a_comment {
    pub use crate::solution::*;
    use crate::{DotenvError, Secret};

    pub fn parse_dotenv(text: &str) -> Result<Vec<(String, Secret)>, DotenvError> {
        let without = |line: &str| {
            let in_quotes = line.contains(['\'', '"']);
            let end = line.find('#').filter(|_| !in_quotes);
            line[..end.unwrap_or(line.len())].to_owned()
        };
        let lines: Vec<String> = text.lines().map(without).collect();
        crate::solution::parse_dotenv(&lines.join("\n"))
    }
}

/// Lets `.env` win over the environment, as dotenv libraries do with `override`.
pub mod env_file_wins {
    pub use crate::solution::*;
    use crate::{Config, Layer, Problems, Said, Setting};

    pub fn resolve(settings: &[Setting], layers: &[Said]) -> Result<Config, Problems> {
        let has_flag = |key: &str| {
            let flags = layers.iter().filter(|said| said.layer == Layer::Flag);
            flags.into_iter().any(|said| said.texts.contains_key(key))
        };
        let mut layers = layers.to_vec();
        let dotenv = layers.iter().find(|said| said.layer == Layer::DotEnv);
        let dotenv: Vec<&str> = dotenv
            .iter()
            .flat_map(|said| said.texts.keys())
            .copied()
            .filter(|key| !has_flag(key))
            .collect();
        for said in &mut layers {
            if said.layer == Layer::Environment {
                said.texts.retain(|key, _| !dotenv.contains(key));
            }
        }
        crate::solution::resolve(settings, &layers)
    }
}

/// Stops at the first problem.
pub mod first_problem_only {
    pub use crate::solution::*;
    use crate::{Config, Problems, Said, Setting};

    pub fn resolve(settings: &[Setting], layers: &[Said]) -> Result<Config, Problems> {
        crate::solution::resolve(settings, layers).map_err(|Problems(mut problems)| {
            problems.truncate(1);
            Problems(problems)
        })
    }
}

/// Looks only at whether a variable is there.
pub mod empty_is_a_value {
    pub use crate::solution::*;
    use crate::{Layer, Problems, Said, Secret, Setting};

    pub fn from_variables(
        settings: &[Setting],
        layer: Layer,
        variables: &[(String, Secret)],
    ) -> Result<Said, Problems> {
        let mut said = crate::solution::from_variables(settings, layer, variables)?;
        for setting in settings {
            let mut variables = variables.iter();
            let found = variables.find(|(name, _)| name == setting.variable);
            if let Some((_, text)) = found {
                said.texts.insert(setting.key, text.clone());
            }
        }
        Ok(said)
    }
}

/// Resolves each part of a credential by itself.
pub mod credentials_are_mixed {
    pub use crate::solution::*;
    use crate::{Config, Problems, Said, Setting};

    pub fn resolve(settings: &[Setting], layers: &[Said]) -> Result<Config, Problems> {
        let said = |group: &str| {
            let mut members = settings.iter().filter(|other| other.group == Some(group));
            members.any(|member| {
                layers
                    .iter()
                    .any(|said| said.texts.contains_key(member.key))
            })
        };
        let apart: Vec<Setting> = settings
            .iter()
            .map(|setting| Setting {
                required: setting.required && setting.group.is_none_or(said),
                group: None,
                ..*setting
            })
            .collect();
        crate::solution::resolve(&apart, layers)
    }
}

/// Shows the last four letters, as web consoles do.
pub mod last_four_letters {
    pub use crate::solution::*;
    use crate::{Config, Explained, NOT_SHOWN, Setting};

    pub fn explain(settings: &[Setting], config: &Config) -> Vec<Explained> {
        let mut table = crate::solution::explain(settings, config);
        for line in &mut table {
            if let Some(secret) = config.secret(line.key) {
                let text: Vec<char> = secret.expose().chars().collect();
                let end: String = text.iter().skip(text.len().saturating_sub(4)).collect();
                line.shown = Some(format!("{NOT_SHOWN}{end}"));
            }
        }
        table
    }
}

/// Takes what a key begins with for its folder.
pub mod prefix_is_a_zone {
    pub use crate::solution::*;
    use crate::{Lifetime, Operation, Permit, Refused, Zone};

    pub fn zone_of(key: &str) -> Result<Zone, Refused> {
        let zones = [
            ("raw", Zone::Raw),
            ("staging", Zone::Staging),
            ("curated", Zone::Curated),
            ("metadata", Zone::Metadata),
        ];
        let found = zones.iter().find(|(start, _)| key.starts_with(start));
        let dots = key.split('/').any(|part| matches!(part, "" | "." | ".."));
        let alone = !key.contains('/') && !key.contains('.');
        found
            .filter(|_| !dots && !alone)
            .map(|(_, zone)| *zone)
            .ok_or_else(|| Refused::NoZone {
                key: key.to_owned(),
            })
    }

    pub fn lifetime(key: &str) -> Result<Lifetime, Refused> {
        match zone_of(key)? {
            Zone::Raw => Ok(Lifetime::Kept),
            Zone::Staging | Zone::Curated => Ok(Lifetime::Sealed),
            Zone::Metadata => crate::solution::lifetime(key),
        }
    }

    pub fn permit(key: &str, operation: Operation) -> Result<Permit, Refused> {
        let lifetime = lifetime(key)?;
        match crate::solution::permit(key, operation) {
            Err(Refused::NoZone { .. }) if operation == Operation::Create => {
                Ok(Permit::new(key, operation))
            }
            Err(Refused::NoZone { key }) => Err(Refused::Forbidden {
                key,
                operation,
                lifetime,
            }),
            other => other,
        }
    }
}

/// Takes what may be replaced for what may be deleted.
pub mod mutable_is_deletable {
    pub use crate::solution::*;
    use crate::{Lifetime, Operation, Permit, Refused};

    pub fn permit(key: &str, operation: Operation) -> Result<Permit, Refused> {
        let deletes = matches!(operation, Operation::Collect | Operation::Remove);
        if deletes && lifetime(key)? == Lifetime::Current {
            return Ok(Permit::new(key, operation));
        }
        crate::solution::permit(key, operation)
    }
}

/// Writes a commit like any other object that is named by its content.
pub mod commit_is_rewritten {
    pub use crate::solution::*;
    use crate::{Lifetime, Operation, Permit, Refused};

    pub fn permit(key: &str, operation: Operation) -> Result<Permit, Refused> {
        if operation == Operation::Rewrite && lifetime(key)? == Lifetime::Once {
            return Ok(Permit::new(key, operation));
        }
        crate::solution::permit(key, operation)
    }
}

/// Copies the sources first.
pub mod sources_first {
    pub use crate::solution::*;

    pub const DOCKERFILE: &str = include_str!("../wrong/Dockerfile.sources-first");
}

/// Pins the major version.
pub mod major_tag {
    pub use crate::solution::*;

    pub const DOCKERFILE: &str = include_str!("../wrong/Dockerfile.major-tag");
}

/// Gives the password a default.
pub mod password_with_default {
    pub use crate::solution::*;

    pub const COMPOSE: &str = include_str!("../wrong/compose.password-default.yaml");
}

/// Waits until Postgres is started.
pub mod waits_for_the_start {
    pub use crate::solution::*;

    pub const COMPOSE: &str = include_str!("../wrong/compose.started.yaml");
}

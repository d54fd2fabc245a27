//! Who says what, and what holds.

use std::collections::BTreeMap;

use crate::{
    Config, Explained, Layer, NOT_SHOWN, OWN_PREFIX, Problem, Problems, Resolved, Said, Secret,
    Setting, Value, nearest, without_user,
};

/// What variables say, in the environment or in `.env`.
///
/// Of each setting its variable is taken, unless it is empty: `NAME=` is how Compose and
/// shells say that there is none. Other variables are somebody else's and not an error,
/// except those that begin with [`OWN_PREFIX`]: each is a [`Problem::Unknown`], with the
/// [`nearest`] variable of all settings. All of them are told.
pub fn from_variables(
    settings: &[Setting],
    layer: Layer,
    variables: &[(String, Secret)],
) -> Result<Said, Problems> {
    let mut said = Said::nothing(layer);
    let mut problems = Vec::new();
    for (name, text) in variables {
        let setting = settings.iter().find(|setting| setting.variable == name);
        if let Some(setting) = setting {
            if !text.expose().is_empty() {
                said.texts.insert(setting.key, text.clone());
            }
        } else if name.starts_with(OWN_PREFIX) {
            let variables = settings.iter().map(|setting| setting.variable);
            problems.push(unknown(layer, name, nearest(name, variables)));
        }
    }
    all_or(said, problems)
}

/// What `open-payments.toml` says; `entries` are its keys and texts.
///
/// The file is ours alone, so every key that no setting has is a [`Problem::Unknown`], with
/// the [`nearest`] key of all settings that are no secrets. It is committed, so a secret in
/// it is [`Problem::Misplaced`]. An empty text says nothing. All problems are told.
pub fn from_file(settings: &[Setting], entries: &[(String, String)]) -> Result<Said, Problems> {
    let mut said = Said::nothing(Layer::File);
    let mut problems = Vec::new();
    for (name, text) in entries {
        match settings.iter().find(|setting| setting.key == name) {
            Some(setting) if setting.secret => problems.push(Problem::Misplaced {
                key: setting.key,
                variable: setting.variable,
            }),
            Some(_) if text.is_empty() => {}
            Some(setting) => {
                said.texts.insert(setting.key, Secret::new(text));
            }
            None => {
                let open = settings.iter().filter(|setting| !setting.secret);
                let keys = open.map(|setting| setting.key);
                problems.push(unknown(Layer::File, name, nearest(name, keys)));
            }
        }
    }
    all_or(said, problems)
}

/// What holds.
///
/// `layers` come in any order, each at most once. Of each setting, the highest [`Layer`]
/// that says something wins, and its default is the lowest. The text that wins is read by
/// [`Value::read`]; what it hides is not looked at, so a broken value in the file does no
/// harm to who overrides it.
///
/// A group (see [`Setting::group`]) is taken whole from the highest layer that says any of
/// its members; what other layers say of it is not heard. A required member that this layer
/// lacks is [`Problem::Incomplete`]. A group that nobody mentions is left out without a
/// problem. Members have no defaults.
///
/// Anything else that is required and that nobody says is [`Problem::Missing`]. All problems
/// are told at once.
// ANCHOR: resolve
pub fn resolve(settings: &[Setting], layers: &[Said]) -> Result<Config, Problems> {
    // ANCHOR_END: resolve
    let mut config = Config::default();
    let mut problems = Vec::new();
    let sources = group_sources(settings, layers);
    for setting in settings {
        let winner = match setting.group {
            None => alone(setting, layers),
            Some(group) => sources
                .get(group)
                .and_then(|said| Some((said.layer, said.texts.get(setting.key)?.expose()))),
        };
        let Some((layer, text)) = winner else {
            problems.extend(absent(setting, &sources));
            continue;
        };
        match Value::read(setting, text) {
            Ok(value) => {
                let resolved = Resolved { value, layer };
                config.values.insert(setting.key, resolved);
            }
            Err(wrong) => problems.push(Problem::invalid(setting, layer, text, wrong)),
        }
    }
    all_or(config, problems)
}

/// What holds of every setting, in their order, and who said it: what a program shows when
/// it is asked for its settings.
///
/// A secret is shown as [`NOT_SHOWN`], whatever its length; texts and addresses are shown
/// [`without_user`]; a time is shown in seconds: `90s`.
pub fn explain(settings: &[Setting], config: &Config) -> Vec<Explained> {
    let line = |setting: &Setting| {
        let resolved = config.values.get(setting.key);
        Explained {
            key: setting.key,
            variable: setting.variable,
            shown: resolved.map(|resolved| show(&resolved.value)),
            layer: resolved.map(|resolved| resolved.layer),
        }
    };
    settings.iter().map(line).collect()
}

fn unknown(layer: Layer, name: &str, nearest: Option<&str>) -> Problem {
    Problem::Unknown {
        layer,
        name: name.to_owned(),
        nearest: nearest.map(str::to_owned),
    }
}

fn all_or<T>(good: T, problems: Vec<Problem>) -> Result<T, Problems> {
    if problems.is_empty() {
        Ok(good)
    } else {
        Err(Problems(problems))
    }
}

/// The layer that each group is taken from.
fn group_sources<'a>(settings: &[Setting], layers: &'a [Said]) -> BTreeMap<&'static str, &'a Said> {
    let mut sources: BTreeMap<&'static str, &Said> = BTreeMap::new();
    for setting in settings {
        let Some(group) = setting.group else { continue };
        for said in layers {
            let higher = sources.get(group).is_none_or(|now| now.layer < said.layer);
            if higher && said.texts.contains_key(setting.key) {
                sources.insert(group, said);
            }
        }
    }
    sources
}

/// Who says a setting that is in no group, and what.
fn alone<'a>(setting: &Setting, layers: &'a [Said]) -> Option<(Layer, &'a str)> {
    layers
        .iter()
        .filter_map(|said| Some((said.layer, said.texts.get(setting.key)?.expose())))
        .max_by_key(|(layer, _)| *layer)
        .or_else(|| Some((Layer::Default, setting.default?)))
}

/// What is wrong with a setting that nobody says, if anything.
fn absent(setting: &Setting, sources: &BTreeMap<&'static str, &Said>) -> Option<Problem> {
    if !setting.required {
        return None;
    }
    match setting.group {
        None => Some(Problem::Missing {
            variable: setting.variable,
            key: setting.key,
            secret: setting.secret,
        }),
        Some(group) => sources.get(group).map(|said| Problem::Incomplete {
            variable: setting.variable,
            group,
            layer: said.layer,
        }),
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Address(text) => without_user(text),
        Value::Count(count) => count.to_string(),
        Value::Time(time) => format!("{}s", time.as_secs()),
        Value::Secret(_) => NOT_SHOWN.to_owned(),
    }
}

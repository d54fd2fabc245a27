//! Who says what, and what holds.

use crate::{
    Config, Explained, Layer, NOT_SHOWN, OWN_PREFIX, Problem, Problems, Said, Secret, Setting,
    Value, nearest, without_user,
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
    todo!(
        "take what {} settings know of {} variables in {layer}",
        settings.len(),
        variables.len()
    )
}

/// What `open-payments.toml` says; `entries` are its keys and texts.
///
/// The file is ours alone, so every key that no setting has is a [`Problem::Unknown`], with
/// the [`nearest`] key of all settings that are no secrets. It is committed, so a secret in
/// it is [`Problem::Misplaced`]. An empty text says nothing. All problems are told.
pub fn from_file(settings: &[Setting], entries: &[(String, String)]) -> Result<Said, Problems> {
    todo!(
        "take what {} settings know of {} entries",
        settings.len(),
        entries.len()
    )
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
pub fn resolve(settings: &[Setting], layers: &[Said]) -> Result<Config, Problems> {
    todo!(
        "find out what {} layers say of {} settings",
        layers.len(),
        settings.len()
    )
}

/// What holds of every setting, in their order, and who said it: what a program shows when
/// it is asked for its settings.
///
/// A secret is shown as [`NOT_SHOWN`], whatever its length; texts and addresses are shown
/// [`without_user`]; a time is shown in seconds: `90s`.
pub fn explain(settings: &[Setting], config: &Config) -> Vec<Explained> {
    todo!(
        "show {} values of {} settings",
        config.values.len(),
        settings.len()
    )
}

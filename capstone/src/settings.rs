//! What the pipeline is told, and by whom: defaults, `open-payments.toml`, `.env`, the
//! environment, flags. Checkpoint 1.1 decides who wins; this module reads files and variables,
//! and says which settings there are.
//!
//! Variables that belong to others keep their names: `AWS_…`, `OPENLINEAGE_…`, `RUST_LOG`.
//! The drills (`CAPSTONE_CRASH`, `CAPSTONE_FAULTS`) are no settings: a file that makes every
//! run fail would be found too late.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context as _;
use store::KeyPair;
use week1_environment::{Config, Explained, Kind, Layer, Said, Secret, Setting};

use crate::cli::Common;
use crate::context::Place;
use crate::error::Stop;
use crate::lineage;
use crate::parts::environment;
use crate::ui::LogFormat;

/// The committed settings, in the folder where the program is called.
pub const FILE: &str = "open-payments.toml";
/// This machine's settings, beside it.
pub const DOTENV: &str = ".env";

const DRILLS: [&str; 2] = ["CAPSTONE_CRASH", "CAPSTONE_FAULTS"];

/// Everything but credentials.
const SETTINGS: &[Setting] = &[
    Setting::new("lake.place", "CAPSTONE_LAKE", Kind::Text),
    Setting::new("lake.endpoint", "AWS_ENDPOINT_URL", Kind::Address),
    Setting::new("lake.region", "AWS_REGION", Kind::Text),
    Setting::new("warehouse.file", "CAPSTONE_WAREHOUSE", Kind::Text),
    Setting::new("warehouse.wait", "CAPSTONE_WAIT", Kind::Time).or("60s"),
    Setting::new("run.threads", "CAPSTONE_THREADS", Kind::Count),
    Setting::new(
        "log.format",
        "CAPSTONE_LOG_FORMAT",
        Kind::OneOf(&["text", "json"]),
    )
    .or("text"),
    Setting::new("log.filter", "RUST_LOG", Kind::Text),
    Setting::new("lineage.url", "OPENLINEAGE_URL", Kind::Text),
    Setting::new("lineage.endpoint", "OPENLINEAGE_ENDPOINT", Kind::Text),
    Setting::new("lineage.namespace", "OPENLINEAGE_NAMESPACE", Kind::Text),
    Setting::new("lineage.parent", "OPENLINEAGE_PARENT_ID", Kind::Text),
    Setting::new("lineage.disabled", "OPENLINEAGE_DISABLED", Kind::Text),
    Setting::new("lineage.api_key", "OPENLINEAGE_API_KEY", Kind::Text).secret(),
];

/// Looked at for a bucket only. Where nobody says them, AWS's own chain is asked: profile,
/// web identity, instance.
const CREDENTIALS: &[Setting] = &[
    Setting::new("aws.access_key_id", "AWS_ACCESS_KEY_ID", Kind::Text)
        .secret()
        .required()
        .of("the credentials"),
    Setting::new("aws.secret_access_key", "AWS_SECRET_ACCESS_KEY", Kind::Text)
        .secret()
        .required()
        .of("the credentials"),
    Setting::new("aws.session_token", "AWS_SESSION_TOKEN", Kind::Text)
        .secret()
        .of("the credentials"),
];

/// What holds beyond the flags.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What is logged, as `RUST_LOG` has it.
    pub log_filter: Option<String>,
    /// AWS region.
    pub region: Option<String>,
    /// Credentials, where a setting says them.
    pub keys: Option<KeyPair>,
    /// Whom to tell of lineage.
    pub lineage: lineage::Settings,
    /// Every setting, and who said it.
    pub table: Vec<Explained>,
}

/// Completes flags that were not given from the other layers, as they are found in the
/// folder in which the program runs.
pub fn complete(common: &mut Common) -> anyhow::Result<()> {
    let layers = layers(common)?;
    let resolve = |settings| environment::resolve(settings, &layers).map_err(usage);
    let config = resolve(SETTINGS)?;
    fill(common, &config)?;
    let credentials = match common.lake {
        Some(Place::Bucket(_)) => resolve(CREDENTIALS)?,
        _ => Config::default(),
    };
    let text = |key| config.text(key).map(str::to_owned);
    let mut table = environment::explain(SETTINGS, &config);
    table.extend(environment::explain(CREDENTIALS, &credentials));
    common.settings = Settings {
        log_filter: text("log.filter"),
        region: text("lake.region"),
        keys: keys(&credentials),
        lineage: lineage::Settings::of(&config),
        table,
    };
    Ok(())
}

fn layers(common: &Common) -> anyhow::Result<Vec<Said>> {
    let known: Vec<Setting> = [SETTINGS, CREDENTIALS].concat();
    let file = read(FILE)?.unwrap_or_default();
    let entries = week1_environment::entries(&file).map_err(usage)?;
    let dotenv = read(DOTENV)?.unwrap_or_default();
    let dotenv = environment::parse_dotenv(&dotenv).map_err(usage)?;
    Ok(vec![
        environment::from_file(&known, &entries).map_err(usage)?,
        environment::from_variables(&known, Layer::DotEnv, &dotenv).map_err(usage)?,
        environment::from_variables(&known, Layer::Environment, &variables()).map_err(usage)?,
        flags(common),
    ])
}

/// A file that need not be there.
fn read(path: &str) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("the settings in {path}")),
    }
}

fn variables() -> Vec<(String, Secret)> {
    std::env::vars_os()
        .filter_map(|(name, text)| Some((name.into_string().ok()?, text)))
        .filter(|(name, _)| !DRILLS.contains(&name.as_str()))
        .map(|(name, text)| (name, Secret::new(text.to_string_lossy())))
        .collect()
}

/// What was typed. Only the table is made from these texts: flags have their values already.
fn flags(common: &Common) -> Said {
    let path = |path: &std::path::PathBuf| path.display().to_string();
    let texts = [
        ("lake.place", common.lake.as_ref().map(ToString::to_string)),
        ("lake.endpoint", common.endpoint.clone()),
        ("warehouse.file", common.warehouse.as_ref().map(path)),
        (
            "warehouse.wait",
            common.wait.map(|wait| format!("{}ms", wait.as_millis())),
        ),
        (
            "run.threads",
            common.threads.as_ref().map(ToString::to_string),
        ),
        (
            "log.format",
            common.log_format.map(|format| format.as_str().to_owned()),
        ),
    ];
    let mut said = Said::nothing(Layer::Flag);
    for (key, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            said.texts.insert(key, Secret::new(text));
        }
    }
    said
}

/// Sets what no flag says.
fn fill(common: &mut Common, config: &Config) -> anyhow::Result<()> {
    if let (None, Some(place)) = (&common.lake, config.text("lake.place")) {
        let by = config.values["lake.place"].layer;
        let place = place.parse::<Place>();
        common.lake = Some(place.with_context(|| format!("lake.place ({by})"))?);
    }
    let text = |key| config.text(key).map(str::to_owned);
    common.endpoint = common.endpoint.take().or_else(|| text("lake.endpoint"));
    let warehouse = text("warehouse.file").map(|file| Path::new(&file).to_owned());
    common.warehouse = common.warehouse.take().or(warehouse);
    common.wait = common.wait.or_else(|| config.time("warehouse.wait"));
    common.threads = common.threads.or_else(|| config.count("run.threads"));
    let format = config.text("log.format").and_then(LogFormat::named);
    common.log_format = common.log_format.or(format);
    Ok(())
}

fn keys(credentials: &Config) -> Option<KeyPair> {
    let text = |key| Some(credentials.secret(key)?.expose().to_owned());
    Some(KeyPair {
        session_token: text("aws.session_token"),
        ..KeyPair::new(text("aws.access_key_id")?, text("aws.secret_access_key")?)
    })
}

/// A setting that makes no sense is like a flag that makes none.
fn usage(error: impl std::error::Error) -> Stop {
    Stop::Usage(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_defaults_are_values() {
        let all = [SETTINGS, CREDENTIALS].concat();
        for (i, one) in all.iter().enumerate() {
            let twice = |other: &Setting| other.key == one.key || other.variable == one.variable;
            assert!(!all[..i].iter().any(twice), "{one:?}");
            let default = one
                .default
                .map(|text| week1_environment::Value::read(one, text));
            assert!(default.is_none_or(|value| value.is_ok()), "{one:?}");
        }
    }
}

//! Which version of an address is in the lake already, so that nobody fetches gigabytes to
//! find that out.
//!
//! A note in the lake's metadata, written when the file is in the raw zone. It holds only
//! as long as the deliveries that came of it stand as they were then; otherwise the file
//! is fetched again, which is always right.

use serde::{Deserialize, Serialize};
use url::Url;
use week2_ingestion::Version;
use week2_lake::keys;

use super::Source;
use super::download::Download;
use super::spool::id_of;
use crate::context::Capstone;
use crate::http::Shown;
use crate::ingest::{Ingested, Ingestion, SCHEMA_VERSION};

/// What came of an address.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    /// Without its query, which may be a secret.
    url: String,
    version: Version,
    contract_version: String,
    schema_version: u32,
    files: Vec<Place>,
}

/// Where a file ended up.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    /// The delivery that lists it.
    ingested: String,
    /// Its bytes.
    raw: String,
}

/// The version of `url` that is in the lake, if what came of it still stands.
pub(super) fn recall(capstone: &Capstone, url: &Url) -> anyhow::Result<Option<Version>> {
    let lake = &capstone.lake;
    let Some(known) = lake.read_json::<Remembered>(&keys::source(&id_of(url)))? else {
        return Ok(None);
    };
    if known.contract_version != capstone.contract.version || known.schema_version != SCHEMA_VERSION
    {
        return Ok(None);
    }
    for place in &known.files {
        let ingested: Option<Ingested> = lake.read_json(&place.ingested)?;
        let stands = ingested.is_some_and(|ingested| {
            ingested.contract_version == known.contract_version
                && ingested.files.iter().any(|file| file.raw_key == place.raw)
        });
        if !stands {
            return Ok(None);
        }
    }
    Ok(Some(known.version))
}

/// Writes down what came of a download, if the server says which version it is and all
/// its files are in the raw zone: `--years` may have left some out.
pub(super) fn remember(
    capstone: &Capstone,
    download: &Download,
    source: &Source,
    ingestion: &Ingestion,
) -> anyhow::Result<()> {
    let Some(version) = download.version() else {
        return Ok(());
    };
    let files: Vec<_> = ingestion.deliveries.iter().flat_map(places).collect();
    let named = version.etag.is_some() || version.last_modified.is_some();
    if !named || files.len() != source.files.len() {
        return Ok(());
    }
    let remembered = Remembered {
        url: Shown(&download.url).to_string(),
        version: version.clone(),
        contract_version: capstone.contract.version.clone(),
        schema_version: SCHEMA_VERSION,
        files,
    };
    capstone
        .lake
        .replace_json(&keys::source(&id_of(&download.url)), &remembered)
}

fn places(ingested: &Ingested) -> impl Iterator<Item = Place> {
    let key = keys::ingested(&ingested.partition(), ingested.delivery.publication);
    ingested.files.iter().map(move |file| Place {
        ingested: key.clone(),
        raw: file.raw_key.clone(),
    })
}

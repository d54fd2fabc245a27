//! What a lineage event has to be: by our own profile, and by the published schemas where a
//! copy of them is at hand.

use std::path::PathBuf;
use std::{env, fs};

use serde_json::Value;

use super::json_schema::{Faults, Schemas};

/// Our own profile: what we promise to send, in our words. Stricter than the standard: no
/// field is unknown, every version is pinned.
pub(crate) const PROFILE: &str = include_str!("../schemas/profile.json");

const PROFILE_ID: &str = "urn:open-payments-workbook:lineage-profile";

pub(crate) fn profile() -> Schemas {
    let mut schemas = Schemas::default();
    schemas.add(serde_json::from_str(PROFILE).unwrap());
    schemas
}

/// Every facet of an event, with its key.
pub(crate) fn facets(event: &Value) -> Vec<(&str, &Value)> {
    let datasets = ["inputs", "outputs"].map(|side| event[side].as_array());
    let datasets = datasets.into_iter().flatten().flatten();
    let holders = [&event["run"], &event["job"]].into_iter().chain(datasets);
    let found = holders.flat_map(|holder| {
        let parts = ["facets", "inputFacets", "outputFacets"];
        parts
            .into_iter()
            .filter_map(|part| holder[part].as_object())
            .flatten()
    });
    found.map(|(key, facet)| (key.as_str(), facet)).collect()
}

/// Faults by the profile, of the event and of each facet.
pub(crate) fn faults_by_profile(profile: &Schemas, event: &Value) -> Faults {
    let mut faults = profile.check(&format!("{PROFILE_ID}#/$defs/RunEvent"), event);
    for (key, facet) in facets(event) {
        let url = facet["_schemaURL"].as_str().unwrap_or_default();
        let definition = url.rsplit('/').next().unwrap_or_default();
        let schema = format!("{PROFILE_ID}#/$defs/{definition}");
        if profile.has(&schema) {
            let found = profile.check(&schema, facet);
            faults.extend(found.into_iter().map(|fault| format!("{key}{fault}")));
        } else {
            faults.push(format!("{key}: {url:?} is no pinned facet"));
        }
    }
    faults
}

/// Faults by the published schemas: of the core, and of each facet by its own.
pub(crate) fn faults_by_standard(standard: &Schemas, event: &Value) -> Faults {
    let core = "https://openlineage.io/spec/2-0-2/OpenLineage.json";
    let mut faults = standard.check(core, event);
    faults.extend(standard.check(&format!("{core}#/$defs/RunEvent"), event));
    for (key, facet) in facets(event) {
        let url = facet["_schemaURL"].as_str().unwrap_or_default();
        if standard.has(url) {
            let found = standard.check(url, facet);
            faults.extend(found.into_iter().map(|fault| format!("{key}{fault}")));
        } else {
            faults.push(format!("{key}: nobody published {url:?}"));
        }
    }
    faults
}

/// The published schemas, from the folder `spec` of a checkout of OpenLineage that
/// `OPENLINEAGE_SPEC` names; `None` without it.
pub(crate) fn standard() -> Option<Schemas> {
    let spec = PathBuf::from(env::var_os("OPENLINEAGE_SPEC")?);
    let mut schemas = Schemas::default();
    let facets = fs::read_dir(spec.join("facets")).expect("OPENLINEAGE_SPEC has no facets/");
    let facets = facets.map(|entry| entry.unwrap().path());
    for path in facets.chain([spec.join("OpenLineage.json")]) {
        let text = fs::read_to_string(&path).unwrap();
        schemas.add(serde_json::from_str(&text).unwrap());
    }
    Some(schemas)
}

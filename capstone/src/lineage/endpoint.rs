//! Events as requests to a lineage server, such as Marquez.
//!
//! The run waits for the reply, so patience is short and tries are few: a server that is
//! away costs a run seconds, not its success.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use url::Url;
use week2_ingestion::RetryPolicy;

use super::Settings;
use crate::context::Capstone;
use crate::http::{Http, Shown};
use crate::parts;

/// Where a server takes events, unless `OPENLINEAGE_ENDPOINT` says otherwise.
const ENDPOINT: &str = "api/v1/lineage";
/// As the reference clients have it.
const PATIENCE: Duration = Duration::from_secs(5);
/// Three tries if they fail at once; one if the server is silent.
const RETRIES: RetryPolicy = RetryPolicy {
    max_attempts: 3,
    base: Duration::from_millis(200),
    cap: Duration::from_secs(1),
    budget: Duration::from_secs(4),
};

/// Sends one event to the server at `base`; `once` for one that was away a moment ago.
pub(super) fn send(
    capstone: &Capstone,
    settings: &Settings,
    base: &str,
    event: &[u8],
    once: bool,
) -> anyhow::Result<()> {
    let url = address(base, settings.endpoint.as_deref())?;
    let key = settings.api_key.as_ref();
    let authorization = key.map(|key| ("authorization", format!("Bearer {}", key.expose())));
    let headers: Vec<_> = authorization.into_iter().collect();
    let http = Http::new(capstone.lake.runtime().clone());
    let (begin, mut tries) = (Instant::now(), 0);
    loop {
        tries += 1;
        let (why, retryable) = match http.post_json(&url, event, &headers, PATIENCE) {
            Ok(200..300) => return Ok(()),
            Ok(status) => {
                let passing = parts::ingestion::is_passing(status);
                (format!("status {status}"), passing)
            }
            Err(error) => (error.to_string(), true),
        };
        let spent = begin.elapsed();
        let pause = parts::ingestion::delay_before(&RETRIES, tries + 1, spent, rand::random());
        let Some(pause) = pause.filter(|_| retryable && !once) else {
            bail!(
                "{} did not take an event ({tries} tries): {why}",
                Shown(&url)
            );
        };
        capstone.clock.sleep(pause);
    }
}

/// Where events go.
fn address(base: &str, endpoint: Option<&str>) -> anyhow::Result<Url> {
    let url = Url::parse(base).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    // Not shown as it is: it may hold a password.
    let url = url.context("OPENLINEAGE_URL does not start with http:// or https://")?;
    url.join(endpoint.unwrap_or(ENDPOINT))
        .context("OPENLINEAGE_ENDPOINT is no part of an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_that_of_the_reference_clients() {
        let to = |base, endpoint| address(base, endpoint).map(|url| url.to_string());
        assert_eq!(
            to("http://marquez:5000", None).unwrap(),
            "http://marquez:5000/api/v1/lineage"
        );
        assert_eq!(
            to("https://h/", Some("events/v2")).unwrap(),
            "https://h/events/v2"
        );
        for base in ["marquez:5000", "file:///x", "", "localhost"] {
            let error = to(base, None).unwrap_err().to_string();
            assert!(error.contains("OPENLINEAGE_URL"), "{base}: {error}");
        }
    }
}

//! The connector that fails on purpose: it wraps the one in use.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::retries::ErrorKind;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::body::Short;
use super::{Fault, Faults, Injected};
use crate::digest::Digest;

/// What a busy S3 says.
const SLOW_DOWN: &str =
    "<Error><Code>SlowDown</Code><Message>injected: please slow down</Message></Error>";

/// Bodies whose length is not known are cut within this many bytes.
const UNKNOWN_LENGTH: u64 = 64;

/// An HTTP client whose requests fail as [`Faults`] say.
#[derive(Debug)]
pub(crate) struct Faulty {
    inner: SharedHttpClient,
    dice: Arc<Dice>,
}

impl Faulty {
    pub(crate) fn new(inner: impl HttpClient + 'static, faults: Faults) -> Self {
        Self {
            inner: SharedHttpClient::new(inner),
            dice: Arc::new(Dice::new(faults)),
        }
    }

    /// Counts what it injects.
    pub(crate) fn tally(&self) -> Tally {
        Tally(Arc::clone(&self.dice))
    }
}

/// Reads how many faults a [`Faulty`] has injected.
#[derive(Debug, Clone)]
pub(crate) struct Tally(Arc<Dice>);

impl Tally {
    pub(crate) fn injected(&self) -> Injected {
        self.0.injected()
    }
}

impl HttpClient for Faulty {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            inner: self.inner.http_connector(settings, components),
            dice: Arc::clone(&self.dice),
        })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    dice: Arc<Dice>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(throw) = self.dice.throw(&request) else {
            return self.inner.call(request);
        };
        let inner = self.inner.clone();
        let has_no_body = request.method() == "HEAD";
        let carry_out = async move || inner.call(request).await;
        HttpConnectorFuture::new(async move {
            match throw.fault {
                Fault::SlowDown => Ok(slow_down()),
                Fault::Reset => Err(reset()),
                Fault::Timeout => {
                    if throw.coin {
                        carry_out().await?;
                    }
                    Err(ConnectorError::timeout(
                        "injected: no answer in time".into(),
                    ))
                }
                Fault::LostReply => {
                    carry_out().await?;
                    Err(ended("the answer was lost"))
                }
                Fault::ShortBody if has_no_body => {
                    carry_out().await?;
                    Err(ended("the head broke off"))
                }
                Fault::ShortBody => carry_out().await.and_then(|answer| shorten(answer, throw)),
            }
        })
    }
}

fn slow_down() -> HttpResponse {
    let status = StatusCode::try_from(503).expect("a status code");
    HttpResponse::new(status, SdkBody::from(SLOW_DOWN))
}

fn reset() -> ConnectorError {
    let kind = io::ErrorKind::ConnectionReset;
    ConnectorError::io(io::Error::new(kind, "injected: connection reset").into())
}

/// As the SDK has it when the connection ends before the answer's head.
fn ended(how: &str) -> ConnectorError {
    let error = io::Error::other(format!("injected: {how}"));
    ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
}

/// The answer with part of its body, at least one byte less than all.
fn shorten(answer: HttpResponse, throw: Throw) -> Result<HttpResponse, ConnectorError> {
    let announced = answer.headers().get("content-length");
    let length = announced
        .and_then(|length| length.parse().ok())
        .or_else(|| answer.body().content_length())
        .unwrap_or(UNKNOWN_LENGTH);
    if length == 0 {
        return Err(ended("the head broke off"));
    }
    // A whole number from 0 to `length - 1`.
    let keep = usize::try_from(throw.place % length).unwrap_or(usize::MAX);
    Ok(answer.map(|body| SdkBody::from_body_1_x(Short::new(body, keep, throw.coin))))
}

/// What befalls one request.
#[derive(Debug, Clone, Copy)]
struct Throw {
    fault: Fault,
    /// Decides what a fault leaves open.
    coin: bool,
    /// Where a body is cut.
    place: u64,
}

/// Decides by seed, request and repetition.
#[derive(Debug)]
struct Dice {
    faults: Faults,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How often each request was sent.
    seen: HashMap<String, u64>,
    injected: Injected,
}

impl Dice {
    fn new(faults: Faults) -> Self {
        Self {
            faults,
            state: Mutex::default(),
        }
    }

    fn injected(&self) -> Injected {
        self.locked().injected.clone()
    }

    /// Each critical section leaves counts that fit together.
    fn locked(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn throw(&self, request: &HttpRequest) -> Option<Throw> {
        let name = name_of(request);
        let mut state = self.locked();
        let times = state.seen.entry(name.clone()).or_default();
        *times += 1;
        let text = format!("{} {times} {name}", self.faults.seed);
        let [hit, kind, coin, place] = quarters(Digest::of(text.as_bytes()));
        let spent = state.injected.values().sum::<u64>();
        let may = self.faults.limit.is_none_or(|limit| spent < limit);
        if !may || hit as f64 / u64::MAX as f64 >= self.faults.rate {
            return None;
        }
        let kinds = &self.faults.kinds;
        let index = kind.checked_rem(kinds.len() as u64)?;
        let fault = kinds[usize::try_from(index).expect("less than the length of a Vec")];
        *state.injected.entry(fault).or_default() += 1;
        tracing::debug!(%fault, request = name, "injected");
        Some(Throw {
            fault,
            coin: coin % 2 == 0,
            place,
        })
    }
}

/// What makes two requests the same: everything but what the service makes up.
fn name_of(request: &HttpRequest) -> String {
    let uri = request.uri();
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    // Host and port are not part of the work.
    let target = rest.find('/').map_or("", |slash| &rest[slash..]);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let made_up = |pair: &&str| !pair.starts_with("uploadId=");
    let query: Vec<_> = query.split('&').filter(made_up).collect();
    let range = request.headers().get("range").unwrap_or_default();
    format!("{} {path}?{} {range}", request.method(), query.join("&"))
}

/// Four numbers from one hash.
fn quarters(digest: Digest) -> [u64; 4] {
    let bytes = digest.bytes();
    [0, 8, 16, 24].map(|start| {
        let quarter = bytes[start..].first_chunk().expect("8 of 32 bytes");
        u64::from_be_bytes(*quarter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(uri: &str) -> HttpRequest {
        HttpRequest::get(uri).unwrap()
    }

    fn faults(seed: u64, dice: &Dice, keys: &[u32]) -> Vec<(u32, Option<Fault>)> {
        assert_eq!(dice.faults.seed, seed);
        keys.iter()
            .map(|key| {
                let thrown = dice.throw(&request(&format!("http://a.example/lake/{key}")));
                (*key, thrown.map(|throw| throw.fault))
            })
            .collect()
    }

    fn dice(seed: u64) -> Dice {
        Dice::new(Faults {
            seed,
            rate: 0.5,
            ..Faults::default()
        })
    }

    #[test]
    fn a_seed_replays_its_faults_in_whatever_order_the_requests_come() {
        let keys: Vec<u32> = (0..200).collect();
        let backwards: Vec<u32> = keys.iter().rev().copied().collect();
        let first = faults(1, &dice(1), &keys);
        let mut again = faults(1, &dice(1), &backwards);
        again.reverse();
        assert_eq!(first, again);
        assert_ne!(first, faults(2, &dice(2), &keys));
        let hit = first.iter().filter(|(_, fault)| fault.is_some()).count();
        assert!((60..140).contains(&hit), "{hit} of 200 at a rate of 0.5");
        for kind in Fault::ALL {
            assert!(
                first.iter().any(|(_, fault)| *fault == Some(kind)),
                "{kind}"
            );
        }
    }

    #[test]
    fn a_repeated_request_meets_its_own_fate() {
        let dice = dice(1);
        let fates: Vec<bool> = (0..40)
            .map(|_| dice.throw(&request("http://a.example/lake/key")).is_some())
            .collect();
        assert!(fates.contains(&true) && fates.contains(&false), "{fates:?}");
    }

    #[test]
    fn after_the_limit_every_request_gets_through() {
        let dice = Dice::new(Faults {
            rate: 1.0,
            limit: Some(3),
            ..Faults::default()
        });
        let hits = (0..10).filter(|_| dice.throw(&request("http://a.example/k")).is_some());
        assert_eq!(hits.count(), 3);
        assert_eq!(dice.injected().values().sum::<u64>(), 3);
    }

    #[test]
    fn ids_that_a_service_makes_up_do_not_make_another_request() {
        let name = |id: &str| {
            name_of(&request(&format!(
                "http://127.0.0.1:{id}/lake/key?uploadId={id}&partNumber=1"
            )))
        };
        assert_eq!(name("1001"), name("2002"));
        assert_eq!(name("1"), "GET /lake/key?partNumber=1 ");
    }
}

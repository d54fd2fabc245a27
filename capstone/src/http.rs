//! Fetches over HTTP(S), with the client that the S3 SDK brings along.
//!
//! One request, its redirects followed; when to try again is the caller's. Proxies come
//! from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), certificates from the
//! system. Callers are plain threads: they wait for the runtime here.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::header::{self, HeaderName};
use http::request::Builder;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use tokio::runtime::Handle;
use tokio::time::timeout;
use url::Url;
use week2_ingestion::ReplyHead;

/// A server that has not begun to answer by then is not going to.
const PATIENCE: Duration = Duration::from_mins(1);
/// A connection that has been silent for so long is dead.
const SILENCE: Duration = Duration::from_secs(30);
/// More redirects than any honest server sends.
const MOST_REDIRECTS: usize = 10;
const AGENT: &str = concat!("capstone/", env!("CARGO_PKG_VERSION"));

/// An HTTP client; connections are kept for the next request.
#[derive(Debug)]
pub struct Http {
    connector: Connector,
    runtime: Handle,
}

/// The head of a reply, and its body as it comes.
#[derive(Debug)]
pub struct Reply {
    /// Where it came from, behind all redirects.
    pub url: Url,
    /// What it says about itself.
    pub head: ReplyHead,
    body: SdkBody,
    runtime: Handle,
}

/// Why there is no reply, or no end of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The connection failed: worth another try.
    #[error("{0}")]
    Connection(String),
    /// The server sends requests to where they can't be answered.
    #[error("{0}")]
    Redirect(String),
}

impl Http {
    /// A client whose requests `runtime` works on.
    pub fn new(runtime: Handle) -> Self {
        let connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .proxy_config(ProxyConfig::from_env())
            .build();
        Self { connector, runtime }
    }

    /// GET with these headers, and whatever they redirect to.
    pub fn get(&self, url: &Url, headers: &[(&'static str, String)]) -> Result<Reply, HttpError> {
        let mut url = url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let request = Request::get(url.as_str());
            let sending = self.send(request, headers, SdkBody::empty(), PATIENCE);
            let response = self.runtime.block_on(sending)?;
            let Some(next) = redirect(&url, &response)? else {
                let (parts, body) = response.into_parts();
                return Ok(Reply {
                    url,
                    head: head(parts.status.as_u16(), &parts.headers),
                    body,
                    runtime: self.runtime.clone(),
                });
            };
            url = next;
        }
        let why = format!(
            "more than {MOST_REDIRECTS} redirects, the last to {}",
            Shown(&url)
        );
        Err(HttpError::Redirect(why))
    }

    /// POST of a JSON document; gives the status of the reply, which has to come within
    /// `patience`. Redirects are not followed: they may change what is asked.
    pub fn post_json(
        &self,
        url: &Url,
        body: &[u8],
        headers: &[(&'static str, String)],
        patience: Duration,
    ) -> Result<u16, HttpError> {
        let request = Request::post(url.as_str()).header(header::CONTENT_TYPE, "application/json");
        let sending = self.send(request, headers, SdkBody::from(body), patience);
        Ok(self.runtime.block_on(sending)?.status().as_u16())
    }

    async fn send(
        &self,
        request: Builder,
        headers: &[(&'static str, String)],
        body: SdkBody,
        patience: Duration,
    ) -> Result<Response<SdkBody>, HttpError> {
        let mut request = request
            .header(header::USER_AGENT, AGENT)
            // Lengths and ranges are those of the file itself.
            .header(header::ACCEPT_ENCODING, "identity");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(body).map_err(broken)?;
        let request = request.try_into().map_err(broken)?;
        let response = timeout(patience, self.connector.call(request)).await;
        let response = response.map_err(|_| silent(patience))?;
        let response = response.map_err(broken)?;
        response.try_into_http1x().map_err(broken)
    }
}

impl Reply {
    /// The next bytes of the body; `None` at its end.
    pub fn bytes(&mut self) -> Result<Option<Bytes>, HttpError> {
        loop {
            let frame = self.runtime.block_on(timeout(SILENCE, self.body.frame()));
            let Some(frame) = frame.map_err(|_| silent(SILENCE))? else {
                return Ok(None);
            };
            let frame = frame.map_err(|error| HttpError::Connection(with_causes(&*error)))?;
            // What is no data is a trailer.
            if let Ok(bytes) = frame.into_data() {
                return Ok(Some(bytes));
            }
        }
    }
}

/// Where a reply sends to, if it does.
fn redirect(from: &Url, response: &Response<SdkBody>) -> Result<Option<Url>, HttpError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = response.headers().get(header::LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    let next = location.and_then(|location| from.join(location).ok());
    let next = next.filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(next) = next else {
        let why = format!("{} redirects to no address", Shown(from));
        return Err(HttpError::Redirect(why));
    };
    if from.scheme() == "https" && next.scheme() == "http" {
        let why = format!("{} redirects to unencrypted {}", Shown(from), Shown(&next));
        return Err(HttpError::Redirect(why));
    }
    Ok(Some(next))
}

fn head(status: u16, headers: &http::HeaderMap) -> ReplyHead {
    let text = |name: HeaderName| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let number = |name| text(name)?.parse().ok();
    let chunked = text(header::TRANSFER_ENCODING);
    ReplyHead {
        status,
        content_length: number(header::CONTENT_LENGTH),
        content_range: text(header::CONTENT_RANGE),
        content_encoding: text(header::CONTENT_ENCODING),
        content_type: text(header::CONTENT_TYPE),
        content_disposition: text(header::CONTENT_DISPOSITION),
        etag: text(header::ETAG),
        last_modified: text(header::LAST_MODIFIED),
        date: text(header::DATE),
        retry_after: text(header::RETRY_AFTER),
        chunked: chunked.is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")),
    }
}

fn silent(after: Duration) -> HttpError {
    HttpError::Connection(format!("no answer within {} s", after.as_secs()))
}

fn broken(error: impl Error + 'static) -> HttpError {
    HttpError::Connection(with_causes(&error))
}

/// An error and what caused it, each said once.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

/// An address as it is shown: a query may carry a signature, which is nobody's business.
pub struct Shown<'a>(pub &'a Url);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        shown.fmt(f)
    }
}

//! Opening a store: embedded or remote. After this, no code knows the difference.

use std::path::Path;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    Builder, Credentials, HttpClient, ProvideCredentials, Region, RequestChecksumCalculation,
    ResponseChecksumValidation, RuntimeComponents, SharedHttpClient,
};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{ConnectorBuilder, tls};

use crate::config::{StoreConfig, Timeouts};
use crate::documents::WholeDocuments;
use crate::error::{StoreError, innermost};
use crate::faulty::{Faulty, Tally};
use crate::location::{KeyPair, Remote, S3Url};
use crate::server;
use crate::store::{HOME_REGION, Place, Store};

impl Store {
    /// A lake of plain files under `root`, served inside this process.
    ///
    /// No socket, no thread of its own; other processes may use the same root.
    pub fn embedded(
        root: impl AsRef<Path>,
        bucket: &str,
        config: StoreConfig,
    ) -> Result<Self, StoreError> {
        let root = root.as_ref();
        let url: S3Url = format!("s3://{bucket}").parse()?;
        // The service wants signed requests, as everywhere; nobody else can reach it.
        let keys = KeyPair::new("embedded", "embedded");
        let service = server::service(root, keys.clone())?;
        let root = root.canonicalize().map_err(StoreError::io(root))?;
        let (client, tally) = faulty(s3s_aws::Client::from(service), &config);
        let settings = settings(&config.timeouts)
            .http_client(client)
            .endpoint_url("http://embedded.localhost")
            .force_path_style(true)
            .region(Region::new(HOME_REGION))
            .credentials_provider(credentials(&keys));
        Ok(Self::new(
            settings,
            config,
            Place {
                endpoint: root.display().to_string(),
                region: HOME_REGION.to_owned(),
                folder: Some(root.join(&url.bucket)),
                bucket: url.bucket,
                prefix: String::new(),
            },
            tally,
        ))
    }

    /// A lake on AWS or on any other S3 service.
    ///
    /// Credentials are looked for at once, so that their absence is not the error
    /// of some later operation. Nothing else is sent.
    pub async fn remote(remote: Remote, config: StoreConfig) -> Result<Self, StoreError> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(region) = remote.region {
            loader = loader.region(Region::new(region));
        }
        if let Some(keys) = &remote.keys {
            loader = loader.credentials_provider(credentials(keys));
        }
        let shared = loader.load().await;
        check_credentials(&shared).await?;
        let region = shared
            .region()
            .map_or_else(|| HOME_REGION.to_owned(), ToString::to_string);
        let mut settings =
            apply(Builder::from(&shared), &config.timeouts).region(Region::new(region.clone()));
        let endpoint = remote
            .endpoint
            .or_else(|| shared.endpoint_url().map(str::to_owned));
        if let Some(endpoint) = &endpoint {
            settings = settings.endpoint_url(endpoint).force_path_style(true);
        }
        let mut tally = None;
        if config.faults.is_some() {
            let client;
            (client, tally) = faulty(https_client(), &config);
            settings = settings.http_client(client);
        }
        let S3Url { bucket, prefix } = remote.url;
        Ok(Self::new(
            settings,
            config,
            Place {
                endpoint: endpoint.unwrap_or_else(|| format!("AWS S3 in {region}")),
                region,
                bucket,
                prefix: if prefix.is_empty() {
                    prefix
                } else {
                    prefix + "/"
                },
                folder: None,
            },
            tally,
        ))
    }
}

/// The client, or one over it that fails as configured, and what counts the faults.
fn faulty(
    client: impl HttpClient + 'static,
    config: &StoreConfig,
) -> (SharedHttpClient, Option<Tally>) {
    match &config.faults {
        None => (SharedHttpClient::new(client), None),
        Some(faults) => {
            let client = Faulty::new(client, faults.clone());
            let tally = client.tally();
            (SharedHttpClient::new(client), Some(tally))
        }
    }
}

/// What the SDK uses by itself: it can't be asked for its own.
fn https_client() -> SharedHttpClient {
    let aws_lc = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
    aws_smithy_http_client::Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = ConnectorBuilder::default().tls_provider(aws_lc.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    })
}

/// What every client has in common.
fn settings(timeouts: &Timeouts) -> Builder {
    apply(
        Builder::new().behavior_version(BehaviorVersion::latest()),
        timeouts,
    )
}

fn apply(settings: Builder, timeouts: &Timeouts) -> Builder {
    let limits = TimeoutConfig::builder()
        .connect_timeout(timeouts.connect)
        .operation_attempt_timeout(timeouts.attempt)
        .build();
    settings
        .timeout_config(limits)
        .interceptor(WholeDocuments)
        // One retry policy, ours: two layers multiply.
        .retry_config(RetryConfig::disabled())
        // We send SHA-256 and verify it; a CRC on top would only cost time.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
}

fn credentials(keys: &KeyPair) -> Credentials {
    Credentials::new(
        &keys.access_key,
        &keys.secret_key,
        keys.session_token.clone(),
        None,
        "open-payments-workbook",
    )
}

async fn check_credentials(shared: &aws_config::SdkConfig) -> Result<(), StoreError> {
    let message = match shared.credentials_provider() {
        Some(provider) => match provider.provide_credentials().await {
            Ok(_) => return Ok(()),
            Err(error) => innermost(&error),
        },
        None => "no provider is configured".to_owned(),
    };
    Err(StoreError::NoCredentials { message })
}

//! `capstone s3`: the embedded lake for any other S3 client.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use serde::Serialize;
use store::KeyPair;

use crate::context::{BUCKET, Home, Place};
use crate::error::Stop;

/// The pair of keys: it guards nothing, but S3 clients insist on one.
const KEY: &str = "capstone";

/// What a client needs to know.
#[derive(Debug, Serialize)]
pub struct Connection {
    folder: String,
    endpoint: String,
    bucket: &'static str,
    region: &'static str,
    access_key: &'static str,
    secret_key: &'static str,
}

/// Serves on loopback until Ctrl-C. `tell` says how to connect.
pub async fn serve(
    place: &Place,
    home: &Home,
    port: u16,
    tell: impl FnOnce(&Connection),
) -> anyhow::Result<()> {
    if let Place::Bucket(url) = place {
        return Err(Stop::Usage(format!(
            "{url} is served already; --lake takes a folder here"
        ))
        .into());
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = store::serve(address, &home.objects(), KeyPair::new(KEY, KEY)).await?;
    tell(&Connection {
        folder: home.folder().display().to_string(),
        endpoint: server.endpoint(),
        bucket: BUCKET,
        region: "us-east-1",
        access_key: KEY,
        secret_key: KEY,
    });
    tokio::signal::ctrl_c()
        .await
        .context("Ctrl-C can't be heard")?;
    server.shutdown().await;
    Ok(())
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            folder,
            endpoint,
            bucket,
            region,
            access_key,
            secret_key,
        } = self;
        writeln!(f, "The lake in {folder} is on {endpoint} until Ctrl-C.\n")?;
        writeln!(f, "export AWS_ENDPOINT_URL={endpoint} AWS_REGION={region}")?;
        writeln!(
            f,
            "export AWS_ACCESS_KEY_ID={access_key} AWS_SECRET_ACCESS_KEY={secret_key}"
        )?;
        writeln!(f, "aws s3 ls s3://{bucket}/metadata/commits/ --recursive")
    }
}

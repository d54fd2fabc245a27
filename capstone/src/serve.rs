//! `capstone s3`: the embedded lake for any other S3 client.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use store::KeyPair;

use crate::context::{BUCKET, Home, Place};
use crate::error::Stop;

/// The pair of keys: it guards nothing, but S3 clients insist on one.
const KEY: &str = "capstone";

/// Serves on loopback until Ctrl-C, and says how to connect.
pub async fn serve(place: &Place, home: &Home, port: u16) -> anyhow::Result<()> {
    if let Place::Bucket(url) = place {
        return Err(Stop::Usage(format!(
            "{url} is served already; --lake takes a folder here"
        ))
        .into());
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = store::serve(address, &home.objects(), KeyPair::new(KEY, KEY)).await?;
    println!(
        "The lake in {} is on {} until Ctrl-C.",
        home.folder().display(),
        server.endpoint()
    );
    println!();
    println!("export AWS_ENDPOINT_URL={}", server.endpoint());
    println!("export AWS_ACCESS_KEY_ID={KEY} AWS_SECRET_ACCESS_KEY={KEY} AWS_REGION=us-east-1");
    println!("aws s3 ls s3://{BUCKET}/metadata/commits/ --recursive");
    tokio::signal::ctrl_c()
        .await
        .context("Ctrl-C can't be heard")?;
    server.shutdown().await;
    Ok(())
}

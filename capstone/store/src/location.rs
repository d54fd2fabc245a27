//! Where a remote lake is.

use std::fmt;
use std::str::FromStr;

use crate::StoreError;

/// Bucket and prefix, written `s3://bucket/prefix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Url {
    /// Name of the bucket.
    pub bucket: String,
    /// What every key starts with; empty, or without slashes at its ends.
    pub prefix: String,
}

impl FromStr for S3Url {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let wrong = |reason: &str| StoreError::InvalidLocation {
            location: text.to_owned(),
            reason: reason.to_owned(),
        };
        let rest = text
            .strip_prefix("s3://")
            .ok_or_else(|| wrong("it does not start with s3://"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_end_matches('/');
        if !s3s::path::check_bucket_name(bucket) {
            return Err(wrong(
                "a bucket's name is 3 to 63 lower-case letters, digits, dots and hyphens",
            ));
        }
        if let Some(reason) = (!prefix.is_empty())
            .then(|| crate::key::fault(prefix))
            .flatten()
        {
            return Err(wrong(reason));
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

impl fmt::Display for S3Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

/// An access key and its secret. The secret is never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyPair {
    /// The public half.
    pub access_key: String,
    /// The secret half.
    pub secret_key: String,
    /// What goes with both where they are for a few hours only.
    pub session_token: Option<String>,
}

impl KeyPair {
    /// From the two halves, without a token.
    pub fn new(access_key: impl Into<String>, secret_key: impl Into<String>) -> Self {
        Self {
            access_key: access_key.into(),
            secret_key: secret_key.into(),
            session_token: None,
        }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({}, ***)", self.access_key)
    }
}

/// A lake on AWS, or on anything that speaks S3.
#[derive(Debug, Clone)]
pub struct Remote {
    /// Bucket and prefix.
    pub url: S3Url,
    /// `http://host:port` of another service than AWS; such services get
    /// path-style requests. Where `None`, `AWS_ENDPOINT_URL` is heard.
    pub endpoint: Option<String>,
    /// Where `None`, the region of environment or profile, then `us-east-1`.
    pub region: Option<String>,
    /// Where `None`, the default chain: environment, profile, web identity, instance.
    pub keys: Option<KeyPair>,
}

impl Remote {
    /// A lake on AWS with region and credentials from the environment.
    pub fn new(url: S3Url) -> Self {
        Self {
            url,
            endpoint: None,
            region: None,
            keys: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_and_prefix_are_read_and_written() {
        let url: S3Url = "s3://my-lake/teams/a=1/".parse().unwrap();
        assert_eq!(
            (url.bucket.as_str(), url.prefix.as_str()),
            ("my-lake", "teams/a=1")
        );
        assert_eq!(url.to_string(), "s3://my-lake/teams/a=1");
        assert_eq!("s3://my-lake".parse::<S3Url>().unwrap().prefix, "");
    }

    #[test]
    fn other_locations_are_refused() {
        for text in [
            "my-lake",
            "s3://",
            "s3:///a",
            "s3://My_Lake",
            "s3://my-lake//a",
            "s3://my-lake/a/../b",
        ] {
            assert!(text.parse::<S3Url>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert!(!format!("{:?}", KeyPair::new("id", "hush")).contains("hush"));
    }
}

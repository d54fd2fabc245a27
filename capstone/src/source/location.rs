//! Where a source is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use crate::http::Shown;

/// Where a source is: a path, or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A file or folder on this machine.
    Path(PathBuf),
    /// `http://` or `https://`.
    Url(Url),
}

impl From<PathBuf> for Location {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        match scheme.map(str::to_ascii_lowercase).as_deref() {
            Some("http" | "https") => address(text).map(Self::Url),
            Some(scheme @ ("s3" | "ftp" | "file")) => Err(format!(
                "{scheme}:// is no source: name a path or an address with https://"
            )),
            _ => Ok(Self::Path(text.into())),
        }
    }
}

fn address(text: &str) -> Result<Url, String> {
    let mut url = Url::parse(text).map_err(|error| format!("{text} is no address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address with a user or a password ends up in logs: leave them out".into());
    }
    url.set_fragment(None);
    Ok(url)
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Url(url) => Shown(url).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_are_told_apart() {
        let location = |text: &str| text.parse::<Location>();
        assert_eq!(
            location("data/a.csv"),
            Ok(Location::Path("data/a.csv".into()))
        );
        assert_eq!(location("C:\\data"), Ok(Location::Path("C:\\data".into())));
        assert!(matches!(
            location("HTTPS://cms.gov/a.zip"),
            Ok(Location::Url(_))
        ));
        assert!(location("https://").unwrap_err().contains("no address"));
        assert!(
            location("s3://bucket/a.csv")
                .unwrap_err()
                .contains("no source")
        );
        let secret = location("https://me:secret@cms.gov/a.csv").unwrap_err();
        assert!(secret.contains("ends up in logs") && !secret.contains("secret"));
    }

    #[test]
    fn a_signature_is_not_shown() {
        let signed: Location = "https://cms.gov/a.csv?X-Amz-Signature=abc#top"
            .parse()
            .unwrap();
        assert_eq!(signed.to_string(), "https://cms.gov/a.csv");
    }
}

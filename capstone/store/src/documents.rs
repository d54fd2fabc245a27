//! Answers that are XML documents are whole, or no answers.
//!
//! The SDK takes a document that breaks off for a shorter one: a listing that ends early
//! has fewer keys, or half a key. Where a service announces the length, the network layer
//! notices; an answer that ends with its connection (HTTP/1.0, some proxies) has no length.
//! So every document must end with the tag that it began with.

use std::error::Error;

use aws_sdk_s3::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};

/// Refuses half a document before anything is made of it.
#[derive(Debug)]
pub(crate) struct WholeDocuments;

/// A document broke off.
#[derive(Debug, thiserror::Error)]
#[error("the answer broke off after {0} bytes")]
struct HalfADocument(usize);

impl Intercept for WholeDocuments {
    fn name(&self) -> &'static str {
        "WholeDocuments"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        // `None` for an object's bytes, which are streamed.
        match context.response().body().bytes() {
            Some(document) if !is_whole(document) => Err(HalfADocument(document.len()).into()),
            _ => Ok(()),
        }
    }
}

/// Whether an error is, or comes from, half a document.
pub(crate) fn is_half_a_document(error: &(dyn Error + 'static)) -> bool {
    error.is::<HalfADocument>() || error.source().is_some_and(is_half_a_document)
}

/// Whether an XML document ends with the end of its first element. Nothing, and what is
/// no XML, is for others to judge.
fn is_whole(document: &[u8]) -> bool {
    let mut rest = document.trim_ascii();
    if !rest.starts_with(b"<") {
        return true;
    }
    while rest.starts_with(b"<?") {
        let Some(end) = rest.windows(2).position(|pair| pair == b"?>") else {
            return false;
        };
        rest = rest[end + 2..].trim_ascii_start();
    }
    let Some(element) = rest.strip_prefix(b"<") else {
        return false;
    };
    let name_ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let Some(length) = element.iter().position(name_ends) else {
        return false;
    };
    let name = &element[..length];
    let closed = rest
        .strip_suffix(b">")
        .and_then(|rest| rest.trim_ascii_end().strip_suffix(name))
        .is_some_and(|rest| rest.ends_with(b"</"));
    closed || (rest.ends_with(b"/>") && !element.contains(&b'<'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <ListBucketResult xmlns=\"http://s3.example/\"><KeyCount>1</KeyCount>\
        <Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>";

    #[test]
    fn no_beginning_of_a_document_is_taken_for_the_whole() {
        for length in 1..PAGE.len() {
            let start = &PAGE[..length];
            assert!(!is_whole(start.as_bytes()), "{start}");
        }
        assert!(is_whole(PAGE.as_bytes()));
        assert!(is_whole(format!("{PAGE}\n").as_bytes()));
    }

    #[test]
    fn nothing_and_what_is_no_xml_is_left_to_others() {
        for document in [
            "",
            "Not found",
            "<Error/>",
            "<Error><Code>A</Code></Error >",
        ] {
            assert!(is_whole(document.as_bytes()), "{document}");
        }
    }
}

//! Between S3's types and the files'.

use std::io::{self, Read, Seek};
use std::path::Path;

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{
    CommonPrefix, ETag, ETagCondition, ListObjectsV2Input, ListObjectsV2Output, Object,
    StreamingBlob, Timestamp,
};
use s3s::{S3Result, s3_error};

use super::body::{Tag, blocking};
use super::files::{Files, Found, Publish, failed};
use super::listing::{self, Entry, Page, Query};

/// S3's longest page.
const MAX_PAGE: i32 = 1000;

/// Of the write conditions only `If-None-Match: *` is supported; ignoring another would lose data.
pub(super) fn publish_how(
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> S3Result<Publish> {
    match (if_match, if_none_match) {
        (None, None) => Ok(Publish::Replace),
        (None, Some(ETagCondition::Any)) => Ok(Publish::CreateOnly),
        _ => Err(s3_error!(
            NotImplemented,
            "the only write condition here is If-None-Match: *"
        )),
    }
}

/// Files that did not come through the service have no stored tag.
pub(super) async fn tag_of(found: &Found) -> S3Result<ETag> {
    if let Some(attributes) = &found.attributes {
        return Ok(ETag::Strong(attributes.e_tag.clone()));
    }
    let mut file = found.file.try_clone().map_err(failed)?;
    blocking(move || {
        let mut md5 = Md5::new();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer).map_err(failed)? {
                0 => break,
                length => md5.update(&buffer[..length]),
            }
        }
        file.rewind().map_err(failed)?;
        Ok(ETag::Strong(Tag::Md5(md5.finalize()).to_string()))
    })
    .await
}

/// One page of a bucket's objects.
pub(super) fn list(files: &Files, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
    let folder = files.bucket(&input.bucket)?;
    let max_keys = input.max_keys.unwrap_or(MAX_PAGE).clamp(0, MAX_PAGE);
    let after = input
        .continuation_token
        .as_ref()
        .or(input.start_after.as_ref());
    let page = listing::page(
        &folder,
        &Query {
            prefix: input.prefix.as_deref().unwrap_or_default(),
            delimiter: input
                .delimiter
                .as_deref()
                .filter(|delimiter| !delimiter.is_empty()),
            after: after.map_or("", String::as_str),
            limit: usize::try_from(max_keys).unwrap_or_default(),
        },
    )
    .map_err(failed)?;
    let next_continuation_token = page.next();
    let (is_truncated, key_count) = (page.more, page.entries.len());
    let (contents, common_prefixes) = describe(files, &input.bucket, &folder, page)?;
    Ok(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: input.prefix,
        delimiter: input.delimiter,
        start_after: input.start_after,
        continuation_token: input.continuation_token,
        max_keys: Some(max_keys),
        key_count: i32::try_from(key_count).ok(),
        is_truncated: Some(is_truncated),
        next_continuation_token,
        contents: Some(contents),
        common_prefixes: Some(common_prefixes),
        // `encoding_type` stays empty: keys are sent as they are, and clients
        // decode only what is declared encoded.
        ..ListObjectsV2Output::default()
    })
}

/// Size, time and tag of each listed object.
fn describe(
    files: &Files,
    bucket: &str,
    folder: &Path,
    page: Page,
) -> S3Result<(Vec<Object>, Vec<CommonPrefix>)> {
    let kept = files.shelf(bucket);
    let (mut objects, mut groups) = (Vec::new(), Vec::new());
    for entry in page.entries {
        match entry {
            Entry::Group(prefix) => groups.push(CommonPrefix {
                prefix: Some(prefix),
            }),
            Entry::Object(key) => {
                // Deleted since the walk saw it.
                let Ok(status) = std::fs::metadata(folder.join(&key)) else {
                    continue;
                };
                let attributes = kept.load(&key, &status).map_err(failed)?;
                objects.push(Object {
                    size: Some(signed(status.len())?),
                    last_modified: status.modified().ok().map(Timestamp::from),
                    e_tag: attributes.map(|attributes| ETag::Strong(attributes.e_tag)),
                    key: Some(key),
                    ..Object::default()
                });
            }
        }
    }
    Ok((objects, groups))
}

/// The body of a request that has none.
pub(super) fn empty() -> StreamingBlob {
    StreamingBlob::wrap(futures::stream::empty::<io::Result<bytes::Bytes>>())
}

/// Sizes as S3 writes them.
pub(super) fn signed(size: u64) -> S3Result<i64> {
    i64::try_from(size).map_err(|_| s3_error!(InternalError, "an object of {size} bytes"))
}

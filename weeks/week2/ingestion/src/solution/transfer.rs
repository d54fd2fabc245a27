//! What to ask a server for, and what its reply means for the bytes that are there.
//!
//! Invariant: bytes of two replies are joined only if both are of one version, by a
//! strong validator, and the second starts where the first ended.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::retry::is_passing;
use crate::{Answer, Ask, Partial, ReplyHead, Version};

/// What to ask for when these bytes are there.
pub fn ask(partial: Option<&Partial>) -> Ask {
    match partial {
        Some(partial) if partial.whole => ask_if_changed(&partial.version),
        Some(Partial {
            length: from @ 1..,
            version:
                Version {
                    strong: Some(strong),
                    ..
                },
            ..
        }) => Ask::Rest {
            from: *from,
            if_range: strong.clone(),
        },
        _ => Ask::Whole,
    }
}

/// What to ask for when this version is known.
pub fn ask_if_changed(version: &Version) -> Ask {
    if version.etag.is_none() && version.last_modified.is_none() {
        return Ask::Whole;
    }
    Ask::IfChanged(version.clone())
}

/// What a reply to `ask` means when the bytes of `partial` are there.
pub fn understand(ask: &Ask, partial: Option<&Partial>, head: &ReplyHead) -> Answer {
    match (head.status, ask) {
        (200, _) => whole(head),
        (206, Ask::Rest { from, .. }) => rest(*from, partial, head),
        (304, Ask::IfChanged(_)) => Answer::Unchanged,
        (416, Ask::Rest { from, .. }) => no_rest(*from, partial, head),
        (status, _) if is_passing(status) => Answer::Later {
            why: format!("status {status}"),
            at_least: retry_after(head).unwrap_or_default(),
        },
        (404 | 410, _) => Answer::Missing {
            why: format!("status {}: there is nothing of that name", head.status),
        },
        (status, _) => Answer::Refused {
            why: format!("status {status}"),
        },
    }
}

fn whole(head: &ReplyHead) -> Answer {
    let refused = |why: String| Answer::Refused { why };
    if is_web_page(head) {
        let why =
            "it is a web page: check the address, and whether the network asks you to sign in"
                .into();
        return Answer::Missing { why };
    }
    match &head.content_encoding {
        Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
            return refused(format!(
                "it is encoded as {encoding}, which nobody asked for"
            ));
        }
        _ => {}
    }
    if head.content_length.is_none() && !head.chunked {
        return refused("it states no length, so half a file would look like a whole one".into());
    }
    Answer::Whole {
        total: head.content_length,
        version: version(head),
    }
}

fn rest(from: u64, partial: Option<&Partial>, head: &ReplyHead) -> Answer {
    let start_over = |why: &str| Answer::StartOver { why: why.into() };
    let Some((Some((first, last)), total)) = content_range(head) else {
        return start_over("it sends a part and does not say which");
    };
    if first != from {
        return start_over("it sends another part than was asked for");
    }
    if head
        .content_length
        .is_some_and(|length| length != last + 1 - first)
    {
        return start_over("its length and its range disagree");
    }
    let before = partial.and_then(|partial| partial.total);
    if before.is_some() && total.is_some() && before != total {
        return start_over("it has another length than before");
    }
    let etag = partial.and_then(|partial| partial.version.etag.as_ref());
    if head.etag.is_some() && etag.is_some() && head.etag.as_ref() != etag {
        return start_over("it has changed since");
    }
    match total.or(before) {
        Some(total) => Answer::Rest { total },
        None => start_over("it does not say where the file ends"),
    }
}

/// Nothing follows: either all is there, or what is there is of something else.
fn no_rest(from: u64, partial: Option<&Partial>, head: &ReplyHead) -> Answer {
    let before = partial.and_then(|partial| partial.total);
    match content_range(head) {
        Some((None, Some(total))) if total == from && before.unwrap_or(total) == total => {
            Answer::Complete
        }
        _ => Answer::StartOver {
            why: "it has no such range".into(),
        },
    }
}

fn is_web_page(head: &ReplyHead) -> bool {
    let kind = head.content_type.as_deref().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"]
        .iter()
        .any(|page| kind.eq_ignore_ascii_case(page))
}

/// `bytes 0-9/100`, `bytes 0-9/*` or `bytes */100`: first and last byte, and the total.
#[expect(
    clippy::type_complexity,
    reason = "two options that are used next door"
)]
fn content_range(head: &ReplyHead) -> Option<(Option<(u64, u64)>, Option<u64>)> {
    let range = head
        .content_range
        .as_deref()?
        .trim()
        .strip_prefix("bytes ")?;
    let (part, total) = range.split_once('/')?;
    let total = match total {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    if part == "*" {
        return Some((None, total));
    }
    let (first, last) = part.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let sound = first <= last && total.is_none_or(|total| last < total);
    sound.then_some((Some((first, last)), total))
}

/// Which version a reply is of.
///
/// An entity tag is strong unless it says otherwise. A date is strong if the reply is
/// younger by a second: what changed twice within one has one date.
pub fn version(head: &ReplyHead) -> Version {
    let tag = head.etag.as_ref().filter(|tag| tag.starts_with('"'));
    let date = head.last_modified.as_ref().filter(|changed| {
        let (changed, now) = (http_date(changed), head.date.as_deref().and_then(http_date));
        matches!((changed, now), (Some(changed), Some(now)) if changed < now)
    });
    Version {
        etag: head.etag.clone(),
        last_modified: head.last_modified.clone(),
        strong: tag.or(date).cloned(),
    }
}

/// How long a reply asks to wait: seconds, or until a time by the server's own clock.
pub fn retry_after(head: &ReplyHead) -> Option<Duration> {
    let asked = head.retry_after.as_deref()?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let now = http_date(head.date.as_deref()?)?;
    let wait = http_date(asked)?.duration_since(now);
    Some(wait.try_into().unwrap_or_default())
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, to the second.
fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

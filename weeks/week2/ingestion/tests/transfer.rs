//! What to ask a server for, and what its reply means.

use std::time::Duration;

use proptest::prelude::*;
use week2_ingestion::solution::{ask, ask_if_changed, retry_after, understand, version};
use week2_ingestion::{Answer, Ask, Partial, ReplyHead, Version};

const CHANGED: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
const NOW: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

fn strong(tag: &str) -> Version {
    Version {
        etag: Some(tag.to_owned()),
        last_modified: None,
        strong: Some(tag.to_owned()),
    }
}

fn partial(length: u64, total: Option<u64>) -> Partial {
    Partial {
        length,
        total,
        version: strong("\"a\""),
        whole: false,
    }
}

fn ok(length: u64) -> ReplyHead {
    ReplyHead {
        status: 200,
        content_length: Some(length),
        etag: Some("\"a\"".into()),
        ..ReplyHead::default()
    }
}

fn part(range: &str) -> ReplyHead {
    ReplyHead {
        status: 206,
        content_length: None,
        content_range: Some(range.to_owned()),
        ..ok(0)
    }
}

/// What a reply means to whoever has four of ten bytes and asked for the rest.
fn reply_to_rest(head: &ReplyHead) -> Answer {
    let partial = partial(4, Some(10));
    understand(&ask(Some(&partial)), Some(&partial), head)
}

#[test]
fn the_rest_is_asked_for_only_with_a_strong_validator() {
    assert_eq!(ask(None), Ask::Whole);
    assert_eq!(ask(Some(&partial(0, Some(10)))), Ask::Whole);
    let rest = ask(Some(&partial(4, None)));
    let headers = [
        ("range", "bytes=4-".to_owned()),
        ("if-range", "\"a\"".to_owned()),
    ];
    assert_eq!(rest.headers(), headers);
    let weak = Version {
        strong: None,
        ..strong("W/\"a\"")
    };
    let weak = Partial {
        version: weak,
        ..partial(4, None)
    };
    assert_eq!(ask(Some(&weak)), Ask::Whole);
}

#[test]
fn what_is_whole_or_known_is_asked_for_only_if_it_has_changed() {
    let version = Version {
        last_modified: Some(CHANGED.to_owned()),
        ..strong("\"a\"")
    };
    let whole = Partial {
        whole: true,
        version: version.clone(),
        ..partial(10, Some(10))
    };
    assert_eq!(ask(Some(&whole)), ask_if_changed(&version));
    let headers = [
        ("if-none-match", "\"a\"".to_owned()),
        ("if-modified-since", CHANGED.to_owned()),
    ];
    assert_eq!(ask_if_changed(&version).headers(), headers);
    assert_eq!(
        ask_if_changed(&Version::default()),
        Ask::Whole,
        "nobody knows"
    );
}

#[test]
fn a_date_of_change_is_strong_when_the_reply_is_younger() {
    let dated = |changed: &str, now: Option<&str>| ReplyHead {
        etag: None,
        last_modified: Some(changed.to_owned()),
        date: now.map(str::to_owned),
        ..ok(10)
    };
    assert_eq!(
        version(&dated(CHANGED, Some(NOW))).strong.as_deref(),
        Some(CHANGED)
    );
    assert_eq!(
        version(&dated(NOW, Some(NOW))).strong,
        None,
        "it may change again"
    );
    assert_eq!(version(&dated(CHANGED, None)).strong, None);
    assert_eq!(version(&dated("yesterday", Some(NOW))).strong, None);
    let weak = ReplyHead {
        etag: Some("W/\"a\"".into()),
        ..dated(CHANGED, Some(NOW))
    };
    assert_eq!(
        version(&weak).strong.as_deref(),
        Some(CHANGED),
        "the date is stronger"
    );
}

#[test]
fn a_rest_that_fits_is_joined_and_nothing_else() {
    let rest = Answer::Rest { total: 10 };
    assert_eq!(reply_to_rest(&part("bytes 4-9/10")), rest);
    assert_eq!(
        reply_to_rest(&part("bytes 4-6/10")),
        rest,
        "less than was asked for"
    );
    assert_eq!(
        reply_to_rest(&part("bytes 4-9/*")),
        rest,
        "the length is known"
    );
    let with_length = |length| ReplyHead {
        content_length: Some(length),
        ..part("bytes 4-9/10")
    };
    assert_eq!(reply_to_rest(&with_length(6)), rest);
    let other_tag = ReplyHead {
        etag: Some("\"b\"".into()),
        ..part("bytes 4-9/10")
    };
    let no_range = ReplyHead {
        content_range: None,
        ..part("")
    };
    for head in [
        part("bytes 5-9/10"),
        part("bytes 0-9/10"),
        part("bytes 4-9/11"),
        part("bytes 4-10/10"),
        part("bytes 4-3/10"),
        part("lines 4-9/10"),
        part("bytes */10"),
        with_length(5),
        other_tag,
        no_range,
    ] {
        let answer = reply_to_rest(&head);
        assert!(
            matches!(answer, Answer::StartOver { .. }),
            "{head:?}: {answer:?}"
        );
    }
    let unknown = partial(4, None);
    let answer = understand(&ask(Some(&unknown)), Some(&unknown), &part("bytes 4-9/*"));
    assert!(
        matches!(answer, Answer::StartOver { .. }),
        "where does it end? {answer:?}"
    );
}

#[test]
fn everything_instead_of_the_rest_replaces_what_is_there() {
    let whole = Answer::Whole {
        total: Some(12),
        version: strong("\"a\""),
    };
    assert_eq!(reply_to_rest(&ok(12)), whole);
}

#[test]
fn no_range_behind_the_last_byte_means_that_it_is_the_last() {
    let none = |total: &str| ReplyHead {
        status: 416,
        content_range: Some(total.to_owned()),
        ..ok(0)
    };
    let all = partial(10, Some(10));
    let ask = ask(Some(&all));
    assert_eq!(
        understand(&ask, Some(&all), &none("bytes */10")),
        Answer::Complete
    );
    let of_eleven = partial(10, Some(11));
    let answer = understand(&ask, Some(&of_eleven), &none("bytes */10"));
    assert!(
        matches!(answer, Answer::StartOver { .. }),
        "it was eleven: {answer:?}"
    );
    for total in ["bytes */11", "bytes */9", "bytes */*", ""] {
        let answer = understand(&ask, Some(&all), &none(total));
        assert!(
            matches!(answer, Answer::StartOver { .. }),
            "{total}: {answer:?}"
        );
    }
}

#[test]
fn a_whole_reply_must_be_what_it_seems() {
    let to_whole = |head: &ReplyHead| understand(&Ask::Whole, None, head);
    let page = ReplyHead {
        content_type: Some("text/HTML; charset=utf-8".into()),
        ..ok(10)
    };
    assert!(matches!(to_whole(&page), Answer::Missing { .. }));
    let packed = ReplyHead {
        content_encoding: Some("gzip".into()),
        ..ok(10)
    };
    assert!(matches!(to_whole(&packed), Answer::Refused { .. }));
    let endless = ReplyHead {
        content_length: None,
        ..ok(0)
    };
    assert!(matches!(to_whole(&endless), Answer::Refused { .. }));
    let chunked = ReplyHead {
        chunked: true,
        ..endless
    };
    assert!(matches!(
        to_whole(&chunked),
        Answer::Whole { total: None, .. }
    ));
}

#[test]
fn only_statuses_that_may_pass_are_tried_again() {
    let answer = |status, asked: &Ask| understand(asked, None, &ReplyHead { status, ..ok(0) });
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        assert!(
            matches!(answer(status, &Ask::Whole), Answer::Later { .. }),
            "{status}"
        );
    }
    for status in [400, 401, 403, 405, 409, 412, 416, 418, 451] {
        assert!(
            matches!(answer(status, &Ask::Whole), Answer::Refused { .. }),
            "{status}"
        );
    }
    for status in [404, 410] {
        assert!(
            matches!(answer(status, &Ask::Whole), Answer::Missing { .. }),
            "{status}"
        );
    }
    assert_eq!(
        answer(304, &ask_if_changed(&strong("\"a\""))),
        Answer::Unchanged
    );
    // Answers to questions that nobody asked.
    for status in [206, 304, 204, 302] {
        assert!(
            matches!(answer(status, &Ask::Whole), Answer::Refused { .. }),
            "{status}"
        );
    }
}

#[test]
fn retry_after_is_seconds_or_a_time_by_the_clock_of_the_server() {
    let after = |asked: &str, now: Option<&str>| {
        retry_after(&ReplyHead {
            retry_after: Some(asked.to_owned()),
            date: now.map(str::to_owned),
            ..ok(0)
        })
    };
    assert_eq!(after("120", None), Some(Duration::from_mins(2)));
    assert_eq!(after(NOW, Some(CHANGED)), Some(Duration::from_secs(1)));
    assert_eq!(
        after(CHANGED, Some(NOW)),
        Some(Duration::ZERO),
        "it is over"
    );
    assert_eq!(after(NOW, None), None);
    assert_eq!(after("soon", Some(NOW)), None);
    assert_eq!(after("-1", Some(NOW)), None);
}

/// What a server does next with a request.
#[derive(Debug, Clone)]
struct Move {
    /// The version that it has now.
    version: usize,
    /// It sends everything whatever it is asked for.
    ignores_range: bool,
    /// It sends ranges of whatever version it has.
    ignores_if_range: bool,
    /// Bytes of the body until the connection breaks.
    cut: usize,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0..3_usize, any::<bool>(), any::<bool>(), 0..40_usize);
    let one = one.prop_map(|(version, ignores_range, ignores_if_range, cut)| Move {
        version,
        ignores_range,
        ignores_if_range,
        cut,
    });
    prop::collection::vec(one, 0..20)
}

/// Three versions; two of equal length, so that lengths alone tell nothing.
fn bytes_of(version: usize) -> Vec<u8> {
    let length = [20, 20, 25][version];
    vec![b'a' + u8::try_from(version).unwrap(); length]
}

fn tag_of(version: usize) -> String {
    format!("\"{version}\"")
}

/// Head and body of a reply.
fn served(ask: &Ask, step: &Move) -> (ReplyHead, Vec<u8>) {
    let bytes = bytes_of(step.version);
    let tagged = |head: ReplyHead| ReplyHead {
        etag: Some(tag_of(step.version)),
        ..head
    };
    if let Ask::Rest { from, if_range } = ask {
        let fits = *if_range == tag_of(step.version) || step.ignores_if_range;
        let from = usize::try_from(*from).unwrap();
        if fits && !step.ignores_range && from < bytes.len() {
            let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
            return (tagged(part(&range)), bytes[from..].to_vec());
        }
    }
    (tagged(ok(bytes.len() as u64)), bytes)
}

proptest! {
    /// Whatever a server does that names its versions truthfully, the bytes that are held
    /// are the start of one version, and all of it when they are said to be.
    #[test]
    fn bytes_of_two_versions_are_never_joined(moves in moves()) {
        let mut there: Option<(Partial, Vec<u8>)> = None;
        for step in moves {
            let known = there.as_ref().map(|(partial, _)| partial);
            let ask = ask(known);
            let (head, mut body) = served(&ask, &step);
            body.truncate(step.cut);
            match understand(&ask, known, &head) {
                Answer::Whole { total, version } => {
                    let empty = Partial { length: 0, total, version, whole: false };
                    there = Some((empty, Vec::new()));
                }
                Answer::Rest { .. } => {}
                Answer::StartOver { .. } => {
                    there = None;
                    continue;
                }
                other => prop_assert!(false, "{other:?}"),
            }
            let (partial, bytes) = there.as_mut().unwrap();
            bytes.extend(body);
            partial.length = bytes.len() as u64;
            let of = (0..3).find(|of| Some(tag_of(*of)) == partial.version.etag).unwrap();
            prop_assert!(bytes_of(of).starts_with(bytes), "{bytes:?} is no start of {of}");
            if partial.total == Some(partial.length) {
                prop_assert_eq!(&bytes_of(of), bytes);
                break;
            }
        }
    }
}

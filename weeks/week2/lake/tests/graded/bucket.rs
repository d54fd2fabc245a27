use proptest::prelude::*;
use week2_lake::{Answer, BucketOutcome};

use super::subject::understand_bucket;
use crate::support::law;

const fn error(status: u16, code: &str) -> Answer<'_> {
    Answer::Error { status, code }
}

const MINE: Answer<'_> = error(409, "BucketAlreadyOwnedByYou");
const TAKEN: Answer<'_> = error(409, "BucketAlreadyExists");

#[test]
fn a_bucket_that_is_mine_already_is_no_failure() {
    for was_missing in [false, true] {
        let found = understand_bucket(MINE, 1, was_missing);
        assert_eq!(
            found,
            BucketOutcome::AlreadyMine,
            "409 BucketAlreadyOwnedByYou to the first attempt; missing before: {was_missing}"
        );
    }
}

#[test]
fn a_name_that_somebody_else_has_is_taken_however_often_it_is_tried() {
    for attempt in 1..4 {
        for was_missing in [false, true] {
            let found = understand_bucket(TAKEN, attempt, was_missing);
            assert_eq!(
                found,
                BucketOutcome::Taken,
                "409 BucketAlreadyExists to attempt {attempt}; missing before: {was_missing}"
            );
        }
    }
}

#[test]
fn a_bucket_that_an_earlier_attempt_made_is_created() {
    assert_eq!(
        understand_bucket(MINE, 2, true),
        BucketOutcome::Created,
        "it was missing, and the answer to attempt 1 was lost: attempt 1 made it"
    );
    assert_eq!(
        understand_bucket(MINE, 2, false),
        BucketOutcome::AlreadyMine,
        "nobody knows that it was missing: it may have been there before"
    );
}

#[test]
fn done_says_created_only_of_a_bucket_that_was_missing() {
    assert_eq!(
        understand_bucket(Answer::Done, 1, true),
        BucketOutcome::Created
    );
    assert_eq!(
        understand_bucket(Answer::Done, 1, false),
        BucketOutcome::AlreadyMine,
        "us-east-1 answers 200 to the owner of a bucket that exists"
    );
}

#[test]
fn what_passes_is_tried_again_and_what_stays_is_refused() {
    for answer in [
        Answer::Lost,
        error(409, "OperationAborted"),
        error(429, "TooManyRequests"),
        error(500, "InternalError"),
        error(502, ""),
        error(503, "SlowDown"),
        error(504, ""),
    ] {
        let found = understand_bucket(answer, 1, true);
        assert_eq!(found, BucketOutcome::Retry, "{answer:?}");
    }
    for answer in [
        error(403, "AccessDenied"),
        error(400, "InvalidBucketName"),
        error(400, "TooManyBuckets"),
        error(301, "PermanentRedirect"),
        error(409, "SomethingNew"),
    ] {
        let found = understand_bucket(answer, 1, true);
        assert_eq!(found, BucketOutcome::Refused, "{answer:?}");
    }
}

/// Who has the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    Me,
    Other,
}

/// What happens to one request on its way.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    None,
    SlowDown,
    Reset,
    LostReply,
}

/// One `CreateBucket` of a service outside `us-east-1`.
fn create(owner: &mut Owner, trouble: Trouble) -> Answer<'static> {
    match trouble {
        Trouble::SlowDown => return error(503, "SlowDown"),
        Trouble::Reset => return Answer::Lost,
        Trouble::None | Trouble::LostReply => {}
    }
    let answer = match *owner {
        Owner::Nobody => Answer::Done,
        Owner::Me => MINE,
        Owner::Other => TAKEN,
    };
    if *owner == Owner::Nobody {
        *owner = Owner::Me;
    }
    match trouble {
        Trouble::LostReply => Answer::Lost,
        _ => answer,
    }
}

#[test]
fn over_a_bad_network_the_outcome_says_who_made_the_bucket() {
    let values = (
        prop::sample::select(vec![Owner::Nobody, Owner::Me, Owner::Other]),
        prop::collection::vec(
            prop::sample::select(vec![Trouble::SlowDown, Trouble::Reset, Trouble::LostReply]),
            0..5,
        ),
    );
    law(values, &|(before, troubles)| {
        let mut owner = before;
        let mut outcome = BucketOutcome::Retry;
        let troubles = troubles.into_iter().chain([Trouble::None]);
        for (attempt, trouble) in (1..).zip(troubles) {
            let answer = create(&mut owner, trouble);
            outcome = understand_bucket(answer, attempt, before == Owner::Nobody);
            if outcome != BucketOutcome::Retry {
                break;
            }
        }
        let expected = match before {
            Owner::Nobody => BucketOutcome::Created,
            Owner::Me => BucketOutcome::AlreadyMine,
            Owner::Other => BucketOutcome::Taken,
        };
        prop_assert_eq!(
            outcome,
            expected,
            "owner before: {:?}, after: {:?}",
            before,
            owner
        );
        Ok(())
    });
}

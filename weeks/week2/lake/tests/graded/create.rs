use proptest::prelude::*;
use week2_lake::{Answer, CreateAttempt, CreateOutcome, Stored};

use super::subject::understand_create;
use crate::support::{Lake, law, sha256};

const OURS: &str = "ours";
const EXISTS: Answer<'_> = error(412, "PreconditionFailed");
const GONE: Answer<'_> = error(404, "NoSuchUpload");
const CONFLICT: Answer<'_> = error(409, "ConditionalRequestConflict");

const fn error(status: u16, code: &str) -> Answer<'_> {
    Answer::Error { status, code }
}

/// What `answer` to an attempt means; parts are sent where the upload can be gone.
fn outcome(attempt: u32, answer: Answer<'_>, stored: Stored<'_>) -> CreateOutcome {
    let in_parts = answer == GONE;
    let tried = CreateAttempt {
        attempt,
        in_parts,
        answer,
        stored,
    };
    understand_create(&tried, OURS)
}

#[test]
fn a_create_that_was_answered_is_created() {
    let found = outcome(1, Answer::Done, Stored::NotLooked);
    assert_eq!(found, CreateOutcome::Created);
}

#[test]
fn an_object_that_was_there_is_looked_at_before_anything_is_said() {
    for (attempt, answer) in [(1, EXISTS), (2, EXISTS), (1, GONE), (2, GONE)] {
        let found = outcome(attempt, answer, Stored::NotLooked);
        assert_eq!(
            found,
            CreateOutcome::Look,
            "{answer:?} to attempt {attempt}"
        );
    }
}

#[test]
fn our_own_bytes_after_a_lost_reply_are_created_and_no_conflict() {
    for answer in [EXISTS, GONE] {
        let found = outcome(2, answer, Stored::Sha256(OURS));
        assert_eq!(
            found,
            CreateOutcome::Created,
            "{answer:?} to attempt 2, and the key holds what attempt 1 sent"
        );
    }
    assert_eq!(
        outcome(1, EXISTS, Stored::Sha256(OURS)),
        CreateOutcome::AlreadyThere,
        "nothing was sent before: somebody else has made the same object"
    );
}

#[test]
fn other_bytes_are_taken_whatever_the_attempt() {
    for (attempt, answer) in [(1, EXISTS), (2, EXISTS), (7, EXISTS), (2, GONE)] {
        let found = outcome(attempt, answer, Stored::Sha256("theirs"));
        assert_eq!(
            found,
            CreateOutcome::Taken,
            "{answer:?} to attempt {attempt}, and the key holds another's bytes"
        );
    }
}

#[test]
fn nothing_under_the_key_means_once_more() {
    let found = outcome(1, EXISTS, Stored::Nothing);
    assert_eq!(found, CreateOutcome::Retry, "412, and then it was removed");
    let found = outcome(2, GONE, Stored::Nothing);
    assert_eq!(
        found,
        CreateOutcome::Restart,
        "the upload was aborted: its parts are gone"
    );
}

#[test]
fn a_conflict_is_tried_again_and_in_parts_from_the_start() {
    let tried = |in_parts| CreateAttempt {
        attempt: 1,
        in_parts,
        answer: CONFLICT,
        stored: Stored::NotLooked,
    };
    let whole = understand_create(&tried(false), OURS);
    assert_eq!(whole, CreateOutcome::Retry);
    let in_parts = understand_create(&tried(true), OURS);
    assert_eq!(in_parts, CreateOutcome::Restart);
}

#[test]
fn what_passes_is_tried_again_and_what_stays_is_refused() {
    for answer in [
        Answer::Lost,
        error(429, "TooManyRequests"),
        error(500, "InternalError"),
        error(502, ""),
        error(503, "SlowDown"),
        error(504, ""),
    ] {
        let found = outcome(1, answer, Stored::NotLooked);
        assert_eq!(found, CreateOutcome::Retry, "{answer:?}");
    }
    for answer in [
        error(403, "AccessDenied"),
        error(400, "EntityTooLarge"),
        error(404, "NoSuchBucket"),
        error(409, "SomethingNew"),
    ] {
        let found = outcome(1, answer, Stored::NotLooked);
        assert_eq!(found, CreateOutcome::Refused, "{answer:?}");
    }
}

/// What happens to one request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    SlowDown,
    Conflict,
    Reset,
    LostReply,
    /// A lifecycle rule aborts the upload.
    Aborted,
}

const TROUBLES: [Trouble; 5] = [
    Trouble::SlowDown,
    Trouble::Conflict,
    Trouble::Reset,
    Trouble::LostReply,
    Trouble::Aborted,
];

/// One key of a service, and one upload in parts to it.
struct Service {
    held: Option<&'static str>,
    is_open: bool,
}

impl Service {
    fn create(&mut self, in_parts: bool, trouble: Option<Trouble>) -> Answer<'static> {
        match trouble {
            Some(Trouble::SlowDown) => return error(503, "SlowDown"),
            Some(Trouble::Conflict) => return CONFLICT,
            Some(Trouble::Reset) => return Answer::Lost,
            Some(Trouble::Aborted) => self.is_open = false,
            Some(Trouble::LostReply) | None => {}
        }
        let answer = if in_parts && !self.is_open {
            GONE
        } else if self.held.is_some() {
            EXISTS
        } else {
            self.held = Some(OURS);
            self.is_open = false;
            Answer::Done
        };
        match trouble {
            Some(Trouble::LostReply) => Answer::Lost,
            _ => answer,
        }
    }

    fn stored(&self) -> Stored<'static> {
        self.held.map_or(Stored::Nothing, Stored::Sha256)
    }
}

#[test]
fn over_a_bad_network_the_outcome_says_whose_object_is_there() {
    let values = (
        prop::sample::select(vec![None, Some(OURS), Some("theirs")]),
        any::<bool>(),
        prop::collection::vec(prop::sample::select(TROUBLES.to_vec()), 0..6),
    );
    law(values, &|(before, in_parts, troubles)| {
        let mut service = Service {
            held: before,
            is_open: true,
        };
        let mut end = None;
        let troubles = troubles.iter().copied().map(Some).chain([None, None, None]);
        for (attempt, trouble) in (1..).zip(troubles) {
            let answer = service.create(in_parts, trouble);
            let tried = |stored| CreateAttempt {
                attempt,
                in_parts,
                answer,
                stored,
            };
            let mut outcome = understand_create(&tried(Stored::NotLooked), OURS);
            if outcome == CreateOutcome::Look {
                outcome = understand_create(&tried(service.stored()), OURS);
            }
            match outcome {
                CreateOutcome::Retry => {}
                CreateOutcome::Restart => service.is_open = true,
                done => {
                    end = Some((done, attempt));
                    break;
                }
            }
        }
        let (outcome, attempts) = end.expect("the network is well again, and nothing is decided");
        let allowed = match before {
            None => vec![CreateOutcome::Created],
            Some(OURS) if attempts == 1 => vec![CreateOutcome::AlreadyThere],
            // Nobody can tell an earlier attempt's object from a twin's.
            Some(OURS) => vec![CreateOutcome::AlreadyThere, CreateOutcome::Created],
            Some(_) => vec![CreateOutcome::Taken],
        };
        prop_assert!(
            allowed.contains(&outcome),
            "the key held {:?}, and after {} attempts: {:?}",
            before,
            attempts,
            outcome
        );
        Ok(())
    });
}

const COMMIT: &str = "metadata/commits/1.json";

/// Creates a commit through a client that loses its first answers; gives how it ended, and
/// with which attempt.
fn create(lake: &Lake, body: &str, lost_replies: u64) -> (CreateOutcome, u32) {
    let rough = lake.losing(lost_replies);
    let ours = sha256(body);
    for attempt in 1..10 {
        let answer = rough.create(COMMIT, body);
        let tried = |stored| CreateAttempt {
            attempt,
            in_parts: false,
            answer,
            stored,
        };
        let mut outcome = understand_create(&tried(Stored::NotLooked), &ours);
        if outcome == CreateOutcome::Look {
            let found = lake.head(COMMIT).and_then(|found| found.sha256);
            let stored = found.as_deref().map_or(Stored::Nothing, Stored::Sha256);
            outcome = understand_create(&tried(stored), &ours);
        }
        if outcome != CreateOutcome::Retry {
            return (outcome, attempt);
        }
    }
    panic!("after nine attempts there is no end");
}

#[test]
fn over_s3_a_commit_whose_answer_was_lost_is_created_and_another_run_finds_it_taken() {
    let lake = Lake::new();
    assert_eq!(
        create(&lake, "mine", 1),
        (CreateOutcome::Created, 2),
        "the first answer was lost, the second was 412, and the bytes are ours"
    );
    assert_eq!(create(&lake, "another run's", 0), (CreateOutcome::Taken, 1));
    assert_eq!(
        create(&lake, "another run's", 1),
        (CreateOutcome::Taken, 2),
        "the answer that was lost said the same"
    );
    assert_eq!(lake.get(COMMIT), "mine");
}

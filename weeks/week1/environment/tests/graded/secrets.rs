// What is a secret is shown to nobody.

use proptest::prelude::*;
use week1_environment::{Config, Explained, Kind, Layer, NOT_SHOWN, Problem, Setting};

use super::subject;
use super::support::{SETTINGS, cases, problems, required, said, variables};

const PAIR: [&str; 2] = ["aws.access_key_id", "aws.secret_access_key"];

fn with_secret(secret: &str) -> Config {
    let keys = said(
        Layer::DotEnv,
        &[
            (PAIR[0], secret),
            (PAIR[1], secret),
            ("lineage.key", secret),
        ],
    );
    subject::resolve(SETTINGS, &[required(), keys]).expect("it is in order")
}

fn line<'a>(table: &'a [Explained], key: &str) -> &'a Explained {
    let found = table.iter().find(|line| line.key == key);
    found.unwrap_or_else(|| panic!("{key} is not in the table {table:#?}"))
}

#[test]
fn the_table_has_every_setting_in_order_and_who_said_it() {
    let config = with_secret("hunter2");
    let table = subject::explain(SETTINGS, &config);
    let keys: Vec<_> = table.iter().map(|line| (line.key, line.variable)).collect();
    let expected: Vec<_> = SETTINGS.iter().map(|s| (s.key, s.variable)).collect();
    assert_eq!(keys, expected);
    for (key, shown, layer) in [
        ("lake.place", Some(".lake"), Some(Layer::File)),
        ("run.threads", None, None),
        ("run.wait", Some("60s"), Some(Layer::Default)),
        (
            "aws.secret_access_key",
            Some(NOT_SHOWN),
            Some(Layer::DotEnv),
        ),
        ("aws.session_token", None, None),
    ] {
        let line = line(&table, key);
        assert_eq!((line.shown.as_deref(), line.layer), (shown, layer), "{key}");
    }
}

#[test]
fn a_long_secret_looks_like_a_short_one() {
    for secret in ["x", "0123456789abcdefghijklmnopqrstuvwxyzABCD"] {
        let table = subject::explain(SETTINGS, &with_secret(secret));
        for key in PAIR {
            let shown = line(&table, key).shown.as_deref();
            assert_eq!(shown, Some(NOT_SHOWN), "{key} of {} letters", secret.len());
        }
    }
}

#[test]
fn an_address_is_shown_without_its_user_and_password() {
    let flags = [
        ("lineage.url", "https://me:hunter2@marquez:5000/api?a=b@c"),
        ("lake.endpoint", "http://127.0.0.1:9000"),
    ];
    let config = subject::resolve(SETTINGS, &[required(), said(Layer::Flag, &flags)]);
    let table = subject::explain(SETTINGS, &config.expect("it is in order"));
    for (key, shown) in [
        ("lineage.url", "https://***@marquez:5000/api?a=b@c"),
        ("lake.endpoint", "http://127.0.0.1:9000"),
    ] {
        assert_eq!(line(&table, key).shown.as_deref(), Some(shown), "{key}");
    }
}

#[test]
fn a_secret_in_the_committed_file_is_refused_without_repeating_it() {
    let entries = [
        ("aws.secret_access_key".to_owned(), "hunter2".to_owned()),
        ("lake.place".to_owned(), ".lake".to_owned()),
        ("lineage.key".to_owned(), "hunter2".to_owned()),
    ];
    let found = problems(
        subject::from_file(SETTINGS, &entries),
        "two secrets in the file",
    );
    let mut misplaced: Vec<_> = found
        .iter()
        .map(|problem| match problem {
            Problem::Misplaced { key, variable } => (*key, *variable),
            other => panic!("a misplaced secret is expected, got {other}"),
        })
        .collect();
    misplaced.sort_unstable();
    let expected = [
        ("aws.secret_access_key", "AWS_SECRET_ACCESS_KEY"),
        ("lineage.key", "LINEAGE_KEY"),
    ];
    assert_eq!(misplaced, expected);
    assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
}

#[test]
fn the_nearest_key_of_the_file_is_never_a_secret_one() {
    let entries = [("lineage.kex".to_owned(), "x".to_owned())];
    let found = problems(subject::from_file(SETTINGS, &entries), "an unknown key");
    let is_right = matches!(&found[..], [Problem::Unknown { nearest: None, .. }]);
    assert!(
        is_right,
        "lineage.key is a secret: the file must not be proposed as its place, got {found:?}"
    );
}

#[test]
fn a_wrong_secret_is_told_without_its_value() {
    const ADDRESS: &[Setting] = &[Setting::new("hook.url", "HOOK_URL", Kind::Address).secret()];
    let list = variables(&[("HOOK_URL", "hunter2")]);
    let environment = subject::from_variables(ADDRESS, Layer::Environment, &list).expect("known");
    let found = problems(
        subject::resolve(ADDRESS, &[environment]),
        "hunter2 is no address",
    );
    let told = format!("{} {found:?}", found[0]);
    assert!(!told.contains("hunter2"), "{told}");
    assert!(
        told.contains("HOOK_URL"),
        "what is wrong has a name: {told}"
    );
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_secret_is_in_anything_that_can_be_printed(secret in "[A-Z][A-Za-z0-9+/]{7,40}") {
        let config = with_secret(&secret);
        let table = subject::explain(SETTINGS, &config);
        let printed = format!("{table:?} {config:?}");
        prop_assert!(!printed.contains(&secret));
        // Four letters at either end are enough to find out whose key it is.
        for part in [&secret[..4], &secret[secret.len() - 4..]] {
            let shown: String = table.iter().filter_map(|line| line.shown.clone()).collect();
            prop_assert!(!shown.contains(part), "{part} of a secret is shown");
        }
    }
}

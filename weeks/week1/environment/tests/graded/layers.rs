// Who says what, and what holds.

use std::time::Duration;

use proptest::prelude::*;
use week1_environment::{Config, Kind, Layer, Problem, Said, Secret, Setting, Value};

use super::subject;
use super::support::{SETTINGS, cases, problems, required, said, variables};

const LAYERS: [Layer; 4] = [Layer::File, Layer::DotEnv, Layer::Environment, Layer::Flag];

#[track_caller]
fn resolved(layers: &[Said]) -> Config {
    subject::resolve(SETTINGS, layers)
        .unwrap_or_else(|problems| panic!("{layers:?} is in order, and: {problems}"))
}

#[track_caller]
fn assert_says(config: &Config, key: &str, text: &str, layer: Layer) {
    let found = config
        .values
        .get(key)
        .map(|found| (found.value.clone(), found.layer));
    let expected = Some((Value::Text(text.into()), layer));
    assert_eq!(found, expected, "{key}");
}

fn keys(said: &Said) -> Vec<(&str, &str)> {
    let texts = said.texts.iter();
    texts.map(|(key, text)| (*key, text.expose())).collect()
}

#[test]
fn the_nearest_layer_wins_setting_by_setting() {
    let config = resolved(&[
        said(
            Layer::File,
            &[
                ("lake.place", "file"),
                ("aws.region", "file"),
                ("log.format", "json"),
            ],
        ),
        said(
            Layer::DotEnv,
            &[("lake.place", "dotenv"), ("aws.region", "dotenv")],
        ),
        said(Layer::Environment, &[("lake.place", "environment")]),
    ]);
    assert_says(&config, "lake.place", "environment", Layer::Environment);
    assert_says(&config, "aws.region", "dotenv", Layer::DotEnv);
    assert_says(&config, "log.format", "json", Layer::File);
}

#[test]
fn what_is_typed_on_the_command_line_wins_over_all() {
    let all = LAYERS.map(|layer| said(layer, &[("lake.place", &layer.to_string())]));
    let config = subject::resolve(&SETTINGS[..1], &all).expect("it is said four times");
    assert_says(&config, "lake.place", "flag", Layer::Flag);
}

#[test]
fn a_default_holds_where_nobody_says_anything() {
    let config = resolved(&[required()]);
    assert_says(&config, "log.format", "text", Layer::Default);
    assert_eq!(config.time("run.wait"), Some(Duration::from_mins(1)));
    let unsaid = config.values.get("run.threads");
    assert_eq!(unsaid, None, "run.threads has no default");
}

#[test]
fn values_are_of_their_kind() {
    let flags = [
        ("lake.endpoint", "http://127.0.0.1:9000"),
        ("run.threads", "4"),
        ("run.wait", "2h"),
        ("lineage.key", "k"),
    ];
    let config = resolved(&[required(), said(Layer::Flag, &flags)]);
    assert_eq!(config.text("lake.endpoint"), Some("http://127.0.0.1:9000"));
    assert_eq!(config.count("run.threads").map(usize::from), Some(4));
    assert_eq!(config.time("run.wait"), Some(Duration::from_hours(2)));
    let secret = config.secret("lineage.key").map(Secret::expose);
    assert_eq!(secret, Some("k"), "a secret setting has a Value::Secret");
}

#[test]
fn an_empty_variable_is_none_and_hides_nothing() {
    let empty = variables(&[("CAPSTONE_LAKE", ""), ("AWS_REGION", "us-west-2")]);
    let environment = subject::from_variables(SETTINGS, Layer::Environment, &empty);
    let environment = environment.expect("an empty variable is no problem");
    assert_eq!(environment.layer, Layer::Environment);
    assert_eq!(keys(&environment), [("aws.region", "us-west-2")]);
    let entries = [
        ("lake.place".into(), String::new()),
        ("aws.region".into(), "x".into()),
    ];
    let file = subject::from_file(SETTINGS, &entries).expect("an empty text is no problem");
    assert_eq!(keys(&file), [("aws.region", "x")]);
}

#[test]
fn variables_of_others_are_not_ours_to_judge() {
    let list = variables(&[
        ("PATH", "/bin"),
        ("POSTGRES_PASSWORD", "x"),
        ("AWS_PROFILE", "work"),
        ("CAPSTONE_THREADS", "3"),
    ]);
    let found = subject::from_variables(SETTINGS, Layer::DotEnv, &list);
    let found = found.expect("only what begins with CAPSTONE_ is ours");
    assert_eq!(keys(&found), [("run.threads", "3")]);
}

#[test]
fn a_misspelt_variable_of_ours_is_told_with_the_nearest() {
    let list = variables(&[
        ("CAPSTONE_TREADS", "3"),
        ("CAPSTONE_ELEPHANTS", "1"),
        ("CAPSTONE_WAIT", "5s"),
    ]);
    let found = subject::from_variables(SETTINGS, Layer::DotEnv, &list);
    let found = problems(found, "two names that are no setting");
    let unknown = |name: &str, nearest: Option<&str>| Problem::Unknown {
        layer: Layer::DotEnv,
        name: name.into(),
        nearest: nearest.map(Into::into),
    };
    assert_eq!(found.len(), 2, "{found:?}");
    for expected in [
        unknown("CAPSTONE_TREADS", Some("CAPSTONE_THREADS")),
        unknown("CAPSTONE_ELEPHANTS", None),
    ] {
        assert!(
            found.contains(&expected),
            "{expected:?} is not in {found:?}"
        );
    }
}

#[test]
fn every_unknown_key_of_the_file_is_told() {
    let entries = [
        ("lake.plaice", ".lake"),
        ("threads", "4"),
        ("run.threads", "4"),
        ("CAPSTONE_LAKE", "x"),
    ];
    let entries = entries.map(|(key, text)| (key.to_owned(), text.to_owned()));
    let found = problems(subject::from_file(SETTINGS, &entries), "three unknown keys");
    let mut names: Vec<_> = found
        .iter()
        .map(|problem| match problem {
            Problem::Unknown {
                layer: Layer::File,
                name,
                nearest,
            } => (name.as_str(), nearest.as_deref()),
            other => panic!("an unknown key is expected, got {other:?}"),
        })
        .collect();
    names.sort_unstable();
    let expected = [
        ("CAPSTONE_LAKE", None),
        ("lake.plaice", Some("lake.place")),
        ("threads", None),
    ];
    assert_eq!(names, expected);
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let found = subject::resolve(SETTINGS, &[said(Layer::Flag, &[("run.threads", "many")])]);
    let found = problems(found, "no lake, no region, and threads that are no number");
    assert_eq!(found.len(), 3, "{found:?}");
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    for expected in [
        "CAPSTONE_LAKE is missing",
        "AWS_REGION is missing",
        "\"many\"",
    ] {
        let found = told.iter().any(|line| line.contains(expected));
        assert!(found, "{expected:?} is not among {told:#?}");
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_told_with_who_says_it() {
    for (key, text) in [
        ("lake.endpoint", "localhost:9000"),
        ("run.threads", "0"),
        ("run.threads", "-1"),
        ("run.wait", "60"),
        ("log.format", "yaml"),
    ] {
        for layer in LAYERS {
            // Where the layer has more to say than this, it is in order.
            let one = said(layer, &[(key, text)]);
            let others = required();
            let layers = if layer == Layer::File {
                let mut whole = others;
                whole.texts.extend(one.texts);
                vec![whole]
            } else {
                vec![others, one]
            };
            let found = problems(subject::resolve(SETTINGS, &layers), key);
            let is_right = matches!(
                &found[..],
                [Problem::Invalid { key: wrong, layer: by, .. }] if *wrong == key && *by == layer
            );
            assert!(is_right, "{key}={text:?} in {layer}: {found:?}");
        }
    }
}

#[test]
fn a_wrong_value_that_is_overridden_does_no_harm() {
    let config = resolved(&[
        said(
            Layer::File,
            &[
                ("lake.place", "a"),
                ("aws.region", "b"),
                ("run.threads", "many"),
            ],
        ),
        said(Layer::Environment, &[("run.threads", "2")]),
    ]);
    assert_eq!(config.count("run.threads").map(usize::from), Some(2));
}

fn credential(config: &Config, key: &str) -> Option<(String, Layer)> {
    let layer = config.values.get(key)?.layer;
    Some((config.secret(key)?.expose().to_owned(), layer))
}

#[test]
fn a_key_and_its_secret_are_taken_from_one_layer() {
    let config = resolved(&[
        required(),
        said(
            Layer::DotEnv,
            &[
                ("aws.access_key_id", "id-of-env-file"),
                ("aws.secret_access_key", "secret-of-env-file"),
                ("aws.session_token", "token-of-env-file"),
            ],
        ),
        said(
            Layer::Environment,
            &[
                ("aws.access_key_id", "id-of-process"),
                ("aws.secret_access_key", "secret-of-process"),
            ],
        ),
    ]);
    let process = |text: &str| Some((text.to_owned(), Layer::Environment));
    assert_eq!(
        credential(&config, "aws.access_key_id"),
        process("id-of-process")
    );
    assert_eq!(
        credential(&config, "aws.secret_access_key"),
        process("secret-of-process")
    );
    assert_eq!(
        credential(&config, "aws.session_token"),
        None,
        "the token of .env belongs to the key of .env, which is not taken"
    );
}

#[test]
fn half_a_credential_is_not_completed_from_elsewhere() {
    let whole = said(
        Layer::DotEnv,
        &[("aws.access_key_id", "a"), ("aws.secret_access_key", "b")],
    );
    for (half, missing) in [
        ("aws.access_key_id", &["AWS_SECRET_ACCESS_KEY"][..]),
        ("aws.secret_access_key", &["AWS_ACCESS_KEY_ID"]),
        (
            "aws.session_token",
            &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
        ),
    ] {
        let layers = [
            required(),
            said(Layer::Environment, &[(half, "c")]),
            whole.clone(),
        ];
        let found = subject::resolve(SETTINGS, &layers);
        let found = problems(found, &format!("the environment has {half} alone"));
        let mut told: Vec<_> = found
            .iter()
            .map(|problem| match problem {
                Problem::Incomplete {
                    variable,
                    layer: Layer::Environment,
                    ..
                } => *variable,
                other => panic!("{half} alone is incomplete, got {other:?}"),
            })
            .collect();
        told.sort_unstable();
        assert_eq!(told, missing, "the environment has {half} alone");
    }
}

#[test]
fn a_group_that_nobody_mentions_is_not_missed() {
    let config = resolved(&[required()]);
    assert_eq!(credential(&config, "aws.access_key_id"), None);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_order_in_which_layers_are_read_does_not_matter(
        texts in proptest::collection::vec(proptest::option::of("[a-z]{1,3}"), 4),
        order in Just([0, 1, 2, 3]).prop_shuffle(),
    ) {
        const ONE: &[Setting] = &[Setting::new("a.b", "CAPSTONE_A", Kind::Text).or("default")];
        let layer = |i: usize| {
            let text: Vec<_> = texts[i].iter().map(|text| ("a.b", text.as_str())).collect();
            said(LAYERS[i], &text)
        };
        let config = subject::resolve(ONE, &order.map(layer)).unwrap();
        let highest = (0..4).rev().find_map(|i| Some((texts[i].clone()?, LAYERS[i])));
        let (text, by) = highest.unwrap_or(("default".into(), Layer::Default));
        prop_assert_eq!(config.text("a.b"), Some(text.as_str()));
        prop_assert_eq!(config.values["a.b"].layer, by);
    }
}

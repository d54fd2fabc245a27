// The environment in one command, read from compose.yaml.

use serde_json::Value;

use super::subject;
use super::support::{is_pinned, must_be_done, sounds_secret};

fn compose(mark: &str) -> Value {
    must_be_done("compose.yaml", subject::COMPOSE, mark);
    let read: Result<Value, _> = serde_saphyr::from_str(subject::COMPOSE);
    read.unwrap_or_else(|error| panic!("compose.yaml is no YAML: {error}"))
}

#[track_caller]
fn service<'a>(compose: &'a Value, name: &str) -> &'a Value {
    let service = &compose["services"][name];
    assert!(service.is_object(), "there is no service {name}");
    service
}

// Words of what may be a text or a list of texts.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        Value::Array(list) => list.iter().flat_map(words).collect(),
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

// A text, or the lines of a list.
fn entries(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

// Name and value of what may be a map or a list of NAME=VALUE.
fn environment(service: &Value) -> Vec<(String, String)> {
    match &service["environment"] {
        Value::Object(map) => map
            .iter()
            .map(|(name, value)| (name.clone(), words(value).join(" ")))
            .collect(),
        list => entries(list)
            .into_iter()
            .filter_map(Value::as_str)
            .map(|line| line.split_once('=').unwrap_or((line, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

struct Mount {
    source: String,
    target: String,
    read_only: bool,
}

impl Mount {
    fn is_named(&self) -> bool {
        !self.source.is_empty() && !self.source.starts_with(['.', '/', '~', '$'])
    }
}

fn mounts(service: &Value) -> Vec<Mount> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mount = |value: &Value| match value {
        Value::String(line) => short(line),
        long => Mount {
            source: text(&long["source"]),
            target: text(&long["target"]),
            read_only: long["read_only"].as_bool().unwrap_or(false),
        },
    };
    entries(&service["volumes"])
        .into_iter()
        .map(mount)
        .collect()
}

// `source:target:options`; a variable's default may have colons too.
fn short(line: &str) -> Mount {
    let (start, rest) = match line.rfind('}') {
        Some(end) if line.starts_with('$') => line.split_at(end + 1),
        _ => line.split_at(0),
    };
    let parts: Vec<&str> = rest.split(':').collect();
    let (source, others) = parts.split_first().expect("a split has a first part");
    let (source, target, options) = match others {
        [] => (String::new(), *source, ""),
        [target, options @ ..] => {
            let options = options.first().copied().unwrap_or_default();
            (format!("{start}{source}"), *target, options)
        }
    };
    Mount {
        source,
        target: target.to_owned(),
        read_only: options.split(',').any(|option| option == "ro"),
    }
}

#[test]
fn postgres_is_pinned_to_a_version() {
    let compose = compose("pin");
    let image = service(&compose, "postgres")["image"]
        .as_str()
        .unwrap_or_default();
    assert!(
        is_pinned(image),
        "{image:?} is another major version one day"
    );
}

#[test]
fn postgres_says_when_it_takes_connections() {
    let compose = compose("health");
    let check = &service(&compose, "postgres")["healthcheck"];
    let test = words(&check["test"]);
    assert!(!test.is_empty(), "postgres has no healthcheck");
    let asks = test
        .iter()
        .any(|word| word.contains("pg_isready") || word.contains("psql"));
    assert!(asks, "{test:?} does not ask the server");
    let soon = check["interval"].is_string() || check["start_interval"].is_string();
    assert!(
        soon,
        "without an interval, the first answer comes after 30 seconds"
    );
}

#[test]
fn postgres_keeps_its_data_in_a_named_volume() {
    let compose = compose("volume");
    let mounts = mounts(service(&compose, "postgres"));
    let data = mounts
        .iter()
        .find(|mount| mount.target.starts_with("/var/lib/postgresql"));
    let data = data.expect("nothing is mounted at Postgres' data");
    assert!(data.is_named(), "{:?} is no named volume", data.source);
    let declared = compose["volumes"].get(&data.source).is_some();
    assert!(
        declared,
        "the volume {} is not declared under `volumes`",
        data.source
    );
}

#[test]
fn postgres_listens_on_this_machine_only() {
    let compose = compose("ports");
    let ports = entries(&service(&compose, "postgres")["ports"]);
    assert!(
        !ports.is_empty(),
        "psql on this machine can't reach it: no port is published"
    );
    for port in ports {
        let local = match port {
            Value::Object(long) => long.get("host_ip").and_then(Value::as_str) == Some("127.0.0.1"),
            other => other
                .as_str()
                .is_some_and(|text| text.starts_with("127.0.0.1:")),
        };
        assert!(
            local,
            "{port} is published to every machine that can reach this one"
        );
    }
}

#[test]
fn no_password_stands_in_the_file() {
    let compose = compose("password");
    let services = compose["services"].as_object().expect("there are services");
    for (name, service) in services {
        for (variable, value) in environment(service) {
            if !sounds_secret(&variable) || variable.ends_with("_FILE") {
                continue;
            }
            // `${NAME}` and `${NAME:?message}`; a default is a password in the file again.
            let inner = value
                .strip_prefix("${")
                .and_then(|rest| rest.strip_suffix('}'));
            let from_outside = inner.is_some_and(|inner| {
                let end = inner.find([':', '-', '?', '+']).unwrap_or(inner.len());
                matches!(
                    inner[end..].trim_start_matches(':').chars().next(),
                    None | Some('?')
                )
            });
            let passed_on = value.is_empty();
            assert!(
                from_outside || passed_on,
                "{variable} of {name} stands in the file, or has a default there"
            );
        }
    }
}

#[test]
fn ingest_is_built_from_the_dockerfile_and_ingests() {
    let compose = compose("ingest");
    let ingest = service(&compose, "ingest");
    let dockerfile = ingest["build"]["dockerfile"].as_str().unwrap_or_default();
    assert!(
        dockerfile.ends_with("Dockerfile"),
        "build.dockerfile of ingest is {dockerfile:?}; the context is the repository's root"
    );
    assert!(
        ingest["build"]["context"].is_string(),
        "ingest has no build.context"
    );
    let command = words(&ingest["command"]);
    assert!(
        command.iter().any(|word| word == "ingest"),
        "the command {command:?} does not ingest"
    );
    let source = command
        .iter()
        .any(|word| word.trim_start_matches("--source=") == "/source");
    assert!(source, "the command {command:?} does not read /source");
}

#[test]
fn ingest_gets_its_settings_from_the_env_file() {
    let compose = compose("settings");
    let files = entries(&service(&compose, "ingest")["env_file"]);
    let names: Vec<&str> = files
        .into_iter()
        .filter_map(|file| file.as_str().or_else(|| file["path"].as_str()))
        .collect();
    let has = names
        .iter()
        .any(|name| name.rsplit('/').next() == Some(".env"));
    assert!(has, "env_file of ingest is {names:?}");
}

#[test]
fn delivered_files_are_read_only_and_the_lake_outlives_the_container() {
    let compose = compose("mounts");
    let mounts = mounts(service(&compose, "ingest"));
    let find = |target: &str| {
        let found = mounts.iter().find(|mount| mount.target == target);
        found.unwrap_or_else(|| panic!("nothing is mounted at {target}"))
    };
    let source = find("/source");
    assert!(
        source.read_only,
        "what was delivered could be changed through {}",
        source.source
    );
    let lake = find("/lake");
    assert!(!lake.read_only, "the lake is read-only");
    assert!(
        !lake.source.is_empty(),
        "the lake is in a volume without a name"
    );
    let declared = compose["volumes"].get(&lake.source).is_some();
    assert!(
        !lake.is_named() || declared,
        "the volume {} is not declared under `volumes`",
        lake.source
    );
}

#[test]
fn who_waits_for_a_service_waits_for_its_health() {
    let compose = compose("wait");
    let services = compose["services"].as_object().expect("there are services");
    for (name, service) in services {
        match &service["depends_on"] {
            Value::Null => {}
            Value::Object(others) => {
                for (other, how) in others {
                    let healthy = how["condition"] == "service_healthy";
                    assert!(healthy, "{name} waits for {other}, and not for its health");
                }
            }
            list => panic!(
                "{name} waits until {list} are started, which is long before they take \
                 connections"
            ),
        }
    }
}

#[test]
fn ingest_is_a_job_that_ends() {
    let compose = compose("job");
    let restart = service(&compose, "ingest")["restart"]
        .as_str()
        .unwrap_or("no");
    assert!(
        restart == "no" || restart.starts_with("on-failure"),
        "restart: {restart} starts a job again that is done"
    );
}

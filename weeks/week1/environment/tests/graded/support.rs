// Settings to try things with, and readers of the two runtime files.

use std::fmt::Write as _;

use proptest::test_runner::Config as Cases;
use week1_environment::{Kind, Layer, Problem, Problems, Said, Secret, Setting};

pub(super) const SETTINGS: &[Setting] = &[
    Setting::new("lake.place", "CAPSTONE_LAKE", Kind::Text).required(),
    Setting::new("lake.endpoint", "CAPSTONE_ENDPOINT", Kind::Address),
    Setting::new("run.threads", "CAPSTONE_THREADS", Kind::Count),
    Setting::new("run.wait", "CAPSTONE_WAIT", Kind::Time).or("60s"),
    Setting::new(
        "log.format",
        "CAPSTONE_LOG_FORMAT",
        Kind::OneOf(&["text", "json"]),
    )
    .or("text"),
    Setting::new("aws.region", "AWS_REGION", Kind::Text).required(),
    Setting::new("aws.access_key_id", "AWS_ACCESS_KEY_ID", Kind::Text)
        .secret()
        .required()
        .of("credentials"),
    Setting::new("aws.secret_access_key", "AWS_SECRET_ACCESS_KEY", Kind::Text)
        .secret()
        .required()
        .of("credentials"),
    Setting::new("aws.session_token", "AWS_SESSION_TOKEN", Kind::Text)
        .secret()
        .of("credentials"),
    Setting::new("lineage.key", "LINEAGE_KEY", Kind::Text).secret(),
    Setting::new("lineage.url", "LINEAGE_URL", Kind::Text),
];

// 64 cases, unless PROPTEST_CASES asks for another number.
pub(super) fn cases() -> Cases {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let cases = if asked { Cases::default().cases } else { 64 };
    Cases {
        cases,
        failure_persistence: None,
        ..Cases::default()
    }
}

// One layer, made by hand: key and text.
pub(super) fn said(layer: Layer, texts: &[(&'static str, &str)]) -> Said {
    let texts = texts.iter();
    Said {
        layer,
        texts: texts
            .map(|(key, text)| (*key, Secret::new(*text)))
            .collect(),
    }
}

pub(super) fn variables(list: &[(&str, &str)]) -> Vec<(String, Secret)> {
    let list = list.iter();
    list.map(|(name, text)| ((*name).to_owned(), Secret::new(*text)))
        .collect()
}

// What everybody has to say, so that a test can speak of something else.
pub(super) fn required() -> Said {
    said(
        Layer::File,
        &[("lake.place", ".lake"), ("aws.region", "us-east-1")],
    )
}

#[track_caller]
pub(super) fn problems<T: std::fmt::Debug>(
    result: Result<T, Problems>,
    what: &str,
) -> Vec<Problem> {
    match result {
        Ok(good) => panic!("{what}: expected problems, got {good:?}"),
        Err(Problems(problems)) => problems,
    }
}

// Stops at what is still marked in a runtime file, in the words of a `todo!`.
#[track_caller]
pub(super) fn must_be_done(file: &str, text: &str, mark: &str) {
    let wanted = format!("TODO({mark})");
    let open = text
        .lines()
        .zip(1..)
        .find(|(line, _)| line.contains(&wanted));
    if let Some((line, number)) = open {
        let line = line.trim_start_matches(['#', ' ']);
        panic!("not yet implemented: {file}, line {number}: {line}");
    }
}

// Whether a name is one of something that must not be seen.
pub(super) fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    [
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "TOKEN",
        "ACCESS_KEY",
        "API_KEY",
        "PRIVATE_KEY",
        "CREDENTIAL",
    ]
    .iter()
    .any(|word| name.contains(word))
}

// An image is pinned by a digest, or by a tag with two numbers (1.95, 12.12-slim, 17.6) or a
// date (bookworm-20260105).
pub(super) fn is_pinned(image: &str) -> bool {
    if image.contains("@sha256:") {
        return true;
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    let Some((_, tag)) = name.split_once(':') else {
        return false;
    };
    tag.split('-').any(|word| {
        let numbers: Vec<&str> = word.trim_start_matches('v').split('.').collect();
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let is_date = numbers.len() == 1 && word.len() >= 8;
        numbers.iter().all(digits) && (numbers.len() >= 2 || is_date)
    })
}

pub(super) struct Instruction {
    pub(super) name: String,
    pub(super) rest: String,
    pub(super) line: usize,
}

impl Instruction {
    // The words that are no flags.
    pub(super) fn words(&self) -> Vec<String> {
        let plain = self.rest.replace(['[', ']', '"', ','], " ");
        let words = plain.split_whitespace();
        words
            .filter(|word| !word.starts_with("--"))
            .map(str::to_owned)
            .collect()
    }

    // A copy from the build context, not from another stage.
    pub(super) fn copies_from_context(&self) -> bool {
        matches!(self.name.as_str(), "COPY" | "ADD") && !self.rest.contains("--from=")
    }

    // What is copied: all but the last word.
    pub(super) fn sources(&self) -> Vec<String> {
        let mut words = self.words();
        words.pop();
        words
    }
}

pub(super) struct Stage {
    pub(super) image: String,
    pub(super) name: Option<String>,
    pub(super) line: usize,
    pub(super) instructions: Vec<Instruction>,
}

// Enough of a Dockerfile's grammar: comments, continued lines, ARG before FROM, stages.
pub(super) fn stages(text: &str) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut arguments: Vec<(String, String)> = Vec::new();
    for instruction in instructions(text) {
        if instruction.name == "FROM" {
            let words = instruction.words();
            let image = words.first().cloned().unwrap_or_default();
            let image = arguments.iter().fold(image, |image, (name, value)| {
                image
                    .replace(&format!("${{{name}}}"), value)
                    .replace(&format!("${name}"), value)
            });
            let named = words
                .get(1)
                .is_some_and(|word| word.eq_ignore_ascii_case("as"));
            stages.push(Stage {
                image,
                name: words.get(2).filter(|_| named).cloned(),
                line: instruction.line,
                instructions: Vec::new(),
            });
        } else if let Some(stage) = stages.last_mut() {
            stage.instructions.push(instruction);
        } else if let Some((name, value)) = instruction.rest.split_once('=') {
            arguments.push((name.trim().to_owned(), value.trim_matches('"').to_owned()));
        }
    }
    assert!(!stages.is_empty(), "the Dockerfile has no FROM");
    stages
}

fn instructions(text: &str) -> Vec<Instruction> {
    let mut found: Vec<Instruction> = Vec::new();
    let mut continues = false;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (content, goes_on) = match line.strip_suffix('\\') {
            Some(content) => (content.trim_end(), true),
            None => (line, false),
        };
        match found.last_mut() {
            Some(last) if continues => {
                let _ = write!(last.rest, " {content}");
            }
            _ => {
                let (name, rest) = content.split_once([' ', '\t']).unwrap_or((content, ""));
                found.push(Instruction {
                    name: name.to_ascii_uppercase(),
                    rest: rest.trim().to_owned(),
                    line: number,
                });
            }
        }
        continues = goes_on;
    }
    found
}

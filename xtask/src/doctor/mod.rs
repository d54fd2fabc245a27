//! `cargo xtask doctor`: what the workbook uses, what of it is here, and how the rest is had.
//!
//! - [`tools`]: the table
//! - [`platform`]: which package manager there is
//! - [`machine`]: what is asked of the machine

mod machine;
mod platform;
mod tools;

use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use anyhow::Result;
use serde::Serialize;

use self::machine::{Machine, ThisMachine};
use self::platform::Platform;
use self::tools::{TOOLS, Test, Tool};
use crate::builtin;
use crate::workspace::Workspace;

/// Columns for a version or a setting.
const WIDEST_DETAIL: usize = 24;

/// What `doctor` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask doctor           what is here, what is missing, how it is installed\n  \
    cargo xtask doctor --json    the same for a program to read\n\nExit code 0 when all that is \
    required is here, else 3; what is optional never fails."
)]
pub(crate) struct Args {
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
}

/// Looks at everything, all at once.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let mut findings = examine(&ThisMachine::new(workspace), Platform::here(), TOOLS);
    if builtin::tool(workspace, "sudo").is_none() {
        // In a container one is root already.
        for command in findings
            .iter_mut()
            .filter_map(|found| found.install.as_mut())
        {
            *command = command.replace("sudo ", "");
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        show(&findings);
    }
    Ok(if is_ready(&findings) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(crate::ENVIRONMENT)
    })
}

/// How a tool was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// Here, and not as it should be: too old, not running, too little.
    Unfit,
    Missing,
}

/// One row of the answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Finding {
    name: &'static str,
    required: bool,
    state: State,
    /// A version, or what is the matter.
    detail: String,
    needed_for: &'static str,
    /// The command that installs it, or what else helps; none where nothing needs to.
    install: Option<String>,
}

/// What is required is here.
fn is_ready(findings: &[Finding]) -> bool {
    findings
        .iter()
        .all(|finding| !finding.required || finding.state == State::Ok)
}

/// Some tools take seconds to say their version: all are asked at once.
fn examine(machine: &dyn Machine, platform: Platform, tools: &'static [Tool]) -> Vec<Finding> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = tools
            .iter()
            .map(|tool| scope.spawn(move || one(machine, platform, tool)))
            .collect();
        let answers = asked.into_iter().map(std::thread::ScopedJoinHandle::join);
        answers.filter_map(Result::ok).collect()
    })
}

fn one(machine: &dyn Machine, platform: Platform, tool: &'static Tool) -> Finding {
    let mut help = None;
    let (state, detail) = match &tool.test {
        Test::Asks {
            asks,
            at_least,
            unless,
        } => match asks.iter().find_map(|command| machine.ask(command)) {
            Some(said) => judge(&said, *at_least),
            None => match unless {
                Some(unless) if machine.ask(unless.ask).is_some() => {
                    help = unless.help;
                    (State::Unfit, unless.matter.to_owned())
                }
                _ => (State::Missing, "not found".to_owned()),
            },
        },
        Test::Setting(command) => match machine.ask(command) {
            Some(said) if !said.is_empty() => (State::Ok, said),
            _ => (State::Missing, "not set".to_owned()),
        },
        Test::Links => match machine.links() {
            Ok(()) => (State::Ok, "links".to_owned()),
            Err(why) => (State::Unfit, why),
        },
        Test::Disk { first, later } => disk(machine.disk(), *first, *later),
    };
    let install = || help.map_or_else(|| tool.install.on(platform), str::to_owned);
    Finding {
        name: tool.name,
        required: tool.required,
        state,
        detail,
        needed_for: tool.needed_for,
        install: (state != State::Ok).then(install),
    }
}

/// What a tool says, which is here.
fn judge(said: &str, at_least: Option<&str>) -> (State, String) {
    match (version(said), at_least) {
        (Some(version), Some(least)) if numbers(version) < numbers(least) => (
            State::Unfit,
            format!("{version} is too old, {least} is needed"),
        ),
        (Some(version), _) => (State::Ok, version.to_owned()),
        // Not every program tells its version.
        (None, _) => (State::Ok, "found".to_owned()),
    }
}

fn disk(found: Option<(u64, bool)>, first: u64, later: u64) -> (State, String) {
    let Some((free, built)) = found else {
        // A file system that does not tell is not full for that.
        return (State::Ok, "its free space is unknown".to_owned());
    };
    let wanted = if built { later } else { first };
    let gb = |bytes: u64| bytes as f64 / 1e9;
    let detail = format!("{:.1} GB free of {:.0} needed", gb(free), gb(wanted));
    let state = if free >= wanted {
        State::Ok
    } else {
        State::Unfit
    };
    (state, detail)
}

/// The first `1.2` or `1.2.3` in a text.
fn version(text: &str) -> Option<&str> {
    let is_part = |letter: char| letter.is_ascii_digit() || letter == '.';
    let words = text.split(|letter: char| !is_part(letter));
    words
        .map(|word| word.trim_matches('.'))
        .find(|word| word.contains('.') && word.starts_with(|letter: char| letter.is_ascii_digit()))
}

fn numbers(version: &str) -> Vec<u64> {
    version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}

fn show(findings: &[Finding]) {
    let widest = |text: fn(&Finding) -> usize| findings.iter().map(text).max().unwrap_or(0);
    let name = widest(|finding| finding.name.len());
    let known = widest(|finding| match finding.state {
        State::Ok => finding.detail.chars().count(),
        _ => 0,
    });
    let known = known.min(WIDEST_DETAIL);
    for (required, head) in [
        (true, "Required"),
        (false, "Optional: what needs it is put off, nothing fails"),
    ] {
        anstream::println!("{head}");
        for finding in findings
            .iter()
            .filter(|finding| finding.required == required)
        {
            row(finding, name, known);
        }
    }
    if is_ready(findings) {
        println!("\nAll that is required is here. Next: `cargo xtask`");
    } else {
        println!("\nSomething required is missing: mend it, then `cargo xtask doctor` again");
    }
}

fn row(finding: &Finding, name_width: usize, detail_width: usize) {
    let Finding {
        name,
        detail,
        needed_for,
        ..
    } = finding;
    let (style, mark) = mark(finding);
    let is_ok = finding.state == State::Ok;
    let beside: String = detail.chars().take(WIDEST_DETAIL).collect();
    let beside = if is_ok { beside } else { String::new() };
    anstream::println!(
        "  {style}{mark:<7}{style:#}  {name:<name_width$}  {beside:<detail_width$}  {needed_for}"
    );
    if !is_ok {
        anstream::println!("           {detail}");
    }
    if let Some(command) = &finding.install {
        anstream::println!("           {command}");
    }
}

fn mark(finding: &Finding) -> (Style, &'static str) {
    match (finding.state, finding.required) {
        (State::Ok, _) => (AnsiColor::Green.on_default(), "ok"),
        (_, true) => (AnsiColor::Red.on_default(), "MISSING"),
        (State::Unfit, false) => (AnsiColor::Yellow.on_default(), "not yet"),
        (State::Missing, false) => (Style::new().dimmed(), "-"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Answers by command.
    struct Fake {
        answers: BTreeMap<String, String>,
        links: Result<(), String>,
        disk: Option<(u64, bool)>,
    }

    impl Machine for Fake {
        fn ask(&self, command: &[&str]) -> Option<String> {
            self.answers.get(&command.join(" ")).cloned()
        }
        fn links(&self) -> Result<(), String> {
            self.links.clone()
        }
        fn disk(&self) -> Option<(u64, bool)> {
            self.disk
        }
    }

    fn fake(answers: &[(&str, &str)]) -> Fake {
        let answers = answers
            .iter()
            .map(|(command, said)| ((*command).to_owned(), (*said).to_owned()));
        Fake {
            answers: answers.collect(),
            links: Ok(()),
            disk: Some((9_000_000_000, false)),
        }
    }

    /// All that is required, and nothing else.
    const BARE: &[(&str, &str)] = &[
        ("rustc --version", "rustc 99.0.0 (abc 2026-01-01)"),
        ("gcc --version", "gcc (Debian 12.2.0-14) 12.2.0"),
        ("git --version", "git version 2.39.5"),
    ];

    fn finding<'a>(findings: &'a [Finding], name: &str) -> &'a Finding {
        findings
            .iter()
            .find(|finding| finding.name == name)
            .unwrap_or_else(|| panic!("no row {name}"))
    }

    #[test]
    fn a_machine_without_anything_optional_is_ready() {
        let findings = examine(&fake(BARE), Platform::Debian, TOOLS);
        assert!(is_ready(&findings), "{findings:#?}");
        let docker = finding(&findings, "Docker");
        assert_eq!(docker.state, State::Missing);
        assert_eq!(
            docker.install.as_deref(),
            Some("sudo apt-get install -y docker.io")
        );
        assert_eq!(finding(&findings, "git").detail, "2.39.5");
    }

    #[test]
    fn an_old_compiler_says_which_one_is_needed() {
        let mut machine = fake(BARE);
        machine
            .answers
            .insert("rustc --version".to_owned(), "rustc 1.9.1".to_owned());
        let findings = examine(&machine, Platform::Debian, TOOLS);
        assert!(!is_ready(&findings));
        let rust = finding(&findings, "Rust");
        assert_eq!(rust.state, State::Unfit, "1.9 is older than 1.95");
        assert!(rust.detail.contains(env!("CARGO_PKG_RUST_VERSION")));
    }

    #[test]
    fn a_linker_that_fails_is_told_with_its_words() {
        let mut machine = fake(BARE);
        machine.links = Err("error: linker `cc` not found".to_owned());
        let findings = examine(&machine, Platform::Fedora, TOOLS);
        assert!(!is_ready(&findings));
        let linker = finding(&findings, "linker");
        assert_eq!(linker.detail, "error: linker `cc` not found");
        assert!(linker.install.as_ref().unwrap().contains("dnf"));
    }

    #[test]
    fn a_first_build_needs_more_room_than_later_ones() {
        let gb = 1_000_000_000;
        for (found, expected) in [
            (Some((7 * gb, false)), State::Unfit),
            (Some((8 * gb, false)), State::Ok),
            (Some((7 * gb, true)), State::Ok),
            (Some((gb, true)), State::Unfit),
            (None, State::Ok),
        ] {
            assert_eq!(disk(found, 8 * gb, 2 * gb).0, expected, "{found:?}");
        }
    }

    #[test]
    fn a_client_without_its_engine_is_not_missing() {
        let mut machine = fake(BARE);
        machine.answers.insert(
            "docker --version".to_owned(),
            "Docker version 28.1, build 1".to_owned(),
        );
        let findings = examine(&machine, Platform::Debian, TOOLS);
        let docker = finding(&findings, "Docker");
        assert_eq!(docker.state, State::Unfit);
        assert!(docker.detail.contains("no engine answers"));
        assert!(docker.install.as_ref().unwrap().contains("systemctl start"));
        assert!(is_ready(&findings), "it is optional");
    }

    #[test]
    fn versions_are_found_in_what_programs_say() {
        for (said, expected) in [
            ("rustc 1.95.0 (abc 2026-03-21)", Some("1.95.0")),
            ("Terraform v1.13.3\non linux", Some("1.13.3")),
            ("Core:\n  - installed: 1.11.2", Some("1.11.2")),
            ("psql (PostgreSQL) 15.14 (Debian 15.14-0)", Some("15.14")),
            ("Ada Lovelace", None),
            ("", None),
        ] {
            assert_eq!(version(said), expected, "{said}");
        }
    }

    #[test]
    fn a_setting_is_shown_as_it_is_and_an_empty_one_is_none() {
        let with = |answer| {
            let machine = fake(&[("git config user.email", answer)]);
            let findings = examine(&machine, Platform::Debian, TOOLS);
            let email = finding(&findings, "git's user.email");
            (email.state, email.detail.clone())
        };
        let ada = "ada@v1.2.example";
        assert_eq!(with(ada), (State::Ok, ada.to_owned()));
        assert_eq!(with("").0, State::Missing);
    }
}

// How the image is built, read from the Dockerfile.

use super::subject;
use super::support::{Instruction, Stage, is_pinned, must_be_done, sounds_secret, stages};

fn dockerfile(mark: &str) -> Vec<Stage> {
    must_be_done("Dockerfile", subject::DOCKERFILE, mark);
    stages(subject::DOCKERFILE)
}

// The instructions of what is shipped, with those of the stages that it is built on.
fn shipped(stages: &[Stage]) -> Vec<&Instruction> {
    let mut found = Vec::new();
    let mut stage = stages.last();
    while let Some(now) = stage {
        found.splice(0..0, now.instructions.iter());
        stage = stages
            .iter()
            .find(|base| base.line < now.line && base.name.as_ref() == Some(&now.image));
    }
    found
}

fn is_stage(stages: &[Stage], image: &str) -> bool {
    stages
        .iter()
        .any(|stage| stage.name.as_deref() == Some(image))
}

fn builds(instruction: &Instruction) -> bool {
    let compiles = [
        "cargo build",
        "cargo install --path",
        "cargo install --locked --path",
    ];
    instruction.name == "RUN"
        && compiles
            .iter()
            .any(|command| instruction.rest.contains(command))
}

#[test]
fn every_image_is_pinned_to_a_version() {
    let stages = dockerfile("pin");
    for stage in &stages {
        let ours = is_stage(&stages, &stage.image) || stage.image == "scratch";
        assert!(
            ours || is_pinned(&stage.image),
            "line {}: {} is another image next month; pin it to a tag with two numbers, a date or \
             a digest",
            stage.line,
            stage.image
        );
    }
}

#[test]
fn what_is_shipped_has_no_compiler_and_no_sources() {
    let stages = dockerfile("stages");
    let (last, before) = stages.split_last().expect("there is a stage");
    assert!(
        !before.is_empty(),
        "one stage ships everything that the build needed"
    );
    let mut base = last.image.as_str();
    while let Some(stage) = before
        .iter()
        .find(|stage| stage.name.as_deref() == Some(base))
    {
        base = &stage.image;
    }
    assert!(
        !base.contains("rust"),
        "what is shipped stands on {base}, which has a compiler"
    );
    for instruction in shipped(&stages) {
        assert!(
            !builds(instruction),
            "line {}: the last stage compiles",
            instruction.line
        );
        let has_sources = instruction.copies_from_context()
            && instruction.sources().iter().any(|source| is_broad(source));
        assert!(
            !has_sources,
            "line {}: the last stage copies sources",
            instruction.line
        );
    }
    let copied = shipped(&stages)
        .into_iter()
        .any(|instruction| instruction.name == "COPY" && instruction.rest.contains("--from="));
    assert!(
        copied,
        "the last stage takes nothing from the one that builds"
    );
    let names: Vec<_> = shipped(&stages)
        .iter()
        .flat_map(|found| found.words())
        .collect();
    let library = names.iter().any(|name| name.contains("libduckdb"));
    assert!(
        library,
        "libduckdb.so is not copied: the program would not start"
    );
}

// More than manifests and lock files.
fn is_broad(source: &str) -> bool {
    let small = [".toml", ".lock", ".json"]
        .iter()
        .any(|end| source.ends_with(end));
    !small && !matches!(source, ".cargo" | ".cargo/" | "rust-toolchain")
}

#[test]
fn dependencies_are_compiled_before_the_sources_come() {
    let stages = dockerfile("cache");
    let stage = stages
        .iter()
        .rfind(|stage| stage.instructions.iter().any(builds))
        .expect("no RUN says `cargo build`");
    let last_build = stage
        .instructions
        .iter()
        .rposition(builds)
        .expect("it was just found");
    let sources = stage.instructions[..last_build]
        .iter()
        .position(|instruction| {
            instruction.copies_from_context() && instruction.sources().iter().any(|s| is_broad(s))
        });
    let sources = sources.unwrap_or_else(|| {
        panic!(
            "line {}: no sources are copied before `cargo build`",
            stage.line
        )
    });
    let compiles = |found: &Instruction| {
        let commands = [
            "cargo chef cook",
            "cargo build",
            "cargo fetch",
            "cargo vendor",
        ];
        found.name == "RUN" && commands.iter().any(|command| found.rest.contains(command))
    };
    assert!(
        stage.instructions[..sources].iter().any(compiles),
        "line {}: everything after this line runs again at every edit, and dependencies are \
         compiled after it",
        stage.instructions[sources].line
    );
}

#[test]
fn the_process_is_not_root() {
    let stages = dockerfile("user");
    let shipped = shipped(&stages);
    let user = shipped
        .iter()
        .rfind(|instruction| instruction.name == "USER");
    let user = user.expect("the last stage has no USER, so the process is root");
    let name = user.rest.split(':').next().unwrap_or_default().trim();
    assert!(
        !matches!(name, "" | "root" | "0"),
        "line {}: USER {} is root",
        user.line,
        user.rest
    );
}

#[test]
fn no_secret_is_baked_into_a_layer() {
    for stage in dockerfile("secrets") {
        for instruction in &stage.instructions {
            let line = instruction.line;
            if matches!(instruction.name.as_str(), "ENV" | "ARG") {
                let names = instruction.rest.split_whitespace();
                for word in names.map(|word| word.split('=').next().unwrap_or(word)) {
                    assert!(
                        !sounds_secret(word),
                        "line {line}: {word} stays in the image's history; give it when the \
                         container is started"
                    );
                }
            }
            let copied = instruction.copies_from_context();
            for source in instruction.sources().iter().filter(|_| copied) {
                let name = source.rsplit('/').next().unwrap_or(source);
                assert!(!name.starts_with(".env"), "line {line}: {source} is copied");
            }
        }
    }
}

#[test]
fn secrets_data_and_builds_stay_outside_of_the_context() {
    must_be_done("Dockerfile.dockerignore", subject::DOCKERIGNORE, "context");
    let lines = subject::DOCKERIGNORE.lines().map(str::trim);
    let rules: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let only_some = rules
        .first()
        .is_some_and(|rule| matches!(*rule, "*" | "**"));
    for path in [".env", ".lake", ".data", "target", ".git"] {
        let covered = only_some || rules.iter().any(|rule| covers(rule, path));
        assert!(
            covered,
            "{path} is sent to the builder, and COPY . . takes it; rules: {rules:?}"
        );
        let back = rules.iter().filter_map(|rule| rule.strip_prefix('!'));
        for rule in back {
            assert!(!covers(rule, path), "!{rule} brings {path} back");
        }
    }
}

fn covers(rule: &str, path: &str) -> bool {
    let rule = rule.trim_start_matches("**/").trim_start_matches('/');
    let rule = rule.trim_end_matches("/**").trim_end_matches('/');
    rule == path
        || rule
            .strip_suffix('*')
            .is_some_and(|start| path.starts_with(start))
}

#[test]
fn the_container_is_the_program_and_hears_its_signals() {
    let stages = dockerfile("entrypoint");
    let shipped = shipped(&stages);
    let entry = shipped
        .iter()
        .rfind(|instruction| instruction.name == "ENTRYPOINT");
    let entry =
        entry.expect("no ENTRYPOINT: arguments behind the image's name replace the program");
    assert!(
        entry.rest.starts_with('['),
        "line {}: as one text, it runs in a shell, which passes no SIGTERM on; write a list",
        entry.line
    );
    let program = entry.words();
    let is_ours = program
        .first()
        .is_some_and(|word| word.ends_with("capstone"))
        || program.iter().any(|word| word.ends_with("/capstone"));
    assert!(
        is_ours,
        "line {}: {} does not start the capstone",
        entry.line, entry.rest
    );
}

// One `.env` that shells, Compose and the pipeline read alike.

use proptest::prelude::*;
use week1_environment::{DotenvError, Secret};

use super::subject;
use super::support::cases;

#[track_caller]
fn assert_reads(text: &str, expected: &[(&str, &str)]) {
    let found = subject::parse_dotenv(text);
    let found = found.unwrap_or_else(|error| panic!("{text:?} is a good file, and: {error}"));
    let found: Vec<(&str, &str)> = found.iter().map(plain).collect();
    assert_eq!(found, expected, "the text was {text:?}");
}

fn plain((name, value): &(String, Secret)) -> (&str, &str) {
    (name, value.expose())
}

#[track_caller]
fn error_of(text: &str) -> DotenvError {
    match subject::parse_dotenv(text) {
        Ok(found) => {
            let found: Vec<_> = found.iter().map(plain).collect();
            panic!("{text:?}: an error is expected, got {found:?}")
        }
        Err(error) => error,
    }
}

#[test]
fn names_and_values_come_in_the_order_of_the_lines() {
    assert_reads(
        "# where\nCAPSTONE_LAKE=.lake/real\n\n  # who\n\texport AWS_REGION=eu-west-1\n  A_1=\nexported=1\n",
        &[
            ("CAPSTONE_LAKE", ".lake/real"),
            ("AWS_REGION", "eu-west-1"),
            ("A_1", ""),
            ("exported", "1"),
        ],
    );
    assert_reads("", &[]);
    assert_reads("URL=http://h/?a=b=c", &[("URL", "http://h/?a=b=c")]);
}

#[test]
fn a_hash_inside_a_value_is_part_of_it() {
    assert_reads(
        "PASSWORD=tr0ub4dor#3\nURL=http://h/#top\nCOLOUR=#fff\n",
        &[
            ("PASSWORD", "tr0ub4dor#3"),
            ("URL", "http://h/#top"),
            ("COLOUR", "#fff"),
        ],
    );
}

#[test]
fn a_comment_behind_a_value_is_none_of_it() {
    assert_reads(
        "A=1 # one\nB='two' # two\nC=\"three\"\t#three\nD= # none\nE=5  \t\n",
        &[
            ("A", "1"),
            ("B", "two"),
            ("C", "three"),
            ("D", ""),
            ("E", "5"),
        ],
    );
}

#[test]
fn single_quotes_keep_everything_as_it_is() {
    assert_reads(r#"A='a # $b \n `c` "d"'"#, &[("A", r#"a # $b \n `c` "d""#)]);
    assert_reads("A=''", &[("A", "")]);
    assert_reads("A='two words'", &[("A", "two words")]);
}

#[test]
fn double_quotes_know_three_escapes() {
    assert_reads(
        r#"A="say \"hi\" for \$5 in C:\\tmp # it's all of it""#,
        &[("A", r#"say "hi" for $5 in C:\tmp # it's all of it"#)],
    );
    assert_reads(r#"A="""#, &[("A", "")]);
}

#[test]
fn a_file_from_windows_reads_the_same() {
    assert_reads(
        "\u{feff}A=1\r\n# two\r\nB='2'\r\n\r\nC=\"3\"\r\n",
        &[("A", "1"), ("B", "2"), ("C", "3")],
    );
}

#[test]
fn what_shells_and_compose_read_differently_is_refused() {
    for line in [
        "PASSWORD=pa$word",
        "PASSWORD=two words",
        "PASSWORD= blank",
        "PASSWORD=back\\slash",
        "PASSWORD=a`b`",
        "PASSWORD=a'b'",
        "PASSWORD=say\"hi\"",
        "PASSWORD='a'b",
        "PASSWORD='it'\\''s'",
        "PASSWORD='a'#b",
        "PASSWORD=\"a\"b",
        "PASSWORD=\"pa$word\"",
        "PASSWORD=\"a`b`\"",
        "PASSWORD=\"new\\nline\"",
    ] {
        let error = error_of(&format!("A=1\n{line}\n"));
        let is_right = matches!(
            &error,
            DotenvError::Ambiguous { line: 2, name } if name == "PASSWORD"
        );
        assert!(
            is_right,
            "{line:?} in line 2 is ambiguous: its readers disagree on the value; got {error:?}"
        );
    }
}

#[test]
fn a_quote_that_does_not_close_on_its_line_is_named() {
    for line in ["KEY='abc", "KEY=\"abc", "KEY=\"abc\\\"", "KEY='", "KEY=\""] {
        let error = error_of(&format!("\n{line}\nB='1'\n"));
        let is_right = matches!(&error, DotenvError::Unclosed { line: 2, name } if name == "KEY");
        assert!(is_right, "{line:?} in line 2 is not closed, got {error:?}");
    }
}

#[test]
fn what_is_no_name_is_refused() {
    for line in [
        "1A=x",
        "A B=x",
        "A =x",
        "=x",
        "A-B=x",
        "A.B=x",
        "Ä=x",
        "export =x",
    ] {
        let error = error_of(&format!("A=1\n\n{line}\n"));
        let is_right = matches!(error, DotenvError::BadName { line: 3 });
        assert!(is_right, "{line:?} in line 3 has no name, got {error:?}");
    }
}

#[test]
fn a_line_without_an_equals_sign_is_refused() {
    for line in ["CAPSTONE_LAKE", "export A", "AWS_REGION: eu-west-1"] {
        let error = error_of(&format!("{line}\nA=1"));
        let is_right = matches!(error, DotenvError::NoAssignment { line: 1 });
        assert!(is_right, "{line:?} in line 1 sets nothing, got {error:?}");
    }
}

#[test]
fn a_name_that_is_set_twice_is_refused() {
    let error = error_of("A=1\nB=2\n# again\nexport A=1\n");
    let expected = DotenvError::Repeated {
        line: 4,
        name: "A".into(),
        first: 1,
    };
    assert_eq!(error, expected);
}

#[test]
fn no_error_repeats_what_may_be_a_password() {
    for line in [
        "hunter2",
        "A='hunter2",
        "A=hunter2 x",
        "A=hunter2\nA=hunter2",
        "PASS WORD=hunter2",
        "A=\"hunter2$\"",
    ] {
        let error = error_of(line);
        let told = format!("{error} {error:?}");
        assert!(!told.contains("hunter2"), "{line:?} is told as {told:?}");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_text_survives_single_quotes(value in "[^'\r\n\u{feff}]{0,20}") {
        let found = subject::parse_dotenv(&format!("A='{value}' # {value}\nB=1\n")).unwrap();
        prop_assert_eq!(found[0].1.expose(), value);
        prop_assert_eq!(found.len(), 2);
    }

    #[test]
    fn any_text_survives_double_quotes_once_it_is_escaped(value in "[^`\r\n\u{feff}]{0,20}") {
        let escaped = value.replace('\\', r"\\").replace('"', r#"\""#).replace('$', r"\$");
        let found = subject::parse_dotenv(&format!("A=\"{escaped}\"\nB=1\n")).unwrap();
        prop_assert_eq!(found[0].1.expose(), value);
        prop_assert_eq!(found.len(), 2);
    }
}

//! The reference, tested as a learner's code will be.

use proptest::prelude::*;
use week7_quality::solution::{RULES_YAML, describe, evaluate, parse, show, summarise};
use week7_quality::{Bound, Dimension, Rule, RulesError, Severity, Status, Unit};

fn rule(severity: Severity, min: Option<f64>, max: Option<f64>) -> Rule {
    Rule {
        id: "example".into(),
        question: "Is it so?".into(),
        dimension: Dimension::Validity,
        severity,
        unit: Unit::Count,
        sql: "select 1".into(),
        bound: Bound { min, max },
        failing: None,
    }
}

fn status(severity: Severity, min: Option<f64>, max: Option<f64>, observed: f64) -> Status {
    evaluate(&rule(severity, min, max), Some(observed)).status
}

const ONE_RULE: &str = "
rules:
  - id: rows_present
    question: Are there rows?
    dimension: completeness
    severity: fail
    sql: select count(*) from t
    min: 1
";

/// The problems that `parse` reports after one replacement in a good file.
fn problems_after(from: &str, to: &str) -> Vec<String> {
    let yaml = ONE_RULE.replace(from, to);
    assert_ne!(
        yaml, ONE_RULE,
        "the replacement of {from:?} changes nothing"
    );
    match parse(&yaml) {
        Err(RulesError::Invalid(problems)) => problems.iter().map(ToString::to_string).collect(),
        other => panic!("{yaml}\nparses to {other:?}"),
    }
}

mod reading {
    use super::*;

    #[test]
    fn a_good_file_is_read_in_its_order() {
        let set = parse(ONE_RULE).unwrap();
        assert_eq!(set.rules.len(), 1);
        assert_eq!(set.rules[0].id, "rows_present");
        assert_eq!(
            set.rules[0].bound,
            Bound {
                min: Some(1.0),
                max: None
            }
        );
        assert_eq!(set.rules[0].unit, Unit::Count);
    }

    #[test]
    fn equals_is_a_bound_with_one_value() {
        let set = parse(&ONE_RULE.replace("min: 1", "equals: 0")).unwrap();
        assert_eq!(
            set.rules[0].bound,
            Bound {
                min: Some(0.0),
                max: Some(0.0)
            }
        );
    }

    #[test]
    fn a_file_without_rules_is_an_error_because_nothing_could_fail() {
        assert_eq!(parse("rules: []").unwrap_err(), RulesError::Empty);
    }

    #[test]
    fn a_misspelt_key_is_an_error_and_not_a_rule_without_a_bound() {
        for typo in ["minimum: 1", "equal: 1", "treshold: 1"] {
            let error = parse(&ONE_RULE.replace("min: 1", typo)).unwrap_err();
            assert!(matches!(error, RulesError::Syntax(_)), "{typo}: {error:?}");
        }
    }

    #[test]
    fn a_word_outside_the_lists_is_an_error() {
        for (from, to) in [
            ("severity: fail", "severity: error"),
            ("completeness", "niceness"),
        ] {
            let error = parse(&ONE_RULE.replace(from, to)).unwrap_err();
            assert!(matches!(error, RulesError::Syntax(_)), "{to}: {error:?}");
        }
    }

    #[test]
    fn a_rule_needs_a_bound_that_something_can_keep() {
        assert!(problems_after("    min: 1\n", "")[0].contains("no bound"));
        assert!(problems_after("min: 1", "min: 2\n    max: 1")[0].contains("nothing could pass"));
        assert!(problems_after("min: 1", "min: 1\n    equals: 1")[0].contains("beside"));
        assert!(problems_after("min: 1", "min: .nan")[0].contains("finite"));
        assert!(problems_after("min: 1", "max: .inf")[0].contains("finite"));
    }

    #[test]
    fn a_rule_reads_one_query_and_writes_nothing() {
        for bad in ["delete from t", "select 1; select 2", "''"] {
            let problems = problems_after("select count(*) from t", bad);
            assert!(
                problems[0].starts_with("rule rows_present: sql"),
                "{bad}: {problems:?}"
            );
        }
    }

    #[test]
    fn a_rule_has_a_plain_id_and_a_real_question() {
        assert!(problems_after("rows_present", "Rows-Present")[0].contains("snake case"));
        assert!(problems_after("Are there rows?", "rows")[0].contains('?'));
    }

    #[test]
    fn every_problem_is_told_at_once_and_names_its_rule() {
        let second = ONE_RULE
            .replace("\nrules:", "")
            .replace("min: 1", "min: .nan");
        let error = parse(&format!("{ONE_RULE}{second}")).unwrap_err();
        let RulesError::Invalid(problems) = &error else {
            panic!("{error:?}")
        };
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(
            error
                .to_string()
                .contains("rule rows_present: an earlier rule has the same id")
        );
    }
}

mod judging {
    use super::*;

    #[test]
    fn both_ends_of_a_bound_pass_and_the_next_value_does_not() {
        let (min, max) = (Some(0.7), Some(0.97));
        assert_eq!(status(Severity::Fail, min, max, 0.7), Status::Passed);
        assert_eq!(status(Severity::Fail, min, max, 0.97), Status::Passed);
        assert_eq!(status(Severity::Fail, min, max, 0.699), Status::Failed);
        assert_eq!(status(Severity::Fail, min, max, 0.971), Status::Failed);
        assert_eq!(
            status(Severity::Fail, Some(0.0), Some(0.0), -1.0),
            Status::Failed
        );
    }

    #[test]
    fn severity_decides_whether_a_broken_rule_fails_or_warns() {
        assert_eq!(
            status(Severity::Fail, None, Some(0.05), 0.06),
            Status::Failed
        );
        assert_eq!(
            status(Severity::Warn, None, Some(0.05), 0.06),
            Status::Warned
        );
    }

    #[test]
    fn nothing_measured_never_passes() {
        for observed in [
            None,
            Some(f64::NAN),
            Some(f64::INFINITY),
            Some(f64::NEG_INFINITY),
        ] {
            for bound in [
                (None, Some(0.0)),
                (Some(0.0), None),
                (Some(f64::MIN), Some(f64::MAX)),
            ] {
                let verdict = evaluate(&rule(Severity::Fail, bound.0, bound.1), observed);
                assert_eq!(
                    verdict.status,
                    Status::Failed,
                    "{observed:?} within {bound:?}"
                );
                assert_eq!(verdict.observed, None);
                assert!(
                    verdict
                        .reason
                        .unwrap()
                        .contains("nothing could be measured")
                );
            }
        }
    }

    #[test]
    fn a_verdict_says_what_was_seen_and_what_was_expected() {
        let mut share = rule(Severity::Warn, None, Some(0.01));
        share.unit = Unit::Share;
        let verdict = evaluate(&share, Some(0.0125));
        assert_eq!(verdict.expected, "at most 1 %");
        assert_eq!(
            verdict.reason.as_deref(),
            Some("observed 1.25 %, expected at most 1 %")
        );
        assert_eq!(evaluate(&share, Some(0.01)).reason, None);
    }

    proptest! {
        #[test]
        fn a_number_passes_exactly_when_it_lies_within_the_bound(
            observed in proptest::num::f64::ANY,
            min in proptest::option::of(-1e6..1e6_f64),
            max in proptest::option::of(-1e6..1e6_f64),
            gates: bool,
        ) {
            let severity = if gates { Severity::Fail } else { Severity::Warn };
            let expected = observed.is_finite()
                && min.is_none_or(|min| min <= observed)
                && max.is_none_or(|max| observed <= max);
            let verdict = evaluate(&rule(severity, min, max), Some(observed));
            prop_assert_eq!(verdict.status == Status::Passed, expected, "{:?}", verdict);
            prop_assert_eq!(verdict.status == Status::Failed, !expected && gates);
            prop_assert_eq!(verdict.reason.is_none(), expected);
        }

        #[test]
        fn a_wider_bound_never_turns_a_pass_into_a_failure(
            observed in -1e6..1e6_f64, min in -1e6..1e6_f64, width in 0.0..1e6_f64, more in 0.0..1e6_f64,
        ) {
            let narrow = status(Severity::Fail, Some(min), Some(min + width), observed);
            let wide = status(Severity::Fail, Some(min - more), Some(min + width + more), observed);
            prop_assert!(narrow != Status::Passed || wide == Status::Passed);
        }

        #[test]
        fn the_summary_counts_every_verdict_once_and_only_failures_close_the_gate(
            outcomes in proptest::collection::vec((any::<bool>(), any::<bool>()), 0..40),
        ) {
            let verdicts: Vec<_> = outcomes.iter().map(|(gates, kept)| {
                let severity = if *gates { Severity::Fail } else { Severity::Warn };
                evaluate(&rule(severity, Some(1.0), None), Some(f64::from(u8::from(*kept))))
            }).collect();
            let summary = summarise(&verdicts);
            let broken_gates = outcomes.iter().filter(|(gates, kept)| *gates && !kept).count();
            prop_assert_eq!(summary.total(), outcomes.len());
            prop_assert_eq!(summary.failed, broken_gates);
            prop_assert_eq!(summary.gate_open(), broken_gates == 0 && !outcomes.is_empty());
        }
    }

    #[test]
    fn a_gate_without_verdicts_is_closed() {
        assert!(!summarise([]).gate_open());
    }
}

mod showing {
    use super::*;

    #[test]
    fn numbers_are_shown_in_their_unit() {
        assert_eq!(show(1_234_567.0, Unit::Count), "1,234,567");
        assert_eq!(show(-1_000.0, Unit::Count), "-1,000");
        assert_eq!(show(0.5, Unit::Count), "0.5000");
        assert_eq!(show(0.004_5, Unit::Share), "0.45 %");
        assert_eq!(show(1.0, Unit::Share), "100 %");
        assert_eq!(show(123_456.0, Unit::Cents), "$1,234.56");
        assert_eq!(show(-1.0, Unit::Cents), "-$0.01");
    }

    #[test]
    fn something_is_never_shown_as_nothing() {
        assert_eq!(show(1e-9, Unit::Share), "under 0.0001 %");
        assert_eq!(show(0.0, Unit::Share), "0 %");
    }

    #[test]
    fn bounds_are_said_in_words() {
        let bound = |min, max| Bound { min, max };
        assert_eq!(describe(bound(Some(0.0), Some(0.0)), Unit::Count), "0");
        assert_eq!(describe(bound(Some(1.0), None), Unit::Count), "at least 1");
        assert_eq!(
            describe(bound(Some(0.7), Some(0.97)), Unit::Share),
            "70 % to 97 %"
        );
    }
}

mod the_rules_of_the_capstone {
    use super::*;

    #[test]
    fn they_parse_and_cover_every_dimension_with_a_rule_that_gates() {
        let set = parse(RULES_YAML).unwrap();
        for dimension in Dimension::ALL {
            let gates =
                |rule: &&Rule| rule.dimension == dimension && rule.severity == Severity::Fail;
            assert!(
                set.rules.iter().any(|rule| gates(&rule)),
                "no gate for {dimension}"
            );
        }
        assert!(set.rules.iter().any(|rule| rule.severity == Severity::Warn));
    }

    #[test]
    fn the_rejected_share_warns_above_one_per_cent_and_fails_above_five() {
        let set = parse(RULES_YAML).unwrap();
        let find = |id: &str| set.rules.iter().find(|rule| rule.id == id).unwrap();
        let (watch, limit) = (
            find("rejected_share_normal"),
            find("rejected_share_bearable"),
        );
        let judge = |share| {
            (
                evaluate(watch, Some(share)).status,
                evaluate(limit, Some(share)).status,
            )
        };
        assert_eq!(judge(0.01), (Status::Passed, Status::Passed));
        assert_eq!(judge(0.02), (Status::Warned, Status::Passed));
        assert_eq!(judge(0.051), (Status::Warned, Status::Failed));
    }

    #[test]
    fn a_rule_with_a_count_of_bad_rows_can_name_them() {
        let unnamed: Vec<_> = parse(RULES_YAML)
            .unwrap()
            .rules
            .into_iter()
            .filter(|rule| rule.bound.max == Some(0.0) && rule.failing.is_none())
            .map(|rule| rule.id)
            .collect();
        // These compare two totals: no single row is at fault.
        assert_eq!(
            unnamed,
            [
                "payments_match_lake",
                "ownership_matches_lake",
                "dollars_match_files",
                "invested_dollars_match_files",
                "keys_resolve",
                "bridge_belongs_to_payments",
            ]
        );
    }
}

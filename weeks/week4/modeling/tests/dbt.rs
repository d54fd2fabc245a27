//! The same project under real dbt. Runs where `DBT` names a dbt executable that has
//! dbt-duckdb with this workspace's DuckDB version, and says so where it does not.

mod support;

use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use support::Lake;

/// Rows of every kind that the models treat differently.
fn fill(lake: &Lake) {
    let moved = [("recipient_city", "Boston"), ("recipient_state", "MA")];
    let product = "name_of_drug_or_biological_or_device_or_medical_supply_1";
    let covered = "covered_or_noncovered_indicator_1";
    lake.payment(1, 2022, &[(product, "Zilretta"), (covered, "Covered")]);
    lake.payment(2, 2023, &moved);
    lake.payment(3, 2023, &[("covered_recipient_profile_id", "")]);
    lake.payment(
        4,
        2023,
        &[
            (
                "covered_recipient_type",
                "Covered Recipient Teaching Hospital",
            ),
            ("covered_recipient_profile_id", ""),
            ("teaching_hospital_id", "77"),
            ("teaching_hospital_name", "Bay Hospital"),
        ],
    );
    lake.payment(
        5,
        2014,
        &[
            ("product_indicator", "Combination"),
            (product, "ZILRETTA"),
            (
                "name_of_associated_covered_device_or_medical_supply1",
                "Hip Stem",
            ),
        ],
    );
    lake.interest(9, 2023, &[("physician_profile_id", "2002")]);
    lake.commit_runs();
}

fn dbt_build(dbt: &str, warehouse: &Path, scratch: &Path) -> std::process::Output {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("solution/dbt");
    Command::new(dbt)
        .args(["--no-use-colors", "build", "--profiles-dir", "."])
        .arg("--target-path")
        .arg(scratch.join("target"))
        .arg("--log-path")
        .arg(scratch.join("logs"))
        .current_dir(project)
        .env("OPEN_PAYMENTS_WAREHOUSE", warehouse)
        .env("DO_NOT_TRACK", "1")
        .output()
        .expect("DBT names an executable")
}

#[test]
fn real_dbt_builds_the_same_marts() {
    let Ok(dbt) = std::env::var("DBT") else {
        // Not `eprintln!`: the harness keeps the output of a passing test to itself.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: real dbt: DBT names no dbt executable with dbt-duckdb"
        );
        return;
    };
    let scratch = tempfile::tempdir().unwrap();
    let theirs = scratch.path().join("theirs.duckdb");
    let lake = Lake::at(&theirs);
    fill(&lake);
    drop(lake);
    let output = dbt_build(&dbt, &theirs, scratch.path());
    let log = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{log}");

    let ours = Lake::at(&scratch.path().join("ours.duckdb"));
    fill(&ours);
    let compilation = week4_modeling::solution::compile(
        &week4_modeling::solution::embedded(),
        &week4_modeling::CompileOptions::default(),
    )
    .unwrap();
    ours.execute(&compilation);
    assert_eq!(ours.failing(&compilation), []);

    let attach = format!("attach '{}' as theirs (read_only)", theirs.display());
    ours.connection.execute_batch(&attach).unwrap();
    for model in &compilation.models {
        let (mine, other) = (model.relation(), format!("theirs.{}", model.relation()));
        assert_eq!(
            ours.rows(&format!("describe {mine}")),
            ours.rows(&format!("describe {other}")),
            "columns of {}",
            model.name
        );
        // A view of dbt's names its own database, so it can't be read through another file.
        if model.materialization == week4_modeling::Materialization::Table {
            let differing = ours.rows(&format!(
                "(from {mine} except all from {other}) union all (from {other} except all from {mine})"
            ));
            assert_eq!(differing, Vec::<String>::new(), "rows of {}", model.name);
        }
    }
    let run = compilation.all_tests().count();
    let passed = format!("PASS={}", run + compilation.models.len());
    assert!(
        log.contains(&passed),
        "dbt should run {run} tests as we do: {log}"
    );
}

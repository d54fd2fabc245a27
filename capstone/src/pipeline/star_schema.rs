//! The stages behind the commit: load, quality, report.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use week2_lake::{Account, keys};
use week8_full_run::WarehouseAccount;

use super::Pipeline;
use crate::accounts::LakeState;
use crate::compare::Changes;
use crate::context::Capstone;
use crate::error::Stop;
use crate::load::Loaded;
use crate::quality::QualityReport;
use crate::scratch::Scratch;
use crate::summary::WarehouseLine;
use crate::warehouse::Warehouse;
use crate::{compare, crash, load, parts, quality, report};

impl Pipeline<'_> {
    /// Stage compare: every publication against the one before it.
    pub(super) fn compare(&mut self, state: &LakeState) -> anyhow::Result<Vec<Changes>> {
        let changes = self.timed("compare", None, |this| {
            compare::compare(this.capstone, state)
        })?;
        let newest = changes.iter().filter(|changes| {
            let commit = state.commit(&changes.partition);
            commit.is_some_and(|commit| commit.manifest.run_id == changes.after.run_id)
        });
        self.summary.changes = newest.cloned().collect();
        Ok(changes)
    }

    /// Stages compare and load, and the reconciliation of lake and warehouse.
    pub fn load(&mut self) -> anyhow::Result<()> {
        let state = LakeState::read(&self.capstone.lake)?;
        something_to_load(&state)?;
        let changes = self.compare(&state)?;
        self.timed("load", None, |this| {
            let line = warehouse_line(load::load(this.capstone, &state, &changes)?);
            if line.published {
                let held = held(this.capstone)?;
                this.summary.discrepancies = parts::full_run::reconcile(&state.accounts(), &held);
            }
            this.summary.warehouse = Some(line);
            Ok(())
        })
    }

    /// Stage quality.
    pub fn quality(&mut self) -> anyhow::Result<()> {
        self.timed("quality", None, |this| {
            let rules = parts::quality::parse(parts::quality::RULES_YAML)?;
            let warehouse = existing_warehouse(this.capstone)?;
            let built_from = warehouse.built_from()?;
            let subject = quality::subject(built_from.as_deref(), parts::quality::RULES_YAML);
            let report = match quality::last(warehouse.connection(), subject.as_deref())? {
                Some(report) => {
                    this.summary.quality_unchanged = true;
                    report
                }
                None => this.measure(&warehouse, &rules, subject.as_deref())?,
            };
            let open = report
                .results
                .iter()
                .filter(|result| result.status != week7_quality::Status::Passed);
            this.summary.quality_findings = open.map(finding).collect();
            this.summary.quality = Some(report.summary);
            Ok(())
        })
    }

    fn measure(
        &self,
        warehouse: &Warehouse,
        rules: &week7_quality::RuleSet,
        subject: Option<&str>,
    ) -> anyhow::Result<QualityReport> {
        let report = quality::run(warehouse.connection(), rules, subject)?;
        let key = keys::quality(&self.attempt.attempt_id);
        self.capstone.lake.put_json(&key, &report)?;
        Ok(report)
    }

    /// Stage report.
    pub fn report(&mut self) -> anyhow::Result<()> {
        self.timed("report", None, |this| {
            let warehouse = existing_warehouse(this.capstone)?;
            let data = report::collect(warehouse.connection())?;
            let home = &this.capstone.home;
            let place = |what: &str, location: String| report::Place {
                what: what.into(),
                location,
            };
            let context = report::Context {
                generated_at: this.capstone.clock.now(),
                places: vec![
                    place(
                        "Lake",
                        format!(
                            "{} in {}",
                            this.capstone.lake.url(),
                            home.folder().display()
                        ),
                    ),
                    place("Warehouse", home.warehouse().display().to_string()),
                ],
            };
            let page = report::render(&data, &context)?;
            replace(&home.report(), &home.spool(), page.as_bytes())
        })
    }
}

/// Puts a finished file in the place of the one before; both folders are the lake's own.
fn replace(path: &Path, spool: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let scratch = Scratch::new_in(spool, "report-").with_context(|| spool.display().to_string())?;
    let made = scratch.path().join("page");
    let context = || path.display().to_string();
    fs::write(&made, bytes).with_context(context)?;
    crash::named("report", "page", || fs::rename(&made, path)).with_context(context)
}

fn warehouse_line(loaded: Loaded) -> WarehouseLine {
    match loaded {
        Loaded::Built(report) => WarehouseLine {
            failures: report.failures().iter().map(ToString::to_string).collect(),
            tests: report.tests.len(),
            models: report.models,
            published: report.published,
            unchanged: false,
        },
        Loaded::Unchanged(last) => WarehouseLine {
            models: Vec::new(),
            tests: last.tests,
            failures: last.failures,
            published: true,
            unchanged: true,
        },
    }
}

fn finding(result: &quality::RuleResult) -> String {
    let detail = result
        .detail
        .as_deref()
        .map(|detail| format!(" ({detail})"))
        .unwrap_or_default();
    let observed = result.observed.map_or("nothing".to_owned(), |value| {
        parts::quality::show(value, result.unit)
    });
    format!(
        "{:?}: {}: {observed}, expected {}{detail}",
        result.status, result.rule, result.expected
    )
}

fn something_to_load(state: &LakeState) -> anyhow::Result<()> {
    let stages = match (state.commits.is_empty(), state.files.is_empty()) {
        (false, _) => return Ok(()),
        (true, false) => "`capstone validate`, then `capstone transform`",
        (true, true) => "`capstone ingest`",
    };
    let message = format!("nothing is committed in this lake yet: run {stages}");
    Err(Stop::NotYet(message).into())
}

fn existing_warehouse(capstone: &Capstone) -> anyhow::Result<Warehouse> {
    if !capstone.home.warehouse().exists() {
        return Err(load::not_loaded());
    }
    let warehouse = load::open(capstone)?;
    load::must_be_loaded(&warehouse)?;
    Ok(warehouse)
}

/// What the fact tables hold.
fn held(capstone: &Capstone) -> anyhow::Result<Vec<WarehouseAccount>> {
    let facts = [
        ("general", "marts.fct_payments", "amount_usd"),
        (
            "ownership",
            "marts.fct_ownership_interests",
            "amount_invested_usd",
        ),
    ];
    let warehouse = load::open(capstone)?;
    facts
        .into_iter()
        .map(|(dataset, fact, amount)| {
            let sql =
                format!("select count(*), coalesce(sum({amount}) * 100, 0)::bigint from {fact}");
            let answer = warehouse.query(&sql)?;
            let number = |column: usize| {
                let value = answer.rows.first().and_then(|row| row[column].as_deref());
                value
                    .and_then(|text| text.parse::<i64>().ok())
                    .context("a count")
            };
            let held = Account {
                rows: number(0)?.unsigned_abs(),
                cents: number(1)?,
            };
            Ok(WarehouseAccount {
                dataset: dataset.to_owned(),
                held,
            })
        })
        .collect()
}

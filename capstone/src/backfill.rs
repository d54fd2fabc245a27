//! A backfill: program years, what is known of each, and the plan for them.
//!
//! Surveying reads no file whose name tells its year, and changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use week2_lake::{Partition, keys};
use week3_orchestration::{FileFact, Order, PlannedYear, Progress, YearFacts, YearState};
use week3_validation::{Validation, Verdict};

use crate::accounts::LakeState;
use crate::context::Capstone;
use crate::ingest::{self, Ingested, Ingestion, Problem};
use crate::parts;
use crate::source::{Source, SourceFile};
use crate::warehouse::{QueryColumn, QueryResult};

/// Years to be done, with the files of each.
#[derive(Debug)]
pub struct Backfill {
    /// What will be done, in this order.
    pub plan: Vec<PlannedYear>,
    /// What is known to be wrong before anything has run.
    pub problems: Vec<Problem>,
    files: BTreeMap<i16, Vec<SourceFile>>,
    source: Option<Source>,
}

impl Backfill {
    /// All years that the source or the lake has, as far as the user wants them.
    pub fn of_everything(capstone: &Capstone, source: Source) -> anyhow::Result<Self> {
        let survey = Survey::new(capstone, Some(&source))?;
        ingest::some_are_wanted(capstone, &survey.files.keys().copied().collect())?;
        let years = survey.years();
        let years = years.into_iter().filter(|year| capstone.wants(*year));
        Ok(survey.planned(years, Order::OldestFirst, Some(source)))
    }

    /// The years that the user asks for, whether they are to be had or not; without any,
    /// all that can be had.
    pub fn of_years(
        capstone: &Capstone,
        source: Option<Source>,
        order: Order,
    ) -> anyhow::Result<Self> {
        let survey = Survey::new(capstone, source.as_ref())?;
        let years: Vec<i16> = match &capstone.years {
            Some(years) => years.clone().collect(),
            None => survey.years().into_iter().collect(),
        };
        let mut backfill = survey.planned(years, order, source);
        let missing = backfill.plan.iter();
        let missing = missing.filter(|planned| planned.state == YearState::MissingSource);
        let missing = missing.map(|planned| Problem {
            subject: format!("program year {}", planned.year),
            error: format!("{}: name them with --source", planned.why),
        });
        backfill.problems.extend(missing.collect::<Vec<_>>());
        Ok(backfill)
    }

    /// A year's files in the source.
    pub fn files_of(&self, year: i16) -> &[SourceFile] {
        self.files.get(&year).map_or(&[], Vec::as_slice)
    }

    /// Addresses of what is in the lake already, by the server's word.
    pub fn unchanged(&self) -> Vec<String> {
        let source = self.source.as_ref();
        source.map_or_else(Vec::new, |source| source.unchanged.clone())
    }

    /// Lets go of what was fetched, once the years have ingested it.
    pub fn settle(&self, capstone: &Capstone, mut ingested: Ingestion) -> anyhow::Result<()> {
        ingested.problems.extend(self.problems.iter().cloned());
        match &self.source {
            Some(source) => source.settle(capstone, &ingested),
            None => Ok(()),
        }
    }

    /// The plan as a table.
    pub fn to_text(&self) -> String {
        let names = ["year", "state", "what is done", "why"];
        let columns = names.map(|name| QueryColumn {
            name: name.to_owned(),
            is_numeric: false,
        });
        let row = |planned: &PlannedYear| {
            [
                planned.year.to_string(),
                planned.state.to_string(),
                planned.action.to_string(),
                planned.why.clone(),
            ]
            .map(Some)
            .to_vec()
        };
        let table = QueryResult {
            columns: columns.to_vec(),
            rows: self.plan.iter().map(row).collect(),
        };
        table.to_text()
    }
}

/// What there is.
struct Survey {
    files: BTreeMap<i16, Vec<SourceFile>>,
    problems: Vec<Problem>,
    facts: Vec<YearFacts>,
}

impl Survey {
    fn new(capstone: &Capstone, source: Option<&Source>) -> anyhow::Result<Self> {
        let (mut files, mut problems) = (BTreeMap::<i16, Vec<SourceFile>>::new(), Vec::new());
        if let Some(source) = source {
            problems.clone_from(&source.problems);
            for file in &source.files {
                match ingest::program_year(capstone, file) {
                    Ok(year) => files.entry(year).or_default().push(file.clone()),
                    Err(error) => problems.push(Problem {
                        subject: file.name.clone(),
                        error: format!("{error:#}"),
                    }),
                }
            }
        }
        let facts = facts(capstone, &files)?;
        Ok(Self {
            files,
            problems,
            facts,
        })
    }

    fn years(&self) -> BTreeSet<i16> {
        self.facts.iter().map(|facts| facts.year).collect()
    }

    fn planned(
        self,
        years: impl IntoIterator<Item = i16>,
        order: Order,
        source: Option<Source>,
    ) -> Backfill {
        Backfill {
            plan: parts::orchestration::plan(years, &self.facts, order),
            problems: self.problems,
            files: self.files,
            source,
        }
    }
}

/// What source and lake say of each year.
fn facts(
    capstone: &Capstone,
    files: &BTreeMap<i16, Vec<SourceFile>>,
) -> anyhow::Result<Vec<YearFacts>> {
    let mut years: BTreeMap<i16, YearFacts> = BTreeMap::new();
    for (year, files) in files {
        let offered = files.iter().map(|file| FileFact {
            name: file.name.clone(),
            // One that can't be looked at is reported when it is read.
            size: file.size().unwrap_or_default(),
        });
        years.entry(*year).or_default().offered.extend(offered);
    }
    let state = LakeState::read(&capstone.lake)?;
    for file in &state.files {
        let known = FileFact {
            name: file.account.file.clone(),
            size: file.size,
        };
        years
            .entry(file.program_year)
            .or_default()
            .known
            .push(known);
    }
    for ingested in &state.wanted {
        let progress = progress(capstone, &state, ingested)?;
        let Partition {
            dataset,
            program_year,
        } = ingested.partition();
        let facts = years.entry(program_year).or_default();
        facts.datasets.push((dataset, progress));
    }
    Ok(years
        .into_iter()
        .map(|(year, facts)| YearFacts { year, ..facts })
        .collect())
}

fn progress(
    capstone: &Capstone,
    state: &LakeState,
    ingested: &Ingested,
) -> anyhow::Result<Progress> {
    let partition = ingested.partition();
    let commit = state.commit(&partition);
    if let Some(commit) = commit.filter(|commit| commit.manifest.run_id == ingested.run_id) {
        let sequence = commit.sequence;
        return Ok(Progress::Committed { sequence });
    }
    let key = keys::validation(&partition, &ingested.run_id);
    let Some(validation) = capstone.lake.read_json::<Validation>(&key)? else {
        return Ok(Progress::Ingested);
    };
    let mut checks = validation.checks.into_iter();
    let failed = checks.find(|check| check.verdict == Verdict::Failed);
    Ok(
        failed.map_or(Progress::Validated, |check| Progress::Failed {
            reason: format!("{}: check {}: {}", check.file, check.name, check.found),
        }),
    )
}

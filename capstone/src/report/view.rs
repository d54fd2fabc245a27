//! The page as the template sees it: texts and charts, no arithmetic left to do.

mod history;
mod payments;
mod pipeline;

use minijinja::Value;
use serde::Serialize;

use super::data::{DataKind, ReportData};
use super::format;
use super::render::{Context, Place};

/// Everything in the template.
#[derive(Serialize)]
pub(super) struct Page {
    pub(super) style: Value,
    years_text: String,
    generated_at: String,
    contract_version: Option<String>,
    kind: DataKind,
    is_empty: bool,
    gate: pipeline::Gate,
    figures: Vec<Figure>,
    accounting: Option<pipeline::Accounting>,
    diagram: Drawing,
    trends: Vec<Trend>,
    trend_lead: String,
    years: Vec<payments::YearLine>,
    natures: Vec<payments::NatureLine>,
    nature_lead: String,
    rankings: Vec<payments::Ranking>,
    quarantine: Vec<pipeline::ReasonLine>,
    files: Vec<pipeline::FileLine>,
    broken: Vec<pipeline::RuleLine>,
    kept: Vec<pipeline::RuleLine>,
    attempts: Vec<history::AttemptLine>,
    runs: Vec<history::RunLine>,
    places: Vec<Place>,
}

/// A figure at the top.
#[derive(Serialize)]
struct Figure {
    label: &'static str,
    value: String,
    note: String,
}

/// One drawing in the two sizes of [`super::charts`].
#[derive(Serialize)]
struct Drawing {
    wide: Value,
    narrow: Value,
}

/// A line chart.
#[derive(Serialize)]
struct Trend {
    caption: &'static str,
    drawing: Drawing,
}

/// Marks a drawing of ours as HTML; it has escaped its texts itself.
fn safe(svg: String) -> Value {
    Value::from_safe_string(svg)
}

/// Prepares the page; `style` is still empty.
pub(super) fn page(data: &ReportData, context: &Context) -> Page {
    let (broken, kept) = pipeline::rules(data);
    Page {
        style: Value::from(""),
        years_text: years_text(data),
        generated_at: context
            .generated_at
            .strftime("%Y-%m-%d %H:%M UTC")
            .to_string(),
        contract_version: data.contract_version.clone(),
        kind: data.data_kind,
        is_empty: data.headline.records == 0 && data.headline.interests == 0,
        gate: pipeline::gate(data),
        figures: figures(data),
        accounting: pipeline::accounting(data),
        diagram: pipeline::diagram(data),
        trends: payments::trends(data),
        trend_lead: payments::trend_lead(data),
        years: payments::years(data),
        natures: payments::natures(data),
        nature_lead: payments::nature_lead(data),
        rankings: payments::rankings(data),
        quarantine: pipeline::quarantine(data),
        files: pipeline::files(data),
        broken,
        kept,
        attempts: history::attempts(data),
        runs: history::runs(data),
        places: context.places.clone(),
    }
}

/// `2021 to 2023`, `2021`, or nothing.
fn years_text(data: &ReportData) -> String {
    match (data.years.first(), data.years.last()) {
        (Some(first), Some(last)) if first.year < last.year => {
            format!("{} to {}", first.year, last.year)
        }
        (Some(only), _) => only.year.to_string(),
        _ => String::new(),
    }
}

fn figures(data: &ReportData) -> Vec<Figure> {
    let top = &data.headline;
    let account = data.records();
    let mean = top
        .cents
        .checked_div(top.records)
        .map_or_else(String::new, |cents| {
            format!("{} on average", format::short_dollars(cents))
        });
    let rejected = match account.read {
        0 => "nothing was read".to_owned(),
        read => format!(
            "{} of the records read",
            format::share(account.rejected, read)
        ),
    };
    vec![
        Figure {
            label: "Dollars",
            value: format::short_dollars(top.cents),
            note: format::dollars(top.cents),
        },
        Figure {
            label: "Payments",
            value: format::count(top.records),
            note: mean,
        },
        Figure {
            label: "Companies",
            value: format::count(top.companies),
            note: "that paid".to_owned(),
        },
        Figure {
            label: "Recipients",
            value: format::count(top.recipients),
            note: "people and hospitals".to_owned(),
        },
        Figure {
            label: "Ownership interests",
            value: format::count(top.interests),
            note: format!("{} invested", format::short_dollars(top.invested_cents)),
        },
        Figure {
            label: "Rejected",
            value: format::count(account.rejected),
            note: rejected,
        },
        Figure {
            label: "Publications",
            value: format::count(top.publications),
            note: format!("{} superseded", format::count(top.superseded_publications)),
        },
    ]
}

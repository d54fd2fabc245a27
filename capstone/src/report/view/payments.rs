//! The sections about the money.

use minijinja::Value;
use serde::Serialize;

use super::{Drawing, Trend, safe};
use crate::report::charts::{self, Frame, NARROW, Point, WIDE, ratio};
use crate::report::data::{Month, Ranked, ReportData};
use crate::report::format;

/// One program year.
#[derive(Serialize)]
pub(super) struct YearLine {
    year: i32,
    publication: String,
    bar: Value,
    dollars: String,
    dollars_change: String,
    records: String,
    records_change: String,
    median: String,
    companies: String,
    recipients: String,
}

/// One nature of payment.
#[derive(Serialize)]
pub(super) struct NatureLine {
    name: String,
    bars: Value,
    dollars: String,
    dollars_share: String,
    records: String,
    records_share: String,
    mean: String,
}

/// The first of something, by dollars.
#[derive(Serialize)]
pub(super) struct Ranking {
    id: &'static str,
    title: &'static str,
    column: &'static str,
    lead: String,
    lines: Vec<RankLine>,
}

#[derive(Serialize)]
struct RankLine {
    name: String,
    note: Option<String>,
    bar: Value,
    dollars: String,
    share: String,
    records: String,
}

/// Dollars and records by month, each with an axis of its own: two scales on one
/// drawing would invite comparing what can't be compared.
pub(super) fn trends(data: &ReportData) -> Vec<Trend> {
    if data.months.is_empty() {
        return Vec::new();
    }
    let (dollars, records) = (dollar_points(&data.months), record_points(&data.months));
    vec![
        trend("Dollars paid per month", &dollars, format::short_dollars),
        trend("Payments per month", &records, format::short_count),
    ]
}

fn trend(caption: &'static str, points: &[Point], tick: fn(i64) -> String) -> Trend {
    let peak = points.iter().rev().max_by_key(|point| point.value);
    let title = peak.map_or_else(String::new, |peak| {
        format!("{caption}, {} months; highest: {}", points.len(), peak.text)
    });
    let draw = |frame: Frame| safe(charts::trend(points, frame, &title, tick));
    Trend {
        caption,
        drawing: Drawing {
            wide: draw(WIDE),
            narrow: draw(NARROW),
        },
    }
}

fn dollar_points(months: &[Month]) -> Vec<Point> {
    let text = |month: &Month| {
        format!(
            "{}: {}",
            format::month(month.year, month.month),
            format::short_dollars(month.cents)
        )
    };
    let point = |month: &Month| Point {
        year: month.year,
        month: month.month,
        value: month.cents.max(0),
        text: text(month),
    };
    months.iter().map(point).collect()
}

fn record_points(months: &[Month]) -> Vec<Point> {
    let text = |month: &Month| {
        format!(
            "{}: {}",
            format::month(month.year, month.month),
            format::count(month.records)
        )
    };
    let point = |month: &Month| Point {
        year: month.year,
        month: month.month,
        value: month.records,
        text: text(month),
    };
    months.iter().map(point).collect()
}

pub(super) fn trend_lead(data: &ReportData) -> String {
    let Some(top) = data.months.iter().max_by_key(|month| month.cents) else {
        return String::new();
    };
    let month = format::month(top.year, top.month);
    format!(
        "The month with the most dollars is {month}, with {}.",
        format::short_dollars(top.cents)
    )
}

pub(super) fn years(data: &ReportData) -> Vec<YearLine> {
    let largest = data.years.iter().map(|year| year.cents).max().unwrap_or(0);
    let line = |year: &crate::report::data::Year| {
        // Only the year before counts as "before": a gap is not growth.
        let before = data.years.iter().find(|other| other.year + 1 == year.year);
        let dollars = format::short_dollars(year.cents);
        YearLine {
            year: year.year,
            publication: year.publication.clone().unwrap_or_else(|| "–".to_owned()),
            bar: safe(charts::bar(
                ratio(year.cents, largest),
                &format!("{}: {dollars}", year.year),
            )),
            dollars,
            dollars_change: format::change(year.cents, before.map(|year| year.cents)),
            records: format::count(year.records),
            records_change: format::change(year.records, before.map(|year| year.records)),
            median: format::dollars(year.median_cents),
            companies: format::count(year.companies),
            recipients: format::count(year.recipients),
        }
    };
    data.years.iter().map(line).collect()
}

pub(super) fn natures(data: &ReportData) -> Vec<NatureLine> {
    let (records, cents) = (data.headline.records, data.headline.cents);
    let line = |nature: &Ranked| {
        let dollars_share = format::share(nature.cents, cents);
        let records_share = format::share(nature.records, records);
        let title = format!(
            "{}: {dollars_share} of the dollars, {records_share} of the payments",
            nature.name
        );
        NatureLine {
            name: nature.name.clone(),
            bars: safe(charts::pair(
                ratio(nature.cents, cents),
                ratio(nature.records, records),
                &title,
            )),
            dollars: format::short_dollars(nature.cents),
            dollars_share,
            records: format::short_count(nature.records),
            records_share,
            mean: nature
                .cents
                .checked_div(nature.records)
                .map_or_else(String::new, format::short_dollars),
        }
    };
    data.natures.iter().map(line).collect()
}

pub(super) fn nature_lead(data: &ReportData) -> String {
    let Some(most) = data.natures.iter().max_by_key(|nature| nature.records) else {
        return String::new();
    };
    let (records, cents) = (data.headline.records, data.headline.cents);
    format!(
        "{} makes {} of the payments and {} of the dollars.",
        most.name,
        format::share(most.records, records),
        format::share(most.cents, cents)
    )
}

pub(super) fn rankings(data: &ReportData) -> Vec<Ranking> {
    let total = data.headline.cents;
    vec![
        ranking(
            ("companies", "Companies", "Company"),
            &data.companies,
            total,
        ),
        ranking(("products", "Products", "Product"), &data.products, total),
        ranking(
            ("specialties", "Specialties", "Specialty"),
            &data.specialties,
            total,
        ),
    ]
}

fn ranking(
    (id, title, column): (&'static str, &'static str, &'static str),
    ranked: &[Ranked],
    total: i64,
) -> Ranking {
    let largest = ranked.iter().map(|one| one.cents).max().unwrap_or(0);
    let together = ranked.iter().map(|one| one.cents).sum();
    let lead = format!(
        "These {} hold {} of all dollars.",
        ranked.len(),
        format::share(together, total)
    );
    let line = |one: &Ranked| {
        let dollars = format::short_dollars(one.cents);
        RankLine {
            name: one.name.clone(),
            note: one.note.clone(),
            bar: safe(charts::bar(
                ratio(one.cents, largest),
                &format!("{}: {dollars}", one.name),
            )),
            dollars,
            share: format::share(one.cents, total),
            records: format::count(one.records),
        }
    };
    Ranking {
        id,
        title,
        column,
        lead,
        lines: ranked.iter().map(line).collect(),
    }
}

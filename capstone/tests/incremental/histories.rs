//! Incremental equals a full rebuild, over random histories of publications.
//!
//! `INCREMENTAL_HISTORIES` sets how many (default 3), `INCREMENTAL_SEED` where they start.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use fixtures::{Edition, LEDGER, PublicationSpec, Spec};
use jiff::civil::{Date, date};
use tempfile::TempDir;

use crate::workbench::Workbench;

const YEARS: [i16; 3] = [2021, 2022, 2023];
/// First publication, refresh, and the same state published again.
const EDITIONS: usize = 3;
/// The same publication, with other bytes.
const VARIANTS: u64 = 2;
/// Files of a publication by their names.
const TABLES: [&str; 3] = ["GNRL", "OWNRSHP", "REMOVED_DELETED"];

/// Draws numbers; the same seed draws the same.
struct Draw(u64);

impl Draw {
    /// One below `bound`: splitmix64, whose bias does not matter here.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }
}

/// Some files of one publication, delivered together.
#[derive(Clone, Copy, PartialEq)]
struct Delivery {
    year: i16,
    edition: usize,
    variant: u64,
    /// Which of [`TABLES`]; the others do not come.
    tables: [bool; 3],
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, variant) = (self.year, self.variant);
        write!(
            f,
            "{year} of {}, variant {variant}",
            self.publication().published
        )?;
        let tables = TABLES.iter().zip(self.tables).filter(|(_, comes)| *comes);
        tables
            .into_iter()
            .try_for_each(|(table, _)| write!(f, " {table}"))
    }
}

impl Delivery {
    fn draw(draw: &mut Draw) -> Self {
        let edition = draw.below(EDITIONS);
        // Mostly all files; now and then only some of them.
        let mut tables = [true; 3];
        if draw.below(3) == 0 {
            let alone = draw.below(TABLES.len());
            tables = std::array::from_fn(|table| table == alone);
        }
        if edition == 0 {
            tables[2] = false;
            tables[0] |= !tables[1];
        }
        Self {
            year: YEARS[draw.below(YEARS.len())],
            edition,
            variant: draw.below(2) as u64,
            tables,
        }
    }

    fn publication(self) -> PublicationSpec {
        let after = |years: i16, month, day| Date::constant(self.year + years, month, day);
        let (published, edition) = match self.edition {
            0 => (after(1, 6, 30), Edition::First),
            1 => (after(2, 1, 20), Edition::Refresh),
            _ => (after(2, 6, 30), Edition::Refresh),
        };
        PublicationSpec::on(self.year, published, edition)
    }

    /// Puts its files into a folder, in place of files of the same names.
    fn copy(self, store: &Path, folder: &Path) {
        for (table, comes) in TABLES.into_iter().zip(self.tables) {
            if comes {
                let name = self.publication().file_name(table);
                let from = store.join(self.variant.to_string()).join(&name);
                fs::copy(from, folder.join(name)).unwrap();
            }
        }
    }

    /// The same in a folder of its own.
    fn folder(self, store: &Path) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        self.copy(store, folder.path());
        folder
    }
}

/// Every file of every delivery there can be.
fn store() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for variant in 0..VARIANTS {
        let all = YEARS.into_iter().flat_map(|year| {
            (0..EDITIONS).map(move |edition| Delivery {
                year,
                edition,
                variant,
                tables: [true; 3],
            })
        });
        let publications = all.map(Delivery::publication).collect();
        let spec = Spec {
            ownership_rows: 60,
            // The longer file has the records of the shorter one and some more.
            ..Spec::new(publications, 150 + 20 * variant, 3)
        };
        let spec = spec.with_faults(0.02, false);
        let out = folder.path().join(variant.to_string());
        fixtures::generate(&spec, &out).unwrap();
        fs::remove_file(out.join(LEDGER)).unwrap();
    }
    let path = folder.path().to_owned();
    (folder, path)
}

fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap())
}

#[test]
fn one_by_one_in_any_order_or_all_at_once_a_lake_says_the_same() {
    let (_folder, store) = store();
    let first = number("INCREMENTAL_SEED", 1);
    let (mut tombstones, mut comparisons) = (0, 0);
    for seed in first..first + number("INCREMENTAL_HISTORIES", 3) {
        let mut draw = Draw(seed);
        let length = 2 + draw.below(6);
        let history: Vec<Delivery> = (0..length).map(|_| Delivery::draw(&mut draw)).collect();
        let what = format!("seed {seed}: {history:#?}");
        let (step_by_step, at_once) = (Workbench::new(), Workbench::new());
        let everything = tempfile::tempdir().unwrap();
        for (step, delivery) in history.iter().enumerate() {
            let is_last = step + 1 == length;
            step_by_step.deliver(
                delivery.folder(&store).path(),
                is_last || draw.below(4) == 0,
            );
            delivery.copy(&store, everything.path());
        }
        at_once.deliver(everything.path(), true);
        let said = step_by_step.said();
        said.must_equal(&at_once.said(), &what);
        tombstones += said.rows_of("fct_removed_records");
        comparisons += said.comparisons();
    }
    assert!(
        tombstones > 0 && comparisons > 0,
        "histories without a refresh prove little: {tombstones} tombstones, {comparisons} comparisons"
    );
}

/// Every value of a file, whatever record it is in.
fn values_in(file: &[u8]) -> HashSet<String> {
    let values = file.split(|byte| b",\"\n".contains(byte));
    values
        .map(|value| String::from_utf8_lossy(value).into_owned())
        .collect()
}

#[test]
fn a_record_in_quarantine_is_neither_gone_nor_new() {
    let (folder, program_year) = (tempfile::tempdir().unwrap(), 2022);
    let publications = [
        PublicationSpec::first(program_year),
        PublicationSpec::refresh(program_year),
    ];
    let spec = Spec::new(publications.to_vec(), 3_000, 8).with_faults(0.05, false);
    let generated = fixtures::generate(&spec, folder.path()).unwrap();
    fs::remove_file(generated.ledger).unwrap();
    let bench = Workbench::with_chunks(1 << 20);
    bench.deliver(folder.path(), true);
    let number = |sql: &str| bench.rows(sql).remove(0).parse::<i64>().unwrap();
    let count = |column: &str| {
        number(&format!(
            "select ({column})::varchar from lake.changes where dataset = 'general'"
        ))
    };
    assert!(
        count("records_quarantined") > 50,
        "5 % of 3,000, both harmless and not"
    );
    assert!(count("records_recovered") > 50);
    // The generator cuts some records off before their id. What is not in the bytes can't
    // be found, and nothing else is called gone or new.
    let bytes_of = |publication: PublicationSpec| {
        let delivered = fs::read(folder.path().join(publication.file_name("GNRL"))).unwrap();
        values_in(&delivered)
    };
    let [first, refresh] = publications.map(bytes_of);
    let unexplained = bench
        .rows("select record_id::varchar from marts.fct_removed_records where not is_explained");
    assert_eq!(unexplained.len(), 1, "of some ninety in quarantine");
    assert!(!refresh.contains(&unexplained[0]));
    let mut records = bench.rows("select record_id::varchar from marts.fct_payments");
    records.retain(|record| !first.contains(record));
    let added = count("records_added - records_recovered");
    assert_eq!(usize::try_from(added).unwrap(), records.len());
    assert_eq!(count("records_contradicted"), 0);
    let listed = number("select count(*)::varchar from lake.removed_records");
    let explained =
        number("select count(*)::varchar from marts.fct_removed_records where is_explained");
    assert_eq!(
        explained, listed,
        "each line of the removed file is a tombstone"
    );
}

/// Replaces text in the lines of a file that hold `in_lines_with`.
fn edit(path: &Path, in_lines_with: &str, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| {
        if line.contains(in_lines_with) {
            line.replace(old, new)
        } else {
            line.to_owned()
        }
    });
    let edited: String = lines.map(|line| line + "\n").collect();
    assert_ne!(edited, text, "{old} stands in a line with {in_lines_with}");
    fs::write(path, edited).unwrap();
}

#[test]
fn a_refresh_that_renames_a_company_or_moves_a_specialty_gives_that_year_a_version_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (first, refresh) = (folder.path().join("first"), folder.path().join("refresh"));
    let generate = |publications: Vec<PublicationSpec>, out: &Path| {
        fixtures::generate(&Spec::new(publications, 800, 5), out).unwrap();
    };
    let years = [2021, 2022, 2023].map(PublicationSpec::first);
    generate(years.to_vec(), &first);
    let refreshed = PublicationSpec::refresh(2022);
    assert_eq!(refreshed.published, date(2024, 1, 18));
    generate(vec![refreshed], &refresh);
    let bench = Workbench::new();
    bench.deliver(&first, true);
    // A company and a person with payments in all three years and one version.
    let pick = |sql: &str| bench.rows(sql).remove(0);
    let company = pick(
        "select company_id || '|' || company_name from marts.dim_companies
         join marts.fct_payments using (company_key) group by company_id, company_name
         having count(distinct program_year) = 3 order by count(*) desc, 1 limit 1",
    );
    let (company, name) = company.split_once('|').unwrap();
    let person = pick(
        "select recipient_id || '|' || specialty from marts.dim_physicians
         join marts.fct_payments using (recipient_key) group by recipient_id, specialty
         having count(distinct program_year) = 3 order by count(*) desc, 1 limit 1",
    );
    let (person, specialty) = person.split_once('|').unwrap();
    let general = refresh.join(refreshed.file_name("GNRL"));
    edit(
        &general,
        &format!("\"{company}\""),
        name,
        "Renamed Holdings",
    );
    edit(
        &general,
        &format!("\"{person}\""),
        specialty,
        "Allopathic & Osteopathic Physicians|Surgery",
    );
    let ownership = refresh.join(refreshed.file_name("OWNRSHP"));
    fs::remove_file(ownership).unwrap();
    bench.deliver(&refresh, true);
    let history = |dimension: &str, id: &str, what: &str| {
        bench.rows(&format!(
            "select {what} || ' from ' || year(valid_from) from marts.{dimension}
             where {id} order by valid_from"
        ))
    };
    let named = history(
        "dim_companies",
        &format!("company_id = '{company}'"),
        "company_name",
    );
    let expected = [(name, 2021), ("Renamed Holdings", 2022), (name, 2023)];
    assert_eq!(
        named,
        expected.map(|(name, year)| format!("{name} from {year}"))
    );
    let moved = history(
        "dim_recipients",
        &format!("recipient_id = '{person}'"),
        "specialty",
    );
    let surgery = "Allopathic & Osteopathic Physicians|Surgery";
    let expected = [(specialty, 2021), (surgery, 2022), (specialty, 2023)];
    assert_eq!(
        moved,
        expected.map(|(name, year)| format!("{name} from {year}"))
    );
    // The facts of a year point at the version of that year.
    let keys = format!(
        "select distinct program_year || ' ' || company_key from marts.fct_payments
         join marts.dim_companies using (company_key) where company_id = '{company}' order by 1"
    );
    let expected = [2021, 2022, 2023].map(|year| format!("{year} {company}@{year}"));
    assert_eq!(bench.rows(&keys), expected);
}

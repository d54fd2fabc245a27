// The tables of the drills, and DuckDB to run a drill on them.

use std::fmt::Write as _;
use std::fs;
use std::sync::{LazyLock, Mutex, PoisonError};

use duckdb::Connection;
use duckdb::types::Value;
use fixtures::{PublicationSpec, Spec, generate};

const TABLES: &str = include_str!("../../sql/tables.sql");
const SEEDS: [u64; 3] = [3, 20, 701];
const ROWS: u64 = 500;
/// What stands where no state is known.
const NO_STATE: [&str; 5] = ["", "  ", "-", "#n/a", " -- SELECT -- "];

/// A row of `publications`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delivered {
    pub(crate) program_year: i32,
    pub(crate) published: String,
    pub(crate) record_id: i64,
    pub(crate) city: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) cents: i64,
}

/// A row of `payments`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Payment {
    pub(crate) record_id: i64,
    pub(crate) company_id: String,
    pub(crate) state: Option<String>,
    pub(crate) month: u32,
    pub(crate) cents: i64,
    pub(crate) nature: Option<String>,
}

/// A row of `products`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Product {
    pub(crate) record_id: i64,
    pub(crate) kind: Option<String>,
    pub(crate) name: String,
}

/// One set of tables as rows of Rust.
pub(crate) struct Rows {
    pub(crate) publications: Vec<Delivered>,
    pub(crate) removed: Vec<Option<i64>>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) products: Vec<Product>,
}

/// The same in DuckDB, too.
pub(crate) struct Data {
    pub(crate) seed: u64,
    pub(crate) rows: Rows,
    /// Filled once: each drill gets a connection of its own, and what it changes is undone.
    database: Mutex<Connection>,
}

/// Three sets that differ in every row.
pub(crate) fn all() -> &'static [Data] {
    static ALL: LazyLock<Vec<Data>> = LazyLock::new(|| SEEDS.map(make).into());
    &ALL
}

/// A generated record: values by the header's names.
struct Raw {
    names: csv::StringRecord,
    fields: csv::StringRecord,
}

impl Raw {
    fn get(&self, name: &str) -> Option<String> {
        let at = self.names.iter().position(|known| known == name);
        let field = &self.fields[at.expect("a column of the newest layout")];
        (!field.is_empty()).then(|| field.to_owned())
    }

    fn filled(&self, name: &str) -> String {
        self.get(name).expect("never empty in clean data")
    }

    fn id(&self) -> i64 {
        self.filled("Record_ID").parse().expect("a number")
    }

    fn cents(&self) -> i64 {
        let amount = self.filled("Total_Amount_of_Payment_USDollars");
        amount.replace('.', "").parse().expect("an amount")
    }
}

fn make(seed: u64) -> Data {
    let folder = tempfile::tempdir().expect("a folder");
    let publications = vec![
        PublicationSpec::first(2022),
        PublicationSpec::first(2023),
        PublicationSpec::refresh(2023),
    ];
    let mut spec = Spec::new(publications, ROWS, seed);
    spec.ownership_rows = 0;
    let files = generate(&spec, folder.path()).expect("files").files;
    let read = |table: &str, number: usize| -> Vec<Raw> {
        let mut files = files.iter().filter(|file| file.name.contains(table));
        let path = &files.nth(number).expect("a file").path;
        let bytes = fs::read(path).expect("a generated file");
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let names = reader.headers().expect("a header").clone();
        reader
            .into_records()
            .map(|fields| Raw {
                names: names.clone(),
                fields: fields.expect("CSV"),
            })
            .collect()
    };
    let (year_before, first, second) = (read("GNRL", 0), read("GNRL", 1), read("GNRL", 2));
    // Every 25th record vanishes; the list of withdrawn ones tells of half of those.
    let vanishes = |id: i64| (id / 2).rem_euclid(25) == 0;
    let is_told = |id: i64| (id / 2).rem_euclid(50) == 0;
    let second: Vec<Raw> = second
        .into_iter()
        .filter(|raw| !vanishes(raw.id()))
        .collect();
    let mut removed: Vec<Option<i64>> = read("REMOVED", 0)
        .iter()
        .map(|raw| Some(raw.id()))
        .collect();
    removed.extend(
        first
            .iter()
            .map(Raw::id)
            .filter(|id| vanishes(*id) && is_told(*id))
            .map(Some),
    );
    removed.push(None);
    let rows = Rows {
        publications: [
            (2022, "2023-06-30", &year_before),
            (2023, "2024-06-28", &first),
            (2023, "2025-01-30", &second),
        ]
        .into_iter()
        .flat_map(|(year, day, rows)| rows.iter().map(move |raw| delivered(year, day, raw)))
        .collect(),
        removed,
        payments: second.iter().map(payment).collect(),
        products: second.iter().flat_map(products).collect(),
    };
    let database = Mutex::new(fill(&rows.statements()));
    Data {
        seed,
        rows,
        database,
    }
}

/// A database with the tables in it.
fn fill(statements: &str) -> Connection {
    let connection = Connection::open_in_memory().expect("DuckDB");
    connection
        .execute_batch("set threads = 1")
        .expect("a setting");
    connection.execute_batch(statements).expect("the tables");
    connection
}

/// City, state and amount differ between the publications of 2023 in records of their own,
/// whatever the generator changes.
fn delivered(program_year: i32, published: &str, raw: &Raw) -> Delivered {
    let id = raw.id();
    let (is_first, is_second) = (published == "2024-06-28", published == "2025-01-30");
    let one_in = |share: i64| (id / 2).rem_euclid(share) == 1;
    let no_state = one_in(31) || one_in(17) && is_second || one_in(23) && is_first;
    let no_city = one_in(29) || one_in(37) && is_second;
    let city = raw.get("Recipient_City").filter(|_| !no_city);
    Delivered {
        program_year,
        published: published.to_owned(),
        record_id: id,
        city: city.map(|city| {
            if one_in(41) && is_first {
                format!("{city} City")
            } else {
                city
            }
        }),
        state: raw.get("Recipient_State").filter(|_| !no_state),
        cents: raw.cents() + i64::from(one_in(43) && is_first),
    }
}

/// Amounts are rounded to dollars in places, so that some are equal; states are typed badly,
/// and some natures are missing.
fn payment(raw: &Raw) -> Payment {
    let id = raw.id();
    let pick = usize::try_from(id / 2).expect("ids are positive");
    let cents = raw.cents();
    let state = raw.get("Recipient_State");
    Payment {
        record_id: id,
        company_id: raw.filled("Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID"),
        state: match pick % 8 {
            0 => None,
            1 => Some(NO_STATE[pick / 8 % NO_STATE.len()].to_owned()),
            2 => state.map(|state| format!(" {state}")),
            3 => state.map(|state| state.to_lowercase()),
            _ => state,
        },
        month: raw.filled("Date_of_Payment")[..2].parse().expect("a month"),
        cents: if pick.is_multiple_of(3) {
            (cents + 999) / 1000 * 1000
        } else {
            cents
        },
        nature: raw
            .get("Nature_of_Payment_or_Transfer_of_Value")
            .filter(|_| !pick.is_multiple_of(9)),
    }
}

fn products(raw: &Raw) -> Vec<Product> {
    let slot = |slot: usize| {
        let tail = format!("Drug_or_Biological_or_Device_or_Medical_Supply_{slot}");
        Some(Product {
            record_id: raw.id(),
            kind: raw.get(&format!("Indicate_{tail}")),
            name: raw.get(&format!("Name_of_{tail}"))?,
        })
    };
    (1..=5).filter_map(slot).collect()
}

fn text(value: Option<&String>) -> String {
    value.map_or("NULL".to_owned(), |text| {
        format!("'{}'", text.replace('\'', "''"))
    })
}

/// An amount as SQL and answers write it.
pub(crate) fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

impl Rows {
    /// The statements that fill the tables.
    fn statements(&self) -> String {
        let mut sql = TABLES.to_owned();
        let mut insert = |table: &str, rows: Vec<String>| {
            write!(sql, "insert into {table} values {};", rows.join(","))
                .expect("a String takes any text");
        };
        let delivered = |row: &Delivered| {
            let (city, state) = (text(row.city.as_ref()), text(row.state.as_ref()));
            let amount = dollars(row.cents);
            format!(
                "({},'{}',{},{city},{state},{amount})",
                row.program_year, row.published, row.record_id
            )
        };
        insert(
            "publications",
            self.publications.iter().map(delivered).collect(),
        );
        let removed = |id: &Option<i64>| {
            let id = id.map_or("NULL".to_owned(), |id| id.to_string());
            format!("({id},'REMOVED')")
        };
        insert("removed", self.removed.iter().map(removed).collect());
        let payment = |row: &Payment| {
            let (state, nature) = (text(row.state.as_ref()), text(row.nature.as_ref()));
            let (id, company, month, amount) = (
                row.record_id,
                &row.company_id,
                row.month,
                dollars(row.cents),
            );
            format!("({id},'{company}',{state},'2023-{month:02}-15',{amount},{nature})")
        };
        insert("payments", self.payments.iter().map(payment).collect());
        let mut last = (0, 0);
        let mut product = |row: &Product| {
            last = if last.0 == row.record_id {
                (last.0, last.1 + 1)
            } else {
                (row.record_id, 1)
            };
            let (kind, product) = (text(row.kind.as_ref()), text(Some(&row.name)));
            format!("({},{},{kind},{product})", row.record_id, last.1)
        };
        insert("products", self.products.iter().map(&mut product).collect());
        sql
    }
}

impl Data {
    /// The rows that a drill gives on these tables.
    pub(crate) fn run(&self, file: &str, sql: &str, columns: &[&str]) -> Vec<Vec<String>> {
        assert!(
            !is_empty(sql),
            "not yet implemented: exercise/sql/{file} holds no query"
        );
        let (names, rows) = self
            .query(sql)
            .unwrap_or_else(|error| panic!("{file} does not run: {error}"));
        assert_eq!(
            names, columns,
            "{file}: the columns asked for, in this order"
        );
        rows
    }

    /// The column names and rows of any query on these tables.
    pub(crate) fn query(&self, sql: &str) -> duckdb::Result<(Vec<String>, Vec<Vec<String>>)> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = database.try_clone()?;
        drop(database);
        // The transaction ends with its connection, and nothing of it stays.
        connection.execute_batch("begin transaction")?;
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let names = rows.as_ref().map(duckdb::Statement::column_names);
        let names = names.unwrap_or_default();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let cells = (0..names.len()).map(|at| Ok(cell(&row.get(at)?)));
            found.push(cells.collect::<duckdb::Result<_>>()?);
        }
        Ok((names, found))
    }
}

/// Whether a file holds comments and nothing else.
pub(crate) fn is_empty(sql: &str) -> bool {
    let mut lines = sql.lines().map(str::trim);
    lines.all(|line| line.is_empty() || line.starts_with("--"))
}

/// A value as text; numbers with two decimals if they have any.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::TinyInt(value) => value.to_string(),
        Value::SmallInt(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::BigInt(value) => value.to_string(),
        Value::HugeInt(value) => value.to_string(),
        Value::Double(value) => format!("{value:.2}"),
        Value::Text(text) => text.clone(),
        Value::Date32(days) => {
            let epoch = jiff::civil::date(1970, 1, 1);
            let day = epoch.checked_add(jiff::Span::new().days(*days));
            day.map_or_else(|error| error.to_string(), |day| day.to_string())
        }
        Value::UTinyInt(value) => value.to_string(),
        Value::USmallInt(value) => value.to_string(),
        Value::UInt(value) => value.to_string(),
        Value::UBigInt(value) => value.to_string(),
        Value::Decimal(value) => two_decimals(&value.to_string()),
        other => format!("{other:?}"),
    }
}

/// A decimal without the zeros that a greater scale adds.
fn two_decimals(text: &str) -> String {
    let Some((whole, fraction)) = text.split_once('.') else {
        return text.to_owned();
    };
    format!("{whole}.{:0<2}", fraction.trim_end_matches('0'))
}

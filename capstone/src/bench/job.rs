//! What a peer is told: one file, the contract of its table, and where to write.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};
use week1_schema::{Contract, Dataset, LayoutMap, Table};
use week5_transform::Target;

use super::peer::PeerFiles;
use crate::parts;

/// One file to be made into typed rows and rejects.
pub struct Job<'a> {
    /// The file.
    pub source: PathBuf,
    /// The contract.
    pub contract: &'a Contract,
    /// Its table of general payments.
    pub table: &'a Table,
    /// Where the columns stand in the file.
    pub layout: LayoutMap,
    /// What every row must belong to.
    pub target: Target,
    /// Where to write.
    pub files: PeerFiles,
}

impl<'a> Job<'a> {
    /// The job for a file of general payments that delivers `target`.
    pub fn new(
        contract: &'a Contract,
        source: &Path,
        target: Target,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let table = contract.table(Dataset::General);
        Ok(Self {
            source: source.to_owned(),
            contract,
            table: table.context("the contract has no general payments")?,
            layout: layout(source, contract)?,
            target,
            files: PeerFiles::new(folder, target.program_year),
        })
    }

    /// For scripts that read the contract themselves.
    pub fn to_json(&self) -> anyhow::Result<Value> {
        let columns = self.table.columns.iter().zip(&self.layout.source);
        let columns: Vec<Value> = columns
            .map(|(column, source)| {
                let mut document = serde_json::to_value(column)?;
                document["source"] = json!(source);
                Ok(document)
            })
            .collect::<anyhow::Result<_>>()?;
        let folders = [
            self.files.accepted(),
            self.files.records(),
            self.files.lines(),
        ];
        Ok(json!({
            "source": self.source,
            "fields": self.layout.fields,
            "columns": columns,
            "row_rules": self.table.row_rules,
            "key": self.table.key,
            "missing_values": self.contract.missing_values,
            "program_year": self.target.program_year,
            "publication": self.target.publication.strftime("%m/%d/%Y").to_string(),
            "accepted": folders[0],
            "records": folders[1],
            "lines": folders[2],
            "scratch": self.files.scratch(),
        }))
    }
}

/// The layout by the header.
fn layout(source: &Path, contract: &Contract) -> anyhow::Result<LayoutMap> {
    let file = File::open(source).with_context(|| source.display().to_string())?;
    let mut header = Vec::new();
    BufReader::new(file).read_until(b'\n', &mut header)?;
    Ok(parts::schema::recognise_line(&header, contract)?)
}

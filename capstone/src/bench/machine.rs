//! What the figures were measured on.

use std::fs;

use serde::Serialize;

/// The machine and the programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// The processor's name; none where the system does not say.
    pub cpu: Option<String>,
    /// Cores that this program may use.
    pub cores: usize,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// System and architecture.
    pub system: String,
    /// Version of this program.
    pub capstone: &'static str,
    /// Version of the DuckDB library.
    pub duckdb: String,
}

impl Machine {
    /// This one.
    pub fn this() -> anyhow::Result<Self> {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        Ok(Self {
            cpu: cpu(&read("/proc/cpuinfo")),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_bytes: memory(&read("/proc/meminfo")),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            capstone: env!("CARGO_PKG_VERSION"),
            duckdb: super::duckdb::version()?,
        })
    }

    /// One line.
    pub fn to_text(&self) -> String {
        let memory = self
            .memory_bytes
            .map(|bytes| format!(", {:.0} GB", bytes as f64 / 1e9));
        format!(
            "{} cores of {}{}, {}; capstone {}, DuckDB {}\n",
            self.cores,
            self.cpu.as_deref().unwrap_or("an unknown processor"),
            memory.unwrap_or_default(),
            self.system,
            self.capstone,
            self.duckdb,
        )
    }
}

fn cpu(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_of_linux_are_read_as_documented() {
        let cpuinfo = "processor\t: 0\nmodel name\t: Some CPU @ 2.00GHz\nmodel name\t: other\n";
        assert_eq!(cpu(cpuinfo).as_deref(), Some("Some CPU @ 2.00GHz"));
        assert_eq!(
            memory("MemTotal:       16 kB\nMemFree: 1 kB\n"),
            Some(16_384)
        );
        assert_eq!(cpu(""), None);
    }
}

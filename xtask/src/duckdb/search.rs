//! Tries ways in order until one gives a library that is right.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One way to get the library.
pub(crate) struct Way<'a> {
    /// What it is called in the report.
    pub(crate) name: &'static str,
    /// What it takes, for people who wait.
    pub(crate) cost: &'static str,
    /// Gives the folder that holds the library, or says in one line why not.
    pub(crate) attempt: Box<dyn Fn() -> Result<PathBuf, String> + 'a>,
}

/// What came of one way.
pub(crate) struct Attempt {
    /// The way's name.
    pub(crate) way: &'static str,
    /// How long it took.
    pub(crate) took: Duration,
    /// The folder, its library checked, or why not.
    pub(crate) outcome: Result<PathBuf, String>,
}

impl Attempt {
    /// One line of the report.
    pub(crate) fn line(&self) -> String {
        let (mark, said) = match &self.outcome {
            Ok(directory) => ("found", directory.display().to_string()),
            Err(reason) => ("no", reason.clone()),
        };
        let seconds = self.took.as_secs_f64();
        format!("  {:<18} {seconds:>6.1} s  {mark:<5}  {said}", self.way)
    }
}

/// Tries each way; a library that fails the check counts as not found.
/// `progress` hears of each attempt as it ends.
pub(crate) fn first_that_works(
    ways: &[Way],
    check: &dyn Fn(&Path) -> Result<(), String>,
    progress: &mut dyn FnMut(&Attempt),
) -> Option<PathBuf> {
    ways.iter().find_map(|way| {
        let started = Instant::now();
        let outcome = (way.attempt)().and_then(|directory| check(&directory).map(|()| directory));
        let attempt = Attempt {
            way: way.name,
            took: started.elapsed(),
            outcome,
        };
        progress(&attempt);
        attempt.outcome.ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(name: &'static str, outcome: Result<&'static str, &'static str>) -> Way<'static> {
        let attempt = move || outcome.map(PathBuf::from).map_err(str::to_owned);
        Way {
            name,
            cost: "",
            attempt: Box::new(attempt),
        }
    }

    fn search(
        ways: &[Way],
        check: &dyn Fn(&Path) -> Result<(), String>,
    ) -> (Option<PathBuf>, Vec<String>) {
        let mut said = Vec::new();
        let found = first_that_works(ways, check, &mut |attempt| {
            let outcome = attempt.outcome.clone();
            said.push(match outcome {
                Ok(_) => format!("{}: found", attempt.way),
                Err(reason) => format!("{}: {reason}", attempt.way),
            });
        });
        (found, said)
    }

    #[test]
    fn ways_after_the_first_success_are_not_tried() {
        let ways = [
            way("existing", Err("not set")),
            way("cache", Ok("cache")),
            Way {
                name: "download",
                cost: "",
                attempt: Box::new(|| panic!("must not be tried")),
            },
        ];
        let (found, said) = search(&ways, &|_| Ok(()));
        assert_eq!(found, Some(PathBuf::from("cache")));
        assert_eq!(said, ["existing: not set", "cache: found"]);
    }

    #[test]
    fn a_library_of_another_version_is_passed_over() {
        let ways = [way("existing", Ok("old")), way("npm", Ok("new"))];
        let check = |directory: &Path| match directory.to_str() {
            Some("old") => Err("holds DuckDB 2.0.0".to_owned()),
            _ => Ok(()),
        };
        let (found, said) = search(&ways, &check);
        assert_eq!(found, Some(PathBuf::from("new")));
        assert_eq!(said, ["existing: holds DuckDB 2.0.0", "npm: found"]);
    }

    #[test]
    fn when_nothing_works_every_reason_is_told() {
        let ways = [way("existing", Err("not set")), way("npm", Err("no npm"))];
        let (found, said) = search(&ways, &|_| Ok(()));
        assert_eq!(found, None);
        assert_eq!(said, ["existing: not set", "npm: no npm"]);
    }
}

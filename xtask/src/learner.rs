//! The learner: the course they follow, how far they are, and their clock.

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use workbook::course::{BASE_TRACK, Course, Unit};
use workbook::facts::{Item, Kind};
use workbook::progress::Progress;

use crate::workspace::Workspace;

/// What `xtask` knows of the learner.
pub(crate) struct Learner {
    /// What there is to do.
    pub(crate) course: Course,
    /// What is done.
    pub(crate) progress: Progress,
    /// When it is.
    pub(crate) clock: Clock,
}

/// The time of this command: read once, so that one command tells one story.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    now: Timestamp,
    zone: TimeZone,
}

impl Clock {
    /// The learner's own date.
    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned(self.zone.clone()).date()
    }

    /// The instant.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where xtask reads the clock"
    )]
    fn system() -> Self {
        Self {
            now: Timestamp::now(),
            zone: TimeZone::system(),
        }
    }
}

impl Learner {
    /// Reads the facts, and the progress if there is any.
    pub(crate) fn open(workspace: &Workspace) -> Result<Self> {
        let progress = Progress::load(&workspace.root)?;
        let track = progress.track().unwrap_or(BASE_TRACK).to_owned();
        Self::on(workspace, &track, progress)
    }

    /// The same, on a track of this name.
    pub(crate) fn on(workspace: &Workspace, track: &str, progress: Progress) -> Result<Self> {
        let known = workbook::track::names(&workspace.root);
        if !known.iter().any(|known| known == track) {
            bail!(Usage(format!(
                "there is no track `{track}`; there are {}. Nothing was changed",
                known.join(", ")
            )));
        }
        Ok(Self {
            course: Course::load(&workspace.root, track)?,
            progress,
            clock: Clock::system(),
        })
    }

    /// Reads progress again; one that cannot be read now stays as it was read before.
    pub(crate) fn reload(&mut self) {
        if let Ok(progress) = self.progress.again() {
            self.progress = progress;
        }
    }

    /// Saves progress; a checkout that cannot be written is said, and is no failure.
    pub(crate) fn save(&self) {
        if let Err(error) = self.progress.save() {
            eprintln!("note: {error}");
        }
    }

    /// Where the learner is: the first checkpoint with an open item, of those that stand.
    pub(crate) fn current(&self) -> Option<&Unit> {
        let mut standing = self.course.checkpoints.iter().filter(|unit| unit.stands());
        standing.find(|unit| !self.is_passed(unit))
    }

    /// Whether every item of a checkpoint is done or deferred, or the reference took its place.
    pub(crate) fn is_passed(&self, unit: &Unit) -> bool {
        self.progress.noted(&unit.facts.id, "caught_up").is_some()
            || unit.facts.items.iter().all(|item| self.is_settled(item))
    }

    /// Whether an item holds nobody up.
    pub(crate) fn is_settled(&self, item: &Item) -> bool {
        let known = self.progress.item(item);
        known.passes || known.deferred.is_some()
    }

    /// Whether every graded test of a checkpoint passed when last checked: then the
    /// learner's part can take the reference's place.
    pub(crate) fn code_passed(&self, unit: &Unit) -> bool {
        let mut tests = unit
            .facts
            .items
            .iter()
            .filter(|item| item.kind == Kind::Test)
            .peekable();
        tests.peek().is_some() && tests.all(|item| self.progress.done(item))
    }

    /// Ids of the checkpoints that a name stands for; nothing named is the current one.
    pub(crate) fn choose(&self, name: Option<&str>) -> Result<Vec<String>> {
        let Some(name) = name else {
            let current = self.current().or_else(|| self.last_standing());
            let current = current.context("no checkpoint stands yet")?;
            return Ok(vec![current.facts.id.clone()]);
        };
        let found = match self.course.find(name) {
            Ok(found) => found,
            // `check ingestion/retry` means its checkpoint.
            Err(error) => match self.course.find_item(name) {
                Ok((unit, _)) => vec![unit],
                Err(_) => return Err(usage(&error)),
            },
        };
        let standing: Vec<String> = found
            .iter()
            .filter(|unit| unit.stands())
            .map(|unit| unit.facts.id.clone())
            .collect();
        if standing.is_empty() {
            let titles: Vec<String> = found.iter().map(|unit| unit.heading()).collect();
            bail!(Usage(format!(
                "the exercises of {} do not stand yet; `cargo xtask status` shows what does",
                titles.join(" and ")
            )));
        }
        Ok(standing)
    }

    /// The one checkpoint that a name stands for.
    pub(crate) fn choose_one(&self, name: Option<&str>) -> Result<&Unit> {
        let ids = self.choose(name)?;
        let [id] = ids.as_slice() else {
            bail!(Usage(format!("name one checkpoint of {}", ids.join(", "))));
        };
        let mut units = self.course.checkpoints.iter();
        units
            .find(|unit| unit.facts.id == *id)
            .context("it was just found")
    }

    /// The one checkpoint that a name stands for, whether its exercises stand or not.
    pub(crate) fn checkpoint(&self, name: &str) -> Result<&Unit> {
        let found = self.course.find(name).map_err(|error| usage(&error))?;
        let [unit] = found.as_slice() else {
            let names: Vec<&str> = found.iter().map(|unit| unit.name()).collect();
            bail!(Usage(format!(
                "name one checkpoint of {}",
                names.join(", ")
            )));
        };
        Ok(unit)
    }

    /// The item that a name stands for.
    pub(crate) fn item(&self, name: &str) -> Result<(&Unit, &Item)> {
        self.course.find_item(name).map_err(|error| usage(&error))
    }

    fn last_standing(&self) -> Option<&Unit> {
        self.course.checkpoints.iter().rfind(|unit| unit.stands())
    }
}

/// The learner typed something that is not there: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

fn usage(error: &workbook::course::Unknown) -> anyhow::Error {
    Usage(error.to_string()).into()
}

//! `cargo xtask watch`: checks at every save, and takes single keys meanwhile.
//!
//! - [`session`]: what is done when; pure
//! - [`files`]: what is watched, and whether it changed
//! - [`place`]: the checkpoint and the item in focus
//! - [`jobs`]: checks, hints and solutions are children, so that keys are never blocked
//! - [`screen`]: the terminal

mod files;
mod jobs;
mod place;
pub(crate) mod screen;
mod session;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use workbook::course::Unit;

use self::jobs::{Job, Said};
use self::screen::Screen;
use self::session::{Action, Event, Session};
use crate::learner::Learner;
use crate::workspace::Workspace;

const KEYS: &str = "h hint  s solution  n next  l list  r run again  q quit";
/// How often a running check shows its seconds.
const SECOND: Duration = Duration::from_secs(1);

/// What `watch` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask watch        the checkpoint that you are in\n  \
    cargo xtask watch 2.1    this one\n\nKeys: h hint, s solution, n next open item, l list, \
    r run again, q quit."
)]
pub(crate) struct Args {
    /// `3.1` or `orchestration`; nothing means the current checkpoint.
    name: Option<String>,
}

/// What the main loop hears.
enum Heard {
    Key(char),
    /// A word of the job of this number.
    Job(usize, Said),
}

/// Checks at every save until `q`.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let learner = Learner::open(workspace)?;
    let unit = learner.choose_one(args.name.as_deref())?.facts.id.clone();
    let (sender, receiver) = mpsc::channel();
    let screen = Screen::open();
    if screen.has_keys() {
        let keys = sender.clone();
        std::thread::spawn(move || {
            while let Some(key) = screen::next_key() {
                if keys.send(Heard::Key(key)).is_err() {
                    break;
                }
            }
        });
    }
    let mut watch = Watch {
        workspace,
        learner,
        unit,
        focus: None,
        screen,
        sender,
        started: Instant::now(),
        session: Session::default(),
        jobs: Vec::new(),
        next_job: 0,
        checks: 0,
        check_started: Instant::now(),
        changed: None,
        places: Vec::new(),
        look: files::Look::new(),
    };
    if !watch.screen.has_keys() {
        watch
            .screen
            .print("No terminal to take keys from: every save is checked, Ctrl-C ends.");
    }
    watch.settle()?;
    watch.go(Event::Moved)?;
    watch.follow(&receiver)?;
    Ok(ExitCode::SUCCESS)
}

struct Watch<'a> {
    workspace: &'a Workspace,
    learner: Learner,
    /// Id of the checkpoint.
    unit: String,
    /// Id of the item that hints are given for; none when all are done.
    focus: Option<String>,
    screen: Screen,
    sender: Sender<Heard>,
    started: Instant,
    session: Session,
    jobs: Vec<Running>,
    next_job: usize,
    checks: usize,
    check_started: Instant,
    /// The file whose change asks for the next check.
    changed: Option<String>,
    places: Vec<PathBuf>,
    look: files::Look,
}

struct Running {
    number: usize,
    checks: bool,
    job: Job,
}

impl Watch<'_> {
    /// Hears until it is told to quit.
    fn follow(&mut self, receiver: &Receiver<Heard>) -> Result<()> {
        loop {
            let mut wait = self.session.idle(self.started.elapsed());
            if self.session.checking() {
                wait = wait.min(SECOND);
            }
            let event = match receiver.recv_timeout(wait) {
                Ok(Heard::Key(key)) => Some(Event::Key(key)),
                Ok(Heard::Job(number, said)) => self.hear(number, said),
                Err(RecvTimeoutError::Timeout) => Some(Event::Tick),
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            if let Some(event) = event
                && !self.go(event)?
            {
                return Ok(());
            }
            let seconds = self.check_started.elapsed().as_secs();
            if self.session.checking() && seconds > 0 {
                self.screen.pass(&format!("checking, {seconds} s"));
            }
        }
    }

    /// Does what an event asks for; false when it is time to leave.
    fn go(&mut self, event: Event) -> Result<bool> {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for action in self.session.on(event, self.started.elapsed()) {
                match action {
                    Action::Look => events.extend(self.look()),
                    Action::Check => events.extend(self.check()),
                    Action::Hint => self.hint(),
                    Action::Solution => self.start(&["solution", &self.unit.clone()]),
                    Action::Next => events.extend(self.next()?),
                    Action::List => self.list(),
                    Action::SayQueued => {
                        self.screen.print("one more check follows this one");
                    }
                    Action::SayKeys => self.say_keys(),
                    Action::Quit => {
                        self.jobs.drain(..).for_each(|running| running.job.stop());
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Goes to `self.unit`: what is watched, and what is in focus.
    fn settle(&mut self) -> Result<()> {
        let unit = self.unit()?;
        let focus = place::first_open(&self.learner, unit).map(|item| item.id.clone());
        let (heading, places) = (unit.heading(), files::places(&self.workspace.root, unit));
        self.focus = focus;
        self.look = files::look(&places);
        self.places = places;
        self.screen
            .print(&format!("Watching {heading}; every save is checked."));
        Ok(())
    }

    fn unit(&self) -> Result<&Unit> {
        let mut units = self.learner.course.checkpoints.iter();
        units
            .find(|unit| unit.facts.id == self.unit)
            .with_context(|| format!("the checkpoint {} is gone", self.unit))
    }

    fn look(&mut self) -> Option<Event> {
        let look = files::look(&self.places);
        let changed = files::changed(&self.look, &look);
        let changed = changed.map(|path| crate::lock::shown(self.workspace, path));
        self.look = look;
        self.changed = Some(changed?);
        Some(Event::Changed)
    }

    fn check(&mut self) -> Option<Event> {
        self.checks += 1;
        self.check_started = Instant::now();
        let why = self.changed.take().unwrap_or_else(|| self.unit.clone());
        self.screen
            .fit(&format!("\n---- check {}: {why} ----", self.checks));
        let unit = self.unit.clone();
        let started = self.start_job(&["check", &unit], true);
        (!started).then_some(Event::Checked)
    }

    fn hint(&mut self) {
        match self.focus.clone() {
            Some(item) => self.start(&["hint", &item]),
            None => self
                .screen
                .print("every item here is done; n goes to the next open one"),
        }
    }

    fn start(&mut self, arguments: &[&str]) {
        self.start_job(arguments, false);
    }

    /// Starts a child; says why if it cannot.
    fn start_job(&mut self, arguments: &[&str], checks: bool) -> bool {
        let number = self.next_job;
        self.next_job += 1;
        let sender = self.sender.clone();
        let say = move |said| {
            // When nobody listens any more, watch is about to end.
            let _ = sender.send(Heard::Job(number, said));
        };
        match Job::start(self.workspace, arguments, self.screen.has_keys(), say) {
            Ok(job) => {
                self.jobs.push(Running {
                    number,
                    checks,
                    job,
                });
                true
            }
            Err(error) => {
                self.screen.print(&format!("error: {error:#}"));
                false
            }
        }
    }

    fn hear(&mut self, number: usize, said: Said) -> Option<Event> {
        let text = match said {
            Said::Line(line) => {
                self.screen.print(&line);
                return None;
            }
            Said::Ended(text) => text,
        };
        let place = self.jobs.iter().position(|job| job.number == number)?;
        let running = self.jobs.remove(place);
        self.screen.print(&text);
        let passed = running.job.end();
        if !running.checks {
            self.say_keys();
            return None;
        }
        self.reread();
        if passed {
            self.screen.print("Passed: n goes on.");
        }
        Some(Event::Checked)
    }

    /// Takes what the check has noted; the old state where the file is half-written.
    fn reread(&mut self) {
        match Learner::open(self.workspace) {
            Ok(learner) => self.learner = learner,
            Err(error) => self.screen.print(&format!("note: {error:#}")),
        }
        let focus = self.focus.as_deref();
        let item = focus.and_then(|id| self.learner.item(id).ok());
        if item.is_none_or(|(_, item)| self.learner.is_settled(item)) {
            let unit = self.unit().ok();
            let open = unit.and_then(|unit| place::first_open(&self.learner, unit));
            self.focus = open.map(|item| item.id.clone());
        }
    }

    fn next(&mut self) -> Result<Option<Event>> {
        self.reread();
        let next = place::next_open(&self.learner, &self.unit, self.focus.as_deref());
        let Some((unit, item)) = next else {
            self.screen.print("no other item is open");
            return Ok(None);
        };
        let (unit, item) = (unit.facts.id.clone(), item.clone());
        let moved = unit != self.unit;
        if moved {
            self.unit = unit;
            self.settle()?;
        }
        self.screen
            .print(&format!("\n{}: {}\n{}", item.id, item.title, item.task));
        self.focus = Some(item.id);
        if !moved {
            self.say_keys();
        }
        Ok(moved.then_some(Event::Moved))
    }

    fn list(&mut self) {
        self.reread();
        let Ok(unit) = self.unit() else {
            return;
        };
        let lines = unit.facts.items.iter().map(|item| {
            let known = self.learner.progress.item(item);
            let mark = match (known.passes, known.deferred) {
                (true, _) => "ok",
                (false, Some(_)) => "n/a",
                (false, None) => "open",
            };
            let here = match &self.focus {
                Some(focus) if *focus == item.id => "  <- here",
                _ => "",
            };
            format!("  {mark:<4}  {}  {}{here}\n", item.id, item.title)
        });
        let text = format!("\n{}\n{}", unit.heading(), lines.collect::<String>());
        self.screen.print(&text);
        self.say_keys();
    }

    /// Which keys there are; while a check runs, its end says so.
    fn say_keys(&mut self) {
        if self.screen.has_keys() && !self.session.checking() {
            let focus = self.focus.clone().unwrap_or_else(|| self.unit.clone());
            let with_focus = format!("[{focus}]  {KEYS}");
            let fits = with_focus.chars().count() < screen::width();
            self.screen.fit(if fits { &with_focus } else { KEYS });
        }
    }
}

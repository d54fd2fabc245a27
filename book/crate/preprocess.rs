//! The preprocessor: mdBook hands it the chapters as they are on disk, so that every problem
//! has its line. It runs before mdBook's own includes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::civil::Date;
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use plan::report::Report;
use plan::zones::Zones;
use workbook::course::Course;
use workbook::coverage::Coverage;
use workbook::facts::Kind;
use workbook::progress::Progress;
use workbook::track;

use crate::pages::{self, CardLinks};
use crate::source::{Directive, Fences, Include, Place, directives};
use crate::{Problem, Problems, card, diagram, quiz};

/// All that the directives can show.
pub struct Facts {
    /// The checkpoints in the base track's order.
    pub course: Course,
    /// The learner's own.
    pub progress: Progress,
    /// What became of the plans.
    pub coverage: Coverage,
    /// The learner's plan, if they have one; or why it cannot be shown.
    pub plan: std::result::Result<Option<Report>, String>,
    /// Every item's id of every track, and whether it stands.
    pub items: BTreeMap<String, bool>,
}

impl Facts {
    /// Reads them from the repository's root; the plan is as it stands `today`.
    ///
    /// # Errors
    /// The first file that does not parse, with its line.
    pub fn load(root: &Path, today: Date) -> anyhow::Result<Self> {
        let course = Course::load(root, workbook::course::BASE_TRACK)?;
        let tracks = root.join("weeks/tracks");
        let coverage = workbook::read(&tracks.join("coverage.toml"))?;
        let mut items = BTreeMap::new();
        for track in track::all(root)? {
            items.extend(track.planned.into_iter().map(|item| (item.id, false)));
        }
        let all = course.checkpoints.iter().flat_map(|unit| &unit.facts.items);
        items.extend(all.map(|item| (item.id.clone(), item.kind != Kind::Planned)));
        let progress = Progress::load(root)?;
        Ok(Self {
            // A plan that cannot be read takes nobody's book away.
            plan: plan(root, &progress, today).map_err(|error| format!("{error:#}")),
            progress,
            course,
            coverage,
            items,
        })
    }
}

/// The plan over the track that the learner chose.
fn plan(root: &Path, progress: &Progress, today: Date) -> anyhow::Result<Option<Report>> {
    // `Report::of` says what is wrong with a plan that names no track.
    let track = progress.track().unwrap_or(workbook::course::BASE_TRACK);
    let course = Course::load(root, track)?;
    Ok(Report::of(&course, progress, &Zones::load(root)?, today)?)
}

/// What mdBook calls.
pub struct Workbook {
    facts: Facts,
    /// The repository's root.
    root: PathBuf,
    /// Every file that a chapter includes, for the one who waits for changes.
    pub(crate) included: Arc<Mutex<Vec<PathBuf>>>,
}

impl Workbook {
    /// With the facts under `root`.
    pub fn new(root: &Path, facts: Facts) -> Self {
        Self {
            facts,
            root: root.to_owned(),
            included: Arc::default(),
        }
    }
}

impl Preprocessor for Workbook {
    fn name(&self) -> &'static str {
        "workbook"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let sources = context.root.join(&context.config.book.src);
        let cards = cards(&book);
        let mut problems = self.without_chapter(&cards);
        book.for_each_mut(|item| {
            if let BookItem::Chapter(chapter) = item
                && let Some(path) = chapter.source_path.clone()
            {
                let mut page = Page::new(self, &sources, &path, chapter, &cards);
                chapter.content = page.expand(&chapter.content);
                problems.append(&mut page.problems);
            }
        });
        if problems.is_empty() {
            Ok(book)
        } else {
            Err(Problems(problems).into())
        }
    }
}

impl Workbook {
    /// Checkpoints with a crate whose card no chapter shows.
    fn without_chapter(&self, cards: &BTreeMap<String, PathBuf>) -> Vec<Problem> {
        let units = self.facts.course.checkpoints.iter();
        units
            .filter(|unit| unit.folder.is_some() && !cards.contains_key(&unit.facts.id))
            .map(|unit| {
                let (week, id) = (unit.week.unwrap_or(0), &unit.facts.id);
                Problem {
                    path: "book/src/SUMMARY.md".into(),
                    line: 0,
                    what: format!("no chapter has the card of `{id}`: write book/src/week{week}/{id}.md with {{{{#card {id}}}}}, and name it here"),
                }
            })
            .collect()
    }
}

/// Directives and their lines outside of fences.
fn each_directive(content: &str, mut found: impl FnMut(usize, &Directive)) {
    let mut fences = Fences::default();
    for (at, line) in content.lines().enumerate() {
        if fences.next(line) == Place::Text {
            for directive in directives(line) {
                found(at + 1, &directive);
            }
        }
    }
}

/// Which chapter shows which checkpoint's card.
fn cards(book: &Book) -> BTreeMap<String, PathBuf> {
    let mut cards = BTreeMap::new();
    for chapter in book.chapters() {
        each_directive(&chapter.content, |_, directive| {
            if directive.name == "card"
                && let Some(path) = &chapter.path
            {
                cards.insert(directive.argument.clone(), path.with_extension("html"));
            }
        });
    }
    cards
}

/// HTML that Markdown takes as it is: blank lines around it.
fn block(html: &str) -> String {
    format!("\n{html}\n")
}

/// One chapter on its way.
struct Page<'a> {
    workbook: &'a Workbook,
    /// Relative to the repository, for problems.
    shown: PathBuf,
    /// Its folder on disk.
    folder: PathBuf,
    /// Where cards are, seen from here.
    cards: CardLinks,
    /// Items whose boxes stand here.
    tasks: Vec<String>,
    problems: Vec<Problem>,
}

impl<'a> Page<'a> {
    fn new(
        workbook: &'a Workbook,
        sources: &Path,
        path: &Path,
        chapter: &Chapter,
        cards: &BTreeMap<String, PathBuf>,
    ) -> Self {
        let file = sources.join(path);
        let up = "../".repeat(path.components().count().saturating_sub(1));
        let cards = cards.iter().map(|(id, page)| {
            let page = page.to_string_lossy().replace('\\', "/");
            (id.clone(), format!("{up}{page}#{}", pages::card_anchor(id)))
        });
        let mut tasks = Vec::new();
        each_directive(&chapter.content, |_, directive| {
            if directive.name == "task" {
                tasks.push(directive.argument.clone());
            }
        });
        Self {
            workbook,
            shown: file
                .strip_prefix(&workbook.root)
                .unwrap_or(&file)
                .to_owned(),
            folder: file.parent().unwrap_or(sources).to_owned(),
            cards: cards.collect(),
            tasks,
            problems: Vec::new(),
        }
    }

    fn problem(&mut self, line: usize, what: String) {
        self.problems.push(Problem {
            path: self.shown.clone(),
            line,
            what,
        });
    }

    /// The chapter with every directive and diagram in place.
    fn expand(&mut self, content: &str) -> String {
        let mut text = String::with_capacity(content.len());
        let mut fences = Fences::default();
        let mut opened = 0;
        let mut diagrams = 0;
        let mut diagram: Option<String> = None;
        for (at, line) in content.lines().enumerate() {
            let number = at + 1;
            match fences.next(line) {
                Place::Text => {
                    self.line(number, line, &mut text);
                    continue;
                }
                Place::Open(label) => {
                    opened = number;
                    if label.is_empty() {
                        self.problem(
                            number,
                            "a fence without a label: name its language, or `text`".to_owned(),
                        );
                    }
                    if label == "mermaid" {
                        diagram = Some(String::new());
                        continue;
                    }
                }
                Place::Inside => {
                    if let Some(source) = &mut diagram {
                        source.push_str(line);
                        source.push('\n');
                        continue;
                    }
                    self.includes(number, line);
                }
                Place::Close => {
                    if let Some(source) = diagram.take() {
                        diagrams += 1;
                        match diagram::draw(&source, &format!("diagram-{diagrams}")) {
                            Ok(svg) => text.push_str(&block(&svg)),
                            Err(error) => self.problem(opened, format!("no diagram: {error}")),
                        }
                        continue;
                    }
                }
            }
            text.push_str(line);
            text.push('\n');
        }
        if fences.is_open() {
            self.problem(opened, "this fence is never closed".to_owned());
        }
        text
    }

    /// A line of prose.
    fn line(&mut self, number: usize, line: &str, text: &mut String) {
        let mut end = 0;
        for directive in directives(line) {
            text.push_str(&line[end..directive.range.start]);
            end = directive.range.end;
            match self.directive(&directive) {
                Ok(Some(html)) => text.push_str(&block(&html)),
                // mdBook's own.
                Ok(None) => text.push_str(&line[directive.range.clone()]),
                Err(problems) => {
                    for what in problems {
                        self.problem(number, what);
                    }
                }
            }
        }
        self.includes(number, line);
        text.push_str(&line[end..]);
        text.push('\n');
    }

    /// Files that a line includes must be there.
    fn includes(&mut self, number: usize, line: &str) {
        for directive in directives(line) {
            if ["include", "rustdoc_include", "playground"].contains(&directive.name.as_str()) {
                let include = Include::parse(&self.folder, &directive.argument);
                if let Some(what) = include.problem() {
                    let root = format!("{}/", self.workbook.root.display());
                    self.problem(number, what.replace(&root, ""));
                }
                if let Ok(mut included) = self.workbook.included.lock() {
                    included.push(include.path);
                }
            }
        }
    }

    /// What a directive becomes; nothing for one of mdBook's own.
    fn directive(&self, directive: &Directive) -> std::result::Result<Option<String>, Vec<String>> {
        let Facts {
            course,
            progress,
            coverage,
            items,
            plan,
        } = &self.workbook.facts;
        let name = directive.argument.as_str();
        let unit = || {
            let unit = course.checkpoints.iter().find(|unit| unit.facts.id == name);
            unit.ok_or_else(|| {
                let known = course.find(name).map(|found| found[0].facts.id.clone());
                vec![match known {
                    Ok(id) => format!("name the checkpoint by its id: `{id}` instead of `{name}`"),
                    Err(unknown) => unknown.to_string(),
                }]
            })
        };
        let html = match directive.name.as_str() {
            "card" => card::card(unit()?, progress, &self.tasks),
            "quiz" => {
                let unit = unit()?;
                if unit.facts.questions.is_empty() {
                    return Err(vec![format!(
                        "`{name}` has no [[quiz]] in its checkpoint.toml"
                    )]);
                }
                quiz::quiz(unit)
            }
            "posts" => card::posts(unit()?),
            "task" => {
                let found = course
                    .find_item(name)
                    .map_err(|unknown| vec![unknown.to_string()])?;
                let (unit, item) = found;
                if item.id != name {
                    return Err(vec![format!("name the item by its id: `{}`", item.id)]);
                }
                let link = self.cards.get(&unit.facts.id).ok_or_else(|| {
                    vec![format!(
                        "no chapter has {{{{#card {}}}}}, to which the box of `{name}` links",
                        unit.facts.id
                    )]
                })?;
                card::task(unit, item, progress, link)
            }
            "progress" => pages::progress(course, progress, plan, &self.cards),
            "coverage" => pages::coverage(coverage, course, items, &self.cards)?,
            "map" => pages::map(course, &self.cards),
            "include" | "rustdoc_include" | "playground" | "title" => return Ok(None),
            other => {
                return Err(vec![format!(
                    "there is no `{{{{#{other}}}}}`: card, task, quiz, posts, progress, coverage, map, and mdBook's include, rustdoc_include, title"
                )]);
            }
        };
        Ok(Some(html))
    }
}

//! `cargo xtask quiz 2.1`: a checkpoint's questions, in the terminal or from a pipe.
//!
//! A wrong answer is explained and asked once more at the end. All right then: the quiz
//! item passes.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use workbook::facts::{Kind, Question};
use workbook::progress::Outcome;

use crate::learner::{Learner, Usage};
use crate::watch::screen;
use crate::workspace::Workspace;

/// Longer lines are hard to read.
const WIDEST: usize = 88;

/// What `quiz` is asked for.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask quiz        the checkpoint that you are in\n  \
    cargo xtask quiz 2.1    this one\n\nAnswer by letter and Enter; q leaves, and nothing is noted."
)]
pub(crate) struct Args {
    /// `3.1` or `orchestration`; nothing means the current checkpoint.
    name: Option<String>,
}

/// Asks, and notes the outcome.
pub(crate) fn run(workspace: &Workspace, args: &Args) -> Result<ExitCode> {
    let mut learner = Learner::open(workspace)?;
    let unit = learner.choose_one(args.name.as_deref())?.clone();
    let questions = &unit.facts.questions;
    if questions.is_empty() {
        let with: Vec<&str> = learner
            .course
            .checkpoints
            .iter()
            .filter(|unit| unit.stands() && !unit.facts.questions.is_empty())
            .map(workbook::course::Unit::name)
            .collect();
        let which = match with.as_slice() {
            [] => "none has one yet".to_owned(),
            with => format!("these have: {}", with.join(", ")),
        };
        bail!(Usage(format!("{} has no quiz; {which}", unit.heading())));
    }
    let mut ask = Ask {
        input: std::io::stdin().lock(),
        output: std::io::stdout().lock(),
        width: screen::width().min(WIDEST),
    };
    writeln!(
        ask.output,
        "{}: {} questions\n",
        unit.heading(),
        questions.len()
    )?;
    let result = ask.all(questions)?;
    let item = unit.facts.items.iter().find(|item| item.kind == Kind::Quiz);
    if let Some(item) = item {
        let known = learner.progress.done(item);
        let outcome = match result {
            Answers::Right => Some(Outcome::Passed),
            // What is known is not forgotten by one bad day.
            Answers::Wrong(_) if !known => Some(Outcome::Failed),
            Answers::Wrong(_) | Answers::Left => None,
        };
        if let Some(outcome) = outcome {
            let (today, now) = (learner.clock.today(), learner.clock.now());
            learner.progress.record(item, outcome, today);
            learner.progress.work(item, now);
            learner.save();
        }
    }
    let again = format!("`cargo xtask quiz {}`", unit.name());
    Ok(match (result, item) {
        (Answers::Right, Some(item)) => {
            println!(
                "All right: {} is done. Next: `cargo xtask check {}`",
                item.id,
                unit.name()
            );
            ExitCode::SUCCESS
        }
        (Answers::Right, None) => {
            println!("All right.");
            ExitCode::SUCCESS
        }
        (Answers::Wrong(count), _) => {
            println!("{count} still wrong. Again another time: {again}");
            ExitCode::from(crate::NOT_YET)
        }
        (Answers::Left, _) => {
            println!("Left; nothing was noted. Again from the start: {again}");
            ExitCode::from(crate::NOT_YET)
        }
    })
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    /// All right, at the first or the second try.
    Right,
    /// So many wrong twice.
    Wrong(usize),
    /// The learner left, or the input ended.
    Left,
}

struct Ask<R, W> {
    input: R,
    output: W,
    width: usize,
}

impl<R: BufRead, W: Write> Ask<R, W> {
    /// Every question, then the wrong ones once more.
    fn all(&mut self, questions: &[Question]) -> Result<Answers> {
        let mut open: Vec<(usize, &Question)> = questions.iter().enumerate().collect();
        for round in 0..2 {
            if round == 1 && !open.is_empty() {
                writeln!(self.output, "Once more, what was wrong:\n")?;
            }
            let mut wrong = Vec::new();
            for (number, question) in open {
                let head = format!("{}/{}  ", number + 1, questions.len());
                match self.one(&head, question)? {
                    None => return Ok(Answers::Left),
                    Some(true) => {}
                    Some(false) => wrong.push((number, question)),
                }
            }
            open = wrong;
        }
        Ok(match open.len() {
            0 => Answers::Right,
            count => Answers::Wrong(count),
        })
    }

    /// One question: whether the answer was right, or nothing if there was none.
    fn one(&mut self, head: &str, question: &Question) -> Result<Option<bool>> {
        let right = question
            .options
            .get(question.answer)
            .context("a quiz question's answer is none of its options")?;
        self.paragraph(head, &question.question)?;
        for (option, letter) in question.options.iter().zip('a'..) {
            self.paragraph(&format!("  {letter}  "), option)?;
        }
        let Some(answer) = self.answer(question.options.len())? else {
            return Ok(None);
        };
        let is_right = answer == question.answer;
        if is_right {
            self.paragraph("Right. ", &question.why)?;
        } else {
            let letter = ('a'..).nth(question.answer).unwrap_or('?');
            self.paragraph("No. ", &format!("It is {letter}: {right}"))?;
            self.paragraph("Why: ", &question.why)?;
        }
        writeln!(self.output)?;
        Ok(Some(is_right))
    }

    /// The index of the chosen option; asks until it is one.
    fn answer(&mut self, options: usize) -> Result<Option<usize>> {
        let last = ('a'..).nth(options.saturating_sub(1)).unwrap_or('a');
        loop {
            write!(self.output, "a to {last}, q leaves: ")?;
            self.output.flush()?;
            let mut line = Vec::new();
            // Bytes: a slip of the keyboard need not be Unicode.
            if self.input.read_until(b'\n', &mut line)? == 0 {
                writeln!(self.output)?;
                return Ok(None);
            }
            let line = String::from_utf8_lossy(&line).trim().to_lowercase();
            if line == "q" {
                return Ok(None);
            }
            let chosen = ('a'..)
                .take(options)
                .position(|letter| line == letter.to_string());
            if chosen.is_some() {
                return Ok(chosen);
            }
        }
    }

    /// Prints words below each other's start, broken between words.
    fn paragraph(&mut self, head: &str, text: &str) -> Result<()> {
        let indent = head.chars().count();
        let room = self.width.saturating_sub(indent).max(20);
        let lines = wrapped(text, room);
        for (at, line) in lines.iter().enumerate() {
            let head = if at == 0 { head } else { "" };
            writeln!(self.output, "{head:indent$}{line}")?;
        }
        Ok(())
    }
}

/// Lines of at most `room` characters, as far as the words allow.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is always one line");
        let length = last.chars().count() + 1 + word.chars().count();
        if last.is_empty() {
            last.push_str(word);
        } else if length <= room {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions() -> Vec<Question> {
        let question = |text: &str, answer| Question {
            question: text.to_owned(),
            options: vec!["first".to_owned(), "second".to_owned(), "third".to_owned()],
            answer,
            why: format!("because of {text}"),
        };
        vec![question("one", 0), question("two", 2)]
    }

    fn asked(input: &str) -> (Answers, String) {
        let mut ask = Ask {
            input: input.as_bytes(),
            output: Vec::new(),
            width: 60,
        };
        let answers = ask.all(&questions()).unwrap();
        (answers, String::from_utf8(ask.output).unwrap())
    }

    #[test]
    fn right_answers_pass_and_are_explained() {
        let (answers, said) = asked("a\nC\n");
        assert_eq!(answers, Answers::Right);
        assert!(said.contains("Right. because of one"), "{said}");
        assert!(!said.contains("Once more"), "{said}");
    }

    #[test]
    fn a_wrong_answer_is_explained_and_asked_once_more_at_the_end() {
        let (answers, said) = asked("b\nc\na\n");
        assert_eq!(answers, Answers::Right);
        assert!(said.contains("No. It is a: first"), "{said}");
        assert!(said.contains("Why: because of one"), "{said}");
        assert_eq!(said.matches("1/2  one").count(), 2, "{said}");
        assert_eq!(said.matches("2/2  two").count(), 1, "{said}");
    }

    #[test]
    fn wrong_twice_is_not_asked_a_third_time() {
        let (answers, said) = asked("b\nb\nb\nc\n");
        assert_eq!(answers, Answers::Wrong(1));
        assert_eq!(said.matches("1/2  one").count(), 2, "{said}");
    }

    #[test]
    fn what_is_no_option_is_asked_again() {
        let (answers, said) = asked("d\n\nä\nab\n1\na\nc\n");
        assert_eq!(answers, Answers::Right);
        assert_eq!(said.matches("1/2  one").count(), 1, "{said}");
    }

    #[test]
    fn q_and_the_end_of_input_leave() {
        for input in ["a\nq\n", "a\n", ""] {
            assert_eq!(asked(input).0, Answers::Left, "{input:?}");
        }
    }

    #[test]
    fn long_texts_are_broken_between_words() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(
            wrapped("a wordthatistoolong b", 5),
            ["a", "wordthatistoolong", "b"]
        );
    }
}

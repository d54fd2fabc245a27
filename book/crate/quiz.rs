//! A checkpoint's questions: plain forms, so that Tab, arrows, Space and Enter work as everywhere.
//!
//! `assets/quiz.js` shows the verdict; without scripts the answers are folded below.

use std::fmt::Write as _;

use workbook::course::Unit;
use workbook::facts::Question;

use crate::html::{anchor, escape, inline};

/// The whole quiz.
pub fn quiz(unit: &Unit) -> String {
    let id = anchor(&unit.facts.id);
    let mut html = format!("<section class=\"quiz\" id=\"quiz-{id}\" aria-label=\"Quiz\">\n");
    for (at, question) in unit.facts.questions.iter().enumerate() {
        html.push_str(&form(&format!("quiz-{id}-{}", at + 1), at + 1, question));
    }
    let _ = write!(
        html,
        "<p class=\"how\">Here you answer for yourself. <code>cargo xtask quiz {}</code> asks the same and notes that you passed.</p>\n</section>\n",
        escape(unit.name())
    );
    html
}

fn form(name: &str, number: usize, question: &Question) -> String {
    let mut html = format!(
        "<form id=\"{name}\" data-answer=\"{}\">\n<fieldset>\n<legend>{number}. {}</legend>\n",
        question.answer,
        inline(&question.question)
    );
    for (value, option) in question.options.iter().enumerate() {
        let _ = writeln!(
            html,
            "<label><input type=\"radio\" name=\"{name}\" value=\"{value}\"> <span>{}</span></label>",
            inline(option)
        );
    }
    let _ = write!(
        html,
        "</fieldset>\n<button type=\"submit\">Answer</button>\n<p class=\"verdict\" role=\"status\"></p>\n<p class=\"why\" hidden>{}</p>\n</form>\n",
        inline(&question.why)
    );
    html
}

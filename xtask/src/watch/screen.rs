//! The terminal: lines go out, single keys come in. No alternate screen, no cursor control
//! beyond the line that is being written.

use std::io::{IsTerminal, Write};
use std::sync::Once;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;

/// Where a terminal does not tell its width.
const USUAL_WIDTH: usize = 80;

/// What is written to.
pub(crate) struct Screen {
    /// Keys come one by one; then a line ends by carriage return and line feed.
    raw: bool,
    /// A line that is replaced by the next one.
    passing: bool,
}

impl Screen {
    /// Takes single keys where standard input and output are a terminal.
    pub(crate) fn open() -> Self {
        let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        if terminal {
            restore_on_panic();
        }
        Self {
            raw: terminal && terminal::enable_raw_mode().is_ok(),
            passing: false,
        }
    }

    /// Whether keys come.
    pub(crate) fn has_keys(&self) -> bool {
        self.raw
    }

    /// Prints whole lines.
    pub(crate) fn print(&mut self, text: &str) {
        let end = if self.raw { "\r\n" } else { "\n" };
        let mut out = anstream::stdout().lock();
        let mut lines = String::new();
        if std::mem::take(&mut self.passing) {
            lines.push_str("\r\x1b[K");
        }
        for line in text.lines() {
            lines.push_str(line);
            lines.push_str(end);
        }
        // Nobody is left to tell when even the terminal is gone.
        let _ = out.write_all(lines.as_bytes());
        let _ = out.flush();
    }

    /// Shows a line that the next one replaces; nothing where that is not possible.
    pub(crate) fn pass(&mut self, text: &str) {
        if !self.raw || std::env::var_os("TERM").is_some_and(|kind| kind == "dumb") {
            return;
        }
        self.passing = true;
        // Raw: it replaces itself, which is not a matter of colour.
        let mut out = std::io::stdout().lock();
        let _ = write!(out, "\r\x1b[K{}", fitted(text, width()));
        let _ = out.flush();
    }

    /// Prints one line, shortened to what fits.
    pub(crate) fn fit(&mut self, text: &str) {
        let text = if self.raw {
            fitted(text, width())
        } else {
            text
        };
        self.print(text);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.print("");
        if self.raw {
            // There is nothing left to try when this fails.
            let _ = terminal::disable_raw_mode();
        }
    }
}

/// A panic's message is readable only in a terminal that is itself again.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let _ = terminal::disable_raw_mode();
            usual(panic);
        }));
    });
}

/// Columns of the terminal.
pub(crate) fn width() -> usize {
    let columns = terminal::size().map_or(0, |(columns, _)| usize::from(columns));
    if columns == 0 { USUAL_WIDTH } else { columns }
}

/// The start of a text that fits into a line without touching its last column.
fn fitted(text: &str, width: usize) -> &str {
    let end = text.char_indices().nth(width.saturating_sub(1));
    end.map_or(text, |(end, _)| &text[..end])
}

/// Waits for the next key; `q` for Ctrl-C, Ctrl-D and Escape. `None` when no more can come.
pub(crate) fn next_key() -> Option<char> {
    loop {
        let Event::Key(key) = crossterm::event::read().ok()? else {
            continue;
        };
        if key.kind != KeyEventKind::Press {
            continue;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c' | 'd') if control => return Some('q'),
            KeyCode::Char(letter) if !control => return Some(letter),
            KeyCode::Esc => return Some('q'),
            KeyCode::Enter => return Some('?'),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_before_the_last_column_and_between_characters() {
        assert_eq!(fitted("h hint", 80), "h hint");
        assert_eq!(fitted("h hint", 4), "h h");
        assert_eq!(fitted("äöü", 3), "äö");
        assert_eq!(fitted("abc", 0), "");
    }
}

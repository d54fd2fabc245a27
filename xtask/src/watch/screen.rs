//! The terminal: lines go out, single keys come in. No alternate screen, no cursor control
//! beyond the line that is being written.
//!
//! The terminal is set by `stty`, which is wherever Unix is. A crate for it would have asked
//! for features of `mio` and `rustix` that compile half of the capstone a second time.
//! Without `stty`, a key is a letter and Enter.

use std::io::{IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Where a terminal does not tell its width.
const USUAL_WIDTH: usize = 80;

/// The terminal's settings before we changed them.
static BEFORE: OnceLock<String> = OnceLock::new();

/// What is written to.
pub(crate) struct Screen {
    /// Whether keys come.
    keys: bool,
    /// A line that is replaced by the next one.
    passing: bool,
}

impl Screen {
    /// Takes keys where standard input and output are a terminal.
    pub(crate) fn open() -> Self {
        let keys = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        if keys {
            take_single_keys();
        }
        Self {
            keys,
            passing: false,
        }
    }

    /// Whether keys come.
    pub(crate) fn has_keys(&self) -> bool {
        self.keys
    }

    /// Prints whole lines.
    pub(crate) fn print(&mut self, text: &str) {
        let mut out = anstream::stdout().lock();
        let mut lines = String::new();
        if std::mem::take(&mut self.passing) {
            lines.push_str("\r\x1b[K");
        }
        for line in text.lines() {
            lines.push_str(line);
            lines.push('\n');
        }
        // Nobody is left to tell when even the terminal is gone.
        let _ = out.write_all(lines.as_bytes());
        let _ = out.flush();
    }

    /// Shows a line that the next one replaces; nothing where that is not possible.
    pub(crate) fn pass(&mut self, text: &str) {
        if !self.keys || std::env::var_os("TERM").is_some_and(|kind| kind == "dumb") {
            return;
        }
        self.passing = true;
        // It replaces itself, which is not a matter of colour.
        let mut out = std::io::stdout().lock();
        let _ = write!(out, "\r\x1b[K{}", fitted(text, width()));
        let _ = out.flush();
    }

    /// Prints one line, shortened to what fits.
    pub(crate) fn fit(&mut self, text: &str) {
        let text = if self.keys {
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
        restore();
    }
}

/// Keys come one by one, unseen, Ctrl-C too; what is printed is as before.
fn take_single_keys() {
    let Some(before) = stty(&["-g"]) else {
        return;
    };
    if BEFORE.set(before).is_err() {
        return;
    }
    // A panic's message is followed by a terminal that is itself again.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore();
        usual(panic);
    }));
    stty(&["-icanon", "-echo", "-isig", "min", "1", "time", "0"]);
}

fn restore() {
    if let Some(before) = BEFORE.get() {
        stty(&[before]);
    }
}

/// Asks or sets the terminal on standard input; `None` if that cannot be done.
fn stty(arguments: &[&str]) -> Option<String> {
    let mut stty = Command::new("stty");
    stty.args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::null());
    let output = stty.output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| said.trim().to_owned())
}

/// Columns of the terminal.
pub(crate) fn width() -> usize {
    if !std::io::stdin().is_terminal() {
        return USUAL_WIDTH;
    }
    let size = stty(&["size"]).unwrap_or_default();
    let columns = size.split_whitespace().nth(1);
    let columns = columns.and_then(|columns| columns.parse().ok());
    columns
        .filter(|columns| *columns > 0)
        .unwrap_or(USUAL_WIDTH)
}

/// The start of a text that fits into a line without touching its last column.
fn fitted(text: &str, width: usize) -> &str {
    let end = text.char_indices().nth(width.saturating_sub(1));
    end.map_or(text, |(end, _)| &text[..end])
}

/// Waits for the next key. `None` when no more can come.
pub(crate) fn next_key() -> Option<char> {
    let mut input = std::io::stdin().lock();
    loop {
        let mut byte = [0];
        if input.read(&mut byte).ok()? == 0 {
            return None;
        }
        if let Some(key) = key(byte[0]) {
            return Some(key);
        }
    }
}

/// The key of a byte: `q` for Ctrl-C and Ctrl-D, none for the rest of what arrow keys send.
fn key(byte: u8) -> Option<char> {
    match byte {
        3 | 4 => Some('q'),
        byte if byte.is_ascii_lowercase() => Some(char::from(byte)),
        _ => None,
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

    #[test]
    fn control_c_quits_and_arrows_do_nothing() {
        assert_eq!(key(3), Some('q'));
        assert_eq!(key(b'h'), Some('h'));
        assert_eq!(b"\x1b[A".iter().filter_map(|byte| key(*byte)).count(), 0);
    }
}

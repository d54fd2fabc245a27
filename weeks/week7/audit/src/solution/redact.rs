//! Keeps secrets out of error messages.

/// Removes user, password, query and fragment from every URL in a text. Error messages
/// quote the addresses that a user typed, and signed links carry their key in the query.
pub fn redact(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, url) = rest.split_at(at + 3);
        let end = url.find(ends_url).unwrap_or(url.len());
        clean.push_str(before);
        clean.push_str(&without_secrets(&url[..end]));
        rest = &url[end..];
    }
    clean.push_str(rest);
    clean
}

fn ends_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`' | ')' | ']' | '}')
}

/// Of what follows `://`.
fn without_secrets(url: &str) -> String {
    let (address, hidden) = match url.find(['?', '#']) {
        Some(at) => (&url[..at], "?…"),
        None => (url, ""),
    };
    let path = address.find('/').unwrap_or(address.len());
    let host = address[..path].rfind('@').map_or(0, |at| at + 1);
    format!("{}{hidden}", &address[host..])
}

//! Data and context to HTML.

use jiff::Timestamp;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value};

use super::collect::ReportError;
use super::data::ReportData;
use super::view::page;

/// What the page says and the warehouse does not know.
#[derive(Debug, Clone)]
pub struct Context {
    /// When the page was made; shown, and nothing else depends on it.
    pub generated_at: Timestamp,
    /// Where things are, in the order in which they are listed.
    pub places: Vec<Place>,
}

/// One thing that the run left behind.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// What lies there, such as `Warehouse`.
    pub what: String,
    /// A path, an address or a command.
    pub location: String,
}

/// Writes the page.
pub fn render(data: &ReportData, context: &Context) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    // Stated, not left to the file name: nothing on this page may be unescaped.
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()?;
    environment.set_syntax(syntax);
    environment.add_template("report.html.jinja", include_str!("report.html.jinja"))?;
    let mut view = page(data, context);
    view.style = Value::from_safe_string(include_str!("report.css").to_owned());
    Ok(environment
        .get_template("report.html.jinja")?
        .render(Value::from(Serde(view)))?)
}

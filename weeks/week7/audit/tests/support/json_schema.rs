//! Checks documents against JSON schemas.
//!
//! Knows the keywords of draft 2020-12 that OpenLineage's published schemas use, and panics
//! at any other, so nothing passes because nobody looked. A full validator is not used: those
//! on the registry change the features of crates that polars shares, which is then compiled
//! twice.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Keywords that say something to people only.
const ANNOTATIONS: [&str; 11] = [
    "$schema",
    "$id",
    "$defs",
    "$comment",
    "title",
    "description",
    "documentation",
    "example",
    "examples",
    "default",
    "deprecated",
];

/// Documents by their `$id`.
#[derive(Default)]
pub(crate) struct Schemas(BTreeMap<String, Value>);

/// Where a document breaks its schema, and how.
pub(crate) type Faults = Vec<String>;

impl Schemas {
    pub(crate) fn add(&mut self, document: Value) {
        let id = document["$id"]
            .as_str()
            .expect("a schema has an $id")
            .to_owned();
        self.0.insert(id, document);
    }

    /// Whether a document `id#pointer` names a schema that is here.
    pub(crate) fn has(&self, url: &str) -> bool {
        self.find("", url).is_some()
    }

    /// Every fault of `instance` by the schema `id#pointer`.
    pub(crate) fn check(&self, url: &str, instance: &Value) -> Faults {
        let (base, schema) = self
            .find("", url)
            .unwrap_or_else(|| panic!("there is no schema {url}"));
        let mut check = Check {
            schemas: self,
            faults: Vec::new(),
        };
        check.schema(&base, schema, instance, "");
        check.faults
    }

    /// The schema that `url` names, seen from the document `base`.
    fn find(&self, base: &str, url: &str) -> Option<(String, &Value)> {
        let (document, pointer) = url.split_once('#').unwrap_or((url, ""));
        let base = if document.is_empty() { base } else { document };
        let schema = self.0.get(base)?.pointer(pointer)?;
        Some((base.to_owned(), schema))
    }
}

struct Check<'a> {
    schemas: &'a Schemas,
    faults: Faults,
}

impl Check<'_> {
    fn fault(&mut self, at: &str, what: impl std::fmt::Display) {
        self.faults.push(format!("{at}: {what}"));
    }

    fn passes(&self, base: &str, schema: &Value, instance: &Value) -> bool {
        let mut check = Check {
            schemas: self.schemas,
            faults: Vec::new(),
        };
        check.schema(base, schema, instance, "");
        check.faults.is_empty()
    }

    fn schema(&mut self, base: &str, schema: &Value, instance: &Value, at: &str) {
        let keywords = match schema {
            Value::Bool(true) => return,
            Value::Bool(false) => return self.fault(at, "nothing may stand here"),
            Value::Object(keywords) => keywords,
            other => panic!("{other} is no schema"),
        };
        for (keyword, value) in keywords {
            self.keyword(base, keywords, (keyword, value), instance, at);
        }
    }

    fn keyword(
        &mut self,
        base: &str,
        schema: &Map<String, Value>,
        (keyword, value): (&str, &Value),
        instance: &Value,
        at: &str,
    ) {
        let branches = || value.as_array().expect("a list of schemas").iter();
        match keyword {
            "$ref" => {
                let url = value.as_str().expect("a reference is text");
                let found = self.schemas.find(base, url);
                let (base, schema) = found.unwrap_or_else(|| panic!("no schema {url} in {base}"));
                self.schema(&base, schema, instance, at);
            }
            "type" if !is_type(value, instance) => self.fault(at, format!("is no {value}")),
            "const" if value != instance => self.fault(at, format!("{instance} is not {value}")),
            "enum" if !branches().any(|allowed| allowed == instance) => {
                self.fault(at, format!("{instance} is none of {value}"));
            }
            "format" => self.format(value, instance, at),
            "minimum" if instance.as_f64() < value.as_f64() && instance.is_number() => {
                self.fault(at, format!("{instance} is less than {value}"));
            }
            "minItems" if is_shorter(instance, value) => {
                self.fault(at, format!("fewer than {value} items"));
            }
            "allOf" => branches().for_each(|branch| self.schema(base, branch, instance, at)),
            "anyOf" if !branches().any(|branch| self.passes(base, branch, instance)) => {
                self.fault(at, "fits none of anyOf");
            }
            "oneOf" => {
                let fits = branches().filter(|branch| self.passes(base, branch, instance));
                let fits = fits.count();
                if fits != 1 {
                    self.fault(at, format!("fits {fits} of oneOf"));
                }
            }
            "not" if self.passes(base, value, instance) => self.fault(at, "fits what it must not"),
            "required" => {
                for name in branches().filter_map(Value::as_str) {
                    if instance.is_object() && instance.get(name).is_none() {
                        self.fault(at, format!("lacks {name}"));
                    }
                }
            }
            "properties" => {
                for (name, schema) in value.as_object().expect("schemas by name") {
                    if let Some(part) = instance.get(name) {
                        self.schema(base, schema, part, &format!("{at}/{name}"));
                    }
                }
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                for (name, part) in instance.as_object().into_iter().flatten() {
                    if known.is_none_or(|known| !known.contains_key(name)) {
                        self.schema(base, value, part, &format!("{at}/{name}"));
                    }
                }
            }
            "items" => {
                for (index, part) in instance.as_array().into_iter().flatten().enumerate() {
                    self.schema(base, value, part, &format!("{at}/{index}"));
                }
            }
            "type" | "const" | "enum" | "minimum" | "minItems" | "anyOf" | "not" => {}
            annotation if ANNOTATIONS.contains(&annotation) => {}
            unknown => panic!("the keyword {unknown} is not known here"),
        }
    }

    fn format(&mut self, format: &Value, instance: &Value, at: &str) {
        let Some(text) = instance.as_str() else {
            return;
        };
        let fits = match format.as_str() {
            Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
            Some("uri") => is_uri(text),
            Some("uuid") => is_uuid(text),
            other => panic!("the format {other:?} is not known here"),
        };
        if !fits {
            self.fault(at, format!("{text:?} is no {format}"));
        }
    }
}

fn is_shorter(instance: &Value, least: &Value) -> bool {
    let least = least.as_u64().expect("a number of items");
    instance
        .as_array()
        .is_some_and(|items| (items.len() as u64) < least)
}

fn is_type(kind: &Value, instance: &Value) -> bool {
    match kind.as_str().expect("one type") {
        "object" => instance.is_object(),
        "array" => instance.is_array(),
        "string" => instance.is_string(),
        "boolean" => instance.is_boolean(),
        "number" => instance.is_number(),
        "integer" => instance.is_i64() || instance.is_u64(),
        other => panic!("the type {other} is not known here"),
    }
}

/// A scheme and something behind it, without characters that a URI has none of.
fn is_uri(text: &str) -> bool {
    let scheme = |scheme: &str| {
        let mut letters = scheme.chars();
        letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let (start, rest) = text.split_once(':').unwrap_or_default();
    scheme(start)
        && !rest.is_empty()
        && rest
            .chars()
            .all(|c| c.is_ascii_graphic() && !"<>\"".contains(c))
}

fn is_uuid(text: &str) -> bool {
    let hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(hex)
}

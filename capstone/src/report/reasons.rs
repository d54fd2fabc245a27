//! What the reason codes of the quarantine mean, in words.
//!
//! A code is a kind, and after a colon the column or rule it is about:
//! `invalid_value:recipient_state`. An unknown kind is shown as it stands.

/// One sentence about a code.
pub(super) fn meaning(code: &str) -> String {
    let (kind, subject) = code.split_once(':').unwrap_or((code, ""));
    let column = words(subject);
    match kind {
        "too_few_fields" => {
            "The record has fewer fields than the header: it is cut short or lacks a comma."
                .to_owned()
        }
        "too_many_fields" => {
            "The record has more fields than the header: a comma stands outside quotes.".to_owned()
        }
        "open_quote" => "A quote does not close, or stands where CSV allows none.".to_owned(),
        "invalid_utf8" => "The bytes are not UTF-8 text.".to_owned(),
        "missing_value" => format!("{column} is empty and must not be."),
        "unexpected_value" => {
            format!("{column} is filled and must be empty in a record of this kind.")
        }
        "invalid_value" => format!("{column} is not of its type, shape or list of values."),
        "out_of_range" => format!("{column} is below the smallest value that makes sense."),
        "too_long" => format!("{column} is longer than the contract allows."),
        "out_of_program_year" => format!("{column} does not lie in the program year."),
        "wrong_partition" => {
            "The record names another program year or publication than its file.".to_owned()
        }
        "duplicate_record_id" => {
            "An earlier record of the same delivery has this id; the first one stays.".to_owned()
        }
        _ => String::new(),
    }
}

/// `recipient_zip_code` as `Recipient zip code`.
fn words(column: &str) -> String {
    if column.is_empty() {
        return "A value".to_owned();
    }
    let text = column.replace('_', " ");
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

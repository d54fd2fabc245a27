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
            "The record has fewer fields than the header: a delimiter or a quote is missing."
                .to_owned()
        }
        "too_many_fields" => {
            "The record has more fields than the header: a comma stands outside quotes.".to_owned()
        }
        "open_quote" => "A quote is opened and never closed.".to_owned(),
        "bad_quote" | "stray_quote" => "A quote stands where CSV allows none.".to_owned(),
        "invalid_utf8" => "The bytes are not UTF-8 text.".to_owned(),
        "truncated" | "truncated_record" => "The file ends in the middle of the record.".to_owned(),
        "duplicate_record" | "duplicate_record_id" | "duplicate_key" => {
            "The same record id was there before in this program year; the first one stays."
                .to_owned()
        }
        "missing_value" => format!("{column} is empty and must not be."),
        "unexpected_value" => {
            format!("{column} is filled and must be empty in a row of this kind.")
        }
        "invalid_value" => format!("{column} holds a value that the contract does not allow."),
        "invalid_date" => format!("{column} is not a date."),
        "invalid_number" | "invalid_integer" => format!("{column} is not a whole number."),
        "invalid_amount" | "invalid_money" => {
            format!("{column} is not an amount in dollars and cents.")
        }
        "invalid_type" => format!("{column} can't be read as its type."),
        "invalid_pattern" => {
            format!("{column} does not have the shape that the contract gives it.")
        }
        "too_long" => format!("{column} is longer than the contract allows."),
        "too_small" | "below_minimum" => format!("{column} is smaller than the contract allows."),
        "outside_program_year" | "not_in_program_year" => {
            format!("{column} does not lie in the program year.")
        }
        "wrong_program_year" => "The row belongs to another program year than its file.".to_owned(),
        "wrong_publication" => "The row belongs to another publication than its file.".to_owned(),
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

//! The id of a run: its content, and nothing else.

use sha2::{Digest, Sha256};

use crate::RunInput;
use crate::solution::hex;

/// 32 lower-case hex digits: the first 16 bytes of the SHA-256 of the input as JSON.
///
/// The JSON is compact, its members stand in the order in which [`RunInput`] and
/// [`Delivery`](crate::Delivery) declare them, and each file is a list of name, size and
/// SHA-256. The same content has the same id on any machine, at any time, from any folder:
/// files count in the order of their names, however they are listed, and a folder in front
/// of a name (`/` or `\`) does not count.
pub fn run_id(input: &RunInput<'_>) -> String {
    let mut files: Vec<_> = input.files.to_vec();
    for (name, ..) in &mut files {
        if let Some(folder) = name.rfind(['/', '\\']) {
            name.drain(..=folder);
        }
    }
    files.sort();
    let canonical = RunInput {
        files: &files,
        ..input.clone()
    };
    // Struct fields serialise in declaration order, so the bytes are canonical.
    let json = serde_json::to_vec(&canonical).expect("plain structs serialise");
    hex(&Sha256::digest(json)[..16])
}

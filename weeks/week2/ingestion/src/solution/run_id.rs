//! The id of a run: its content, and nothing else.

use sha2::{Digest, Sha256};

use super::audit::hex;
use crate::RunInput;

/// 32 hex digits over the canonical JSON of `input`: the same content has the same id on
/// any machine, at any time, from any folder.
pub fn run_id(input: &RunInput<'_>) -> String {
    debug_assert!(input.files.is_sorted(), "files come in name order");
    // Struct fields serialise in declaration order, so the bytes are canonical.
    let json = serde_json::to_vec(input).expect("plain structs serialise");
    hex(&Sha256::digest(json)[..16])
}

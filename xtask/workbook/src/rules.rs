//! What must hold of the facts together.

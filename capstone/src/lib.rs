//! capstone.

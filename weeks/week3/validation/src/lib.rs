//! week3-validation.

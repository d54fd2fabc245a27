//! week7-quality.

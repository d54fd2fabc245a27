//! week8-full-run.

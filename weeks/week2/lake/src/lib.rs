//! week2-lake.

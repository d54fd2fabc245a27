//! week2-ingestion.

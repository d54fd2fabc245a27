//! week5-transform.

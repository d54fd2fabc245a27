//! week4-modeling.

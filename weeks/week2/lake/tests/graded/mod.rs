// One module per item of checkpoint.toml. `subject` is what is graded.
use super::subject;

mod audit_trail;
mod bucket;
mod create;
mod multipart;
mod names;
mod partitions;
mod replay;
mod upload;
mod zones;

use super::subject;

mod audit;
mod chunks;
mod cutter;
mod events;
mod partial;
mod resume;
mod retry;
mod run_id;
mod selection;
mod support;

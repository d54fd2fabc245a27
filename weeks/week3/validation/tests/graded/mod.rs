use super::subject;

mod counts;
mod dag;
mod deadline;
mod flow;
mod report;
mod schema;
mod stored;
mod support;

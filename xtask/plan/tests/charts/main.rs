//! The report as pictures, pages and calendar files.

mod html;
mod ics;
mod learner;
mod svg;

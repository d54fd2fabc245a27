// The graded tests, one module per item. They are included once per answer.

use super::subject;

mod compose;
mod dockerfile;
mod dotenv;
mod layers;
mod secrets;
mod support;
mod zones;

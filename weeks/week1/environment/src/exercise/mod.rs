//! The reference.
//!
//! - `dotenv`: one `.env` that shells, Compose and the pipeline read alike
//! - `layers`: who says what, and what holds
//! - `zones`: what may be done where in the lake
//!
//! The runtime is in the folder `solution/` of this crate, and stands here as text so that
//! it is graded like code.

mod dotenv;
mod layers;
mod zones;

pub use dotenv::parse_dotenv;
pub use layers::{explain, from_file, from_variables, resolve};
pub use zones::{lifetime, permit, zone_of};

/// How the image of the pipeline is built.
pub const DOCKERFILE: &str = include_str!("../../solution/Dockerfile");
/// What of the repository the builder never sees.
pub const DOCKERIGNORE: &str = include_str!("../../solution/Dockerfile.dockerignore");
/// The environment in one command: Postgres to explore with, and one run of `ingest`.
pub const COMPOSE: &str = include_str!("../../solution/compose.yaml");

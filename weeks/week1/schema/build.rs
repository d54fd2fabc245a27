//! Tells the linker where the graded tests, which run the SQL drills, find DuckDB's library.

use std::env;

/// The folder that `cargo xtask setup` found, and the one that the binding's own download
/// goes to. Windows has no run path: there the DLL lies beside the tests.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DUCKDB_LIB_DIR");
    if env::var_os("CARGO_CFG_WINDOWS").is_some() {
        return;
    }
    if let Ok(directory) = env::var("DUCKDB_LIB_DIR") {
        println!("cargo::rustc-link-arg-tests=-Wl,-rpath,{directory}");
    }
    let is_macos = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "macos");
    let origin = if is_macos { "@loader_path" } else { "$ORIGIN" };
    println!("cargo::rustc-link-arg-tests=-Wl,-rpath,{origin}");
}

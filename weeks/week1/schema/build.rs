//! Tells the linker where the graded tests and the example `drill`, which run the SQL drills,
//! find DuckDB's library.

use std::env;

/// The folder that `cargo xtask setup` found, and the one that the binding's own download
/// goes to. Windows has no run path: there the DLL lies beside the tests.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DUCKDB_LIB_DIR");
    if env::var_os("CARGO_CFG_WINDOWS").is_some() {
        return;
    }
    let is_macos = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "macos");
    let origin = if is_macos { "@loader_path" } else { "$ORIGIN" };
    let found = env::var("DUCKDB_LIB_DIR").ok();
    // An example lies one folder below the library's copy.
    let beside = [origin.to_owned(), format!("{origin}/..")];
    for directory in found.into_iter().chain(beside) {
        println!("cargo::rustc-link-arg-tests=-Wl,-rpath,{directory}");
        println!("cargo::rustc-link-arg-examples=-Wl,-rpath,{directory}");
    }
}

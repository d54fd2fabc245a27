//! Embeds the reference dbt project: writes one `(path, include_str!)` pair per file, so that
//! a file added to the project is in the binary without a second list to keep. And tells the
//! linker where the tests, which run the SQL, find DuckDB's library.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "src/walk.rs"]
mod walk;

fn main() {
    embed_project();
    find_duckdb();
}

fn embed_project() {
    let manifest = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts");
    let out = env::var("OUT_DIR").expect("cargo sets it for build scripts");
    let root = Path::new(&manifest).join("solution/dbt");
    println!("cargo::rerun-if-changed={}", root.display());
    println!("cargo::rerun-if-changed=src/walk.rs");

    let files = walk::project_files(&root).expect("the reference project is part of the crate");
    let mut list = String::from("[\n");
    for file in &files {
        let (name, path) = (walk::relative(&root, file), file.display().to_string());
        writeln!(list, "    ({name:?}, include_str!({path:?})),").expect("a String takes any text");
    }
    list.push(']');
    fs::write(Path::new(&out).join("project.rs"), list).expect("OUT_DIR is writable");
}

/// The folder that `cargo xtask setup` found, and the one that the binding's own download
/// goes to. Windows has no run path: there the DLL lies beside the tests.
fn find_duckdb() {
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

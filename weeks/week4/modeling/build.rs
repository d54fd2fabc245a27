//! Embeds the reference dbt project: writes one `(path, include_str!)` pair per file, so that
//! a file added to the project is in the binary without a second list to keep.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "src/walk.rs"]
mod walk;

fn main() {
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

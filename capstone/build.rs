//! Tells the linker where the capstone's binary and tests find DuckDB at run time.
//!
//! A build script's link argument survives a `RUSTFLAGS` variable (which
//! replaces the flags of a cargo config), and reaches only the crate that links
//! DuckDB: flags for all crates would compile every dependency again whenever
//! the library moves.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DUCKDB_LIB_DIR");
    // Windows has no run path: there the DLL lies beside the binary.
    if std::env::var_os("CARGO_CFG_WINDOWS").is_some() {
        return;
    }
    // What `cargo xtask setup` found. The binary is not meant for other
    // machines, so an absolute path does no harm.
    if let Ok(directory) = std::env::var("DUCKDB_LIB_DIR") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{directory}");
    }
    // Where the binding puts a library that it downloads by itself: beside the
    // tests, one level below the binary.
    let origin = if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "macos") {
        "@loader_path"
    } else {
        "$ORIGIN"
    };
    println!("cargo::rustc-link-arg=-Wl,-rpath,{origin},-rpath,{origin}/deps");
}

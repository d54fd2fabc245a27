//! The DuckDB that runs, asked itself: set-up reads the version from the file's
//! bytes, and the binary finds the file by its run path.

use duckdb::Connection;

#[test]
fn the_library_that_runs_is_the_release_that_the_binding_was_made_for() {
    let connection = Connection::open_in_memory().expect("an empty database");
    let version: String = connection
        .query_row("SELECT version()", [], |row| row.get(0))
        .expect("DuckDB knows its version");
    assert_eq!(version, "v1.5.6");
}

#[test]
fn parquet_and_json_are_built_in_so_that_no_extension_is_ever_downloaded() {
    let connection = Connection::open_in_memory().expect("an empty database");
    for extension in ["parquet", "json"] {
        let built_in: bool = connection
            .query_row(
                "SELECT count(*) = 1 FROM duckdb_extensions() \
                 WHERE extension_name = ? AND install_mode = 'STATICALLY_LINKED'",
                [extension],
                |row| row.get(0),
            )
            .expect("DuckDB lists its extensions");
        assert!(built_in, "{extension}");
    }
}

//! Warehouses for tests, filled by SQL.

use duckdb::Connection;

/// The tables, without rows.
pub(crate) fn empty_warehouse() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch(include_str!("schema.sql")).unwrap();
    conn
}

/// Invented payments in which every quality rule passes.
pub(crate) fn warehouse() -> Connection {
    let conn = empty_warehouse();
    conn.execute_batch(include_str!("rows.sql")).unwrap();
    conn
}

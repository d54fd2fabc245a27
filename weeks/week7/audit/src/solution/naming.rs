//! Names of datasets, as OpenLineage's naming rules have them, and of a parent run.

use crate::Parent;

/// A file on this machine: namespace `file`, name is its absolute path.
pub fn local_file(path: &str) -> (String, String) {
    ("file".to_owned(), path.to_owned())
}

/// A file behind a URL: the namespace is scheme and host, the name is the path. What may
/// hold a secret (user, password, query, fragment) is left out. `None` if it is no URL.
pub fn url_file(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest[..end].split_once('/').unwrap_or((&rest[..end], ""));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    (!scheme.is_empty() && !host.is_empty())
        .then(|| (format!("{scheme}://{host}"), format!("/{path}")))
}

/// An object, or all objects below a key: namespace `s3://bucket`, name is the key. `lake`
/// is `s3://bucket/prefix`.
pub fn s3_object(lake: &str, key: &str) -> (String, String) {
    let rest = lake.strip_prefix("s3://").unwrap_or(lake);
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_matches('/');
    let name = if prefix.is_empty() {
        key.to_owned()
    } else {
        format!("{prefix}/{key}")
    };
    (
        format!("s3://{bucket}"),
        name.trim_end_matches('/').to_owned(),
    )
}

/// A table in a DuckDB file. The rules have no entry for DuckDB; this follows those for
/// other databases: the place is the namespace, `schema.table` the name.
pub fn duckdb_table(path: &str, schema: &str, table: &str) -> (String, String) {
    (format!("duckdb://{path}"), format!("{schema}.{table}"))
}

/// Reads `namespace/job/run-id`, the form in which schedulers hand their run to a child.
/// A namespace may have slashes itself. `None` if the last part is no UUID.
pub fn parse_parent(text: &str) -> Option<Parent> {
    let mut parts = text.rsplitn(3, '/');
    let (run_id, job, namespace) = (parts.next()?, parts.next()?, parts.next()?);
    let filled = !job.is_empty() && !namespace.is_empty();
    (filled && is_uuid(run_id)).then(|| Parent {
        namespace: namespace.to_owned(),
        job: job.to_owned(),
        run_id: run_id.to_owned(),
    })
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

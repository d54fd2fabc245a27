//! What any S3 has to do for a lake. Every check opens its own bucket.

mod objects;
mod writes;

use store::Store;

pub(crate) use self::objects::*;
pub(crate) use self::writes::*;
use crate::Backend;

async fn lake(backend: &Backend, bucket: &str) -> Store {
    let store = backend.open(bucket).await;
    store.ensure_bucket().await.unwrap();
    store
}

async fn keys_of(store: &Store, prefix: &str) -> Vec<String> {
    store
        .list(prefix)
        .await
        .unwrap()
        .into_iter()
        .map(|listed| listed.key)
        .collect()
}

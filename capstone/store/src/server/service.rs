//! The S3 operations, translated to files. Whatever stands here is protocol;
//! what happens on disk is in [`files`](super::files).

use std::sync::Arc;

use async_trait::async_trait;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, Bucket, Checksum,
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CreateBucketInput,
    CreateBucketOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput,
    DeleteObjectOutput, ETag, ETagCondition, GetObjectInput, GetObjectOutput, HeadBucketInput,
    HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListBucketsInput, ListBucketsOutput,
    ListObjectsV2Input, ListObjectsV2Output, PutObjectInput, PutObjectOutput, StreamingBlob,
    Timestamp, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

use super::attributes::Attributes;
use super::body::{Promised, blocking, receive, stream};
use super::convert::{empty, list, publish_how, signed, tag_of};
use super::files::{Files, Found, failed};
use super::multipart::Uploads;

/// What a request says of its body. A macro, because the two inputs that have
/// bodies share these fields but no trait.
macro_rules! promised {
    ($req:expr) => {{
        let input = &mut $req.input;
        Promised {
            length: input.content_length,
            md5: input.content_md5.take(),
            checksum: Checksum {
                checksum_crc32: input.checksum_crc32.take(),
                checksum_crc32c: input.checksum_crc32c.take(),
                checksum_crc64nvme: input.checksum_crc64nvme.take(),
                checksum_sha1: input.checksum_sha1.take(),
                checksum_sha256: input.checksum_sha256.take(),
                ..Checksum::default()
            },
            trailer_name: $req
                .headers
                .get("x-amz-trailer")
                .and_then(|name| name.to_str().ok().map(str::to_owned)),
            trailers: $req.trailing_headers.take(),
        }
    }};
}
/// The embedded S3. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct FileService {
    files: Arc<Files>,
    uploads: Arc<Uploads>,
}

impl FileService {
    pub(super) fn new(files: Files) -> Self {
        Self {
            files: Arc::new(files),
            uploads: Arc::default(),
        }
    }

    /// Runs file work on a thread that may block.
    async fn with_files<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Files) -> S3Result<T> + Send + 'static,
    ) -> S3Result<T> {
        let files = Arc::clone(&self.files);
        blocking(move || work(&files)).await
    }

    async fn find(
        &self,
        bucket: String,
        key: String,
        if_match: Option<ETagCondition>,
    ) -> S3Result<(Found, ETag)> {
        let found = self
            .with_files(move |files| files.find(&bucket, &key))
            .await?;
        let tag = tag_of(&found).await?;
        match if_match {
            Some(ETagCondition::ETag(wanted)) if !wanted.strong_cmp(&tag) => {
                Err(s3_error!(PreconditionFailed))
            }
            _ => Ok((found, tag)),
        }
    }
}

#[async_trait]
impl S3 for FileService {
    async fn create_bucket(
        &self,
        req: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        let bucket = req.input.bucket;
        self.with_files(move |files| files.create_bucket(&bucket))
            .await?;
        Ok(S3Response::new(CreateBucketOutput::default()))
    }

    async fn head_bucket(
        &self,
        req: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        let bucket = req.input.bucket;
        self.with_files(move |files| files.bucket(&bucket)).await?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }

    async fn list_buckets(
        &self,
        _: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
        let buckets = self
            .with_files(|files| files.buckets().map_err(failed))
            .await?;
        let buckets = buckets
            .into_iter()
            .map(|(name, status)| Bucket {
                name: Some(name),
                creation_date: status.modified().ok().map(Timestamp::from),
                ..Bucket::default()
            })
            .collect();
        Ok(S3Response::new(ListBucketsOutput {
            buckets: Some(buckets),
            ..ListBucketsOutput::default()
        }))
    }

    async fn put_object(
        &self,
        mut req: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let how = publish_how(
            req.input.if_match.as_ref(),
            req.input.if_none_match.as_ref(),
        )?;
        let body = req.input.body.take().unwrap_or_else(empty);
        let promised = promised!(req);
        let PutObjectInput {
            bucket,
            key,
            content_type,
            metadata,
            ..
        } = req.input;
        let name = bucket.clone();
        let staged = self
            .with_files(move |files| files.bucket(&name).and_then(|_| files.stage()))
            .await?;
        let received = receive(staged, body, promised).await?;
        let e_tag = received.tag.to_string();
        let attributes = Attributes {
            e_tag: e_tag.clone(),
            content_type,
            metadata: metadata.unwrap_or_default(),
        };
        self.with_files(move |files| {
            files.publish((&bucket, &key), &received.staged, &attributes, how)
        })
        .await?;
        Ok(S3Response::new(PutObjectOutput {
            e_tag: Some(ETag::Strong(e_tag)),
            ..PutObjectOutput::default()
        }))
    }

    async fn get_object(
        &self,
        req: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let GetObjectInput {
            bucket,
            key,
            if_match,
            range,
            ..
        } = req.input;
        let (found, tag) = self.find(bucket, key, if_match).await?;
        let size = found.status.len();
        let bytes = range.map_or(Ok(0..size), |range| range.check(size))?;
        let content_range = range.map(|_| {
            format!(
                "bytes {}-{}/{size}",
                bytes.start,
                bytes.end.saturating_sub(1)
            )
        });
        let attributes = found.attributes.unwrap_or_default();
        Ok(S3Response::new(GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(signed(bytes.end - bytes.start)?),
            content_range,
            content_type: attributes.content_type,
            e_tag: Some(tag),
            last_modified: found.status.modified().ok().map(Timestamp::from),
            metadata: Some(attributes.metadata),
            body: Some(StreamingBlob::wrap(stream(found.file, &bytes)?)),
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(
        &self,
        req: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let HeadObjectInput {
            bucket,
            key,
            if_match,
            ..
        } = req.input;
        let (found, tag) = self.find(bucket, key, if_match).await?;
        let attributes = found.attributes.unwrap_or_default();
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some(signed(found.status.len())?),
            content_type: attributes.content_type,
            e_tag: Some(tag),
            last_modified: found.status.modified().ok().map(Timestamp::from),
            metadata: Some(attributes.metadata),
            ..HeadObjectOutput::default()
        }))
    }

    async fn delete_object(
        &self,
        req: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let DeleteObjectInput { bucket, key, .. } = req.input;
        self.with_files(move |files| files.remove(&bucket, &key))
            .await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(
        &self,
        req: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = req.input;
        self.with_files(move |files| list(files, input))
            .await
            .map(S3Response::new)
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let CreateMultipartUploadInput {
            bucket,
            key,
            content_type,
            metadata,
            ..
        } = req.input;
        let name = bucket.clone();
        self.with_files(move |files| files.bucket(&name)).await?;
        let attributes = Attributes {
            e_tag: String::new(),
            content_type,
            metadata: metadata.unwrap_or_default(),
        };
        let upload_id = self.uploads.start(bucket.clone(), key.clone(), attributes);
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(bucket),
            key: Some(key),
            upload_id: Some(upload_id),
            ..CreateMultipartUploadOutput::default()
        }))
    }

    async fn upload_part(
        &self,
        mut req: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let upload = self
            .uploads
            .find(&req.input.upload_id, &req.input.bucket, &req.input.key)?;
        let body = req.input.body.take().unwrap_or_else(empty);
        let promised = promised!(req);
        let staged = self.with_files(Files::stage).await?;
        let received = receive(staged, body, promised).await?;
        let e_tag = upload.keep(req.input.part_number, received)?;
        Ok(S3Response::new(UploadPartOutput {
            e_tag: Some(e_tag),
            ..UploadPartOutput::default()
        }))
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let CompleteMultipartUploadInput {
            bucket,
            key,
            upload_id,
            multipart_upload,
            ..
        } = req.input;
        let how = publish_how(
            req.input.if_match.as_ref(),
            req.input.if_none_match.as_ref(),
        )?;
        let upload = self.uploads.find(&upload_id, &bucket, &key)?;
        let parts = upload.choose(
            &multipart_upload
                .and_then(|named| named.parts)
                .unwrap_or_default(),
        )?;
        let name = (bucket.clone(), key.clone());
        let e_tag = self
            .with_files(move |files| {
                let staged = files.stage()?;
                let attributes = upload.join(&parts, &staged.file)?;
                files.publish((&name.0, &name.1), &staged, &attributes, how)?;
                Ok(attributes.e_tag)
            })
            .await?;
        self.uploads.end(&upload_id);
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            bucket: Some(bucket),
            key: Some(key),
            e_tag: Some(ETag::Strong(e_tag)),
            ..CompleteMultipartUploadOutput::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let AbortMultipartUploadInput {
            bucket,
            key,
            upload_id,
            ..
        } = req.input;
        self.uploads.find(&upload_id, &bucket, &key)?;
        self.uploads.end(&upload_id);
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}

//! An answer's body that breaks off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use aws_smithy_types::body::{Error, SdkBody};
use bytes::Bytes;
use http_body::{Body, Frame};

/// The first bytes of a body, and then its end: an error, or silence.
pub(super) struct Short {
    whole: SdkBody,
    left: usize,
    /// Whether the connection is seen to break.
    breaks: bool,
}

impl Short {
    pub(super) fn new(whole: SdkBody, keep: usize, breaks: bool) -> Self {
        Self {
            whole,
            left: keep,
            breaks,
        }
    }

    fn end(&mut self) -> Option<Result<Frame<Bytes>, Error>> {
        let broken = io::Error::new(io::ErrorKind::UnexpectedEof, "injected: the body broke off");
        std::mem::take(&mut self.breaks).then(|| Err(broken.into()))
    }
}

impl Body for Short {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.left == 0 {
            return Poll::Ready(self.end());
        }
        let frame = std::task::ready!(Pin::new(&mut self.whole).poll_frame(context));
        let Some(Ok(frame)) = frame else {
            return Poll::Ready(frame);
        };
        let Ok(mut bytes) = frame.into_data() else {
            // Trailers come after all the bytes.
            return Poll::Ready(self.end());
        };
        bytes.truncate(self.left);
        self.left -= bytes.len();
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

//! A part on its way: read on a thread that may block, sent as it is read, compared with what was declared.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use ksef_api::ops::sessions::BatchFilePart;
use ksef_crypto::digest::Sha256Stream;
use tokio::sync::mpsc;

use super::Parts;

/// What was to be sent could not be read, or is not what was declared. Found by the transport in the chain of causes.
#[derive(Debug)]
pub(crate) struct Unreadable(io::Error);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Unreadable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

/// The body of an upload; its length is known beforehand.
pub(super) struct PartBody {
    chunks: mpsc::Receiver<Result<Bytes, Unreadable>>,
    left: u64,
}

impl PartBody {
    /// Begins to read a part. `sent` is told how many bytes were handed to the
    /// connection so far.
    pub(super) fn begin(
        parts: Arc<dyn Parts>,
        declared: BatchFilePart,
        sent: impl Fn(u64) + Send + 'static,
    ) -> Self {
        let (sender, chunks) = mpsc::channel(CHUNKS_AHEAD);
        tokio::task::spawn_blocking(move || {
            let mut pump = Pump {
                chunks: sender.clone(),
                declared,
                held: Vec::new(),
                digest: Sha256Stream::new(),
                read: 0,
                sent: Box::new(sent),
            };
            let outcome = parts
                .write_part(declared.ordinal_number, &mut pump)
                .and_then(|()| pump.finish());
            if let Err(error) = outcome {
                // Without a receiver nobody waits for the part any more.
                let _ = sender.blocking_send(Err(Unreadable(error)));
            }
        });
        Self {
            chunks,
            left: declared.file_size,
        }
    }
}

/// Takes a part and hands it on in chunks. The last one is held back until everything was compared: nobody asks a body
/// for more once its announced length is there, so whatever comes later would not be noticed.
struct Pump {
    chunks: mpsc::Sender<Result<Bytes, Unreadable>>,
    declared: BatchFilePart,
    held: Vec<u8>,
    digest: Sha256Stream,
    read: u64,
    sent: Box<dyn Fn(u64)>,
}

impl Pump {
    fn finish(mut self) -> io::Result<()> {
        let (hash, length) = std::mem::take(&mut self.digest).finish();
        if length != self.declared.file_size {
            return Err(changed("length"));
        }
        if hash != self.declared.file_hash {
            return Err(changed("hash"));
        }
        self.hand_on()
    }

    fn hand_on_when_full(&mut self, more: usize) -> io::Result<()> {
        if more > 0 && self.held.len() >= CHUNK_BYTES {
            return self.hand_on();
        }
        Ok(())
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let chunk = Bytes::from(std::mem::take(&mut self.held));
        self.chunks
            .blocking_send(Ok(chunk))
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        (self.sent)(self.read);
        Ok(())
    }
}

impl Write for Pump {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hand_on_when_full(bytes.len())?;
        let room = CHUNK_BYTES.saturating_sub(self.held.len());
        let taken = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.held.reserve_exact(room);
        self.held.extend_from_slice(taken);
        self.digest.update(taken);
        self.read = self.read.saturating_add(taken.len() as u64);
        if self.read > self.declared.file_size {
            return Err(changed("length"));
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn changed(what: &str) -> io::Error {
    let error = format!("the part has another {what} than was declared");
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl Body for PartBody {
    type Data = Bytes;
    type Error = Unreadable;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Unreadable>>> {
        self.chunks.poll_recv(context).map(|next| match next {
            Some(Ok(chunk)) => {
                self.left = self.left.saturating_sub(chunk.len() as u64);
                Some(Ok(Frame::data(chunk)))
            }
            Some(Err(error)) => Some(Err(error)),
            None if self.left == 0 => None,
            // The thread died.
            None => Some(Err(Unreadable(io::ErrorKind::UnexpectedEof.into()))),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

impl From<PartBody> for reqwest::Body {
    fn from(body: PartBody) -> Self {
        Self::wrap(body)
    }
}

const CHUNK_BYTES: usize = 256 * 1024;
/// Read while the connection is busy with those before.
const CHUNKS_AHEAD: usize = 2;

//! Answers that break off in the middle, or arrive changed.

use std::io;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use http::header::CONTENT_LENGTH;

/// What happens to the body of an answer on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoiling {
    /// The connection is cut after half of it.
    Cut,
    /// One bit in the middle of it is another.
    Corrupt,
}

/// The answer, spoiled. One without a body stays as it is; one of unknown length is spoiled at once.
pub(crate) fn spoiled(mut answer: Response, spoiling: Spoiling) -> Response {
    let announced = answer
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let length = announced.or_else(|| answer.body().size_hint().exact());
    if let (Some(length), false) = (length, answer.headers().contains_key(CONTENT_LENGTH)) {
        answer.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    let half = length.unwrap_or(0) / 2;
    let (head, body) = answer.into_parts();
    let pieces = stream::unfold(
        Some((body.into_data_stream(), 0)),
        move |state| async move {
            let (mut body, passed) = state?;
            let piece = match body.next().await? {
                Ok(piece) => piece,
                Err(error) => return Some((Err(io::Error::other(error)), None)),
            };
            let end = passed + u64::try_from(piece.len()).unwrap_or(u64::MAX);
            if half >= end {
                return Some((Ok(piece), Some((body, end))));
            }
            let at = usize::try_from(half.saturating_sub(passed)).unwrap_or(0);
            match spoiling {
                // What is sent before may still arrive; the rest never does.
                _ if passed > half => Some((Ok(piece), Some((body, end)))),
                Spoiling::Cut if at > 0 => {
                    // The beginning first, and then a piece that is never sent.
                    Some((
                        Ok(piece.slice(..at)),
                        Some((Body::from("x").into_data_stream(), half)),
                    ))
                }
                Spoiling::Cut => {
                    // An error throws away what waits to be written: half of it has to be on its way.
                    tokio::time::sleep(FLUSHED).await;
                    Some((Err(io::ErrorKind::ConnectionReset.into()), None))
                }
                Spoiling::Corrupt => {
                    Some((Ok(flipped(&piece, at)), Some((body, end.max(half + 1)))))
                }
            }
        },
    );
    Response::from_parts(head, Body::from_stream(pieces))
}

fn flipped(piece: &Bytes, at: usize) -> Bytes {
    let mut piece = BytesMut::from(&piece[..]);
    if let Some(byte) = piece.get_mut(at) {
        *byte ^= 1;
    }
    piece.freeze()
}

/// Long enough for what was given to the connection to leave.
const FLUSHED: Duration = Duration::from_millis(20);

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(answer: Response) -> (Vec<u8>, bool) {
        let mut pieces = answer.into_body().into_data_stream();
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.next().await {
            match piece {
                Ok(piece) => bytes.extend_from_slice(&piece),
                Err(_) => return (bytes, false),
            }
        }
        (bytes, true)
    }

    fn in_pieces(size: usize) -> Response {
        let pieces: Vec<_> = (0..100_u8)
            .collect::<Vec<_>>()
            .chunks(size)
            .map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece)))
            .collect();
        let mut answer = Response::new(Body::from_stream(stream::iter(pieces)));
        answer.headers_mut().insert(CONTENT_LENGTH, 100.into());
        answer
    }

    #[tokio::test]
    async fn half_of_it_comes_or_one_bit_differs() {
        for size in [1, 7, 50, 100] {
            let (bytes, is_whole) = read(spoiled(in_pieces(size), Spoiling::Cut)).await;
            assert_eq!((bytes, is_whole), ((0..50).collect(), false), "{size}");
            let (bytes, is_whole) = read(spoiled(in_pieces(size), Spoiling::Corrupt)).await;
            let mut expected: Vec<u8> = (0..100).collect();
            expected[50] ^= 1;
            assert_eq!((bytes, is_whole), (expected, true), "{size}");
        }
        let whole = Response::new(Body::from("abcd"));
        let cut = spoiled(whole, Spoiling::Cut);
        assert_eq!(cut.headers()[CONTENT_LENGTH], "4");
        assert_eq!(read(cut).await, (b"ab".to_vec(), false));
        let empty = spoiled(Response::new(Body::empty()), Spoiling::Cut);
        assert_eq!(read(empty).await, (Vec::new(), true));
    }
}

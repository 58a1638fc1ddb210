//! Parts of packages into files: piece by piece, and on from where an earlier attempt ended.

use std::io;
use std::path::Path;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use ksef_api::decode;
use ksef_api::operation::Replay;
use ksef_api::ops::invoices::PackagePart;
use ksef_crypto::digest::sha256_reader;
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::time::Instant;

use super::Client;
use super::transfer::{DOWNLOAD, without_words};
use crate::classify;
use crate::error::{Error, ErrorKind};
use crate::retry::{self, Failed};
use crate::transport::Transfer;

impl Client {
    /// Downloads a part as it is, encrypted, into a file. What the file holds already is taken for the beginning of the
    /// part, and only the rest is asked for. In the end size and SHA-256 have to be those that were named; a file that
    /// is something else is removed, so that the next attempt begins anew.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`] when the link has ended: the same file goes on with a fresh one;
    /// [`ErrorKind::Protocol`] for a link that is not followed and for a part that is not what was named,
    /// also after it was fetched a second time; [`ErrorKind::Unreachable`] when the connection breaks again and again without progress;
    /// [`ErrorKind::Storage`].
    pub(crate) async fn download_part(&self, part: &PackagePart, path: &Path) -> Result<(), Error> {
        self.bring(part, path).await?;
        if verify(part, path).await.is_ok() {
            return Ok(());
        }
        // It may have been damaged on the way.
        self.bring(part, path).await?;
        verify(part, path).await
    }

    /// Until the file has the size that was named.
    async fn bring(&self, part: &PackagePart, path: &Path) -> Result<(), Error> {
        let mut began = Instant::now();
        let mut attempt = 1;
        let mut had = length_of(path).await?;
        while had != part.encrypted_part_size {
            let Err(error) = self.continue_part(part, path, had).await else {
                break;
            };
            let has = length_of(path).await?;
            if has > had {
                (began, attempt) = (Instant::now(), 1);
            }
            had = has;
            let failed = Failed {
                error: &error,
                replay: Replay::Safe,
                attempt,
                elapsed: began.elapsed(),
            };
            let wait = self.caller().retry.wait_after(&failed, retry::random());
            let Some(wait) = wait else {
                return Err(error);
            };
            tracing::debug!(part = part.ordinal_number, has, %error, ?wait, "downloading on");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
        Ok(())
    }

    /// One exchange, from byte `had` on.
    async fn continue_part(&self, part: &PackagePart, path: &Path, had: u64) -> Result<(), Error> {
        let lost = |failure| classify::failure(failure, Replay::Safe).at(DOWNLOAD);
        let request = self.part_request(part, had)?;
        let mut answer = self.caller().transport.begin(request).await.map_err(lost)?;
        let start = match answer.status {
            StatusCode::PARTIAL_CONTENT if range_begins_at(&answer.headers, had) => had,
            StatusCode::OK => 0,
            // What we have is no beginning of this part.
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                truncate(path, 0).await?;
                return Err(Error::new(ErrorKind::Unreachable).at(DOWNLOAD));
            }
            _ => {
                let received = answer.whole(REFUSAL_BYTES_MAX).await.map_err(lost)?;
                let refused = decode::success(received.status, &received.headers, &received.body);
                let error = match refused {
                    Ok(()) => Error::protocol("the storage answers without the part"),
                    Err(error) => classify::answer(error, Replay::Safe, self.clock().now()),
                };
                return Err(without_words(error.at(DOWNLOAD), DOWNLOAD));
            }
        };
        let mut file = truncate(path, start).await?;
        let mut length = start;
        while let Some(piece) = answer.piece().await.map_err(lost)? {
            length = length.saturating_add(piece.len() as u64);
            if length > part.encrypted_part_size {
                drop(file);
                truncate(path, 0).await?;
                return Err(broken("the part is longer than was named"));
            }
            file.write_all(&piece).await.map_err(Error::storage)?;
            // So that what came is there when the next piece does not come.
            file.flush().await.map_err(Error::storage)?;
        }
        match length == part.encrypted_part_size {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Unreachable).at(DOWNLOAD)),
        }
    }

    fn part_request(&self, part: &PackagePart, had: u64) -> Result<http::Request<Bytes>, Error> {
        let method = Method::from_bytes(part.method.trim().as_bytes())
            .map_err(|_| broken("the method of the part is none"))?;
        let mut request = http::Request::new(Bytes::new());
        *request.method_mut() = method;
        *request.uri_mut() = self.followed(&part.url, DOWNLOAD)?;
        let accept = HeaderValue::from_static("*/*");
        request.headers_mut().insert(header::ACCEPT, accept);
        if had > 0 {
            let range = HeaderValue::from_str(&format!("bytes={had}-"))
                .map_err(|_| broken("the range of the part cannot be asked for"))?;
            request.headers_mut().insert(header::RANGE, range);
        }
        let rest = part.encrypted_part_size.saturating_sub(had);
        request
            .extensions_mut()
            .insert(Transfer::of_bytes(rest, REFUSAL_BYTES_MAX));
        Ok(request)
    }
}

async fn length_of(path: &Path) -> Result<u64, Error> {
    match tokio::fs::metadata(path).await {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Error::storage(error)),
    }
}

/// The file, cut to this length and open at its end.
async fn truncate(path: &Path, length: u64) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    options.mode(0o600);
    let opened = async {
        let mut file = options.open(path).await?;
        file.set_len(length).await?;
        file.seek(io::SeekFrom::Start(length)).await?;
        Ok(file)
    };
    opened.await.map_err(Error::storage)
}

/// Whether `Content-Range` begins where we asked.
fn range_begins_at(headers: &http::HeaderMap, had: u64) -> bool {
    headers
        .get(header::CONTENT_RANGE)
        .and_then(|range| range.to_str().ok())
        .and_then(|range| range.trim().strip_prefix("bytes "))
        .and_then(|range| range.split('-').next())
        .and_then(|start| start.trim().parse().ok())
        == Some(had)
}

async fn verify(part: &PackagePart, path: &Path) -> Result<(), Error> {
    let owned = path.to_owned();
    let read = move || std::fs::File::open(&owned).and_then(sha256_reader);
    let (hash, size) = tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| Error::new(ErrorKind::Cancelled))?
        .map_err(Error::storage)?;
    if (hash, size) == (part.encrypted_part_hash, part.encrypted_part_size) {
        return Ok(());
    }
    truncate(path, 0).await?;
    Err(broken("the part does not have the hash that was named"))
}

fn broken(what: &'static str) -> Error {
    Error::protocol(what).at(DOWNLOAD)
}

/// A refusal has little to say.
const REFUSAL_BYTES_MAX: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_begins_where_it_says() {
        let at = |text: &'static str, had| {
            let mut headers = http::HeaderMap::new();
            headers.insert(header::CONTENT_RANGE, HeaderValue::from_static(text));
            range_begins_at(&headers, had)
        };
        assert!(at("bytes 5-9/10", 5));
        assert!(!at("bytes 4-9/10", 5));
        assert!(!at("bytes */10", 5));
        assert!(!range_begins_at(&http::HeaderMap::new(), 5));
    }
}

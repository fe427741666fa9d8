//! A file that is sent piece by piece, so that it need not fit into memory.

use std::fs::File;
use std::io::{self, Read};

use axum::body::Bytes;
use futures::Stream;
use futures::stream::try_unfold;

/// So much is read at a time.
const PIECE: usize = 256 << 10;

/// The pieces of a file, from where it stands to its end.
pub(super) fn chunks(file: File) -> impl Stream<Item = io::Result<Bytes>> + Send {
    try_unfold(file, |file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = Vec::with_capacity(PIECE);
            let mut file = file;
            (&mut file).take(PIECE as u64).read_to_end(&mut piece)?;
            Ok::<_, io::Error>((piece, file))
        });
        let (piece, file) = read.await.map_err(io::Error::other)??;
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    })
}

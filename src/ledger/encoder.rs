//! The encoding of a part: of a small one where its rows are made, of a large one by a thread of its own, so that rows are made
//! meanwhile.

use std::io::Write;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use arrow::array::RecordBatch;
use parquet::errors::{ParquetError, Result};

use super::row_groups::{RowGroups, Share};

/// A part of so many chunks is a large one.
const MANY_CHUNKS: usize = 2;

/// Chunks that wait for the thread.
const WAITING: usize = 2;

/// A part being encoded.
pub(super) struct Encoder<W: Write + Send> {
    way: Option<Way<W>>,
    chunks: usize,
}

enum Way<W: Write + Send> {
    Here(Box<RowGroups<W>>),
    Beside { chunks: SyncSender<RecordBatch>, thread: JoinHandle<Result<Box<RowGroups<W>>>> },
}

/// Who gives a part up waits for its thread: glibc may read of a thread what is no longer there where one is left to
/// itself as it ends (its bug 19951).
impl<W: Write + Send> Drop for Encoder<W> {
    fn drop(&mut self) {
        if let Some(Way::Beside { chunks, thread }) = self.way.take() {
            drop(chunks);
            // What became of a part nobody reads is nobody's to know.
            let _ = thread.join();
        }
    }
}

impl<W: Write + Send + 'static> Encoder<W> {
    pub(super) fn new(row_groups: RowGroups<W>) -> Self {
        Self { way: Some(Way::Here(Box::new(row_groups))), chunks: 0 }
    }

    /// Appends a chunk.
    ///
    /// # Errors
    /// Where it or one before it cannot be encoded or written; nothing more can be appended then.
    pub(super) fn write(&mut self, chunk: RecordBatch) -> Result<()> {
        self.chunks += 1;
        let way = match self.way.take() {
            Some(Way::Here(row_groups)) if self.chunks > MANY_CHUNKS => begin(row_groups),
            Some(way) => way,
            None => return Err(ended()),
        };
        self.way = Some(match way {
            Way::Here(mut row_groups) => {
                row_groups.write(&chunk, Share::Columns)?;
                Way::Here(row_groups)
            }
            Way::Beside { chunks, thread } => {
                if chunks.send(chunk).is_err() {
                    join(thread)?;
                    return Err(ended());
                }
                Way::Beside { chunks, thread }
            }
        });
        Ok(())
    }

    /// Completes the file.
    pub(super) fn finish(mut self) -> Result<W> {
        match self.way.take() {
            Some(Way::Here(row_groups)) => row_groups.finish(Share::Columns),
            Some(Way::Beside { chunks, thread }) => {
                drop(chunks);
                join(thread)?.finish(Share::Columns)
            }
            None => Err(ended()),
        }
    }
}

/// Goes on in a thread. It shares nothing out: those that could help may all be waiting for it.
fn begin<W: Write + Send + 'static>(mut row_groups: Box<RowGroups<W>>) -> Way<W> {
    let (chunks, waiting) = sync_channel::<RecordBatch>(WAITING);
    let thread = thread::spawn(move || {
        waiting.into_iter().try_for_each(|chunk| row_groups.write(&chunk, Share::Nothing))?;
        Ok(row_groups)
    });
    Way::Beside { chunks, thread }
}

fn join<W: Write + Send>(thread: JoinHandle<Result<Box<RowGroups<W>>>>) -> Result<Box<RowGroups<W>>> {
    thread.join().unwrap_or_else(|_| Err(ended()))
}

fn ended() -> ParquetError {
    ParquetError::General("its encoding has ended before".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use arrow::array::{Int64Array, StringArray};

    use super::*;
    use crate::ledger::part::{arrow_schema, properties};
    use crate::table::{Field, Type};

    fn columns() -> Vec<Field> {
        vec![Field::new("uid", Type::Integer), Field::new("name", Type::Text)]
    }

    fn chunks(n_chunks: i64) -> Vec<RecordBatch> {
        let rows = |chunk: i64| chunk * 20_000..(chunk + 1) * 20_000;
        let names = |chunk| rows(chunk).map(|row| format!("name {}", row % 977));
        let batch = |chunk| -> RecordBatch {
            let uids = Int64Array::from_iter_values(rows(chunk));
            let names = StringArray::from_iter_values(names(chunk));
            RecordBatch::try_new(arrow_schema(&columns()), vec![Arc::new(uids), Arc::new(names)]).expect("a chunk")
        };
        (0..n_chunks).map(batch).collect()
    }

    fn row_groups<W: Write + Send>(output: W) -> RowGroups<W> {
        RowGroups::new(output, arrow_schema(&columns()), properties(&columns()), 60_000).expect("a file")
    }

    #[test]
    fn a_part_has_the_same_bytes_whoever_encodes_it() {
        for n_chunks in 0..8 {
            let mut encoder = Encoder::new(row_groups(Vec::new()));
            let mut here = row_groups(Vec::new());
            for chunk in chunks(n_chunks) {
                here.write(&chunk, Share::Columns).expect("rows");
                encoder.write(chunk).expect("rows");
            }
            let (bytes, expected) = (encoder.finish().expect("a file"), here.finish(Share::Columns).expect("a file"));
            assert!(bytes == expected, "{n_chunks} chunks");
        }
    }

    /// A disk that is full after so many bytes.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_disk_that_takes_no_more_is_told_by_whoever_writes_next_or_at_the_end() {
        for room in [100, 40_000, 90_000] {
            let mut encoder = Encoder::new(row_groups(Full(room)));
            let written = chunks(12).into_iter().try_for_each(|chunk| encoder.write(chunk));
            let error = written.and_then(|()| encoder.finish().map(|_| ())).expect_err("the disk is full");
            assert!(error.to_string().contains("no storage space"), "{room}: {error}");
        }
    }

    /// Where parts go that are given up.
    struct Held(Arc<()>);

    impl Write for Held {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            assert!(Arc::strong_count(&self.0) > 1, "who gave it up waits");
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_part_that_is_given_up_has_no_thread_left() {
        for n_chunks in [0, 1, 12] {
            let held = Arc::new(());
            let mut encoder = Encoder::new(row_groups(Held(Arc::clone(&held))));
            chunks(n_chunks).into_iter().try_for_each(|chunk| encoder.write(chunk)).expect("rows");
            drop(encoder);
            assert_eq!(Arc::strong_count(&held), 1, "{n_chunks} chunks");
        }
    }
}

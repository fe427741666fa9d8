//! Files that are complete and still on their way to the disk. Threads of their own wait for it: one that computes
//! should not, and a disk takes several at once in the time of one.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::LedgerError;
use super::durable::failed;

/// Threads that wait for the disk.
const THREADS: usize = 4;

/// Files on their way to the disk.
#[derive(Default)]
pub(super) struct Flushes(Mutex<Option<Working>>);

/// What threads are at work on.
struct Working {
    /// `None` as soon as nothing more comes.
    queue: Option<Sender<PathBuf>>,
    waiting: Arc<Mutex<Receiver<PathBuf>>>,
    threads: Vec<JoinHandle<Result<(), LedgerError>>>,
}

impl Flushes {
    /// Has a file flushed that nobody writes to any more. It may move or get other names meanwhile only behind
    /// [`Self::wait`].
    pub(super) fn begin(&self, path: &Path) {
        let mut working = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let working = working.get_or_insert_with(Working::start);
        // Where every thread has failed, nobody takes it; `wait` tells why.
        let _ = working.queue.as_ref().map(|queue| queue.send(path.to_owned()));
    }

    /// Waits until every file that was begun is on the disk.
    ///
    /// # Errors
    /// The first that could not be flushed. The kernel may have dropped what was to be written: a second try would lie.
    pub(super) fn wait(&self) -> Result<(), LedgerError> {
        let working = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        working.map_or(Ok(()), |mut working| working.end())
    }
}

impl Working {
    fn start() -> Self {
        let (queue, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let threads = (0..THREADS).map(|_| {
            let waiting = Arc::clone(&waiting);
            thread::spawn(move || flush_all(&waiting))
        });
        Self { queue: Some(queue), threads: threads.collect(), waiting }
    }

    /// Waits until the threads have ended; all of them end before the first that failed is told.
    fn end(&mut self) -> Result<(), LedgerError> {
        self.queue = None;
        let threads = self.threads.drain(..);
        let ended: Vec<_> = threads.map(|thread| thread.join().expect("flushing does not panic")).collect();
        ended.into_iter().collect()
    }
}

/// Who gives its files up waits for no disk, but for the threads: glibc may read of a thread what is no longer there where
/// one is left to itself as it ends (its bug 19951).
impl Drop for Working {
    fn drop(&mut self) {
        self.queue = None;
        let given_up = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while given_up.try_recv().is_ok() {}
        drop(given_up);
        for thread in self.threads.drain(..) {
            // What became of files nobody reads is nobody's to know.
            let _ = thread.join();
        }
    }
}

/// Flushes one file after the other until no more can come.
fn flush_all(waiting: &Mutex<Receiver<PathBuf>>) -> Result<(), LedgerError> {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(path) = next else { return Ok(()) };
        File::open(&path).and_then(|file| file.sync_all()).map_err(failed("flush", &path))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_flushed_is_told_by_its_name_and_the_others_are_flushed() {
        let folder = tempfile::tempdir().expect("a folder");
        let flushes = Flushes::default();
        flushes.wait().expect("there is nothing to wait for");
        for name in ["a", "gone", "b"] {
            let path = folder.path().join(name);
            if name != "gone" {
                std::fs::write(&path, name).expect("a file");
            }
            flushes.begin(&path);
        }
        let error = flushes.wait().expect_err("a file is gone").to_string();
        assert!(error.contains("cannot flush") && error.contains("gone"), "{error}");
        flushes.begin(&folder.path().join("a"));
        flushes.wait().expect("it begins anew");
    }

    #[test]
    fn what_is_given_up_has_no_threads_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let flushes = Flushes::default();
        for number in 0..100 {
            let path = folder.path().join(number.to_string());
            std::fs::write(&path, "rows").expect("a file");
            flushes.begin(&path);
        }
        let shared = flushes.0.lock().expect("threads").as_ref().map(|working| Arc::downgrade(&working.waiting));
        drop(flushes);
        assert_eq!(shared.expect("threads are at work").strong_count(), 0);
    }
}

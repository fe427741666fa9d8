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
    queue: Sender<PathBuf>,
    threads: Vec<JoinHandle<Result<(), LedgerError>>>,
}

impl Flushes {
    /// Has a file flushed that nobody writes to any more. It may move or get other names meanwhile only behind
    /// [`Self::wait`].
    pub(super) fn begin(&self, path: &Path) {
        let mut working = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = match &mut *working {
            Some(working) => &working.queue,
            none => &none.insert(start()).queue,
        };
        // Where every thread has failed, nobody takes it; `wait` tells why.
        let _ = queue.send(path.to_owned());
    }

    /// Waits until every file that was begun is on the disk.
    ///
    /// # Errors
    /// The first that could not be flushed. The kernel may have dropped what was to be written: a second try would lie.
    pub(super) fn wait(&self) -> Result<(), LedgerError> {
        let working = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Working { queue, threads }) = working else { return Ok(()) };
        drop(queue);
        // All of them end before the first that failed is told.
        let ended: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("flushing does not panic")).collect();
        ended.into_iter().collect()
    }
}

fn start() -> Working {
    let (queue, waiting) = channel();
    let waiting = Arc::new(Mutex::new(waiting));
    let threads = (0..THREADS).map(|_| {
        let waiting = Arc::clone(&waiting);
        thread::spawn(move || flush_all(&waiting))
    });
    Working { queue, threads: threads.collect() }
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
}

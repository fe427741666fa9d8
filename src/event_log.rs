//! The events of a run as lines of JSON in its folder: what the page, the mail and a later reader see.

use std::fs::{File, create_dir_all};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use crate::event::{Observer, RunEvent};

/// Appends every event to `events.jsonl`.
pub struct EventLog(Mutex<File>);

impl EventLog {
    /// Opens the log in a run's folder.
    ///
    /// # Errors
    /// Where folder or file cannot be made.
    pub fn create(folder: &Path) -> io::Result<Self> {
        create_dir_all(folder)?;
        File::create_new(folder.join("events.jsonl")).map(Mutex::new).map(Self)
    }
}

impl Observer for EventLog {
    /// A log that cannot be written never breaks a run.
    fn notice(&self, event: &RunEvent) {
        let mut line = serde_json::to_string(event).expect("events have only text keys");
        line.push('\n');
        if let Ok(mut file) = self.0.lock() {
            let _ = file.write_all(line.as_bytes());
        }
    }
}

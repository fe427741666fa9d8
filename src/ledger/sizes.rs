//! What the ledger takes on disk: of each timeslot what only it has, and of each table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};

use super::durable::failed;
use super::files::files_below;
use super::{Ledger, LedgerError, State};
use crate::ids::TimeslotId;

/// What a timeslot takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Which.
    pub timeslot: TimeslotId,
    /// Its files; one with two names counts once.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Of these, what no other timeslot shares: what its purge frees.
    pub own_bytes: u64,
}

/// What a table takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSize {
    /// Its name.
    pub table: String,
    /// Rows in the timeslot that was asked about.
    pub rows: u64,
    /// Parts there.
    pub parts: usize,
    /// Row groups of these parts: what a reader may leave out.
    pub row_groups: usize,
    /// Bytes of these parts.
    pub bytes: u64,
    /// Bytes of the smallest of them.
    pub smallest: u64,
    /// Bytes of its parts in all timeslots; a part that several share counts once.
    pub bytes_of_all: u64,
}

/// A file's place on disk, by which hard links are known to be one file.
type Inode = (u64, u64);

impl Ledger {
    /// What each timeslot takes that has its parts, in the order in which they were begun.
    ///
    /// # Errors
    /// Where the log or a folder cannot be read.
    pub fn sizes(&self) -> Result<Vec<Size>, LedgerError> {
        let standings = self.standings()?;
        let mut files: Vec<(TimeslotId, BTreeMap<Inode, u64>)> = Vec::new();
        for standing in standings.all().iter().filter(|standing| standing.state != State::Purged) {
            let folder = self.folder_of(standing.state, &standing.id);
            if folder.is_dir() {
                let mut own = BTreeMap::new();
                for path in files_below(&folder)? {
                    let (inode, bytes) = look_at(&path)?;
                    own.insert(inode, bytes);
                }
                files.push((standing.id.clone(), own));
            }
        }
        let mut sharers: BTreeMap<Inode, u32> = BTreeMap::new();
        for inode in files.iter().flat_map(|(_, own)| own.keys()) {
            *sharers.entry(*inode).or_default() += 1;
        }
        Ok(files
            .into_iter()
            .map(|(timeslot, own)| Size {
                timeslot,
                files: own.len(),
                bytes: own.values().sum(),
                own_bytes: own.iter().filter(|(inode, _)| sharers[*inode] == 1).map(|(_, bytes)| bytes).sum(),
            })
            .collect())
    }

    /// What each table of a timeslot takes, those that were only collected as `staged_..`, the largest first.
    ///
    /// # Errors
    /// Where the timeslot was purged, or a part cannot be read.
    pub fn table_sizes(&self, id: &TimeslotId) -> Result<Vec<TableSize>, LedgerError> {
        let timeslot = self.timeslot(id)?;
        let of_all = self.bytes_of_tables()?;
        let mut sizes = Vec::new();
        for (table, record) in &timeslot.manifest.tables {
            let mut size = TableSize { table: table.clone(), rows: record.rows(), ..TableSize::default() };
            size.bytes_of_all = of_all.get(table).copied().unwrap_or(0);
            for part in record.parts.iter().filter(|part| part.rows > 0) {
                let path = timeslot.folder.join(&part.path);
                size.smallest = if size.parts == 0 { part.bytes } else { size.smallest.min(part.bytes) };
                size.parts += 1;
                size.bytes += part.bytes;
                size.row_groups += row_groups(&path)?;
            }
            sizes.push(size);
        }
        sizes.sort_by(|a, b| b.bytes_of_all.cmp(&a.bytes_of_all).then_with(|| a.table.cmp(&b.table)));
        Ok(sizes)
    }

    /// Bytes of the parts of each table in all timeslots that have theirs.
    fn bytes_of_tables(&self) -> Result<BTreeMap<String, u64>, LedgerError> {
        let standings = self.standings()?;
        let (mut seen, mut bytes) = (BTreeSet::new(), BTreeMap::new());
        for standing in standings.all() {
            // A timeslot whose data is gone takes nothing.
            let Ok(timeslot) = self.timeslot(&standing.id) else { continue };
            // A published part may be the staged one: then it is counted as what is published.
            let (staged, published): (Vec<_>, Vec<_>) =
                timeslot.manifest.tables.iter().partition(|(table, _)| table.starts_with("staged_"));
            for (table, record) in published.into_iter().chain(staged) {
                for part in record.parts.iter().filter(|part| part.rows > 0) {
                    let (inode, size) = look_at(&timeslot.folder.join(&part.path))?;
                    if seen.insert(inode) {
                        *bytes.entry(table.clone()).or_default() += size;
                    }
                }
            }
        }
        Ok(bytes)
    }
}

fn look_at(path: &Path) -> Result<(Inode, u64), LedgerError> {
    let metadata = fs::metadata(path).map_err(failed("look at", path))?;
    Ok(((metadata.dev(), metadata.ino()), metadata.len()))
}

/// How many row groups a part has.
fn row_groups(path: &Path) -> Result<usize, LedgerError> {
    let file = File::open(path).map_err(failed("open the part", path))?;
    let read = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default())
        .map_err(|source| LedgerError::Parquet { path: path.to_owned(), source })?;
    Ok(read.metadata().num_row_groups())
}

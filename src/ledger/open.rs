//! The one open timeslot: a sandbox, then active. Each step of its life is a type, so that it cannot be skipped.

mod active;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::deed::Deed;
use super::durable::{create_folder_unflushed, failed, link_or_copy, move_folder};
use super::files::{table_folders, unlisted_files};
use super::flushes::Flushes;
use super::log::Act;
use super::manifest::{Manifest, Part, TableRecord};
use super::part::{PartWriter, part_path};
use super::state::State;
use super::{LedgerError, Writer};
use crate::ids::StageName;
use crate::table::Field;

/// A timeslot that may still be changed, with the lock that makes this process the only one to do so.
pub struct OpenTimeslot {
    writer: Writer,
    folder: PathBuf,
    manifest: Manifest,
    copied_parts: AtomicU64,
    /// Folders of tables that were given new names since the last commit; `None` = any may have been, before this
    /// process opened the timeslot.
    unflushed: Mutex<Option<BTreeSet<PathBuf>>>,
    /// Parts that were written since the last commit.
    flushes: Arc<Flushes>,
    /// Whether the manifest says something that is not on disk.
    is_changed: bool,
}

/// A timeslot being filled.
pub struct Sandbox(OpenTimeslot);

/// A timeslot whose tables are published to the later stages.
pub struct ActiveTimeslot(OpenTimeslot);

/// The open timeslot in whichever state it is.
pub enum Open {
    /// Being filled.
    Sandbox(Sandbox),
    /// Published to the later stages, perhaps held.
    Active(ActiveTimeslot),
}

impl OpenTimeslot {
    pub(super) fn new(writer: Writer, folder: PathBuf, manifest: Manifest) -> Self {
        Self {
            writer,
            folder,
            manifest,
            copied_parts: AtomicU64::new(0),
            unflushed: Mutex::new(None),
            flushes: Arc::new(Flushes::default()),
            is_changed: true,
        }
    }

    /// What the timeslot consists of by now.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The folder its paths are below.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The ledger it belongs to.
    #[must_use]
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Starts a part of a table. It belongs to the timeslot once [`Self::put`] and [`Self::commit`] took it.
    ///
    /// # Errors
    /// Where the file cannot be created.
    pub fn create_part(
        &self,
        table: &str,
        name: &str,
        fingerprint: &str,
        columns: &[Field],
    ) -> Result<PartWriter, LedgerError> {
        self.make_room(&part_path(table, name, fingerprint))?;
        PartWriter::create(&self.folder, Arc::clone(&self.flushes), table, name, fingerprint, columns)
    }

    /// Creates the folder of a part where it is missing, and remembers what is to be flushed when the part is there.
    fn make_room(&self, path: &str) -> Result<(), LedgerError> {
        let path = self.folder.join(path);
        let folder = path.parent().expect("a part lies in its table's folder");
        let changed = create_folder_unflushed(folder)?;
        let mut unflushed = self.unflushed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(unflushed) = unflushed.as_mut() {
            unflushed.insert(folder.to_owned());
            unflushed.extend(changed);
        }
        Ok(())
    }

    /// Makes an existing part, of this timeslot or of another at `folder`, a part of `table` without copying its
    /// bytes (where the file system has links).
    ///
    /// # Errors
    /// Where the part is gone or cannot be linked or copied.
    pub fn link_part(&self, folder: &Path, part: &Part, table: &str) -> Result<Part, LedgerError> {
        if part.rows == 0 {
            return Ok(part.clone());
        }
        let path = part_path(table, &part.name, &part.fingerprint);
        let target = self.folder.join(&path);
        let origin = folder.join(&part.path);
        if origin != target {
            self.make_room(&path)?;
            if !link_or_copy(&origin, &target)? {
                self.copied_parts.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(Part { path, ..part.clone() })
    }

    /// How many parts had to be copied because the file system has no hard links.
    #[must_use]
    pub fn copied_parts(&self) -> u64 {
        self.copied_parts.load(Ordering::Relaxed)
    }

    /// Replaces the record of a table. Nothing is durable before [`Self::commit`].
    pub fn put(&mut self, table: &str, columns: Vec<Field>, mut parts: Vec<Part>) {
        parts.sort_by(|a, b| a.path.cmp(&b.path));
        self.change().tables.insert(table.to_owned(), TableRecord { columns, parts });
    }

    /// Removes a table from the record.
    pub fn remove(&mut self, table: &str) {
        self.change().tables.remove(table);
    }

    /// Keeps what a stage has to say about itself.
    pub fn set_stage(&mut self, stage: &str, record: serde_json::Value) {
        self.change().stages.insert(stage.to_owned(), record);
    }

    /// Forgets what a stage said about itself, and what it left out.
    pub fn forget_stage(&mut self, stage: StageName) {
        let manifest = self.change();
        manifest.stages.remove(stage.as_str());
        manifest.left_out.remove(&stage);
        manifest.in_error.retain(|item| item.split(':').next() != Some(stage.as_str()));
    }

    /// Keeps what a stage left out, each item with the reason: until it runs wholly, the timeslot is stale.
    pub fn set_left_out(&mut self, stage: StageName, items: BTreeMap<String, String>) {
        if !items.is_empty() {
            self.change().left_out.insert(stage, items);
        }
    }

    /// Keeps that an item was left out because what it says is wrong.
    pub fn set_in_error(&mut self, item: String) {
        self.change().in_error.insert(item);
    }

    /// Sets what the timeslot is made with: the plan's name, the fingerprint of the configuration, and the stages
    /// that must have run before it can be confirmed.
    pub fn set_configuration(&mut self, plan: &str, configuration: &str, planned: &[StageName]) {
        let manifest = self.change();
        plan.clone_into(&mut manifest.plan);
        configuration.clone_into(&mut manifest.configuration);
        manifest.planned = planned.to_vec();
    }

    /// Keeps who runs stages of it, and whether none of them may decide that it becomes current.
    pub fn set_launch(&mut self, deed: &Deed, four_eyes: bool) {
        let manifest = self.change();
        manifest.launched_by.extend(deed.names());
        manifest.four_eyes |= four_eyes;
    }

    fn change(&mut self) -> &mut Manifest {
        self.is_changed = true;
        &mut self.manifest
    }

    /// Makes the record durable: parts are on disk before the manifest names them, and files it no longer names go
    /// only afterwards.
    ///
    /// # Errors
    /// Where the disk fails; the timeslot then stands as of the last commit.
    pub fn commit(&mut self) -> Result<(), LedgerError> {
        let unflushed = self.unflushed.get_mut().unwrap_or_else(PoisonError::into_inner);
        let folders = match unflushed.clone() {
            Some(folders) => folders,
            None => table_folders(&self.folder)?,
        };
        let folders = folders.iter().chain([&self.folder]);
        // Where a part could not be begun, its folder may be missing.
        folders.filter(|folder| folder.is_dir()).for_each(|folder| self.flushes.begin(folder));
        self.flushes.wait()?;
        *unflushed = Some(BTreeSet::new());
        self.manifest.write(&self.folder)?;
        self.is_changed = false;
        for path in unlisted_files(&self.folder, &self.manifest)? {
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
        Ok(())
    }

    /// Refuses the timeslot; it moves out of the way and stays for inspection.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn reject(mut self, deed: &Deed, reason: &str) -> Result<Writer, LedgerError> {
        let id = self.manifest.timeslot.clone();
        self.writer.append(deed, &id, Act::Reject { reason: reason.to_owned() })?;
        move_folder(&self.folder, &self.writer.ledger.folder_in(State::Rejected, &id))?;
        Ok(self.writer)
    }
}

impl Sandbox {
    pub(super) fn new(open: OpenTimeslot) -> Self {
        Self(open)
    }

    /// Publishes the tables to the later stages.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn activate(mut self, deed: &Deed) -> Result<ActiveTimeslot, LedgerError> {
        if self.0.is_changed {
            self.0.commit()?;
        }
        let id = self.0.manifest.timeslot.clone();
        self.0.writer.append(deed, &id, Act::Activate)?;
        Ok(ActiveTimeslot(self.0))
    }
}

impl Open {
    /// Either, as what they have in common.
    #[must_use]
    pub fn into_inner(self) -> OpenTimeslot {
        match self {
            Self::Sandbox(Sandbox(open)) | Self::Active(ActiveTimeslot(open)) => open,
        }
    }

    /// Publishes the tables to the later stages, where that has not been done.
    ///
    /// # Errors
    /// Where the disk fails.
    pub fn activate(self, deed: &Deed) -> Result<ActiveTimeslot, LedgerError> {
        match self {
            Self::Sandbox(sandbox) => sandbox.activate(deed),
            Self::Active(active) => Ok(active),
        }
    }
}

macro_rules! is_open_timeslot {
    ($($name:ident),*) => {$(
        impl Deref for $name {
            type Target = OpenTimeslot;

            fn deref(&self) -> &OpenTimeslot {
                &self.0
            }
        }

        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut OpenTimeslot {
                &mut self.0
            }
        }
    )*};
}
is_open_timeslot!(Sandbox, ActiveTimeslot);

impl Deref for Open {
    type Target = OpenTimeslot;

    fn deref(&self) -> &OpenTimeslot {
        match self {
            Self::Sandbox(Sandbox(open)) | Self::Active(ActiveTimeslot(open)) => open,
        }
    }
}

impl DerefMut for Open {
    fn deref_mut(&mut self) -> &mut OpenTimeslot {
        match self {
            Self::Sandbox(Sandbox(open)) | Self::Active(ActiveTimeslot(open)) => open,
        }
    }
}

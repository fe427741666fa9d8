//! Proof that confirmed timeslots are as they were confirmed. Verifying writes nothing and repairs nothing.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::durable::failed;
use super::files::unlisted_files;
use super::hash::{sha256_hex, sha256_of_file};
use super::manifest::{self, Manifest, Part};
use super::state::{Standing, State};
use super::{Head, Ledger, LedgerError};
use crate::ids::TimeslotId;

/// One thing that is not as it was confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it: a lower-case fragment.
    pub what: String,
    /// Every timeslot that shares the file.
    pub timeslots: Vec<TimeslotId>,
}

/// What was looked at and what was found.
#[derive(Debug, Clone)]
pub struct Verification {
    /// Head of the log.
    pub head: Head,
    /// Timeslots looked at.
    pub timeslots: usize,
    /// Parts looked at; a part shared by several timeslots counts in each.
    pub parts: usize,
    /// Bytes whose SHA-256 was computed.
    pub hashed_bytes: u64,
    /// Purged timeslots of which the proof was looked at.
    pub purged: usize,
    /// Purged timeslots of which a crash left parts, that the next writer removes.
    pub unfinished: Vec<TimeslotId>,
    /// What is not as it was confirmed; empty = all is well.
    pub damages: Vec<Damage>,
}

/// A file's place on disk, by which hard links are known to be one file.
type Inode = (u64, u64);

impl Ledger {
    /// Checks the log's chain, every confirmed or hidden timeslot's manifest against the log, and every part's
    /// presence and size; with `data` also every part's SHA-256 (a shared file is read once). Of a purged timeslot it
    /// checks that its manifest is the one that was confirmed, and that nothing of its parts is left.
    ///
    /// # Errors
    /// Where the log itself is broken or the disk cannot be read at all.
    pub fn verify(&self, data: bool) -> Result<Verification, LedgerError> {
        // First what was remembered, then the log: a writer may be adding to both.
        let remembered = super::remembered::read(self)?;
        let log = self.log()?;
        let standings = super::Standings::follow(log.entries());
        let mut verification = Verification {
            head: log.head().clone(),
            timeslots: 0,
            parts: 0,
            hashed_bytes: 0,
            purged: 0,
            unfinished: Vec::new(),
            damages: Vec::new(),
        };
        let mut hashes: BTreeMap<Inode, String> = BTreeMap::new();
        for standing in standings.all() {
            if matches!(standing.state, State::Confirmed | State::Hidden) {
                verification.timeslots += 1;
                self.verify_timeslot(standing, data, &mut hashes, &mut verification);
            } else if standing.state == State::Purged {
                verification.purged += 1;
                self.verify_proof(standing, &mut verification);
            }
        }
        if let Some(what) = super::remembered::missing(remembered.as_deref(), &log) {
            verification.damages.push(Damage { path: self.log_folder(), what, timeslots: Vec::new() });
        }
        verification.damages.extend(self.never_confirmed(&standings)?);
        verification.name_all_sharers();
        Ok(verification)
    }

    /// Folders among the confirmed timeslots of which the log does not say that they were confirmed: it was cut off, or
    /// somebody put them there.
    pub(super) fn never_confirmed(&self, standings: &super::Standings) -> Result<Vec<Damage>, LedgerError> {
        let items = fs::read_dir(&self.root).map_err(failed("read the folder", &self.root))?;
        let mut damages = Vec::new();
        for item in items {
            let path = item.map_err(failed("read the folder", &self.root))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix("timeslot="));
            let Some(name) = name else { continue };
            let id: Option<TimeslotId> = name.parse().ok();
            let state = id.as_ref().and_then(|id| standings.find(id)).map(|standing| standing.state);
            if !matches!(state, Some(State::Confirmed | State::Hidden | State::Purged)) {
                let what = "is not confirmed by the log".to_owned();
                damages.push(Damage { path, what, timeslots: id.into_iter().collect() });
            }
        }
        damages.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(damages)
    }

    fn verify_timeslot(
        &self,
        standing: &Standing,
        data: bool,
        hashes: &mut BTreeMap<Inode, String>,
        verification: &mut Verification,
    ) {
        let folder = self.folder_of(standing.state, &standing.id);
        let mut damaged = |path: PathBuf, what: String| {
            verification.damages.push(Damage { path, what, timeslots: vec![standing.id.clone()] });
        };
        let path = folder.join(manifest::FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => return damaged(path, format!("cannot be read: {error}")),
        };
        let own_hash = sha256_hex(&bytes);
        if Some(&own_hash) != standing.manifest.as_ref() {
            return damaged(path, "is not the manifest that was confirmed".to_owned());
        }
        let manifest = match Manifest::read(&folder) {
            Ok(manifest) => manifest,
            Err(error) => return damaged(path, error.to_string()),
        };
        match unlisted_files(&folder, &manifest) {
            Ok(unlisted) => {
                for path in unlisted {
                    damaged(path, "is not listed in the manifest".to_owned());
                }
            }
            Err(error) => damaged(folder.clone(), error.to_string()),
        }
        if let Some(what) = wrong_sums(&folder, &manifest, &own_hash) {
            damaged(folder.join(manifest::SUMS), what);
        }
        for part in manifest.parts() {
            verification.parts += 1;
            let path = folder.join(&part.path);
            if let Err(what) = check_part(&path, part, data, hashes, &mut verification.hashed_bytes) {
                verification.damages.push(Damage { path, what, timeslots: vec![standing.id.clone()] });
            }
        }
    }
}

impl Ledger {
    /// Checks what is left of a purged timeslot.
    fn verify_proof(&self, standing: &Standing, verification: &mut Verification) {
        let folder = self.folder_of(State::Purged, &standing.id);
        let mut damaged = |path: PathBuf, what: String| {
            verification.damages.push(Damage { path, what, timeslots: vec![standing.id.clone()] });
        };
        let path = folder.join(manifest::FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => return damaged(path, format!("cannot be read: {error}")),
        };
        let own_hash = sha256_hex(&bytes);
        if Some(&own_hash) != standing.proof.as_ref() {
            return damaged(path, "is not the manifest that stayed when the timeslot was purged".to_owned());
        }
        if standing.manifest.as_ref().is_some_and(|confirmed| *confirmed != own_hash) {
            return damaged(path, "is not the manifest that was confirmed".to_owned());
        }
        let manifest = match Manifest::read(&folder) {
            Ok(manifest) => manifest,
            Err(error) => return damaged(path, error.to_string()),
        };
        if let Some(what) = standing.manifest.as_ref().and_then(|_| wrong_sums(&folder, &manifest, &own_hash)) {
            damaged(folder.join(manifest::SUMS), what);
        }
        match unlisted_files(&folder, &manifest) {
            Ok(unlisted) => {
                for path in unlisted.into_iter().filter(|_| standing.manifest.is_some()) {
                    damaged(path, "lies in a timeslot that was purged".to_owned());
                }
            }
            Err(error) => damaged(folder.clone(), error.to_string()),
        }
        if manifest.parts().any(|part| folder.join(&part.path).exists()) {
            verification.unfinished.push(standing.id.clone());
        }
    }
}

impl Verification {
    /// Says of each damaged file which timeslots share it.
    fn name_all_sharers(&mut self) {
        let mut sharers: BTreeMap<Inode, Vec<TimeslotId>> = BTreeMap::new();
        let inode = |path: &Path| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()));
        for damage in &self.damages {
            if let Some(inode) = inode(&damage.path) {
                sharers.entry(inode).or_default().extend(damage.timeslots.iter().cloned());
            }
        }
        for damage in &mut self.damages {
            if let Some(all) = inode(&damage.path).and_then(|inode| sharers.get(&inode)) {
                damage.timeslots.clone_from(all);
            }
        }
    }
}

/// What is wrong with the list that `sha256sum -c` reads.
fn wrong_sums(folder: &Path, manifest: &Manifest, own_hash: &str) -> Option<String> {
    match fs::read(folder.join(manifest::SUMS)) {
        Err(error) => Some(format!("cannot be read: {error}")),
        Ok(text) if text != manifest.sums(own_hash).as_bytes() => {
            Some("does not list what the manifest does, and nothing else".to_owned())
        }
        Ok(_) => None,
    }
}

/// What is wrong with a part.
fn check_part(
    path: &Path,
    part: &Part,
    data: bool,
    hashes: &mut BTreeMap<Inode, String>,
    hashed_bytes: &mut u64,
) -> Result<(), String> {
    let metadata = fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
    if metadata.len() != part.bytes {
        return Err(format!("has {} bytes, not the {} that were confirmed", metadata.len(), part.bytes));
    }
    if !data {
        return Ok(());
    }
    let inode = (metadata.dev(), metadata.ino());
    let sha256 = match hashes.entry(inode) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => {
            let (sha256, bytes) = sha256_of_file(path).map_err(|error| format!("cannot be read: {error}"))?;
            *hashed_bytes += bytes;
            unknown.insert(sha256)
        }
    };
    if *sha256 == part.sha256 { Ok(()) } else { Err("has other bytes than those confirmed".to_owned()) }
}

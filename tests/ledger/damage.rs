//! Every kind of damage to every kind of file of a ledger.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A damage to one file.
pub(super) struct Damage {
    pub(super) what: &'static str,
    /// The file below the ledger; a `*` at its end stands for the rest of its name.
    pub(super) place: &'static str,
    pub(super) deed: fn(&Path),
    /// What must be named, where it is not the place itself.
    pub(super) named: Option<&'static str>,
    /// The timeslots that must be named.
    pub(super) timeslots: Option<&'static str>,
}

impl Damage {
    fn new(what: &'static str, place: &'static str, deed: fn(&Path)) -> Self {
        Self { what, place, deed, named: None, timeslots: None }
    }

    fn named(self, named: &'static str) -> Self {
        Self { named: Some(named), ..self }
    }

    fn timeslots(self, timeslots: &'static str) -> Self {
        Self { timeslots: Some(timeslots), ..self }
    }
}

/// A part that both timeslots share: people did not change.
const SHARED: &str = "timeslot=2026-01-05/staged/identities/people-*";
const OWN: &str = "timeslot=2026-01-12/accounts/accounts-*";
const MANIFEST: &str = "timeslot=2026-01-05/manifest.json";
const SUMS: &str = "timeslot=2026-01-12/SHA256SUMS";
const ENTRY: &str = "log/00000003.json";

/// Each kind of damage to each kind of file.
pub(super) fn of_every_kind() -> Vec<Damage> {
    let both = "2026-01-05, 2026-01-12";
    vec![
        Damage::new("a byte of a shared part", SHARED, flip).timeslots(both),
        Damage::new("a shared part cut short", SHARED, truncate).timeslots(both),
        Damage::new("a part gone", SHARED, delete).timeslots("2026-01-05"),
        Damage::new("a byte of a part", OWN, flip).timeslots("2026-01-12"),
        Damage::new("a part cut short", OWN, truncate).timeslots("2026-01-12"),
        Damage::new("a file added", OWN, add).named("more.parquet").timeslots("2026-01-12"),
        Damage::new("a byte of a manifest", MANIFEST, flip),
        Damage::new("a manifest cut short", MANIFEST, truncate),
        Damage::new("a manifest gone", MANIFEST, delete),
        Damage::new("a byte of the sums", SUMS, flip),
        Damage::new("the last byte but one of the sums", SUMS, flip_end),
        Damage::new("sums cut short", SUMS, truncate),
        Damage::new("sums gone", SUMS, delete),
        Damage::new("a line added to the sums", SUMS, append),
        Damage::new("a byte of a log entry", ENTRY, flip).named("log/0000000"),
        Damage::new("a log entry cut short", ENTRY, truncate),
        Damage::new("a log entry gone", ENTRY, delete),
        Damage::new("a log entry copied behind the last", ENTRY, |path| {
            fs::copy(path, path.with_file_name("00000007.json")).expect("a copy");
        })
        .named("log/00000007.json"),
        Damage::new("a log entry behind a gap", ENTRY, |path| {
            fs::copy(path, path.with_file_name("00000009.json")).expect("a copy");
        })
        .named("log/00000007.json"),
        Damage::new("the ledger's id", "FORMAT", |path| {
            let text = fs::read_to_string(path).expect("a text");
            let (before, id) = text.split_once("\"ledger\": \"").expect("an id");
            let other = if id.starts_with('0') { "1" } else { "0" };
            write(path, format!("{before}\"ledger\": \"{other}{}", &id[1..]).as_bytes());
        })
        .named("log/00000001.json"),
        Damage::new("the ledger's format", "FORMAT", |path| {
            let text = fs::read_to_string(path).expect("a text");
            write(path, text.replace("\"format\": 1", "\"format\": 7").as_bytes());
        })
        .named("format 7"),
        Damage::new("FORMAT cut short", "FORMAT", truncate),
        Damage::new("FORMAT gone", "FORMAT", delete).named("ledger/FORMAT"),
    ]
}

/// Turns one bit in the middle of a file over, in place.
pub(super) fn flip(path: &Path) {
    let mut bytes = fs::read(path).expect("a file of the ledger");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    write(path, &bytes);
}

fn flip_end(path: &Path) {
    let mut bytes = fs::read(path).expect("a file of the ledger");
    let end = bytes.len() - 2;
    bytes[end] ^= 1;
    write(path, &bytes);
}

fn truncate(path: &Path) {
    let bytes = fs::read(path).expect("a file of the ledger");
    write(path, &bytes[..bytes.len() / 2]);
}

fn append(path: &Path) {
    let mut bytes = fs::read(path).expect("a file of the ledger");
    bytes.extend_from_slice(b"0000000000000000000000000000000000000000000000000000000000000000  more.parquet\n");
    write(path, &bytes);
}

fn delete(path: &Path) {
    fs::remove_file(path).expect("a file of the ledger");
}

fn add(path: &Path) {
    fs::write(path.with_file_name("more.parquet"), b"PAR1").expect("a file more");
}

/// Writes into the same file, so that whoever shares it sees it.
fn write(path: &Path, bytes: &[u8]) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o640)).expect("a file of ours");
    fs::write(path, bytes).expect("a file of the ledger");
}

//! SHA-256, as the chain of the log, the manifest and `sha256sum` have it; and whether a file is still what it was.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::Xxh3Default;

/// The SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The size of a file in bytes.
///
/// # Errors
/// Where the file cannot be looked at.
pub fn bytes_of_file(path: &Path) -> io::Result<u64> {
    std::fs::metadata(path).map(|metadata| metadata.len())
}

/// The SHA-256 of a file's content, in hexadecimal, and its size in bytes.
///
/// # Errors
/// Where the file cannot be read.
pub fn sha256_of_file(path: &Path) -> io::Result<(String, u64)> {
    let mut hasher = Sha256::new();
    let bytes = read_through(path, |chunk| hasher.update(chunk))?;
    Ok((hex(&hasher.finalize()), bytes))
}

/// What a file's content is: what is kept of it, and what tells soon whether it is still the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// 128 bits of xxh3: no defence against forgers, but at the speed of memory.
    quick: u128,
}

impl Content {
    /// Reads a file through.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of(path: &Path) -> io::Result<Self> {
        let (mut sha256, mut quick) = (Sha256::new(), Xxh3Default::new());
        let bytes = read_through(path, |chunk| {
            sha256.update(chunk);
            quick.update(chunk);
        })?;
        Ok(Self { sha256: hex(&sha256.finalize()), bytes, quick: quick.digest128() })
    }

    /// Whether a file still has this content.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn is_still_of(&self, path: &Path) -> io::Result<bool> {
        let mut quick = Xxh3Default::new();
        let bytes = read_through(path, |chunk| quick.update(chunk))?;
        Ok(bytes == self.bytes && quick.digest128() == self.quick)
    }
}

/// Hands over a file from end to end. Returns its size in bytes.
fn read_through(path: &Path, mut take: impl FnMut(&[u8])) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(bytes),
            read => {
                take(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

//! The frame of a Parquet file: what must hold before its metadata is worth parsing.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use parquet::file::metadata::ParquetMetaData;

use crate::collect::read::Fault;
use crate::collect::read::source::unreadable;

const MAGIC: &[u8; 4] = b"PAR1";
const ENCRYPTED: &[u8; 4] = b"PARE";

/// Checks both ends of the file and returns its length.
///
/// # Errors
/// A [`Fault`] where the file is no Parquet, or its footer says it is longer than the file.
pub(super) fn check(file: &mut File) -> Result<u64, Fault> {
    let ends = read_ends(file).map_err(|error| unreadable(&error))?;
    let Some(Ends { len, head, tail }) = ends else {
        return Err(Fault::new("the file is too short to be Parquet"));
    };
    let [l0, l1, l2, l3, magic @ ..] = tail;
    if &magic == ENCRYPTED {
        return Err(Fault::new("the file is encrypted"));
    }
    if &head != MAGIC {
        return Err(Fault::new("the file is not Parquet: it does not begin with `PAR1`"));
    }
    if &magic != MAGIC {
        return Err(Fault::new("the file is cut short: it does not end with `PAR1`"));
    }
    if u64::from(u32::from_le_bytes([l0, l1, l2, l3])) > len - 12 {
        return Err(Fault::new("the file is damaged: its footer is longer than the file"));
    }
    Ok(len)
}

/// Checks that every column lies within the file.
///
/// # Errors
/// A [`Fault`] where one does not.
pub(super) fn check_chunks(metadata: &ParquetMetaData, file_len: u64) -> Result<(), Fault> {
    for group in metadata.row_groups() {
        for column in group.columns() {
            let (start, len) = column.byte_range();
            if start.checked_add(len).is_none_or(|end| end > file_len) || group.num_rows() < 0 {
                return Err(Fault::new("the file is damaged: a column lies beyond its end"));
            }
        }
    }
    Ok(())
}

/// The first four bytes of a file and its last eight.
struct Ends {
    len: u64,
    head: [u8; 4],
    tail: [u8; 8],
}

fn read_ends(file: &mut File) -> io::Result<Option<Ends>> {
    let len = file.seek(SeekFrom::End(0))?;
    if len < 12 {
        return Ok(None);
    }
    let (mut head, mut tail) = ([0; 4], [0; 8]);
    file.rewind()?;
    file.read_exact(&mut head)?;
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut tail)?;
    file.rewind()?;
    Ok(Some(Ends { len, head, tail }))
}

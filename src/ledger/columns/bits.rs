//! Numbers in as few bits as they need, as the Parquet format lays them out: packed bits, runs, and differences.
//!
//! Source: the Parquet format's `Encodings.md`, "Run Length Encoding / Bit-Packing Hybrid" and "Delta Encoding".

/// A run of so many equal numbers is worth writing as one.
const RUN: usize = 8;

/// Differences of a block have one smallest, those of a part of it one width.
const BLOCK: usize = 128;
const PARTS: usize = 4;
const PART: usize = BLOCK / PARTS;

/// Packs numbers, the lowest bits first.
struct Packer<'a> {
    out: &'a mut Vec<u8>,
    waiting: u64,
    n_waiting: u32,
}

impl<'a> Packer<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, waiting: 0, n_waiting: 0 }
    }

    /// Adds the lowest bits of a number, at most 32.
    #[inline]
    fn put(&mut self, number: u32, width: u32) {
        self.waiting |= u64::from(number) << self.n_waiting;
        self.n_waiting += width;
        if self.n_waiting >= 32 {
            self.out.extend_from_slice(&self.waiting.to_le_bytes()[..4]);
            self.waiting >>= 32;
            self.n_waiting -= 32;
        }
    }

    /// Adds the lowest bits of a number.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "each half is meant")]
    fn put_wide(&mut self, number: u64, width: u32) {
        self.put(number as u32, width.min(32));
        if width > 32 {
            self.put((number >> 32) as u32, width - 32);
        }
    }

    /// Fills up the last byte.
    fn finish(self) {
        let n_bytes = self.n_waiting.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.waiting.to_le_bytes()[..n_bytes]);
    }
}

/// Bits that hold every number up to `highest`; at least one, because not every reader takes none.
pub(super) fn width_of(highest: u32) -> u32 {
    (u32::BITS - highest.leading_zeros()).max(1)
}

/// Appends numbers of at most `width` bits as runs of equal ones and packed ones between them.
pub(super) fn put_runs(numbers: &[u32], width: u32, out: &mut Vec<u8>) {
    let (mut at, mut packed_from) = (0, 0);
    for run in numbers.chunk_by(|a, b| a == b) {
        let end = at + run.len();
        // Packed numbers come in eights: those that a run begins with fill up the last of them.
        let filling = (packed_from..at).len().next_multiple_of(RUN) - (packed_from..at).len();
        if run.len() >= filling + RUN {
            put_packed(&numbers[packed_from..at + filling], width, out);
            put_run(run[0], run.len() - filling, width, out);
            packed_from = end;
        }
        at = end;
    }
    put_packed(&numbers[packed_from..], width, out);
}

/// Appends so many times the same number.
pub(super) fn put_run(number: u32, times: usize, width: u32, out: &mut Vec<u8>) {
    put_varint((times as u64) << 1, out);
    out.extend_from_slice(&number.to_le_bytes()[..width.div_ceil(8) as usize]);
}

fn put_packed(numbers: &[u32], width: u32, out: &mut Vec<u8>) {
    if numbers.is_empty() {
        return;
    }
    put_varint((numbers.len().div_ceil(RUN) as u64) << 1 | 1, out);
    let mut packer = Packer::new(out);
    let filling = numbers.len().next_multiple_of(RUN) - numbers.len();
    for number in numbers.iter().chain(&[0; RUN][..filling]) {
        packer.put(*number, width);
    }
    packer.finish();
}

/// Appends truth values as bits.
pub(super) fn put_flags(flags: impl Iterator<Item = bool>, out: &mut Vec<u8>) {
    let mut packer = Packer::new(out);
    flags.for_each(|flag| packer.put(u32::from(flag), 1));
    packer.finish();
}

/// Appends numbers as their differences.
pub(super) fn put_differences(numbers: &[i64], out: &mut Vec<u8>) {
    put_varint(BLOCK as u64, out);
    put_varint(PARTS as u64, out);
    put_varint(numbers.len() as u64, out);
    put_varint(zigzag(numbers.first().copied().unwrap_or(0)), out);
    let mut differences = [0_i64; BLOCK];
    for from in (1..numbers.len()).step_by(BLOCK) {
        let block = &numbers[from - 1..numbers.len().min(from + BLOCK)];
        let differences = &mut differences[..block.len() - 1];
        for (difference, pair) in differences.iter_mut().zip(block.windows(2)) {
            *difference = pair[1].wrapping_sub(pair[0]);
        }
        put_block(differences, out);
    }
}

fn put_block(differences: &[i64], out: &mut Vec<u8>) {
    let smallest = differences.iter().copied().fold(i64::MAX, i64::min);
    let above = |difference: &i64| difference.wrapping_sub(smallest).cast_unsigned();
    put_varint(zigzag(smallest), out);
    let mut widths = [0_u8; PARTS];
    for (width, part) in widths.iter_mut().zip(differences.chunks(PART)) {
        let all_bits = part.iter().fold(0, |bits, difference| bits | above(difference));
        *width = u8::try_from(u64::BITS - all_bits.leading_zeros()).unwrap_or(u8::MAX);
    }
    out.extend_from_slice(&widths);
    for (width, part) in widths.into_iter().zip(differences.chunks(PART)) {
        if width == 0 {
            continue;
        }
        let mut packer = Packer::new(out);
        for difference in part.iter().map(above).chain(std::iter::repeat_n(0, PART - part.len())) {
            packer.put_wide(difference, u32::from(width));
        }
        packer.finish();
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

/// Seven bits a byte, the lowest first; all but the last byte have the highest bit.
#[expect(clippy::cast_possible_truncation, reason = "the lowest seven bits are meant")]
fn put_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

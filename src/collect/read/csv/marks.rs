//! Where a text of plain lines is to be cut: its delimiters and line ends, found eight bytes at a time. Fields are short,
//! so that to search for each by itself would cost more than to look at all bytes in the same way.

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = EACH * 0x80;

/// Bytes looked at together.
const BLOCK: usize = 64;

/// Appends where the text, which is no longer than 4 GiB, has a delimiter, a line end or another control character.
pub(super) fn find(text: &[u8], delimiter: u8, marks: &mut Vec<u32>) {
    let delimiters = EACH * u64::from(delimiter);
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut last = [b'-'; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    // What fills up the last block may be the delimiter itself.
    let fits = if rest.is_empty() { 0 } else { (1 << rest.len()) - 1 };
    let of = |block: &[u8; BLOCK]| {
        let words = block.as_chunks::<8>().0.iter();
        words.rev().fold(0, |marked, word| marked << 8 | of_word(u64::from_le_bytes(*word), delimiters))
    };
    let all = blocks.iter().map(of).chain([of(&last) & fits]);
    for (start, mut marked) in (0_u32..).step_by(BLOCK).zip(all) {
        while marked != 0 {
            marks.push(start + marked.trailing_zeros());
            marked &= marked - 1;
        }
    }
}

/// Eight bits that tell which bytes are marks.
#[inline]
fn of_word(word: u64, delimiters: u64) -> u64 {
    let is_zero = |word: u64| !(((word & !HIGH) + !HIGH) | word) & HIGH;
    // A control character has none of the three upper bits.
    let marked = is_zero(word ^ delimiters) | is_zero(word & (EACH * 0xe0));
    // The upper bits of the bytes, moved together.
    (marked >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_mark_is_found_and_nothing_else(
            text in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b",;\n\r\tab -\x1f \xac".to_vec())], 0..200),
            delimiter in prop::sample::select(b",;\t|-\x01".to_vec()),
        ) {
            let mut marks = Vec::new();
            find(&text, delimiter, &mut marks);
            let is_mark = |at: &u32| text[*at as usize] == delimiter || text[*at as usize] < 0x20;
            prop_assert_eq!(marks, (0..u32::try_from(text.len()).expect("short")).filter(is_mark).collect::<Vec<u32>>());
        }
    }
}

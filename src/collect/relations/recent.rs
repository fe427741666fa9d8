//! Texts that were looked up a short while ago, with what was found: a table of fixed places, where a newer text takes
//! the place of an older one. It is small enough to stay near the processor.

use super::short::Object;

/// Words of eight bytes of texts that are held; longer texts are looked up each time.
const WORDS: usize = 5;

/// Places in the beginning, and at most: a table that is half full becomes four times as large. Powers of two.
const PLACES: std::ops::RangeInclusive<usize> = (1 << 8)..=(1 << 16);

/// A table that was filled so often holds what nobody looks up again, and is given up.
const IN_VAIN: usize = 2 * *PLACES.end();

/// Neighbouring places in any of which a text may be.
const ROOMS: usize = 4;

/// What was found for texts, by the texts.
#[derive(Default)]
pub(super) struct Recent {
    places: Vec<[Place; ROOMS]>,
    /// How often a text was held.
    used: usize,
}

#[derive(Clone, Copy)]
struct Place {
    /// `None` where the place is free.
    object: Option<Object>,
    held: Held,
}

/// Two texts, one behind the other, and how long each is.
#[derive(Clone, Copy, Default)]
pub(super) struct Held {
    words: [u64; WORDS],
    lengths: [u8; 2],
}

impl Held {
    /// The texts as they are held; `None` where they are too long.
    #[inline]
    pub(super) fn of([first, second]: [&str; 2]) -> Option<Self> {
        let mut text = [[0; 8]; WORDS];
        let bytes = text.as_flattened_mut();
        bytes.get_mut(..first.len())?.copy_from_slice(first.as_bytes());
        bytes[first.len()..].get_mut(..second.len())?.copy_from_slice(second.as_bytes());
        let lengths = [u8::try_from(first.len()).ok()?, u8::try_from(second.len()).ok()?];
        Some(Self { words: text.map(u64::from_le_bytes), lengths })
    }

    #[inline]
    fn is(&self, other: &Self) -> bool {
        // Without a branch for each word.
        let words = self.words.iter().zip(&other.words);
        self.lengths == other.lengths && words.fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
    }

    /// A number that differs where texts do, nearly always. No defence is needed: who makes them meet makes them slow.
    #[inline]
    fn hash(&self) -> u64 {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let start = u64::from(u16::from_le_bytes(self.lengths));
        let words = self.words.iter().zip([3, 7, 11, 19, 23]);
        let sum = words.fold(start, |sum, (word, turn)| {
            sum.wrapping_add((word ^ (word >> 29)).wrapping_mul(ODD.rotate_left(turn) | 1))
        });
        (sum ^ (sum >> 32)).wrapping_mul(ODD)
    }
}

impl Recent {
    /// What was found for the texts, if they were looked up lately.
    #[inline]
    pub(super) fn find(&self, held: &Held) -> Option<Object> {
        let rooms = self.places.get(self.at(held.hash()))?;
        rooms.iter().find(|place| place.held.is(held))?.object
    }

    /// Holds what was found.
    pub(super) fn hold(&mut self, held: &Held, object: Object) {
        let n_places = ROOMS * self.places.len();
        if self.used >= IN_VAIN {
            self.places = Vec::new();
            return;
        }
        if n_places < *PLACES.end() && self.used >= n_places / 2 {
            let free = Place { object: None, held: Held::default() };
            self.places = vec![[free; ROOMS]; (4 * n_places).clamp(*PLACES.start(), *PLACES.end()) / ROOMS];
            self.used = 0;
        }
        let hash = held.hash();
        let at = self.at(hash);
        let rooms = &mut self.places[at];
        let free = rooms.iter().position(|place| place.object.is_none());
        let room = free.unwrap_or(usize::from(hash.to_le_bytes()[0]) % ROOMS);
        rooms[room] = Place { object: Some(object), held: *held };
        self.used += 1;
    }

    #[inline]
    fn at(&self, hash: u64) -> usize {
        let mask = (self.places.len() as u64).wrapping_sub(1);
        usize::try_from((hash >> 20) & mask).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_found_until_another_takes_its_place() {
        let mut recent = Recent::default();
        let texts: Vec<(i64, String)> = (0..40_000).map(|n| (n, format!("{n}"))).collect();
        let held = |text: &str| Held::of(["AD", text]).expect("short");
        for (uid, text) in &texts {
            assert_eq!(recent.find(&held(text)), None);
            recent.hold(&held(text), Object { end: 1, uid: *uid });
            assert_eq!(recent.find(&held(text)), Some(Object { end: 1, uid: *uid }));
        }
        for (uid, text) in &texts {
            assert!(recent.find(&held(text)).is_none_or(|object| object.uid == *uid), "{text}");
        }
    }

    #[test]
    fn where_one_text_ends_and_the_other_begins_counts() {
        let mut recent = Recent::default();
        recent.hold(&Held::of(["a", "bc"]).expect("short"), Object { end: 0, uid: 1 });
        for others in [["ab", "c"], ["", "abc"], ["abc", ""], ["a", "bc\0"], ["a", "cb"], ["b", "ac"]] {
            assert_eq!(Held::of(others).and_then(|held| recent.find(&held)), None, "{others:?}");
        }
        assert!(Held::of(["a", &"b".repeat(8 * WORDS)]).is_none());
        assert!(Held::of([&"b".repeat(8 * WORDS + 1), ""]).is_none());
        assert!(Held::of([&"b".repeat(300), ""]).is_none());
    }
}

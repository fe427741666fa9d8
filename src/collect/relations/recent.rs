//! Texts that were looked up a short while ago, with what was found: a table of fixed places, where a newer text takes
//! the place of an older one. It is small enough to stay near the processor.

use std::num::NonZeroU32;

use super::short::Object;

/// Places in the beginning, and at most: a table that is a third full becomes twice as large. Powers of two.
const PLACES: std::ops::RangeInclusive<usize> = (1 << 8)..=(1 << 16);

/// A table that was filled so often holds what nobody looks up again, and is given up.
const IN_VAIN: usize = 2 * *PLACES.end();

/// Neighbouring places in any of which a text may be: as many as are fetched at once.
const ROOMS: usize = 4;

/// What was found for pairs of texts, by the texts.
#[derive(Default)]
pub(super) struct Recent {
    places: Vec<Rooms>,
    /// All texts that were held, one behind the other. Those whose place was taken stay: they are not many.
    texts: Vec<u8>,
    /// How often texts were held.
    used: usize,
}

/// Neighbouring places, as large together as what is fetched at once.
#[derive(Clone, Default)]
#[repr(align(64))]
struct Rooms {
    hashes: [u32; ROOMS],
    places: [Place; ROOMS],
}

#[derive(Clone, Copy, Default)]
struct Place {
    start: u32,
    /// `None` where the place is free.
    uid: Option<NonZeroU32>,
    end: u8,
    /// How long each text is.
    lengths: [u8; 2],
}

/// Two texts that are short enough to be held.
#[derive(Clone, Copy)]
pub(super) struct Held<'t> {
    texts: [&'t str; 2],
    lengths: [u8; 2],
    hash: u32,
}

impl<'t> Held<'t> {
    /// The texts as they are held; `None` where they are too long.
    #[inline]
    pub(super) fn of(texts: [&'t str; 2]) -> Option<Self> {
        let [first, second] = texts;
        let lengths = [u8::try_from(first.len()).ok()?, u8::try_from(second.len()).ok()?];
        let hash = mixed(mixed(u64::from(u16::from_le_bytes(lengths)), first), second);
        Some(Self { texts, lengths, hash: u32::try_from(hash >> 32).unwrap_or_default() })
    }
}

/// A number that differs where texts do, nearly always. No defence is needed: who makes them meet makes them slow.
#[inline]
fn mixed(start: u64, text: &str) -> u64 {
    let mix = |hash: u64, word: u64| {
        let product = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        product ^ (product >> 32)
    };
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let hash = words.iter().fold(start, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let rest = match text.as_bytes().last_chunk::<8>() {
        Some(last) => u64::from_le_bytes(*last),
        None => rest.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
    };
    mix(hash, rest)
}

impl Recent {
    /// What was found for the texts, if they were looked up lately.
    #[inline]
    pub(super) fn find(&self, held: &Held<'_>) -> Option<Object> {
        let rooms = self.places.get(self.at(held.hash))?;
        // Without a branch for each place: which of them it is, nobody can foretell.
        let alike = rooms.hashes.iter().rev().fold(0_u32, |bits, hash| bits << 1 | u32::from(*hash == held.hash));
        let Place { start, uid, end, lengths } = *rooms.places.get(alike.trailing_zeros() as usize)?;
        let [first, second] = held.texts.map(str::as_bytes);
        let (a, rest) = self.texts.get(start as usize..)?.split_at_checked(first.len())?;
        let is_it = lengths == held.lengths && is_same(a, first) && is_same(rest.get(..second.len())?, second);
        Some(Object { end, uid: uid.filter(|_| is_it)? })
    }

    /// Holds what was found.
    pub(super) fn hold(&mut self, held: &Held<'_>, object: Object) {
        let n_places = ROOMS * self.places.len();
        let start = u32::try_from(self.texts.len()).ok().filter(|_| self.used < IN_VAIN);
        let Some(start) = start else {
            (self.places, self.texts) = (Vec::new(), Vec::new());
            return;
        };
        if n_places < *PLACES.end() && self.used >= n_places / 3 {
            self.grow((2 * n_places).clamp(*PLACES.start(), *PLACES.end()) / ROOMS);
        }
        held.texts.iter().for_each(|text| self.texts.extend_from_slice(text.as_bytes()));
        let Object { end, uid } = object;
        self.put(held.hash, Place { start, uid: Some(uid), end, lengths: held.lengths });
        self.used += 1;
    }

    fn grow(&mut self, n_rooms: usize) {
        for rooms in std::mem::replace(&mut self.places, vec![Rooms::default(); n_rooms]) {
            let taken = rooms.hashes.into_iter().zip(rooms.places).filter(|(_, place)| place.uid.is_some());
            taken.for_each(|(hash, place)| self.put(hash, place));
        }
    }

    fn put(&mut self, hash: u32, place: Place) {
        let at = self.at(hash);
        let Rooms { hashes, places } = &mut self.places[at];
        let free = places.iter().position(|place| place.uid.is_none());
        // Which of the others goes is told by bits that do not tell where they are.
        let room = free.unwrap_or(usize::from(hash.to_be_bytes()[0]) % ROOMS);
        (hashes[room], places[room]) = (hash, place);
    }

    #[inline]
    fn at(&self, hash: u32) -> usize {
        let mask = self.places.len().wrapping_sub(1);
        hash as usize & mask
    }
}

/// Whether two texts are one. The ends of a text are all of it where it is not twice as long.
#[inline]
pub(super) fn is_same(a: &[u8], b: &[u8]) -> bool {
    fn ends<const N: usize>(text: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        Some((text.first_chunk()?, text.last_chunk()?))
    }
    match a.len() {
        len if len != b.len() => false,
        // So short that a call would be the longer part.
        0..8 => a.iter().zip(b).all(|(a, b)| a == b),
        8..=16 => ends::<8>(a) == ends::<8>(b),
        17..=32 => ends::<16>(a) == ends::<16>(b),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn object(end: u8, uid: u32) -> Object {
        Object { end, uid: NonZeroU32::new(uid).expect("a number") }
    }

    #[test]
    fn what_is_held_is_found_until_another_takes_its_place() {
        let mut recent = Recent::default();
        let texts: Vec<(u32, String)> = (1..40_000).map(|n| (n, format!("{n}"))).collect();
        let held = |text| Held::of(["AD", text]).expect("short");
        for (uid, text) in &texts {
            assert!(recent.find(&held(text)).is_none());
            recent.hold(&held(text), object(1, *uid));
            assert_eq!(recent.find(&held(text)), Some(object(1, *uid)));
        }
        let found = texts.iter().filter_map(|(uid, text)| Some((object(1, *uid), recent.find(&held(text))?)));
        let found: Vec<(Object, Object)> = found.collect();
        assert!(found.iter().all(|(expected, object)| expected == object));
        assert!(found.len() > texts.len() / 2, "{}", found.len());
    }

    #[test]
    fn a_table_that_is_of_no_use_is_given_up() {
        let mut recent = Recent::default();
        for uid in 1..=u32::try_from(IN_VAIN).expect("few") + 1 {
            recent.hold(&Held::of([&format!("{uid}"), ""]).expect("short"), object(0, uid));
        }
        assert!(recent.places.is_empty() && recent.texts.is_empty());
        assert!(recent.find(&Held::of(["1", ""]).expect("short")).is_none());
    }

    #[test]
    fn where_one_text_ends_and_the_other_begins_counts() {
        let mut recent = Recent::default();
        recent.hold(&Held::of(["a", "bc"]).expect("short"), object(0, 1));
        for others in [["ab", "c"], ["", "abc"], ["abc", ""], ["a", "bc\0"], ["a", "cb"], ["b", "ac"]] {
            assert!(Held::of(others).and_then(|held| recent.find(&held)).is_none(), "{others:?}");
        }
        assert!(Held::of([&"b".repeat(256), ""]).is_none());
    }

    proptest! {
        #[test]
        fn texts_are_the_same_where_all_their_bytes_are(a in "[ab]{0,50}", b in "[ab]{0,3}", at in any::<prop::sample::Index>()) {
            prop_assert_eq!(is_same(a.as_bytes(), b.as_bytes()), a == b);
            prop_assert!(is_same(a.as_bytes(), a.clone().as_bytes()));
            let mut other = a.clone().into_bytes();
            if !other.is_empty() {
                other[at.index(a.len())] ^= 1;
                prop_assert!(!is_same(a.as_bytes(), &other));
            }
        }
    }
}

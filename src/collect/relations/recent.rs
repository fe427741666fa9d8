//! Texts that were looked up a short while ago, with what was found: a table of fixed places, where a newer text takes
//! the place of an older one. It is small enough to stay near the processor.

use super::short::Object;

/// Places in the beginning, and at most: a table that is half full becomes four times as large. Powers of two.
const PLACES: std::ops::RangeInclusive<usize> = (1 << 8)..=(1 << 16);

/// A table that was filled so often holds what nobody looks up again, and is given up.
const IN_VAIN: usize = 2 * *PLACES.end();

/// Neighbouring places in any of which a text may be: as many as are fetched at once.
const ROOMS: usize = 4;

/// What was found for pairs of texts, by the texts.
#[derive(Default)]
pub(super) struct Recent {
    places: Vec<[Place; ROOMS]>,
    /// All texts that were held, one behind the other. Those whose place was taken stay: they are not many.
    texts: Vec<u8>,
    /// How often texts were held.
    used: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    hash: u32,
    start: u32,
    /// How long each text is.
    lengths: [u8; 2],
    /// `None` where the place is free.
    object: Option<Object>,
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
        let is_alike = |place: &&Place| place.hash == held.hash && place.lengths == held.lengths;
        rooms.iter().filter(is_alike).find(|place| self.is_of(place, held))?.object
    }

    fn is_of(&self, place: &Place, held: &Held<'_>) -> bool {
        let [first, second] = held.texts.map(str::as_bytes);
        let text = self.texts.get(place.start as usize..).unwrap_or_default();
        let text = text.get(..first.len() + second.len()).unwrap_or_default();
        text.split_at_checked(first.len()).is_some_and(|(a, b)| is_same(a, first) && is_same(b, second))
    }

    /// Holds what was found.
    pub(super) fn hold(&mut self, held: &Held<'_>, object: Object) {
        let n_places = ROOMS * self.places.len();
        let start = u32::try_from(self.texts.len()).ok().filter(|_| self.used < IN_VAIN);
        let Some(start) = start else {
            (self.places, self.texts) = (Vec::new(), Vec::new());
            return;
        };
        if n_places < *PLACES.end() && self.used >= n_places / 2 {
            self.grow((4 * n_places).clamp(*PLACES.start(), *PLACES.end()) / ROOMS);
        }
        held.texts.iter().for_each(|text| self.texts.extend_from_slice(text.as_bytes()));
        let Held { lengths, hash, .. } = *held;
        self.put(Place { hash, start, lengths, object: Some(object) });
        self.used += 1;
    }

    fn grow(&mut self, n_rooms: usize) {
        let before = std::mem::replace(&mut self.places, vec![[Place::default(); ROOMS]; n_rooms]);
        before.into_iter().flatten().filter(|place| place.object.is_some()).for_each(|place| self.put(place));
    }

    fn put(&mut self, place: Place) {
        let at = self.at(place.hash);
        let rooms = &mut self.places[at];
        let free = rooms.iter().position(|place| place.object.is_none());
        // Which of the others goes is told by bits that do not tell where they are.
        let room = free.unwrap_or(usize::from(place.hash.to_be_bytes()[0]) % ROOMS);
        rooms[room] = place;
    }

    #[inline]
    fn at(&self, hash: u32) -> usize {
        let mask = self.places.len().wrapping_sub(1);
        hash as usize & mask
    }
}

/// Whether two texts are one. Those that are as long mostly differ at their end, which is looked at first.
#[inline]
pub(super) fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(last), Some(other)) => {
            last == other && a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0).all(|(a, b)| a == b)
        }
        // So short that a call would be the longer part.
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

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
        fn texts_are_the_same_where_all_their_bytes_are(a in "[ab]{0,20}", b in "[ab]{0,20}") {
            prop_assert_eq!(is_same(a.as_bytes(), b.as_bytes()), a == b);
            prop_assert!(is_same(a.as_bytes(), a.clone().as_bytes()));
        }
    }
}

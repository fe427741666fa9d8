//! What the rules compare of each account and identity, one row behind the other: whoever judges a pair jumps to two rows,
//! not to a place in each column.

use super::Compared;
use super::keys::Keys;
use super::texts::{Column, TextId, Texts};

/// What is compared of all rows of a side.
#[derive(Debug)]
pub(super) struct Lines {
    /// How many texts a row has.
    width: usize,
    /// The numbers of the texts, row by row.
    ids: Vec<TextId>,
    /// Where those texts of a row begin whose letters count, and where the last one ends, row by row.
    ends: Vec<usize>,
    /// How many texts of a row those are.
    spelt: usize,
    /// The letters of these texts, row by row.
    letters: String,
}

impl Lines {
    /// Some columns of texts by some rows, of which those are spelt out that are meant.
    fn of(columns: &[Column<'_>], rows: &[u32], is_spelt: &[bool]) -> Self {
        let spelt = is_spelt.iter().filter(|is_spelt| **is_spelt).count();
        let mut ids = Vec::with_capacity(rows.len() * columns.len());
        let mut ends = Vec::with_capacity(rows.len() * (spelt + 1));
        let mut letters = String::new();
        for row in rows.iter().map(|row| *row as usize) {
            ends.push(letters.len());
            for (column, is_spelt) in columns.iter().zip(is_spelt) {
                ids.push(column.ids[row]);
                if *is_spelt {
                    letters.push_str(column.text(row).unwrap_or_default());
                    ends.push(letters.len());
                }
            }
        }
        Self { width: columns.len(), ids, ends, spelt, letters }
    }

    /// The numbers of the texts of a row.
    pub(super) fn ids(&self, row: usize) -> &[TextId] {
        &self.ids[row * self.width..(row + 1) * self.width]
    }

    /// Reads a little of a row, so that the rest of it is at hand: rows that are read one behind the other and without a
    /// question between are fetched at once, and to fetch one takes longer than to judge it.
    pub(super) fn fetch(&self, row: usize) {
        let start = self.ends[row * (self.spelt + 1)];
        std::hint::black_box((self.ids(row).first(), self.letters.as_bytes().get(start)));
    }

    /// The letters of a text of a row, by its place among those that are spelt out.
    pub(super) fn letters(&self, row: usize, place: usize) -> &str {
        let ends = &self.ends[row * (self.spelt + 1) + place..];
        &self.letters[ends[0]..ends[1]]
    }
}

/// Where the texts of a comparison lie in the rows of identities.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) id: usize,
    /// Among those that are spelt out, where it is.
    pub(super) letters: usize,
}

/// The rows of accounts with a text for each comparison; those of identities with each different text of theirs once; both
/// in the order of the keys. And for each comparison where its texts lie in the rows of identities.
pub(super) fn sides(compared: &[Compared], texts: &Texts, keys: &Keys) -> (Lines, Lines, Vec<Vec<Place>>) {
    let is_spelt = |one: &Compared| one.comparison.likeness.is_of_letters();
    let accounts: Vec<Column<'_>> = compared.iter().map(|one| texts.of_accounts(&one.account)).collect();
    let spelt: Vec<bool> = compared.iter().map(is_spelt).collect();
    let accounts = Lines::of(&accounts, &keys.accounts, &spelt);
    let mut known = Vec::new();
    for (text, is_spelt) in compared.iter().flat_map(|one| one.identity.iter().map(|text| (text, is_spelt(one)))) {
        match known.iter_mut().find(|(known, _)| *known == text) {
            Some((_, known)) => *known |= is_spelt,
            None => known.push((text, is_spelt)),
        }
    }
    let places = compared.iter().map(|one| {
        let place = |text| {
            let id = known.iter().position(|(known, _)| *known == text).expect("it is known");
            Place { id, letters: known[..id].iter().filter(|(_, is_spelt)| *is_spelt).count() }
        };
        one.identity.iter().map(place).collect()
    });
    let places = places.collect();
    let columns: Vec<Column<'_>> = known.iter().map(|(text, _)| texts.of_identities(text)).collect();
    let spelt: Vec<bool> = known.iter().map(|(_, is_spelt)| *is_spelt).collect();
    (accounts, Lines::of(&columns, &keys.identities, &spelt), places)
}

//! Whom the rules compare: for each key the identities that bear it, one behind the other.

use rayon::prelude::*;

use super::SharedKey;
use super::texts::{Distinct, NOTHING, TextId, Texts};

/// The keys of the accounts that are left, and who bears them.
#[derive(Debug)]
pub(super) struct Keys {
    borne: Vec<Borne>,
    /// Those that make no pairs.
    pub(super) crowded: Vec<CrowdedKey>,
}

/// A key that too many identities share.
#[derive(Debug)]
pub(super) struct CrowdedKey {
    pub(super) rule: usize,
    pub(super) text: String,
    pub(super) accounts: i64,
    pub(super) identities: i64,
}

/// A key by its texts, which are numbers of its own.
#[derive(Debug)]
struct Borne {
    rule: usize,
    /// The text of each account.
    of_account: Vec<TextId>,
    /// Where the bearers of each text begin; one more than there are texts.
    starts: Vec<u32>,
    bearers: Vec<u32>,
}

impl Keys {
    /// The keys, of which those make no pairs that more than `most` identities share.
    pub(super) fn of(keys: &[SharedKey], most: u32, texts: &Texts, within: &[Option<Vec<bool>>]) -> Self {
        let found: Vec<(Borne, Vec<CrowdedKey>)> =
            keys.par_iter().map(|key| borne(key, most, texts, within[key.rule].as_deref())).collect();
        let (borne, crowded): (Vec<Borne>, Vec<Vec<CrowdedKey>>) = found.into_iter().unzip();
        Self { borne, crowded: crowded.into_iter().flatten().collect() }
    }

    /// Who shares a key with an account, by each key of a rule that speaks to it. Somebody may come several times.
    pub(super) fn sharing(&self, account: usize, is_within: impl Fn(usize) -> bool) -> impl Iterator<Item = u32> {
        let asked = self.borne.iter().filter(move |borne| is_within(borne.rule));
        asked.flat_map(move |borne| borne.bearers_of(borne.of_account[account])).copied()
    }
}

impl Borne {
    fn bearers_of(&self, text: TextId) -> &[u32] {
        if text == NOTHING {
            return &[];
        }
        let at = text as usize;
        &self.bearers[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

fn borne(key: &SharedKey, most: u32, texts: &Texts, within: Option<&[bool]>) -> (Borne, Vec<CrowdedKey>) {
    let mut distinct = Distinct::default();
    let sides: Vec<&[TextId]> = key.identity.iter().map(|text| texts.of_identities(text)).collect();
    let of_identity = each(&sides, texts, |text| distinct.number(text));
    let sides: Vec<&[TextId]> = key.account.iter().map(|text| texts.of_accounts(text)).collect();
    let mut of_account = each(&sides, texts, |text| distinct.find(text).unwrap_or(NOTHING));
    let mut identities = vec![0_u32; distinct.len()];
    of_identity.iter().filter(|id| **id != NOTHING).for_each(|id| identities[*id as usize] += 1);
    let mut accounts = vec![0_i64; distinct.len()];
    for (at, id) in of_account.iter_mut().enumerate() {
        if *id != NOTHING && within.is_none_or(|within| within[at]) {
            accounts[*id as usize] += 1;
            if identities[*id as usize] > most {
                *id = NOTHING;
            }
        }
    }
    let mut crowded = Vec::new();
    for (id, (accounts, identities)) in (0..).zip(accounts.into_iter().zip(&identities)) {
        if *identities > most && accounts > 0 {
            let text = distinct.text(id).to_owned();
            crowded.push(CrowdedKey { rule: key.rule, text, accounts, identities: i64::from(*identities) });
        }
    }
    let mut starts = Vec::with_capacity(identities.len() + 1);
    let mut next = 0;
    for count in identities {
        starts.push(next);
        next += count;
    }
    starts.push(next);
    let mut free = starts.clone();
    let mut bearers = vec![0; next as usize];
    for (identity, id) in (0..).zip(&of_identity) {
        if *id != NOTHING {
            let place = &mut free[*id as usize];
            bearers[*place as usize] = identity;
            *place += 1;
        }
    }
    (Borne { rule: key.rule, of_account, starts, bearers }, crowded)
}

/// What is made of the text of each row; nothing where a piece is nothing.
fn each(sides: &[&[TextId]], texts: &Texts, mut take: impl FnMut(&str) -> TextId) -> Vec<TextId> {
    let rows = sides.first().map_or(0, |side| side.len());
    let mut joined = String::new();
    let row = |at: usize| {
        joined.clear();
        for (place, side) in sides.iter().enumerate() {
            if side[at] == NOTHING {
                return NOTHING;
            }
            if place > 0 {
                joined.push('|');
            }
            joined.push_str(texts.all.text(side[at]));
        }
        take(&joined)
    };
    (0..rows).map(row).collect()
}

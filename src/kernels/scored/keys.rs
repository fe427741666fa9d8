//! Whom the rules compare: for each key the identities that bear it, one behind the other.

use super::SharedKey;
use super::parallel::at_once;
use super::texts::{Column, Distinct, NOTHING, TextId, Texts};

/// The keys of the accounts that are left, and who bears them.
#[derive(Debug)]
pub(super) struct Keys {
    borne: Vec<Borne>,
    /// Those that make no pairs.
    pub(super) crowded: Vec<CrowdedKey>,
    /// The accounts by the key that makes the most pairs: who is compared with the same people comes one behind the other.
    pub(super) accounts: Vec<u32>,
    /// The identities by the same key; bearers are places in it.
    pub(super) identities: Vec<u32>,
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
        let found: Vec<Found<'_>> = at_once(keys, |key| borne(key, most, texts, within[key.rule].as_deref()));
        let busiest = found.iter().max_by_key(|found| found.pairs()).expect("rules that add up have keys");
        let ranks = busiest.ranks();
        let accounts = by_text(&busiest.borne.of_account, &ranks);
        let identities = by_text(&busiest.of_identity, &ranks);
        let mut place_of = vec![0; identities.len()];
        for (place, identity) in (0..).zip(&identities) {
            place_of[*identity as usize] = place;
        }
        let (mut all, mut crowded) = (Vec::new(), Vec::new());
        for mut found in found {
            found.borne.bearers.iter_mut().for_each(|bearer| *bearer = place_of[*bearer as usize]);
            all.push(found.borne);
            crowded.extend(found.crowded);
        }
        Self { borne: all, crowded, accounts, identities }
    }

    /// Who shares a key with an account, by each key of a rule that speaks to it. Somebody may come several times.
    pub(super) fn sharing(&self, account: usize, is_within: impl Fn(usize) -> bool) -> impl Iterator<Item = u32> {
        let asked = self.borne.iter().filter(move |borne| is_within(borne.rule));
        asked.flat_map(move |borne| borne.bearers_of(borne.of_account[account])).copied()
    }
}

/// A key that was looked up, with what tells which makes the most pairs.
struct Found<'t> {
    borne: Borne,
    crowded: Vec<CrowdedKey>,
    of_identity: Vec<TextId>,
    distinct: KeyTexts<'t>,
}

impl Found<'_> {
    fn pairs(&self) -> usize {
        self.borne.of_account.iter().map(|text| self.borne.bearers_of(*text).len()).sum()
    }

    /// The place of each text among all in their order.
    fn ranks(&self) -> Vec<u32> {
        let mut sorted: Vec<TextId> = (0..).take(self.distinct.len()).collect();
        sorted.sort_unstable_by_key(|id| self.distinct.text(*id));
        let mut ranks = vec![0; sorted.len()];
        for (rank, id) in (0..).zip(sorted) {
            ranks[id as usize] = rank;
        }
        ranks
    }
}

/// Rows by the place of their text, those without one last.
fn by_text(of_row: &[TextId], ranks: &[u32]) -> Vec<u32> {
    let mut rows: Vec<(u32, u32)> =
        (0..).zip(of_row).map(|(row, text)| (ranks.get(*text as usize).copied().unwrap_or(u32::MAX), row)).collect();
    rows.sort_unstable();
    rows.into_iter().map(|(_, row)| row).collect()
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

fn borne<'t>(key: &SharedKey, most: u32, texts: &'t Texts, within: Option<&[bool]>) -> Found<'t> {
    let identities: Vec<Column<'_>> = key.identity.iter().map(|text| texts.of_identities(text)).collect();
    let accounts: Vec<Column<'_>> = key.account.iter().map(|text| texts.of_accounts(text)).collect();
    let (distinct, of_identity, mut of_account) =
        if let ([identities], [accounts]) = (identities.as_slice(), accounts.as_slice()) {
            own(*identities, *accounts)
        } else {
            let mut distinct = Distinct::default();
            let of_identity = each(&identities, |text| distinct.number(text));
            let of_account = each(&accounts, |text| distinct.find(text).unwrap_or(NOTHING));
            (KeyTexts::Joined(distinct), of_identity, of_account)
        };
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
    Found { borne: Borne { rule: key.rule, of_account, starts, bearers }, crowded, of_identity, distinct }
}

/// A key that is one text already: the identities' numbers of it, without those that only accounts have, counted anew.
fn own<'t>(identities: Column<'t>, accounts: Column<'t>) -> (KeyTexts<'t>, Vec<TextId>, Vec<TextId>) {
    let mut anew = vec![NOTHING; identities.texts.len()];
    let mut ids = Vec::new();
    let number = |id: &TextId| {
        if *id == NOTHING {
            return NOTHING;
        }
        let known = &mut anew[*id as usize];
        if *known == NOTHING {
            *known = TextId::try_from(ids.len()).expect("no more than texts");
            ids.push(*id);
        }
        *known
    };
    let of_identity = identities.ids.iter().map(number).collect();
    let find = |id: &TextId| if *id == NOTHING { NOTHING } else { anew[*id as usize] };
    let of_account = accounts.ids.iter().map(find).collect();
    (KeyTexts::Own(ids, identities.texts), of_identity, of_account)
}

/// What is made of the joined texts of each row; nothing where one is nothing.
fn each(sides: &[Column<'_>], mut take: impl FnMut(&str) -> TextId) -> Vec<TextId> {
    let rows = sides.first().map_or(0, |side| side.ids.len());
    let mut joined = String::new();
    let row = |at: usize| {
        joined.clear();
        for (place, side) in sides.iter().enumerate() {
            let Some(text) = side.text(at) else { return NOTHING };
            if place > 0 {
                joined.push('|');
            }
            joined.push_str(text);
        }
        take(&joined)
    };
    (0..rows).map(row).collect()
}

/// The texts of a key.
enum KeyTexts<'t> {
    /// Made of several.
    Joined(Distinct),
    /// One of the texts, by its own numbers.
    Own(Vec<TextId>, &'t Distinct),
}

impl KeyTexts<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Joined(distinct) => distinct.len(),
            Self::Own(ids, _) => ids.len(),
        }
    }

    fn text(&self, id: TextId) -> &str {
        match self {
            Self::Joined(distinct) => distinct.text(id),
            Self::Own(ids, distinct) => distinct.text(ids[id as usize]),
        }
    }
}

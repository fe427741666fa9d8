//! Texts as numbers: each different text of accounts and identities once, so that whoever compares them compares numbers.

use arrow::array::RecordBatch;
use hashbrown::{DefaultHashBuilder, HashTable};

use std::hash::BuildHasher as _;

use super::parallel::at_once;
use crate::engine::EngineError;
use crate::kernels::matching::Text;

/// The number of a text.
pub(super) type TextId = u32;

/// No text.
pub(super) const NOTHING: TextId = TextId::MAX;

/// Different texts, numbered from 0.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    bytes: String,
    ends: Vec<usize>,
    table: HashTable<TextId>,
    hasher: DefaultHashBuilder,
}

impl Distinct {
    /// The number of a text, a new one where it has none.
    pub(super) fn number(&mut self, text: &str) -> TextId {
        if let Some(known) = self.find(text) {
            return known;
        }
        let new = TextId::try_from(self.ends.len()).expect("less than four billion texts");
        assert!(new != NOTHING, "less than four billion texts");
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        let Self { bytes, ends, table, hasher } = self;
        table.insert_unique(hasher.hash_one(text), new, |id| hasher.hash_one(text_of(bytes, ends, *id)));
        new
    }

    /// The number of a text that may have one.
    pub(super) fn find(&self, text: &str) -> Option<TextId> {
        self.table.find(self.hasher.hash_one(text), |id| self.text(*id) == text).copied()
    }

    /// The text of a number.
    pub(super) fn text(&self, id: TextId) -> &str {
        text_of(&self.bytes, &self.ends, id)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

fn text_of<'t>(bytes: &'t str, ends: &[usize], id: TextId) -> &'t str {
    let at = id as usize;
    let start = if at == 0 { 0 } else { ends[at - 1] };
    &bytes[start..ends[at]]
}

/// A text with the numbers that it has in each row, which are of a group.
#[derive(Debug)]
struct Numbered {
    text: Text,
    group: usize,
    ids: Vec<TextId>,
}

/// What is compared of each account and each identity, as numbers. Only texts that are compared with each other, or with the
/// same ones, have numbers in common: they are a group.
#[derive(Debug)]
pub(super) struct Texts {
    groups: Vec<Distinct>,
    accounts: Vec<Numbered>,
    identities: Vec<Numbered>,
}

/// The numbers of a text, by row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column<'t> {
    pub(super) ids: &'t [TextId],
    pub(super) texts: &'t Distinct,
}

impl<'t> Column<'t> {
    /// The text of a row.
    pub(super) fn text(self, row: usize) -> Option<&'t str> {
        let id = self.ids[row];
        (id != NOTHING).then(|| self.texts.text(id))
    }
}

/// Texts of accounts and of identities that are compared with each other.
#[derive(Default)]
struct Group<'t> {
    accounts: Vec<&'t Text>,
    identities: Vec<&'t Text>,
}

impl Texts {
    /// The numbers of texts over the rows of accounts and of identities, by what is compared with what.
    pub(super) fn of<'t>(
        compared: impl Iterator<Item = (&'t Text, &'t Text)>,
        accounts: &[RecordBatch],
        identities: &[RecordBatch],
    ) -> Result<Self, EngineError> {
        let groups = groups(compared);
        let numbered = at_once(&groups, |group| {
            let mut distinct = Distinct::default();
            let mut side = |texts: &[&Text], rows: &[RecordBatch]| {
                texts.iter().map(|text| numbers(text, rows, &mut distinct)).collect::<Result<Vec<_>, _>>()
            };
            let (of_identities, of_accounts) = (side(&group.identities, identities)?, side(&group.accounts, accounts)?);
            Ok((distinct, of_accounts, of_identities))
        });
        let mut texts = Self { groups: Vec::new(), accounts: Vec::new(), identities: Vec::new() };
        for ((at, group), numbered) in groups.iter().enumerate().zip(numbered) {
            let (distinct, of_accounts, of_identities) = numbered?;
            let own = |(text, ids): (&&Text, Vec<TextId>)| Numbered { text: (*text).clone(), group: at, ids };
            texts.accounts.extend(group.accounts.iter().zip(of_accounts).map(own));
            texts.identities.extend(group.identities.iter().zip(of_identities).map(own));
            texts.groups.push(distinct);
        }
        Ok(texts)
    }

    /// The numbers of a text of accounts.
    pub(super) fn of_accounts(&self, text: &Text) -> Column<'_> {
        self.column(&self.accounts, text)
    }

    /// The numbers of a text of identities.
    pub(super) fn of_identities(&self, text: &Text) -> Column<'_> {
        self.column(&self.identities, text)
    }

    fn column<'t>(&'t self, numbered: &'t [Numbered], text: &Text) -> Column<'t> {
        let found =
            numbered.iter().find(|known| known.text == *text).expect("every text of the rules has been numbered");
        Column { ids: &found.ids, texts: &self.groups[found.group] }
    }
}

fn groups<'t>(compared: impl Iterator<Item = (&'t Text, &'t Text)>) -> Vec<Group<'t>> {
    let mut groups: Vec<Group<'t>> = Vec::new();
    for (account, identity) in compared {
        let has = |group: &mut Group<'t>| group.accounts.contains(&account) || group.identities.contains(&identity);
        let mut joined = Group { accounts: vec![account], identities: vec![identity] };
        for group in groups.extract_if(.., has) {
            joined.accounts.extend(group.accounts.into_iter().filter(|text| *text != account));
            joined.identities.extend(group.identities.into_iter().filter(|text| *text != identity));
        }
        groups.push(joined);
    }
    groups
}

fn numbers(text: &Text, rows: &[RecordBatch], distinct: &mut Distinct) -> Result<Vec<TextId>, EngineError> {
    let mut numbers = Vec::with_capacity(rows.iter().map(RecordBatch::num_rows).sum());
    for batch in rows {
        text.each(batch, |_, text| numbers.push(text.map_or(NOTHING, |text| distinct.number(text))))?;
    }
    Ok(numbers)
}

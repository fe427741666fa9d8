//! Texts as numbers: each different text of accounts and identities once, so that whoever compares them compares numbers.

use arrow::array::RecordBatch;
use hashbrown::{DefaultHashBuilder, HashTable};
use rayon::prelude::*;

use std::hash::BuildHasher as _;

use crate::engine::EngineError;
use crate::kernels::matching::Text;
use crate::table::{Field, Type};

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

/// A text with the number that it has in each row.
type Numbered = (Text, Vec<TextId>);

/// What is compared of each account and each identity, as numbers.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) all: Distinct,
    accounts: Vec<Numbered>,
    identities: Vec<Numbered>,
}

impl Texts {
    /// The numbers of some texts over the rows of accounts and of identities.
    pub(super) fn of(
        accounts: (&[&Text], &[RecordBatch]),
        identities: (&[&Text], &[RecordBatch]),
    ) -> Result<Self, EngineError> {
        let mut all = Distinct::default();
        let mut side = |(texts, rows): (&[&Text], &[RecordBatch])| -> Result<Vec<Numbered>, EngineError> {
            let own: Vec<(Distinct, Vec<TextId>)> =
                texts.par_iter().map(|text| numbers(text, rows)).collect::<Result<_, _>>()?;
            let own = texts.iter().zip(own).map(|(text, (distinct, mut numbers))| {
                let count = TextId::try_from(distinct.len()).expect("numbers of texts");
                let common: Vec<TextId> = (0..count).map(|id| all.number(distinct.text(id))).collect();
                numbers.iter_mut().filter(|id| **id != NOTHING).for_each(|id| *id = common[*id as usize]);
                ((*text).clone(), numbers)
            });
            Ok(own.collect())
        };
        let (accounts, identities) = (side(accounts)?, side(identities)?);
        Ok(Self { all, accounts, identities })
    }

    /// The numbers of a text of accounts, by row.
    pub(super) fn of_accounts(&self, text: &Text) -> &[TextId] {
        find(&self.accounts, text)
    }

    /// The numbers of a text of identities, by row.
    pub(super) fn of_identities(&self, text: &Text) -> &[TextId] {
        find(&self.identities, text)
    }
}

fn find<'t>(numbered: &'t [Numbered], text: &Text) -> &'t [TextId] {
    let found = numbered.iter().find(|(known, _)| known == text);
    &found.expect("every text of the rules has been numbered").1
}

fn numbers(text: &Text, rows: &[RecordBatch]) -> Result<(Distinct, Vec<TextId>), EngineError> {
    let mut distinct = Distinct::default();
    let mut numbers = Vec::with_capacity(rows.iter().map(RecordBatch::num_rows).sum());
    for batch in rows {
        text.each(batch, |_, text| numbers.push(text.map_or(NOTHING, |text| distinct.number(text))))?;
    }
    Ok((distinct, numbers))
}

/// Texts, none twice.
pub(super) fn distinct<'t>(texts: impl Iterator<Item = &'t Text>) -> Vec<&'t Text> {
    let mut distinct = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct
}

/// The columns that texts are made of, behind others.
pub(super) fn columns(first: &[&str], texts: &[&Text]) -> Vec<Field> {
    let kind = |name: &str| if name == "uid" { Type::Integer } else { Type::Text };
    let mut columns: Vec<Field> = first.iter().map(|name| Field::new(*name, kind(name))).collect();
    for field in texts.iter().flat_map(|text| text.columns()) {
        if !columns.iter().any(|known| known.name == field.name) {
            columns.push(field.clone());
        }
    }
    columns
}

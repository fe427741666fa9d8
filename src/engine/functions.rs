//! How alike two texts are, and how their letters are written: functions that the engine adds to SQL, under the names by which `DuckDB` knows them.
//!
//! Jaro-Winkler is that of Winkler (1990): a common prefix of up to four characters counts a tenth each, above 0.7.
//! Trigrams are those of `PostgreSQL`'s `pg_trgm`: each word with two blanks in front and one behind; the likeness is
//! what both have of what either has. `DuckDB` has no such function, nor one that transliterates: `explain` prints macros.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, StringArray};
use arrow::datatypes::DataType;
use datafusion::common::cast::as_string_array;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::settings::transliteration::Transliteration;

/// What `DuckDB` needs before it knows them all: statements to run once.
pub const DUCKDB_MACROS: [(&str, &str); 2] = [(
    "trigram_similarity",
    "CREATE OR REPLACE MACRO trigrams_of(t) AS list_distinct(flatten([[substr('  ' || w || ' ', i, 3) for i in range(1, length(w) + 2)] for w in string_split(t, ' ') if w <> '']));
CREATE OR REPLACE MACRO trigram_similarity(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL
  ELSE COALESCE(CAST(len(list_intersect(trigrams_of(a), trigrams_of(b))) AS DOUBLE) / NULLIF(len(list_distinct(list_concat(trigrams_of(a), trigrams_of(b)))), 0), 0) END;",
), (
    "transliterate",
    "CREATE OR REPLACE MACRO transliterate(t, pairs) AS
  list_reduce(list_prepend(t, string_split(pairs, ',')), lambda text, pair: replace(text, split_part(pair, '=', 1), split_part(pair, '=', 2)));",
)];

/// The functions that the engine adds.
pub(super) fn added() -> Vec<Arc<ScalarUDF>> {
    let function = |name, measure| Arc::new(ScalarUDF::new_from_impl(Likeness::of(name, measure)));
    vec![
        function("jaro_winkler_similarity", strsim::jaro_winkler as fn(&str, &str) -> f64),
        function("trigram_similarity", trigram_similarity as fn(&str, &str) -> f64),
        Arc::new(ScalarUDF::new_from_impl(Transliterate(text_and_text()))),
    ]
}

/// How alike two texts are by the trigrams of their words, 0 to 1; 0 where neither has a word.
#[must_use]
pub fn trigram_similarity(one: &str, other: &str) -> f64 {
    let (one, other) = (trigrams(one), trigrams(other));
    let common = one.intersection(&other).count();
    let either = one.len() + other.len() - common;
    if either == 0 { 0.0 } else { as_share(common, either) }
}

#[expect(clippy::cast_precision_loss, reason = "a text has fewer trigrams than a double has whole numbers")]
fn as_share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

fn trigrams(text: &str) -> BTreeSet<[char; 3]> {
    let mut trigrams = BTreeSet::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut last = [' '; 3];
        for character in word.chars().chain([' ']) {
            last = [last[1], last[2], character];
            trigrams.insert(last);
        }
    }
    trigrams
}

/// What functions of two texts are called with.
fn text_and_text() -> Signature {
    Signature::exact(vec![DataType::Utf8, DataType::Utf8], Volatility::Immutable)
}

/// A text with its letters written as a table of letters says, which is the second text: `ß=ss,ue=u`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Transliterate(Signature);

impl ScalarUDFImpl for Transliterate {
    fn name(&self) -> &'static str {
        "transliterate"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let (texts, tables) = (as_string_array(&arrays[0])?, as_string_array(&arrays[1])?);
        // The table is the same in every row, but where people ask otherwise.
        let mut last = (None, Transliteration::default());
        let written = texts.iter().zip(tables.iter()).map(|(text, table)| {
            let (text, table) = (text?, table?);
            if last.0 != Some(table) {
                last = (Some(table), Transliteration::parse(table));
            }
            Some(last.1.apply(text).into_owned())
        });
        let written: ArrayRef = Arc::new(written.collect::<StringArray>());
        Ok(ColumnarValue::Array(written))
    }
}

/// A function of two texts that gives a share.
#[derive(Debug)]
struct Likeness {
    name: &'static str,
    measure: fn(&str, &str) -> f64,
    signature: Signature,
}

impl Likeness {
    fn of(name: &'static str, measure: fn(&str, &str) -> f64) -> Self {
        Self { name, measure, signature: text_and_text() }
    }
}

// A function is told from another by its name.
impl PartialEq for Likeness {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Likeness {}

impl std::hash::Hash for Likeness {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Likeness {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let (one, other) = (as_string_array(&arrays[0])?, as_string_array(&arrays[1])?);
        let pairs = one.iter().zip(other.iter());
        let alike = pairs.map(|(one, other)| Some((self.measure)(one?, other?)));
        let alike: ArrayRef = Arc::new(alike.collect::<Float64Array>());
        Ok(ColumnarValue::Array(alike))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigrams_are_those_of_words_with_blanks_around() {
        let alike = |one, other| (trigram_similarity(one, other) * 1e6).round() / 1e6;
        assert!((alike("smith", "smits") - 0.5).abs() < 1e-9);
        assert!((alike("smith", "smath") - 0.333_333).abs() < 1e-9);
        assert!((alike("ann berg", "berg ann") - 1.0).abs() < 1e-9);
        assert!(alike("", "a").abs() < 1e-9);
        assert!(alike("", "").abs() < 1e-9);
    }
}

//! How letters and spellings are written before texts are compared: other alphabets in Latin letters, `ue` as `u`.

use std::borrow::Cow;
use std::fmt;

/// What is written for letters and spellings of normalised texts. As text, such as queries hold it: `ß=ss,ue=u`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transliteration {
    pairs: Vec<(String, String)>,
    /// Those of ASCII letters, which are all that a text of ASCII can have.
    ascii: Vec<(String, String)>,
    /// Whether ASCII letters are always written in ASCII.
    stays_ascii: bool,
}

impl Transliteration {
    /// Some letters with what is written for them, which may be nothing. They are replaced one after the other, in this order.
    #[must_use]
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        let ascii: Vec<_> = pairs.iter().filter(|(letters, _)| letters.is_ascii()).cloned().collect();
        let stays_ascii = ascii.iter().all(|(_, written)| written.is_ascii());
        Self { pairs, ascii, stays_ascii }
    }

    /// Reads the text of one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
        Self::of(pairs.map(|(letters, written)| (letters.to_owned(), written.to_owned())).collect())
    }

    /// Whether everything stays as it is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// A normalised text as it is compared.
    #[must_use]
    pub fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let pairs = if self.stays_ascii && text.is_ascii() { &self.ascii } else { &self.pairs };
        let mut text = Cow::Borrowed(text);
        for (letters, written) in pairs {
            if text.contains(letters.as_str()) {
                text = Cow::Owned(text.replace(letters.as_str(), written));
            }
        }
        text
    }
}

impl fmt::Display for Transliteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (letters, written)) in self.pairs.iter().enumerate() {
            write!(f, "{}{letters}={written}", if at == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_replaced_one_after_the_other() {
        let table = Transliteration::parse("æ=ae,ae=a,ь=,и=i,i=y");
        assert_eq!(table.apply("kjær"), "kjar");
        assert_eq!(table.apply("иiь"), "yy");
        assert_eq!(table.apply("smith"), "smyth");
        assert!(matches!(table.apply("olsen"), Cow::Borrowed("olsen")));
        assert_eq!(Transliteration::parse("a=ü,ü=u").apply("a"), "u");
        assert_eq!(Transliteration::parse(&table.to_string()), table);
    }
}

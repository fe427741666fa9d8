//! Key forms and match forms: the only two ways in which a text is changed so that it can be compared.

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::clean::{fold, trim};
use super::collector::KeyForm;
use crate::table::Kind;

impl KeyForm {
    /// The text in key form.
    #[must_use]
    pub fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let text = if self.trim { trim(text) } else { text };
        let composed = match is_nfc_quick(text.chars()) {
            _ if !self.nfc => Cow::Borrowed(text),
            IsNormalized::Yes => Cow::Borrowed(text),
            _ => Cow::Owned(text.nfc().collect()),
        };
        fold(composed, self.case)
    }
}

/// How the keys of every kind are written, and where single repositories differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyForms {
    /// Kinds that differ from the default.
    pub kinds: BTreeMap<Kind, KeyForm>,
    /// Repositories that differ from their kind, by code in key form.
    pub repositories: BTreeMap<String, RepositoryForms>,
}

/// How the keys within one repository are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepositoryForms {
    /// Identifiers of its accounts.
    pub accounts: KeyForm,
    /// Codes of its groups.
    pub groups: KeyForm,
}

impl KeyForms {
    /// The form of a kind's keys in a namespace, which is in key form itself; the empty text where there is none.
    #[must_use]
    pub fn of(&self, kind: Kind, namespace: &str) -> KeyForm {
        let repository = if self.repositories.is_empty() { None } else { self.repositories.get(namespace) };
        match (kind, repository) {
            (Kind::Account, Some(forms)) => forms.accounts,
            (Kind::Group, Some(forms)) => forms.groups,
            _ => self.kinds.get(&kind).copied().unwrap_or_default(),
        }
    }
}

/// The match form of a text: compatibility decomposition (NFKD), marks off, lower case, outer blanks off.
///
/// `É` becomes `e`; letters that Unicode does not decompose (`ø`, `ß`, `ł`) stay what they are.
#[must_use]
pub fn normalise(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase().trim().to_owned();
    }
    let bare: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    bare.to_lowercase().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::collector::Case;
    use super::*;

    #[test]
    fn a_match_form_drops_accents_case_and_outer_blanks() {
        assert_eq!(normalise("  Éloïse D'ANGÈLE "), "eloise d'angele");
        assert_eq!(normalise("Ｆｕｌｌ ﬁ"), "full fi");
        assert_eq!(normalise("Søren Łoś"), "søren łos");
    }

    #[test]
    fn two_spellings_of_one_key_have_one_key_form() {
        let form = KeyForm { trim: true, case: Case::Upper, nfc: true };
        assert_eq!(form.apply(" e\u{301}a1\u{a0}"), form.apply("ÉA1"));
        assert_eq!(KeyForm::default().apply("Ab 1"), "Ab 1");
    }
}

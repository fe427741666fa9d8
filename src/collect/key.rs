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

/// The key form of every kind, with exceptions by repository.
#[derive(Debug, Clone, Default)]
pub struct KeyForms {
    /// By kind; a kind that is not named has the default form.
    pub by_kind: BTreeMap<Kind, KeyForm>,
    /// Accounts and groups of one repository, by its code in key form.
    pub by_repository: BTreeMap<(Kind, String), KeyForm>,
}

impl KeyForms {
    /// The form of keys of a kind in a namespace, which is itself in key form.
    #[must_use]
    pub fn of(&self, kind: Kind, namespace: &str) -> KeyForm {
        let exception =
            if self.by_repository.is_empty() { None } else { self.by_repository.get(&(kind, namespace.to_owned())) };
        exception.or_else(|| self.by_kind.get(&kind)).copied().unwrap_or_default()
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

//! Key forms and match forms: the only two ways in which a text is changed so that it can be compared.

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::clean::{fold, trim};
use super::collector::KeyForm;
use super::rekeys::Rekeys;
use crate::table::Kind;

impl KeyForm {
    /// The text in key form.
    #[must_use]
    pub fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let text = if self.trim { trim(text) } else { text };
        let is_composed = !self.nfc || text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes;
        let composed = if is_composed { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) };
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
    /// Which keys became which.
    pub rekeys: Rekeys,
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
    /// A text as the key it means: in key form, and what that key is called now.
    #[must_use]
    pub fn key<'a>(&self, kind: Kind, namespace: &str, text: &'a str) -> Cow<'a, str> {
        self.renamed(kind, namespace, self.of(kind, namespace).apply(text))
    }

    /// What a key in key form is called now.
    #[must_use]
    pub fn renamed<'a>(&self, kind: Kind, namespace: &str, key: Cow<'a, str>) -> Cow<'a, str> {
        match self.rekeys.new_key(kind, namespace, &key) {
            Some(new) => Cow::Owned(new.to_owned()),
            None => key,
        }
    }

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
    let mut form = String::new();
    write_normalised(text, &mut form);
    form
}

/// Writes the match form of a text over what `form` holds.
pub(super) fn write_normalised(text: &str, form: &mut String) {
    form.clear();
    if text.is_ascii() {
        form.push_str(text.trim());
        form.make_ascii_lowercase();
        return;
    }
    // ASCII characters stay what they are and keep marks apart, so that only what lies between them is decomposed.
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| !c.is_ascii()) {
        form.push_str(&rest[..start]);
        let end = rest[start..].find(|c: char| c.is_ascii()).map_or(rest.len(), |len| start + len);
        form.extend(rest[start..end].nfkd().filter(|c| !is_combining_mark(*c)));
        rest = &rest[end..];
    }
    form.push_str(rest);
    if form.is_ascii() {
        form.make_ascii_lowercase();
    } else {
        *form = form.to_lowercase();
    }
    form.truncate(form.trim_end().len());
    form.drain(..form.len() - form.trim_start().len());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::collector::Case;
    use super::*;

    #[test]
    fn a_match_form_drops_accents_case_and_outer_blanks() {
        assert_eq!(normalise("  Éloïse D'ANGÈLE "), "eloise d'angele");
        assert_eq!(normalise("Ｆｕｌｌ ﬁ"), "full fi");
        assert_eq!(normalise("Søren Łoś"), "søren łos");
    }

    proptest! {
        #[test]
        fn a_match_form_is_the_same_whatever_lies_between_its_characters(text in "[a-cA-C é\u{301}\u{323}Åﬁ가\u{1100}\u{1161}ΣİǅＦ\u{a0}\t]{0,12}|\\PC{0,12}") {
            let bare: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
            prop_assert_eq!(normalise(&text), bare.to_lowercase().trim().to_owned());
        }

        #[test]
        fn folding_is_that_of_all_characters(text in "[a-zA-Z0-9 éÉßΣσ]{0,12}") {
            let folded = |case| fold(Cow::Borrowed(&text), case).into_owned();
            prop_assert_eq!(folded(Case::Lower), text.to_lowercase());
            prop_assert_eq!(folded(Case::Upper), text.to_uppercase());
        }

        #[test]
        fn trimming_takes_the_same_off_whatever_stands_at_the_ends(text in "[a\u{200b}\u{feff}\u{a0} é\t!~]{0,6}") {
            let is_blank = |c: char| c.is_whitespace() || "\u{200b}\u{200c}\u{200d}\u{feff}".contains(c);
            prop_assert_eq!(trim(&text), text.trim_matches(is_blank));
        }
    }

    #[test]
    fn two_spellings_of_one_key_have_one_key_form() {
        let form = KeyForm { trim: true, case: Case::Upper, nfc: true };
        assert_eq!(form.apply(" e\u{301}a1\u{a0}"), form.apply("ÉA1"));
        assert_eq!(KeyForm::default().apply("Ab 1"), "Ab 1");
    }
}

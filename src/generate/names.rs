//! Invented people: European given and family names, some of which are alike once accents are off.

use std::fmt;

#[rustfmt::skip]
const GIVEN: &[&str] = &[
    "Ingrid", "Anna", "Lars", "Zoé", "Zoe", "Michael", "Michaël", "Søren", "Åsa", "Jürgen", "Käthe", "Björn", "Chloé",
    "Chloe", "Élodie", "Hélène", "Benoît", "Céline", "François", "Françoise", "José", "Jose", "María", "Núria",
    "Nuria", "Íñigo", "Begoña", "Loïc", "Maëlle", "Raphaël", "Jérôme", "Aurélie", "André", "Andre", "Désirée", "Inès",
    "Ines", "Anne-Sophie", "Jean-Luc", "Karl-Heinz", "Marie-Claire", "Ana-Lucía", "Maria João", "Giulia", "Matteo",
    "Niccolò", "Chiara", "Femke", "Sander", "Lotte", "Bram", "Tomáš", "Jiří", "Zuzana", "Kateřina", "Eliška", "Marek",
    "Agnieszka", "Piotr", "Zofia", "Siobhán", "Aoife", "Ruairí", "Fiona", "Ewan", "Rhys", "Catrin", "Gwen", "Oliver",
    "Harriet", "Edith", "Martha", "Simon", "Clara", "Greta", "Astrid", "Sigrid", "Karin", "Britta", "Heidi", "Ursula",
    "Sabine", "Petra", "Anke", "Katrin", "Elke", "Birgit", "Renate", "Joost", "Wout", "Hanneke", "Pilar", "Carmen",
    "Javier", "Beatriz", "Rafael", "Tiago", "Inês", "Rui", "Mihai", "Ioana", "Ilinca", "Dimitra", "Nikos", "Eleni",
    "Kaja", "Maarja", "Tõnu", "Jānis", "Aiko", "Priya", "Youssef", "Leila", "Omar", "Nadia",
];

#[rustfmt::skip]
const FAMILY: &[&str] = &[
    "Weber", "Lindqvist", "Moreau", "Müller", "Muller", "O'Connor", "García", "Garcia", "Novák", "Novak", "Berglund",
    "Jansen", "Rossi", "Lefèvre", "Sørensen", "Åkesson", "Öberg", "Köhler", "Schäfer", "Böhm", "Jäger", "Núñez",
    "Peña", "Pena", "Ibáñez", "Castaño", "López", "O'Neill", "D'Angelo", "D'Amico", "van den Berg", "de la Fuente",
    "von Arnim", "de Vries", "van Dijk", "Le Goff", "Dvořák", "Kučera", "Procházka", "Veselý", "Horáček", "Garnier",
    "Faure", "Guérin", "Gauthier", "Chevalier", "Perrin", "Clément", "Marchand", "Fontaine", "Rousselet", "Bonnefoy",
    "Svensson", "Nyström", "Sjögren", "Bergström", "Holmgren", "Haugen", "Nygård", "Solberg", "Tveit", "Bakke",
    "Esposito", "Bianchi", "Colombo", "Marino", "Conti", "Greco", "Bakker", "Visser", "Mulder", "Kuijpers", "Nowak",
    "Kowalczyk", "Zielony", "Wójcik", "Silva", "Ferreira", "Gonçalves", "Magalhães", "Simões", "Araújo", "Schneider",
    "Fischer", "Wagner", "Becker", "Hoffmann", "Brandt", "Krüger", "Vogel", "Winkler", "Keller", "Baumann", "Graf",
    "Harrison", "Whitfield", "Ashdown", "Pemberton", "Thornley", "Cartwright", "Hollis", "McAllister", "MacLeod",
    "Byrne", "Gallagher", "Pryce", "Llewellyn", "Popescu", "Ionescu", "Papadakis", "Kallas", "Tamm", "Bērziņš",
    "Haddad", "Sharma", "Tanaka",
];

/// A family name, single or double.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Family {
    first: u8,
    second: Option<u8>,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FAMILY[usize::from(self.first)])?;
        match self.second {
            Some(second) => write!(f, "-{}", FAMILY[usize::from(second)]),
            None => Ok(()),
        }
    }
}

/// A person's name at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    given: u8,
    pub(crate) family: Family,
}

impl Name {
    /// The name of those numbers, taken round the lists.
    pub(crate) fn new(given: usize, family: Family) -> Self {
        Self { given: narrow(given % GIVEN.len()), family }
    }

    /// The same person under another family name.
    pub(crate) fn with_family(self, family: Family) -> Self {
        Self { family, ..self }
    }

    pub(crate) fn given(self) -> &'static str {
        GIVEN[usize::from(self.given)]
    }

    /// The name with every accent off and nothing but letters: `jeanluc.oconnor`.
    pub(crate) fn folded(self) -> String {
        format!("{}.{}", fold(self.given()), fold(&self.family.to_string()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.given(), self.family)
    }
}

impl Family {
    /// The family name of those numbers, taken round the list; a second one that equals the first is left out.
    pub(crate) fn new(first: usize, second: Option<usize>) -> Self {
        let first = narrow(first % FAMILY.len());
        let second = second.map(|second| narrow(second % FAMILY.len())).filter(|second| *second != first);
        Self { first, second }
    }
}

/// How many given names there are.
pub(crate) const GIVEN_NAMES: usize = GIVEN.len();
/// How many single family names there are.
pub(crate) const FAMILY_NAMES: usize = FAMILY.len();

/// Two names that differ only in accents.
pub(crate) fn homonyms() -> [Name; 2] {
    let at = |list: &[&str], name: &str| list.iter().position(|other| *other == name).expect("it is in the list");
    let family = |name| Family::new(at(FAMILY, name), None);
    [Name::new(at(GIVEN, "Zoé"), family("Müller")), Name::new(at(GIVEN, "Zoe"), family("Muller"))]
}

fn narrow(index: usize) -> u8 {
    u8::try_from(index).expect("the lists are shorter than 256 names")
}

/// Lower case, accents off, nothing but letters and digits left.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(plain).filter(char::is_ascii_alphanumeric).collect()
}

/// The letter without its accent, in the same case; any other character as it is.
pub(crate) fn plain(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' => 'a',
        'Á' | 'Å' => 'A',
        'č' | 'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ē' => 'e',
        'É' => 'E',
        'í' | 'î' | 'ï' => 'i',
        'Í' => 'I',
        'ñ' | 'ņ' => 'n',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => 'o',
        'Ö' => 'O',
        'ř' => 'r',
        'š' => 's',
        'ú' | 'ü' => 'u',
        'ý' => 'y',
        'ž' => 'z',
        other => other,
    }
}

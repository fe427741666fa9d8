//! What a page consists of, as data: blocks of facts, tables, forms, charts. `render` makes HTML of them, so that all pages look
//! and read alike, with the keyboard and by ear, too.

use jiff::Timestamp;

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Its title.
    pub(crate) title: String,
    /// The entry of the navigation that it belongs to, by path.
    pub(crate) under: &'static str,
    /// What stands on it, from top to bottom.
    pub(crate) blocks: Vec<Block>,
    /// Where its events come from, if it changes while it is looked at.
    pub(crate) live: Option<String>,
}

/// How good or bad something is. Colours only repeat what words say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Neither.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Somebody should look.
    Warn,
    /// Somebody must act.
    Bad,
    /// Under way.
    Busy,
}

impl Tone {
    /// The class in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Busy => "busy",
        }
    }
}

/// A piece of a page.
#[derive(Debug)]
pub(crate) enum Block {
    /// What matters most: a word and a sentence, and what to do.
    Banner(Banner),
    /// Names with what they are.
    Facts(Facts),
    /// Rows.
    Table(Table),
    /// A drawing.
    Chart(Chart),
    /// Something to fill in.
    Form(Form),
    /// Sentences.
    Text {
        /// What they are about.
        title: Option<String>,
        /// The sentences.
        paragraphs: Vec<String>,
    },
    /// A text as a program wrote it, folded away unless `is_open`.
    Code {
        /// What it is.
        title: String,
        /// The text.
        text: String,
        /// Whether it is shown at once.
        is_open: bool,
    },
    /// The way on that is meant, as a button.
    Way(Link),
    /// Ways on.
    Links {
        /// What they lead to.
        title: Option<String>,
        /// Each.
        links: Vec<Link>,
    },
}

/// What matters most.
#[derive(Debug, Default)]
pub(crate) struct Banner {
    pub(crate) tone: Tone,
    pub(crate) word: String,
    pub(crate) sentence: String,
    pub(crate) links: Vec<Link>,
}

/// A way on.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) text: String,
    pub(crate) href: String,
}

impl Link {
    pub(crate) fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// Names with what they are.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) title: Option<String>,
    pub(crate) facts: Vec<(String, Cell)>,
}

/// Rows under named columns.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// What the rows are.
    pub(crate) title: String,
    /// A sentence about them.
    pub(crate) about: Option<String>,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// What is said where there are none.
    pub(crate) empty: String,
    /// The pages before and behind, where there are more rows than are shown.
    pub(crate) pager: Option<Pager>,
    /// Where the whole table can be had as a file: each way's name with its address.
    pub(crate) files: Vec<Link>,
    /// How the rows came about: what an auditor runs.
    pub(crate) sql: Option<String>,
}

/// Where one is in a long table.
#[derive(Debug, Default)]
pub(crate) struct Pager {
    /// `rows 101 to 200 of 3,456`.
    pub(crate) place: String,
    pub(crate) before: Option<String>,
    pub(crate) behind: Option<String>,
}

/// What stands in a table or among facts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Cell {
    /// Nothing: null.
    #[default]
    Nothing,
    Text(String),
    /// A count, shown with groups of three.
    Number(i64),
    /// A text that leads somewhere.
    Link(String, String),
    /// A state, in a word and a colour.
    State(Tone, String),
    /// An instant, shown in the project's zone.
    At(Timestamp),
}

impl Cell {
    /// A text, or nothing.
    pub(crate) fn of(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text.into()))
    }

    /// A text, as a count where it is a whole number that the column says it is.
    pub(crate) fn counted(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Text(text.to_owned()), Self::Number)
    }

    /// The count, where it is one.
    pub(crate) fn number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// What it says, without where it leads; `None` = nothing.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Text(text) | Self::Link(text, _) | Self::State(_, text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::At(at) => Some(at.to_string()),
        }
    }

    /// A count.
    pub(crate) fn count(count: impl TryInto<i64>) -> Self {
        Self::Number(count.try_into().unwrap_or(i64::MAX))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A drawing, and the same in words.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) title: String,
    /// What whoever does not see it is told.
    pub(crate) words: String,
    /// The drawing: an `<svg>` made by `svg`, where every text is escaped.
    pub(crate) svg: String,
}

/// Something to fill in.
#[derive(Debug, Default)]
pub(crate) struct Form {
    pub(crate) title: Option<String>,
    pub(crate) about: Option<String>,
    /// Where it is sent to.
    pub(crate) action: String,
    /// Whether it only asks: then it is part of the address.
    pub(crate) is_question: bool,
    pub(crate) inputs: Vec<Input>,
    pub(crate) button: String,
    pub(crate) tone: Tone,
    /// Why it cannot be sent now, if it cannot.
    pub(crate) barred: Option<String>,
}

/// A field of a form.
#[derive(Debug)]
pub(crate) enum Input {
    /// A line.
    Line { name: String, label: String, value: String, hint: Option<String>, is_required: bool },
    /// A secret line; `autocomplete` says to password managers which.
    Secret { name: String, label: String, autocomplete: &'static str },
    /// One of several: value with label.
    Choice { name: String, label: String, value: String, options: Vec<(String, String)> },
    /// Yes or no.
    Tick { name: String, value: String, label: String, is_on: bool },
    /// A word above the fields that follow.
    Heading(String),
    /// Something that goes along.
    Hidden { name: String, value: String },
}

impl Input {
    /// A line that may stay empty.
    pub(crate) fn line(name: &str, label: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, label, value) = (name.to_owned(), label.into(), value.into());
        Self::Line { name, label, value, hint: None, is_required: false }
    }
}

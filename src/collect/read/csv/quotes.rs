//! What `csv-core` forgives about quotes.

/// Quoting that is not RFC 4180, by the number of the field it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A quote inside a field that did not begin with one.
    Bare(usize),
    /// Text between a closing quote and the next delimiter.
    After(usize),
}

impl Flaw {
    /// The field, counted from 0.
    pub(super) fn field(self) -> usize {
        match self {
            Flaw::Bare(field) | Flaw::After(field) => field,
        }
    }

    /// A lower-case fragment.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Flaw::Bare(_) => "a quote inside a field that is not quoted",
            Flaw::After(_) => "text after a closing quote",
        }
    }
}

/// What a look at the raw bytes of one record finds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Quoting {
    /// The first flaw.
    pub(super) flaw: Option<Flaw>,
    /// Where the quote stands that is open at the end.
    pub(super) open: Option<usize>,
}

/// Follows `csv-core` through a record, also past a flaw, so that both agree on what is open at the end.
pub(super) fn inspect(raw: &[u8], delimiter: u8, quote: u8) -> Quoting {
    enum At {
        Start,
        Plain,
        Quoted(usize),
        Closed,
    }
    let (mut at, mut field, mut flaw) = (At::Start, 0, None);
    for (offset, &byte) in raw.iter().enumerate() {
        at = match at {
            At::Quoted(_) if byte == quote => At::Closed,
            At::Quoted(_) => at,
            // After a closing quote this is a doubled one, and the field goes on.
            At::Start | At::Closed if byte == quote => At::Quoted(offset),
            _ if byte == delimiter => {
                field += 1;
                At::Start
            }
            At::Closed => {
                flaw.get_or_insert(Flaw::After(field));
                At::Plain
            }
            At::Start | At::Plain => {
                if byte == quote {
                    flaw.get_or_insert(Flaw::Bare(field));
                }
                At::Plain
            }
        };
    }
    let open = if let At::Quoted(offset) = at { Some(offset) } else { None };
    Quoting { flaw, open }
}

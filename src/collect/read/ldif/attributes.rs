//! From one entry to cells: the wanted attributes, and which ones nobody asked for.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::entry::Entry;
use crate::collect::read::output::{Output, Wrong};
use crate::collect::read::{Cell, Notice, Request};

/// The wanted attributes, and what was seen of them and others.
pub(super) struct Attributes<'a> {
    request: &'a Request<'a>,
    /// Wanted names in lower case, and their place among the columns.
    places: HashMap<String, usize>,
    was_seen: Vec<bool>,
    known: HashSet<String>,
    unused: Vec<String>,
}

impl<'a> Attributes<'a> {
    /// Nothing was seen yet.
    pub(super) fn new(request: &'a Request<'a>) -> Self {
        let places = request.columns.iter().enumerate().map(|(at, name)| (name.to_ascii_lowercase(), at)).collect();
        let was_seen = vec![false; request.columns.len()];
        Self { request, places, was_seen, known: HashSet::new(), unused: Vec::new() }
    }

    /// Hands over an entry, as rows or as a bad record. Values nobody wants are not looked at, so that a photo
    /// costs no entry.
    pub(super) fn hand_over(&mut self, entry: &Entry, out: &mut Output<'_>) {
        match self.values(entry) {
            Err(wrong) => out.bad(entry.line, wrong, entry.raw()),
            Ok(values) => {
                let cells: Vec<Vec<Cell<'_>>> =
                    values.iter().map(|texts| texts.iter().map(|text| Cell::Text(text)).collect()).collect();
                out.record(entry.line, self.request, &cells, &|| entry.raw());
            }
        }
    }

    /// What is reported at the end of the file.
    pub(super) fn into_notice(self, records: u64) -> Notice {
        let unseen = self.request.columns.iter().zip(&self.was_seen).filter(|(_, was_seen)| !**was_seen);
        let unseen_columns = unseen.map(|(column, _)| column.clone()).collect();
        Notice { records, unused_columns: self.unused, unseen_columns, header: Vec::new() }
    }

    fn values<'e>(&mut self, entry: &'e Entry) -> Result<Vec<Vec<Cow<'e, str>>>, Wrong> {
        let mut values = vec![Vec::new(); self.request.columns.len()];
        for (name, written) in entry.attributes()? {
            if let Some(&at) = self.places.get(&name) {
                self.was_seen[at] = true;
                let column = &self.request.columns[at];
                values[at].push(written.text().map_err(|reason| Wrong::column(column, reason))?);
            } else if self.known.insert(name.clone()) {
                self.unused.push(name);
            }
        }
        Ok(values)
    }
}

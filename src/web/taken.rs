//! A table of a page as a file: whatever a page shows in rows can be taken along, also what is no question to a timeslot.
//!
//! The page is asked for again with `take=csv` and `rows=` its title behind its own address; pages that are shown piece by piece
//! then give all of their rows.

use std::io::Seek;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};

use super::answer::{Answer, Refusal};
use super::ask::Ask;
use super::page::{Block, Cell, Link, Page, Table};
use super::question::escaped;
use super::sheet::{FileKind, file_name, write};
use crate::ledger::arrow_schema;
use crate::table::{Field, Type};

/// The fields that ask for a table as a file.
pub(super) const FIELDS: [&str; 2] = ["take", "rows"];

/// Whether the whole of a page's tables is wanted, as one is to be taken along.
pub(super) fn is_wanted(ask: &Ask) -> bool {
    ask.query.get(FIELDS[0]).is_some()
}

/// Where a table of a page can be had as a file.
pub(super) fn links(ask: &Ask, table: &Table) -> Vec<Link> {
    if table.rows.is_empty() {
        return Vec::new();
    }
    let (path, query) = ask.path.split_once('?').unwrap_or((&ask.path, ""));
    let kept = url::form_urlencoded::parse(query.as_bytes());
    let kept = kept.filter(|(name, _)| name != "page" && !FIELDS.contains(&name.as_ref()));
    let kept = kept.fold(String::new(), |all, (name, value)| format!("{all}{}={}&", escaped(&name), escaped(&value)));
    let link = |kind: &FileKind| {
        let href = format!("{path}?{kept}take={}&rows={}", kind.extension(), escaped(&table.title));
        Link::new(kind.extension().to_uppercase(), href)
    };
    FileKind::ALL.iter().map(link).collect()
}

/// The table of a page that is asked for, as a file; `None` where the page itself is.
///
/// # Errors
/// Where there is no such kind of file or table, or the file cannot be made.
pub(super) fn file(ask: &Ask, page: &Page) -> Result<Option<Answer>, Refusal> {
    let Some(kind) = ask.query.get(FIELDS[0]) else { return Ok(None) };
    let kind = FileKind::named(kind)
        .ok_or_else(|| Refusal::Wrong(format!("`{kind}` is no kind of file: there are csv, xlsx and parquet")))?;
    let title = ask.query.get(FIELDS[1]).unwrap_or_default();
    let tables = page.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let table = tables.into_iter().find(|table| table.title == title && !table.rows.is_empty());
    let table = table.ok_or_else(|| Refusal::NotFound(format!("the page has no rows of `{title}`")))?;
    let (fields, batch) = rows(table)?;
    let broken = |error: std::io::Error| Refusal::Broken(format!("no file for the download: {error}"));
    let mut file = tempfile::tempfile().map_err(broken)?;
    write(kind, title, &fields, &mut |sink| sink(batch.clone()), file.try_clone().map_err(broken)?)?;
    file.rewind().map_err(broken)?;
    let name = file_name(&format!("{} {title}", page.title), kind);
    Ok(Some(Answer::File { name, media: kind.media_type(), file }))
}

/// The rows of a table: counts as whole numbers, instants as instants, all else as text.
fn rows(table: &Table) -> Result<(Vec<Field>, RecordBatch), Refusal> {
    let (mut fields, mut arrays) = (Vec::new(), Vec::<ArrayRef>::new());
    for (at, name) in table.columns.iter().map(|name| name.replace(' ', "_")).enumerate() {
        let cells = || table.rows.iter().map(|row| row.get(at).unwrap_or(&Cell::Nothing));
        let told = || cells().filter(|cell| **cell != Cell::Nothing);
        let (kind, array): (Type, ArrayRef) = if told().all(|cell| matches!(cell, Cell::Number(_)))
            && told().count() > 0
        {
            (Type::Integer, Arc::new(cells().map(Cell::number).collect::<Int64Array>()))
        } else if told().all(|cell| matches!(cell, Cell::At(_))) && told().count() > 0 {
            let instants = cells().map(|cell| if let Cell::At(at) = cell { Some(at.as_microsecond()) } else { None });
            (Type::Timestamp, Arc::new(instants.collect::<TimestampMicrosecondArray>()))
        } else {
            (Type::Text, Arc::new(cells().map(Cell::text).collect::<StringArray>()))
        };
        // Two columns of one name would be one in a file.
        let twice = fields.iter().filter(|field: &&Field| field.name == name).count();
        fields.push(Field::new(&if twice > 0 { format!("{name}_{}", at + 1) } else { name.clone() }, kind));
        arrays.push(array);
    }
    let batch = RecordBatch::try_new(arrow_schema(&fields), arrays);
    Ok((fields, batch.map_err(|error| Refusal::Broken(error.to_string()))?))
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;

    use super::*;

    #[test]
    fn counts_are_numbers_instants_are_instants_and_all_else_is_text() {
        let row = |cells: [Cell; 4]| cells.to_vec();
        let table = Table {
            title: "t".to_owned(),
            columns: ["n", "at", "name", "n"].map(str::to_owned).to_vec(),
            rows: vec![
                row([Cell::Number(3), Cell::At(jiff::Timestamp::UNIX_EPOCH), Cell::from("=x"), Cell::Number(1)]),
                row([Cell::Nothing, Cell::Nothing, Cell::Link("y".to_owned(), "/y".to_owned()), Cell::from("z")]),
            ],
            ..Table::default()
        };
        let (fields, batch) = rows(&table).expect("a batch");
        let kinds: Vec<Type> = fields.iter().map(|field| field.kind).collect();
        assert_eq!(kinds, [Type::Integer, Type::Timestamp, Type::Text, Type::Text]);
        assert_eq!(fields[3].name, "n_4");
        assert_eq!(batch.column(0).null_count(), 1);
        let names = crate::engine::cells(&[batch]).expect("cells");
        assert_eq!(names[1], [None, None, Some("y".to_owned()), Some("z".to_owned())]);
    }
}

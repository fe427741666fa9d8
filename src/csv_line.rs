//! One line of CSV, by RFC 4180 with plain line feeds; safe to open in a spreadsheet.

/// What a spreadsheet begins a formula with, in some countries in its wide form; and what it skips before one.
const BEGINNINGS: [char; 12] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Puts cells into one line, with its line break. A cell that a spreadsheet would run begins with an apostrophe then.
pub(crate) fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.map(csv_cell).collect();
    match cells.as_slice() {
        // An empty line would be read as no line.
        [only] if only.is_empty() => "\"\"\n".to_owned(),
        _ => cells.join(",") + "\n",
    }
}

fn csv_cell(cell: &str) -> String {
    let guarded = if is_run(cell) { format!("'{cell}") } else { cell.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

/// Whether a spreadsheet might take a text for a formula. A number, such as -5, is none.
pub(crate) fn is_run(cell: &str) -> bool {
    cell.starts_with(BEGINNINGS) && !cell.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_text() {
        assert_eq!(csv_line(["=1+1", "-5", "a,b", "@x"].into_iter()), "'=1+1,-5,\"a,b\",'@x\n");
        assert_eq!(
            csv_line(["+49 30", "-1.5e3", "-inf", "\u{ff1d}1"].into_iter()),
            "'+49 30,-1.5e3,'-inf,'\u{ff1d}1\n"
        );
        assert_eq!(csv_line(["\n=1", "\r=1", "\t=1", "\0=1"].into_iter()), "\"'\n=1\",\"'\r=1\",'\t=1,'\0=1\n");
        assert_eq!(csv_line(["say \"so\"", "", "a=b"].into_iter()), "\"say \"\"so\"\"\",,a=b\n");
    }

    #[test]
    fn a_line_of_one_empty_cell_is_still_a_line() {
        assert_eq!(csv_line([""].into_iter()), "\"\"\n");
        assert_eq!(csv_line(["", ""].into_iter()), ",\n");
    }
}

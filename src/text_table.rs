//! Tables of text, side by side and safe to print.

/// Columns side by side: numbers to the right and grouped, texts to the left; control characters are shown, never sent.
pub(crate) fn aligned(columns: &[String], rows: &[Vec<String>]) -> String {
    let is_number = |cell: &str| !cell.is_empty() && cell.len() < 19 && cell.bytes().all(|byte| byte.is_ascii_digit());
    let numeric: Vec<bool> = (0..columns.len())
        .map(|at| {
            rows.iter().any(|row| !row[at].is_empty())
                && rows.iter().all(|row| row[at].is_empty() || is_number(&row[at]))
        })
        .collect();
    let shown: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            row.iter()
                .zip(&numeric)
                .map(|(cell, is_number)| if *is_number { grouped(cell) } else { plain(cell) })
                .collect()
        })
        .collect();
    let widths: Vec<usize> = (0..columns.len())
        .map(|at| {
            shown.iter().map(|row| row[at].chars().count()).chain([columns[at].chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().enumerate().map(|(at, cell)| {
            let blanks = " ".repeat(widths[at] - cell.chars().count());
            if numeric[at] { format!("{blanks}{cell}") } else { format!("{cell}{blanks}") }
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut text = line(columns);
    text.push_str(&format!("{}\n", rule.join("  ")));
    for row in &shown {
        text.push_str(&line(row));
    }
    text
}

/// A number in groups of three.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text that cannot move the cursor or set a colour.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c) {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_stand_to_the_right() {
        let columns = ["table".to_owned(), "rows".to_owned()];
        let rows = [vec!["rights".to_owned(), "3706545".to_owned()], vec!["x".to_owned(), "7".to_owned()]];
        assert_eq!(
            aligned(&columns, &rows),
            "table        rows\n------  ---------\nrights  3,706,545\nx               7\n"
        );
    }

    #[test]
    fn a_name_cannot_colour_the_terminal() {
        assert_eq!(plain("a\u{1b}[31mb\u{202e}"), "a\u{fffd}[31mb\u{fffd}");
    }
}

//! The letter as one HTML page: the mail's second part and the run's `report.html`. No image, no script, nothing from
//! elsewhere; styles stand on the elements, because mail programs drop the rest. The one style sheet is for dark mode.

use super::letter::{Letter, Section};

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// Colours after dark, for programs that know the wish; the others show the light page.
const DARK: &str = "<style>@media (prefers-color-scheme: dark){\
.page{background:#14171c !important}.card{background:#1d2128 !important;border-top-color:#2f3540 !important;\
border-right-color:#2f3540 !important;border-bottom-color:#2f3540 !important}.plain{border-left-color:#2f3540 !important}\
.ink,.card td{color:#e6e8ec !important}.card .soft,.soft{color:#9aa3b0 !important}.card .none{color:#5d6673 !important}\
.line{border-color:#2f3540 !important}.code{background:#2a2f38 !important;color:#e6e8ec !important}}\
@media (max-width:520px){.page{padding:8px !important}.card{padding:12px !important}\
.card th{white-space:normal !important}.card th,.card td{padding-right:7px !important;font-size:12px !important}}</style>";

/// The page.
#[must_use]
pub fn html(letter: &Letter<'_>) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
         <title>{}</title>{DARK}</head>\
         <body class=\"page\" style=\"margin:0;padding:16px;background:#f2f4f7;{FONT}\">\
         <div style=\"max-width:720px;margin:0 auto\">",
        escaped(&letter.subject())
    );
    page.push_str(&verdict(letter));
    for section in letter.sections() {
        page.push_str(&card(&section.title, &table(&section)));
    }
    page.push_str(&card("stages", &stages(letter)));
    page.push_str(&facts(letter));
    page.push_str("</div></body></html>\n");
    page
}

/// The word, the sentence, and what to do now.
fn verdict(letter: &Letter<'_>) -> String {
    let (colour, word) = (colour(letter.word()), letter.word());
    let mut text = format!(
        "<div class=\"card\" style=\"background:#ffffff;border:1px solid #dde1e7;border-left:6px solid {colour};border-radius:8px;padding:16px 18px;margin:0 0 12px\">\
         <div class=\"soft\" style=\"font-size:13px;color:#5b6472\">{} &middot; {}{}</div>\
         <div style=\"display:inline-block;margin:8px 0 6px;padding:3px 10px;border-radius:4px;background:{colour};color:#ffffff;font-weight:700;font-size:15px;letter-spacing:.04em\">{word}</div>\
         <div class=\"ink\" style=\"font-size:16px;line-height:1.45;color:#1b2027\">{}</div>",
        escaped(&letter.project),
        escaped(&letter.summary.plan),
        letter.summary.timeslot.as_ref().map(|id| format!(" &middot; {id}")).unwrap_or_default(),
        escaped(&letter.sentence()),
    );
    for (what, command) in letter.next_steps() {
        text.push_str(&format!(
            "<div class=\"soft\" style=\"font-size:13px;color:#5b6472;margin-top:12px\">{}</div>\
             <div class=\"code\" style=\"font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;background:#eef1f5;color:#1b2027;border-radius:5px;padding:7px 9px;margin-top:3px;word-break:break-word\">{}</div>",
            escaped(&what),
            escaped(&command)
        ));
    }
    text.push_str("</div>");
    text
}

fn card(title: &str, body: &str) -> String {
    format!(
        "<div class=\"card plain\" style=\"background:#ffffff;border:1px solid #dde1e7;border-radius:8px;padding:14px 18px;margin:0 0 12px\">\
         <div class=\"soft\" style=\"font-size:12px;font-weight:700;letter-spacing:.06em;text-transform:uppercase;color:#5b6472;margin:0 0 6px\">{}</div>\
         <div style=\"overflow-x:auto\">{body}</div></div>",
        escaped(title)
    )
}

/// A table, numbers to the right.
fn table(section: &Section) -> String {
    let is_number = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    let numeric: Vec<bool> = (0..section.columns.len())
        .map(|at| section.rows.iter().all(|row| row[at].is_empty() || is_number(&row[at])))
        .collect();
    let side = |at: usize| if numeric[at] { "right" } else { "left" };
    let mut text = String::from("<table style=\"border-collapse:collapse;width:100%;font-size:13px\"><tr>");
    for (at, column) in section.columns.iter().enumerate() {
        text.push_str(&format!(
            "<th class=\"soft line\" style=\"text-align:{};font-weight:600;color:#5b6472;padding:4px 10px 4px 0;border-bottom:1px solid #dde1e7;white-space:nowrap\">{}</th>",
            side(at),
            escaped(&column.replace('_', " "))
        ));
    }
    text.push_str("</tr>");
    for row in &section.rows {
        text.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            // What is 0 is there, and does not ask to be read.
            let (class, ink) = if cell == "0" { ("line none", "#b4bac4") } else { ("line", "#1b2027") };
            let wrap = if cell.len() > 16 { "normal" } else { "nowrap" };
            let cell = if numeric[at] { grouped(cell) } else { escaped(cell).replace('_', "_<wbr>") };
            text.push_str(&format!(
                "<td class=\"{class}\" style=\"text-align:{};color:{ink};padding:5px 10px 5px 0;border-bottom:1px solid #eef0f3;white-space:{wrap};vertical-align:top\">{cell}</td>",
                side(at)
            ));
        }
        text.push_str("</tr>");
    }
    text.push_str("</table>");
    for remark in section.remarks() {
        text.push_str(&small(&remark));
    }
    text
}

fn stages(letter: &Letter<'_>) -> String {
    let mut text = String::from("<table style=\"border-collapse:collapse;width:100%;font-size:13px\">");
    for (stage, headline, took) in letter.stages() {
        text.push_str(&format!(
            "<tr><td style=\"color:#1b2027;font-weight:600;padding:4px 12px 4px 0;vertical-align:top\">{stage}</td>\
             <td style=\"color:#1b2027;padding:4px 12px 4px 0\">{}</td>\
             <td class=\"soft\" style=\"color:#5b6472;padding:4px 0;text-align:right;white-space:nowrap;vertical-align:top\">{took}</td></tr>",
            escaped(&headline)
        ));
    }
    text.push_str("</table>");
    for note in letter.notes() {
        text.push_str(&small(note));
    }
    text
}

fn facts(letter: &Letter<'_>) -> String {
    let facts: Vec<String> = letter.facts().iter().map(|(what, is)| format!("{what}: {}", escaped(is))).collect();
    format!(
        "<div class=\"soft\" style=\"font-size:12px;line-height:1.6;color:#5b6472;padding:2px 4px 12px\">{}<br>\
         Keep the head of the log: <i>ledgerline verify --expect</i> notices whether the log was rewritten.</div>",
        facts.join("<br>")
    )
}

fn small(text: &str) -> String {
    format!("<div class=\"soft\" style=\"font-size:12px;color:#5b6472;margin-top:6px\">{}</div>", escaped(text))
}

/// The verdict's colour; the word says it too, for whoever cannot tell colours apart.
fn colour(word: &str) -> &'static str {
    match word {
        "CONFIRMED" => "#1a7f4b",
        "HELD" => "#b35900",
        "FAILED" => "#b3261e",
        _ => "#3b5b8c",
    }
}

/// A number in groups of three, with blanks that do not break.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push_str("&#8239;");
        }
        text.push(digit);
    }
    text
}

/// Text that is shown and means nothing else.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

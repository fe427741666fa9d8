//! What all our pages look like: those of mails about runs and those of reports. No image, no script, nothing from elsewhere;
//! styles stand on the elements, because mail programs drop the rest. The one style sheet is for dark mode.

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// Colours after dark, for programs that know the wish; the others show the light page.
const DARK: &str = "<style>@media (prefers-color-scheme: dark){\
.page{background:#14171c !important}.card{background:#1d2128 !important;border-top-color:#2f3540 !important;\
border-right-color:#2f3540 !important;border-bottom-color:#2f3540 !important}.plain{border-left-color:#2f3540 !important}\
.ink,.card td{color:#e6e8ec !important}.card .soft,.soft{color:#9aa3b0 !important}.card .none{color:#5d6673 !important}\
.line{border-color:#2f3540 !important}.code{background:#2a2f38 !important;color:#e6e8ec !important}}\
@media (max-width:520px){.page{padding:8px !important}.card{padding:12px !important}\
.card th{white-space:normal !important}.card th,.card td{padding-right:7px !important;font-size:12px !important}}</style>";

/// A whole page: its title, and what stands on it.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
         <title>{}</title>{DARK}</head>\
         <body class=\"page\" style=\"margin:0;padding:16px;background:#f2f4f7;{FONT}\">\
         <div style=\"max-width:720px;margin:0 auto\">{body}</div></body></html>\n",
        escaped(title)
    )
}

/// The first card: where it comes from, the verdict as a word in its colour and as a sentence, and what follows.
pub(crate) fn banner(over: &str, word: &str, colour: &str, sentence: &str, rest: &str) -> String {
    format!(
        "<div class=\"card\" style=\"background:#ffffff;border:1px solid #dde1e7;border-left:6px solid {colour};border-radius:8px;padding:16px 18px;margin:0 0 12px\">\
         <div class=\"soft\" style=\"font-size:13px;color:#5b6472\">{over}</div>\
         <div style=\"display:inline-block;margin:8px 0 6px;padding:3px 10px;border-radius:4px;background:{colour};color:#ffffff;font-weight:700;font-size:15px;letter-spacing:.04em\">{word}</div>\
         <div class=\"ink\" style=\"font-size:16px;line-height:1.45;color:#1b2027\">{}</div>{rest}</div>",
        escaped(sentence)
    )
}

/// A command, under what it is for.
pub(crate) fn command(what: &str, command: &str) -> String {
    format!(
        "<div class=\"soft\" style=\"font-size:13px;color:#5b6472;margin-top:12px\">{}</div>{}",
        escaped(what),
        code(command)
    )
}

/// A link, which shows where it leads.
pub(crate) fn link(what: &str, url: &str) -> String {
    let url = escaped(url);
    format!(
        "<div class=\"soft\" style=\"font-size:13px;color:#5b6472;margin-top:12px\">{}: \
         <a class=\"ink\" style=\"color:#1f4e9c;word-break:break-word\" href=\"{url}\">{url}</a></div>",
        escaped(what)
    )
}

/// What is typed.
pub(crate) fn code(command: &str) -> String {
    format!(
        "<div class=\"code\" style=\"font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;background:#eef1f5;color:#1b2027;border-radius:5px;padding:7px 9px;margin-top:3px;word-break:break-word\">{}</div>",
        escaped(command)
    )
}

/// Small print at the end, line by line.
pub(crate) fn small_print(lines: &[String]) -> String {
    format!(
        "<div class=\"soft\" style=\"font-size:12px;line-height:1.6;color:#5b6472;padding:2px 4px 12px\">{}</div>",
        lines.join("<br>")
    )
}

/// The colours of verdicts; the word says it too, for whoever cannot tell colours apart.
pub(crate) const GREEN: &str = "#1a7f4b";
pub(crate) const AMBER: &str = "#b35900";
pub(crate) const RED: &str = "#b3261e";
pub(crate) const BLUE: &str = "#3b5b8c";

/// A card with a title.
pub(crate) fn card(title: &str, body: &str) -> String {
    format!(
        "<div class=\"card plain\" style=\"background:#ffffff;border:1px solid #dde1e7;border-radius:8px;padding:14px 18px;margin:0 0 12px\">\
         <div class=\"soft\" style=\"font-size:12px;font-weight:700;letter-spacing:.06em;text-transform:uppercase;color:#5b6472;margin:0 0 6px\">{}</div>\
         <div style=\"overflow-x:auto\">{body}</div></div>",
        escaped(title)
    )
}

/// A table, numbers to the right.
pub(crate) fn table(columns: &[String], rows: &[Vec<String>]) -> String {
    let is_number = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    let numeric: Vec<bool> =
        (0..columns.len()).map(|at| rows.iter().all(|row| row[at].is_empty() || is_number(&row[at]))).collect();
    let side = |at: usize| if numeric[at] { "right" } else { "left" };
    let mut text = String::from("<table style=\"border-collapse:collapse;width:100%;font-size:13px\"><tr>");
    for (at, column) in columns.iter().enumerate() {
        text.push_str(&format!(
            "<th class=\"soft line\" style=\"text-align:{};font-weight:600;color:#5b6472;padding:4px 10px 4px 0;border-bottom:1px solid #dde1e7;white-space:nowrap\">{}</th>",
            side(at),
            escaped(&column.replace('_', " "))
        ));
    }
    text.push_str("</tr>");
    for row in rows {
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
    text
}

/// A remark.
pub(crate) fn small(text: &str) -> String {
    format!("<div class=\"soft\" style=\"font-size:12px;color:#5b6472;margin-top:6px\">{}</div>", escaped(text))
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
pub(crate) fn escaped(text: &str) -> String {
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

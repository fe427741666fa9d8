//! The letter as one HTML page: the mail's second part and the run's `report.html`.

use super::letter::Letter;
use super::look::{AMBER, BLUE, GREEN, RED, banner, card, command, escaped, link, page, small, small_print, table};

/// The page.
#[must_use]
pub fn html(letter: &Letter<'_>) -> String {
    let mut body = verdict(letter);
    for section in letter.sections() {
        let remarks: String = section.remarks().iter().map(|remark| small(remark)).collect();
        body.push_str(&card(&section.title, &(table(&section.columns, &section.rows) + &remarks)));
    }
    body.push_str(&card("stages", &stages(letter)));
    body.push_str(&facts(letter));
    page(&letter.subject(), &body)
}

/// The word, the sentence, and what to do now.
fn verdict(letter: &Letter<'_>) -> String {
    let over = format!(
        "{} &middot; {}{}",
        escaped(&letter.project),
        escaped(&letter.summary.plan),
        letter.summary.timeslot.as_ref().map(|id| format!(" &middot; {id}")).unwrap_or_default()
    );
    let steps: String = letter.next_steps().iter().map(|(what, step)| command(what, step)).collect();
    let links: String = letter.links().iter().map(|(what, url)| link(what, url)).collect();
    banner(&over, letter.word(), colour(letter.word()), &letter.sentence(), &(steps + &links))
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
    let mut lines: Vec<String> = letter.facts().iter().map(|(what, is)| format!("{what}: {}", escaped(is))).collect();
    lines.push(
        "Keep the head of the log: <i>ledgerline verify --expect</i> notices whether the log was rewritten.".to_owned(),
    );
    small_print(&lines)
}

/// The verdict's colour; the word says it too, for whoever cannot tell colours apart.
fn colour(word: &str) -> &'static str {
    match word {
        "CONFIRMED" => GREEN,
        "HELD" | "CONFIRMED, WARNED" => AMBER,
        "FAILED" => RED,
        _ => BLUE,
    }
}

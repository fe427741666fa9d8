//! The report as one HTML page, in the look of all our mails.

use super::Report;
use super::advice::{Advice, When};
use super::probe::Outcome;
use super::score::points;
use super::text::SCORE;
use crate::event::ReportTable;
use crate::mail::look::{AMBER, BLUE, GREEN, RED, banner, card, code, escaped, page, small, small_print, table};

/// The page.
#[must_use]
pub fn html(report: &Report) -> String {
    let over = format!("{} &middot; {} &middot; {}", escaped(&report.project), report.kind.title(), report.made);
    let mut body = banner(&over, &report.word, colour(&report.word), &report.sentence, &list(report, When::Today));
    body.push_str(&card("health", &health(report)));
    body.push_str(&card(SCORE, &score(report)));
    let changes = report.changes();
    body.push_str(&card(&changes.title, &trends(&changes)));
    let later = list(report, When::Soon);
    if !later.is_empty() {
        body.push_str(&card("can wait", &later));
    }
    for shown in &report.tables {
        body.push_str(&card(&shown.title, &table(&shown.columns, &shown.rows)));
    }
    let facts = report.facts();
    body.push_str(&small_print(&facts.iter().map(|(what, is)| format!("{what}: {}", escaped(is))).collect::<Vec<_>>()));
    page(&report.subject(), &body)
}

fn colour(word: &str) -> &'static str {
    match word {
        "ALL WELL" => GREEN,
        "ACT TODAY" => RED,
        _ => BLUE,
    }
}

/// What to do, each with its command and its page.
fn list(report: &Report, when: When) -> String {
    let item = |(at, advice): (usize, &Advice)| {
        let mut text = format!(
            "<div class=\"ink\" style=\"font-size:14px;line-height:1.4;color:#1b2027;margin-top:{}px\">{}. {}</div>",
            if at == 0 && when == When::Soon { 0 } else { 12 },
            at + 1,
            escaped(&advice.what)
        );
        text.push_str(&advice.command.as_deref().map(code).unwrap_or_default());
        text.push_str(&advice.page.as_ref().map(|page| small(&format!("the whole way: {page}"))).unwrap_or_default());
        text
    };
    report.advice.iter().filter(|advice| advice.when == when).enumerate().map(item).collect()
}

const CELL: &str = "padding:5px 10px 5px 0;border-bottom:1px solid #eef0f3;vertical-align:top";

/// A table of our own rows, each the text of its cells.
fn rows(rows: impl Iterator<Item = String>) -> String {
    let rows: String = rows.map(|row| format!("<tr>{row}</tr>")).collect();
    format!("<table style=\"border-collapse:collapse;width:100%;font-size:13px\">{rows}</table>")
}

fn cell(text: &str, style: &str) -> String {
    format!("<td class=\"line\" style=\"color:#1b2027;{style};{CELL}\">{text}</td>")
}

fn health(report: &Report) -> String {
    rows(report.probes.iter().map(|probe| {
        let colour = match probe.outcome {
            Outcome::Good => GREEN,
            Outcome::Unknown => BLUE,
            Outcome::Warn => AMBER,
            Outcome::Bad => RED,
        };
        let word = format!(
            "<span style=\"display:inline-block;min-width:58px;text-align:center;padding:1px 6px;border-radius:4px;background:{colour};color:#ffffff;font-size:12px;font-weight:600\">{}</span>",
            probe.outcome
        );
        cell(&word, "width:78px")
            + &cell(&escaped(&probe.name).replace('_', "_<wbr>"), "font-weight:600")
            + &cell(&escaped(&probe.sentence), "")
    }))
}

/// Each part with a bar as long as what it gives of its weight, and the sum written out.
fn score(report: &Report) -> String {
    let total = format!(
        "<div class=\"ink\" style=\"font-size:26px;font-weight:700;color:#1b2027;margin:0 0 6px\">{} <span class=\"soft\" style=\"font-size:14px;font-weight:400;color:#5b6472\">of 100</span></div>",
        points(report.score.tenths)
    );
    let arithmetic = report.arithmetic();
    let parts = report.score.parts.iter().zip(&arithmetic.rows).map(|(part, shown)| {
        let percent = part.tenths * 10 / part.weight.max(1);
        let colour = if part.share.is_none() { RED } else { GREEN };
        let bar = format!(
            "<div class=\"code\" style=\"background:#eef1f5;border-radius:3px;width:90px;height:9px;margin-top:4px\"><div style=\"background:{colour};border-radius:3px;width:{percent}%;height:9px\"></div></div>"
        );
        cell(&escaped(&shown[0]), "")
            + &cell(&bar, "width:100px")
            + &cell(&escaped(&shown[1]), "")
            + &cell(&escaped(&shown[2]), "text-align:right;white-space:nowrap")
    });
    total + &rows(parts) + &small(&report.score.sum())
}

/// What changed; what changed for the worse in red.
fn trends(changes: &ReportTable) -> String {
    let side = |at: usize| if at == 0 { "left" } else { "right" };
    let head = changes.columns.iter().enumerate().map(|(at, column)| {
        format!(
            "<th class=\"soft line\" style=\"text-align:{};font-weight:600;color:#5b6472;padding:4px 10px 4px 0;border-bottom:1px solid #dde1e7\">{}</th>",
            side(at),
            escaped(column)
        )
    });
    let body = changes.rows.iter().map(|row| {
        let cells = row.iter().enumerate().map(|(at, text)| {
            let colour = if at > 1 && text.ends_with("worse") { ";color:#b3261e;font-weight:600" } else { "" };
            cell(&escaped(text), &format!("text-align:{}{colour}", side(at)))
        });
        cells.collect()
    });
    rows(std::iter::once(head.collect()).chain(body))
}

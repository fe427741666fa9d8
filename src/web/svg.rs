//! Drawings as SVG, made here: they need no script, print well and follow the colours of the page. Every text is escaped.

use super::page::Tone;

/// A bar of a timeline: what it is, when it began and how long it took, both in milliseconds.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) from: u64,
    pub(super) millis: u64,
    pub(super) tone: Tone,
}

const WIDTH: u64 = 760;
const LEFT: u64 = 110;
const RIGHT: u64 = 70;
const ROW: u64 = 22;

/// When each thing began and how long it took, from top to bottom.
pub(super) fn timeline(bars: &[Bar]) -> String {
    let total = bars.iter().map(|bar| bar.from + bar.millis).max().unwrap_or(0).max(1);
    let across = WIDTH - LEFT - RIGHT;
    let height = ROW * bars.len() as u64 + 4;
    let mut text = format!("<svg viewBox=\"0 0 {WIDTH} {height}\" aria-hidden=\"true\">");
    for (at, bar) in bars.iter().enumerate() {
        let top = ROW * at as u64 + 3;
        let x = LEFT + bar.from * across / total;
        let width = (bar.millis * across / total).max(2);
        text.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" class=\"ink\">{}</text>\
             <rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{}\" rx=\"3\" class=\"{}\"/>\
             <text x=\"{}\" y=\"{}\">{}</text>",
            LEFT - 8,
            top + 13,
            escaped(&bar.label),
            ROW - 6,
            bar.tone.class(),
            x + width + 6,
            top + 13,
            seconds(bar.millis),
        ));
    }
    text.push_str("</svg>");
    text
}

/// Counts over time as columns, each with its name below; the last one is what is of now.
pub(super) fn columns(values: &[(String, u64)], tone: Tone) -> String {
    const HEIGHT: u64 = 90;
    let most = values.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
    let step = 64_u64.min(WIDTH / (values.len() as u64).max(1));
    let mut text = format!("<svg viewBox=\"0 0 {WIDTH} {}\" aria-hidden=\"true\">", HEIGHT + 34);
    for (at, (label, value)) in values.iter().enumerate() {
        let height = (value * HEIGHT / most).max(1);
        let x = at as u64 * step;
        text.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{height}\" rx=\"2\" class=\"{}\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" class=\"ink\">{value}</text>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            x + step / 4,
            HEIGHT + 14 - height,
            step / 2,
            if at + 1 == values.len() { tone.class() } else { Tone::Plain.class() },
            x + step / 2,
            HEIGHT + 10 - height,
            x + step / 2,
            HEIGHT + 28,
            escaped(label),
        ));
    }
    text.push_str("</svg>");
    text
}

fn seconds(millis: u64) -> String {
    format!("{}.{:02} s", millis / 1000, millis % 1000 / 10)
}

/// A text as it may stand in markup, also within quotes.
pub(super) fn escaped(text: &str) -> String {
    let clean = text.chars().filter(|c| !c.is_control());
    clean.fold(String::new(), |mut text, c| {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            c => text.push(c),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_becomes_markup_and_every_bar_lies_within_the_drawing() {
        let bar = |label: &str, from, millis| Bar { label: label.to_owned(), from, millis, tone: Tone::Good };
        let text = timeline(&[bar("<script>&\"", 0, 10), bar("b", 10, 990), bar("c", 1000, 0)]);
        assert!(!text.contains("<script") && text.contains("&lt;script&gt;&amp;&quot;"), "{text}");
        for rect in text.split("<rect x=\"").skip(1) {
            let number = |text: &str| text.split('"').next().and_then(|text| text.parse::<u64>().ok());
            let (x, rest) = rect.split_once("width=\"").expect("a width");
            assert!(number(x).zip(number(rest)).is_some_and(|(x, width)| x + width <= WIDTH), "{rect}");
        }
        assert!(timeline(&[]).starts_with("<svg"));
        assert!(!columns(&[("<a>".to_owned(), 0)], Tone::Bad).contains("<a>"));
    }
}

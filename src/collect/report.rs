//! What collect has to say: each source with its conservation law, and what is worth a look.

use super::source::{SourceReport, SourceState, TableCounts};
use crate::event::{Mailed, ReportTable, StageReport};

/// Sums the sources up.
#[must_use]
pub fn report(reports: &[SourceReport]) -> StageReport {
    let mut rows = Vec::new();
    let (mut remarks, mut mailed) = (Vec::new(), Vec::new());
    for report in reports {
        for counts in &report.tables {
            let numbers =
                [counts.read, counts.kept, counts.rejected, counts.filtered, counts.duplicate, counts.unresolved];
            let mut row = vec![report.source.clone(), report.state.as_str().to_owned(), counts.table.clone()];
            row.extend(numbers.map(|number| number.to_string()));
            row.push(counts.nulled.values().sum::<u64>().to_string());
            row.push(if report.reused { "reused" } else { "" }.to_owned());
            rows.push(row);
        }
        for remark in report.remarks.iter().chain(&report.drift) {
            remarks.push(vec![report.source.clone(), remark.clone()]);
            mailed.push(vec![report.source.clone(), known_only(remark, report)]);
        }
    }
    let kept: u64 = reports.iter().flat_map(|report| &report.tables).map(|counts| counts.kept).sum();
    let incomplete = reports.iter().filter(|report| report.state != SourceState::Complete).count();
    let mut headline = format!("{} sources, {kept} rows", reports.len());
    if incomplete > 0 {
        headline.push_str(&format!(", {incomplete} not complete"));
    }
    if !reports.is_empty() && reports.iter().all(|report| report.reused) {
        headline.push_str(", all unchanged");
    }
    let columns = [
        "source",
        "state",
        "table",
        "read",
        "kept",
        "rejected",
        "filtered",
        "duplicate",
        "unresolved",
        "nulled",
        "how",
    ];
    let sources = ReportTable::new("sources", &columns, rows);
    let remarks =
        ReportTable { mailed: Mailed::Instead(mailed), ..ReportTable::new("remarks", &["source", "remark"], remarks) };
    StageReport { headline, tables: vec![sources, remarks] }
}

/// A reason without the values it quotes: whatever stands from the first backtick to the last.
pub(crate) fn masked(reason: &str) -> String {
    match (reason.find('`'), reason.rfind('`')) {
        (Some(first), Some(last)) if first < last => format!("{}`..`{}", &reason[..first], &reason[last + 1..]),
        (Some(first), _) => format!("{}`..", &reason[..first]),
        _ => reason.to_owned(),
    }
}

/// A remark in which only files, tables and columns are quoted: from the first other quote on, such as of keys that are
/// written in several ways, to the last one it is cut.
pub(crate) fn known_only(remark: &str, report: &SourceReport) -> String {
    let is_known = |quoted: &str| {
        let is_file = quoted.contains('/') || report.files.iter().any(|file| file.path == quoted);
        let is_column = report.files.iter().flat_map(|file| &file.columns).any(|column| column == quoted);
        let is_ours = |counts: &TableCounts| counts.table == quoted || counts.columns.iter().any(|name| name == quoted);
        is_file || is_column || report.tables.iter().any(is_ours)
    };
    let mut at = 0;
    for (number, piece) in remark.split('`').enumerate() {
        if number % 2 == 1 && !is_known(piece) {
            let (kept, rest) = remark.split_at(at - 1);
            return format!("{kept}{}", masked(rest));
        }
        at += piece.len() + 1;
    }
    remark.to_owned()
}

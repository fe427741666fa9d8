//! What collect has to say: each source with its conservation law, and what is worth a look.

use super::source::{SourceReport, SourceState};
use crate::event::{ReportTable, StageReport};

/// Sums the sources up.
#[must_use]
pub fn report(reports: &[SourceReport]) -> StageReport {
    let mut rows = Vec::new();
    let mut remarks = Vec::new();
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
        remarks.extend(
            report.remarks.iter().chain(&report.drift).map(|remark| vec![report.source.clone(), remark.clone()]),
        );
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
    let sources = ReportTable { title: "sources".to_owned(), columns: columns.map(str::to_owned).to_vec(), rows };
    let remarks = ReportTable {
        title: "remarks".to_owned(),
        columns: ["source", "remark"].map(str::to_owned).to_vec(),
        rows: remarks,
    };
    StageReport { headline, tables: vec![sources, remarks] }
}

//! What the points of each object add up to, and its place among those of its kind: one walk along the points.

use std::cmp::Reverse;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use rayon::prelude::*;

use super::{BATCH, BEARERS};
use crate::engine::{EngineError, RowSink};
use crate::kernels::Kernel;
use crate::kernels::rows::{column, numbers, words};
use crate::ledger::{Wanted, arrow_schema};
use crate::model::TableSet;
use crate::table::{Field, Type};

/// The scores of what has points.
#[derive(Debug)]
pub struct RiskScores;

/// What the points of an object add up to.
struct Summed {
    /// Its kind, by the place among those that bear risk, and its uid.
    object: (usize, u32),
    score: i64,
    findings: i64,
    /// Of findings that are not excepted.
    worst_risk: Option<i64>,
    excepted_score: i64,
    excepted_findings: i64,
}

impl Kernel for RiskScores {
    fn run(&self, tables: &TableSet, columns: &[Field], sink: &mut RowSink<'_>) -> Result<(), EngineError> {
        let scores = scores(tables)?;
        let mut of_kind = BEARERS.map(|_| Vec::new());
        for score in &scores {
            of_kind[score.object.0].push(score.score);
        }
        let ranks = of_kind.map(ranks);
        for scores in scores.chunks(BATCH * rayon::current_num_threads()) {
            let batches = scores.par_chunks(BATCH).map(|scores| batch(scores, &ranks, columns));
            batches.collect::<Result<Vec<_>, _>>()?.into_iter().try_for_each(&mut *sink)?;
        }
        Ok(())
    }
}

/// Each object once, in order.
fn scores(tables: &TableSet) -> Result<Vec<Summed>, EngineError> {
    let columns = ["kind", "uid", "risk", "findings", "points", "excepted_findings", "excepted_points"];
    let wanted = Wanted { dictionaries: vec!["kind".to_owned()], ..Wanted::default() };
    let mut scores: Vec<Summed> = Vec::new();
    for (_, rows) in tables.find("risk_points").open_as(&columns, |_| Ok(wanted.clone()))? {
        for batch in rows {
            let batch = batch.map_err(EngineError::from_ledger)?;
            let kinds = words(&batch, "kind", |kind| BEARERS.iter().position(|known| known.as_str() == kind))?;
            let uids = numbers(&batch, "uid")?;
            let counts = ["risk", "findings", "points", "excepted_findings", "excepted_points"]
                .map(|name| column(&batch, name, Type::Integer));
            let counts = counts.each_ref().map(AsArray::as_primitive::<Int64Type>);
            for row in 0..batch.num_rows() {
                let (Some(kind), Some(uid)) = (kinds[row], uids[row]) else { continue };
                // None of them is ever null.
                let [risk, findings, score, excepted_findings, excepted_score] = counts.map(|counts| counts.value(row));
                let worst_risk = (findings > 0).then_some(risk);
                let object = (kind, uid);
                let next = Summed { object, score, findings, worst_risk, excepted_score, excepted_findings };
                match scores.last_mut().filter(|last| last.object == object) {
                    Some(last) => last.add(&next),
                    None => scores.push(next),
                }
            }
        }
    }
    // They are, where a part is as it was written.
    scores.sort_by_key(|score| score.object);
    scores.dedup_by(|next, one| {
        let is_same = next.object == one.object;
        if is_same {
            one.add(next);
        }
        is_same
    });
    Ok(scores)
}

impl Summed {
    fn add(&mut self, other: &Self) {
        self.score += other.score;
        self.findings += other.findings;
        self.worst_risk = self.worst_risk.max(other.worst_risk);
        self.excepted_score += other.excepted_score;
        self.excepted_findings += other.excepted_findings;
    }
}

/// The ranks of some scores: how many are higher, and one. Each score once, the highest first.
fn ranks(mut scores: Vec<i64>) -> Vec<(i64, usize)> {
    scores.sort_unstable_by_key(|score| Reverse(*score));
    let mut ranks: Vec<(i64, usize)> = Vec::new();
    for (score, rank) in scores.into_iter().zip(1..) {
        if ranks.last().is_none_or(|last| last.0 != score) {
            ranks.push((score, rank));
        }
    }
    ranks
}

fn batch(scores: &[Summed], ranks: &[Vec<(i64, usize)>], columns: &[Field]) -> Result<RecordBatch, EngineError> {
    let whole =
        |value: &dyn Fn(&Summed) -> i64| -> ArrayRef { Arc::new(scores.iter().map(value).collect::<Int64Array>()) };
    let rank = |score: &Summed| {
        let ranks = &ranks[score.object.0];
        let place = ranks.partition_point(|other| other.0 > score.score);
        ranks.get(place).map_or(usize::MAX, |rank| rank.1)
    };
    let kinds = scores.iter().map(|score| BEARERS[score.object.0].as_str());
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(kinds)),
        whole(&|score| i64::from(score.object.1)),
        whole(&|score| score.score),
        whole(&|score| i64::try_from(rank(score)).unwrap_or(i64::MAX)),
        whole(&|score| score.findings),
        Arc::new(scores.iter().map(|score| score.worst_risk).collect::<Int64Array>()),
        whole(&|score| score.excepted_score),
        whole(&|score| score.excepted_findings),
    ];
    RecordBatch::try_new(arrow_schema(columns), arrays).map_err(EngineError::from_arrow)
}

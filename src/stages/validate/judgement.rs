//! What all thresholds come to: whether the timeslot is held, and what is to be said.

use crate::engine::EngineError;
use crate::stages::Ask;

/// What the thresholds of a timeslot come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// What holds the timeslot.
    pub holds: Vec<Reached>,
    /// What is only to be said.
    pub warnings: Vec<Reached>,
    /// What there was nothing to compare with for.
    pub not_evaluated: Vec<Reached>,
    /// How many limits were judged.
    pub judged: usize,
}

/// A limit that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Id of the threshold: what `confirm --override` takes.
    pub threshold: String,
    /// What happened, in one sentence.
    pub sentence: String,
}

/// What stands before the rows that a sentence names, last of all that it says. Earlier programs named the subjects of
/// findings without it.
const BEFORE_SAMPLES: [&str; 2] = ["; such as ", ", and the plan lets none through: "];

impl Reached {
    /// The sentence without the rows that it names: those are people's, and stay in the ledger.
    #[must_use]
    pub fn without_samples(&self) -> &str {
        without_samples(&self.sentence)
    }
}

/// What a sentence about a threshold says without the rows that it names.
#[must_use]
pub fn without_samples(sentence: &str) -> &str {
    BEFORE_SAMPLES.iter().fold(sentence, |left, piece| left.split_once(piece).map_or(left, |(before, _)| before))
}

impl Judgement {
    /// Reads what the thresholds concluded.
    ///
    /// # Errors
    /// Where the question fails.
    pub fn read(ask: &Ask<'_>) -> Result<Self, EngineError> {
        let rows = ask.rows(
            "SELECT r.severity, r.threshold, r.sentence FROM threshold_results r
             ORDER BY r.threshold NULLS LAST, r.by_value NULLS FIRST, r.side NULLS LAST",
        )?;
        let mut judgement = Self::default();
        for row in rows {
            let [severity, threshold, sentence] = row.as_slice() else { continue };
            let reached = || Reached { threshold: threshold.clone(), sentence: sentence.clone() };
            match severity.as_str() {
                "hold" => judgement.holds.push(reached()),
                "warn" => judgement.warnings.push(reached()),
                "not_evaluated" => judgement.not_evaluated.push(reached()),
                _ => {}
            }
            judgement.judged += usize::from(severity != "not_evaluated");
        }
        Ok(judgement)
    }

    /// Ids of the thresholds that hold, each once.
    #[must_use]
    pub fn holding(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.holds.iter().map(|reached| reached.threshold.clone()).collect();
        ids.dedup();
        ids
    }
}

//! The compliance score: a sum of parts, each its weight times a share. All in tenths of a point and rounded down, so that
//! the printed sum is exact and only what is whole gives all its points. A part without data gives none.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::probe::is_in_time;

/// The score with its arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Tenths of a point, out of 1,000.
    pub tenths: u64,
    /// What it is the sum of.
    pub parts: Vec<Part>,
}

/// A part of the score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What is looked at.
    pub name: String,
    /// The most points it can give.
    pub weight: u64,
    /// How many are as they should be, of how many; `None` = no data.
    pub share: Option<(u64, u64)>,
    /// The points it gives, in tenths.
    pub tenths: u64,
    /// The figures that the share is made of.
    pub from: String,
    /// Why there are no data.
    pub missing: Option<String>,
}

/// A timeslot that speaks about a day so many days ago says nothing about today.
pub(super) const MOST_DAYS: i32 = 35;

/// A share, or why there is none.
type Share = Result<(u64, u64), &'static str>;

/// Computes the score.
pub(super) fn score(facts: &Facts) -> Score {
    let fresh = |share: Share| match facts.days_old() {
        None => Err("no timeslot is confirmed"),
        Some(days) if days > MOST_DAYS => Err("the current timeslot is too old"),
        Some(_) => share,
    };
    let parts = vec![
        part("sources complete", 20, fresh(sources(facts)), "sources.complete / sources.all"),
        part(
            "accounts with an owner or a class",
            25,
            fresh(owners(facts)),
            "(accounts.owned + accounts.classed) / accounts.present",
        ),
        part("accounts of leavers disabled", 20, fresh(leavers(facts)), "leavers.disabled / leavers.accounts"),
        part(
            "identities without a high risk",
            15,
            fresh(risks(facts)),
            "(identities.present - identities.risk_high) / identities.present",
        ),
        part("ledger verified", 10, verified(facts), "probe ledger"),
        part("plans loaded in time", 10, in_time(facts), "probes of plans with a schedule"),
    ];
    Score { tenths: parts.iter().map(|part| part.tenths).sum(), parts }
}

fn part(name: &str, weight: u64, share: Share, from: &str) -> Part {
    let tenths = match share {
        // Nothing that could be wrong, and somebody looked.
        Ok((_, 0)) => weight * 10,
        Ok((good, all)) => weight * 10 * good.min(all) / all,
        Err(_) => 0,
    };
    Part {
        name: name.to_owned(),
        weight,
        share: share.ok(),
        tenths,
        from: from.to_owned(),
        missing: share.err().map(str::to_owned),
    }
}

fn sources(facts: &Facts) -> Share {
    match facts.values(["sources.complete", "sources.all"]) {
        Some([complete, all]) if all > 0 => Ok((complete, all)),
        _ => Err("no source was collected"),
    }
}

fn owners(facts: &Facts) -> Share {
    match facts.values(["accounts.owned", "accounts.classed", "accounts.present"]) {
        Some([owned, classed, present]) if present > 0 => Ok((owned + classed, present)),
        _ => Err("no account was loaded"),
    }
}

fn leavers(facts: &Facts) -> Share {
    let values = ["leavers.disabled", "leavers.accounts", "accounts.enabled_told", "identities.present"];
    match facts.values(values) {
        None | Some([.., 0]) => Err("no identity was loaded"),
        Some([_, _, 0, _]) => Err("no source tells which accounts are enabled"),
        Some([disabled, accounts, ..]) => Ok((disabled, accounts)),
    }
}

fn risks(facts: &Facts) -> Share {
    if facts.controls.is_none() {
        return Err("no control was evaluated");
    }
    match facts.values(["identities.risk_high", "identities.present"]) {
        Some([high, present]) if present > 0 => Ok((present.saturating_sub(high), present)),
        _ => Err("no identity was loaded"),
    }
}

fn verified(facts: &Facts) -> Share {
    match &facts.verified {
        Err(_) => Ok((0, 1)),
        Ok(verified) if !verified.damages.is_empty() => Ok((0, 1)),
        Ok(verified) if verified.timeslots == 0 => Err("no timeslot is confirmed"),
        Ok(_) => Ok((1, 1)),
    }
}

fn in_time(facts: &Facts) -> Share {
    let judged: Vec<bool> = facts.plans.iter().filter_map(is_in_time).collect();
    if judged.is_empty() {
        return Err("no plan with a schedule was due yet");
    }
    Ok((judged.iter().filter(|is_in_time| **is_in_time).count() as u64, judged.len() as u64))
}

/// Tenths as a decimal number.
pub(super) fn points(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

impl Score {
    /// The sum, written out.
    #[must_use]
    pub fn sum(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(|part| points(part.tenths)).collect();
        format!("{} = {} of 100", parts.join(" + "), points(self.tenths))
    }
}

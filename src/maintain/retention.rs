//! Which timeslots stay and which go, and for each the reason: a pure judgement over the states of all.
//!
//! Ages are counted back by the calendar from the as-of of the current timeslot, never from the clock: a ledger that is not
//! loaded any more loses nothing. Only how long somebody may object, and how long what is out of sight stays, is real time.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::ids::TimeslotId;
use crate::ledger::{Standing, Standings, State, ToGo};
use crate::settings::maintain::{Keep, Period, Retention, Which};

/// What retention says of a timeslot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Which.
    pub timeslot: TimeslotId,
    /// Everything that keeps it; what nothing keeps goes.
    pub kept_by: Vec<String>,
    /// What is to be done about it.
    pub fate: Fate,
}

/// What is to be done about a timeslot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Nothing: it stays.
    Stays,
    /// It was to go, and stays.
    Spared,
    /// From now on it is to go.
    Marked(ToGo),
    /// It is to go, and not yet.
    Waits(ToGo),
    /// It goes now.
    Goes(ToGo),
}

/// Judges every timeslot that is neither open nor purged, in the order in which they were begun.
#[must_use]
pub fn judge(standings: &Standings, retention: &Retention, now: Timestamp) -> Vec<Judged> {
    let view = View::of(standings, retention, now);
    let has_parts = |standing: &&Standing| !standing.state.is_open() && standing.state != State::Purged;
    standings.all().iter().filter(has_parts).map(|standing| view.judge(standing)).collect()
}

/// What is judged with.
struct View<'a> {
    standings: &'a Standings,
    retention: &'a Retention,
    now: Timestamp,
    /// The visible confirmed ones, by what they speak about.
    visible: Vec<&'a Standing>,
    /// From when ages are counted.
    today: Option<Date>,
}

impl<'a> View<'a> {
    fn of(standings: &'a Standings, retention: &'a Retention, now: Timestamp) -> Self {
        let mut visible: Vec<&Standing> =
            standings.all().iter().filter(|standing| standing.state == State::Confirmed).collect();
        visible.sort_by_key(|standing| (standing.as_of, standing.confirmed_by));
        Self { standings, retention, now, visible, today: standings.current().map(|current| current.as_of) }
    }

    fn judge(&self, standing: &Standing) -> Judged {
        let kept_by = self.kept_by(standing);
        let fate = match (&standing.to_go, kept_by.is_empty()) {
            (None, false) => Fate::Stays,
            (Some(_), false) => Fate::Spared,
            (None, true) => Fate::Marked(ToGo {
                after: self.now.saturating_add(self.retention.purge_after).unwrap_or(Timestamp::MAX),
                reason: Self::reason(standing),
            }),
            (Some(to_go), true) if to_go.after <= self.now => Fate::Goes(to_go.clone()),
            (Some(to_go), true) => Fate::Waits(to_go.clone()),
        };
        Judged { timeslot: standing.id.clone(), kept_by, fate }
    }

    /// Why a timeslot goes that nothing keeps.
    fn reason(standing: &Standing) -> String {
        match standing.state {
            State::Hidden | State::Rejected => {
                format!("{} since {}", standing.state, standing.since.strftime("%Y-%m-%d"))
            }
            _ => "no rule keeps it".to_owned(),
        }
    }

    fn kept_by(&self, standing: &Standing) -> Vec<String> {
        let mut reasons: Vec<String> = self.standings.forbids_purge(standing).into_iter().collect();
        match standing.state {
            State::Hidden => reasons.extend(self.out_of_sight(standing, self.retention.keep_hidden)),
            State::Rejected => reasons.extend(self.out_of_sight(standing, self.retention.keep_rejected)),
            _ => self.by_rules(standing, &mut reasons),
        }
        reasons
    }

    fn out_of_sight(&self, standing: &Standing, keep: Option<std::time::Duration>) -> Option<String> {
        let Some(keep) = keep else { return Some(format!("what is {} is kept", standing.state)) };
        let is_young = self.now.duration_since(standing.since).unsigned_abs() < keep || self.now < standing.since;
        is_young.then(|| format!("{} for less than {}", standing.state, super::length(keep)))
    }

    fn by_rules(&self, standing: &Standing, reasons: &mut Vec<String>) {
        if !self.retention.judges_visible {
            return reasons.push("what is confirmed is kept".to_owned());
        }
        let newer = self.visible.iter().filter(|other| other.confirmed_by > standing.confirmed_by).count();
        let is_among = |last: u32| newer < usize::try_from(last).unwrap_or(usize::MAX);
        if let Some(last) = self.retention.keep_last.filter(|last| is_among(*last)) {
            reasons.push(format!("last {last}"));
        }
        if is_among(self.retention.compared) && self.retention.compared > 1 {
            reasons.push(format!("thresholds compare with the last {}", self.retention.compared));
        }
        reasons.extend(self.retention.keep.iter().filter(|keep| self.keeps(keep, standing)).map(ToString::to_string));
    }

    fn keeps(&self, keep: &Keep, standing: &Standing) -> bool {
        if let (Some(back), Some(today)) = (keep.back, self.today)
            && standing.as_of < back.before(today)
        {
            return false;
        }
        let among = |period: Period| {
            let own = period.of(standing.as_of);
            self.visible.iter().filter(move |other| period.of(other.as_of) == own)
        };
        let is_it = |found: Option<&&Standing>| found.is_some_and(|found| found.id == standing.id);
        match keep.which {
            Which::All => true,
            Which::First(period) => is_it(among(period).next()),
            Which::Last(period) => is_it(among(period).next_back()),
        }
    }
}

//! What to do, and how soon: each recommendation names a command or a file.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::facts::{ControlFacts, Facts, PlanFacts, Relay};
use super::probe::{HELD, Outcome, Probe, WELL};
use crate::collect::source::SourceState;

/// How soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Somebody is needed today.
    Today,
    /// It can wait some days.
    Soon,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// How soon.
    pub when: When,
    /// What is the matter and what to do, in a sentence or two.
    pub what: String,
    /// The command that does it, or shows more.
    pub command: Option<String>,
    /// The page that tells the whole way.
    pub page: Option<String>,
}

/// A run that goes on for longer was probably killed.
const LONG: SignedDuration = SignedDuration::from_hours(6);

/// So many limits that a waiting timeslot reached are told with the advice about it.
const MOST_BREACHES: usize = 3;

/// Findings of this risk cannot wait.
const WORST: u64 = 5;

/// Findings of this risk and more are high.
pub(super) const HIGH: u64 = 4;

/// Everything to do, the most urgent first.
pub(super) fn advice(facts: &Facts, probes: &[Probe]) -> Vec<Advice> {
    let mut all = Vec::new();
    all.extend(decision(facts));
    all.extend(ledger(probes));
    all.extend(disk(probes));
    all.extend(facts.broken.as_ref().map(|_| {
        today("The files of the project cannot be read, so nothing that is due can run; mend them.")
            .by("ledgerline check")
    }));
    all.extend(facts.plans.iter().filter_map(|plan| run(facts, plan)));
    all.extend(sources(facts));
    all.extend(mail(facts));
    let is_bad = |control: &&ControlFacts| control.risk >= HIGH && control.open > 0;
    all.extend(facts.controls.iter().flatten().filter(is_bad).map(findings));
    all.extend(exceptions(facts));
    all.extend(overdue(facts));
    all.extend(accounts(facts));
    all.extend(drift(facts));
    all.extend(missing(facts));
    all.sort_by_key(|advice| advice.when);
    all
}

fn today(what: impl Into<String>) -> Advice {
    Advice { when: When::Today, what: what.into(), command: None, page: None }
}

fn soon(what: impl Into<String>) -> Advice {
    Advice { when: When::Soon, ..today(what) }
}

impl Advice {
    fn by(self, command: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..self }
    }

    fn told_in(self, page: &str) -> Self {
        Self { page: Some(format!("docs/runbooks/{page}.md")), ..self }
    }
}

/// The open timeslot that waits for a person.
fn decision(facts: &Facts) -> Option<Advice> {
    let open = facts.open.as_ref()?;
    let since = open.since.map(|since| format!(" for {}", facts.ago(since))).unwrap_or_default();
    if !open.is_decided_by_a_person {
        let advice = soon(format!(
            "Timeslot {} is open{since} and its stages have not all run: take it up, or reject it.",
            open.id
        ));
        return Some(advice.by("ledgerline retry").told_in("held_load"));
    }
    let why = match open.holding.as_slice() {
        [] => "the plan asks for a person".to_owned(),
        holding => holding.join(", "),
    };
    let overrides: String = open.holding.iter().map(|threshold| format!(" --override {threshold}")).collect();
    let reason = if open.holding.is_empty() { "" } else { " --reason \"..\"" };
    // All of them stand in a table; here, as many as can be read in a sentence.
    let reached =
        open.breaches.iter().take(MOST_BREACHES).map(|breach| format!(" {}: {}.", breach.threshold, breach.sentence));
    let what = format!(
        "Timeslot {} waits{since} for a decision ({why}): confirm it, or reject it with `ledgerline reject {} --reason \"..\"`.{}",
        open.id,
        open.id,
        reached.collect::<String>()
    );
    Some(today(what).by(format!("ledgerline confirm {}{overrides}{reason}", open.id)).told_in("held_load"))
}

fn ledger(probes: &[Probe]) -> Option<Advice> {
    let is_bad = probes.iter().any(|probe| probe.name == "ledger" && probe.outcome == Outcome::Bad);
    let what = "The ledger is not as it was confirmed: load nothing, find out what is damaged, and restore it.";
    is_bad.then(|| today(what).by("ledgerline verify --data").told_in("restore"))
}

fn disk(probes: &[Probe]) -> Option<Advice> {
    let disk = probes.iter().find(|probe| probe.name == "disk")?;
    match disk.outcome {
        Outcome::Bad => Some(today(format!("The next load does not fit the disk: {}.", disk.sentence))),
        Outcome::Warn => Some(soon(format!("The disk holds fewer than three more loads: {}.", disk.sentence))),
        Outcome::Good | Outcome::Unknown => None,
    }
    .map(|advice| advice.by("ledgerline maintain --dry-run").told_in("disk_full"))
}

fn run(facts: &Facts, plan: &PlanFacts) -> Option<Advice> {
    let last = plan.last.as_ref()?;
    match last.exit_code {
        // The decision that it waits for is told already.
        Some(HELD) => None,
        None if last.began.is_some_and(|began| facts.at.duration_since(began) > LONG) => {
            let what = format!("The last run of `{}` did not end: it still goes on, or was killed.", plan.name);
            Some(today(what).by(format!("ledgerline retry {}", last.name)))
        }
        Some(code) if !WELL.contains(&code) => {
            let what = format!(
                "The last run of `{}` {}: mend what it names, and take it up.",
                plan.name,
                lower(&last.verdict)
            );
            Some(today(what).by(format!("ledgerline retry {}", last.name)).told_in("failed_source"))
        }
        _ if super::probe::is_in_time(plan) == Some(false) => {
            let what = format!("`{}` was due and did not run: see that its scheduler does, and run it.", plan.name);
            Some(today(what).by(format!("ledgerline run {} --batch", plan.name)))
        }
        _ if !plan.missed.is_empty() || !plan.left_out.is_empty() => {
            let what = format!(
                "`{}` was due {} times without a run since the last report.",
                plan.name,
                plan.missed.len() + plan.left_out.len()
            );
            Some(soon(what).by("ledgerline schedule next"))
        }
        _ => None,
    }
}

/// A verdict inside a sentence.
fn lower(verdict: &str) -> String {
    verdict.split_once([' ', ':', ';']).map_or_else(
        || verdict.to_lowercase(),
        |(word, _)| format!("{}{}", word.to_lowercase(), &verdict[word.len()..]),
    )
}

fn sources(facts: &Facts) -> Option<Advice> {
    let named = |wanted: fn(SourceState) -> bool| -> Vec<String> {
        let those = facts.sources.iter().filter(|source| wanted(source.state));
        those.map(|source| format!("`{}`", source.name)).collect()
    };
    let failed = named(|state| state == SourceState::Failed);
    let lacking = named(|state| !matches!(state, SourceState::Failed | SourceState::Complete));
    let carried = "what they do not bring stands on from an earlier load; ask those who send them";
    let advice = match (failed.as_slice(), lacking.as_slice()) {
        ([], []) => return None,
        ([], lacking) => soon(format!("Not complete: {}: {carried}.", lacking.join(", "))),
        (failed, _) => today(format!("Failed: {}: {carried}.", failed.join(", "))),
    };
    Some(advice.by("ledgerline report show").told_in("failed_source"))
}

fn mail(facts: &Facts) -> Option<Advice> {
    match &facts.relay {
        Relay::Asked { server, refused: Some(_), .. } => Some(
            today(format!("{server} takes no mail, so nobody is told of what happens: mend it, then send what waits."))
                .by("ledgerline mail test")
                .told_in("lost_mail_relay"),
        ),
        Relay::Asked { given_up, .. } if *given_up > 0 => Some(
            today(format!("{given_up} mails were given up: send them again."))
                .by("ledgerline mail resend")
                .told_in("lost_mail_relay"),
        ),
        Relay::Nobody | Relay::Asked { .. } => None,
    }
}

fn findings(control: &ControlFacts) -> Advice {
    let ControlFacts { id, kind, risk, open, oldest, .. } = control;
    let title = control.title.clone().unwrap_or_else(|| id.clone());
    let mitigation = control.mitigation.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
    let noun = if *open == 1 { "finding" } else { "findings" };
    let what = format!("{open} {noun} of risk {risk}, the oldest since {oldest}: {title}.{mitigation}");
    let (table, columns) = match kind.as_str() {
        "account" => ("accounts", "s.repository, s.identifier"),
        "identity" => ("identities", "s.employee_id, s.full_name"),
        "group" => ("groups", "s.repository, s.code"),
        "permission" => ("permissions", "s.application, s.code"),
        "application" => ("applications", "s.code"),
        "organisation" => ("organisations", "s.code"),
        _ => ("repositories", "s.code"),
    };
    let command = format!(
        "ledgerline query \"SELECT {columns}, f.detail, f.opened_on FROM findings f JOIN {table} s ON s.uid = f.uid WHERE f.control = '{id}' AND f.kind = '{kind}' AND f.state <> 'fixed' AND f.excepted_until_on IS NULL\""
    );
    let advice = if *risk >= WORST { today(what) } else { soon(what) };
    advice.by(command)
}

fn overdue(facts: &Facts) -> Option<Advice> {
    let open = facts.value("overdue.accounts").filter(|open| *open > 0)?;
    let days = facts.value("overdue.most_days").unwrap_or(0);
    let what = format!(
        "{open} accounts can still be used for longer than allowed after their owner left, the worst for {days} days: disable them."
    );
    let command = "ledgerline query \"SELECT a.repository, a.identifier, d.full_name, v.departed_on, v.days_overdue FROM overdue_accounts v JOIN accounts a ON a.uid = v.account_uid JOIN departures d ON d.uid = v.identity_uid\"";
    Some(today(what).by(command))
}

/// Exceptions that end, or whose end is behind us.
fn exceptions(facts: &Facts) -> Option<Advice> {
    let [ending, ended] = facts.values(["exceptions.ending", "exceptions.ended"])?;
    if ending + ended == 0 {
        return None;
    }
    let what = format!(
        "{ending} exceptions end soon, {ended} have ended and what they excepted stands: fix it, or let whoever answers for it give another day."
    );
    let command = "ledgerline query \"SELECT s.control, s.subject, s.detail, s.owner, s.valid_until, s.findings FROM exception_status s WHERE s.is_ending OR (s.state = 'expired' AND s.findings > 0)\"";
    Some(soon(what).by(command))
}

fn accounts(facts: &Facts) -> Option<Advice> {
    let undecided = facts.value("accounts.undecided").filter(|undecided| *undecided > 0)?;
    let what = format!(
        "{undecided} accounts have no owner and nobody decided about them: pin, class or forbid in the decision file of the plan, such as policies/decisions.csv."
    );
    let command = "ledgerline query \"SELECT a.repository, a.identifier, o.ownerless FROM accounts a LEFT JOIN ownership o ON o.account_uid = a.uid WHERE o.account_uid IS NULL OR o.ownerless = 'leaved'\"";
    Some(soon(what).by(command))
}

/// Owners whose rule would not find them now.
fn drift(facts: &Facts) -> Option<Advice> {
    let drifted = facts.value("drift.accounts").filter(|drifted| *drifted > 0)?;
    let what = format!(
        "{drifted} accounts have an owner whom the rule that found them would not find now: pin or forbid them in the decision file, or let the rule be forgotten."
    );
    let command = "ledgerline query \"SELECT a.repository, a.identifier, i.full_name, d.rule, d.drift, d.first_seen_on FROM owner_drift d JOIN accounts a ON a.uid = d.account_uid JOIN identities i ON i.uid = d.identity_uid\"";
    Some(soon(what).by(command))
}

/// What nobody can tell, as long as it is not said.
fn missing(facts: &Facts) -> Vec<Advice> {
    let mut all = Vec::new();
    if facts.broken.is_none() && facts.plans.iter().all(|plan| plan.pattern.is_none()) {
        all.push(soon("No plan says when it is due, so nobody can tell a load that is late: give it a `[schedule]`, as docs/schedule.md says."));
    }
    if matches!(facts.relay, Relay::Nobody) {
        all.push(soon("Nobody is mailed: give `ledgerline.toml` a `[mail]`, as docs/files.md says."));
    }
    if facts.current.is_none() {
        all.push(soon("Nothing was loaded yet: run a plan.").by("ledgerline run PLAN"));
    } else if facts.controls.is_none() {
        all.push(soon(
            "No control was evaluated, so no risk is known: give the plan `[stage.controls]`, as docs/files.md says.",
        ));
    }
    all
}

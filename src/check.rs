//! Checks the SQL of a plan before anything runs: every query and predicate is admitted, and planned over the tables
//! as they will be.
//!
//! What a stage reads must have been made by an earlier one: a rule that names `findings` would read them empty.

mod ahead;
mod forget;
mod lint;
mod names;
mod rule_tests;
mod rules;
mod schedule;
mod schemas;
#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeSet;

pub(crate) use self::ahead::Ahead;
pub use self::forget::check_forgotten;
pub use self::names::check_names;
pub use self::rule_tests::{check_pack_tests, check_rule_tests};
use self::rules::Rules;
pub use self::schedule::check_schedule;
use self::schemas::Schemas;
pub use self::types::check_types;
use crate::collect::missing_files;
use crate::engine::{Over, resolve, resolve_predicate};
use crate::ids::{RuleId, StageName};
use crate::names::suggest;
use crate::plan::{Plan, codes};
use crate::problem::{Code, Problem, Problems, Severity};
use crate::select::Pick;
use crate::settings::controls::{Check, Control};
use crate::settings::leavers::Words;
use crate::settings::validate::{Metric, Threshold};
use crate::source::{Place, SqlText};
use crate::sql::admit::{self, Refusal};
use crate::stages::controls::{alias, subject, subject_column};
use crate::stages::validate::{catalogue, rates};
use crate::table::{Kind, Type};
use crate::tables;

/// Says of every source whose files are not there now; a plan can be right all the same.
#[must_use]
pub fn check_sources(plan: &Plan) -> Problems {
    let mut problems = Problems::new();
    for collector in &plan.collectors {
        if let Some(why) = missing_files(collector) {
            let problem = Problem::warning(codes::SOURCE_MISSING, format!("source `{}`: {why}", collector.name));
            problems.add(problem.hint("a run now would end with exit code 7, or carry the source's rows"));
        }
    }
    problems
}

/// Everything that is wrong with the SQL of a plan.
#[must_use]
pub fn check_sql(plan: &Plan) -> Problems {
    walk(plan).0
}

/// The rules, controls and thresholds whose SQL is wrong; `None` where something is wrong that a run cannot do without.
#[must_use]
pub fn items_in_error(plan: &Plan) -> Option<BTreeSet<Pick>> {
    walk(plan).1
}

/// Takes items out of a plan.
pub fn leave_out(plan: &mut Plan, items: &BTreeSet<Pick>) {
    let stays = |stage, id: &str| !items.contains(&Pick { stage, item: Some(id.to_owned()) });
    if let Some(rules) = &mut plan.stages.rules {
        rules.rules.retain(|rule| stays(StageName::Rules, rule.id.as_str()));
    }
    if let Some(controls) = &mut plan.stages.controls {
        controls.controls.retain(|control| stays(StageName::Controls, control.id.as_str()));
    }
    plan.stages.validate.thresholds.retain(|threshold| stays(StageName::Validate, &threshold.id));
}

/// All problems, and the items that they lie in.
fn walk(plan: &Plan) -> (Problems, Option<BTreeSet<Pick>>) {
    let mut problems = Problems::new();
    let mut schemas = Schemas::of(plan);
    check_indispensable(plan, &mut schemas, &mut problems);
    let mut items = (!problems.has_errors()).then(BTreeSet::new);
    let stages = &plan.stages;
    if let Some(settings) = &stages.rules {
        let mut found = Problems::new();
        Rules::of(settings).check(&mut schemas, &mut found);
        for problem in found.iter().filter(|problem| problem.severity == Severity::Error) {
            let path = problem.place.as_ref().map(|place| place.file.path());
            let rule = settings.rules.iter().find(|rule| Some(rule.path.as_path()) == path);
            items = items.zip(rule).map(|(mut items, rule)| {
                items.insert(Pick { stage: StageName::Rules, item: Some(rule.id.to_string()) });
                items
            });
        }
        problems.extend(found);
    }
    let mut take = |stage, id: &str, found: Problems| {
        if found.has_errors()
            && let Some(items) = &mut items
        {
            items.insert(Pick { stage, item: Some(id.to_owned()) });
        }
        problems.extend(found);
    };
    for control in stages.controls.iter().flat_map(|settings| &settings.controls) {
        let mut found = Problems::new();
        check_control(control, plan, &schemas, &mut found);
        take(StageName::Controls, control.id.as_str(), found);
    }
    for threshold in &stages.validate.thresholds {
        let mut found = Problems::new();
        check_threshold(threshold, plan, &schemas, &mut found);
        take(StageName::Validate, &threshold.id, found);
    }
    (problems, items)
}

/// What every load needs: filters of collectors, predicates of policies.
fn check_indispensable(plan: &Plan, schemas: &mut Schemas, problems: &mut Problems) {
    check_filters(plan, problems);
    let stages = &plan.stages;
    let identities = Over { table: "identities", alias: "i" };
    if let Some(active) = stages.leavers.as_ref().and_then(|leavers| leavers.active.as_ref()) {
        schemas.check_predicate(active, identities, StageName::Leavers, problems);
    }
    for rule in stages.leavers.iter().flat_map(|leavers| &leavers.rules) {
        schemas.check_predicate(&rule.inactive, identities, StageName::Leavers, problems);
    }
    for words in stages.leavers.iter().flat_map(|leavers| &leavers.words) {
        check_words(words, schemas, problems);
    }
    let policy = &stages.reconcile.policy;
    let of_classes = policy.classes.iter().map(|rule| &rule.predicate);
    for predicate in of_classes.chain(policy.ownerless.iter().map(|rule| &rule.predicate)) {
        let accounts = Over { table: "accounts", alias: "a" };
        schemas.check_predicate(predicate, accounts, StageName::Reconcile, problems);
    }
    for policy in stages.rights_model.iter().map(|model| &model.policy) {
        for of in policy.grants.iter().filter_map(|grant| grant.within.expression()) {
            // Behind the expression, so that places stay what they are.
            let is_null = SqlText { text: format!("{} IS NULL", of.text), place: of.place.clone() };
            schemas.check_predicate(&is_null, identities, StageName::RightsModel, problems);
        }
        let granted = policy.grants.iter().map(|grant| &grant.population);
        for population in granted.chain(policy.exclusions.iter().map(|exclusion| &exclusion.population)) {
            schemas.check_condition(population, identities, StageName::RightsModel, lint::MODELLED, problems);
        }
    }
}

/// The words by which a source says that somebody left stand in a column that identities have.
fn check_words(words: &Words, schemas: &Schemas, problems: &mut Problems) {
    let columns = schemas.columns_of("identities").unwrap_or_default();
    if !columns.iter().any(|column| column.name == words.column) {
        let hint = suggest(&words.column, "columns", columns.iter().map(|column| column.name.as_str()));
        let message = format!("`identities` has no column `{}`", words.column);
        problems.add(Problem::error(codes::UNKNOWN_COLUMN, message).at(words.place.clone()).hint(hint));
    }
}

/// The keep-filters of collectors: over the collector's own columns, and nothing else.
fn check_filters(plan: &Plan, problems: &mut Problems) {
    for map in plan.collectors.iter().flat_map(|collector| &collector.tables) {
        let Some(keep) = &map.keep else { continue };
        let schemas = Schemas::of_record(map);
        let record = Over { table: schemas::RECORD, alias: schemas::RECORD };
        schemas.check_predicate(keep, record, StageName::Collect, problems);
    }
}

impl Schemas {
    /// A predicate over one row, of which somebody wrote what it selects: it can hardly be meant to hold always or never.
    fn check_condition(
        &self,
        sql: &SqlText,
        over: Over<'_>,
        stage: StageName,
        meaning: lint::Meaning,
        problems: &mut Problems,
    ) {
        let before = problems.count(Severity::Error);
        self.check_predicate(sql, over, stage, problems);
        if problems.count(Severity::Error) == before {
            lint::predicate(sql, over, stage, meaning, self, problems);
        }
    }

    /// A predicate over one row, in a stage that may read what earlier ones made.
    fn check_predicate(&self, sql: &SqlText, over: Over<'_>, stage: StageName, problems: &mut Problems) {
        let place = |refusal: &Refusal| place_in(sql, refusal);
        match admit::predicate(&sql.text, &self.known_to(stage)) {
            Err(refusals) => tell(&refusals, codes::REFUSED_SQL, &place, problems),
            Ok(admitted) => {
                warn(&admitted.warnings, &place, problems);
                if let Err(refusal) = resolve_predicate(&sql.text, over, &admitted.tables, self.tables()) {
                    tell(&[refusal], codes::UNRESOLVED_SQL, &place, problems);
                }
            }
        }
    }
}

fn check_control(control: &Control, plan: &Plan, schemas: &Schemas, problems: &mut Problems) {
    let kind = subject(&control.check);
    if let Some(filter) = &control.filter {
        let over = Over { table: tables::of_kind(kind).name, alias: alias(kind) };
        schemas.check_condition(filter, over, StageName::Controls, lint::FILTER, problems);
    }
    if control.packed.is_some() {
        // Its SQL is part of the program, and what it needs is collected with the types it takes: tests of ours plan it.
        return;
    }
    if let Check::PermissionHolders { population, gap, .. } = &control.check {
        let identities = Over { table: "identities", alias: "i" };
        schemas.check_condition(population, identities, StageName::Controls, lint::holders(*gap), problems);
    }
    match &control.check {
        Check::Rule { rule, subject } => check_answer(rule, "rule", *subject, control, plan, schemas, problems),
        Check::Overlap { rules: [first, second], subject, .. } => {
            check_answer(first, "first", *subject, control, plan, schemas, problems);
            check_answer(second, "second", *subject, control, plan, schemas, problems);
        }
        _ => {}
    }
}

/// Reports a rule whose answer does not say whom the findings of a control are about.
fn check_answer(
    rule: &RuleId,
    key: &str,
    subject: Kind,
    control: &Control,
    plan: &Plan,
    schemas: &Schemas,
    problems: &mut Problems,
) {
    let Some(columns) = schemas.columns_of(&rule.table()) else { return };
    if subject_column(&columns, subject).is_none() {
        let message = format!("rule `{rule}` does not say which {subject} its rows are about");
        let problem = Problem::error(codes::NO_SUBJECT, message);
        let problem = problem.hint(format!("let its query give `uid` or `{subject}_uid`, a whole number"));
        problems.add(match place_of_word(plan, &control.path, &[key], rule.as_str()) {
            Some(place) => problem.at(place),
            None => problem,
        });
    }
}

fn check_threshold(threshold: &Threshold, plan: &Plan, schemas: &Schemas, problems: &mut Problems) {
    let mut add = |problem: Problem, word: &str| {
        problems.add(match place_of_word(plan, &plan.path, &["threshold", &threshold.id], word) {
            Some(place) => problem.at(place),
            None => problem,
        });
    };
    let rate = match &threshold.metric {
        Metric::Named(name) => rates::find(name),
        Metric::Sql(_) => None,
    };
    if let Some((table, column)) = rate.as_ref().and_then(|rate| Some((rate.table, rate.column.as_ref()?))) {
        let columns = &schemas.tables().find(table.name).columns;
        if !columns.iter().any(|known| known.name == *column) {
            let message = format!("`{}` has no column `{column}`", table.name);
            let problem = Problem::error(codes::UNKNOWN_METRIC, message);
            return add(
                problem.hint(suggest(column, "columns", columns.iter().map(|known| known.name.as_str()))),
                column,
            );
        }
    }
    match &threshold.metric {
        Metric::Named(name) => match rate.map(|rate| rate.table).or_else(|| Some(catalogue::find(name)?.table)) {
            None => {
                let names = catalogue::names();
                let problem = Problem::error(codes::UNKNOWN_METRIC, format!("there is no metric `{name}`"));
                add(problem.hint(suggest(name, "metrics", names.iter().map(String::as_str))), name);
            }
            Some(table) => {
                let Some(by) = &threshold.by else { return };
                let columns = catalogue::by_columns(table, &|table| schemas.tables().find(table).columns.clone());
                if !columns.contains(by) {
                    let message = format!("`{name}` cannot be broken down by `{by}`");
                    let problem = Problem::error(codes::UNKNOWN_METRIC, message);
                    add(problem.hint(suggest(by, "columns", columns.iter().map(String::as_str))), by);
                }
            }
        },
        Metric::Sql(sql) => {
            let parts = if threshold.by.is_some() { Parts::ByValue } else { Parts::One };
            check_metric(sql, parts, schemas, problems);
        }
    }
}

/// What a metric in SQL gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parts {
    /// One number.
    One,
    /// A value and its number, row by row.
    ByValue,
}

/// One query with one number, or with a value and its number.
fn check_metric(sql: &SqlText, parts: Parts, schemas: &Schemas, problems: &mut Problems) {
    let place = |refusal: &Refusal| place_in(sql, refusal);
    let admitted = match admit::query(&sql.text, &schemas.known_to(StageName::Validate)) {
        Err(refusals) => return tell(&refusals, codes::REFUSED_SQL, &place, problems),
        Ok(admitted) => admitted,
    };
    warn(&admitted.warnings, &place, problems);
    if !schemas.are_sound(&admitted.tables) {
        return;
    }
    match resolve(admit::without_end(&sql.text), &admitted.tables, schemas.tables()) {
        Err(refusal) => tell(&[refusal], codes::UNRESOLVED_SQL, &place, problems),
        Ok(columns) => {
            let kinds: Vec<Type> = columns.iter().map(|column| column.kind).collect();
            let is_number = |kind: &Type| matches!(kind, Type::Integer | Type::Double);
            let (message, hint) = match (parts, kinds.as_slice()) {
                (Parts::One, [one]) | (Parts::ByValue, [_, one]) if is_number(one) => return,
                (Parts::One, [_]) => ("a metric is a number".to_owned(), "write SELECT COUNT(*) FROM .."),
                (Parts::One, several) => {
                    let message = format!("a metric is one number, this has {} columns", several.len());
                    (message, "write SELECT COUNT(*) FROM .., or say with `by` what the first of two columns is")
                }
                (Parts::ByValue, _) => {
                    let message = "with `by`, a metric is two columns: a value, and its number".to_owned();
                    (message, "write SELECT a.category, COUNT(*) FROM .. GROUP BY a.category")
                }
            };
            tell(&[Refusal::new(message).hint(hint)], codes::UNRESOLVED_SQL, &place, problems);
        }
    }
}

/// Adds refusals as errors.
fn tell(refusals: &[Refusal], code: Code, place: &dyn Fn(&Refusal) -> Place, problems: &mut Problems) {
    for refusal in refusals {
        let problem = Problem::error(code, refusal.message.as_str()).at(place(refusal));
        problems.add(match &refusal.hint {
            Some(hint) => problem.hint(hint.as_str()),
            None => problem,
        });
    }
}

/// Adds what is only doubtful.
fn warn(warnings: &[Refusal], place: &dyn Fn(&Refusal) -> Place, problems: &mut Problems) {
    for warning in warnings {
        let problem = Problem::warning(codes::DOUBTFUL_SQL, warning.message.as_str()).at(place(warning));
        problems.add(problem.hint(warning.hint.clone().unwrap_or_default()));
    }
}

/// The place that a refusal means.
fn place_in(sql: &SqlText, refusal: &Refusal) -> Place {
    if refusal.line == 0 { sql.place.clone() } else { sql.place_at(refusal.line, refusal.column) }
}

/// The first place of a word in a file, behind other words in this order. Settings keep the places of SQL only.
fn place_of_word(plan: &Plan, path: &std::path::Path, behind: &[&str], word: &str) -> Option<Place> {
    let file = plan.files.iter().find(|file| file.path() == path)?;
    let mut at = 0;
    for before in behind {
        at += file.text()[at..].find(before)? + before.len();
    }
    let start = at + file.text()[at..].find(word)?;
    Some(Place::new(file, start..start + word.len()))
}

/// The names in a set that are answers of rules.
fn rule_tables(names: &BTreeSet<String>) -> impl Iterator<Item = &String> {
    names.iter().filter(|name| name.starts_with("rule_"))
}

//! Rules: saved questions, whose answers are kept in the timeslot.
//!
//! Reads   whatever the rules name: tables of the ledger, and answers of other rules.
//! Writes  rule_<id>, with the columns of the query.
//!
//! `{as_of}` in a rule is the day of the load: no rule reads the clock.

#[cfg(test)]
mod tests;

use crate::engine::EngineError;
use crate::event::{ReportTable, StageReport};
use crate::ids::StageName;
use crate::kernels::answering;
use crate::model::{BEFORE, Model};
use crate::settings::rules::Rules;
use crate::sql::admit::without_end;
use crate::stages::fill::fill;
use crate::stages::{Ask, Context, Stage};

impl Stage for Rules {
    fn name(&self) -> StageName {
        StageName::Rules
    }

    fn compile(&self, context: &Context<'_>) -> Vec<Model> {
        let model = |rule: &crate::settings::rules::Rule| {
            let query = fill(rule, context.as_of).text;
            let query = without_end(&query);
            let model = Model::sql(&rule.id.table(), rule.id.as_str(), query.to_owned());
            match answering(query) {
                Some(kernel) => model.by_shared(kernel),
                None => model,
            }
        };
        self.rules.iter().map(model).collect()
    }

    fn report(&self, _: &Context<'_>, ask: &Ask<'_>) -> Result<StageReport, EngineError> {
        let mut rows = Vec::new();
        let mut total = 0;
        for rule in &self.rules {
            let table = rule.id.table();
            let now = ask.tables.find(&table).rows();
            let before = format!("{BEFORE}{table}");
            let before = ask.tables.contains(&before).then(|| ask.tables.find(&before).rows().to_string());
            total += now;
            rows.push(vec![
                rule.id.to_string(),
                rule.title.clone(),
                now.to_string(),
                before.unwrap_or_default(),
                rule.tags.join(", "),
            ]);
        }
        let columns = ["rule", "title", "rows", "before", "tags"];
        let headline = format!("{} rules with {total} rows", self.rules.len());
        let mut tables = vec![ReportTable::new("rules", &columns, rows)];
        let others: Vec<Vec<String>> = self
            .rules
            .iter()
            .flat_map(|rule| {
                rule.others().into_iter().map(|other| [vec![rule.id.to_string()], other.to_vec()].concat())
            })
            .collect();
        if !others.is_empty() {
            let columns = ["rule", "parameter", "value", "default", "said in"];
            tables.push(ReportTable::new("parameters of rules that differ from their defaults", &columns, others));
        }
        Ok(StageReport { headline, tables })
    }
}

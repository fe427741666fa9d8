//! What a mail about a run says, whatever it is shown as: the verdict first, then what to do, then how it came about.

use crate::event::{ReportTable, Verdict};
use crate::ids::{StageName, TimeslotId};
use crate::settings::mail::{Mail, On};
use crate::summary::Summary;
use crate::text_table::aligned;

/// Rows of a table that a mail shows; the rest is in the run's folder.
const MOST_ROWS: usize = 12;

/// The table of thresholds that were reached.
const LIMITS: &str = "limits reached";

/// What a mail about a run says.
pub struct Letter<'a> {
    /// The project's name.
    pub project: String,
    /// The run's name.
    pub run: &'a str,
    pub(crate) summary: &'a Summary,
    /// Why the run did not come to an end, where the summary does not know.
    pub(super) why: Option<&'a str>,
    /// What addresses of pages begin with, where there is a page.
    page: Option<&'a str>,
}

/// A table as a mail shows it.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Columns that are left out because every cell is 0.
    pub(super) zero: Vec<String>,
    /// Rows that are left out.
    pub(super) more: usize,
}

impl<'a> Letter<'a> {
    /// A letter about a run. `why` says what kept it from its end, where no stage failed.
    #[must_use]
    pub fn of(project: &str, summary: &'a Summary, why: Option<&'a str>) -> Self {
        let project = project.split(char::is_control).collect::<Vec<_>>().join(" ");
        Self { project, run: &summary.run, summary, why, page: None }
    }

    /// The same with links to the page at a url, where there is one.
    #[must_use]
    pub fn linked(self, url: Option<&'a str>) -> Self {
        Self { page: url, ..self }
    }

    /// `[project] plan timeslot: VERDICT`.
    #[must_use]
    pub fn subject(&self) -> String {
        let timeslot = self.summary.timeslot.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        format!("[{}] {}{timeslot}: {}", self.project, self.summary.plan, self.word())
    }

    /// What the mails of one conversation are about, where the run has a timeslot.
    pub(super) fn thread(&self) -> Option<(&str, &TimeslotId)> {
        Some((&self.summary.plan, self.summary.timeslot.as_ref()?))
    }

    /// What the mail is about; `None` = what nobody is named for.
    pub(crate) fn on(&self) -> Option<On> {
        match &self.summary.verdict {
            Some(Verdict::Confirmed) => Some(if self.is_warned() { On::Warned } else { On::Confirmed }),
            Some(Verdict::Held { .. }) => Some(On::Held),
            Some(Verdict::Failed { .. } | Verdict::Interrupted { .. }) | None => Some(On::Failed),
            Some(Verdict::Open { .. } | Verdict::Unchanged | Verdict::DryRun { .. }) => None,
        }
    }

    /// The settings of mail with those who get it; `None` = nobody does.
    #[must_use]
    pub fn addressed(&self, mail: &Mail) -> Option<Mail> {
        self.on().map_or_else(|| Some(mail.clone()), |on| mail.about(on))
    }

    /// Whether a threshold warned.
    fn is_warned(&self) -> bool {
        let validate = self.summary.stages.iter().filter(|stage| stage.stage == StageName::Validate);
        let limits = validate.flat_map(|stage| &stage.report.tables).filter(|table| table.title == LIMITS);
        limits.flat_map(|table| &table.rows).any(|row| row.first().is_some_and(|severity| severity == "warn"))
    }

    /// The verdict as the mail shows it.
    pub(crate) fn word(&self) -> &'static str {
        match &self.summary.verdict {
            Some(Verdict::Confirmed) if self.is_warned() => "CONFIRMED, WARNED",
            _ => self.plain_word(),
        }
    }

    /// The verdict in one word.
    fn plain_word(&self) -> &'static str {
        match &self.summary.verdict {
            Some(Verdict::Confirmed) => "CONFIRMED",
            Some(Verdict::Held { .. }) => "HELD",
            Some(Verdict::Open { .. }) => "OPEN",
            Some(Verdict::Unchanged) => "UNCHANGED",
            Some(Verdict::DryRun { .. }) => "DRY RUN",
            Some(Verdict::Interrupted { .. }) => "INTERRUPTED",
            Some(Verdict::Failed { .. }) | None => "FAILED",
        }
    }

    /// The verdict as a sentence, without its word and without time and log.
    pub(crate) fn sentence(&self) -> String {
        if let (None, Some(why)) = (&self.summary.timeslot, self.why) {
            return format!("the run did not begin: {why}");
        }
        let line = self.summary.verdict_line();
        // Time and log stand among the facts.
        let line = match self.summary.verdict {
            Some(_) => line.rsplit_once(" [").map_or(line.as_str(), |(line, _)| line),
            None => &line,
        };
        let rest = line.strip_prefix(self.plain_word()).unwrap_or(line).trim_start_matches([':', ';', ' ']);
        match (&self.summary.failure, self.why) {
            (None, Some(why)) => format!("{why}; {rest}"),
            _ => rest.to_owned(),
        }
    }

    /// Commands with what they are for.
    pub(super) fn next_steps(&self) -> Vec<(String, String)> {
        let steps = self.summary.next_steps().into_iter();
        steps
            .map(|step| {
                let (what, command) = step.split_once(':').unwrap_or(("", &step));
                (what.trim().to_owned(), command.trim().to_owned())
            })
            .collect()
    }

    /// Pages with what they are for. None of them acts: they lead behind the sign-in.
    pub(crate) fn links(&self) -> Vec<(&'static str, String)> {
        let Some(page) = self.page else { return Vec::new() };
        let mut links = Vec::new();
        if let (Some(Verdict::Held { .. } | Verdict::Open { .. }), Some(id)) =
            (&self.summary.verdict, &self.summary.timeslot)
        {
            links.push(("look and decide", format!("{page}/timeslots/{id}")));
        }
        links.push(("the run", format!("{page}/runs/{}", self.run)));
        links
    }

    /// Each stage with its line.
    pub(super) fn stages(&self) -> Vec<(String, String, String)> {
        let stages = self.summary.stages.iter();
        stages.map(|stage| (stage.stage.to_string(), stage.report.headline.clone(), seconds(stage.millis))).collect()
    }

    /// What may be mailed of the tables, what holds a timeslot before all others. What names people stays in the run's
    /// record.
    pub(super) fn sections(&self) -> Vec<Section> {
        let tables = self.summary.stages.iter().flat_map(|stage| &stage.report.tables);
        let mut told: Vec<&ReportTable> = tables.filter(|table| !table.mailed_rows().is_empty()).collect();
        told.sort_by_key(|table| table.title != LIMITS);
        told.into_iter().map(section).collect()
    }

    /// What tells the run apart: names, time, head of the log.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let summary = self.summary;
        let mut facts = vec![("run", summary.run.clone()), ("plan", summary.plan.clone())];
        if let Some(timeslot) = &summary.timeslot {
            facts.push(("timeslot", timeslot.to_string()));
            let parent =
                summary.parent.as_ref().map_or_else(|| "nothing, it is the first".to_owned(), ToString::to_string);
            facts.push(("compared with", parent));
        }
        if summary.timeslot.is_some() && summary.verdict.is_some() {
            facts.push(("took", seconds(summary.millis)));
            facts.push(("head of the log", summary.head.clone()));
        }
        facts
    }

    /// Sentences along the way.
    pub(super) fn notes(&self) -> &[String] {
        &self.summary.notes
    }

    /// The letter as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}: {}\n", self.word(), self.sentence());
        for (what, command) in self.next_steps() {
            text.push_str(&format!("  {what}:  {command}\n"));
        }
        for (what, url) in self.links() {
            text.push_str(&format!("  {what}:  {url}\n"));
        }
        for section in self.sections() {
            text.push_str(&format!("\n{}\n", section.title));
            for line in aligned(&section.columns, &section.rows).lines() {
                text.push_str(&format!("  {line}\n"));
            }
            for line in section.remarks() {
                text.push_str(&format!("  {line}\n"));
            }
        }
        text.push_str("\nstages\n");
        for (stage, headline, took) in self.stages() {
            text.push_str(&format!("  {stage}: {headline} [{took}]\n"));
        }
        for note in self.notes() {
            text.push_str(&format!("  note: {note}\n"));
        }
        text.push('\n');
        for (what, is) in self.facts() {
            text.push_str(&format!("{what}: {is}\n"));
        }
        text.push_str(
            "Keep the head of the log: `ledgerline verify --expect` notices whether the log was rewritten.\n",
        );
        text
    }
}

impl Section {
    /// What is not shown.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.zero.is_empty() {
            remarks.push(format!("0 in every row: {}", self.zero.join(", ")));
        }
        if self.more > 0 {
            remarks.push(format!("and {} more rows, in the run's folder", self.more));
        }
        remarks
    }
}

/// A table without the columns that say nothing, cut to a length that people read.
fn section(table: &ReportTable) -> Section {
    let rows = table.mailed_rows();
    let all = |at: usize, is: fn(&str) -> bool| rows.iter().all(|row| row.get(at).is_none_or(|cell| is(cell)));
    let is_zero = |at: usize| all(at, |cell| cell == "0");
    let kept: Vec<usize> = (0..table.columns.len()).filter(|at| !is_zero(*at) && !all(*at, str::is_empty)).collect();
    let pick = |cells: &[String]| kept.iter().filter_map(|at| cells.get(*at).cloned()).collect::<Vec<_>>();
    Section {
        title: table.title.clone(),
        columns: pick(&table.columns),
        rows: rows.iter().take(MOST_ROWS).map(|row| pick(row)).collect(),
        zero: (0..table.columns.len()).filter(|at| is_zero(*at)).map(|at| table.columns[at].clone()).collect(),
        more: rows.len().saturating_sub(MOST_ROWS),
    }
}

fn seconds(millis: u64) -> String {
    format!("{}.{:02} s", millis / 1000, millis % 1000 / 10)
}

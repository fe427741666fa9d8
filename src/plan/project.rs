//! The project: what `ledgerline.toml` says, checked.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::collect::collector::{Case, KeyForm};
use crate::collect::key::{KeyForms, RepositoryForms};
use crate::ids::PlanName;
use crate::plan::Sealed;
use crate::plan::codes;
use crate::plan::files::{self, Folder};
use crate::plan::mail::check_mail;
use crate::plan::node::Spot;
use crate::plan::notify;
use crate::plan::raw::project::{CaseName, KeyFormTable, ProjectFile, UnicodeName};
use crate::plan::rekeys;
use crate::plan::report;
use crate::plan::schema::FileKind;
use crate::plan::serve::check_serve;
use crate::plan::telemetry;
use crate::plan::toml_file::{TomlFile, read};
use crate::plan::variables::{Scope, Variables};
use crate::problem::{Problem, Problems};
use crate::settings::NamedKey;
use crate::settings::lineage::Lineage;
use crate::settings::mail::Mail;
use crate::settings::notify::Notify;
use crate::settings::report::Report;
use crate::settings::serve::Serve;
use crate::settings::telemetry::Telemetry;
use crate::source::SourceFile;
use crate::table::Kind;

/// A checked project. Only [`Project::load`] makes one.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// Name for reports and mails.
    pub name: String,
    /// Folder of the ledger.
    pub ledger: PathBuf,
    /// The zone in which "today" is meant.
    pub zone: TimeZone,
    /// How keys are written.
    pub key_forms: KeyForms,
    /// What the engine may use.
    pub engine: Engine,
    /// How mail leaves, if it does.
    pub mail: Option<Mail>,
    /// What is called over HTTP.
    pub notify: Notify,
    /// Where lineage is written, if it is.
    pub lineage: Option<Lineage>,
    /// The file that metrics are written to, if they are.
    pub metrics: Option<PathBuf>,
    /// The collector that is told by the protocol of `OpenTelemetry`, where the project names one.
    pub telemetry: Option<Telemetry>,
    /// The page.
    pub serve: Serve,
    /// When reports are made, and to whom they go.
    pub report: Report,
    /// The repositories whose key forms differ.
    pub names: Vec<NamedKey>,
    /// `ledgerline.toml` as it was read.
    pub file: Arc<SourceFile>,
    /// What does not stand in the way.
    pub warnings: Problems,
    #[expect(dead_code, reason = "its only use is that nobody else can build this")]
    sealed: Sealed,
}

/// What the engine may use; `None` = its own choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Engine {
    /// Threads.
    pub threads: Option<NonZeroU32>,
    /// Memory in bytes, before queries spill.
    pub memory_bytes: Option<u64>,
    /// Memory in bytes that the process may take.
    pub limit_bytes: Option<u64>,
    /// Folder for what is spilled.
    pub spill: Option<PathBuf>,
}

impl Project {
    /// Loads `ledgerline.toml` of a folder.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(root: &Path, variables: &Variables<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::new();
        let project = load(root, variables, &mut problems);
        match project {
            Some(project) if !problems.has_errors() => Ok(Self { warnings: problems, ..project }),
            _ => Err(problems),
        }
    }

    /// The names of its plans.
    #[must_use]
    pub fn plans(&self) -> Vec<PlanName> {
        Folder::open(&self.root, "plans", "toml").names().filter_map(|name| name.parse().ok()).collect()
    }

    /// Where the plan of that name lies.
    #[must_use]
    pub fn plan_path(&self, name: &PlanName) -> PathBuf {
        Folder::open(&self.root, "plans", "toml").file(name.as_str())
    }
}

fn load(root: &Path, variables: &Variables<'_>, problems: &mut Problems) -> Option<Project> {
    let path = files::join(root, "ledgerline.toml");
    if !path.exists() {
        problems.add(
            Problem::error(
                codes::NOT_FOUND,
                format!("`{}` is no project: it has no `ledgerline.toml`", root.display()),
            )
            .hint("go to the project's folder, or begin one with `ledgerline init`"),
        );
        return None;
    }
    let mut file = TomlFile::parse(read(&path, problems)?, problems)?;
    file.fill(&Scope { variables, plan: &BTreeMap::new() }, problems);
    let raw: ProjectFile = file.take(FileKind::Project, problems)?;
    let spot = file.root();
    let zone = zone(&raw.project.zone, spot.key("project").key("zone"), problems).unwrap_or(TimeZone::UTC);
    let mut key_forms = key_forms(&raw, spot.key("repository"), problems);
    if let Some(file) = &raw.keys.rekeys {
        let path = files::join(&root.join("policies"), file);
        key_forms.rekeys = rekeys::load(&path, &key_forms, spot.key("keys").key("rekeys"), problems);
    }
    let tables = spot.get("repository").map(Spot::entries).unwrap_or_default();
    let names = tables.into_iter().map(|(code, spot)| NamedKey {
        kind: Kind::Repository,
        namespace: String::new(),
        key: key_forms.of(Kind::Repository, "").apply(code).into_owned(),
        place: spot.on_key(),
    });
    Some(Project {
        names: names.collect(),
        ledger: files::join(root, &raw.project.ledger),
        report: report::check(raw.report, &zone, spot.key("report"), problems),
        zone,
        key_forms,
        engine: Engine {
            threads: raw.engine.threads.and_then(NonZeroU32::new),
            memory_bytes: raw.engine.memory.map(|size| size.0),
            limit_bytes: raw.engine.limit.map(|size| size.0),
            spill: raw.engine.spill.as_deref().map(|path| files::join(root, path)),
        },
        mail: raw.mail.and_then(|mail| check_mail(mail, root, spot.key("mail"), problems)),
        notify: notify::check(raw.notify, root, spot.key("notify"), problems),
        serve: check_serve(raw.serve, root, spot.key("serve"), problems),
        lineage: raw.lineage.map(|lineage| Lineage { file: lineage.file.map(|path| files::join(root, &path)) }),
        metrics: raw.metrics.map(|metrics| files::join(root, &metrics.textfile)),
        telemetry: raw.telemetry.and_then(|table| telemetry::check(table, root, spot.key("telemetry"), problems)),
        name: raw.project.name,
        root: root.to_owned(),
        file: Arc::clone(&file.file),
        warnings: Problems::new(),
        sealed: Sealed,
    })
}

/// The time zone of an IANA name.
pub(super) fn zone(name: &str, spot: Spot<'_>, problems: &mut Problems) -> Option<TimeZone> {
    let zone = TimeZone::get(name).ok();
    if zone.is_none() {
        let problem = spot.error(codes::NOT_ALLOWED, format!("`{name}` is no time zone"));
        problems.add(problem.hint("write its IANA name, such as `UTC` or `Europe/Paris`"));
    }
    zone
}

/// How keys are written. Codes of repositories are in key form themselves.
fn key_forms(raw: &ProjectFile, spot: Spot<'_>, problems: &mut Problems) -> KeyForms {
    let keys = &raw.keys;
    let kinds = BTreeMap::from([
        (Kind::Organisation, key_form(keys.organisations, KeyForm::default())),
        (Kind::Identity, key_form(keys.identities, KeyForm::default())),
        (Kind::Repository, key_form(keys.repositories, KeyForm::default())),
        (Kind::Account, key_form(keys.accounts, KeyForm::default())),
        (Kind::Group, key_form(keys.groups, KeyForm::default())),
        (Kind::Application, key_form(keys.applications, KeyForm::default())),
        (Kind::Permission, key_form(keys.permissions, KeyForm::default())),
    ]);
    let of_kind = |kind| kinds.get(&kind).copied().unwrap_or_default();
    let mut repositories = BTreeMap::new();
    for (code, table) in &raw.repository {
        let accounts = key_form(table.accounts, of_kind(Kind::Account));
        let forms = RepositoryForms { accounts, groups: key_form(table.groups, of_kind(Kind::Group)) };
        let folded = of_kind(Kind::Repository).apply(code).into_owned();
        if repositories.insert(folded.clone(), forms).is_some() {
            let message = format!("repository `{folded}` is given twice: `{code}` means the same");
            let problem = spot.key(code).key_error(codes::DUPLICATE_NAME, message);
            problems.add(problem.hint("`[keys.repositories]` says how codes are written; keep one of the two"));
        }
    }
    KeyForms { kinds, repositories, ..KeyForms::default() }
}

fn key_form(table: KeyFormTable, otherwise: KeyForm) -> KeyForm {
    KeyForm {
        trim: table.trim.unwrap_or(otherwise.trim),
        case: table.case.map_or(otherwise.case, Case::from),
        nfc: table.unicode.map_or(otherwise.nfc, |unicode| unicode == UnicodeName::Nfc),
    }
}

impl From<CaseName> for Case {
    fn from(name: CaseName) -> Self {
        match name {
            CaseName::Keep => Self::Keep,
            CaseName::Upper => Self::Upper,
            CaseName::Lower => Self::Lower,
        }
    }
}

//! Loading a plan with everything it names, so that all problems of all files are told at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::collect::collector::Collector;
use crate::collect::key::KeyForms;
use crate::ids::{InvalidName, PlanName, RuleId};
use crate::plan::activities::Duties;
use crate::plan::codes;
use crate::plan::files::{Folder, join};
use crate::plan::node::Spot;
use crate::plan::project::Project;
use crate::plan::raw::plan::PlanFile;
use crate::plan::schema::FileKind;
use crate::plan::toml_file::{TomlFile, read};
use crate::plan::variables::{Scope, Variables};
use crate::plan::{
    Sealed, activities, collector, control, cross, managers, names, nicknames, owners, pack, parameters, rights_model,
    rule, schedule, stages, transliterations,
};
use crate::problem::{Problem, Problems};
use crate::settings::controls::Control;
use crate::settings::duties::Duty;
use crate::settings::managers::ManagersPolicy;
use crate::settings::reconcile::OwnersPolicy;
use crate::settings::rights_model::RightsModelPolicy;
use crate::settings::rules::Rule;
use crate::settings::schedule::Schedule;
use crate::settings::transliteration::Transliteration;
use crate::settings::{NamedKey, OnOpen, Stages};
use crate::source::SourceFile;

/// A checked plan with everything it names. Only [`Plan::load`] makes one.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The file's stem.
    pub name: PlanName,
    /// Title for reports and mails.
    pub title: String,
    /// The file.
    pub path: PathBuf,
    /// What a new run does with an open timeslot.
    pub on_open: OnOpen,
    /// When it is due; `None` where somebody else says so.
    pub schedule: Option<Schedule>,
    /// Values of the plan's variables, those given by the caller among them. Nothing of the environment.
    pub vars: BTreeMap<String, String>,
    /// Values of the variables that the environment gave.
    pub environment: BTreeMap<String, String>,
    /// Settings of the stages that run.
    pub stages: Stages,
    /// The collectors, in load order.
    pub collectors: Vec<Collector>,
    /// Every file that was read, the project's first: what a fingerprint of the configuration covers. Decisions are
    /// data, and not among them.
    pub files: Vec<Arc<SourceFile>>,
    /// The objects that policies, controls and the project name by their keys.
    pub names: Vec<NamedKey>,
    /// What does not stand in the way.
    pub warnings: Problems,
    #[expect(dead_code, reason = "its only use is that nobody else can build this")]
    sealed: Sealed,
}

impl Plan {
    /// Loads a plan of the project and everything it names.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files.
    pub fn load(project: &Project, path: &Path, variables: &Variables<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::new();
        let plan = load(project, path, variables, &mut problems);
        match plan {
            Some(plan) if !problems.has_errors() => Ok(Self { warnings: problems, ..plan }),
            _ => Err(problems),
        }
    }
}

/// What a plan names, as far as it could be loaded.
pub(super) struct Named {
    /// In load order, each with its file.
    pub(super) collectors: Vec<(TomlFile, Collector)>,
    pub(super) has_all_collectors: bool,
    pub(super) owners: Option<(TomlFile, OwnersPolicy)>,
    pub(super) managers: Option<(TomlFile, ManagersPolicy)>,
    pub(super) rights_model: Option<(TomlFile, RightsModelPolicy)>,
    pub(super) rules: Vec<Rule>,
    /// The rules that run, those with mistakes among them.
    pub(super) rule_ids: Vec<RuleId>,
    pub(super) controls: Vec<(TomlFile, Control)>,
    pub(super) activities: Option<(TomlFile, Vec<Duty>)>,
    /// The matrices that controls name.
    pub(super) matrices: Vec<Arc<SourceFile>>,
}

fn load(project: &Project, path: &Path, variables: &Variables<'_>, problems: &mut Problems) -> Option<Plan> {
    let name = named_by_stem::<PlanName>(path, problems);
    let source = read(path, problems)?;
    let mut plan = TomlFile::parse(source, problems)?;
    let vars = plan_variables(&plan, variables);
    let mut loader = Loader {
        scope: Scope { variables, plan: &vars },
        forms: &project.key_forms,
        files: vec![Arc::clone(&project.file), Arc::clone(&plan.file)],
        problems,
    };
    plan.fill(&loader.scope, loader.problems);
    let raw: Option<PlanFile> = plan.take(FileKind::Plan, loader.problems);
    let mut named = loader.named(project, plan.root().key("stage"));
    let files = loader.files;
    parameters::apply(&mut named, plan.root().key("stage"), problems);
    let taken = pack::take(&mut named, plan.root().key("stage"), problems);
    cross::check(&named, plan.root(), problems);
    // A file that could not be read may be the one that uses them.
    let all_is_read = raw.is_some() && named.has_all_collectors;
    for unused in variables.unused().into_iter().filter(|_| all_is_read) {
        let message = format!("variable `{unused}` was given, but no file uses it");
        problems.add(Problem::error(codes::UNUSED_VARIABLE, message).hint(cross::known_variables(unused, &vars)));
    }
    let raw = raw?;
    let schedule =
        raw.schedule.and_then(|raw| schedule::check(raw, &project.zone, plan.root().key("schedule"), problems));
    let all_keys = [names::of(&named, &project.key_forms), project.names.clone()].concat();
    let collectors = named.collectors.iter().map(|(_, collector)| collector.clone()).collect();
    let stages = stages::check(raw.stage, named, taken, project, plan.root().key("stage"), problems)?;
    Some(Plan {
        name: name?,
        title: raw.plan.title,
        path: path.to_owned(),
        on_open: raw.plan.on_open,
        schedule,
        vars,
        environment: variables.taken(),
        stages,
        collectors,
        files,
        names: all_keys,
        warnings: Problems::new(),
        sealed: Sealed,
    })
}

/// The variables of `[vars]`: what the caller gives, otherwise what the plan says.
fn plan_variables(plan: &TomlFile, variables: &Variables<'_>) -> BTreeMap<String, String> {
    let outside = BTreeMap::new();
    let scope = Scope { variables, plan: &outside };
    let entries = plan.root().key("vars").entries().into_iter();
    let values = entries.filter_map(|(name, spot)| match variables.given(name) {
        Some(given) => Some((name.to_owned(), given.to_owned())),
        None => Some((name.to_owned(), scope.fill(spot.text()?).ok()?)),
    });
    if plan.root().get("vars").is_some() { values.collect() } else { BTreeMap::new() }
}

/// The name that a file's stem is.
fn named_by_stem<T: std::str::FromStr<Err = InvalidName>>(path: &Path, problems: &mut Problems) -> Option<T> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    stem.parse()
        .map_err(|error: InvalidName| {
            let problem = Problem::error(codes::BAD_NAME, format!("`{}`: {error}", path.display()));
            problems.add(problem.hint("rename the file"));
        })
        .ok()
}

struct Loader<'a> {
    scope: Scope<'a>,
    forms: &'a KeyForms,
    files: Vec<Arc<SourceFile>>,
    problems: &'a mut Problems,
}

impl Loader<'_> {
    /// Loads what the stages of a plan name. Goes by the text of the plan, so that a plan with mistakes names it too.
    fn named(&mut self, project: &Project, stage: Spot<'_>) -> Named {
        let policies = Folder::open(&project.root, "policies", "toml");
        let (collectors, has_all_collectors) = self.collectors(project, stage.key("collect").key("sources"));
        let (rules, rule_ids) = self.rules(project, stage.get("rules"));
        let activities = self.activities(&policies, stage.get("controls"));
        let (controls, matrices) =
            self.controls(project, stage.get("controls"), activities.as_ref().map(|(_, found)| found.as_slice()));
        Named {
            collectors,
            has_all_collectors,
            owners: self.owners(&policies, stage.get("reconcile")),
            managers: self.policy(&policies, stage.get("managers"), FileKind::Managers, managers::check),
            rights_model: self.policy(&policies, stage.get("rights_model"), FileKind::RightsModel, rights_model::check),
            rules,
            rule_ids,
            controls,
            matrices,
            activities,
        }
    }

    /// The activities that controls may name.
    fn activities(&mut self, policies: &Folder, stage: Option<Spot<'_>>) -> Option<(TomlFile, Vec<Duty>)> {
        let path = policies.find(stage?.get("activities")?, self.problems)?;
        let (file, raw) = self.open(&path, FileKind::Activities)?;
        let found = activities::check(raw, file.root(), self.forms, self.problems);
        Some((file, found))
    }

    /// The matrix that a control names.
    fn matrix(&mut self, project: &Project, spot: Spot<'_>) -> Option<Arc<SourceFile>> {
        let path = join(&project.root.join("policies"), spot.text()?);
        if !path.is_file() {
            let problem = spot.error(codes::NOT_FOUND, format!("`{}` does not exist", path.display()));
            self.problems.add(problem.hint("a matrix lies in `policies/`, as policies do"));
            return None;
        }
        let file = read(&path, self.problems)?;
        self.files.push(Arc::clone(&file));
        Some(file)
    }

    fn collectors(&mut self, project: &Project, sources: Spot<'_>) -> (Vec<(TomlFile, Collector)>, bool) {
        let folder = Folder::open(&project.root, "collectors", "toml");
        let mut loaded = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for (spot, name) in sources.items().into_iter().filter_map(|spot| Some((spot, spot.text()?))) {
            if names.contains(&name) {
                let problem = spot.error(codes::DUPLICATE_NAME, format!("source `{name}` is given twice"));
                self.problems.add(problem.hint("remove one of the two"));
                continue;
            }
            names.push(name);
            let Some(path) = folder.find(spot, self.problems) else { continue };
            let Ok(source) = name.parse() else { continue };
            let Some((file, raw)) = self.open(&path, FileKind::Collector) else { continue };
            let collector = collector::check(raw, source, &path, file.root(), self.problems);
            loaded.extend(collector.map(|collector| (file, collector)));
        }
        let has_all = loaded.len() == names.len();
        (loaded, has_all)
    }

    fn policy<R: DeserializeOwned, P>(
        &mut self,
        folder: &Folder,
        stage: Option<Spot<'_>>,
        kind: FileKind,
        check: fn(R, Spot<'_>, &KeyForms, &mut Problems) -> P,
    ) -> Option<(TomlFile, P)> {
        let path = folder.find(stage?.get("policy")?, self.problems)?;
        let (file, raw) = self.open(&path, kind)?;
        let policy = check(raw, file.root(), self.forms, self.problems);
        Some((file, policy))
    }

    /// The policy of reconcile, with the nicknames and the transliterations that it names.
    fn owners(&mut self, policies: &Folder, stage: Option<Spot<'_>>) -> Option<(TomlFile, OwnersPolicy)> {
        let (file, mut policy) = self.policy(policies, stage, FileKind::Owners, owners::check)?;
        let mut pairs = BTreeSet::new();
        for spot in file.root().key("scoring").key("nicknames").items() {
            match spot.text().unwrap_or_default() {
                nicknames::COMMON => pairs.extend(nicknames::common()),
                name => {
                    let Some(list) = self.beside(&file, name, spot, "`common`") else { continue };
                    pairs.extend(nicknames::of_file(&list, self.problems));
                }
            }
        }
        let mut letters = Vec::new();
        let mut known = BTreeSet::new();
        for spot in file.root().key("transliterations").items() {
            let name = spot.text().unwrap_or_default();
            let table =
                transliterations::known(name).or_else(|| self.beside(&file, name, spot, &transliterations::names()));
            let Some(table) = table else { continue };
            transliterations::add(&table, &mut known, &mut letters, self.problems);
        }
        policy.write_letters(&Arc::new(Transliteration::of(letters)));
        if let Some(scoring) = &mut policy.scoring {
            scoring.nicknames = pairs.into_iter().collect();
        }
        Some((file, policy))
    }

    /// A list that a policy names and that lies beside it; what it may name otherwise is said where there is none.
    fn beside(&mut self, policy: &TomlFile, name: &str, spot: Spot<'_>, known: &str) -> Option<Arc<SourceFile>> {
        let path = policy.folder().join(name);
        if !path.is_file() {
            let problem = spot.error(codes::NOT_FOUND, format!("`{}` does not exist", path.display()));
            self.problems.add(problem.hint(format!("write {known}, or a CSV file that lies beside the policy")));
            return None;
        }
        let list = read(&path, self.problems)?;
        self.files.push(Arc::clone(&list));
        Some(list)
    }

    fn rules(&mut self, project: &Project, stage: Option<Spot<'_>>) -> (Vec<Rule>, Vec<RuleId>) {
        let folder = Folder::open(&project.root, "rules", "sql");
        let mut rules = Vec::new();
        let mut ids = Vec::new();
        for path in self.selected(&folder, stage, "rules") {
            let Some(id) = named_by_stem::<RuleId>(&path, self.problems) else { continue };
            ids.push(id.clone());
            let Some(file) = read(&path, self.problems) else { continue };
            self.files.push(Arc::clone(&file));
            rules.extend(rule::check(id, &file, self.problems));
        }
        (rules, ids)
    }

    fn controls(
        &mut self,
        project: &Project,
        stage: Option<Spot<'_>>,
        activities: Option<&[Duty]>,
    ) -> (Vec<(TomlFile, Control)>, Vec<Arc<SourceFile>>) {
        let folder = Folder::open(&project.root, "controls", "toml");
        let (mut controls, mut matrices) = (Vec::new(), Vec::new());
        let duties = Duties { activities, forms: self.forms };
        for path in self.selected(&folder, stage, "controls") {
            let Some(id) = named_by_stem(&path, self.problems) else { continue };
            let Some((file, raw)) = self.open(&path, FileKind::Control) else { continue };
            let matrix = file.root().get("matrix").and_then(|spot| self.matrix(project, spot));
            matrices.extend(matrix.clone());
            let given = control::Given { id, path: &path, matrix, duties: &duties };
            let control = control::check(raw, given, file.root(), self.problems);
            controls.extend(control.map(|control| (file, control)));
        }
        (controls, matrices)
    }

    /// The files that a stage's globs select; all of the folder, if the stage has no globs.
    fn selected(&mut self, folder: &Folder, stage: Option<Spot<'_>>, key: &str) -> Vec<PathBuf> {
        let Some(stage) = stage else { return Vec::new() };
        let stems = match stage.get(key) {
            Some(globs) => folder.select(globs, self.problems),
            None => folder.names().collect(),
        };
        stems.into_iter().map(|stem| folder.file(stem)).collect()
    }

    fn open<R: DeserializeOwned>(&mut self, path: &Path, kind: FileKind) -> Option<(TomlFile, R)> {
        let source = read(path, self.problems)?;
        self.files.push(Arc::clone(&source));
        let mut file = TomlFile::parse(source, self.problems)?;
        file.fill(&self.scope, self.problems);
        let raw = file.take(kind, self.problems)?;
        Some((file, raw))
    }
}

//! What people write, and what they are told about it.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::collect::collector::{Case, From as Origin, OnBadValue, OnDuplicate};
use crate::collect::read::Format;
use crate::problem::{Look, Problems};
use crate::settings::OnOpen;
use crate::settings::controls::Check;
use crate::settings::validate::Amount;
use crate::table::{Kind, Type};

mod anything;
mod collectors;
mod docs;
mod duties;
mod mail;
mod names;
mod notify;
mod packs;
mod policies;
mod retention;
mod rules;
mod serve;

/// A project in a folder of its own.
struct Files {
    folder: TempDir,
    vars: BTreeMap<String, String>,
}

const PLAN: &str = r#"
[plan]
title = "Weekly load"

[stage.collect]
sources = ["hr", "directory"]

[stage.activate]

[stage.reconcile]
policy = "owners"

[stage.validate]
"#;

const HR: &str = r#"
[source]
files = "../sample-data/hr_identities.csv"
format = "csv"

[table.identities.columns]
employee_id = "EMPLOYEE_ID"
family_name = "LAST_NAME"
departure_on = { from = "END", formats = ["%d/%m/%Y"], null = ["n/a"] }
"#;

const DIRECTORY: &str = r#"
[source]
files = "../sample-data/{repository}.ldif"
format = "ldif"
many = true

[table.accounts]
on_duplicate = "min(created_on)"
keep = """
category <> 'test'
"""

[table.accounts.columns]
repository = { capture = "repository", pattern = '^[A-Z]+$' }
identifier = "uid"
created_on = "created"
employee_id = "employeeNumber"
"#;

const OWNERS: &str = r#"
[[ownerless]]
id = "service_accounts"
reason = "service"
where = "a.identifier LIKE 'svc%'"

[[match]]
id = "by_employee_id"
account = "employee_id"
identity = "employee_id"
"#;

impl Files {
    /// A project that loads.
    fn new() -> Self {
        let files = Self { folder: TempDir::new().unwrap(), vars: BTreeMap::new() };
        files
            .with("ledgerline.toml", "[project]\nname = \"Test\"\n")
            .with("plans/weekly.toml", PLAN)
            .with("collectors/hr.toml", HR)
            .with("collectors/directory.toml", DIRECTORY)
            .with("policies/owners.toml", OWNERS)
    }

    #[must_use]
    fn with(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    #[must_use]
    fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.to_owned(), value.to_owned());
        self
    }

    fn project(&self) -> Result<Project, Problems> {
        Project::load(self.folder.path(), &Variables::new(&self.vars, &|_| None))
    }

    fn plan(&self) -> Result<Plan, Problems> {
        let environment = |name: &str| (name == "HOME_SITE").then(|| "Lyon".to_owned());
        let variables = Variables::new(&self.vars, &environment);
        let project = Project::load(self.folder.path(), &variables)?;
        Plan::load(&project, &self.folder.path().join("plans/weekly.toml"), &variables)
    }

    fn shown(&self, problems: &Problems) -> String {
        let text = problems.render(Look::Plain).replace(&format!("{}/", self.folder.path().display()), "");
        text.trim_end().to_owned()
    }

    /// What loading the plan says.
    fn told(&self) -> String {
        match self.plan() {
            Ok(plan) => self.shown(&plan.warnings),
            Err(problems) => self.shown(&problems),
        }
    }

    /// The codes and lines of what loading the plan says, in order.
    fn codes(&self) -> Vec<String> {
        let problems = match self.plan() {
            Ok(plan) => plan.warnings,
            Err(problems) => problems,
        };
        let lines = problems.iter().map(|problem| {
            let at = problem.place.as_ref().map(|place| {
                let stem = place.file.path().file_stem().unwrap().to_string_lossy().into_owned();
                format!(" {stem}:{}", place.file.position(place.span.start).0)
            });
            format!("{}{}", problem.code.id, at.unwrap_or_default())
        });
        lines.collect()
    }
}

#[test]
fn a_project_loads_with_everything_its_plan_names() {
    let files = Files::new();
    let plan = files.plan().map_err(|problems| files.shown(&problems)).unwrap();
    assert_eq!((plan.name.as_str(), plan.title.as_str(), plan.on_open), ("weekly", "Weekly load", OnOpen::Refuse));
    assert_eq!(plan.collectors.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["hr", "directory"]);
    assert_eq!(plan.files.len(), 5);
    assert!(plan.stages.validate.has_guards && plan.stages.leavers.is_none());
    assert!(plan.warnings.is_empty(), "{}", plan.warnings);
}

#[test]
fn a_collector_is_built_with_the_defaults_of_its_columns() {
    let plan = Files::new().plan().unwrap();
    let identities = &plan.collectors[0].tables[0];
    let names: Vec<&str> = identities.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["employee_id", "family_name", "departure_on"], "the order of the file");
    let key = &identities.columns[0];
    assert_eq!((key.required, key.on_bad_value, key.case), (true, OnBadValue::Reject, Case::Keep));
    assert_eq!(key.from, Origin::Column("EMPLOYEE_ID".to_owned()));
    let departure = &identities.columns[2];
    assert_eq!((departure.kind, departure.required, departure.on_bad_value), (Type::Date, false, OnBadValue::Null));
    assert!(identities.columns[1].is_matched, "the table has `family_name_norm`");
    let accounts = &plan.collectors[1].tables[0];
    assert_eq!(accounts.on_duplicate, OnDuplicate::Min("created_on".to_owned()));
    assert_eq!(accounts.columns[0].from, Origin::Capture("repository".to_owned()));
    let keep = accounts.keep.as_ref().unwrap().place_at(1, 1);
    assert_eq!(keep.file.position(keep.span.start), (10, 1), "three quotes swallow the line break");
    assert!(plan.collectors[0].files.pattern.ends_with("/sample-data/hr_identities.csv"));
    assert!(!plan.collectors[0].files.pattern.contains(".."));
}

#[test]
fn several_problems_of_several_files_are_told_at_once_and_in_order() {
    let files = Files::new()
        .with("plans/weekly.toml", &PLAN.replace("sources", "sorces").replace("\"Weekly load\"", "7"))
        .with("collectors/hr.toml", &HR.replace("\"csv\"", "\"csw\""));
    assert_eq!(
        files.told(),
        r#"error[LL0105]: `csw` is not `csv`, `tsv`, `json`, `jsonl`, `parquet`, `xlsx` or `ldif`
 --> collectors/hr.toml:4:10
  |
4 | format = "csw"
  |          ^^^^^
  |
  = hint: did you mean `csv`?

error[LL0103]: expected a string, found an integer
 --> plans/weekly.toml:3:9
  |
3 | title = 7
  |         ^
  |
  = hint: put it in quotes

error[LL0102]: unknown key `sorces` in `[stage.collect]`
 --> plans/weekly.toml:6:1
  |
6 | sorces = ["hr", "directory"]
  | ^^^^^^
  |
  = hint: did you mean `sources`? known keys: `retire`, `sources`"#
    );
}

#[test]
fn syntax_errors_and_duplicate_keys_are_told_together() {
    let files = Files::new().with("plans/weekly.toml", "[plan]\ntitle = \"a\"\ntitle = \"b\"\nx = \n[stage.collect\n");
    let codes = files.codes();
    assert_eq!(codes[..2], ["LL0106 weekly:3", "LL0101 weekly:4"], "{}", files.told());
    assert!(files.told().contains("`title` is given twice in the same table"), "{}", files.told());
}

#[test]
fn a_missing_key_is_told_with_its_meaning() {
    let files = Files::new().with("plans/weekly.toml", &PLAN.replace("[stage.activate]", ""));
    assert_eq!(
        files.told(),
        "\
error[LL0104]: `activate` is missing in `[stage]`
 --> plans/weekly.toml:5:2
  |
5 | [stage.collect]
  |  ^^^^^
  |
  = hint: add `activate`: staged parts are published, and what moved is told"
    );
}

#[test]
fn a_text_that_must_say_something_is_not_empty() {
    let files = Files::new()
        .with("plans/weekly.toml", &PLAN.replace("Weekly load", " "))
        .with("policies/owners.toml", &OWNERS.replace("a.identifier LIKE 'svc%'", ""));
    assert_eq!(files.codes(), ["LL0105 weekly:3", "LL0105 owners:5"], "{}", files.told());
}

#[test]
fn a_variable_comes_from_the_caller_the_plan_or_the_environment() {
    let plan = PLAN.replace("[stage.collect]", "[vars]\nload = \"w1\"\n[stage.collect]");
    let hr = HR.replace("sample-data", "${load}/${HOME_SITE}");
    let files = Files::new().with("plans/weekly.toml", &plan).with("collectors/hr.toml", &hr);
    assert!(files.plan().unwrap().collectors[0].files.pattern.ends_with("/w1/Lyon/hr_identities.csv"));
    let files = files.var("load", "w2");
    let plan = files.plan().unwrap();
    assert!(plan.collectors[0].files.pattern.ends_with("/w2/Lyon/hr_identities.csv"));
    assert_eq!(plan.vars, BTreeMap::from([("load".to_owned(), "w2".to_owned())]));
    let told = files.var("laod", "w3").told();
    assert!(told.starts_with("error[LL0110]: variable `laod` was given, but no file uses it"), "{told}");
    assert!(told.contains("did you mean `load`?"), "{told}");
}

#[test]
fn an_unset_variable_is_pointed_at() {
    let files = Files::new().with("collectors/hr.toml", &HR.replace("sample-data", "${load}"));
    assert_eq!(
        files.told(),
        r#"error[LL0108]: variable `load` is not set
 --> collectors/hr.toml:3:13
  |
3 | files = "../${load}/hr_identities.csv"
  |             ^^^^^^^
  |
  = hint: give it with `--var load=..`, under `[vars]` of the plan, or in the environment"#
    );
}

#[test]
fn a_missing_collector_is_told_with_the_nearest_one() {
    let files = Files::new().with("plans/weekly.toml", &PLAN.replace("\"directory\"", "\"directry\", \"hr\""));
    assert_eq!(files.codes(), ["LL0201 weekly:6", "LL0112 weekly:6"]);
    let told = files.told();
    assert!(told.contains("`collectors/directry.toml` does not exist"), "{told}");
    assert!(told.contains("hint: did you mean `directory`? collectors: `directory`, `hr`"), "{told}");
}

#[test]
fn a_project_has_key_forms_and_a_zone() {
    let text = "[project]\nname = 'x'\nzone = 'Europe/Paris'\n[keys.accounts]\ncase = 'lower'\n[keys.groups]\ntrim = false\n\
                [repository.AD]\naccounts = { case = 'upper' }\n[engine]\nmemory = '4 GiB'\nthreads = 2\n";
    let project = Files::new().with("ledgerline.toml", text).project().unwrap();
    let case = |kind, namespace| project.key_forms.of(kind, namespace).case;
    assert_eq!(case(Kind::Account, "AD"), Case::Upper);
    assert_eq!(case(Kind::Account, "SAP"), Case::Lower);
    assert!(!project.key_forms.of(Kind::Group, "AD").trim, "as its kind");
    assert_eq!(project.engine.memory_bytes, Some(4 << 30));
    assert!(project.ledger.ends_with("ledger"));
}

#[test]
fn a_secret_is_never_written_down() {
    let check = |lines: &str, expected: &[&str]| {
        let mail = "[project]\nname = 'x'\n[mail]\nhost = 'smtp.example'\nfrom = 'a@x'\nto = ['b@x']\n";
        let files = Files::new().with("ledgerline.toml", &format!("{mail}{lines}\n"));
        let codes = files.codes();
        assert_eq!(codes, expected, "{}", files.told());
    };
    check("user = 'u'\npassword = { env = 'SMTP_PASSWORD' }", &[]);
    check("user = 'u'\npassword = { file = '/run/secrets/x' }", &[]);
    check("user = 'u'\npassword = 'hunter2'", &["LL0103 ledgerline:8"]);
    check("user = 'u'\npassword = {}", &["LL0113 ledgerline:8"]);
    check("user = 'u'", &["LL0113 ledgerline:7"]);
    check("security = 'none'", &["LL0105 ledgerline:7"]);
    check("port = 70000", &["LL0105 ledgerline:7"]);
    check("zone = 1", &["LL0102 ledgerline:7"]);
}

#[test]
fn a_folder_without_a_project_says_so() {
    let folder = TempDir::new().unwrap();
    let given = BTreeMap::new();
    let problems = Project::load(folder.path(), &Variables::new(&given, &|_| None)).unwrap_err();
    assert!(problems.render(Look::Plain).contains("ledgerline init"));
    let problems = Project::load(Path::new("/nowhere"), &Variables::new(&given, &|_| None)).unwrap_err();
    assert!(problems.has_errors());
}

#[test]
fn every_key_of_every_file_is_described() {
    for kind in FileKind::ALL {
        let schema = schema(kind);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let text = schema.to_string();
        assert!(!text.contains("null\"") || kind == FileKind::Collector, "{}: {text}", kind.as_str());
        let tables = schema["$defs"].as_object().into_iter().flat_map(serde_json::Map::values).chain([&schema]);
        for table in tables {
            for (key, property) in table["properties"].as_object().into_iter().flatten() {
                assert!(property.get("description").is_some(), "{}: {key}", kind.as_str());
            }
        }
    }
}

#[test]
fn nesting_without_end_is_a_problem_and_no_crash() {
    let texts = [
        format!("x = {}", "[".repeat(50_000)),
        format!("x = {}", "{a = ".repeat(50_000)),
        format!("{}a = 1", "a.".repeat(50_000)),
        format!("[{}a]", "a.".repeat(50_000)),
    ];
    for text in texts {
        assert!(Files::new().with("plans/weekly.toml", &text).plan().is_err());
    }
}

#[test]
fn codes_are_unique() {
    let mut ids: Vec<&str> = codes::ALL.iter().map(|code| code.id).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

/// A project with more in its file.
fn project(more: &str) -> Result<Project, String> {
    let files = Files::new().with("ledgerline.toml", &format!("[project]\nname = \"Test\"\n{more}"));
    files.project().map_err(|problems| files.shown(&problems))
}

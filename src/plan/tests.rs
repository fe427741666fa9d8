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

mod docs;
mod names;
mod rules;

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

/// The codes that a collector of accounts with these lines under `[table.accounts.columns]` gives.
#[track_caller]
fn check_columns(columns: &str, codes: &[&str]) {
    let text = format!(
        "[source]\nfiles = \"{{site}}/a.csv\"\nformat = \"csv\"\n[table.accounts.columns]\n\
         repository = {{ value = \"AD\" }}\nidentifier = \"ID\"\n{columns}\n"
    );
    let files = Files::new().with("collectors/directory.toml", &text);
    let found: Vec<String> = files.codes().into_iter().map(|code| code[..6].to_owned()).collect();
    assert_eq!(found, codes, "{}", files.told());
}

#[test]
fn columns_are_checked() {
    check_columns("cost_centre = 'CC'", &[]);
    check_columns("seats = { from = 'N', type = 'integer', default = '0' }", &[]);
    check_columns("region = { capture = 'site' }", &[]);
    check_columns("region = { capture = 'sit' }", &["LL0307"]);
    check_columns("login = { from = 'L', pattern = '(' }", &["LL0305"]);
    check_columns("login = { from = 'L', pattern = '((a{100}){100}){100}' }", &["LL0305"]);
    check_columns("login = { from = 'L', type = 'integer' }", &["LL0304"]);
    check_columns("created_on = { from = 'L', formats = ['%d/%m/%Y', '%Y%m%d', '%d.%m.%y'] }", &[]);
    check_columns("created_on = { from = 'L', formats = ['dd/mm/yyyy', '%H', '%Q'] }", &["LL0306", "LL0306", "LL0306"]);
    check_columns(
        "seen_at = { from = 'L', type = 'timestamp', formats = ['%Y-%m-%dT%H:%M:%S%:z', '%Y-%m-%d %H:%M'] }",
        &[],
    );
    check_columns("login = { from = 'L', value = 'x' }", &["LL0113"]);
    check_columns("login = { trim = false }", &["LL0113"]);
    check_columns("login = { from = 'L', formats = ['%Y'] }", &["LL0308"]);
    check_columns("is_enabled = { from = 'L', true = ['Y'], false = ['N'], default = 'maybe' }", &["LL0103"]);
    check_columns("login = { from = 'L', one_of = ['a'], default = 'b' }", &["LL0113"]);
    check_columns("login = { from = 'L', required = true, on_bad_value = 'null' }", &["LL0113"]);
    check_columns("login = 7", &["LL0103"]);
    check_columns("login = { from = 'L', patern = '(' }", &["LL0102", "LL0305"]);
    check_columns("email_norm = 'M'\nuid = 'U'\norder = 'O'\nOrder = 'O'", &["LL0303"; 4]);
    check_columns("emial = 'M'", &["LL0309"]);
    check_columns("email = 'M'\nemail = 'N'", &["LL0106"]);
}

#[test]
fn a_key_of_the_project_is_not_set_column_by_column() {
    let text = DIRECTORY
        .replace("identifier = \"uid\"", "identifier = { from = \"uid\", case = \"lower\", required = false }");
    let files = Files::new().with("collectors/directory.toml", &text);
    assert_eq!(files.codes(), ["LL0308 directory:15", "LL0113 directory:15"], "{}", files.told());
}

#[test]
fn a_key_column_must_be_mapped() {
    let files = Files::new().with("collectors/directory.toml", &DIRECTORY.replace("identifier", "login"));
    let told = files.told();
    assert_eq!(files.codes(), ["LL0302 directory:13"], "{told}");
    assert!(told.contains("`accounts` needs `identifier`"), "{told}");
    assert!(told.contains("natural key, second part: add `identifier = \"<column of the source>\"`"), "{told}");
}

#[test]
fn the_ends_of_a_relation_must_be_mapped() {
    let check = |table: &str, columns: &str, expected: &[&str]| {
        let text = format!("[source]\nfiles = 'a.csv'\nformat = 'csv'\n[table.{table}.columns]\n{columns}\n");
        let files = Files::new().with("collectors/hr.toml", &text);
        assert_eq!(files.codes(), expected, "{table} {columns}\n{}", files.told());
    };
    let lacking = "LL0302 hr:4";
    check("rights", "repository = 'R'\naccount = 'A'\npermission = 'P'\nperimeter = 'X'\ngranted_on = 'G'", &[]);
    check("rights", "account = 'A'\npermission = 'P'", &[]);
    check("rights", "perimeter = 'X'", &[lacking, lacking]);
    check("rights", "repository = 'R'\naccount_uid = 'A'\npermission = 'P'", &[lacking, "LL0303 hr:6"]);
    check("memberships", "repository = 'R'\nmember = 'M'\ngroup = 'G'\nrole = 'X'", &[]);
    check("memberships", "repository = 'R'\nmember = 'M'\naccount = 'A'\ngroup = 'G'", &["LL0113 hr:6"]);
    check("group_nesting", "repository = 'R'\ngroup = 'M'\nparent = 'G'", &[]);
    check("permission_links", "permission = 'M'\nincluded = 'G'\napplication = { value = 'ERP' }", &[]);
    check("manager_links", "identity = 'M'\napplication = 'A'\ndomain = 'D'", &[]);
    check("theoretical_links", "rule = 'R'\njob_code = 'J'\npermission = 'P'\napplication = 'A'", &[]);
    check("usages", "repository = 'R'\naccount = 'A'\npermission = 'P'\nuse_count = 'N'", &[]);
    check("derogations", "identity = 'I'\npermission = 'P'\nuntil_on = 'U'\nreason = 'W'", &[]);
    check("movements", "uid = 'U'", &["LL0301 hr:4"]);
    check("acounts", "identifier = 'U'", &["LL0301 hr:4"]);
}

#[test]
fn settings_of_another_format_are_refused() {
    let text = HR.replace("format = \"csv\"", "format = \"parquet\"\ndelimiter = \";\"\nsheet = \"x\"");
    assert_eq!(Files::new().with("collectors/hr.toml", &text).codes(), ["LL0308 hr:5", "LL0308 hr:6"]);
    let text =
        HR.replace("\"csv\"", "\"csv\"\ndelimiter = \";;\"\nquote = \"\"\nencoding = \"latin-42\"\nmax_age = \"3\"");
    assert_eq!(Files::new().with("collectors/hr.toml", &text).codes(), ["LL0107 hr:8"]);
    let text = text.replace("\"3\"", "\"3 days\"");
    assert_eq!(Files::new().with("collectors/hr.toml", &text).codes(), ["LL0105 hr:5", "LL0105 hr:7"]);
    let text = HR.replace("\"csv\"", "\"tsv\"\nquote = \"\"\nheader = [\"EMPLOYEE_ID\", \"LAST_NAME\", \"ENDE\"]");
    let files = Files::new().with("collectors/hr.toml", &text);
    assert_eq!(files.codes(), ["LL0401 hr:11"], "{}", files.told());
    let plan = Files::new().with("collectors/hr.toml", &text.replace("ENDE", "END")).plan().unwrap();
    let Format::Csv(csv) = &plan.collectors[0].format else { panic!("no csv") };
    assert_eq!((csv.delimiter, csv.quote, csv.columns.len()), (b'\t', None, 3));
}

#[test]
fn two_collectors_cannot_give_a_column_two_types() {
    let files = Files::new()
        .with("collectors/hr.toml", &format!("{HR}seats = {{ from = 'S', type = 'integer' }}\n"))
        .with("collectors/directory.toml", &HR.replace("family_name", "seats"));
    assert_eq!(files.codes(), ["LL0304 directory:8"]);
    assert!(files.told().contains("it is BIGINT at collectors/hr.toml:10"), "{}", files.told());
}

#[test]
fn a_policy_compares_columns_that_exist() {
    let owners = OWNERS.replace("account = \"employee_id\"", "account = \"{badge}@{emplyee_id}\"");
    let files = Files::new().with("policies/owners.toml", &owners);
    assert_eq!(files.codes(), ["LL0401 owners:9", "LL0401 owners:9"]);
    assert!(files.told().contains("did you mean `employee_id`?"));
    let files = files.with("collectors/directory.toml", &format!("{DIRECTORY}badge = 'B'\nemplyee_id = 'E'\n"));
    assert_eq!(files.codes(), Vec::<String>::new().as_slice(), "{}", files.told());
}

#[test]
fn a_policy_compares_normalised_what_has_a_normalised_form() {
    let owners = format!("{OWNERS}compare = 'normalised'\n");
    let files = Files::new().with("policies/owners.toml", &owners);
    assert_eq!(files.codes(), ["LL0401 owners:10"], "{}", files.told());
    assert!(files.told().contains("match = true"));
    let hr = HR.replace("employee_id = \"EMPLOYEE_ID\"", "employee_id = { from = \"EMPLOYEE_ID\", match = true }");
    let files = files.with("collectors/hr.toml", &hr);
    assert_eq!(files.codes(), Vec::<String>::new().as_slice(), "{}", files.told());
}

#[test]
fn a_rule_is_not_named_like_a_decision() {
    let files = Files::new().with("policies/owners.toml", &OWNERS.replace("\"by_employee_id\"", "\"leaved\""));
    assert_eq!(files.codes(), ["LL0111 owners:8"], "{}", files.told());
}

#[test]
fn repositories_of_a_policy_are_in_key_form() {
    let project = "[project]\nname = \"Test\"\n[keys.repositories]\ncase = \"upper\"\n";
    let owners = format!("{OWNERS}repositories = [' erp']\n");
    let files = Files::new().with("ledgerline.toml", project).with("policies/owners.toml", &owners);
    assert_eq!(files.plan().unwrap().stages.reconcile.policy.matches[0].repositories, ["ERP"]);
}

#[test]
fn controls_need_what_they_are_made_from() {
    let control = "title = 'Idle'\nrisk = 2\nkind = 'rule'\nrule = 'idle'\nsubject = 'account'\n";
    let plan = format!("{PLAN}[stage.controls]\n");
    let files = Files::new().with("plans/weekly.toml", &plan).with("controls/idle.toml", control);
    assert_eq!(files.codes(), ["LL0202 idle:4"]);
    let files = files.with("plans/weekly.toml", &format!("{plan}[stage.rules]\nrules = ['id*']\n"));
    assert_eq!(files.codes(), ["LL0201 idle:4", "LL0201 weekly:16"]);
    let files = files.with("rules/idle.sql", "-- title: Idle\nSELECT 1\n");
    let plan = files.plan().unwrap();
    let control = &plan.stages.controls.as_ref().unwrap().controls[0];
    assert_eq!(control.check, Check::Rule { rule: "idle".parse().unwrap(), subject: Kind::Account });
    let gap = "title = 'x'\nrisk = 6\nkind = 'theoretical_rights'\ngap = 'over'\nrule = 'idle'\n";
    assert_eq!(files.with("controls/gap.toml", gap).codes(), ["LL0105 gap:2"]);
}

#[test]
fn duties_are_segregated_by_a_list_or_by_two_sides() {
    let check = |lines: &str, expected: &[&str]| {
        let text = format!("title = 'x'\nrisk = 5\nkind = 'segregation_of_duties'\n{lines}\n");
        let plan = format!("{PLAN}[stage.controls]\n");
        let files = Files::new().with("plans/weekly.toml", &plan).with("controls/sod.toml", &text);
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    check("all_of = ['ERP/A', 'ERP/B']", &[]);
    check("left = ['ERP/A']\nright = ['ERP/B/C']\non = 'account'", &[]);
    check("all_of = ['ERP/A']", &["LL0105 sod:4"]);
    check("all_of = ['ERP/A', 'B']", &["LL0111 sod:4"]);
    check("left = ['ERP/A']\nright = ['ERP/A']", &["LL0113 sod:5"]);
    check("left = ['ERP/A']", &["LL0113 sod:3"]);
    check("all_of = ['ERP/A', 'ERP/B']\ngap = 'over'", &["LL0113 sod:5"]);
}

#[test]
fn thresholds_can_be_reached() {
    let check = |lines: &str, expected: &[&str]| {
        let plan = format!("{PLAN}[stage.validate.threshold.accounts]\n{lines}\n");
        let files = Files::new().with("plans/weekly.toml", &plan);
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    check("metric = 'accounts.count'\nby = 'repository'\ndrop = { warn = '5 %', hold = 20 }", &[]);
    check("sql = 'SELECT 1'\nmin = { hold = 1.5 }\nrise = { warn = '300 %' }", &[]);
    check("metric = 'accounts.count'\ndrop = { hold = '101 %' }", &["LL0203 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { hold = -1 }", &["LL0203 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { hold = nan }", &["LL0105 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { hold = '5' }", &["LL0107 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { hold = true }", &["LL0103 weekly:16"]);
    check("metric = 'accounts.count'\ndrop = { warn = '5 %', hold = '2 %' }", &["LL0203 weekly:16"]);
    check("metric = 'accounts.count'\nmin = { hold = '5 %' }", &["LL0203 weekly:16"]);
    check("metric = 'accounts.count'\nsql = 'SELECT 1'\nrise = { warn = 1 }", &["LL0113 weekly:14"]);
    check("metric = 'accounts.count'", &["LL0203 weekly:14"]);
    check("metric = 'accounts.count'\nmax_dorp = {}\ndrop = {}", &["LL0102 weekly:16", "LL0203 weekly:17"]);
    let guard = format!("{PLAN}threshold.guard_x = {{ metric = 'a', drop = {{ warn = 1 }} }}\n");
    let files = Files::new().with("plans/weekly.toml", &guard);
    assert_eq!(files.codes(), ["LL0111 weekly:14"], "{}", files.told());
    let plan = format!("{PLAN}threshold.a = {{ metric = 'a', drop = {{ warn = '5 %' }} }}\n");
    let plan = Files::new().with("plans/weekly.toml", &plan).plan().unwrap();
    assert_eq!(plan.stages.validate.thresholds[0].limits[0].warn, Some(Amount::Share(0.05)));
}

#[test]
fn managers_have_a_fallback_if_they_ask_for_it() {
    let check = |policy: &str, expected: &[&str]| {
        let plan = format!("{PLAN}[stage.managers]\npolicy = 'managers'\n");
        let files = Files::new().with("plans/weekly.toml", &plan).with("policies/managers.toml", policy);
        assert_eq!(files.codes(), expected, "{}", files.told());
    };
    let resolve = "resolve = ['stated', 'link', 'organisation_head', 'fallback']";
    check(&format!("[[manager]]\nof = 'identities'\n{resolve}\nfallback = 'E1'\n"), &[]);
    check(&format!("[[manager]]\nof = 'identities'\n{resolve}\n"), &["LL0113 managers:3"]);
    check(
        "[[manager]]\nof = 'groups'\nfallback = 'E1'\n[[manager]]\nof = 'groups'\n",
        &["LL0113 managers:3", "LL0112 managers:5"],
    );
    check("[[manager]]\nof = 'people'\nresolve = []\n", &["LL0105 managers:2", "LL0105 managers:3"]);
}

#[test]
fn a_rights_model_names_permissions() {
    let plan = format!("{PLAN}[stage.rights_model]\npolicy = 'rights_model'\n");
    let text = "[[grant]]\nid = 'all'\npopulation = 'TRUE'\npermissions = ['ERP/A', 'ERP', 'ERP/A']\nexcept = []\n";
    let files = Files::new().with("plans/weekly.toml", &plan).with("policies/rights_model.toml", text);
    assert_eq!(files.codes(), ["LL0111 rights_model:4", "LL0112 rights_model:4"], "{}", files.told());
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

/// Pieces of which files are made, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[source]\n",
        "[table.accounts.columns]\n",
        "[[match]]\n",
        "id = ",
        "x = ",
        "files = ",
        "format = ",
        "\"csv\"\n",
        "\"${",
        "}\"\n",
        "'''",
        "\"\"\"",
        "{ from = 'a' }\n",
        "[1, 2]\n",
        "99999999999999999999\n",
        "-1\n",
        "nan\n",
        "é",
        "1979-05-27\n",
        "true\n",
        "{",
        "}",
        "[",
        "]",
        "\n",
        "= ",
        "keep = ",
        "identifier = ",
        "'%d'\n",
        "risk = ",
        "on = ",
        "permissions = ",
        "[plan]\n",
        "[stage.collect]\n",
        "sources = ",
        "[\"hr\"]\n",
        "-- title: x\n",
        "{a}",
        "\r\n",
        "#",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_text_makes_it_panic(text in prop_oneof![any::<String>(), pieces()], valid in 0..6usize) {
        let base = ["", "", HR, DIRECTORY, PLAN, OWNERS][valid];
        let text = format!("{base}{text}");
        let files = Files::new();
        for path in ["ledgerline.toml", "plans/weekly.toml", "collectors/hr.toml", "policies/owners.toml"] {
            let files = Files::new().with(path, &text);
            let told = files.told();
            prop_assert!(!told.contains("LL0001") && !told.contains("LL0002"), "{told}");
        }
        let files = files
            .with("plans/weekly.toml", &format!("{PLAN}[stage.rules]\n[stage.controls]\n"))
            .with("rules/a.sql", &text)
            .with("controls/a.toml", &text);
        let _ = files.told();
    }
}

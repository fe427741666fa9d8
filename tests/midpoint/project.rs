//! The directory and the HR file as a project: sources stay where they are, only the configuration is written.

use std::path::Path;

use crate::support::Project;

/// Owners by the number that both sides have.
pub(super) const BY_NUMBER: &str = r#"
[[match]]
id = "by_number"
account = "employee_id"
identity = "employee_id"
compare = "equal"
"#;

/// Owners by name alone.
pub(super) const BY_NAME: &str = r#"
[[match]]
id = "by_name"
account = "display_name"
identity = "full_name"
compare = "normalised"
"#;

const PEOPLE: &str = r#"
format = "csv"

[table.identities.columns]
employee_id = "empnum"
given_name = "firstname"
family_name = "surname"
status = { from = "status", case = "lower" }
job_title = "job"
contract = "emptype"
location = "locality"
"#;

/// Units of the tree lie in the same files and are left out by their structural class.
const ACCOUNTS: &str = r#"
many = true
format = "ldif"

[table.accounts]
keep = "_class LIKE '%person%'"

[table.accounts.columns]
_class = { from = "objectClass", case = "lower" }
repository = { value = "LDAP" }
identifier = "dn"
login = "uid"
display_name = "cn"
employee_id = "employeeNumber"
"#;

const GROUPS: &str = r#"
many = true
format = "ldif"
explode = "member"

[table.groups]
keep = "_class LIKE '%groupofnames%'"

[table.groups.columns]
_class = { from = "objectClass", case = "lower" }
repository = { value = "LDAP" }
code = "dn"
name = "cn"
description = "description"

[table.memberships.columns]
repository = { value = "LDAP" }
group = "dn"
account = "member"
"#;

/// A group of an application is the permission that it opens.
const PERMISSIONS: &str = r#"
format = "ldif"

[table.permissions.columns]
application = { value = "APPS" }
code = "cn"

[table.rights.columns]
repository = { value = "LDAP" }
group = "dn"
application = { value = "APPS" }
permission = "cn"
"#;

const COLLECTORS: [(&str, &str, &str); 4] = [
    ("people", "initial_data.csv", PEOPLE),
    ("accounts", "1*.ldif", ACCOUNTS),
    ("member_groups", "2*.ldif", GROUPS),
    ("permissions", "205-application-groups.ldif", PERMISSIONS),
];

/// A project over the files, with a policy of owners.
#[must_use]
#[track_caller]
pub(super) fn midpoint(data: &Path, owners: &str) -> Project {
    let mut project = Project::new().file("policies/owners.toml", owners);
    project = project.plan_of(&COLLECTORS.map(|(source, ..)| source));
    for (source, file, text) in COLLECTORS {
        let files = data.join("raw/one").join(file);
        project = project.collector(source, &format!("[source]\nfiles = \"{}\"{text}", files.display()));
    }
    let plan = project.read("plans/load.toml");
    let active = "[stage.leavers]\nactive = \"i.status = 'active'\"\n\n[stage.reconcile]";
    project.write("plans/load.toml", plan.replace("[stage.reconcile]", active));
    project
}

//! The tables that collectors fill: objects, and relations between them.
#![expect(missing_docs, reason = "`about` says what a table is, to people and to `schema tables` alike")]

use super::column::{
    KEY_SOURCE, ROW_HASH, SOURCE, STALE_LOADS, UID, column, day, end, flag, key, norm, number, reference,
    reference_uid, text,
};
use crate::table::{Kind, Role, Sort, Table, Type};

pub const ORGANISATIONS: Table = Table {
    name: "organisations",
    about: "Units of the company, a forest by `parent`.",
    sort: Sort::Object(Kind::Organisation),
    columns: &[
        UID,
        key("code", "natural key"),
        column("code_source", Type::Text, KEY_SOURCE, "the key as the source wrote it"),
        text("name", "display name"),
        reference("parent", Kind::Organisation, "the unit above; null for a root"),
        reference_uid("parent_uid", Kind::Organisation),
        reference("head", Kind::Identity, "who leads it"),
        reference_uid("head_uid", Kind::Identity),
        text("category", "site, department, .."),
        ROW_HASH,
        SOURCE,
        STALE_LOADS,
    ],
};

pub const IDENTITIES: Table = Table {
    name: "identities",
    about: "People the company lists, active or not.",
    sort: Sort::Object(Kind::Identity),
    columns: &[
        UID,
        key("employee_id", "natural key"),
        column("employee_id_source", Type::Text, KEY_SOURCE, "the key as the source wrote it"),
        text("given_name", "first name"),
        text("family_name", "last name"),
        text("full_name", "name as displayed; given and family name joined by a blank where the source has none"),
        text("email", "mail address"),
        reference("organisation", Kind::Organisation, "the unit the person belongs to"),
        reference_uid("organisation_uid", Kind::Organisation),
        text("job_code", "code of the job"),
        text("job_title", "title of the job"),
        reference("manager", Kind::Identity, "the manager whom the source states"),
        reference_uid("manager_uid", Kind::Identity),
        day("hired_on", "first day of the contract"),
        day("departure_on", "last day of the contract; null = open-ended"),
        text("status", "status in the source's own words"),
        text("contract", "kind of contract"),
        text("location", "site"),
        text("phone", "telephone number"),
        norm("given_name_norm", "given_name"),
        norm("family_name_norm", "family_name"),
        norm("full_name_norm", "full_name"),
        norm("email_norm", "email"),
        ROW_HASH,
        SOURCE,
        STALE_LOADS,
    ],
};

pub const REPOSITORIES: Table = Table {
    name: "repositories",
    about: "Systems that hold accounts.",
    sort: Sort::Object(Kind::Repository),
    columns: &[
        UID,
        key("code", "natural key"),
        column("code_source", Type::Text, KEY_SOURCE, "the key as the source wrote it"),
        text("name", "display name"),
        text("category", "directory, application, .."),
        ROW_HASH,
        SOURCE,
        STALE_LOADS,
    ],
};

pub const ACCOUNTS: Table = Table {
    name: "accounts",
    about: "Accounts of repositories.",
    sort: Sort::Object(Kind::Account),
    columns: &[
        UID,
        column("repository", Type::Text, Role::Namespace(Kind::Repository), "natural key, first part"),
        key("identifier", "natural key, second part"),
        column("identifier_source", Type::Text, KEY_SOURCE, "the key as the source wrote it"),
        text("login", "what the person types, where it differs from the identifier"),
        text("display_name", "name shown in the repository"),
        text("email", "mail address"),
        text("employee_id", "employee id written on the account; a claim, not yet an owner"),
        text("department", "department written on the account"),
        text("category", "personal, service, admin, .."),
        text("status", "status in the source's own words"),
        text("ownerless", "reason why this account has no owner, stated by the source; null = not stated"),
        flag("is_enabled", "whether one can log on; null = not told"),
        flag("is_privileged", "whether the repository calls it privileged; null = not told"),
        day("created_on", "day of creation"),
        column("last_logon_on", Type::Date, Role::Volatile, "day of the last log-on; null = never or not told"),
        norm("identifier_norm", "identifier"),
        norm("login_norm", "login"),
        norm("display_name_norm", "display_name"),
        norm("email_norm", "email"),
        norm("employee_id_norm", "employee_id"),
        ROW_HASH,
        SOURCE,
        STALE_LOADS,
    ],
};

pub const GROUPS: Table = Table {
    name: "groups",
    about: "Groups of repositories.",
    sort: Sort::Object(Kind::Group),
    columns: &[
        UID,
        column("repository", Type::Text, Role::Namespace(Kind::Repository), "natural key, first part"),
        key("code", "natural key, second part"),
        column("code_source", Type::Text, KEY_SOURCE, "the key as the source wrote it"),
        text("name", "display name"),
        text("description", "what it is for"),
        reference("owner", Kind::Identity, "who answers for the group"),
        reference_uid("owner_uid", Kind::Identity),
        text("category", "kind of group"),
        ROW_HASH,
        SOURCE,
        STALE_LOADS,
    ],
};

pub const APPLICATIONS: Table = Table {
    name: "applications",
    about: "Applications that grant permissions.",
    sort: Sort::Object(Kind::Application),
    columns: &[
        UID,
        key("code", "natural key"),
        column("code_source", Type::Text, KEY_SOURCE, "the key as the source wrote it"),
        text("name", "display name"),
        reference("owner", Kind::Identity, "who answers for the application"),
        reference_uid("owner_uid", Kind::Identity),
        reference("organisation", Kind::Organisation, "the unit it belongs to"),
        reference_uid("organisation_uid", Kind::Organisation),
        number("criticality", "as the source scales it"),
        text("category", "kind of application"),
        ROW_HASH,
        SOURCE,
        STALE_LOADS,
    ],
};

pub const PERMISSIONS: Table = Table {
    name: "permissions",
    about: "Permissions of applications: roles, profiles, transactions, entitlements.",
    sort: Sort::Object(Kind::Permission),
    columns: &[
        UID,
        column("application", Type::Text, Role::Namespace(Kind::Application), "natural key, first part"),
        key("code", "natural key, second part"),
        column("code_source", Type::Text, KEY_SOURCE, "the key as the source wrote it"),
        text("name", "display name"),
        text("description", "what it allows"),
        number("sensitivity", "as the source scales it"),
        flag("is_privileged", "whether the application calls it privileged; null = not told"),
        text("category", "role, profile, transaction, .."),
        ROW_HASH,
        SOURCE,
        STALE_LOADS,
    ],
};

pub const MEMBERSHIPS: Table = Table {
    name: "memberships",
    about: "Who is in a group: an account, or a group as a member.",
    sort: Sort::Relation,
    columns: &[
        end("account_uid", Kind::Account, "the member; null where the member is a group"),
        end("member_group_uid", Kind::Group, "the group that is a member; null where an account is"),
        end("group_uid", Kind::Group, "the group"),
        text("role", "what the member is in the group"),
        SOURCE,
        STALE_LOADS,
    ],
};

pub const GROUP_NESTING: Table = Table {
    name: "group_nesting",
    about: "Which group lies inside which: members of `group_uid` are members of `parent_uid`.",
    sort: Sort::Relation,
    columns: &[
        end("group_uid", Kind::Group, "the inner group"),
        end("parent_uid", Kind::Group, "the outer group"),
        SOURCE,
        STALE_LOADS,
    ],
};

pub const PERMISSION_LINKS: Table = Table {
    name: "permission_links",
    about: "Which permission brings which: whoever holds `permission_uid` holds `included_uid`.",
    sort: Sort::Relation,
    columns: &[
        end("permission_uid", Kind::Permission, "the role"),
        end("included_uid", Kind::Permission, "what it includes"),
        SOURCE,
        STALE_LOADS,
    ],
};

pub const RIGHTS: Table = Table {
    name: "rights",
    about: "Permissions that accounts or groups hold directly.",
    sort: Sort::Relation,
    columns: &[
        end("account_uid", Kind::Account, "the holder; null where a group holds the right"),
        end("group_uid", Kind::Group, "the group that holds it; null where an account does"),
        end("permission_uid", Kind::Permission, "what is held"),
        column("perimeter", Type::Text, Role::KeyPart, "where it holds: company code, plant, ..; null = everywhere"),
        day("granted_on", "day of the grant"),
        SOURCE,
        STALE_LOADS,
    ],
};

pub const MANAGER_LINKS: Table = Table {
    name: "manager_links",
    about: "Managers whom sources state for any object, by domain.",
    sort: Sort::Relation,
    columns: &[
        end("account_uid", Kind::Account, "the managed account, if it is one"),
        end("application_uid", Kind::Application, "the managed application, if it is one"),
        end("group_uid", Kind::Group, "the managed group, if it is one"),
        end("organisation_uid", Kind::Organisation, "the managed organisation, if it is one"),
        end("managed_uid", Kind::Identity, "the managed identity, if it is one"),
        end("identity_uid", Kind::Identity, "the manager"),
        column("domain", Type::Text, Role::KeyPart, "in which matter; null = all"),
        day("valid_from", "first day on which it holds; null = ever since"),
        day("valid_until", "last day on which it holds; null = for good"),
        SOURCE,
        STALE_LOADS,
    ],
};

pub const THEORETICAL_LINKS: Table = Table {
    name: "theoretical_links",
    about: "Rows of a rights model kept outside: who of a unit and a job should hold a permission.",
    sort: Sort::Relation,
    columns: &[
        column("rule", Type::Text, Role::KeyPart, "id of the rule in the source"),
        end("organisation_uid", Kind::Organisation, "for people of this unit or below it; null = any"),
        column("job_code", Type::Text, Role::KeyPart, "for people with this job; null = any"),
        end("permission_uid", Kind::Permission, "what they should hold"),
        column("perimeter", Type::Text, Role::KeyPart, "where; null = no matter where"),
        day("valid_from", "first day on which it holds; null = ever since"),
        day("valid_until", "last day on which it holds; null = for good"),
        SOURCE,
        STALE_LOADS,
    ],
};

pub const DUTY_CONFLICTS: Table = Table {
    name: "duty_conflicts",
    about: "The matrix of duties kept outside: pairs of permissions that nobody should hold together.",
    sort: Sort::Relation,
    columns: &[
        column("rule", Type::Text, Role::KeyPart, "id of the pair in the source"),
        end("permission_uid", Kind::Permission, "one of the two"),
        end("conflicting_uid", Kind::Permission, "the other"),
        text("severity", "how bad it is, as the source scales it"),
        SOURCE,
        STALE_LOADS,
    ],
};

pub const USAGES: Table = Table {
    name: "usages",
    about: "When accounts used permissions.",
    sort: Sort::Relation,
    columns: &[
        end("account_uid", Kind::Account, "who"),
        end("permission_uid", Kind::Permission, "what"),
        day("first_on", "first day of use"),
        day("last_on", "last day of use"),
        number("use_count", "how often"),
        SOURCE,
        STALE_LOADS,
    ],
};

pub const DEROGATIONS: Table = Table {
    name: "derogations",
    about: "Deviations from the rights model that someone allowed.",
    sort: Sort::Relation,
    columns: &[
        end("identity_uid", Kind::Identity, "for whom"),
        end("permission_uid", Kind::Permission, "what"),
        column(
            "perimeter",
            Type::Text,
            Role::KeyPart,
            "where, if the rights model judges perimeters; null = everywhere",
        ),
        text("reason", "why"),
        day("until_on", "last day; null = without end"),
        SOURCE,
        STALE_LOADS,
    ],
};

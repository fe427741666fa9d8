//! The company's project: sources of every kind that read each other's keys, and policies over them.

/// An extract: the columns of its file, each with the values that occur in it, and the tables it fills.
pub(super) struct Extract {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, &'static str)],
    pub(super) rows: usize,
    pub(super) collector: &'static str,
}

const PEOPLE: &str = "E1 E2 E3 E4 E5 E6 E7 E8 E9 E10 E11 E12";
const HEADS: &str = "E1 E2 E3 E4 E20 -";
const UNITS: &str = "U1 U2 U3 U4 U5";
const LOGINS: &str = "a1 a2 a3 a4 a5 a6 svc1 g1 g2";
const GROUPS: &str = "g1 g2 g3 g4 a1 a9";
const PERMISSIONS: &str = "P1 P2 P3 P4 P5 P6";
const DAYS: &str = "2025-06-01 2025-12-20 2026-01-10 2026-03-01 - soon";

/// `-` among values stands for none.
pub(super) const EXTRACTS: [Extract; 15] = [
    Extract {
        name: "units",
        columns: &[("CODE", UNITS), ("NAME", "One Two"), ("PARENT", "U1 U2 U5 U9 -"), ("HEAD", HEADS), ("NOTE", "- x")],
        rows: 5,
        collector: "[table.organisations]\non_duplicate = \"last\"\n[table.organisations.columns]\ncode = \"CODE\"\nname = \"NAME\"\nparent = \"PARENT\"\nhead = \"HEAD\"\n",
    },
    Extract {
        name: "people",
        columns: &[
            ("ID", PEOPLE),
            ("GIVEN", "Ann Bob Cem"),
            ("FAMILY", "Berg Chen"),
            ("UNIT", UNITS),
            ("JOB", "J1 J2 J3 -"),
            ("BOSS", HEADS),
            ("END", DAYS),
            ("STATUS", "active active active left"),
        ],
        rows: 14,
        collector: "[table.identities.columns]\nemployee_id = \"ID\"\ngiven_name = \"GIVEN\"\nfamily_name = \"FAMILY\"\norganisation = \"UNIT\"\njob_code = \"JOB\"\nmanager = \"BOSS\"\ndeparture_on = \"END\"\nstatus = { from = \"STATUS\", one_of = [\"active\", \"left\"], on_bad_value = \"reject\" }\n",
    },
    Extract {
        name: "directory",
        columns: &[
            ("LOGIN", LOGINS),
            ("ID", "E1 E2 E3 E4 E5 E6 E99 -"),
            ("NAME", "ann.berg bob.chen cem.berg"),
            ("ENABLED", "yes yes no perhaps"),
            ("LAST", DAYS),
        ],
        rows: 10,
        collector: "[table.accounts.columns]\nrepository = { value = \"AD\" }\nidentifier = \"LOGIN\"\nemployee_id = \"ID\"\nlogin = \"NAME\"\nis_enabled = \"ENABLED\"\nlast_logon_on = { from = \"LAST\", type = \"date\", volatile = true }\n",
    },
    // Objects and relations of one file.
    Extract {
        name: "resources",
        columns: &[("LOGIN", LOGINS), ("ID", "E1 E2 E3 E7 -"), ("ROLE", PERMISSIONS), ("APP", "ERP ERP CRM -")],
        rows: 9,
        collector: "[table.accounts]\non_duplicate = \"first\"\n[table.accounts.columns]\nrepository = { value = \"SAP\" }\nidentifier = \"LOGIN\"\nemployee_id = \"ID\"\n[table.rights.columns]\nrepository = { value = \"SAP\" }\naccount = \"LOGIN\"\napplication = \"APP\"\npermission = \"ROLE\"\n",
    },
    Extract {
        name: "groups",
        columns: &[("REPO", "AD AD SAP"), ("CODE", GROUPS), ("NAME", "One Two"), ("OWNER", HEADS)],
        rows: 8,
        collector: "[table.groups.columns]\nrepository = \"REPO\"\ncode = \"CODE\"\nname = \"NAME\"\nowner = \"OWNER\"\n",
    },
    Extract {
        name: "members",
        columns: &[("GROUP", GROUPS), ("MEMBER", "a1 a2 a3 a7 g1 g2 g3 x1"), ("ROLE", "- - owner")],
        rows: 12,
        collector: "[table.memberships]\non_duplicate = \"first\"\n[table.memberships.columns]\nrepository = { value = \"AD\" }\ngroup = \"GROUP\"\nmember = \"MEMBER\"\nrole = \"ROLE\"\n",
    },
    Extract {
        name: "nesting",
        columns: &[("GROUP", GROUPS), ("PARENT", GROUPS)],
        rows: 4,
        collector: "[table.group_nesting.columns]\nrepository = { value = \"AD\" }\ngroup = \"GROUP\"\nparent = \"PARENT\"\n",
    },
    Extract {
        name: "applications",
        columns: &[("CODE", "ERP CRM"), ("OWNER", HEADS), ("UNIT", UNITS)],
        rows: 2,
        collector: "[table.applications]\non_duplicate = \"first\"\n[table.applications.columns]\ncode = \"CODE\"\nowner = \"OWNER\"\norganisation = \"UNIT\"\n",
    },
    Extract {
        name: "permissions",
        columns: &[("APP", "ERP ERP CRM"), ("CODE", PERMISSIONS), ("PRIVILEGED", "yes no")],
        rows: 8,
        collector: "[table.permissions]\non_duplicate = \"first\"\n[table.permissions.columns]\napplication = \"APP\"\ncode = \"CODE\"\nis_privileged = \"PRIVILEGED\"\n",
    },
    Extract {
        name: "roles",
        columns: &[("ROLE", "P1 P2"), ("INCLUDED", "P2 P3 P4")],
        rows: 2,
        collector: "[table.permission_links.columns]\napplication = { value = \"ERP\" }\npermission = \"ROLE\"\nincluded = \"INCLUDED\"\nincluded_application = { value = \"ERP\" }\n",
    },
    // Permissions without an application are looked up over all.
    Extract {
        name: "rights",
        columns: &[("LOGIN", LOGINS), ("PERMISSION", PERMISSIONS), ("SINCE", DAYS), ("WHERE", "- - X")],
        rows: 16,
        collector: "[table.rights]\nkeep = \"perimeter IS NULL OR perimeter <> 'Y'\"\non_duplicate = \"min(granted_on)\"\n[table.rights.columns]\nrepository = { value = \"AD\" }\naccount = \"LOGIN\"\npermission = \"PERMISSION\"\ngranted_on = \"SINCE\"\nperimeter = \"WHERE\"\n",
    },
    Extract {
        name: "model",
        columns: &[("RULE", "R1 R2 R3"), ("UNIT", "U1 U2 -"), ("JOB", "J1 J2"), ("PERMISSION", PERMISSIONS)],
        rows: 5,
        collector: "[table.theoretical_links.columns]\nrule = \"RULE\"\norganisation = \"UNIT\"\njob_code = \"JOB\"\npermission = \"PERMISSION\"\n",
    },
    Extract {
        name: "derogations",
        columns: &[("ID", PEOPLE), ("PERMISSION", PERMISSIONS), ("UNTIL", DAYS)],
        rows: 2,
        collector: "[table.derogations]\non_duplicate = \"first\"\n[table.derogations.columns]\nidentity = \"ID\"\npermission = \"PERMISSION\"\nuntil_on = \"UNTIL\"\n",
    },
    Extract {
        name: "duties",
        columns: &[("RULE", "D1 D2 D3"), ("ONE", "P1 P2 P3"), ("OTHER", "P4 P5")],
        rows: 2,
        collector: "[table.duty_conflicts.columns]\nrule = \"RULE\"\npermission = \"ONE\"\nconflicting = \"OTHER\"\n",
    },
    Extract {
        name: "reviewers",
        columns: &[("ID", PEOPLE), ("APP", "ERP CRM HRM")],
        rows: 2,
        collector: "[table.manager_links.columns]\nidentity = \"ID\"\napplication = \"APP\"\ndomain = { value = \"review\" }\n",
    },
];

/// How every source is read: whatever is wrong with it, the load goes on.
pub(super) const SOURCE: &str =
    "format = \"csv\"\nmin_rows = 0\nmax_rejects = \"100 %\"\nmax_keyless_rows = 100\non_failure = \"carry\"\n";

/// A file of the configuration with two texts of a piece of it.
pub(super) struct Written {
    pub(super) path: &'static str,
    pub(super) text: &'static str,
    pub(super) pieces: &'static [(&'static str, &'static str)],
}

/// The configuration beside the collectors, with what may change in it.
pub(super) const CONFIGURATION: [Written; 12] = [
    Written {
        path: "plans/load.toml",
        text: r#"
[plan]
title = "Load"
[stage.collect]
sources = ["units", "people", "directory", "resources", "groups", "members", "nesting", "applications", "permissions", "roles", "rights", "model", "derogations", "duties", "reviewers"]
[stage.activate]
[stage.activate.references]
rights = { permission = "keep" }
memberships = { account = "keep" }
identities = { organisation = "keep" }
[stage.leavers]
active = "i.status = 'active'"
grace = "0 days"
grace_loads = 1
[stage.reconcile]
policy = "owners"
decisions = "decisions.csv"
[stage.managers]
policy = "managers"
[stage.rights_model]
policy = "rights_model"
[stage.rules]
[stage.controls]
[stage.validate]
guards = false
[stage.validate.threshold.orphans]
metric = "accounts.orphans"
by = "repository"
rise = { warn = 1 }
[stage.confirm]
mode = "auto"
"#,
        pieces: &[
            ("permission = \"keep\"", "permission = \"reject\""),
            ("permission = \"keep\"", "permission = \"stub\""),
            ("account = \"keep\"", "account = \"reject\""),
            ("organisation = \"keep\"", "organisation = \"stub\""),
            ("grace_loads = 1", "grace_loads = 0"),
            ("grace = \"0 days\"", "grace = \"30 days\""),
            ("\"duties\", \"reviewers\"", "\"duties\""),
        ],
    },
    Written {
        path: "policies/owners.toml",
        text: "[[ownerless]]\nid = \"services\"\nreason = \"service\"\nwhere = \"a.identifier LIKE 'svc%'\"\n[[match]]\nid = \"by_employee_id\"\naccount = \"employee_id\"\nidentity = \"employee_id\"\n[[match]]\nid = \"by_name\"\naccount = \"login\"\nidentity = \"{given_name}.{family_name}\"\ncompare = \"normalised\"\n",
        pieces: &[("'svc%'", "'a6%'"), ("id = \"by_name\"", "id = \"by_login\"")],
    },
    Written {
        path: "policies/managers.toml",
        text: "[[manager]]\nof = \"identities\"\nresolve = [\"stated\", \"organisation_head\"]\n[[manager]]\nof = \"applications\"\ndomain = \"review\"\nresolve = [\"link\", \"stated\"]\n",
        pieces: &[("\"stated\", \"organisation_head\"", "\"organisation_head\"")],
    },
    Written {
        path: "policies/rights_model.toml",
        text: "use_collected = true\n[[grant]]\nid = \"all\"\npopulation = \"i.job_code = 'J1'\"\npermissions = [\"ERP/P1\", \"ERP/P2\"]\n[[exclude]]\nid = \"some\"\npopulation = \"i.job_code = 'J2'\"\npermissions = [\"ERP/P3\"]\n",
        pieces: &[("'J1'", "'J3'"), ("\"ERP/P3\"", "\"CRM/P3\"")],
    },
    Written {
        path: "policies/decisions.csv",
        text: "repository,identifier,decision,value,reason,who,decided_on\nAD,a1,pin,E4,asked,Ann,2026-01-02\nAD,a2,forbid,E2,asked,Ann,2026-01-02\n",
        pieces: &[("pin,E4", "pin,E5"), ("AD,a2,forbid", "AD,a3,forbid")],
    },
    Written {
        path: "rules/orphans.sql",
        text: "-- title: Orphans\nSELECT a.uid, a.identifier FROM accounts a WHERE NOT EXISTS (SELECT 1 FROM ownership o WHERE o.account_uid = a.uid)\n",
        pieces: &[("a.identifier FROM", "a.repository FROM")],
    },
    Written {
        path: "rules/idle.sql",
        text: "-- title: Idle\n-- parameter days integer = 30\nSELECT a.uid FROM accounts a WHERE a.last_logon_on < {as_of} - {days}\n",
        pieces: &[("= 30", "= 60")],
    },
    Written {
        path: "rules/newcomers.sql",
        text: "-- title: Newcomers\nSELECT i.uid FROM identities i WHERE NOT EXISTS (SELECT 1 FROM before_identities b WHERE b.uid = i.uid)\n",
        pieces: &[("-- title: Newcomers", "-- title: New people")],
    },
    Written {
        path: "controls/idle.toml",
        text: "title = \"Idle\"\nrisk = 2\nkind = \"rule\"\nrule = \"idle\"\nsubject = \"account\"\n",
        pieces: &[("risk = 2", "risk = 3")],
    },
    Written {
        path: "controls/duties.toml",
        text: "title = \"Duties\"\nrisk = 4\nkind = \"segregation_of_duties\"\non = \"identity\"\nuse_collected = true\n",
        pieces: &[("on = \"identity\"", "on = \"account\"")],
    },
    Written {
        path: "controls/pair.toml",
        text: "title = \"Pair\"\nrisk = 4\nkind = \"segregation_of_duties\"\non = \"identity\"\nall_of = [\"ERP/P1\", \"ERP/P3\"]\n",
        pieces: &[("\"ERP/P3\"", "\"ERP/P5\"")],
    },
    Written {
        path: "controls/over.toml",
        text: "title = \"Over\"\nrisk = 1\nkind = \"theoretical_rights\"\ngap = \"over\"\n",
        pieces: &[("gap = \"over\"", "gap = \"under\"")],
    },
];

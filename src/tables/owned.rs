//! The tables about who owns what, and who manages whom.
#![expect(missing_docs, reason = "`about` says what a table is, to people and to `schema tables` alike")]

use super::column::{UID, made_date, made_flag, made_fraction, made_number, made_text};
use crate::table::{Column, Sort, Table};

pub const DECISIONS: Table = Table {
    name: "decisions",
    about: "The rows of the decision file, taken as they are read: what people decided about owners.",
    sort: Sort::Derived,
    columns: &[
        made_text("repository", "repository of the account, in key form"),
        made_text("identifier", "identifier of the account, in key form"),
        made_text(
            "decision",
            "pin = `value` owns it, forbid = `value` may never own it, class = it is ownerless, break = nothing decides its owner",
        ),
        made_text("value", "employee id in key form; for `class` the reason why there is no owner; null for `break`"),
        made_text("reason", "why it was decided"),
        made_text("who", "who decided"),
        made_date("decided_on", "when it was decided, in the words of the file"),
        made_text("problem", "why the row cannot be taken; null = it counts"),
        made_number("line", "line of the file, counted from 1, for a row that cannot be taken; else null"),
    ],
};

pub const DECISION_PROBLEMS: Table = Table {
    name: "decision_problems",
    about: "Decisions that cannot be taken, and those about accounts or identities that this load does not have.",
    sort: Sort::Derived,
    columns: &[
        made_number("line", "line of the file, counted from 1, where the row itself is wrong; else null"),
        made_text("repository", "as `decisions` has it"),
        made_text("identifier", "as `decisions` has it"),
        made_text("decision", "as `decisions` has it"),
        made_text("value", "as `decisions` has it"),
        made_text("problem", "what is wrong, in words"),
    ],
};

pub const FORGOTTEN_OWNERS: Table = Table {
    name: "forgotten_owners",
    about: "What the run was asked to find anew: owners that the parent knew through these are not carried.",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "repository, rule"),
        made_text("name", "code of the repository, in key form, or id of the rule; whichever of the two it is"),
    ],
};

pub const FORBIDDEN_OWNERS: Table = Table {
    name: "forbidden_owners",
    about: "Identities that may never own an account.",
    sort: Sort::Derived,
    columns: &[made_number("account_uid", "the account"), made_number("identity_uid", "who may not own it")],
};

pub const CARRIED_OWNERSHIP: Table = Table {
    name: "carried_ownership",
    about: "Ownership decided before any rule is tried: by a person, by the source, or carried from the parent.",
    sort: Sort::Derived,
    columns: OWNERSHIP.columns,
};

pub const UNDECIDED_ACCOUNTS: Table = Table {
    name: "undecided_accounts",
    about: "The accounts that the rules of reconcile may decide: nothing before them did, and no person broke them off.",
    sort: Sort::Derived,
    columns: &[made_number("account_uid", "the account; one row each")],
};

pub const ACCOUNT_CLASSES: Table = Table {
    name: "account_classes",
    about: "What kind of account it is, where a person, the source or a rule of the policy says so. An account that is not here is personal.",
    sort: Sort::Derived,
    columns: &[
        made_number("account_uid", "the account; one row each"),
        made_text(
            "class",
            "personal, service, shared, admin, test, application; or what a decision or the source says",
        ),
        made_text("rule", "what says so: class (a decision), stated (the source), or the id of a rule"),
    ],
};

pub const OWNER_CANDIDATES: Table = Table {
    name: "owner_candidates",
    about: "Who is in question as the owner of an account where a match rule finds several identities, or found them in \
            an earlier timeslot while the account said the same: at most the first twenty who share a text, and whoever \
            was in question before, listed or not. Without those who may not own it.",
    sort: Sort::Derived,
    columns: &[
        made_text("rule", "id of the match rule"),
        made_number("account_uid", "the account"),
        made_number("identity_uid", "who may own it; perhaps no longer listed"),
        made_text("compared", "the text of the account that the rule compares"),
    ],
};

pub const OWNER_MATCHES: Table = Table {
    name: "owner_matches",
    about: "What each rule of reconcile found for the accounts that nothing else decides. One row per account and rule.",
    sort: Sort::Derived,
    columns: &[
        made_number("rule_rank", "place of the rule in the policy, from 1; ownerless rules come first"),
        made_text("rule", "id of the rule"),
        made_number("account_uid", "the account"),
        made_number("identity_uid", "whom it found; null for an ownerless rule, or where several are in question"),
        made_text("ownerless", "why there is no owner; null for a match rule"),
        made_number("candidates", "identities in question, see `owner_candidates`; 0 for an ownerless rule"),
        made_flag("is_final", "whether no later rule is tried: it decides, or it stops at several candidates"),
    ],
};

pub const RESIDUAL_ACCOUNTS: Table = Table {
    name: "residual_accounts",
    about: "The accounts that are left to match rules with a tier: no rule that decides alone has decided them.",
    sort: Sort::Derived,
    columns: &[made_number("account_uid", "the account; one row each")],
};

pub const CROWDED_KEYS: Table = Table {
    name: "crowded_keys",
    about: "Keys of match rules with a tier that too many identities share (`most_per_key`): nobody is compared because of them.",
    sort: Sort::Derived,
    columns: &[
        made_text("rule", "id of the match rule"),
        made_text("compared", "the key"),
        made_number("accounts", "accounts that have it"),
        made_number("identities", "identities that have it"),
    ],
};

pub const OWNER_SCORES: Table = Table {
    name: "owner_scores",
    about: "Who is in question as the owner of an account by match rules that add up, with the arithmetic. One row per \
            account and identity; none below `candidate_at`.",
    sort: Sort::Derived,
    columns: &[
        made_number("account_uid", "the account"),
        made_number("identity_uid", "who may own it; perhaps no longer listed, where the outcome is `remembered`"),
        made_fraction("score", "0 to 1, of all tiers tried; of the earlier load, where the outcome is `remembered`"),
        made_text(
            "outcome",
            "owner = alone at or above `owner_at`; several = there, but not alone; candidate = below; remembered = was \
             one of several in an earlier load, and the account says the same since",
        ),
        made_number("tier", "the last tier that was tried"),
        made_text("rule", "the rule that gave most; the first of them in the policy"),
        made_text(
            "arithmetic",
            "rules with their points: `both_names 0.500000 + national_id 0.250000`; a score ends at 1",
        ),
    ],
};

pub const OWNERSHIP: Table = Table {
    name: "ownership",
    about: "The accounts that have an owner or are ownerless for a reason. An account that is not here is an orphan.",
    sort: Sort::Derived,
    columns: &[
        made_number("account_uid", "the account; one row each"),
        made_number("identity_uid", "the owner; null for an ownerless account"),
        made_text("ownerless", "why there is no owner: service, leaved, ..; null for an owned account"),
        made_text("description", "for `leaved` the full name of the former owner; for a decision its reason"),
        made_text(
            "rule",
            "what decided: pin, class, stated, leaved, returned (who left is back), or the id of an ownerless or match rule; carried along",
        ),
        made_date("decided_on", "as-of of the load that decided"),
        made_number(
            "former_uid",
            "for `leaved` who owned it; null for others, and where an older load noted it without",
        ),
    ],
};

pub const OWNER_DRIFT: Table = Table {
    name: "owner_drift",
    about: "Owners whom a match rule found, and whom it would not find now: what it found them by has changed since. They \
            stay owners until a person decides, or the rule is forgotten.",
    sort: Sort::Derived,
    columns: &[
        made_number("account_uid", "the account"),
        made_number("identity_uid", "its owner"),
        made_text("rule", "the rule that found the owner"),
        made_text(
            "drift",
            "gone = the rule finds nobody; other = it finds somebody else; others = several others; shared = the owner is \
             no longer the only one; less = the score is below `owner_at`; unruled = the policy has no such rule any more",
        ),
        made_number("found_uid", "whom it would find; null but for `other`"),
        made_date("first_seen_on", "as-of of the first load in a row that shows it"),
    ],
};

pub const IDENTITY_MOVEMENTS: Table = Table {
    name: "identity_movements",
    about: "What changed for an identity that was there before. Empty on a first load.",
    sort: Sort::Derived,
    columns: &[
        UID,
        made_flag("is_organisation_changed", "belongs to another unit"),
        made_flag("is_job_changed", "has another job code or title"),
        made_flag("is_account_changed", "owns other accounts"),
        made_flag("is_permission_changed", "holds other permissions; null where the parent did not compute them"),
        made_flag("is_manager_changed", "has another manager in any domain; null where either load finds no managers"),
    ],
};

const MANAGER_COLUMNS: &[Column] = &[
    made_text("kind", "kind of the managed object"),
    UID,
    made_text("domain", "in which matter; null = in all"),
    made_number("identity_uid", "the manager; listed, and active but where a rule has `allow_inactive`"),
    made_text(
        "resolver",
        "how the manager was found: stated, link, organisation_head, fallback, overlay; `stated by email` where rows do not write employee ids",
    ),
    made_number("distance", "units climbed to find an organisation's head, 0 = one's own; null for other resolvers"),
    made_number("delegator_uid", "whom the manager stands in for; null where nobody delegated"),
    made_text("reason", "why people said so; null where a resolver did"),
];

pub const MANAGERS: Table = Table {
    name: "managers",
    about: "Who manages an object, by domain. Nobody manages, through any number of others, themselves: see `cut_manager_links`.",
    sort: Sort::Derived,
    columns: MANAGER_COLUMNS,
};

pub const FOUND_MANAGERS: Table = Table {
    name: "found_managers",
    about: "The managers of people as they were found, before circles were cut.",
    sort: Sort::Derived,
    columns: MANAGER_COLUMNS,
};

pub const MANAGER_OVERLAY: Table = Table {
    name: "manager_overlay",
    about: "The rows of the overlay file, taken as they are read: what people said about managers.",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "kind of the managed object; for `delegate` identity, the manager who delegates"),
        made_text("namespace", "repository or application of the key; null where the kind has none"),
        made_text("key", "key of the object, in key form"),
        made_text(
            "domain",
            "in which matter; null = `set` and `add`: the managers without a domain, else: every matter",
        ),
        made_text(
            "action",
            "set = these manage and nobody else, add = manages, too, remove = does not manage, delegate = stands in",
        ),
        made_text("manager", "employee id in key form"),
        made_date("valid_from", "first day on which it holds; null = ever since"),
        made_date("valid_until", "last day on which it holds; null = for good"),
        made_text("reason", "why"),
        made_text("who", "who says so"),
        made_text("problem", "why the row cannot be taken; null = it counts"),
        made_number("line", "line of the file, counted from 1, for a row that cannot be taken; else null"),
    ],
};

pub const MANAGER_ORDERS: Table = Table {
    name: "manager_orders",
    about: "What people said about managers, with whether it holds on this day.",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "as `manager_overlay` has it"),
        made_number("uid", "the object; null where nothing ever had the key"),
        made_text("domain", "as `manager_overlay` has it"),
        made_text("action", "as `manager_overlay` has it"),
        made_number("identity_uid", "the manager; null where nobody ever had the key"),
        made_date("valid_from", "as `manager_overlay` has it"),
        made_date("valid_until", "as `manager_overlay` has it"),
        made_text("reason", "as `manager_overlay` has it"),
        made_text("who", "as `manager_overlay` has it"),
        made_text("problem", "why it does not hold: expired, not yet valid, or what is wrong with it; null = it holds"),
        made_text("namespace", "as `manager_overlay` has it"),
        made_text("key", "as `manager_overlay` has it"),
        made_text("manager", "as `manager_overlay` has it"),
        made_number("line", "as `manager_overlay` has it"),
    ],
};

pub const MANAGER_PROBLEMS: Table = Table {
    name: "manager_problems",
    about: "Whom a row or a link names as a manager, or leads a unit that was asked, and who cannot be one, with who was found in their place.",
    sort: Sort::Derived,
    columns: &[
        made_text("kind", "kind of the managed object"),
        UID,
        made_text("domain", "in which matter; null = in all"),
        made_text("resolver", "who was asked: stated, link, organisation_head"),
        made_number("identity_uid", "whom it named"),
        made_text("problem", "absent, inactive, self"),
        made_text("next_resolver", "who named the manager found instead; null where there is none"),
        made_number("next_uid", "the manager found instead; of several the one with the smallest number"),
    ],
};

pub const CUT_MANAGER_LINKS: Table = Table {
    name: "cut_manager_links",
    about: "Who was found as whose manager and is none, because a circle would close: of each circle its member with the smallest uid has no manager.",
    sort: Sort::Derived,
    columns: &[
        made_text("domain", "in which matter; '' = in all"),
        made_number("uid", "the managed person"),
        made_number("parent_uid", "who was found as the manager"),
    ],
};

pub const MANAGER_CYCLE_MEMBERS: Table = Table {
    name: "manager_cycle_members",
    about: "The members of cycles among managers that were found.",
    sort: Sort::Derived,
    columns: &[
        made_text("domain", "in which matter; '' = in all"),
        made_number("cycle_uid", "smallest uid of the cycle"),
        UID,
    ],
};

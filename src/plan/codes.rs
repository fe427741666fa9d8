//! The codes of everything that can be wrong with the files of a project. A code never changes its meaning.

use crate::problem::Code;

/// A file that cannot be read.
pub const UNREADABLE: Code = Code::new("LL0001", "a file cannot be read");
/// A disagreement within Ledgerline: worth a report.
pub const NOT_TAKEN: Code = Code::new("LL0002", "a file has the shape of its schema and still cannot be taken");
/// No TOML.
pub const SYNTAX: Code = Code::new("LL0101", "the text is no TOML");
/// A key its table does not have.
pub const UNKNOWN_KEY: Code = Code::new("LL0102", "a key that this table does not have");
/// A value of another type.
pub const WRONG_TYPE: Code = Code::new("LL0103", "a value of another type than its key takes");
/// A key that must be given.
pub const MISSING_KEY: Code = Code::new("LL0104", "a key that must be given is not there");
/// A value that is not one of the allowed ones.
pub const NOT_ALLOWED: Code = Code::new("LL0105", "a value that is none of the allowed ones, or out of range");
/// A key given twice.
pub const DUPLICATE_KEY: Code = Code::new("LL0106", "a key is given twice");
/// A duration, size or percentage that cannot be read.
pub const BAD_UNIT: Code = Code::new("LL0107", "a duration, size or percentage without a number or its unit");
/// A variable without a value.
pub const UNSET_VARIABLE: Code = Code::new("LL0108", "a variable has no value");
/// A variable that is no name.
pub const BAD_VARIABLE: Code = Code::new("LL0109", "`${` without a name and `}` behind it");
/// A variable that nothing uses.
pub const UNUSED_VARIABLE: Code = Code::new("LL0110", "a variable was given that no file uses");
/// A name that is none.
pub const BAD_NAME: Code = Code::new("LL0111", "a name with characters it may not have");
/// A name given twice.
pub const DUPLICATE_NAME: Code = Code::new("LL0112", "a name is given twice");
/// Keys that exclude or need each other.
pub const KEYS_DISAGREE: Code = Code::new("LL0113", "keys that exclude each other, or one that needs another");
/// A named file that does not exist.
pub const NOT_FOUND: Code = Code::new("LL0201", "a collector, policy, rule or control is named that does not exist");
/// Something another stage would have to make.
pub const NEEDS_STAGE: Code = Code::new("LL0202", "what a stage of this plan does not make is needed");
/// A threshold that makes no sense.
pub const BAD_LIMIT: Code = Code::new("LL0203", "a limit that can never or always be reached");
/// A rule that compares by likeness and has no key.
pub const NEEDS_BLOCK: Code = Code::new("LL0204", "a match rule by likeness without a key that says whom to compare");
/// Roles that include each other.
pub const ROLE_CYCLE: Code = Code::new("LL0205", "a role of the rights model that includes itself");
/// A table of the ledger that does not exist or that no collector fills.
pub const BAD_TABLE: Code = Code::new("LL0301", "no table that a collector can fill");
/// A key or an end of a relation without a column.
pub const KEY_NOT_MAPPED: Code = Code::new("LL0302", "a key column or an end of a relation is not mapped");
/// A column that cannot be mapped or added.
pub const BAD_COLUMN: Code = Code::new("LL0303", "a column that a collector cannot give");
/// A column with two types.
pub const TYPE_DISAGREES: Code = Code::new("LL0304", "a column has another type elsewhere, or in the current timeslot");
/// A regular expression that does not compile.
pub const BAD_PATTERN: Code = Code::new("LL0305", "a regular expression that does not compile, or is too large");
/// A date format that reads no date.
pub const BAD_FORMAT: Code = Code::new("LL0306", "a date format that reads no date");
/// A file pattern that is none, or a capture it does not have.
pub const BAD_CAPTURE: Code = Code::new("LL0307", "a file pattern that is none, or a capture that it does not have");
/// A setting the file's format or the column's type does not have.
pub const NOT_APPLICABLE: Code =
    Code::new("LL0308", "a setting that this format or this type of column has no use for");
/// A name so near a known one that it is probably meant.
pub const PROBABLY_MISSPELT: Code = Code::new("LL0309", "a new column whose name is nearly that of a known one");
/// A column that a policy uses and no collector gives.
pub const UNKNOWN_COLUMN: Code = Code::new("LL0401", "a column that its table does not have");
/// SQL that is not let through.
pub const REFUSED_SQL: Code = Code::new(
    "LL0402",
    "SQL that is more than one reading query, or whose answer depends on more than the rows it names",
);
/// SQL that does not fit its tables.
pub const UNRESOLVED_SQL: Code =
    Code::new("LL0403", "SQL that names a column which is not there, or with types that do not fit");
/// Rules that use each other.
pub const RULE_CYCLE: Code = Code::new("LL0404", "rules that wait for each other");
/// A metric that is none.
pub const UNKNOWN_METRIC: Code = Code::new("LL0405", "a metric that does not exist, or that cannot be broken down so");
/// SQL that is let through, but doubtful.
pub const DOUBTFUL_SQL: Code = Code::new("LL0406", "SQL that engines may answer differently");
/// A rule's answer without the subject of a control.
pub const NO_SUBJECT: Code =
    Code::new("LL0407", "the answer of a rule does not say whom a control's findings are about");
/// An expression over permissions that is none.
pub const BAD_EXPRESSION: Code =
    Code::new("LL0408", "an expression over permissions that cannot be read, or that everybody or nobody fulfils");
/// A header line of a rule that cannot be read.
pub const BAD_HEADER: Code = Code::new("LL0501", "a header line of a rule that cannot be read");
/// A placeholder without a parameter.
pub const UNKNOWN_PARAMETER: Code = Code::new("LL0502", "a placeholder in a rule that no parameter fills");
/// A parameter that is never used.
pub const UNUSED_PARAMETER: Code = Code::new("LL0503", "a parameter of a rule that its SQL does not use");
/// A test of a rule that does not hold.
pub const TEST_FAILS: Code = Code::new("LL0504", "a test of a rule that does not hold");
/// A condition that says nothing of the rows.
pub const CONSTANT_CONDITION: Code =
    Code::new("LL0505", "a condition that holds for every row, or for none, whatever the tables say");
/// Tests that would hold of a rule that answers nothing.
pub const IDLE_TESTS: Code = Code::new("LL0506", "tests of a rule none of which expects a row");
/// A source whose files are not there.
pub const SOURCE_MISSING: Code =
    Code::new("LL0601", "a source whose files are not there now; a run would not be ready");
/// A schedule that cannot be read, or that never comes.
pub const BAD_SCHEDULE: Code = Code::new("LL0602", "a schedule that cannot be read, or a time that never comes");
/// A due time that clocks leave out or show twice.
pub const ODD_HOUR: Code = Code::new(
    "LL0603",
    "a due time in an hour that does not exist or occurs twice where clocks are put forward or back",
);
/// A name that no object has.
pub const UNKNOWN_NAME: Code =
    Code::new("LL0605", "a name in a policy, a control or the project that the ledger has never met");

/// Every code, for documentation.
pub const ALL: &[Code] = &[
    UNREADABLE,
    NOT_TAKEN,
    SYNTAX,
    UNKNOWN_KEY,
    WRONG_TYPE,
    MISSING_KEY,
    NOT_ALLOWED,
    DUPLICATE_KEY,
    BAD_UNIT,
    UNSET_VARIABLE,
    BAD_VARIABLE,
    UNUSED_VARIABLE,
    BAD_NAME,
    DUPLICATE_NAME,
    KEYS_DISAGREE,
    NOT_FOUND,
    NEEDS_STAGE,
    BAD_LIMIT,
    NEEDS_BLOCK,
    ROLE_CYCLE,
    BAD_TABLE,
    KEY_NOT_MAPPED,
    BAD_COLUMN,
    TYPE_DISAGREES,
    BAD_PATTERN,
    BAD_FORMAT,
    BAD_CAPTURE,
    NOT_APPLICABLE,
    PROBABLY_MISSPELT,
    UNKNOWN_COLUMN,
    REFUSED_SQL,
    UNRESOLVED_SQL,
    RULE_CYCLE,
    UNKNOWN_METRIC,
    DOUBTFUL_SQL,
    NO_SUBJECT,
    BAD_EXPRESSION,
    BAD_HEADER,
    UNKNOWN_PARAMETER,
    UNUSED_PARAMETER,
    TEST_FAILS,
    CONSTANT_CONDITION,
    IDLE_TESTS,
    SOURCE_MISSING,
    BAD_SCHEDULE,
    ODD_HOUR,
    UNKNOWN_NAME,
];

//! Packs: controls that Ledgerline brings, each with the reason for it and the texts of law and standards that it serves.

use crate::settings::controls::Control;
use crate::settings::rules::Rule;
use crate::table::Type;

/// What a control of a pack says besides what every control says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The pack.
    pub pack: String,
    /// The folder of the pack that it lies in: accounts, groups, ..
    pub area: String,
    /// Why a finding is a risk.
    pub why: String,
    /// What tells several findings about one subject apart; `None` where there is one.
    pub detail: Option<String>,
    /// What must be there for it to be evaluated, the needs of the questions it shares with others among them.
    pub needs: Vec<Need>,
    /// Parameters whose values should occur in a column: parameter, table, column.
    pub names: Vec<(String, String, String)>,
    /// What it serves, in the order of [`Framework::ALL`].
    pub mapping: Vec<(Framework, Vec<String>)>,
}

/// What a control asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// A table that a collector fills or a stage makes.
    Table(String),
    /// A column that a collector fills.
    Column {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A question that several controls share: the answer of a rule of the pack.
    Shared(String),
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(table) => write!(f, "{table}"),
            Self::Column { table, column } => write!(f, "{table}.{column}"),
            Self::Shared(rule) => write!(f, "rule_{rule}"),
        }
    }
}

/// A law or standard that controls are mapped to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Framework {
    /// ISO/IEC 27001:2022, Annex A.
    Iso27001,
    /// NIST SP 800-53, revision 5.
    Nist80053,
    /// IT general controls as auditors of the Sarbanes-Oxley Act name them.
    Sox,
    /// Directive (EU) 2022/2555.
    Nis2,
    /// Regulation (EU) 2022/2554.
    Dora,
}

impl Framework {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Iso27001, Self::Nist80053, Self::Sox, Self::Nis2, Self::Dora];

    /// The key of a header.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Iso27001 => "iso27001",
            Self::Nist80053 => "nist80053",
            Self::Sox => "sox",
            Self::Nis2 => "nis2",
            Self::Dora => "dora",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Iso27001 => "ISO/IEC 27001:2022 Annex A",
            Self::Nist80053 => "NIST SP 800-53 rev. 5",
            Self::Sox => "SOX ITGC",
            Self::Nis2 => "NIS2 Art.",
            Self::Dora => "DORA Art.",
        }
    }
}

/// A control of a pack that this project cannot evaluate.
#[derive(Debug, Clone)]
pub struct Unevaluated {
    /// The control.
    pub control: Control,
    /// Why not; at least one reason.
    pub lacks: Vec<Lack>,
}

/// Something that a control asks for and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    /// `accounts.last_logon_on`, `usages`.
    pub what: String,
    /// Why it is not there, in a sentence.
    pub reason: String,
}

/// A pack of controls, with the defaults of all of them.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Its name.
    pub name: String,
    /// The columns that its controls ask for and that no table is born with.
    pub columns: Vec<PackColumn>,
    /// The clauses that its controls serve.
    pub clauses: Vec<Clause>,
    /// The questions that controls share, with what each asks for.
    pub shared: Vec<(Rule, Vec<Need>)>,
    /// The controls, by area and id.
    pub controls: Vec<Control>,
}

/// A column that a collector may bring for the controls of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackColumn {
    /// The table.
    pub table: String,
    /// The column.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// What it means.
    pub about: String,
}

/// A clause that controls of a pack serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The law or standard.
    pub framework: Framework,
    /// Its number, or its name where it has none.
    pub clause: String,
    /// What it is about.
    pub about: String,
}

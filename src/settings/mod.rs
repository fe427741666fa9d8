//! What the stages of a plan are told: plain data, one file per stage, checked before it is built.
//!
//! Nothing here knows how a plan is written or loaded, so each file can move to its stage.

pub mod activate;
pub mod collect;
pub mod confirm;
pub mod controls;
pub mod leavers;
pub mod mail;
pub mod maintain;
pub mod managers;
pub mod reconcile;
pub mod rights_model;
pub mod rules;
pub mod template;
pub mod validate;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use activate::Activate;
use collect::Collect;
use confirm::Confirm;
use controls::Controls;
use leavers::Leavers;
use maintain::Maintain;
use managers::Managers;
use reconcile::Reconcile;
use rights_model::RightsModel;
use rules::Rules;
use validate::Validate;

/// The settings of every stage that runs.
#[derive(Debug, Clone)]
pub struct Stages {
    /// Sources become staged parts.
    pub collect: Collect,
    /// Staged parts are published.
    pub activate: Activate,
    /// Who is active; without it everybody listed is.
    pub leavers: Option<Leavers>,
    /// Who owns each account.
    pub reconcile: Reconcile,
    /// Who manages each object.
    pub managers: Option<Managers>,
    /// Who should have what.
    pub rights_model: Option<RightsModel>,
    /// Saved questions.
    pub rules: Option<Rules>,
    /// Checks with findings.
    pub controls: Option<Controls>,
    /// Thresholds.
    pub validate: Validate,
    /// The timeslot becomes current; without it, it stays active.
    pub confirm: Option<Confirm>,
    /// Retention and tidying.
    pub maintain: Option<Maintain>,
}

/// What a new run does with an open timeslot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnOpen {
    /// It does not begin.
    #[default]
    Refuse,
    /// It rejects the open one, logged as superseded.
    Reject,
}

/// Whether the engine or a person decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The engine.
    #[default]
    Auto,
    /// A person.
    Manual,
}

/// A permission as people name it: `APPLICATION/CODE`. The code may hold further slashes. Not yet in key form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PermissionName {
    /// Code of the application.
    pub application: String,
    /// Code of the permission within it.
    pub code: String,
}

impl PermissionName {
    /// Reads `APPLICATION/CODE`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (application, code) = text.split_once('/')?;
        let is_whole = !application.trim().is_empty() && !code.trim().is_empty();
        is_whole.then(|| Self { application: application.to_owned(), code: code.to_owned() })
    }
}

impl fmt::Display for PermissionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.application, self.code)
    }
}

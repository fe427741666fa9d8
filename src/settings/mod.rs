//! What the stages of a plan are told: plain data, one file per stage, checked before it is built.
//!
//! Nothing here knows how a plan is written or loaded, so each file can move to its stage.

pub mod activate;
pub mod address;
pub mod collect;
pub mod confirm;
pub mod controls;
pub mod duties;
pub mod leavers;
pub mod lineage;
pub mod mail;
pub mod maintain;
pub mod managers;
pub mod notify;
pub mod packs;
pub mod reconcile;
pub mod report;
pub mod rights_model;
pub mod role;
pub mod rules;
pub mod schedule;
pub mod scoring;
pub mod serve;
pub mod telemetry;
pub mod template;
pub mod transliteration;
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

use crate::collect::key::KeyForms;
use crate::source::Place;
use crate::table::Kind;

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

/// An object that a file names by its key.
#[derive(Debug, Clone)]
pub struct NamedKey {
    /// What it is.
    pub kind: Kind,
    /// Application of a permission, in key form; the empty text for other kinds.
    pub namespace: String,
    /// Its key, in key form.
    pub key: String,
    /// Where it stands.
    pub place: Place,
}

/// A permission as people name it: `APPLICATION/CODE`, in key form. The code may hold further slashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PermissionName {
    /// Code of the application.
    pub application: String,
    /// Code of the permission within it.
    pub code: String,
}

impl PermissionName {
    /// Reads `APPLICATION/CODE` and puts both into key form.
    #[must_use]
    pub fn parse(text: &str, forms: &KeyForms) -> Option<Self> {
        let (application, code) = text.split_once('/')?;
        let is_whole = !application.trim().is_empty() && !code.trim().is_empty();
        let application = forms.of(Kind::Application, "").apply(application).into_owned();
        let code = forms.key(Kind::Permission, &application, code).into_owned();
        is_whole.then_some(Self { application, code })
    }
}

impl fmt::Display for PermissionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.application, self.code)
    }
}

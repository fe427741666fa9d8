//! The kinds of TOML files a project has, and the JSON Schema of each, derived from the structs that parse it.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::plan::raw;

/// A kind of TOML file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// `ledgerline.toml`
    Project,
    /// `plans/<name>.toml`
    Plan,
    /// `collectors/<source>.toml`
    Collector,
    /// `policies/<name>.toml`, named by `[stage.reconcile]`
    Owners,
    /// `policies/<name>.toml`, named by `[stage.managers]`
    Managers,
    /// `policies/<name>.toml`, named by `[stage.rights_model]`
    RightsModel,
    /// `policies/<name>.toml`, named by `activities` of `[stage.controls]`
    Activities,
    /// `controls/<id>.toml`
    Control,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Project,
        Self::Plan,
        Self::Collector,
        Self::Owners,
        Self::Managers,
        Self::RightsModel,
        Self::Activities,
        Self::Control,
    ];

    /// The kind's name in commands and file names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Plan => "plan",
            Self::Collector => "collector",
            Self::Owners => "owners",
            Self::Managers => "managers",
            Self::RightsModel => "rights_model",
            Self::Activities => "activities",
            Self::Control => "control",
        }
    }
}

/// The JSON Schema (draft 2020-12) of a kind of file.
#[must_use]
pub fn schema(kind: FileKind) -> Value {
    cached(kind).clone()
}

pub(super) fn cached(kind: FileKind) -> &'static Value {
    static SCHEMAS: LazyLock<[Value; 8]> = LazyLock::new(|| {
        FileKind::ALL.map(|kind| match kind {
            FileKind::Project => derive::<raw::project::ProjectFile>(),
            FileKind::Plan => derive::<raw::plan::PlanFile>(),
            FileKind::Collector => derive::<raw::collector::CollectorFile>(),
            FileKind::Owners => derive::<raw::owners::OwnersFile>(),
            FileKind::Managers => derive::<raw::managers::ManagersFile>(),
            FileKind::RightsModel => derive::<raw::rights_model::RightsModelFile>(),
            FileKind::Activities => derive::<raw::activities::ActivitiesFile>(),
            FileKind::Control => derive::<raw::control::ControlFile>(),
        })
    });
    let at = FileKind::ALL.iter().position(|known| *known == kind).unwrap_or_default();
    &SCHEMAS[at]
}

fn derive<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_deserialize().with_transform(NoNull);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// TOML has no null: an optional key is left out. Takes `null` out of every schema.
#[derive(Debug, Clone)]
struct NoNull;

impl Transform for NoNull {
    fn transform(&mut self, schema: &mut Schema) {
        let Some(object) = schema.as_object_mut() else { return };
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                object.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(alternatives)) = object.get_mut("anyOf") {
            alternatives.retain(|alternative| *alternative != json!({ "type": "null" }));
            if let [Value::Object(only)] = alternatives.as_slice() {
                let only = only.clone();
                object.remove("anyOf");
                for (key, value) in only {
                    object.entry(key).or_insert(value);
                }
            }
        }
        if object.get("default") == Some(&Value::Null) {
            object.remove("default");
        }
        transform_subschemas(self, schema);
    }
}

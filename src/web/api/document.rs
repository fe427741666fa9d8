//! The document of OpenAPI: made from the table of routes, so that it says what is there.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::shapes::Refused;
use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::routes::{Door, ROUTES, Route, Verb};
use crate::web::site::Site;

/// What the document says of a route besides its path.
pub(in crate::web) struct Described {
    /// What may stand behind the `?`: name, whether it is a number, and what it is.
    pub(in crate::web) query: &'static [(&'static str, bool, &'static str)],
    /// The shape of the body.
    pub(in crate::web) body: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// The shape of the answer, where it is JSON; else its media type.
    pub(in crate::web) answer: Shape,
}

/// What is answered.
pub(in crate::web) enum Shape {
    /// JSON.
    Json(fn(&mut SchemaGenerator) -> Schema),
    /// Something else, by its media type.
    Media(&'static str),
}

/// The document.
pub(in crate::web) fn document(_: &Site, _: &Ask) -> Result<Answer, Refusal> {
    Ok(Answer::Json(openapi()))
}

fn openapi() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut shapes = settings.into_generator();
    let refused = Refused::json_schema(&mut shapes);
    let mut paths = Map::new();
    for route in ROUTES.iter().filter(|route| route.door == Door::Program) {
        let described = route.api.as_ref().expect("a test demands that every route for programs is described");
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        item[route.method().to_ascii_lowercase()] = operation(route, described, &refused, &mut shapes);
    }
    let schemas = shapes.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Ledgerline",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the page does, for programs. A token is made by `ledgerline user token`.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{ "token": [] }],
    })
}

fn operation(route: &Route, described: &Described, refused: &Schema, shapes: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = pieces(route.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(described.query.iter().map(|(name, is_number, about)| {
        let schema = if *is_number { json!({ "type": "integer", "minimum": 1 }) } else { json!({ "type": "string" }) };
        json!({ "name": name, "in": "query", "description": about, "schema": schema })
    }));
    let content = match described.answer {
        Shape::Json(shape) => json!({ "application/json": { "schema": shape(shapes) } }),
        Shape::Media(media) => {
            json!({ media.split(';').next().unwrap_or(media): { "schema": { "type": "string" } } })
        }
    };
    let mut responses = json!({ "200": { "description": "done", "content": content } });
    let mut refusals =
        vec![(400, "makes no sense"), (401, "no valid token"), (403, "the token may not"), (500, "broken")];
    refusals.extend([(404, "no such thing"), (409, "not as things stand"), (413, "too long"), (415, "no JSON")]);
    for (status, about) in refusals {
        responses[status.to_string()] =
            json!({ "description": about, "content": { "application/json": { "schema": refused } } });
    }
    let mut operation = json!({
        "summary": route.about,
        "operationId": format!("{}_{}", route.method().to_ascii_lowercase(), name_of(route.path)),
        "parameters": parameters,
        "responses": responses,
        "description": match route.may {
            Some(may) => format!("Needs a user who may {}.", may.as_str()),
            None => "Needs a user.".to_owned(),
        },
    });
    if let Some(body) = described.body {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": body(shapes) } } });
    }
    debug_assert!(described.body.is_none() || route.verb == Verb::Post, "only what does something has a body");
    operation
}

/// The names of the pieces of a path that vary.
fn pieces(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'))
}

fn name_of(path: &str) -> String {
    path.trim_start_matches("/api/v1/").replace(['/', '-'], "_").replace(['{', '}'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_for_programs_is_described_and_every_reference_leads_somewhere() {
        assert!(ROUTES.iter().all(|route| (route.door == Door::Program) == route.api.is_some()));
        let document = openapi();
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().expect("it ends");
            assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
        }
        assert!(document["paths"]["/api/v1/runs"]["post"]["requestBody"].is_object());
    }
}

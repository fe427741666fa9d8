//! The one table of what can be asked: by which way and method, with what one must be allowed to, and what it is. A test walks
//! it with every role; nothing is answered that does not stand here.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::answer::{Answer, Refusal};
use super::api::{self, Described, Shape};
use super::ask::Ask;
use super::pages::{
    accounts, assets, away, compare, controls, decide, door, except, findings, identities, launch, log, now, owner,
    ownerless, reports, run, runs, schedule, tables, timeslot, timeslots, why,
};
use super::site::Site;
use super::users::May;
use crate::settings::serve::BACK;

/// How something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// It changes nothing.
    Get,
    /// It does something.
    Post,
}

/// Who comes in by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Anybody: nothing of the project is told.
    Open,
    /// People, by session or proxy.
    Person,
    /// Programs, by token.
    Program,
}

/// Something that can be asked.
pub(crate) struct Route {
    pub(crate) verb: Verb,
    /// The path, `{so}` where it varies.
    pub(crate) path: &'static str,
    pub(crate) door: Door,
    /// What one must be allowed to; `None` = nothing.
    pub(crate) may: Option<May>,
    /// What it is, as in `that does not allow to ..`.
    pub(crate) about: &'static str,
    pub(crate) answer: fn(&Site, &Ask) -> Result<Answer, Refusal>,
    /// What programs are told of it, where it is for them.
    pub(super) api: Option<Described>,
}

type Answering = fn(&Site, &Ask) -> Result<Answer, Refusal>;

const fn open(verb: Verb, path: &'static str, about: &'static str, answer: Answering) -> Route {
    Route { verb, path, door: Door::Open, may: None, about, answer, api: None }
}

const fn page(path: &'static str, may: May, about: &'static str, answer: Answering) -> Route {
    Route { verb: Verb::Get, path, door: Door::Person, may: Some(may), about, answer, api: None }
}

const fn deed(path: &'static str, may: May, about: &'static str, answer: Answering) -> Route {
    Route { verb: Verb::Post, path, door: Door::Person, may: Some(may), about, answer, api: None }
}

/// Something that programs read.
const fn read(
    path: &'static str,
    may: May,
    about: &'static str,
    answer: Answering,
    query: &'static [(&'static str, bool, &'static str)],
    shape: Shape,
) -> Route {
    let api = Some(Described { query, body: None, answer: shape });
    Route { verb: Verb::Get, path, door: Door::Program, may: Some(may), about, answer, api }
}

/// Something that programs do.
const fn call(
    path: &'static str,
    may: May,
    about: &'static str,
    answer: Answering,
    body: Option<fn(&mut SchemaGenerator) -> Schema>,
    shape: fn(&mut SchemaGenerator) -> Schema,
) -> Route {
    let api = Some(Described { query: &[], body, answer: Shape::Json(shape) });
    Route { verb: Verb::Post, path, door: Door::Program, may: Some(may), about, answer, api }
}

const PAGE: &[(&str, bool, &str)] = &[("page", true, "which page, counted from 1")];

/// Everything that can be asked.
pub(crate) const ROUTES: &[Route] = &[
    open(Verb::Get, "/sign-in", "sign in", door::sign_in),
    open(Verb::Post, "/sign-in", "sign in", door::try_to_sign_in),
    open(Verb::Get, "/sign-in/provider", "sign in by a provider", away::away),
    open(Verb::Get, BACK, "come back from a provider", away::back),
    open(Verb::Get, "/static/{file}", "see the style sheet", assets::asset),
    open(Verb::Get, "/health", "see whether the page lives", assets::health),
    Route {
        verb: Verb::Post,
        path: "/sign-out",
        door: Door::Person,
        may: None,
        about: "sign out",
        answer: door::sign_out,
        api: None,
    },
    page("/", May::See, "see what stands", now::now),
    page("/runs", May::See, "see the runs", runs::runs),
    page("/runs/{run}", May::See, "see a run", run::run),
    page("/runs/{run}/events", May::See, "follow a run", run::events_live),
    page("/launch", May::Operate, "run plans", launch::launch),
    deed("/runs", May::Operate, "run plans", launch::start),
    deed("/runs/{run}/retry", May::Operate, "take up a run", launch::retry),
    deed("/runs/{run}/cancel", May::Operate, "end a run", launch::cancel),
    page("/controls", May::See, "see the controls", controls::controls),
    page("/controls/{control}", May::See, "see a control", controls::control),
    deed("/controls/{control}/exceptions", May::Decide, "except findings", except::except),
    deed("/controls/{control}/exceptions/withdraw", May::Decide, "withdraw exceptions", except::withdraw),
    page("/findings", May::Read, "read findings", findings::findings),
    page("/timeslots", May::See, "see the timeslots", timeslots::timeslots),
    page("/timeslots/{timeslot}", May::See, "see a timeslot", timeslot::timeslot),
    deed("/timeslots/{timeslot}/confirm", May::Decide, "confirm a timeslot", timeslot::confirm),
    deed("/timeslots/{timeslot}/reject", May::Decide, "reject a timeslot", timeslot::reject),
    deed("/timeslots/{timeslot}/hide", May::Decide, "hide a timeslot", timeslot::hide),
    deed("/timeslots/{timeslot}/show", May::Decide, "show a timeslot", timeslot::show),
    deed("/timeslots/{timeslot}/label", May::Decide, "label a timeslot", timeslot::label),
    deed("/timeslots/{timeslot}/unlabel", May::Decide, "take a label off a timeslot", timeslot::unlabel),
    deed("/timeslots/{timeslot}/hold", May::Decide, "put a legal hold on a timeslot", timeslot::hold),
    deed("/timeslots/{timeslot}/release", May::Decide, "release a timeslot", timeslot::release),
    page("/identities", May::Read, "look for people", identities::identities),
    page("/identities/{identity}", May::Read, "see what people have", identities::identity),
    page("/identities/{identity}/why", May::Read, "see why people have it", why::why_page),
    page("/accounts/{repository}/{identifier}", May::Read, "see accounts", accounts::account),
    page("/compare", May::Read, "compare timeslots", compare::compare),
    page("/ownerless", May::Read, "see accounts without owner", ownerless::ownerless),
    page("/ownerless/{repository}/{identifier}", May::Read, "see who may own accounts", owner::owner),
    deed("/ownerless/{repository}/{identifier}", May::Operate, "decide who owns accounts", decide::decide),
    deed("/ownerless/{repository}/{identifier}/withdraw", May::Operate, "withdraw decisions", decide::withdraw),
    page("/timeslots/{timeslot}/tables/{table}", May::Read, "read rows", tables::table),
    page("/timeslots/{timeslot}/files/{file}", May::Read, "download rows", tables::file),
    page("/schedule", May::See, "see when plans are due", schedule::schedule),
    page("/reports", May::See, "see the reports", reports::reports),
    page("/reports/{report}", May::See, "see a report", reports::report),
    page("/log", May::Read, "read the log", log::log),
    open(Verb::Get, "/api/openapi.json", "read what programs can ask", api::document),
    read("/metrics", May::See, "read the metrics", api::metrics, &[], Shape::Media("text/plain")),
    read("/api/v1/status", May::See, "see what stands", api::status, &[], Shape::Json(api::Status::json_schema)),
    read("/api/v1/plans", May::See, "see the plans", api::plans, &[], Shape::Json(<Vec<String>>::json_schema)),
    read("/api/v1/runs", May::See, "see the runs", api::runs, PAGE, Shape::Json(<Vec<api::Run>>::json_schema)),
    call(
        "/api/v1/runs",
        May::Operate,
        "run plans",
        api::start,
        Some(api::Launch::json_schema),
        api::Begun::json_schema,
    ),
    read("/api/v1/runs/{run}", May::See, "see a run", api::run, &[], Shape::Json(api::Run::json_schema)),
    call("/api/v1/runs/{run}/retry", May::Operate, "take up a run", api::retry, None, api::Begun::json_schema),
    call("/api/v1/runs/{run}/cancel", May::Operate, "end a run", api::cancel, None, api::Done::json_schema),
    read(
        "/api/v1/timeslots",
        May::See,
        "see the timeslots",
        api::timeslots,
        &[],
        Shape::Json(<Vec<api::Standing>>::json_schema),
    ),
    read(
        "/api/v1/timeslots/{timeslot}",
        May::See,
        "see a timeslot",
        api::timeslot,
        &[],
        Shape::Json(api::Timeslot::json_schema),
    ),
    read(
        "/api/v1/timeslots/{timeslot}/tables/{table}",
        May::Read,
        "read rows",
        api::rows,
        PAGE,
        Shape::Json(api::Rows::json_schema),
    ),
    read(
        "/api/v1/timeslots/{timeslot}/files/{file}",
        May::Read,
        "download rows",
        api::file,
        &[],
        Shape::Media("application/octet-stream"),
    ),
    call(
        "/api/v1/timeslots/{timeslot}/confirm",
        May::Decide,
        "confirm a timeslot",
        api::confirm,
        Some(api::Confirmation::json_schema),
        api::Done::json_schema,
    ),
    call(
        "/api/v1/timeslots/{timeslot}/reject",
        May::Decide,
        "reject a timeslot",
        api::reject,
        Some(api::Reason::json_schema),
        api::Done::json_schema,
    ),
    call(
        "/api/v1/timeslots/{timeslot}/hide",
        May::Decide,
        "hide a timeslot",
        api::hide,
        Some(api::Reason::json_schema),
        api::Done::json_schema,
    ),
    call(
        "/api/v1/timeslots/{timeslot}/show",
        May::Decide,
        "show a timeslot",
        api::show,
        Some(api::Reason::json_schema),
        api::Done::json_schema,
    ),
    call(
        "/api/v1/timeslots/{timeslot}/label",
        May::Decide,
        "label a timeslot",
        api::label,
        Some(api::Labelling::json_schema),
        api::Done::json_schema,
    ),
    call(
        "/api/v1/timeslots/{timeslot}/unlabel",
        May::Decide,
        "take a label off a timeslot",
        api::unlabel,
        Some(api::Labelling::json_schema),
        api::Done::json_schema,
    ),
    call(
        "/api/v1/timeslots/{timeslot}/hold",
        May::Decide,
        "put a legal hold on a timeslot",
        api::hold,
        Some(api::Reason::json_schema),
        api::Done::json_schema,
    ),
    call(
        "/api/v1/timeslots/{timeslot}/release",
        May::Decide,
        "release a timeslot",
        api::release,
        Some(api::Reason::json_schema),
        api::Done::json_schema,
    ),
    read("/api/v1/log", May::Read, "read the log", api::log, PAGE, Shape::Json(api::Log::json_schema)),
];

//! The table of routes as something that answers: finds out who asks and whether they may, lets the page do its work beside the
//! connections, and puts on every answer what browsers must know.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, RawPathParams};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter};
use tower_http::csrf::CsrfLayer;

use super::access::{begun_cookie_name, cookie_name, cookie_of, program, visitor};
use super::answer::{Answer, Refusal};
use super::ask::{Ask, Fields};
use super::live::live;
use super::render::{document, part};
use super::routes::{Door, ROUTES, Route, Verb};
use super::site::Site;
use super::{files, pages, taken};

/// The longest body that is read.
const BODY: usize = 64 << 10;

/// What the page may load and do in a browser: nothing but what comes from itself.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Everything that can be asked, answered.
pub(crate) fn router(site: &Arc<Site>, has_tls: bool) -> Router {
    let mut router = Router::new();
    for path in ROUTES.iter().map(|route| route.path).collect::<std::collections::BTreeSet<_>>() {
        let mut methods = MethodRouter::<(), Infallible>::new();
        for route in ROUTES.iter().filter(|route| route.path == path) {
            let filter = match route.verb {
                Verb::Get => MethodFilter::GET,
                Verb::Post => MethodFilter::POST,
            };
            let site = Arc::clone(site);
            methods = methods.on(
                filter,
                move |ConnectInfo(from): ConnectInfo<SocketAddr>,
                      uri: Uri,
                      pieces: RawPathParams,
                      headers: HeaderMap,
                      body: Bytes| {
                    let request = Request { from, uri, pieces: fields(&pieces), headers, body, has_tls };
                    answered(Arc::clone(&site), route, request)
                },
            );
        }
        router = router.route(path, methods);
    }
    router
        .fallback(|uri: Uri| async move { stray(&uri, StatusCode::NOT_FOUND) })
        .method_not_allowed_fallback(|uri: Uri| async move { stray(&uri, StatusCode::METHOD_NOT_ALLOWED) })
        .layer(DefaultBodyLimit::max(BODY))
        .layer(CsrfLayer::new())
        .layer(axum::middleware::map_response(move |response| async move { protected(response, has_tls) }))
}

/// What came in.
struct Request {
    from: SocketAddr,
    uri: Uri,
    pieces: Fields,
    headers: HeaderMap,
    body: Bytes,
    has_tls: bool,
}

fn fields(pieces: &RawPathParams) -> Fields {
    Fields(pieces.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// Answers a request, on a thread where waiting keeps nobody else waiting.
async fn answered(site: Arc<Site>, route: &'static Route, request: Request) -> Response<Body> {
    let done = tokio::task::spawn_blocking(move || {
        let (ask, is_return) = ask(&site, route, &request);
        if is_return {
            return pages::come_back(&ask).into_response();
        }
        let is_for_programs = route.door == Door::Program;
        match admitted(route, &ask).and_then(|()| (route.answer)(&site, &ask)).and_then(|answer| or_file(&ask, answer))
        {
            Ok(answer) => sent(&site, &ask, answer, request.has_tls),
            Err(refusal) => refused(&site, &ask, &refusal, is_for_programs),
        }
    });
    done.await.unwrap_or_else(|_| {
        // It panicked: a mistake of ours, told as such on the process's own log.
        (StatusCode::INTERNAL_SERVER_ERROR, "a mistake in ledgerline itself; its log says where\n").into_response()
    })
}

/// The request as pages see it; and whether a signed-in visitor came from another site, so that the browser kept the session
/// to itself and has to ask again from here.
fn ask(site: &Site, route: &Route, request: &Request) -> (Ask, bool) {
    let Request { from, uri, pieces, headers, body, has_tls } = request;
    let session = cookie_of(headers, cookie_name(*has_tls));
    let person = match route.door {
        Door::Open => None,
        Door::Person => visitor(site, headers, session.as_deref()),
        Door::Program => program(site, headers),
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_form = header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let came_from_elsewhere = header("sec-fetch-site") == Some("cross-site");
    let is_return = route.door == Door::Person
        && route.verb == Verb::Get
        && session.is_none()
        && person.is_none()
        && came_from_elsewhere;
    let ask = Ask {
        person,
        session,
        begun: cookie_of(headers, begun_cookie_name(*has_tls)),
        now: site.now(),
        from: from.ip(),
        path: uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        pieces: pieces.clone(),
        query: Fields::of_pairs(uri.query().unwrap_or_default().as_bytes()),
        form: if is_form { Fields::of_pairs(body) } else { Fields::default() },
        body: if is_form { Vec::new() } else { body.to_vec() },
        is_part: header("x-part").is_some(),
        last_event: header("last-event-id").and_then(|number| number.parse().ok()),
    };
    (ask, is_return)
}

/// Whether the one who asks may.
pub(super) fn admitted(route: &Route, ask: &Ask) -> Result<(), Refusal> {
    let Some(may) = route.may else { return Ok(()) };
    let person = ask.person()?;
    if person.may(may) {
        return Ok(());
    }
    let roles = person.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    Err(Refusal::Forbidden(format!("{} is {roles}: that does not allow to {}", person.name, route.about)))
}

/// The answer, or the table of it that is to be taken along as a file.
fn or_file(ask: &Ask, answer: Answer) -> Result<Answer, Refusal> {
    match answer {
        Answer::Page(page) => Ok(taken::file(ask, &page)?.unwrap_or(Answer::Page(page))),
        other => Ok(other),
    }
}

fn sent(site: &Site, ask: &Ask, answer: Answer, has_tls: bool) -> Response<Body> {
    let secure = if has_tls { "; Secure" } else { "" };
    let cookie = |token: &str, age: i64| {
        format!("{}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}", cookie_name(has_tls))
    };
    let go = |to: &str| ([(LOCATION, header_value(to))], StatusCode::SEE_OTHER);
    match answer {
        Answer::Page(page) if ask.is_part => html(part(site, ask, &page)),
        Answer::Page(page) => html(document(site, ask, &page)),
        Answer::Go(to) => {
            let (headers, status) = go(&to);
            (status, headers).into_response()
        }
        Answer::SignedIn { token, to } => {
            let (headers, status) = go(&to);
            let cookie = cookie(&token, super::session::AT_MOST.as_secs());
            (status, headers, [(SET_COOKIE, header_value(&cookie))]).into_response()
        }
        Answer::Away { state, to } => {
            let (headers, status) = go(&to);
            // The provider sends the browser back from another site: a strict cookie would stay behind.
            let (name, age) = (begun_cookie_name(has_tls), super::oidc::PATIENCE.as_secs());
            let cookie = format!("{name}={state}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
            (status, headers, [(SET_COOKIE, header_value(&cookie))]).into_response()
        }
        Answer::SignedOut => {
            let (headers, status) = go("/sign-in");
            (status, headers, [(SET_COOKIE, header_value(&cookie("", 0)))]).into_response()
        }
        Answer::Json(value) => ([(CONTENT_TYPE, "application/json")], format!("{value}\n")).into_response(),
        Answer::Fixed(media, text) => {
            // The address says which version it is of.
            ([(CONTENT_TYPE, media), (CACHE_CONTROL, "private, max-age=31536000, immutable")], text).into_response()
        }
        Answer::Text(media, text) => ([(CONTENT_TYPE, media)], text).into_response(),
        Answer::File { name, media, file } => {
            let shown = format!("attachment; filename=\"{name}\"");
            let headers = [(CONTENT_TYPE, header_value(media)), (CONTENT_DISPOSITION, header_value(&shown))];
            (headers, Body::from_stream(files::chunks(file))).into_response()
        }
        Answer::Live { events, from } => live(events, from),
    }
}

/// A value of a header; what cannot stand in one is left out. Names in addresses are escaped before they come here.
fn header_value(text: &str) -> HeaderValue {
    let clean: String = text.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
    HeaderValue::from_str(&clean).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn html(text: String) -> Response<Body> {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}

/// A refusal: to a program as JSON, to a person as a page; who is not signed in is asked to.
fn refused(site: &Site, ask: &Ask, refusal: &Refusal, is_for_programs: bool) -> Response<Body> {
    let (status, why) = refusal.told();
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if is_for_programs {
        let value = serde_json::json!({ "error": why });
        return (status, [(CONTENT_TYPE, "application/json")], format!("{value}\n")).into_response();
    }
    let page = match refusal {
        Refusal::SignIn if ask.is_part => return (status, why.to_owned()).into_response(),
        Refusal::SignIn => pages::sign_in_page(site, ask, None),
        _ => pages::refusal_page(status.as_u16(), why),
    };
    (status, html(document(site, ask, &page))).into_response()
}

/// An answer for what stands in no table.
fn stray(uri: &Uri, status: StatusCode) -> Response<Body> {
    let allowed: Vec<&str> = ROUTES.iter().filter(|route| route.path == uri.path()).map(Route::method).collect();
    let why = match status {
        StatusCode::METHOD_NOT_ALLOWED => "this cannot be asked in that way".to_owned(),
        _ => "there is nothing at this address".to_owned(),
    };
    let mut response = if uri.path().starts_with("/api/") {
        let value = serde_json::json!({ "error": why });
        (status, [(CONTENT_TYPE, "application/json")], format!("{value}\n")).into_response()
    } else {
        (status, html(super::render::bare(&why))).into_response()
    };
    if status == StatusCode::METHOD_NOT_ALLOWED && !allowed.is_empty() {
        response.headers_mut().insert(ALLOW, header_value(&allowed.join(", ")));
    }
    response
}

/// Puts on every answer what browsers must know about the page.
fn protected(mut response: Response<Body>, has_tls: bool) -> Response<Body> {
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if has_tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

impl Route {
    /// The method, as HTTP names it.
    pub(crate) fn method(&self) -> &'static str {
        match self.verb {
            Verb::Get => "GET",
            Verb::Post => "POST",
        }
    }
}

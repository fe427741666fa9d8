//! What pages load: style sheet, script, icon; and whether the process answers at all.

use crate::web::answer::{Answer, Refusal};
use crate::web::ask::Ask;
use crate::web::site::Site;

const STYLE: &str = include_str!("../static/page.css");
const SCRIPT: &str = include_str!("../static/live.js");
const ICON: &str = include_str!("../static/icon.svg");

/// A file that pages load.
pub(in crate::web) fn asset(_: &Site, ask: &Ask) -> Result<Answer, Refusal> {
    match ask.pieces.get("file") {
        Some("page.css") => Ok(Answer::Fixed("text/css; charset=utf-8", STYLE)),
        Some("live.js") => Ok(Answer::Fixed("text/javascript; charset=utf-8", SCRIPT)),
        Some("icon.svg") => Ok(Answer::Fixed("image/svg+xml", ICON)),
        _ => Err(Refusal::NotFound("there is no such file".to_owned())),
    }
}

/// For whoever watches the process: it answers. Nothing of the project is told.
pub(in crate::web) fn health(_: &Site, _: &Ask) -> Result<Answer, Refusal> {
    Ok(Answer::Text("text/plain; charset=utf-8", "ok\n".to_owned()))
}

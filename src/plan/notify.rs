//! `[notify]` of the project, checked.

use std::path::Path;

use crate::plan::node::Spot;
use crate::plan::raw::project::{NotifyTable, WebhookOn};
use crate::plan::serve::secret;
use crate::plan::{codes, files};
use crate::problem::Problems;
use crate::settings::mail::On;
use crate::settings::notify::{Notify, Webhook};

/// What is called over HTTP. The addresses are read only when they are called.
pub(super) fn check(raw: NotifyTable, root: &Path, spot: Spot<'_>, problems: &mut Problems) -> Notify {
    let webhook = raw.webhook.and_then(|webhook| {
        let spot = spot.key("webhook");
        if webhook.on.as_ref().is_some_and(Vec::is_empty) {
            let problem = spot.key("on").error(codes::NOT_ALLOWED, "a webhook that is told of nothing");
            problems.add(problem.hint("leave the key out for everything, or the table for no webhook"));
        }
        let on = webhook.on.map(|on| on.into_iter().map(On::from).collect());
        Some(Webhook { url: secret(webhook.url, root, spot.key("url"), problems)?, on })
    });
    Notify {
        webhook,
        ping: raw.ping.and_then(|ping| secret(ping.url, root, spot.key("ping").key("url"), problems)),
        root_certificate: raw.root_certificate.map(|path| files::join(root, &path)),
    }
}

impl From<WebhookOn> for On {
    fn from(on: WebhookOn) -> Self {
        match on {
            WebhookOn::Confirmed => Self::Confirmed,
            WebhookOn::Warned => Self::Warned,
            WebhookOn::Held => Self::Held,
            WebhookOn::Failed => Self::Failed,
            WebhookOn::Decided => Self::Decided,
        }
    }
}

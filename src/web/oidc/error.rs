//! Why nobody was signed in by a provider. The texts are for people at the door, and hold no secret.

use crate::http::HttpError;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// The provider was not reached.
    #[error("{provider} was asked for {what}, but {source}")]
    Http {
        /// Who.
        provider: String,
        /// For what.
        what: &'static str,
        /// Why not.
        source: HttpError,
    },
    /// It answered something else.
    #[error("{provider} was asked for {what}, and answered {status}{}", said.as_ref().map(|said| format!(": {said}")).unwrap_or_default())]
    Status {
        /// Who.
        provider: String,
        /// For what.
        what: &'static str,
        /// As HTTP numbers it.
        status: u16,
        /// The code of the error, where it gave one.
        said: Option<String>,
    },
    /// What it answered makes no sense.
    #[error("{provider} was asked for {what}, and {why}")]
    Senseless {
        /// Who.
        provider: String,
        /// For what.
        what: &'static str,
        /// What is wrong with the answer.
        why: String,
    },
    /// It sent the person back with an error.
    #[error("{provider} did not sign you in: {said}")]
    Refused {
        /// Who.
        provider: String,
        /// The code of the error.
        said: String,
    },
    /// What came back does not belong to what was begun here.
    #[error("this is no answer to something that was begun here within the last 10 minutes: begin again")]
    NotBegun,
    /// What was signed is not for us, or not any more.
    #[error("what {provider} says of you does not hold: {why}")]
    NotValid {
        /// Who.
        provider: String,
        /// Which check failed.
        why: String,
    },
    /// No name.
    #[error(
        "{provider} signed you in, but says nothing that is a name here in `{claim}`; an administrator names another claim by `name_claim`"
    )]
    NoName {
        /// Who.
        provider: String,
        /// Where the name was looked for.
        claim: String,
    },
    /// Our own secret is not there.
    #[error("the page cannot prove itself to {provider}: the secret is not in {place}")]
    NoSecret {
        /// To whom.
        provider: String,
        /// Where it was looked for.
        place: String,
    },
    /// Too many people who begin.
    #[error("too many sign-ins have begun; wait some minutes")]
    TooMany,
    /// The system.
    #[error("the system has no randomness")]
    NotRandom,
}

//! A request as pages see it: who asks, for what, with which fields.

use std::net::IpAddr;

use jiff::Timestamp;

use super::answer::Refusal;
use super::users::{May, User};

/// A request.
pub(crate) struct Ask {
    /// Who asks, where that is known.
    pub(crate) person: Option<User>,
    /// The session's token, where the request came with one.
    pub(crate) session: Option<String>,
    /// The state of a sign-in that this browser began and that is at a provider.
    pub(crate) begun: Option<String>,
    /// When.
    pub(crate) now: Timestamp,
    /// From where.
    pub(crate) from: IpAddr,
    /// Path and query, as they were asked for.
    pub(crate) path: String,
    /// What stands in the variable pieces of the path.
    pub(crate) pieces: Fields,
    /// What stands behind the `?`.
    pub(crate) query: Fields,
    /// The fields of a form.
    pub(crate) form: Fields,
    /// The body, where it is no form.
    pub(crate) body: Vec<u8>,
    /// Whether only the page's middle is wanted, to replace what stands there.
    pub(crate) is_part: bool,
    /// The number of the last event that a browser had before it lost the connection.
    pub(crate) last_event: Option<u64>,
}

/// Names with values, in their order; a name may come twice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl Fields {
    /// The pairs of a form, or of what stands behind the `?`.
    pub(crate) fn of_pairs(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of a name that is more than blanks, trimmed.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a name that is more than blanks, trimmed.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.0.iter().filter(move |(known, _)| known == name);
        values.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first value of a name as it was sent: a key may begin with a blank.
    pub(crate) fn whole(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The number of the page that is asked for, counted from 0.
    ///
    /// # Errors
    /// Where `page` is no number from 1 on.
    pub(crate) fn page(&self) -> Result<usize, Refusal> {
        match self.parsed::<usize>("page")? {
            Some(0) => Err(Refusal::Wrong("pages are counted from 1".to_owned())),
            page => Ok(page.unwrap_or(1) - 1),
        }
    }

    /// The value of a name as something else; `None` where it is not given.
    ///
    /// # Errors
    /// Where it is given and is no such thing.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Refusal::Wrong(format!("`{text}` is no valid {name}")))
    }
}

impl Ask {
    /// What stands in a variable piece of the path, as something else.
    ///
    /// # Errors
    /// Where it is no such thing: then nothing can be there.
    pub(crate) fn piece<T: std::str::FromStr>(&self, name: &str) -> Result<T, Refusal> {
        let text = self.pieces.get(name).unwrap_or_default();
        text.parse().map_err(|_| Refusal::NotFound(format!("there is no {name} `{text}`")))
    }

    /// Whether the person who asks may do something.
    pub(crate) fn may(&self, may: May) -> bool {
        self.person.as_ref().is_some_and(|person| person.may(may))
    }

    /// Who asks, where the route demands somebody.
    ///
    /// # Errors
    /// Where nobody is signed in.
    pub(crate) fn person(&self) -> Result<&User, Refusal> {
        self.person.as_ref().ok_or(Refusal::SignIn)
    }
}

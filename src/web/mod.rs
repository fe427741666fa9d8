//! The page: `ledgerline serve`. It shows what ledger and records of runs say, starts runs as processes of their own, and takes
//! decisions; it computes nothing that the command line does not.
//!
//! 1. `listen` takes connections, in the clear on this machine or with TLS, with bounds of number and time.
//! 2. `routes` is the one table of what can be asked, and of what one must be allowed to for it; `serve` makes it answer.
//! 3. `access` says who asks: a session, a token, a proxy. `oidc` lets a provider say with whom a session begins.
//! 4. `pages` answer an [`Ask`] with a [`Page`](page::Page): blocks of facts, tables and forms, as data.
//!    Rows of a timeslot that is `asked` are those of a `question` in SQL; `answers` keeps what was asked before.
//! 5. `render` turns those into HTML by one template, `sheet` a table into a file.

pub mod sheet;
pub mod users;

mod access;
mod answer;
mod answers;
#[expect(clippy::unnecessary_wraps, reason = "the table of routes knows one kind of answer")]
mod api;
mod ask;
mod asked;
mod files;
mod limits;
mod listen;
mod live;
mod oidc;
mod page;
#[expect(clippy::unnecessary_wraps, reason = "the table of routes knows one kind of answer")]
mod pages;
mod processes;
mod question;
mod questions;
mod random;
mod render;
mod routes;
mod serve;
mod session;
mod site;
mod svg;
mod taken;
#[cfg(test)]
mod tests;

pub(crate) use self::listen::listen;
pub(crate) use self::serve::router;
pub(crate) use self::site::{Reading, Site};

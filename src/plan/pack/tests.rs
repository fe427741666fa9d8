//! The packs themselves: every file can be read.

use super::*;

#[test]
fn every_pack_opens() {
    for name in pack_names() {
        let pack = open_pack(name).map_err(|problems| problems.render(crate::problem::Look::Plain));
        assert!(pack.unwrap_or_else(|shown| panic!("{shown}")).is_some());
    }
}

//! What a provider signed, and everything that may be wrong with it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use super::claims::{claims, knows_key, named};
use super::provider::code;
use crate::settings::role::Role;
use crate::settings::serve::Oidc;

const NOW: i64 = 1_763_812_800;

fn provider() -> Oidc {
    Oidc {
        issuer: "https://login.example.org".to_owned(),
        client_id: "ledgerline".to_owned(),
        client_secret: None,
        title: "Example".to_owned(),
        name_claim: "preferred_username".to_owned(),
        scopes: vec!["openid".to_owned()],
        groups_claim: "groups".to_owned(),
        roles: [("ledger-approvers".to_owned(), Role::Approver), ("staff".to_owned(), Role::Viewer)].into(),
        root_certificate: None,
        back: "https://ledger.example.org/sign-in/back".to_owned(),
    }
}

/// A provider's keys, and what they sign.
struct Keys {
    point: EcdsaKeyPair,
    edwards: Ed25519KeyPair,
}

impl Keys {
    fn new() -> Self {
        let random = SystemRandom::new();
        let how = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let point = EcdsaKeyPair::generate_pkcs8(how, &random).expect("a key");
        let edwards = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
        Self {
            point: EcdsaKeyPair::from_pkcs8(how, point.as_ref(), &random).expect("its own form"),
            edwards: Ed25519KeyPair::from_pkcs8(edwards.as_ref()).expect("its own form"),
        }
    }

    fn set(&self) -> JwkSet {
        let (x, y) = self.point.public_key().as_ref()[1..].split_at(32);
        let [x, y, ed] = [x, y, self.edwards.public_key().as_ref()].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        serde_json::from_value(json!({ "keys": [
            { "kty": "EC", "crv": "P-256", "kid": "one", "alg": "ES256", "use": "sig", "x": x, "y": y },
            { "kty": "OKP", "crv": "Ed25519", "kid": "two", "x": ed },
            { "kty": "EC", "crv": "P-256", "kid": "hidden", "use": "enc", "x": x, "y": y },
            { "kty": "of the future", "kid": "three" },
        ]}))
        .expect("keys")
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let [header, body] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let message = format!("{header}.{body}");
        let random = SystemRandom::new();
        let signature = self.point.sign(&random, message.as_bytes()).expect("signed");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn right() -> Value {
    json!({
        "iss": "https://login.example.org", "aud": "ledgerline", "sub": "4711", "nonce": "of this sign-in",
        "exp": NOW + 300, "iat": NOW, "preferred_username": "Anna.Meyer", "groups": ["ledger-approvers", "cooks"],
    })
}

fn read(token: &str, keys: &JwkSet) -> Result<serde_json::Map<String, Value>, String> {
    let now = Timestamp::from_second(NOW).expect("a time");
    claims(token, keys, &provider(), "of this sign-in", now).map_err(|error| error.to_string())
}

#[test]
fn what_is_signed_for_us_now_is_taken_and_nothing_else() {
    let keys = Keys::new();
    let set = keys.set();
    let header = json!({ "alg": "ES256", "kid": "one" });
    let token = keys.signed(&header, &right());
    assert!(read(&token, &set).is_ok(), "{:?}", read(&token, &set));
    assert!(read(&keys.signed(&json!({ "alg": "ES256" }), &right()), &set).is_ok(), "without the name of a key");
    let with = |claim: &str, value: Value| {
        let mut claims = right();
        claims[claim] = value;
        read(&keys.signed(&header, &claims), &set).expect_err(claim)
    };
    let cases = [
        ("iss", json!("https://login.example.com"), "InvalidIssuer"),
        ("iss", Value::Null, "Missing required claim: iss"),
        ("aud", json!("another"), "InvalidAudience"),
        ("aud", json!([]), "InvalidAudience"),
        ("sub", Value::Null, "Missing required claim: sub"),
        ("nonce", json!("of another"), "it answers another sign-in"),
        ("nonce", Value::Null, "it answers another sign-in"),
        ("exp", json!(NOW - 61), "it has expired; is this machine's clock right?"),
        ("exp", Value::Null, "it has expired; is this machine's clock right?"),
        ("exp", json!("soon"), "it has expired; is this machine's clock right?"),
        ("nbf", json!(NOW + 61), "it is of a time to come; is this machine's clock right?"),
        ("azp", json!("another"), "it was made for another program"),
    ];
    for (claim, value, why) in cases {
        let said = with(claim, value.clone());
        assert_eq!(said, format!("what Example says of you does not hold: {why}"), "{claim} = {value}");
    }
    let mut several = right();
    several["aud"] = json!(["another", "ledgerline"]);
    several["azp"] = json!("ledgerline");
    assert!(read(&keys.signed(&header, &several), &set).is_ok());
}

#[test]
fn what_is_not_signed_by_the_key_it_names_is_not_taken() {
    let (keys, others) = (Keys::new(), Keys::new());
    let set = keys.set();
    let header = json!({ "alg": "ES256", "kid": "one" });
    let token = keys.signed(&header, &right());
    let by_others = others.signed(&header, &right());
    assert!(read(&by_others, &set).expect_err("another's key").contains("InvalidSignature"));
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let (head, _) = message.split_once('.').expect("three parts");
    let mut better = right();
    better["preferred_username"] = json!("root");
    let better = URL_SAFE_NO_PAD.encode(better.to_string());
    assert!(read(&format!("{head}.{better}.{signature}"), &set).is_err(), "other claims");
    for (header, why) in [
        (json!({ "alg": "none" }), "cannot be read"),
        (json!({ "alg": "HS256", "kid": "one" }), "signed by HS256, which is not taken"),
        (json!({ "alg": "ES256", "kid": "unknown" }), "no key of the name"),
        (json!({ "alg": "ES256", "kid": "hidden" }), "no key of the name"),
        (json!({ "alg": "RS256", "kid": "one" }), "no key of the name"),
        (json!({ "alg": "RS256", "kid": "two" }), "InvalidSignature"),
        (json!({ "alg": "EdDSA", "kid": "two" }), "InvalidSignature"),
        (json!({ "alg": "EdDSA", "kid": "three" }), "no key of the name"),
    ] {
        let said = read(&keys.signed(&header, &right()), &set).expect_err("not taken");
        assert!(said.contains(why), "{header}: {said}");
    }
    for text in ["", "a.b", "a.b.c", "....", "eyJhbGciOiJFUzI1NiJ9..", "eyJhbGciOiJFUzI1NiJ9.e30."] {
        assert!(read(text, &set).is_err(), "{text}");
    }
    let [head, body] =
        [json!({ "alg": "EdDSA", "kid": "two" }), right()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(keys.edwards.sign(format!("{head}.{body}").as_bytes()));
    assert!(read(&format!("{head}.{body}.{signature}"), &set).is_ok(), "its own key");
}

#[test]
fn a_key_that_is_not_known_yet_is_asked_for() {
    let keys = Keys::new();
    let known = |header: Value| knows_key(&keys.signed(&header, &right()), &keys.set());
    assert!(known(json!({ "alg": "ES256", "kid": "one" })) && known(json!({ "alg": "ES256" })));
    assert!(!known(json!({ "alg": "ES256", "kid": "new" })));
}

#[test]
fn a_name_is_read_from_its_claim_and_roles_from_groups() {
    let who = |provider: &Oidc, claims: Value| {
        let Value::Object(claims) = claims else { panic!("claims") };
        named(&claims, provider).map(|named| (named.name, named.roles.into_iter().collect::<Vec<_>>())).ok()
    };
    let own = provider();
    assert_eq!(who(&own, right()), Some(("anna.meyer".to_owned(), vec![Role::Approver])));
    let one = json!({ "preferred_username": "bob", "groups": "staff" });
    assert_eq!(who(&own, one), Some(("bob".to_owned(), vec![Role::Viewer])));
    assert_eq!(who(&own, json!({ "preferred_username": "bob" })), Some(("bob".to_owned(), vec![])));
    for name in
        [json!("two words"), json!(""), json!("ünal"), json!(7), Value::Null, json!("a\nb"), json!("x".repeat(65))]
    {
        assert_eq!(who(&own, json!({ "preferred_username": name })), None, "{name}");
    }
    let by_mail = Oidc { name_claim: "email".to_owned(), ..provider() };
    let mail = |verified: Value| json!({ "email": "Bob@Example.org", "email_verified": verified });
    assert_eq!(who(&by_mail, mail(json!(true))).map(|(name, _)| name).as_deref(), Some("bob@example.org"));
    assert_eq!(who(&by_mail, mail(json!(false))), None, "an address that was only typed");
}

#[test]
fn the_code_of_an_error_carries_nothing_else() {
    assert_eq!(code("access_denied"), "access_denied");
    assert_eq!(code("<b>\r\nx-y: z"), "bx-y z");
    assert_eq!(code(&"a".repeat(500)).len(), 80);
}

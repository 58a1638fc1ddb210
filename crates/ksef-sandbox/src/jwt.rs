//! Bearers: three-segment JWTs signed with HMAC-SHA256 under the secret of the world.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::auth::BearerToken;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::reference::AuthRef;
use ksef_core::secret::SecretText;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::caller::{BearerKind, Caller, PermissionSet};
use crate::ip_policy::IpPolicy;
use crate::random;

/// Signs and verifies bearers.
#[derive(Clone)]
pub(crate) struct Signer {
    key: hmac::Key,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(redacted)")
    }
}

/// What a bearer says beyond its signature.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    /// Who may show it.
    pub(crate) caller: Caller,
    /// When it ends.
    pub(crate) valid_until: Timestamp,
}

/// The claims, by the short names that KSeF uses; some are JSON inside a string.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// Kind of bearer.
    typ: BearerKind,
    /// Type and value of the context.
    cit: String,
    civ: String,
    /// Way of signing in.
    aum: String,
    /// Reference of the authentication.
    arn: AuthRef,
    /// Subject: JSON.
    sud: String,
    /// Session of the authentication; ours is its reference.
    asi: String,
    /// Permissions: a JSON array.
    per: String,
    /// Excluded permissions, roles, effective permissions: JSON arrays.
    pec: String,
    rol: String,
    pep: String,
    /// Address policy: JSON.
    ipp: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    iss: String,
    aud: String,
    /// Makes each bearer a different one, also two of the same second, as with KSeF: clients compare them.
    #[serde(default)]
    jti: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubjectDetails {
    subject_identifier: SubjectIdentifier,
}

impl Signer {
    /// A signer with this secret.
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// A bearer for `caller` from `now` on; its end is the instant of `exp`, in whole seconds.
    pub(crate) fn issue(
        &self,
        caller: &Caller,
        method: &str,
        now: Timestamp,
        lifetime: SignedDuration,
    ) -> BearerToken {
        let issued = now.as_second();
        let ends = issued.saturating_add(lifetime.as_secs());
        let permissions = Value::from(caller.permissions.names()).to_string();
        let claims = Claims {
            typ: caller.kind,
            cit: caller.context.kind().to_owned(),
            civ: caller.context.value().to_owned(),
            aum: method.to_owned(),
            arn: caller.login,
            sud: json!({"subjectIdentifier": caller.subject}).to_string(),
            asi: caller.login.to_string(),
            pep: permissions.clone(),
            per: permissions,
            pec: "[]".to_owned(),
            rol: "[]".to_owned(),
            ipp: serde_json::to_string(&caller.ip_policy).unwrap_or_default(),
            iat: issued,
            nbf: issued,
            exp: ends,
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            jti: random::hex::<16>(),
        };
        let claims = serde_json::to_vec(&claims).unwrap_or_default();
        let mut token = URL_SAFE_NO_PAD.encode(HEADER);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let tag = hmac::sign(&self.key, token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(tag, &mut token);
        BearerToken {
            token: SecretText::new(token),
            valid_until: Timestamp::from_second(ends).unwrap_or(Timestamp::MAX),
        }
    }

    /// What a bearer of ours says, also one that has ended; `None` for everything else.
    pub(crate) fn verify(&self, token: &str) -> Option<Bearer> {
        let (signed, tag) = token.rsplit_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.key, signed.as_bytes(), &tag).ok()?;
        let (_, claims) = signed.split_once('.')?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        let details: SubjectDetails = serde_json::from_str(&claims.sud).ok()?;
        let names: Vec<String> = serde_json::from_str(&claims.per).ok()?;
        let ip_policy: IpPolicy = serde_json::from_str(&claims.ipp).ok()?;
        let caller = Caller {
            kind: claims.typ,
            context: ContextIdentifier::from_parts(&claims.cit, &claims.civ).ok()?,
            subject: details.subject_identifier,
            login: claims.arn,
            ksef_token: None,
            permissions: PermissionSet::from_names(names.iter().map(String::as_str)),
            ip_policy,
        };
        Some(Bearer {
            caller,
            valid_until: Timestamp::from_second(claims.exp).ok()?,
        })
    }
}

const HEADER: &[u8] = br#"{"alg":"HS256","typ":"JWT"}"#;
const ISSUER: &str = "ksef-api-sandbox";

#[cfg(test)]
mod tests {
    use super::*;

    fn caller() -> Caller {
        Caller {
            kind: BearerKind::Access,
            context: "Nip:5265877635".parse().unwrap(),
            subject: "Pesel:88102341294".parse().unwrap(),
            login: AuthRef::generate(jiff::civil::date(2026, 11, 21), 1, 2),
            ksef_token: None,
            permissions: PermissionSet::from_names(["InvoiceRead", "Introspection"]),
            ip_policy: IpPolicy {
                ip4_addresses: vec!["10.0.0.1".to_owned()],
                ..IpPolicy::default()
            },
        }
    }

    #[test]
    fn what_was_issued_is_verified_and_ends_at_exp() {
        let signer = Signer::new(&[7; 32]);
        let now = "2026-11-21T08:00:00.7Z".parse().unwrap();
        let issued = signer.issue(&caller(), "Token", now, SignedDuration::from_mins(15));
        assert_eq!(issued.valid_until.to_string(), "2026-11-21T08:15:00Z");
        let token = issued.token.expose();
        assert_eq!(token.split('.').count(), 3);
        let bearer = signer.verify(token).unwrap();
        assert_eq!(
            (bearer.caller, bearer.valid_until),
            (caller(), issued.valid_until)
        );
        assert!(Signer::new(&[8; 32]).verify(token).is_none());
    }

    #[test]
    fn a_changed_bearer_is_refused() {
        let signer = Signer::new(&[7; 32]);
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        let issued = signer.issue(&caller(), "Token", now, SignedDuration::from_mins(15));
        let token = issued.token.expose();
        for at in 0..token.len() {
            let mut bytes = token.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last character of a segment may carry unused bits, which the decoder refuses as well.
            assert!(signer.verify(&changed).is_none(), "{at}");
        }
        for text in ["", ".", "..", "a.b.c", "e30.e30."] {
            assert!(signer.verify(text).is_none(), "{text}");
        }
    }

    #[test]
    fn claims_are_those_of_the_live_system_and_a_mark_of_its_own() {
        let signer = Signer::new(&[7; 32]);
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        let issued = signer.issue(&caller(), "Token", now, SignedDuration::from_mins(15));
        let claims = issued.token.expose().split('.').nth(1).unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        let mut names: Vec<_> = claims
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "arn", "asi", "aud", "aum", "cit", "civ", "exp", "iat", "ipp", "iss", "jti", "nbf",
                "pec", "pep", "per", "rol", "sud", "typ"
            ]
        );
        let per: Vec<String> = serde_json::from_str(claims["per"].as_str().unwrap()).unwrap();
        assert_eq!(per, ["InvoiceRead", "Introspection"]);
    }
}

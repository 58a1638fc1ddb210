//! Signing in with a KSeF token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ksef_api::status::{AuthStatus, StatusInfo, TokenStatus};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::fingerprint::Fingerprint;
use ksef_core::key_id::KeyId;
use ksef_core::reference::{Challenge, TokenRef};
use ksef_crypto::digest::sha256;

use super::login::{self, Attempt};
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::ip_policy::{IpPolicy, parse_address, parse_mask, parse_range};
use crate::world::keys::KeyUsage;
use crate::world::logins::Method;
use crate::world::state::State;

/// The body.
#[derive(Debug)]
struct Submission {
    challenge: Challenge,
    context: ContextIdentifier,
    encrypted: Vec<u8>,
    key: Option<KeyId>,
    ip_policy: IpPolicy,
}

/// What the ciphertext turned out to be; a secret.
enum Decrypted {
    /// A token and the milliseconds of the challenge.
    Token {
        token: String,
        milliseconds: Option<i64>,
    },
    /// Nothing usable; the detail of status 450.
    Nothing(&'static str),
}

/// Takes an encrypted KSeF token. Whatever is wrong with the token shows in the status only.
pub(super) fn submit(call: &Call) -> Result<Reply, Failure> {
    let submission = read(call)?;
    let keys = call.app.world.read(|state| {
        if state
            .logins
            .challenge_issued(&submission.challenge, call.now)
            .is_none()
        {
            return Err(Failure::coded(21111));
        }
        state.keys.usable(
            KeyUsage::KsefTokenEncryption,
            submission.key.as_ref(),
            call.now,
        )
    })?;
    let decrypted = match keys
        .iter()
        .find_map(|key| key.unwrap(&submission.encrypted).ok())
    {
        Some(plain) => split(&plain),
        None => Decrypted::Nothing("Nieprawidłowe szyfrowanie tokena"),
    };
    // The outcome is found when it shows: a token that was just generated has become active by then.
    let decided = call.app.done_after(call.app.latency().authentication);
    let started = call.app.world.write(|state, changes| {
        let issued = state
            .logins
            .use_challenge(changes, &submission.challenge, call.now)
            .ok_or_else(|| Failure::coded(21111))?;
        let judged = judge(state, &submission, &decrypted, issued, decided);
        let attempt = match judged {
            Ok((reference, author)) => {
                state
                    .tokens
                    .update(changes, &reference, |token| token.used = Some(call.now));
                attempt(&submission, Some(reference), author, None)
            }
            Err(refusal) => attempt(&submission, None, nobody(&submission), Some(refusal)),
        };
        Ok::<_, Failure>(login::begin(call, state, changes, attempt))
    })?;
    Reply::json(call, &started)
}

fn read(call: &Call) -> Result<Submission, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let challenge = fields.parsed(&mut violations, "challenge", Challenge::parse);
    let kinds = &["Nip", "InternalId", "NipVatUe", "PeppolId"];
    let context = fields.identifier(
        &mut violations,
        "contextIdentifier",
        kinds,
        ContextIdentifier::from_parts,
    );
    let encrypted = fields.choice(&mut violations, "encryptedToken", |text| {
        STANDARD.decode(text).ok()
    });
    let key = fields.optional_parsed(&mut violations, "publicKeyId", KeyId::parse);
    let ip_policy = ip_policy(&fields, &mut violations);
    let (Some(challenge), Some(context), Some(encrypted), true) =
        (challenge, context, encrypted, violations.is_empty())
    else {
        return Err(violations.refuse());
    };
    Ok(Submission {
        challenge,
        context,
        encrypted,
        key,
        ip_policy,
    })
}

fn ip_policy(fields: &Fields<'_>, violations: &mut Violations) -> IpPolicy {
    let lists = fields
        .optional_object(violations, "authorizationPolicy")
        .and_then(|policy| policy.optional_object(violations, "allowedIps"));
    let Some(lists) = lists else {
        return IpPolicy::default();
    };
    IpPolicy {
        ip4_addresses: addresses(&lists, "ip4Addresses", violations, |text| {
            parse_address(text).is_some()
        }),
        ip4_ranges: addresses(&lists, "ip4Ranges", violations, |text| {
            parse_range(text).is_some()
        }),
        ip4_masks: addresses(&lists, "ip4Masks", violations, |text| {
            parse_mask(text).is_some()
        }),
    }
}

fn addresses(
    lists: &Fields<'_>,
    name: &str,
    violations: &mut Violations,
    is_valid: impl Fn(&str) -> bool,
) -> Vec<String> {
    let texts = lists.texts(violations, name);
    if texts.len() > IpPolicy::LIST_MAX {
        violations.add(format!(
            "'{}' must contain at most {} items. You entered {}.",
            lists.path(name),
            IpPolicy::LIST_MAX,
            texts.len()
        ));
    }
    for (index, _) in texts.iter().enumerate().filter(|(_, text)| !is_valid(text)) {
        violations.malformed(format!("{}[{index}]", lists.path(name)));
    }
    texts.into_iter().map(str::to_owned).collect()
}

/// The token itself contains `|`, so the time stands behind the last one.
fn split(plain: &[u8]) -> Decrypted {
    let Ok(text) = std::str::from_utf8(plain) else {
        return Decrypted::Nothing("Nieprawidłowe kodowanie tokena");
    };
    match text.rsplit_once('|') {
        Some((token, milliseconds)) => Decrypted::Token {
            token: token.to_owned(),
            milliseconds: milliseconds.trim().parse().ok(),
        },
        None => Decrypted::Nothing("Nieprawidłowy token"),
    }
}

/// The token and its author, or the status that refuses it; `decided` is the instant of the outcome by the machine's
/// clock.
fn judge(
    state: &State,
    submission: &Submission,
    decrypted: &Decrypted,
    issued: Timestamp,
    decided: Timestamp,
) -> Result<(TokenRef, SubjectIdentifier), StatusInfo> {
    let refusal = |detail: String| AuthStatus::from_code(450).to_info().with_detail(detail);
    let (text, milliseconds) = match decrypted {
        Decrypted::Token {
            token,
            milliseconds,
        } => (token, *milliseconds),
        Decrypted::Nothing(detail) => return Err(refusal((*detail).to_owned())),
    };
    let token = text
        .split('|')
        .next()
        .and_then(|reference| TokenRef::parse(reference).ok())
        .and_then(|reference| state.tokens.get(&reference))
        .filter(|token| token.digest == sha256(text.as_bytes()))
        .ok_or_else(|| refusal("Nieprawidłowy token".to_owned()))?;
    if milliseconds != Some(issued.as_millisecond()) {
        return Err(refusal("Nieprawidłowy czas tokena".to_owned()));
    }
    match token.status(decided) {
        TokenStatus::Active => {}
        TokenStatus::Revoking | TokenStatus::Revoked => {
            return Err(refusal("Token unieważniony".to_owned()));
        }
        _ => return Err(refusal("Token nieaktywny".to_owned())),
    }
    if token.context != submission.context {
        return Err(refusal(format!(
            "Token nie może być użyty w kontekście {}",
            submission.context
        )));
    }
    Ok((token.reference, token.author))
}

fn attempt(
    submission: &Submission,
    token: Option<TokenRef>,
    subject: SubjectIdentifier,
    refusal: Option<StatusInfo>,
) -> Attempt {
    Attempt {
        context: submission.context,
        subject,
        method: Method::Token(token),
        ip_policy: submission.ip_policy.clone(),
        signer: None,
        refusal,
    }
}

/// Who signs in with something that is no token of ours: nobody that could be anybody else.
fn nobody(submission: &Submission) -> SubjectIdentifier {
    SubjectIdentifier::Fingerprint(Fingerprint::from_digest(&sha256(&submission.encrypted)))
}

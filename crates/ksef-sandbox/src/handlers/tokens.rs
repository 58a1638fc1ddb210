//! KSeF tokens: generate, list, look at, revoke.

use ksef_api::operation::{Permission, tokens as operation};
use ksef_api::ops::tokens::{GeneratedToken, Token as WireToken, TokenPermission, Tokens};
use ksef_api::problem::ForbiddenReason;
use ksef_api::status::TokenStatus;
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::TokenRef;
use ksef_core::secret::SecretText;
use ksef_crypto::digest::sha256;
use serde_json::Value;

use crate::call::{Call, Reply};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::page::Pages;
use crate::random;
use crate::router::Routes;
use crate::world::state::State;
use crate::world::tokens::Token;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .with(&operation::GENERATE, generate)
        .with(&operation::LIST, list)
        .with(&operation::STATUS, show)
        .with(&operation::REVOKE, revoke)
}

fn generate(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let (permissions, description) = read_wish(call)?;
    check_context(caller)?;
    check_permissions(caller, &permissions)?;
    let (date, high, low) = random::reference_parts(call.now);
    let reference = TokenRef::generate(date, high, low);
    let secret = format!(
        "{reference}|{}|{}",
        context_text(&caller.context),
        random::hex::<32>()
    );
    let token = Token {
        reference,
        digest: sha256(secret.as_bytes()),
        context: caller.context,
        author: caller.subject,
        description,
        permissions: permissions
            .iter()
            .map(|permission| permission.as_str().to_owned())
            .collect(),
        created: call.now,
        used: None,
        active_from: call.app.done_after(call.app.latency().token),
        revoked_from: None,
    };
    call.app
        .world
        .write(|state, changes| state.tokens.insert(changes, token));
    Reply::json(
        call,
        &GeneratedToken {
            reference_number: reference,
            token: SecretText::new(secret),
        },
    )
}

/// Permissions and description of a token to be generated.
fn read_wish(call: &Call) -> Result<(Vec<Permission>, String), Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let names = fields.texts(&mut violations, "permissions");
    let mut permissions = Vec::new();
    for (index, name) in names.iter().enumerate() {
        match Permission::from_name(name).filter(|known| is_for_tokens(*known)) {
            Some(permission) if !permissions.contains(&permission) => permissions.push(permission),
            Some(_) => {}
            None => violations.unreadable(format!("permissions[{index}]")),
        }
    }
    if names.is_empty() && violations.is_empty() {
        violations.missing("permissions");
    }
    let description = fields.text_within(&mut violations, "description", 5..=256);
    match description {
        Some(description) if violations.is_empty() => Ok((permissions, description.to_owned())),
        _ => Err(violations.refuse()),
    }
}

fn is_for_tokens(permission: Permission) -> bool {
    TokenPermission::KNOWN.contains(&permission.as_str())
}

fn check_context(caller: &Caller) -> Result<(), Failure> {
    match caller.context {
        ContextIdentifier::Nip(_) | ContextIdentifier::InternalId(_) => Ok(()),
        other => Err(Failure::detailed(
            26002,
            format!(
                "Nie można wygenerować tokena dla obecnego typu kontekstu '{}'. Dozwolone typy kontekstu: Nip, InternalId.",
                other.kind()
            ),
        )),
    }
}

fn check_permissions(caller: &Caller, wanted: &[Permission]) -> Result<(), Failure> {
    let lacking: Vec<_> = wanted
        .iter()
        .filter(|permission| !caller.permissions.has(**permission))
        .map(|permission| permission.as_str())
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    Err(Failure::detailed(
        26001,
        format!("Brakujące uprawnienia: {}.", lacking.join(", ")),
    ))
}

/// `nip-5265877635`, as it stands inside a token.
fn context_text(context: &ContextIdentifier) -> String {
    let kind = match context {
        ContextIdentifier::Nip(_) => "nip",
        ContextIdentifier::InternalId(_) => "internalId",
        ContextIdentifier::NipVatUe(_) => "nipVatUe",
        ContextIdentifier::PeppolId(_) => "peppolId",
    };
    format!("{kind}-{}", context.value())
}

fn list(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let mut violations = Violations::default();
    let page_size = call.query.page_size(&mut violations, 10..=100);
    let statuses = call.query.choices(&mut violations, "status", |name| {
        Some(TokenStatus::from_name(name)).filter(TokenStatus::is_known)
    });
    let author_kind = call
        .query
        .choice(&mut violations, "authorIdentifierType", |name| {
            ["Nip", "Pesel", "Fingerprint"]
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(name))
        });
    let description = search_text(call, &mut violations, "description");
    let author = search_text(call, &mut violations, "authorIdentifier");
    violations.done()?;
    let machine_now = call.app.clock.machine_now();
    let answer = call.app.world.read(|state| {
        let fits = |token: &Token| {
            is_visible(state, caller, token)
                && (statuses.is_empty() || statuses.contains(&token.status(machine_now)))
                && author_kind.is_none_or(|kind| token.author.kind() == kind)
                && contains(&token.description, description.as_deref())
                && contains(token.author.value(), author.as_deref())
        };
        let fitting = state
            .tokens
            .of_context(&caller.context)
            .into_iter()
            .filter(|token| fits(token));
        let pages = Pages {
            links: state.links(),
            scope: operation::LIST.id,
            size: page_size,
        };
        let (page, continuation_token) = pages.cut(call.continuation(), fitting, |token| {
            (token.created, token.reference)
        })?;
        let tokens = page
            .into_iter()
            .map(|token| on_the_wire(token, machine_now))
            .collect();
        Ok::<_, Failure>(Tokens {
            continuation_token,
            tokens,
        })
    });
    Reply::json(call, &answer?)
}

fn search_text(call: &Call, violations: &mut Violations, name: &str) -> Option<String> {
    let text = call.query.text(name)?;
    let characters = text.chars().count();
    if characters < SEARCH_CHARACTERS_MIN {
        violations.add(format!(
            "The length of '{name}' must be at least {SEARCH_CHARACTERS_MIN} characters. You entered {characters} characters."
        ));
    }
    Some(text.to_lowercase())
}

fn contains(text: &str, lower_case_part: Option<&str>) -> bool {
    lower_case_part.is_none_or(|part| text.to_lowercase().contains(part))
}

fn show(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let reference: TokenRef = call.path("referenceNumber")?;
    let machine_now = call.app.clock.machine_now();
    let token = call.app.world.read(|state| {
        let token = state.tokens.get(&reference)?;
        is_visible(state, caller, token).then(|| on_the_wire(token, machine_now))
    });
    Reply::json(call, &token.ok_or_else(Failure::not_yours)?)
}

fn revoke(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let reference: TokenRef = call.path("referenceNumber")?;
    let done = call.app.done_after(call.app.latency().token);
    call.app.world.write(|state, changes| {
        let token = state
            .tokens
            .get(&reference)
            .ok_or_else(Failure::not_yours)?;
        if !may_revoke(state, caller, token) {
            return Err(refuse_revoking(caller));
        }
        state.tokens.update(changes, &reference, |token| {
            // Revoking again changes nothing.
            token.revoked_from.get_or_insert(done);
        });
        Ok(())
    })?;
    Ok(Reply::empty(call))
}

/// Holders of `CredentialsManage` or `CredentialsRead` see every token of the context, a token sees itself, everybody
/// else sees what is theirs.
fn is_visible(state: &State, caller: &Caller, token: &Token) -> bool {
    let sees_all = [Permission::CredentialsManage, Permission::CredentialsRead];
    token.context == caller.context
        && (caller.permissions.has_any_of(&sees_all) || is_own(state, caller, token))
}

fn may_revoke(state: &State, caller: &Caller, token: &Token) -> bool {
    token.context == caller.context
        && (caller.permissions.has(Permission::CredentialsManage) || is_own(state, caller, token))
}

fn is_own(state: &State, caller: &Caller, token: &Token) -> bool {
    match caller.ksef_token {
        Some(used) => used == token.reference,
        None => state.subjects.are_the_same(&caller.subject, &token.author),
    }
}

fn refuse_revoking(caller: &Caller) -> Failure {
    Failure::forbidden(
        ForbiddenReason::MissingPermissions,
        [
            (
                "requiredAnyOfPermissions",
                Value::from(vec![Permission::CredentialsManage.as_str()]),
            ),
            (
                "presentPermissions",
                Value::from(caller.permissions.names()),
            ),
        ],
    )
}

fn on_the_wire(token: &Token, machine_now: jiff::Timestamp) -> WireToken {
    WireToken {
        reference_number: token.reference,
        author_identifier: token.author.into(),
        context_identifier: token.context.into(),
        description: token.description.clone(),
        requested_permissions: token
            .permissions
            .iter()
            .map(|name| TokenPermission::from_name(name))
            .collect(),
        date_created: token.created,
        last_use_date: token.used,
        status: token.status(machine_now),
        status_details: Vec::new(),
    }
}

const SEARCH_CHARACTERS_MIN: usize = 3;

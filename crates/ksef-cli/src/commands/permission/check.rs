//! `ksef permission check`

use ksef_api::operation::{Operation, Permission};
use ksef_api::ops::permissions::{EntityRoleType, PermissionState};
use ksef_sdk::permissions::{Grantor, MissingPermission, Rights};
use serde_json::{Value, json};

use crate::connect::Connection;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::printer::{Fields, Printer};

/// Arguments of `ksef permission check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without anything wanted it shows what the login may do. The exit code is 3 when something wanted is missing.

Examples:
  ksef permission check
  ksef permission check --permission InvoiceWrite --permission CredentialsManage
  ksef permission check --for \"POST /permissions/persons/grants\" --for tokens.generate")]
pub(crate) struct Args {
    /// A permission that is wanted; may be given several times
    #[arg(long, value_name = "PERMISSION", value_parser = parse_permission)]
    permission: Vec<Permission>,

    /// An operation that is wanted, as METHOD PATH or by its name; may be given several times
    #[arg(long = "for", value_name = "OPERATION", value_parser = parse_operation)]
    operation: Vec<&'static Operation>,
}

/// Something wanted, with what is missing for it.
struct Verdict {
    wanted: String,
    missing: Vec<MissingPermission>,
}

/// Checks the login.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let ksef = connection.ksef(context)?;
    let rights = ksef.client().rights().await?;
    let permissions = args.permission.iter().map(|permission| Verdict {
        wanted: permission.to_string(),
        missing: rights.missing([*permission]),
    });
    let operations = args.operation.iter().map(|operation| Verdict {
        wanted: operation.to_string(),
        missing: rights.missing_for(operation),
    });
    let verdicts: Vec<Verdict> = permissions.chain(operations).collect();
    context
        .printer
        .result(&for_programs(&rights, &verdicts), |printer| {
            show(printer, &rights, &verdicts);
        });
    let is_missing = verdicts.iter().any(|verdict| !verdict.missing.is_empty());
    Ok(if is_missing { Exit::Auth } else { Exit::Done })
}

fn show(printer: &Printer, rights: &Rights, verdicts: &[Verdict]) {
    let mut fields = Fields::new(printer);
    fields.add(("context", "kontekst"), rights.context);
    if rights.is_owner() {
        let owner = text!("yes", "tak");
        fields.add(("owner", "właściciel"), owner.in_lang(printer.lang()));
    }
    let held = names(rights.held().map(Permission::as_str));
    fields.add(("permissions", "uprawnienia"), held);
    if rights.token.is_some() {
        fields.more(&text!(
            "limited by the KSeF token of the login",
            "ograniczone przez token KSeF użyty do logowania"
        ));
    }
    let asleep = rights
        .granted
        .iter()
        .filter(|granted| granted.permission_state == PermissionState::Inactive)
        .map(|granted| granted.permission_scope.as_str());
    let asleep = names(asleep);
    if asleep != NOTHING {
        fields.add(("inactive", "nieaktywne"), asleep);
    }
    if let Some(roles) = &rights.roles {
        let roles = names(roles.iter().map(|role| role.role.as_str()));
        fields.add(("roles", "role"), roles);
    }
    fields.print();
    for verdict in verdicts {
        if verdict.missing.is_empty() {
            printer.text(&text!(
                "{wanted}: allowed",
                "{wanted}: dozwolone",
                wanted = verdict.wanted
            ));
            continue;
        }
        printer.text(&text!(
            "{wanted}: not allowed; any one of these would open it:",
            "{wanted}: niedozwolone; wystarczy jedno z uprawnień:",
            wanted = verdict.wanted
        ));
        for missing in &verdict.missing {
            printer.line(format_args!("  {}", missing.permission));
            for advice in advice(missing) {
                printer.line(format_args!("    {}", advice.in_lang(printer.lang())));
            }
        }
    }
}

/// What to do about a missing permission.
fn advice(missing: &MissingPermission) -> Vec<Text> {
    let mut advice = Vec::new();
    if missing.is_beyond_token {
        advice.push(text!(
            "the KSeF token of this login is limited: use a certificate, or another token",
            "token KSeF tego logowania jest ograniczony: użyj certyfikatu albo innego tokenu"
        ));
        return advice;
    }
    if !missing.needs_role.is_empty() {
        advice.push(text!(
            "the entity needs one of these roles first: {roles}",
            "podmiot musi najpierw mieć jedną z ról: {roles}",
            roles = names(missing.needs_role.iter().map(EntityRoleType::as_str))
        ));
    }
    if missing.is_inactive {
        advice.push(text!(
            "it was granted and does not work: the client has to make it delegable for the intermediary",
            "nadane, ale nie działa: klient musi nadać je pośrednikowi z prawem przekazywania"
        ));
    }
    if missing.grantors.is_empty() {
        advice.push(text!(
            "nobody can grant it in this context",
            "w tym kontekście nikt nie może go nadać"
        ));
    }
    advice.extend(missing.grantors.iter().map(|grantor| match grantor {
        Grantor::Owner(nip) => text!(
            "the owner of {nip} can grant it",
            "może je nadać właściciel {nip}"
        ),
        Grantor::Holder {
            permission,
            context,
        } => text!(
            "whoever holds {permission} in {context} can grant it",
            "może je nadać posiadacz {permission} w kontekście {context}"
        ),
        _ => text!("somebody else can grant it", "może je nadać ktoś inny"),
    }));
    advice
}

fn for_programs(rights: &Rights, verdicts: &[Verdict]) -> Value {
    let grantor = |grantor: &Grantor| match grantor {
        Grantor::Owner(nip) => json!({ "ownerOf": nip }),
        Grantor::Holder {
            permission,
            context,
        } => json!({ "holderOf": permission.as_str(), "in": context }),
        _ => json!({}),
    };
    let missing = |missing: &MissingPermission| {
        let grantors: Vec<Value> = missing.grantors.iter().map(grantor).collect();
        json!({
            "permission": missing.permission.as_str(),
            "isBeyondToken": missing.is_beyond_token,
            "isInactive": missing.is_inactive,
            "needsRole": missing.needs_role,
            "grantors": grantors,
        })
    };
    let verdicts: Vec<Value> = verdicts
        .iter()
        .map(|verdict| {
            let missing: Vec<Value> = verdict.missing.iter().map(missing).collect();
            json!({
                "wanted": verdict.wanted,
                "isAllowed": verdict.missing.is_empty(),
                "missingAnyOf": missing,
            })
        })
        .collect();
    let held: Vec<&str> = rights.held().map(Permission::as_str).collect();
    json!({
        "context": rights.context,
        "isOwner": rights.is_owner(),
        "permissions": held,
        "granted": rights.granted,
        "roles": rights.roles,
        "checked": verdicts,
    })
}

fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() {
        NOTHING.to_owned()
    } else {
        names.join(", ")
    }
}

fn parse_permission(text: &str) -> Result<Permission, String> {
    Permission::from_name(text).ok_or_else(|| {
        let known: Vec<&str> = Permission::ALL.iter().map(|known| known.as_str()).collect();
        format!("no such permission; known are {}", known.join(", "))
    })
}

fn parse_operation(text: &str) -> Result<&'static Operation, String> {
    let routed = text
        .split_once(' ')
        .and_then(|(method, path)| Operation::route(method, path.trim()));
    Operation::by_id(text).or(routed).ok_or_else(|| {
        "no such operation; give METHOD PATH as the contract writes it, for instance \"POST /tokens\""
            .to_owned()
    })
}

const NOTHING: &str = "-";

//! `ksef status`

use std::time::Duration;

use jiff::Timestamp;
use ksef_core::context::ContextIdentifier;
use ksef_sdk::latarnia::SystemStatus;
use serde::Serialize;

use crate::connect::{Connection, seller};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::latarnia;
use crate::printer::{Fields, Printer, moment};
use crate::profile::Login;
use crate::send::journal::{self, JournalKey};
use crate::send::ledger::{Ledger, Verdict};

/// Arguments of `ksef status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
KSeF itself is not asked; for that see \"ksef doctor\". Latarnia, the Ministry's service that announces maintenance and \
failures, is: what it says is advice, and its silence means nothing.

Examples:
  ksef status
  ksef status --offline
  ksef status --profile firm --json")]
pub(crate) struct Args {
    /// Do not ask Latarnia
    #[arg(long)]
    offline: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    environment: String,
    login: &'static str,
    /// What Latarnia says, when it was asked and tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    latarnia: Option<SystemStatus>,
    contexts: Vec<ShownContext>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownContext {
    context: ContextIdentifier,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_valid_until: Option<Timestamp>,
    journal: Counts,
}

/// Invoices of a journal by how far they are.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    accepted: usize,
    rejected: usize,
    pending: usize,
    unknown: usize,
    not_sent: usize,
}

impl Counts {
    fn of(ledger: &Ledger) -> Self {
        let mut counts = Self::default();
        for (_, invoice) in ledger.invoices() {
            let counter = match (&invoice.verdict, invoice.sent) {
                (Some(Verdict::Accepted(_)), _) => &mut counts.accepted,
                (Some(Verdict::Rejected(_)), _) => &mut counts.rejected,
                (None, Some(_)) => &mut counts.pending,
                (None, None) if invoice.unknown.is_empty() => &mut counts.not_sent,
                (None, None) => &mut counts.unknown,
            };
            *counter += 1;
        }
        counts
    }

    fn is_finished(&self) -> bool {
        self.pending == 0 && self.unknown == 0 && self.not_sent == 0
    }
}

/// Shows profile, login and journal.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let target = &connection.target;
    let who = match target.context {
        Some(who) => vec![who],
        None if target.login == (Login::SelfSigned {}) => {
            seller::known(&context.home.identities_dir())
        }
        None => Vec::new(),
    };
    let contexts = who
        .into_iter()
        .map(|who| of_context(context, &connection, who))
        .collect::<Result<_>>()?;
    let latarnia = match connection.anonymous(context).client().latarnia() {
        Some(latarnia) if !args.offline => latarnia.with_wait_max(ADVICE_MAX).advice().await,
        _ => None,
    };
    let shown = Shown {
        latarnia,
        profile: target.profile.clone(),
        environment: target.place.to_string(),
        login: target.login.method(),
        contexts,
    };
    context
        .printer
        .result(&shown, |printer| print(printer, &shown));
    if shown
        .contexts
        .iter()
        .any(|known| !known.journal.is_finished())
    {
        context.printer.hint(&text!(
            "run the same \"ksef invoice send\" again to finish what is open; nothing is sent twice",
            "uruchom ponownie to samo polecenie „ksef invoice send”, aby dokończyć; nic nie zostanie wysłane dwa razy"
        ));
    }
    Ok(Exit::Done)
}

fn of_context(
    context: &Context,
    connection: &Connection,
    who: ContextIdentifier,
) -> Result<ShownContext> {
    let key = JournalKey {
        environment: connection.scope.clone(),
        context: who,
    };
    let ledger = journal::look(&context.home.journal_dir(), &key).map_err(|fault| {
        Error::failed(text!(
            "the journal of {who} cannot be read",
            "nie można odczytać dziennika {who}"
        ))
        .caused_by(fault)
        .hint(text!(
            "have the file looked at before sending anything more",
            "zanim wyślesz cokolwiek więcej, daj ten plik do sprawdzenia"
        ))
    })?;
    let now = context.clock.now();
    let kept = connection
        .logins()
        .all()?
        .into_iter()
        .filter(|kept| kept.key.context == who);
    let ends = kept.flat_map(|kept| [kept.tokens.access, kept.tokens.refresh]);
    let ends = ends
        .flatten()
        .map(|bearer| bearer.valid_until)
        .filter(|end| *end > now);
    Ok(ShownContext {
        context: who,
        login_valid_until: ends.max(),
        journal: ledger.as_ref().map(Counts::of).unwrap_or_default(),
    })
}

fn print(printer: &Printer, shown: &Shown) {
    let mut fields = Fields::new(printer);
    fields.add(
        ("profile", "profil"),
        shown.profile.as_deref().unwrap_or("-"),
    );
    fields.add(("environment", "środowisko"), &shown.environment);
    fields.add(("login by", "logowanie przez"), shown.login);
    if let Some(system) = &shown.latarnia {
        let state = latarnia::state(&system.status);
        let state = state.in_lang(printer.lang());
        fields.add(("Latarnia", "Latarnia"), state);
        for message in &system.messages {
            fields.more(&Text::verbatim(latarnia::message(message)));
        }
    }
    for known in &shown.contexts {
        fields.more(&text!("", ""));
        fields.add(("context", "kontekst"), known.context);
        let login = match known.login_valid_until {
            Some(until) => text!(
                "valid until {until}",
                "ważne do {until}",
                until = moment(until)
            ),
            None => text!("none is kept", "brak"),
        };
        fields.add(("login", "logowanie"), login.in_lang(printer.lang()));
        let Counts {
            accepted,
            rejected,
            pending,
            unknown,
            not_sent,
        } = &known.journal;
        let counts = text!(
            "{accepted} accepted, {rejected} rejected, {pending} pending, {unknown} of unknown outcome, {not_sent} not sent",
            "przyjęte: {accepted}, odrzucone: {rejected}, w toku: {pending}, o nieznanym wyniku: {unknown}, niewysłane: {not_sent}"
        );
        fields.add(("journal", "dziennik"), counts.in_lang(printer.lang()));
    }
    fields.print();
}

/// Nobody waits long for advice.
const ADVICE_MAX: Duration = Duration::from_secs(3);

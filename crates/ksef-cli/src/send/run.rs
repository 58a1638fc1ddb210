//! A run from paths to results: plan, connect, one engine per context, and the report.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use ksef_core::calendar;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::environment::EnvironmentKind;
use ksef_core::form_code::FormCode;
use ksef_core::offline_deadline::OfflineMode;
use ksef_invoice::rules::{Channel, RuleSet};

use super::earlier::Earlier;
use super::engine::{Engine, Options};
use super::inputs;
use super::journal::{self, JournalFault, JournalFile, JournalKey};
use super::opening;
use super::package::Packages;
use super::plan::{Plan, PlanRules, PlannedInvoice, Validation};
use super::report::{self, Known};
use super::results::{Outcome, Results, Row};
use super::sdk::SdkRemote;
use super::stop::{self, Stop};
use super::unpack::Unpacked;
use super::way::{Packaging, Way};
use super::words;
use crate::connect::{Connection, Target};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::outbox;
use crate::outbox::issue::{Desk, Issuing};
use crate::place::Place;

/// What the user asked for.
#[derive(Debug)]
pub(crate) struct Request {
    /// Files and folders.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether folders inside folders are searched.
    pub(crate) recursive: bool,
    /// Where XML and UPO go, when not to the default place.
    pub(crate) out: Option<PathBuf>,
    /// How long to wait for verdicts.
    pub(crate) wait: Duration,
    /// Issue the invoices without KSeF first, and declare them so.
    pub(crate) issuing: Option<Issuing>,
    /// Take only this form.
    pub(crate) form: Option<FormCode>,
    /// Which rules are asked beyond the schema; `None` leaves all judging to KSeF.
    pub(crate) rules: Option<RuleSet>,
    /// Send nothing when any file is bad.
    pub(crate) strict: bool,
    /// Send again what was refused before.
    pub(crate) retry_rejected: bool,
    /// Interactively or in batch.
    pub(crate) way: Way,
    /// How packages are made.
    pub(crate) packaging: Packaging,
    /// How many invoices are on their way at once, when the user said so.
    pub(crate) lanes: Option<usize>,
}

/// Sends, prints what came of it, and says how the process ends.
///
/// # Errors
/// What prevented the work as a whole; what concerns one invoice or one context stands in the results.
pub(crate) async fn run(context: &Context, request: &Request) -> Result<Exit> {
    let target = Target::resolve(context)?;
    target.guard_sending()?;
    let mut inputs = inputs::collect(&request.paths, request.recursive);
    let unpacked = Unpacked::replace_archives(&mut inputs, &context.home.unpacked_dir());
    let rules = rules(context, &target, request);
    let mut plan = Plan::make(&inputs.files, &rules);
    let mut connection = None;
    let mut scope = None;
    if context.global.dry_run {
        scope = self::scope(context, &target).await?;
    } else if plan.has_work(context.home.journal_dir().is_dir()) {
        let opened = Connection::for_sending(context, target.clone()).await?;
        scope = Some(opened.scope.clone());
        connection = Some(opened);
    }
    if let Some(scope) = &scope {
        plan.compare(&Earlier::read(&context.home.journal_dir(), scope), &rules);
    }
    let mut results = Results::default();
    for bad in &inputs.bad {
        results
            .bad_inputs
            .push((bad.path.clone(), words::bad_input(&bad.fault)));
    }
    let is_clean = plan.refused.is_empty() && inputs.bad.is_empty();
    if context.global.dry_run {
        would(context, request.way, scope.as_deref(), &plan, &mut results)?;
    } else if request.strict && !is_clean {
        let why = text!(
            "nothing is sent, because other files are bad (--strict)",
            "niczego nie wysłano, bo inne pliki zawierają błędy (--strict)"
        );
        let rows = plan
            .invoices
            .iter()
            .map(|invoice| report::row(invoice, Outcome::NotSent(why.clone())));
        results.rows.extend(rows);
    } else if let Some(connection) = &connection
        && !plan.invoices.is_empty()
    {
        send(context, connection, request, &plan, &mut results).await?;
    }
    report::add_repeats(&plan, &mut results);
    results.rows.extend(plan.refused.iter().map(Row::refused));
    report::sort(&inputs.files, &mut results);
    // What is not decided may have to be sent again, or is wanted for its receipt.
    unpacked.remove(|place| {
        let mut rows = results.rows.iter();
        !rows.any(|row| row.path.starts_with(place) && row.outcome.is_open())
    });
    results.print(&context.printer);
    Ok(results.exit())
}

/// Which KSeF it would be; `None` for an embedded sandbox that does not exist yet.
async fn scope(context: &Context, target: &Target) -> Result<Option<String>> {
    let is_embedded = target.place == Place::EmbeddedSandbox;
    if is_embedded && !context.home.sandbox_dir().exists() {
        return Ok(None);
    }
    Ok(Some(Connection::to(context, target.clone()).await?.scope))
}

/// What would be done with each invoice, by what the journal says.
///
/// # Errors
/// A journal cannot be read.
pub(crate) fn would(
    context: &Context,
    way: Way,
    scope: Option<&str>,
    plan: &Plan,
    results: &mut Results,
) -> Result<()> {
    let mut known = HashMap::new();
    for invoice in &plan.invoices {
        if let Some(outcome) = begun(context, scope, invoice)? {
            known.insert(invoice.planned.hash, outcome);
        }
    }
    let unsent: Vec<_> = plan
        .invoices
        .iter()
        .filter(|invoice| !known.contains_key(&invoice.planned.hash))
        .collect();
    let ways = way.deal(&unsent, false);
    let in_batch: HashSet<_> = ways.batch.iter().map(|it| it.planned.hash).collect();
    for invoice in &plan.invoices {
        let hash = &invoice.planned.hash;
        let would_send = Outcome::WouldSend {
            has_attachment: invoice.has_attachment,
            in_batch: in_batch.contains(hash),
        };
        let outcome = known.remove(hash).unwrap_or(would_send);
        results.rows.push(report::row(invoice, outcome));
    }
    Ok(())
}

/// What an earlier run began to do with an invoice.
fn begun(
    context: &Context,
    scope: Option<&str>,
    invoice: &PlannedInvoice,
) -> Result<Option<Outcome>> {
    let Some(scope) = scope else {
        return Ok(None);
    };
    let key = JournalKey {
        environment: scope.to_owned(),
        context: invoice.context,
    };
    let ledger =
        journal::look(&context.home.journal_dir(), &key).map_err(JournalFault::into_error)?;
    let hash = &invoice.planned.hash;
    Ok(ledger.and_then(|ledger| report::known(&ledger.invoice(hash), hash)))
}

fn rules(context: &Context, target: &Target, request: &Request) -> PlanRules {
    let is_official = target.place.kind() != EnvironmentKind::Custom;
    PlanRules {
        context: target.context,
        form: request.form.clone(),
        offline: request.issuing.is_some(),
        validation: request.rules.map(|rule_set| Validation {
            rule_set,
            // A sandbox may live in another time.
            today: is_official.then(|| calendar::warsaw_date(context.clock.now())),
            is_production: target.place.is_production(),
            // What an interactive session does not take goes in batch, unless the user does not want that.
            channel: match request.way {
                Way::Interactive => Channel::Interactive,
                Way::Batch | Way::Auto(_) => Channel::Batch,
            },
        }),
    }
}

/// Sends the invoices of a plan and adds what came of it to the results.
///
/// # Errors
/// What prevented the work as a whole.
pub(crate) async fn send(
    context: &Context,
    connection: &Connection,
    request: &Request,
    plan: &Plan,
    results: &mut Results,
) -> Result<()> {
    let (switch, stop) = Stop::new();
    let printer = context.printer.clone();
    let watch = tokio::spawn(async move {
        stop::signal().await;
        printer.note(&text!(
            "stopping after what is under way; once more stops at once, which is safe too",
            "zatrzymanie nastąpi po dokończeniu rozpoczętej pracy; ponowny sygnał zatrzyma od razu, co też jest bezpieczne"
        ));
        switch.request();
        stop::signal().await;
        std::process::exit(INTERRUPTED);
    });
    results.environment = Some(connection.scope.clone());
    let groups = plan.by_context();
    let run = Run {
        context,
        request,
        connection,
        stop: &stop,
        is_one: groups.len() == 1,
    };
    let mut parts = stream::iter(groups.iter())
        .map(|(who, invoices)| run.send_for(*who, invoices))
        .buffered(CONTEXTS_AT_ONCE);
    while let Some(part) = parts.next().await {
        results.folder = if run.is_one {
            part.folder.clone()
        } else {
            request.out.clone()
        };
        report::add_part(part, results);
    }
    drop(parts);
    watch.abort();
    Ok(())
}

/// What came of one context.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) context: ContextIdentifier,
    pub(crate) rows: Vec<Row>,
    pub(crate) sessions: Vec<super::results::SessionRow>,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) error: Option<Error>,
}

/// The invoices of a context, with what the journal knows of them.
#[derive(Debug, Default)]
struct Adopted {
    invoices: Vec<PlannedInvoice>,
    /// Those that are not sent.
    refused: Vec<Row>,
}

struct Run<'a> {
    context: &'a Context,
    request: &'a Request,
    connection: &'a Connection,
    stop: &'a Stop,
    /// Whether this is the only context.
    is_one: bool,
}

impl Run<'_> {
    async fn send_for(&self, who: ContextIdentifier, invoices: &[&PlannedInvoice]) -> Part {
        match self.try_send_for(who, invoices).await {
            Ok(part) => part,
            Err(error) => {
                let why = super::engine::not_sent_reason(self.stop.is_requested());
                let row =
                    |invoice: &&PlannedInvoice| report::row(invoice, Outcome::NotSent(why.clone()));
                Part {
                    context: who,
                    rows: invoices.iter().map(row).collect(),
                    sessions: Vec::new(),
                    folder: None,
                    error: Some(error),
                }
            }
        }
    }

    async fn try_send_for(
        &self,
        who: ContextIdentifier,
        invoices: &[&PlannedInvoice],
    ) -> Result<Part> {
        let wait = self.request.wait;
        let opened = opening::journal(self.context, &self.connection.scope, who, wait, self.stop);
        let journal = Arc::new(opened.await?);
        let adopted = self.adopt(&journal, who, invoices)?;
        let invoices: Vec<&PlannedInvoice> = adopted.invoices.iter().collect();
        let invoices = invoices.as_slice();
        let before: HashSet<Sha256Digest> = journal.ask(|ledger| {
            ledger
                .invoices()
                .filter(|(_, invoice)| invoice.verdict.is_some())
                .map(|(hash, _)| *hash)
                .collect()
        });
        let sessions_before = journal.ask(super::ledger::Ledger::sessions);
        let folder = self.folder(who, journal.path());
        let ksef = self.connection.ksef_for(self.context, who)?;
        let remote = SdkRemote::new(ksef.client(), Arc::clone(&journal));
        let options = Options {
            wait: self.request.wait,
            lanes: self.request.lanes.unwrap_or_else(|| self.lanes()),
            way: self.request.way,
            packaging: self.request.packaging,
            retry_rejected: self.request.retry_rejected,
            folder: folder.clone(),
            anchors: self.connection.anchors().await,
        };
        let engine = Engine {
            remote: &remote,
            journal: &journal,
            packages: &Packages::beside(journal.path()),
            options: &options,
            clock: &self.context.clock,
            stop: self.stop,
            printer: &self.context.printer,
            label: (!self.is_one).then_some(who),
            invoices,
            trouble: RefCell::default(),
            resume_at: Cell::default(),
            is_full: Cell::default(),
            seen: RefCell::default(),
        };
        let error = engine.run().await.err();
        let seen = engine.seen.take();
        let stopped = self.stop.is_requested();
        let known = Known {
            before,
            seen,
            stopped,
        };
        let mut rows = report::rows(&journal, invoices, &known);
        rows.extend(adopted.refused);
        Ok(Part {
            context: who,
            rows,
            sessions: report::sessions(&journal, &sessions_before),
            folder: Some(folder),
            error,
        })
    }

    /// Issues the invoices where that was asked for, and adds what the journal knows of their issuing: whoever names the
    /// file of an invoice that was issued offline sends it as such.
    fn adopt(
        &self,
        journal: &JournalFile,
        who: ContextIdentifier,
        invoices: &[&PlannedInvoice],
    ) -> Result<Adopted> {
        let mut refused: HashMap<Sha256Digest, Text> = HashMap::new();
        if let Some(issuing) = &self.request.issuing {
            let desk = Desk {
                context: self.context,
                connection: self.connection,
                journal,
                who,
            };
            for outcome in desk.issue(invoices, issuing)? {
                match outcome.issued {
                    Ok(done) if done.before => {}
                    Ok(done) => desk.tell(&outcome.invoice, &done),
                    Err(why) => drop(refused.insert(outcome.invoice.planned.hash, why)),
                }
            }
        }
        let mut adopted = Adopted::default();
        for invoice in invoices {
            let known = journal.invoice(&invoice.planned.hash);
            let mut invoice = PlannedInvoice::clone(invoice);
            invoice.corrects = known.corrects;
            invoice.planned.offline |= known.in_force().is_some();
            let is_for_paper = known
                .in_force()
                .is_some_and(|issued| issued.mode == OfflineMode::TotalFailure);
            let why = refused.remove(&invoice.planned.hash);
            match why.or_else(|| is_for_paper.then(outbox::never_sent)) {
                Some(why) => adopted
                    .refused
                    .push(report::row(&invoice, Outcome::Invalid(Vec::new(), why))),
                None => adopted.invoices.push(invoice),
            }
        }
        Ok(adopted)
    }

    /// The Ministry's limits are tight, and each refusal lengthens the next wait: one lane meets them once.
    fn lanes(&self) -> usize {
        match self.connection.target.place.kind() {
            EnvironmentKind::Custom => LANES,
            _ => 1,
        }
    }

    /// Where this context's XML and UPO go: what the user said, or a folder named like the journal.
    fn folder(&self, who: ContextIdentifier, journal: &Path) -> PathBuf {
        if let Some(out) = &self.request.out {
            return std::path::absolute(out).unwrap_or_else(|_| out.clone());
        }
        let environment = journal
            .parent()
            .and_then(Path::file_name)
            .unwrap_or_default();
        let context = format!("{}-{}", who.kind(), who.value());
        self.context.home.sent_dir().join(environment).join(context)
    }
}

const CONTEXTS_AT_ONCE: usize = 4;
const LANES: usize = 4;
/// What shells report for a process that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

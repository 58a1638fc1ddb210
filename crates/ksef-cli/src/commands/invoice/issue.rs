//! `ksef invoice issue`: invoices issued without KSeF, with their codes and their deadline.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ksef_core::calendar::warsaw_date;
use ksef_core::environment::EnvironmentKind;
use ksef_core::offline_deadline::{Deadline, OfflineMode};
use ksef_invoice::rules::{Channel, RuleSet};
use serde_json::{Value, json};

use crate::codes::SignerArgs;
use crate::connect::{Connection, Target};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::outbox::entry::deadline_of;
use crate::outbox::issue::{CodeIi, Dates, Desk, Done, Issuing, Outcome};
use crate::outbox::words;
use crate::printer::Table;
use crate::send::earlier::Earlier;
use crate::send::inputs;
use crate::send::plan::{Plan, PlanRules, Validation};
use crate::send::results::Row;
use crate::send::stop::Stop;
use crate::send::{opening, words as sending_words};

/// Issue invoices without KSeF: kept, coded, and queued with their legal deadline
///
/// Nothing is sent and no network is needed. The exact bytes are kept, code I (OFFLINE) and code II (CERTYFIKAT) are made
/// as links, SVG and PNG, and the journal is told; then the invoice can be handed to the buyer. It has to reach KSeF by
/// its deadline: "ksef outbox send" sends what waits, "ksef outbox deadlines" tells how long there is.
///
/// A file that KSeF would refuse is not issued. The same command again makes the codes of an issued file anew.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, and folders whose .xml files are taken by name
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Search the folders inside folders too
    #[arg(long, short)]
    recursive: bool,

    /// Said for clarity: this command never asks KSeF
    #[arg(long)]
    offline: bool,

    /// Where the invoice and its codes are put; without it a folder among the program's data
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Take invoices whose date of issue (P_1) is not today; their deadline counts from it
    #[arg(long)]
    any_date: bool,

    #[command(flatten)]
    how: OfflineArgs,
}

/// How invoices are issued offline.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct OfflineArgs {
    /// In which offline mode: offline24 is everybody's choice; the others only while the Ministry announces them.
    /// Invoices of a total failure have no codes and are never sent
    #[arg(
        long = "mode",
        value_name = "MODE",
        default_value_t = OfflineMode::Offline24,
        value_parser = parse_mode
    )]
    mode: OfflineMode,

    /// Make no code II: without a certificate of type Offline. Such an invoice is not handed to the buyer until KSeF has it
    #[arg(long)]
    no_code_ii: bool,

    #[command(flatten)]
    signer: SignerArgs,
}

impl OfflineArgs {
    /// The same for the work.
    pub(crate) fn issuing(self, dates: Dates, code_ii: CodeIi) -> Issuing {
        Issuing {
            mode: self.mode,
            dates,
            code_ii: if self.no_code_ii {
                CodeIi::Without
            } else {
                code_ii
            },
            signer: self.signer,
            out: None,
            correcting: None,
        }
    }
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let target = Target::resolve(context)?;
    target.guard_sending()?;
    let inputs = inputs::collect(&args.paths, args.recursive);
    let rules = rules(context, &target);
    let mut plan = Plan::make(&inputs.files, &rules);
    let connection = Connection::for_sending(context, target).await?;
    let scope = &connection.scope;
    plan.compare(&Earlier::read(&context.home.journal_dir(), scope), &rules);
    let dates = if args.any_date {
        Dates::Any
    } else {
        Dates::Today
    };
    let issuing = Issuing {
        out: args.out.clone(),
        ..args.how.clone().issuing(dates, CodeIi::Required)
    };
    let mut report = Report::default();
    for bad in &inputs.bad {
        let why = sending_words::bad_input(&bad.fault);
        report.refused.push((bad.path.clone(), why, Vec::new()));
    }
    for file in &plan.refused {
        let row = Row::refused(file);
        let findings = row.findings();
        let why = sending_words::reason(&row);
        report.refused.push((file.path.clone(), why, findings));
    }
    if context.global.dry_run {
        report.would = plan.invoices.iter().map(|it| it.path.clone()).collect();
    } else {
        let (_switch, stop) = Stop::new();
        for (who, invoices) in plan.by_context() {
            let journal = opening::journal(context, scope, who, LOCK_WAIT, &stop).await?;
            let desk = Desk {
                context,
                connection: &connection,
                journal: &journal,
                who,
            };
            report.take(context, scope, desk.issue(&invoices, &issuing)?);
        }
    }
    report.print(context);
    Ok(report.exit(context))
}

fn rules(context: &Context, target: &Target) -> PlanRules {
    let is_official = target.place.kind() != EnvironmentKind::Custom;
    PlanRules {
        context: target.context,
        form: None,
        offline: true,
        validation: Some(Validation {
            rule_set: RuleSet::Ksef,
            // A sandbox may live in another time.
            today: is_official.then(|| warsaw_date(context.clock.now())),
            is_production: target.place.is_production(),
            channel: Channel::Batch,
        }),
    }
}

#[derive(Debug, Default)]
struct Report {
    issued: Vec<(Outcome, Deadline)>,
    refused: Vec<(PathBuf, Text, Vec<Value>)>,
    would: Vec<PathBuf>,
}

impl Report {
    fn take(&mut self, context: &Context, scope: &str, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            match &outcome.issued {
                Ok(done) => {
                    let deadline = deadline_of(context, scope, &done.issued);
                    self.issued.push((outcome, deadline));
                }
                Err(why) => {
                    let path = outcome.invoice.path.clone();
                    self.refused.push((path, why.clone(), Vec::new()));
                }
            }
        }
    }

    fn exit(&self, context: &Context) -> Exit {
        let now = context.clock.now();
        let is_late = self
            .issued
            .iter()
            .any(|(_, deadline)| deadline.is_missed(now));
        let late = if is_late {
            Exit::DeadlineMissed
        } else {
            Exit::Done
        };
        let refused = if self.refused.is_empty() {
            Exit::Done
        } else {
            Exit::InvalidInvoice
        };
        late.worse(refused)
    }

    fn print(&self, context: &Context) {
        let printer = &context.printer;
        if printer.is_json() {
            printer.json(&self.json(context));
            return;
        }
        let lang = printer.lang();
        let now = context.clock.now();
        let headings = [
            ("file", "plik"),
            ("number", "numer"),
            ("mode", "tryb"),
            ("to be sent by", "przesłać do"),
            ("", ""),
        ];
        let mut table = Table::titled(printer, &headings);
        for (outcome, deadline) in &self.issued {
            let planned = &outcome.invoice.planned;
            let Ok(done) = &outcome.issued else { continue };
            let left = if done.issued.mode == OfflineMode::TotalFailure {
                Text::verbatim("")
            } else {
                words::left(Some(deadline), now)
            };
            table.row([
                outcome.invoice.path.display().to_string(),
                planned.number.clone().unwrap_or_default(),
                words::mode(done.issued.mode).in_lang(lang).to_owned(),
                words::deadline(Some(deadline)).in_lang(lang).to_owned(),
                left.in_lang(lang).to_owned(),
            ]);
        }
        if !self.issued.is_empty() {
            table.print(printer);
        }
        for path in &self.would {
            printer.text(&text!(
                "{path} would be issued",
                "{path} zostałaby wystawiona",
                path = path.display()
            ));
        }
        for (path, why, _) in &self.refused {
            let told = why.prefixed(&format!("{}: ", path.display()));
            printer.error(&crate::error::Error::new(Exit::InvalidInvoice, told));
        }
        self.hints(context);
    }

    fn hints(&self, context: &Context) {
        let printer = &context.printer;
        let done = || {
            self.issued
                .iter()
                .filter_map(|(it, _)| it.issued.as_ref().ok())
        };
        let folder = done().find_map(|done| done.files.first()?.parent().map(Path::to_path_buf));
        if let Some(folder) = folder {
            printer.note(&text!(
                "invoice and codes are in {folder}",
                "faktura i kody są w {folder}",
                folder = folder.display()
            ));
        }
        let unannounced = self.issued.iter().find_map(|(outcome, deadline)| {
            let done = outcome.issued.as_ref().ok()?;
            words::unannounced(done.issued.mode, deadline)
        });
        if let Some(told) = unannounced {
            printer.warn(&told);
        }
        if done().any(|done| done.issued.mode == OfflineMode::TotalFailure) {
            printer.note(&words::never_sent());
        }
        if done().any(|done| done.issued.mode != OfflineMode::TotalFailure) {
            printer.hint(&text!(
                "send what waits with \"ksef outbox send\"; \"ksef outbox deadlines\" tells how long there is",
                "oczekujące faktury wyśle „ksef outbox send”; ile zostało czasu, pokaże „ksef outbox deadlines”"
            ));
        }
    }

    fn json(&self, context: &Context) -> Value {
        let now = context.clock.now();
        let issued: Vec<Value> = self
            .issued
            .iter()
            .filter_map(|(outcome, deadline)| issued_json(outcome, deadline, now))
            .collect();
        let refused: Vec<Value> = self
            .refused
            .iter()
            .map(|(path, why, findings)| {
                json!({
                    "file": path.display().to_string(),
                    "reason": why.in_lang(crate::lang::Lang::En),
                    "findings": findings,
                })
            })
            .collect();
        let would: Vec<String> = self
            .would
            .iter()
            .map(|it| it.display().to_string())
            .collect();
        json!({
            "issued": issued,
            "refused": refused,
            "wouldIssue": would,
            "exitCode": self.exit(context).code(),
        })
    }
}

fn issued_json(outcome: &Outcome, deadline: &Deadline, now: jiff::Timestamp) -> Option<Value> {
    let done: &Done = outcome.issued.as_ref().ok()?;
    let planned = &outcome.invoice.planned;
    let due = deadline.due();
    let files: Vec<String> = done
        .files
        .iter()
        .map(|it| it.display().to_string())
        .collect();
    Some(json!({
        "file": outcome.invoice.path.display().to_string(),
        "number": planned.number,
        "hash": planned.hash,
        "context": outcome.invoice.context.to_string(),
        "mode": done.issued.mode,
        "issueDate": done.issued.day,
        "before": done.before,
        "codeI": done.issued.code_i,
        "codeII": done.issued.code_ii,
        "files": files,
        "deadline": due.map(|due| json!({
            "lastDay": due.last_day,
            "endsAt": due.ends_at(),
            "article": due.basis.article(),
        })),
        "deadlineState": words::deadline_name(deadline),
        "secondsLeft": due.map(|due| due.left(now).as_secs()),
        "missed": deadline.is_missed(now),
    }))
}

fn parse_mode(text: &str) -> std::result::Result<OfflineMode, String> {
    text.parse::<OfflineMode>()
        .map_err(|error| error.to_string())
}

/// How long another process may hold the journal.
const LOCK_WAIT: Duration = Duration::from_secs(300);

const EXAMPLES: &str = "\
Examples:
  ksef invoice issue --offline invoice.xml           offline24: due on the next working day
  ksef invoice issue --mode failure --out today/ invoice.xml
  ksef invoice issue --cert shop-offline invoice.xml with this certificate of type Offline
  ksef outbox send                                   send what waits
  ksef outbox deadlines                              how long there is";

//! `ksef invoice correct`: the technical correction of an invoice that was issued offline and that KSeF rejected.

use std::path::PathBuf;

use ksef_api::status::InvoiceStatus;
use ksef_core::calendar::warsaw_date;
use ksef_core::digest::Sha256Digest;
use ksef_core::environment::EnvironmentKind;
use ksef_core::offline_deadline::Issue;
use ksef_crypto::digest::sha256;
use ksef_crypto::package::ArchiveForm;
use ksef_invoice::rules::{Channel, RuleSet};
use serde_json::json;

use crate::codes::SignerArgs;
use crate::connect::{Connection, Target};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::outbox::difference::{Difference, differences};
use crate::outbox::entry::{Entry, Outbox, State};
use crate::outbox::issue::{CodeIi, Correcting, Dates, Issuing};
use crate::send::journal::event::Rejected;
use crate::send::ledger::Verdict;
use crate::send::options::WaitArgs;
use crate::send::plan::{Plan, PlanRules, Validation};
use crate::send::results::{Results, Row};
use crate::send::run::{Request, send};
use crate::send::way::{Packaging, Way};
use crate::validate::source::{Unread, read_file};

/// Correct an invoice technically that was issued offline and that KSeF rejected
///
/// The new file says the same invoice in a form that KSeF takes: a broken schema, a wrong date in the future. It is sent
/// in an interactive session with the hash of the rejected one, so that the code I which the buyer holds leads to it; the
/// deadline of the rejected one stays. What concerns the invoice (parties, numbers, dates, lines, amounts, payment) must
/// not differ: each difference is named and nothing is sent. An invoice with a wrong content is corrected by a correcting
/// invoice, after KSeF has it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The rejected invoice: its file, its number, or the beginning of its SHA-256
    #[arg(value_name = "REJECTED")]
    rejected: String,

    /// The file that replaces it
    #[arg(long = "with", value_name = "FILE")]
    replacement: PathBuf,

    /// Send it although it differs in what concerns the invoice, or the rejection was not technical
    #[arg(long)]
    force: bool,

    /// Where the invoice and its UPO are saved, and its codes; without it folders among the program's data
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    wait: WaitArgs,

    #[command(flatten)]
    signer: SignerArgs,
}

/// Runs the command.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let target = Target::resolve(context)?;
    target.guard_sending()?;
    let new = read(&args.replacement)?;
    let hash = sha256(&new);
    let connection = Connection::for_sending(context, target.clone()).await?;
    let outbox = Outbox::read(context, &connection.scope, target.context)?;
    let rejected = rejected(&outbox, outbox.find(&args.rejected)?, &hash, args.force)?;
    let old = bytes_of(rejected)?;
    if let Some(exit) = refuse_differences(context, args, rejected, &old, &new)? {
        return Ok(exit);
    }
    let issue = rejected.issue().ok_or_else(no_date)?;
    let rules = PlanRules {
        context: Some(rejected.context),
        form: None,
        offline: true,
        validation: Some(Validation {
            rule_set: RuleSet::Ksef,
            // A sandbox may live in another time.
            today: (target.place.kind() != EnvironmentKind::Custom)
                .then(|| warsaw_date(context.clock.now())),
            is_production: target.place.is_production(),
            // A technical correction may have an attachment, as only packages may otherwise.
            channel: Channel::Batch,
        }),
    };
    let root = root(&outbox, rejected);
    let plan = Plan::make(std::slice::from_ref(&args.replacement), &rules);
    let mut results = Results::default();
    results.rows.extend(plan.refused.iter().map(Row::refused));
    if !plan.invoices.is_empty() && !context.global.dry_run {
        let request = request(args, root, issue);
        send(context, &connection, &request, &plan, &mut results).await?;
    } else if context.global.dry_run {
        context.printer.note(&text!(
            "would send {file} as the technical correction of {number}",
            "{file} zostałby wysłany jako korekta techniczna {number}",
            file = args.replacement.display(),
            number = rejected.number()
        ));
    }
    results.print(&context.printer);
    Ok(results.exit())
}

fn request(args: &Args, rejected: Sha256Digest, issue: Issue) -> Request {
    Request {
        paths: Vec::new(),
        recursive: false,
        out: args.out.clone(),
        wait: args.wait.time(),
        issuing: Some(Issuing {
            mode: issue.mode,
            dates: Dates::Any,
            code_ii: CodeIi::IfPossible,
            signer: args.signer.clone(),
            out: args.out.clone(),
            correcting: Some(Correcting { rejected, issue }),
        }),
        form: None,
        rules: None,
        strict: false,
        retry_rejected: false,
        way: Way::Interactive,
        packaging: Packaging {
            form: ArchiveForm::TarGz,
            is_spooled: true,
        },
        lanes: None,
    }
}

/// The rejected invoice that is to be corrected: the named one, unless it needs no correction or has one on its way.
fn rejected<'a>(
    outbox: &'a Outbox,
    named: &'a Entry,
    hash: &Sha256Digest,
    force: bool,
) -> Result<&'a Entry> {
    if named.hash == *hash {
        return Err(Error::usage(text!(
            "this is the rejected file itself",
            "to jest właśnie odrzucony plik"
        ))
        .hint(text!(
            "to send the same bytes once more: ksef outbox send --retry-rejected INVOICE",
            "te same bajty wyśle ponownie: ksef outbox send --retry-rejected FAKTURA"
        )));
    }
    let state = named.state();
    let verdict = match &named.known.verdict {
        Some(Verdict::Rejected(rejected)) => rejected,
        _ => return Err(not_rejected(named, state)),
    };
    for correction in &root_entry(outbox, named).known.corrected_by {
        let Some(other) = outbox.get(correction).filter(|other| other.hash != *hash) else {
            continue;
        };
        match other.state() {
            State::Accepted => return Err(corrected(other)),
            State::Waiting | State::Sent => return Err(on_its_way(other)),
            State::Rejected | State::Corrected | State::NeverSent | State::Cancelled => {}
        }
    }
    if !is_technical(verdict) && !force {
        return Err(Error::new(
            Exit::Rejected,
            text!(
                "it was rejected because of permissions ({code}), which no technical correction mends",
                "odrzucono ją z powodu uprawnień ({code}), czego korekta techniczna nie naprawi",
                code = verdict.code
            ),
        )
        .hint(text!(
            "get the permission (ksef permission check), then send the same invoice once more: ksef outbox send --retry-rejected; or --force",
            "uzyskaj uprawnienie (ksef permission check) i wyślij tę samą fakturę ponownie: ksef outbox send --retry-rejected; albo użyj --force"
        )));
    }
    Ok(named)
}

/// The invoice that was handed to the buyer: the first of a chain of corrections.
fn root(outbox: &Outbox, entry: &Entry) -> Sha256Digest {
    root_entry(outbox, entry).hash
}

fn root_entry<'a>(outbox: &'a Outbox, entry: &'a Entry) -> &'a Entry {
    let mut entry = entry;
    // No chain is longer than the outbox.
    for _ in 0..outbox.entries.len() {
        match entry.known.corrects.and_then(|hash| outbox.get(&hash)) {
            Some(original) => entry = original,
            None => break,
        }
    }
    entry
}

fn is_technical(rejected: &Rejected) -> bool {
    InvoiceStatus::from_code(rejected.code) != InvoiceStatus::NotPermitted
}

fn not_rejected(entry: &Entry, state: State) -> Error {
    let number = entry.number();
    match state {
        State::Accepted => Error::usage(text!(
            "KSeF accepted {number}: it needs no technical correction",
            "KSeF przyjął {number}: nie wymaga ona korekty technicznej"
        ))
        .hint(text!(
            "what is wrong in it is corrected by a correcting invoice (RodzajFaktury KOR)",
            "błąd w treści poprawia faktura korygująca (RodzajFaktury KOR)"
        )),
        _ => Error::usage(text!(
            "KSeF has not rejected {number}",
            "KSeF nie odrzucił {number}"
        ))
        .hint(text!(
            "send it, or ask what came of it: ksef outbox send",
            "wyślij ją albo sprawdź wynik: ksef outbox send"
        )),
    }
}

fn corrected(other: &Entry) -> Error {
    Error::usage(text!(
        "it has been corrected by {hash}, which KSeF accepted",
        "skorygowano ją już przez {hash}, co KSeF przyjął",
        hash = other.short_hash()
    ))
    .hint(text!(
        "see both: ksef outbox show {hash}",
        "obie pokaże: ksef outbox show {hash}",
        hash = other.short_hash()
    ))
}

fn on_its_way(other: &Entry) -> Error {
    Error::usage(text!(
        "another technical correction of it, {hash}, is not decided",
        "inna jej korekta techniczna, {hash}, nie jest jeszcze rozpatrzona",
        hash = other.short_hash()
    ))
    .hint(text!(
        "bring that one to its end first: ksef outbox send",
        "najpierw doprowadź ją do końca: ksef outbox send"
    ))
}

fn no_date() -> Error {
    Error::usage(text!(
        "the rejected invoice says no date of issue",
        "odrzucona faktura nie podaje daty wystawienia"
    ))
    .hint(text!(
        "issue it anew: ksef invoice issue",
        "wystaw ją od nowa: ksef invoice issue"
    ))
}

/// The bytes of the rejected invoice, from its kept copy or its file.
fn bytes_of(rejected: &Entry) -> Result<Vec<u8>> {
    let is_it = |bytes: &Vec<u8>| sha256(bytes) == rejected.hash;
    let read = |path: &std::path::Path| std::fs::read(path).ok().filter(is_it);
    read(&rejected.copy)
        .or_else(|| read(std::path::Path::new(rejected.file())))
        .ok_or_else(|| {
            Error::failed(text!(
                "neither the kept copy {copy} nor the file has the bytes of the rejected invoice",
                "ani zachowana kopia {copy}, ani plik nie zawierają bajtów odrzuconej faktury",
                copy = rejected.copy.display()
            ))
            .hint(text!(
                "restore one of them from a backup",
                "przywróć któryś z kopii zapasowej"
            ))
        })
}

fn read(path: &std::path::Path) -> Result<Vec<u8>> {
    read_file(path).map_err(|unread| match unread {
        Unread::Unreadable(source) => Error::usage(text!(
            "{path} cannot be read",
            "nie można odczytać {path}",
            path = path.display()
        ))
        .caused_by(source)
        .hint(text!("check the path", "sprawdź ścieżkę")),
        Unread::TooLarge(finding) => Error::new(
            Exit::InvalidInvoice,
            crate::send::words::findings(&[finding]),
        ),
    })
}

/// Names what differs in the invoice itself; how the command ends when that stops it.
fn refuse_differences(
    context: &Context,
    args: &Args,
    rejected: &Entry,
    old: &[u8],
    new: &[u8],
) -> Result<Option<Exit>> {
    let printer = &context.printer;
    let found = match differences(old, new) {
        Ok(found) => found,
        Err(_) if args.force => return Ok(None),
        Err(findings) => {
            let why = crate::send::words::findings(&findings);
            return Err(Error::new(
                Exit::InvalidInvoice,
                text!(
                    "the documents cannot be compared: {en}",
                    "nie można porównać dokumentów: {pl}",
                    en = why.in_lang(crate::lang::Lang::En),
                    pl = why.in_lang(crate::lang::Lang::Pl)
                ),
            )
            .hint(text!(
                "compare them yourself, then --force",
                "porównaj je samodzielnie i użyj --force"
            )));
        }
    };
    let repaired = repaired_date(rejected);
    let found: Vec<Difference> = found.into_iter().filter(|it| !repaired(it)).collect();
    if found.is_empty() {
        return Ok(None);
    }
    for difference in found.iter().filter(|_| !printer.is_json() || args.force) {
        printer.warn(&text!(
            "{difference}",
            "{difference}",
            difference = difference
        ));
    }
    if args.force {
        return Ok(None);
    }
    if printer.is_json() {
        printer.json(&json!({
            "differences": found,
            "exitCode": Exit::InvalidInvoice.code(),
        }));
    }
    Err(Error::new(
        Exit::InvalidInvoice,
        text!(
            "the new file is another invoice: it differs in {count} place(s); nothing was sent",
            "nowy plik to inna faktura: różni się w miejscach: {count}; niczego nie wysłano",
            count = found.len()
        ),
    )
    .hint(text!(
        "a technical correction says the same invoice in a form that KSeF takes; --force sends it all the same",
        "korekta techniczna to ta sama faktura w postaci, którą KSeF przyjmie; mimo to wyśle ją --force"
    )))
}

/// Whether a difference is a date of issue that was wrong by the calendar alone: it lay after the day on which the invoice
/// was issued, which KSeF refuses (450), and now is that day or one up to the old date.
fn repaired_date(rejected: &Entry) -> impl Fn(&Difference) -> bool {
    let issued = rejected.known.issued.as_ref();
    let issued_on = issued.map(|issued| warsaw_date(issued.issued_at));
    move |difference| {
        let day = |value: &Option<String>| value.as_deref()?.parse::<jiff::civil::Date>().ok();
        match (day(&difference.old), day(&difference.new), issued_on) {
            (Some(old), Some(new), Some(issued_on)) if difference.path == "/Faktura/Fa/P_1" => {
                old > issued_on && (issued_on..old).contains(&new)
            }
            _ => false,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  ksef invoice correct FV/7/2026 --with repaired.xml
  ksef invoice correct --force 3fa9c1 --with repaired.xml   although it differs
  ksef outbox show FV/7/2026                                both documents of a correction";

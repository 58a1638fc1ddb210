//! Issuing without KSeF: the bytes are kept, the codes made, and the journal told, before anybody gets the invoice.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ksef_core::calendar::warsaw_date;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::offline_deadline::{Issue, OfflineMode};
use ksef_invoice::check::Rules;
use ksef_invoice::tree::Tree;

use super::documents::{IssuedDocument, Setting, for_buyer};
use super::shelf::Shelf;
use super::words;
use crate::codes::{CodedInvoice, Signer, SignerArgs, qr_base};
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::{Lang, Text, text};
use crate::send::journal::event::{Event, Issued, Planned};
use crate::send::journal::{JournalFault, JournalFile};
use crate::send::ledger::Verdict;
use crate::send::plan::PlannedInvoice;
use crate::template;

/// How invoices are issued.
#[derive(Debug, Clone)]
pub(crate) struct Issuing {
    /// In which mode.
    pub(crate) mode: OfflineMode,
    /// Which dates of issue are taken.
    pub(crate) dates: Dates,
    /// Whether there must be a code II.
    pub(crate) code_ii: CodeIi,
    /// Which certificate signs it.
    pub(crate) signer: SignerArgs,
    /// Where what the buyer gets is put, when not in the default place.
    pub(crate) out: Option<PathBuf>,
    /// What is corrected technically, when that is why it is issued.
    pub(crate) correcting: Option<Correcting>,
}

/// Which dates of issue (`P_1`) are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dates {
    /// Today's.
    Today,
    /// Any.
    Any,
}

/// Whether there must be a code II.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeIi {
    /// Nothing is issued without a certificate that can sign it.
    Required,
    /// It is made when there is a certificate.
    IfPossible,
    /// It is not made.
    Without,
}

/// The rejected invoice that a technical correction is for.
#[derive(Debug, Clone)]
pub(crate) struct Correcting {
    /// SHA-256 of the rejected invoice.
    pub(crate) rejected: Sha256Digest,
    /// How that one was issued: its deadline stays.
    pub(crate) issue: Issue,
}

/// What came of one invoice.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The invoice.
    pub(crate) invoice: PlannedInvoice,
    /// How it was issued, or why not.
    pub(crate) issued: std::result::Result<Done, Text>,
}

/// An invoice that is issued.
#[derive(Debug)]
pub(crate) struct Done {
    /// As the journal has it.
    pub(crate) issued: Issued,
    /// Whether an earlier run issued it.
    pub(crate) before: bool,
    /// What the buyer gets.
    pub(crate) files: Vec<PathBuf>,
}

/// Where invoices are issued: a context and its journal, which nobody else writes meanwhile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) context: &'a Context,
    pub(crate) connection: &'a Connection,
    pub(crate) journal: &'a JournalFile,
    pub(crate) who: ContextIdentifier,
}

impl Desk<'_> {
    /// Issues invoices, each on its own; what was issued before is not issued again, but its files are made anew.
    ///
    /// # Errors
    /// Nothing was issued: no certificate for code II, or the journal or the copies cannot be written.
    pub(crate) fn issue(
        &self,
        invoices: &[&PlannedInvoice],
        how: &Issuing,
    ) -> Result<Vec<Outcome>> {
        let setting = Setting {
            language: template::language(self.context),
            look: template::read(self.context, None)?,
        };
        let signer = self.signer(how)?;
        let shelf = Shelf::beside(self.journal.path());
        let folder = self.folder(how);
        let mut numbers = self.numbers();
        let mut outcomes = Vec::with_capacity(invoices.len());
        for invoice in invoices {
            let outcome = self.issue_one(invoice, how, signer.as_ref(), &shelf, &mut numbers)?;
            let issued = outcome.map(|(issued, before, bytes)| {
                let document = IssuedDocument {
                    planned: &invoice.planned,
                    issued: &issued,
                    bytes: &bytes,
                };
                let files = for_buyer(&folder, &document, &setting).unwrap_or_else(|fault| {
                    self.context.printer.warn(&words::document_fault(&fault));
                    Vec::new()
                });
                Done {
                    issued,
                    before,
                    files,
                }
            });
            outcomes.push(Outcome {
                invoice: PlannedInvoice::clone(invoice),
                issued,
            });
        }
        Ok(outcomes)
    }

    /// Tells of an issued invoice and its deadline, on the way to sending it.
    pub(crate) fn tell(&self, invoice: &PlannedInvoice, done: &Done) {
        let number = invoice.planned.number.as_deref().unwrap_or_default();
        let deadline =
            super::entry::deadline_of(self.context, &self.connection.scope, &done.issued);
        if let Some(told) = words::unannounced(done.issued.mode, &deadline) {
            self.context.printer.warn(&told);
        }
        let words = words::deadline(Some(&deadline));
        self.context.printer.note(&text!(
            "{number} is issued offline and kept in the outbox; to be sent by: {en}",
            "{number} jest wystawiona offline i zapisana w skrzynce nadawczej; termin przesłania: {pl}",
            number = number,
            en = words.in_lang(Lang::En),
            pl = words.in_lang(Lang::Pl)
        ));
    }

    /// One invoice: how it was issued, whether that was before, and its bytes.
    #[expect(
        clippy::type_complexity,
        reason = "a refusal of one invoice apart from what stops everything"
    )]
    fn issue_one(
        &self,
        invoice: &PlannedInvoice,
        how: &Issuing,
        signer: Option<&Signer>,
        shelf: &Shelf,
        numbers: &mut HashMap<Key, Sha256Digest>,
    ) -> Result<std::result::Result<(Issued, bool, Vec<u8>), Text>> {
        let hash = invoice.planned.hash;
        let Ok(document) = invoice.document() else {
            return Ok(Err(text!(
                "the file changed or went away while it was being read; run the command again",
                "plik zmienił się lub zniknął w trakcie odczytu; uruchom polecenie ponownie"
            )));
        };
        let known = self.journal.invoice(&hash);
        if let Some(issued) = known.in_force() {
            self.link(hash, known.corrects, how)?;
            return Ok(Ok((issued.clone(), true, document.bytes().to_vec())));
        }
        let refused = self
            .begun(&hash)
            .or_else(|| self.number_taken(&invoice.planned, numbers, how))
            .or_else(|| self.wrong_date(&invoice.planned, how))
            .or_else(|| self.original_waits(document.bytes()));
        if let Some(why) = refused {
            return Ok(Err(why));
        }
        let issued = match self.issued(invoice, document.bytes(), how, signer)? {
            Ok(issued) => issued,
            Err(why) => return Ok(Err(why)),
        };
        shelf.keep(&hash, document.bytes()).map_err(|source| {
            let path = shelf.path(&hash);
            Error::failed(text!(
                "the invoice cannot be kept in {path}; it is not issued",
                "nie można zapisać faktury w {path}; nie jest wystawiona",
                path = path.display()
            ))
            .caused_by(source)
            .hint(text!(
                "make room or correct the permissions, and run the same command again",
                "zwolnij miejsce lub popraw uprawnienia i uruchom to samo polecenie ponownie"
            ))
        })?;
        self.write_down(invoice, &issued, how)?;
        if let Some(key) = key(&invoice.planned) {
            numbers.insert(key, hash);
        }
        Ok(Ok((issued, false, document.bytes().to_vec())))
    }

    /// Says what an invoice corrects that was issued before without saying so.
    fn link(&self, hash: Sha256Digest, known: Option<Sha256Digest>, how: &Issuing) -> Result<()> {
        let corrects = how
            .correcting
            .as_ref()
            .map(|correcting| correcting.rejected);
        match corrects.filter(|_| corrects != known) {
            Some(corrects) => self
                .journal
                .append(&[Event::InvoiceCorrects { hash, corrects }])
                .map_err(JournalFault::into_error),
            None => Ok(()),
        }
    }

    /// What it corrects comes first, that it is issued last: half of it written down is no issued invoice.
    fn write_down(&self, invoice: &PlannedInvoice, issued: &Issued, how: &Issuing) -> Result<()> {
        let mut events = Vec::new();
        if let Some(correcting) = &how.correcting {
            events.push(Event::InvoiceCorrects {
                hash: issued.hash,
                corrects: correcting.rejected,
            });
        }
        events.push(Event::InvoicePlanned(Planned {
            offline: true,
            ..invoice.planned.clone()
        }));
        events.push(Event::InvoiceIssued(issued.clone()));
        self.journal
            .append(&events)
            .map_err(JournalFault::into_error)
    }

    fn issued(
        &self,
        invoice: &PlannedInvoice,
        bytes: &[u8],
        how: &Issuing,
        signer: Option<&Signer>,
    ) -> Result<std::result::Result<Issued, Text>> {
        let own = invoice.planned.issued.map(|day| Issue {
            mode: how.mode,
            day,
            at: self.context.clock.now(),
        });
        // A date that was repaired gives no more time.
        let correcting = how.correcting.as_ref().map(|correcting| Issue {
            day: own.map_or(correcting.issue.day, |own| {
                own.day.min(correcting.issue.day)
            }),
            ..correcting.issue
        });
        let Some(issue) = correcting.or(own) else {
            return Ok(Err(text!(
                "it says no date of issue, so it has no deadline",
                "nie podaje daty wystawienia, więc nie ma terminu"
            )));
        };
        let mut issued = Issued {
            hash: invoice.planned.hash,
            mode: issue.mode,
            day: issue.day,
            issued_at: issue.at,
            code_i: None,
            code_ii: None,
        };
        if how.mode != OfflineMode::TotalFailure {
            let name = invoice.path.display().to_string();
            let coded = match CodedInvoice::read(&name, bytes) {
                Ok(coded) => coded,
                Err(error) => return Ok(Err(error.as_text())),
            };
            let base = qr_base(&self.connection.target.place);
            issued.code_i = Some(coded.code_i(&base));
            issued.code_ii = match signer {
                Some(signer) => Some(signer.code_ii(&base, &coded)?),
                None => None,
            };
        }
        Ok(Ok(issued))
    }

    /// What KSeF has or may have is issued by it.
    fn begun(&self, hash: &Sha256Digest) -> Option<Text> {
        let known = self.journal.invoice(hash);
        if let Some(Verdict::Accepted(accepted)) = &known.verdict {
            return Some(text!(
                "KSeF has it already: {number}",
                "KSeF już ją ma: {number}",
                number = accepted.ksef_number
            ));
        }
        let is_offline = known.is_offline();
        (known.sent.is_some() && !is_offline).then(|| {
            text!(
                "it was sent to KSeF before; what came of it: ksef invoice send with the same file",
                "została już wysłana do KSeF; wynik pokaże: ksef invoice send z tym samym plikiem"
            )
        })
    }

    /// Two invoices with one number cannot both be in KSeF, and the buyer of the second would hold the wrong one.
    fn number_taken(
        &self,
        planned: &Planned,
        numbers: &HashMap<Key, Sha256Digest>,
        how: &Issuing,
    ) -> Option<Text> {
        let taken = numbers.get(&key(planned)?)?;
        if *taken == planned.hash || how.correcting.is_some() {
            return None;
        }
        let number = planned.number.as_deref().unwrap_or_default();
        Some(text!(
            "another document with the number {number} was issued before (SHA-256 {other}); KSeF would refuse this one as its duplicate",
            "inny dokument o numerze {number} został już wystawiony (SHA-256 {other}); KSeF odrzuciłby ten jako duplikat",
            number = number,
            other = taken.to_hex()
        ))
    }

    /// Numbers of what was issued or accepted here and not refused.
    fn numbers(&self) -> HashMap<Key, Sha256Digest> {
        self.journal.ask(|ledger| {
            let counts = ledger.invoices().filter(|(_, invoice)| {
                let is_refused = matches!(invoice.verdict, Some(Verdict::Rejected(_)));
                let is_accepted = matches!(invoice.verdict, Some(Verdict::Accepted(_)));
                is_accepted || (invoice.in_force().is_some() && !is_refused)
            });
            counts
                .filter_map(|(hash, invoice)| Some((key(invoice.planned.as_ref()?)?, *hash)))
                .collect()
        })
    }

    fn wrong_date(&self, planned: &Planned, how: &Issuing) -> Option<Text> {
        let today = warsaw_date(self.context.clock.now());
        let day = planned.issued?;
        if how.dates == Dates::Any || how.correcting.is_some() || day == today {
            return None;
        }
        Some(if day > today {
            text!(
                "its date of issue {day} is in the future, today is {today}: KSeF would refuse it",
                "jej data wystawienia {day} jest w przyszłości, dziś jest {today}: KSeF by ją odrzucił"
            )
        } else {
            text!(
                "its date of issue {day} is not today ({today}), and the deadline counts from it; --any-date takes it all the same",
                "jej data wystawienia {day} to nie dziś ({today}), a od niej liczy się termin; mimo to przyjmie ją --any-date"
            )
        })
    }

    /// A correction may be sent only after what it corrects has a KSeF number.
    fn original_waits(&self, bytes: &[u8]) -> Option<Text> {
        let tree = Tree::read(bytes, &Rules::default()).ok()?;
        let seller = tree
            .root()
            .value_at(&["Podmiot1", "DaneIdentyfikacyjne", "NIP"]);
        let fa = tree.root().child("Fa")?;
        let originals = fa
            .children()
            .filter(|child| child.name() == "DaneFaKorygowanej");
        for original in originals {
            let number = original.value_at(&["NrFaKorygowanej"])?;
            let is_waiting = self.journal.ask(|ledger| {
                let mut invoices = ledger.invoices();
                invoices.any(|(_, invoice)| {
                    let planned = invoice.planned.as_ref();
                    let is_it = planned.is_some_and(|planned| {
                        planned.number.as_deref() == Some(number)
                            && planned.seller.as_deref() == seller
                    });
                    let is_accepted = matches!(invoice.verdict, Some(Verdict::Accepted(_)));
                    is_it && invoice.is_offline() && invoice.cancelled.is_none() && !is_accepted
                })
            });
            let is_in_ksef = self.journal.ask(|ledger| {
                ledger.invoices().any(|(_, invoice)| {
                    let planned = invoice.planned.as_ref();
                    planned.is_some_and(|planned| planned.number.as_deref() == Some(number))
                        && matches!(invoice.verdict, Some(Verdict::Accepted(_)))
                })
            });
            if is_waiting && !is_in_ksef {
                return Some(text!(
                    "it corrects {number}, which was issued offline and has no KSeF number yet; send that one first (ksef outbox send), then correct it by its KSeF number",
                    "koryguje {number}, wystawioną offline i jeszcze bez numeru KSeF; najpierw wyślij tamtą (ksef outbox send), potem skoryguj ją po numerze KSeF"
                ));
            }
        }
        None
    }

    /// Who signs code II.
    fn signer(&self, how: &Issuing) -> Result<Option<Signer>> {
        if how.mode == OfflineMode::TotalFailure || how.code_ii == CodeIi::Without {
            return Ok(None);
        }
        let opened = Signer::open(self.context, self.connection, self.who, &how.signer);
        match opened {
            Ok(signer) => Ok(Some(signer)),
            Err(error) if how.code_ii == CodeIi::Required => Err(error.hint(text!(
                "without code II the invoice cannot be handed to the buyer outside KSeF; --no-code-ii issues it all the same",
                "bez kodu II faktury nie można przekazać nabywcy poza KSeF; mimo to wystawi ją --no-code-ii"
            ))),
            Err(error) => {
                self.context.printer.note(&text!(
                    "code II is not made ({en}): until KSeF has the invoice, it cannot be handed to the buyer",
                    "kod II nie powstał ({pl}): dopóki faktury nie ma w KSeF, nie można jej przekazać nabywcy",
                    en = error.text(Lang::En),
                    pl = error.text(Lang::Pl)
                ));
                Ok(None)
            }
        }
    }

    /// Where what the buyer gets is put: what the user said, or a folder named like the journal.
    fn folder(&self, how: &Issuing) -> PathBuf {
        if let Some(out) = &how.out {
            return std::path::absolute(out).unwrap_or_else(|_| out.clone());
        }
        let environment = self.journal.path().parent().and_then(Path::file_name);
        let context = format!("{}-{}", self.who.kind(), self.who.value());
        let issued = self.context.home.issued_dir();
        issued.join(environment.unwrap_or_default()).join(context)
    }
}

/// What makes two invoices the same to KSeF.
type Key = (String, String, String);

fn key(planned: &Planned) -> Option<Key> {
    Some((
        planned.seller.clone()?,
        planned.kind.clone()?,
        planned.number.clone()?,
    ))
}

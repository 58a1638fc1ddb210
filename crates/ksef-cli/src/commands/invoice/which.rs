//! Which invoice a command means: by its KSeF number, by its references, or by the file that was sent.

use std::path::{Path, PathBuf};

use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::{InvoiceRef, SessionRef};
use ksef_crypto::digest::sha256;
use ksef_invoice::metadata;

use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::profile::Login;
use crate::send::journal::{self, JournalKey};
use crate::send::ledger::{Ledger, Verdict};

/// What the user named.
#[derive(Clone, Debug)]
pub(super) enum Named {
    /// A KSeF number.
    Number(KsefNumber),
    /// The reference of an invoice in a session.
    Reference(InvoiceRef),
    /// A file on this machine.
    File(PathBuf),
}

/// An invoice that was found.
#[derive(Clone, Debug)]
pub(super) struct Which {
    /// On whose behalf it was sent.
    pub(super) who: ContextIdentifier,
    /// Its KSeF number, when known.
    pub(super) number: Option<KsefNumber>,
    /// The session that took it, when known.
    pub(super) session: Option<SessionRef>,
    /// Its name in that session, when known.
    pub(super) reference: Option<InvoiceRef>,
    /// The file that was sent, when one was named or the journal knows one.
    pub(super) document: Option<Vec<u8>>,
}

impl Named {
    /// Reads what the user typed: a KSeF number and a reference have their shapes, anything else is a file.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Ok(number) = KsefNumber::parse(text) {
            return Ok(Self::Number(number));
        }
        if let Ok(reference) = InvoiceRef::parse(text) {
            return Ok(Self::Reference(reference));
        }
        if SessionRef::parse(text).is_ok() {
            return Err(
                "this is a session: give it with --session, or use ksef session show".to_owned(),
            );
        }
        Ok(Self::File(PathBuf::from(text)))
    }
}

impl Which {
    /// Finds the invoice; `session` is what `--session` says. The journal helps with what is not named.
    ///
    /// # Errors
    /// The file cannot be read or was not sent from here, or the context is not known.
    pub(super) fn find(
        context: &Context,
        connection: &Connection,
        named: &Named,
        session: Option<SessionRef>,
    ) -> Result<Self> {
        match named {
            Named::Number(number) => {
                let who = who(
                    context,
                    connection,
                    number.seller().ok().map(ContextIdentifier::Nip),
                )?;
                let mut which = Self {
                    who,
                    number: Some(*number),
                    session,
                    reference: None,
                    document: None,
                };
                if let Some(ledger) = ledger(context, connection, &who)? {
                    which.learn_by_number(&ledger, number);
                }
                Ok(which)
            }
            Named::Reference(reference) => {
                let who = connection.who(context)?;
                Ok(Self {
                    who,
                    number: None,
                    session,
                    reference: Some(*reference),
                    document: None,
                })
            }
            Named::File(path) => Self::find_file(context, connection, path, session),
        }
    }

    /// The session, which somebody needs now.
    pub(super) fn require_session(&self) -> Result<SessionRef> {
        self.session.ok_or_else(|| {
            Error::usage(text!(
                "in which session was the invoice sent? The journal of this machine does not know it",
                "nie wiadomo, w której sesji wysłano fakturę: nie ma jej w dzienniku tego komputera"
            ))
            .hint(text!(
                "add --session REFERENCE; \"ksef session list\" and \"ksef session show\" help to find it",
                "dodaj --session NUMER; znaleźć ją pomogą „ksef session list” i „ksef session show”"
            ))
        })
    }

    fn find_file(
        context: &Context,
        connection: &Connection,
        path: &Path,
        session: Option<SessionRef>,
    ) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|source| {
            Error::usage(text!(
                "\"{path}\" is no KSeF number, no reference of an invoice, and no file that can be read",
                "„{path}” nie jest numerem KSeF, numerem referencyjnym faktury ani plikiem, który można odczytać",
                path = path.display()
            ))
            .caused_by(source)
            .hint(text!(
                "give the KSeF number, the file that was sent, or --session with the reference of the invoice",
                "podaj numer KSeF, wysłany plik albo --session z numerem referencyjnym faktury"
            ))
        })?;
        let hash = sha256(&bytes);
        let seller = metadata::read(&bytes)
            .ok()
            .map(|known| ContextIdentifier::Nip(known.seller.nip));
        let who = who(context, connection, seller)?;
        let ledger = ledger(context, connection, &who)?;
        let mut which = Self {
            who,
            number: None,
            session,
            reference: None,
            document: Some(bytes),
        };
        let is_known = ledger.is_some_and(|ledger| which.learn_by_hash(&ledger, &hash));
        if !is_known && session.is_none() {
            return Err(Error::usage(text!(
                "{path} was not sent from here to {place} on behalf of {who}",
                "{path} nie wysłano stąd do {place} w imieniu {who}",
                path = path.display(),
                place = connection.target.place
            ))
            .hint(text!(
                "send it: ksef invoice send {path}; if it was sent elsewhere, add --session REFERENCE",
                "wyślij go: ksef invoice send {path}; jeśli wysłano go z innego komputera, dodaj --session NUMER",
                path = path.display()
            )));
        }
        Ok(which)
    }

    fn learn_by_number(&mut self, ledger: &Ledger, number: &KsefNumber) {
        let found = ledger.invoices().find(|(_, invoice)| {
            matches!(&invoice.verdict, Some(Verdict::Accepted(accepted)) if accepted.ksef_number == *number)
        });
        if let Some((hash, _)) = found {
            let hash = *hash;
            self.learn_by_hash(ledger, &hash);
        }
    }

    /// Takes over what the ledger knows; tells whether it knows the invoice as sent.
    fn learn_by_hash(&mut self, ledger: &Ledger, hash: &Sha256Digest) -> bool {
        let known = ledger.invoice(hash);
        if let Some((session, reference)) = known.sent {
            self.session.get_or_insert(session);
            self.reference.get_or_insert(reference);
        }
        if let Some(Verdict::Accepted(accepted)) = &known.verdict {
            self.number.get_or_insert(accepted.ksef_number);
            if let Some(session) = accepted.session {
                self.session = Some(session);
                self.reference = accepted.invoice;
            }
        }
        if self.document.is_none() {
            let paths = [
                known.planned.map(|planned| planned.path),
                known.receipt.map(|receipt| receipt.xml_path),
            ];
            let read = paths
                .into_iter()
                .flatten()
                .filter_map(|path| std::fs::read(path).ok());
            self.document = read.into_iter().find(|bytes| sha256(bytes) == *hash);
        }
        self.session.is_some() || self.number.is_some()
    }
}

/// The context of options or profile, or with a certificate made on the spot, that of the document.
pub(super) fn who(
    context: &Context,
    connection: &Connection,
    of_document: Option<ContextIdentifier>,
) -> Result<ContextIdentifier> {
    match (connection.target.context, of_document) {
        (Some(who), _) => Ok(who),
        (None, Some(who)) if connection.target.login == (Login::SelfSigned {}) => Ok(who),
        (None, _) => connection.who(context),
    }
}

fn ledger(
    context: &Context,
    connection: &Connection,
    who: &ContextIdentifier,
) -> Result<Option<Ledger>> {
    let key = JournalKey {
        environment: connection.scope.clone(),
        context: *who,
    };
    journal::look(&context.home.journal_dir(), &key).map_err(|fault| {
        Error::failed(text!("the journal cannot be read", "nie można odczytać dziennika"))
            .caused_by(fault)
            .hint(text!(
                "name the invoice by its KSeF number and --session instead, and have the journal looked at",
                "wskaż fakturę numerem KSeF i opcją --session, a dziennik daj do sprawdzenia"
            ))
    })
}

//! What the commands share that put codes on invoices: `qr` and `render`.

use std::path::PathBuf;

use ksef_core::context::ContextIdentifier;
use ksef_core::ksef_number::KsefNumber;
use serde_json::Value;

use super::which;
use crate::codes::{CodedInvoice, Signer, SignerArgs};
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;

/// Refuses a signer without `--offline`, and stdin for both the invoice and the password.
pub(super) fn refuse_contradictions(
    signer: &SignerArgs,
    is_offline: bool,
    paths: &[PathBuf],
) -> Result<()> {
    if signer.is_given() && !is_offline {
        return Err(Error::usage(text!(
            "a certificate was named, but code II was not asked for",
            "podano certyfikat, ale nie poproszono o kod II"
        ))
        .hint(text!(
            "add --offline, or leave the certificate out",
            "dodaj --offline albo pomiń certyfikat"
        )));
    }
    if signer.reads_stdin() && paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(Error::usage(text!(
            "both the invoice and the password would come by stdin",
            "standardowym wejściem miałyby przyjść i faktura, i hasło"
        ))
        .hint(text!(
            "store the password (ksef secret set NAME) and name it with --password NAME",
            "zapisz hasło (ksef secret set NAZWA) i podaj je w --password NAZWA"
        )));
    }
    Ok(())
}

/// Refuses one KSeF number for several invoices.
pub(super) fn refuse_number_of_many(number: Option<KsefNumber>, invoices: usize) -> Result<()> {
    if number.is_none() || invoices <= 1 {
        return Ok(());
    }
    Err(Error::usage(text!(
        "--ksef-number is of one invoice, and several were given",
        "--ksef-number dotyczy jednej faktury, a podano kilka"
    ))
    .hint(text!(
        "give one file; the numbers of invoices that were sent from here are known without it",
        "podaj jeden plik; numery faktur wysłanych z tego komputera są znane bez tej opcji"
    )))
}

/// Refuses a KSeF number that is of another seller.
pub(super) fn refuse_other_seller(
    name: &str,
    invoice: &CodedInvoice,
    number: KsefNumber,
) -> Result<()> {
    let seller = invoice.seller;
    if number.seller().is_ok_and(|of| of == seller) {
        return Ok(());
    }
    Err(Error::usage(text!(
        "the KSeF number {number} is not of {name}, whose seller is {seller}",
        "numer KSeF {number} nie należy do {name}, której sprzedawcą jest {seller}"
    ))
    .hint(text!(
        "copy the number from the UPO or from ksef invoice status",
        "skopiuj numer z UPO albo z ksef invoice status"
    )))
}

/// Who signs code II. There is more than one only with test certificates: one for each context.
pub(super) struct Signers<'a> {
    args: &'a SignerArgs,
    opened: Vec<Signer>,
}

impl<'a> Signers<'a> {
    pub(super) const fn new(args: &'a SignerArgs) -> Self {
        Self {
            args,
            opened: Vec::new(),
        }
    }

    /// The link of code II of an invoice.
    ///
    /// # Errors
    /// No context, no certificate of type Offline, or its key does not sign: no other invoice will have code II either.
    pub(super) fn code_ii(
        &mut self,
        context: &Context,
        connection: &Connection,
        qr_base: &str,
        invoice: &CodedInvoice,
    ) -> Result<String> {
        let of_document = ContextIdentifier::Nip(invoice.seller);
        let who = which::who(context, connection, Some(of_document))?;
        if let Some(signer) = self.opened.iter().find(|signer| signer.who == who) {
            return signer.code_ii(qr_base, invoice);
        }
        let signer = Signer::open(context, connection, who, self.args)?;
        let link = signer.code_ii(qr_base, invoice);
        self.opened.push(signer);
        link
    }
}

/// Tells what is wrong with one invoice of many: people at once, programs by a row.
pub(super) fn failed_row(context: &Context, name: &str, error: &Error) -> Option<Value> {
    let printer = &context.printer;
    if !printer.is_json() {
        printer.error(error);
        return None;
    }
    let mut row = printer.error_json(error, printer.lang());
    if let Some(members) = row.as_object_mut() {
        members.insert("file".to_owned(), name.into());
    }
    Some(row)
}

//! Metadata of invoices as a table and as comma-separated values.

use std::borrow::Cow;

use ksef_api::ops::invoices::{BuyerIdentifier, InvoiceMetadata};

use crate::printer::{Printer, Table};

/// One line for an invoice, with its other side: the buyer where the context is the seller.
pub(crate) fn print_table(printer: &Printer, invoices: &[InvoiceMetadata], is_of_seller: bool) {
    let party = if is_of_seller {
        ("buyer", "nabywca")
    } else {
        ("seller", "sprzedawca")
    };
    let mut table = Table::titled(
        printer,
        &[
            ("issued", "data"),
            ("number", "numer"),
            party,
            ("gross", "brutto"),
            ("KSeF number", "numer KSeF"),
        ],
    );
    for invoice in invoices {
        let party = if is_of_seller {
            let buyer = &invoice.buyer;
            named(buyer.name.as_deref(), &identifier(&buyer.identifier))
        } else {
            let seller = &invoice.seller;
            named(seller.name.as_deref(), seller.nip.as_str())
        };
        table.row([
            invoice.issue_date.to_string(),
            invoice.invoice_number.clone(),
            party,
            format!("{} {}", invoice.gross_amount, invoice.currency),
            invoice.ksef_number.to_string(),
        ]);
    }
    table.print(printer);
}

fn named(name: Option<&str>, identifier: &str) -> String {
    match name {
        Some(name) if !identifier.is_empty() => format!("{name} ({identifier})"),
        Some(name) => name.to_owned(),
        None if identifier.is_empty() => "-".to_owned(),
        None => identifier.to_owned(),
    }
}

fn identifier(identifier: &BuyerIdentifier) -> String {
    identifier.value.clone().unwrap_or_default()
}

/// A line of headings and one for each invoice, after RFC 4180.
pub(crate) fn print_csv(printer: &Printer, invoices: &[InvoiceMetadata]) {
    printer.bytes(csv_headings().as_bytes());
    for invoice in invoices {
        printer.bytes(csv_line(invoice).as_bytes());
    }
}

/// The names of the columns.
pub(crate) fn csv_headings() -> String {
    format!("{CSV_HEADINGS}\r\n")
}

/// An invoice in these columns.
pub(crate) fn csv_line(invoice: &InvoiceMetadata) -> String {
    let instant = ksef_api::timestamp::format;
    let cells = [
        invoice.ksef_number.to_string(),
        invoice.invoice_number.clone(),
        invoice.issue_date.to_string(),
        instant(invoice.invoicing_date),
        instant(invoice.acquisition_date),
        instant(invoice.permanent_storage_date),
        invoice.seller.nip.to_string(),
        invoice.seller.name.clone().unwrap_or_default(),
        invoice.buyer.identifier.kind.to_string(),
        identifier(&invoice.buyer.identifier),
        invoice.buyer.name.clone().unwrap_or_default(),
        invoice.net_amount.to_string(),
        invoice.vat_amount.to_string(),
        invoice.gross_amount.to_string(),
        invoice.currency.to_string(),
        invoice.invoice_type.to_string(),
        invoice.invoicing_mode.to_string(),
        invoice.invoice_hash.to_base64(),
    ];
    let line: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", line.join(","))
}

/// A cell after RFC 4180.
fn quoted(cell: &str) -> Cow<'_, str> {
    if cell.contains([',', '"', '\r', '\n']) {
        Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(cell)
    }
}

const CSV_HEADINGS: &str = "ksefNumber,invoiceNumber,issueDate,invoicingDate,acquisitionDate,permanentStorageDate,\
sellerNip,sellerName,buyerIdentifierType,buyerIdentifier,buyerName,netAmount,vatAmount,grossAmount,currency,invoiceType,\
invoicingMode,invoiceHash";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_when_they_have_to_be() {
        assert_eq!(quoted("Firma"), "Firma");
        assert_eq!(quoted("Firma, \"X\"\n"), "\"Firma, \"\"X\"\"\n\"");
    }
}

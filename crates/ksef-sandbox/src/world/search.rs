//! Which invoices a context finds: its role on them, the range of dates, every filter.

use std::cmp::Ordering;

use jiff::Timestamp;
use ksef_api::ops::invoices::{
    AmountType, BuyerIdentifierType, DateType, InvoiceFilters, InvoiceMetadata, SubjectRole,
    ThirdSubjectIdentifierType,
};
use ksef_core::calendar::warsaw_date;
use ksef_core::context::ContextIdentifier;

use super::invoices::InvoiceRecord;
use super::state::State;

/// A search of one context.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) context: &'a ContextIdentifier,
    pub(crate) filters: &'a InvoiceFilters,
    /// The end of the range, which the filters may leave open.
    pub(crate) to: Timestamp,
}

/// Whether a context of this kind can have this role on an invoice. A taxpayer can have every one, a unit can issue and
/// be a third party, an EU entity stands on both sides of the invoices between it and its Polish taxpayer, and a Peppol
/// provider is no party at all. (What the server allows to contexts other than a taxpayer's is not published.)
pub(crate) fn can_have_role(context: &ContextIdentifier, role: &SubjectRole) -> bool {
    match context {
        ContextIdentifier::Nip(_) => true,
        ContextIdentifier::InternalId(_) => {
            matches!(role, SubjectRole::Seller | SubjectRole::ThirdParty)
        }
        ContextIdentifier::NipVatUe(_) => matches!(role, SubjectRole::Seller | SubjectRole::Buyer),
        ContextIdentifier::PeppolId(_) => false,
    }
}

impl Search<'_> {
    /// The invoices that fit and can be seen at `now`, in ascending order of the date that the filters name.
    pub(crate) fn run<'s>(&self, state: &'s State, now: Timestamp) -> Vec<&'s InvoiceRecord> {
        let mut found: Vec<_> = state
            .invoices
            .of_context(self.context)
            .filter(|invoice| invoice.is_searchable(now) && self.fits(invoice))
            .collect();
        found.sort_by(|one, other| self.order(one, other));
        found
    }

    fn order(&self, one: &InvoiceRecord, other: &InvoiceRecord) -> Ordering {
        let place = |invoice: &InvoiceRecord| {
            let described = invoice.described()?;
            Some(match self.filters.date_range.date_type {
                DateType::Issue => (Some(described.issue_date), None, described.ksef_number),
                DateType::Invoicing => {
                    (None, Some(described.invoicing_date), described.ksef_number)
                }
                _ => (None, invoice.stored(), described.ksef_number),
            })
        };
        place(one).cmp(&place(other))
    }

    fn fits(&self, invoice: &InvoiceRecord) -> bool {
        let Some(described) = invoice.described() else {
            return false;
        };
        self.has_role(invoice, described)
            && self.is_in_range(invoice, described)
            && self.fits_parties(described)
            && self.fits_document(described)
    }

    fn has_role(&self, invoice: &InvoiceRecord, described: &InvoiceMetadata) -> bool {
        let value = self.context.value();
        let is_buyer = |kind: BuyerIdentifierType, value: &str| {
            described.buyer.identifier.kind == kind
                && described.buyer.identifier.value.as_deref() == Some(value)
        };
        let is_third = |kind: ThirdSubjectIdentifierType| {
            described.third_subjects.iter().any(|third| {
                third.identifier.kind == kind && third.identifier.value.as_deref() == Some(value)
            })
        };
        match (self.context, &self.filters.subject_type) {
            (ContextIdentifier::Nip(nip), SubjectRole::Seller) => described.seller.nip == *nip,
            (ContextIdentifier::Nip(_), SubjectRole::Buyer) => {
                is_buyer(BuyerIdentifierType::Nip, value)
            }
            (ContextIdentifier::Nip(_), SubjectRole::ThirdParty) => {
                is_third(ThirdSubjectIdentifierType::Nip)
            }
            (ContextIdentifier::Nip(nip), SubjectRole::Authorised) => described
                .authorized_subject
                .as_ref()
                .is_some_and(|party| party.nip == *nip),
            // A unit is not named as the seller: what it sees are the taxpayer's invoices that it sent.
            (ContextIdentifier::InternalId(_), SubjectRole::Seller) => {
                invoice.context == *self.context && self.context.nip() == Some(described.seller.nip)
            }
            (ContextIdentifier::InternalId(_), SubjectRole::ThirdParty) => {
                is_third(ThirdSubjectIdentifierType::InternalId)
            }
            (ContextIdentifier::NipVatUe(pair), SubjectRole::Seller | SubjectRole::Buyer) => {
                self.context.nip() == Some(described.seller.nip)
                    && is_buyer(BuyerIdentifierType::VatUe, pair.vat_number())
            }
            _ => false,
        }
    }

    /// Both ends included. A day of issue is compared with the days of both ends in Warsaw (the server's way is not
    /// published).
    fn is_in_range(&self, invoice: &InvoiceRecord, described: &InvoiceMetadata) -> bool {
        let range = self.filters.date_range.from..=self.to;
        match self.filters.date_range.date_type {
            DateType::Issue => (warsaw_date(*range.start())..=warsaw_date(*range.end()))
                .contains(&described.issue_date),
            DateType::Invoicing => range.contains(&described.invoicing_date),
            _ => invoice
                .stored()
                .is_some_and(|stored| range.contains(&stored)),
        }
    }

    fn fits_parties(&self, described: &InvoiceMetadata) -> bool {
        let filters = self.filters;
        filters
            .seller_nip
            .is_none_or(|nip| described.seller.nip == nip)
            && filters
                .buyer_identifier
                .as_ref()
                .is_none_or(|wanted| described.buyer.identifier == *wanted)
    }

    fn fits_document(&self, described: &InvoiceMetadata) -> bool {
        let filters = self.filters;
        filters
            .ksef_number
            .is_none_or(|number| described.ksef_number == number)
            && filters
                .invoice_number
                .as_ref()
                .is_none_or(|number| described.invoice_number == *number)
            && self.fits_amount(described)
            && (filters.currency_codes.is_empty()
                || filters.currency_codes.contains(&described.currency))
            && filters
                .invoicing_mode
                .as_ref()
                .is_none_or(|mode| described.invoicing_mode == *mode)
            && filters
                .is_self_invoicing
                .is_none_or(|wanted| described.is_self_invoicing == wanted)
            && filters
                .form_type
                .as_ref()
                .is_none_or(|form| described.form_code.value() == form.as_str())
            && (filters.invoice_types.is_empty()
                || filters.invoice_types.contains(&described.invoice_type))
            && filters
                .has_attachment
                .is_none_or(|wanted| described.has_attachment == wanted)
    }

    fn fits_amount(&self, described: &InvoiceMetadata) -> bool {
        let Some(range) = &self.filters.amount else {
            return true;
        };
        let amount = match range.kind {
            AmountType::Net => described.net_amount,
            AmountType::Vat => described.vat_amount,
            _ => described.gross_amount,
        };
        range.from.is_none_or(|from| from <= amount) && range.to.is_none_or(|to| amount <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_has_only_roles_that_it_can_have() {
        use SubjectRole::{Authorised, Buyer, Seller, ThirdParty};
        for (context, roles) in [
            (
                "Nip:5265877635",
                &[Seller, Buyer, ThirdParty, Authorised][..],
            ),
            ("InternalId:5265877635-12345", &[Seller, ThirdParty]),
            ("NipVatUe:5265877635-DE123456789", &[Seller, Buyer]),
            ("PeppolId:PPL123456", &[]),
        ] {
            let context = context.parse().unwrap();
            for role in [Seller, Buyer, ThirdParty, Authorised] {
                assert_eq!(
                    can_have_role(&context, &role),
                    roles.contains(&role),
                    "{context} {role}"
                );
            }
        }
    }
}

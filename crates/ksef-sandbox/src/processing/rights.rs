//! Whether a context may issue an invoice for its seller.
//!
//! | context | may issue when |
//! |---|---|
//! | taxpayer | it is the seller; it is the buyer of a self-billed invoice and the seller granted `SelfInvoicing`; it is the buyer of an FA_RR and the farmer granted `RRInvoicing`; it is named as tax representative and the seller granted `TaxRepresentative`; it is named as enforcement authority or bailiff and is one; it is a unit of the seller's local government or VAT group and named as issuer |
//! | unit (internal id), EU entity | the taxpayer behind it is the seller |
//! | Peppol provider | the document is a Peppol one and the seller granted `PefInvoicing` |

use ksef_core::context::ContextIdentifier;
use ksef_core::form_code::FormCode;
use ksef_core::nip::Nip;
use ksef_invoice::metadata::{InvoiceMetadata, PartyRole};

use crate::world::permissions::authorisations::Authorisation;

/// What the world knows about relations between entities.
pub(crate) trait Relations {
    /// Whether `seller` granted `authorisation` to `grantee`.
    fn has_granted(
        &self,
        seller: Nip,
        grantee: &ContextIdentifier,
        authorisation: Authorisation,
    ) -> bool;

    /// Whether the entity is an enforcement authority or a court bailiff.
    fn enforces(&self, nip: Nip) -> bool;

    /// Whether `unit` is a registered unit of the local government or VAT group `parent`.
    fn is_unit_of(&self, unit: Nip, parent: Nip) -> bool;
}

/// Whether somebody who works in `context` may issue this invoice.
///
/// # Errors
/// The detail of the refusal (410).
pub(crate) fn check(
    context: &ContextIdentifier,
    metadata: &InvoiceMetadata,
    relations: &impl Relations,
) -> Result<(), String> {
    let seller = metadata.seller.nip;
    let allowed = match context {
        ContextIdentifier::Nip(issuer) => {
            *issuer == seller || may_issue_for_another(*issuer, metadata, relations)
        }
        ContextIdentifier::InternalId(_) | ContextIdentifier::NipVatUe(_) => {
            context.nip() == Some(seller)
        }
        ContextIdentifier::PeppolId(_) => {
            matches!(metadata.form, FormCode::Pef3 | FormCode::PefKor3)
                && relations.has_granted(seller, context, Authorisation::PefInvoicing)
        }
    };
    if allowed {
        return Ok(());
    }
    Err(format!(
        "Podmiot {} ({}) nie jest uprawniony do wystawienia faktury w imieniu sprzedawcy {seller}.",
        context.value(),
        context.kind()
    ))
}

fn may_issue_for_another(
    issuer: Nip,
    metadata: &InvoiceMetadata,
    relations: &impl Relations,
) -> bool {
    let seller = metadata.seller.nip;
    let granted = |authorisation| {
        relations.has_granted(seller, &ContextIdentifier::Nip(issuer), authorisation)
    };
    let is_buyer = metadata.buyer.identifier.nip() == Some(issuer);
    let is_farmers = metadata.form == FormCode::FaRr1;
    let authorised_as = metadata
        .authorised_party
        .as_ref()
        .filter(|party| party.nip == issuer)
        .map(|party| party.role);
    (is_buyer && is_farmers && granted(Authorisation::RrInvoicing))
        || (is_buyer && metadata.is_self_billing && granted(Authorisation::SelfInvoicing))
        || (authorised_as == Some(TAX_REPRESENTATIVE) && granted(Authorisation::TaxRepresentative))
        || (matches!(authorised_as, Some(ENFORCEMENT_AUTHORITY | COURT_BAILIFF))
            && relations.enforces(issuer))
        || (issues_as_unit(issuer, metadata) && relations.is_unit_of(issuer, seller))
}

/// Whether `context` may issue any invoice of `seller` at all, when there is no document to say in which role.
pub(crate) fn may_issue_for(
    context: &ContextIdentifier,
    seller: Nip,
    relations: &impl Relations,
) -> bool {
    let granted = |authorisation| relations.has_granted(seller, context, authorisation);
    match context {
        ContextIdentifier::Nip(issuer) => {
            *issuer == seller
                || granted(Authorisation::SelfInvoicing)
                || granted(Authorisation::RrInvoicing)
                || granted(Authorisation::TaxRepresentative)
                || relations.enforces(*issuer)
                || relations.is_unit_of(*issuer, seller)
        }
        ContextIdentifier::InternalId(_) | ContextIdentifier::NipVatUe(_) => {
            context.nip() == Some(seller)
        }
        ContextIdentifier::PeppolId(_) => granted(Authorisation::PefInvoicing),
    }
}

/// Whether `issuer` is named as the issuing unit of a local government or VAT group.
fn issues_as_unit(issuer: Nip, metadata: &InvoiceMetadata) -> bool {
    metadata.third_parties.iter().any(|party| {
        party.identifier.nip() == Some(issuer)
            && matches!(party.role, PartyRole::Number(JST_ISSUER | VAT_GROUP_ISSUER))
    })
}

/// `RolaPU`.
const ENFORCEMENT_AUTHORITY: u8 = 1;
const COURT_BAILIFF: u8 = 2;
const TAX_REPRESENTATIVE: u8 = 3;
/// `Rola` of a third party.
const JST_ISSUER: u8 = 7;
const VAT_GROUP_ISSUER: u8 = 9;

#[cfg(test)]
mod tests;

//! Seller, buyer and third parties: what the lines ask of them.

use super::annotations::all_taxed;
use crate::fa3::build::builder::Frame;
use crate::fa3::build::figures::Figures;
use crate::fa3::build::line::LineTax;
use crate::fa3::build::problem::{Cause, Problems, entry, invoice as field};
use crate::fa3::build::rate::Vat;
use crate::fa3::parties::{Buyer, PartyId, PolishPrefix, Role, Seller, ThirdPartyId};
use crate::fa3::value::code::{ThirdPartyRole, YesNo};
use crate::fa3::value::country::CountryCode;

/// The seller; a supply to another member state puts the prefix before its NIP (art. 97(10), 136(1)(3)).
pub(super) fn seller(frame: &Frame, figures: &Figures) -> Seller {
    let mut seller = frame.seller.clone();
    let is_intra_eu = all_taxed(figures)
        .iter()
        .any(|taxed| needs_eu_buyer(&taxed.tax));
    if is_intra_eu || frame.marks.triangular {
        seller.prefix = Some(PolishPrefix);
    }
    seller
}

/// The buyer, marked when a third party is its unit or member.
pub(super) fn buyer(frame: &Frame, figures: &Figures, problems: &mut Problems) -> Buyer {
    let mut buyer = frame.buyer.clone();
    if !matches!(buyer.identity.id, PartyId::VatUe(_)) {
        for taxed in all_taxed(figures) {
            if needs_eu_buyer(&taxed.tax) {
                problems.note(taxed.place, Cause::BuyerWithoutEuNumber);
            }
        }
        if frame.marks.triangular {
            problems.note(field("P_23"), Cause::BuyerWithoutEuNumber);
        }
    }
    if is_abroad(&buyer) {
        for taxed in all_taxed(figures) {
            if taxed.tax == LineTax::Vat(Vat::ReverseCharge) {
                problems.note(taxed.place, Cause::ReverseChargeAbroad);
            }
        }
    }
    let unit = recipient(frame, ThirdPartyRole::LocalGovernmentRecipient);
    let member = recipient(frame, ThirdPartyRole::VatGroupRecipient);
    for (mark, named, element, role) in [
        (&mut buyer.local_government, unit, "JST", "8"),
        (&mut buyer.vat_group, member, "GV", "10"),
    ] {
        if named {
            *mark = YesNo::Yes;
        } else if *mark == YesNo::Yes {
            problems.note(field(element), Cause::RecipientMissing { role });
        }
    }
    buyer
}

/// From another country, and without a Polish NIP.
fn is_abroad(buyer: &Buyer) -> bool {
    let of_address = buyer.address.as_ref().map(|address| address.country);
    let country = match &buyer.identity.id {
        PartyId::Nip(_) => return false,
        PartyId::VatUe(id) => return id.country.as_str() != "PL",
        PartyId::Foreign(id) => id.country.or(of_address),
        PartyId::None => of_address,
    };
    country.is_some_and(|country| country != CountryCode::PL)
}

fn needs_eu_buyer(tax: &LineTax) -> bool {
    matches!(
        tax,
        LineTax::Vat(Vat::ZeroIntraEu | Vat::OutsidePolandServices)
    )
}

fn recipient(frame: &Frame, role: ThirdPartyRole) -> bool {
    frame.third_parties.iter().any(|party| {
        party.role == Role::Known(role)
            && matches!(
                party.identity.id,
                ThirdPartyId::Nip(_) | ThirdPartyId::Internal(_)
            )
    })
}

pub(super) fn check_third_parties(frame: &Frame, problems: &mut Problems) {
    for (index, party) in frame.third_parties.iter().enumerate() {
        let place = |element| entry("Podmiot3", index, element);
        let role = match party.role {
            Role::Known(role) => Some(role),
            Role::Other(_) => None,
        };
        if party.share.is_some() && role != Some(ThirdPartyRole::AdditionalBuyer) {
            problems.note(place("Udzial"), Cause::ShareOfOtherRole);
        }
        if role == Some(ThirdPartyRole::Issuer) && frame.marks.self_billing {
            problems.note(place("Rola"), Cause::SelfBillingIssuer);
        }
        if role == Some(ThirdPartyRole::Employee) && party.identity.id != ThirdPartyId::None {
            problems.note(place("DaneIdentyfikacyjne"), Cause::EmployeeIdentified);
        }
    }
}

//! Who sells, who buys, and who else takes part.

use ksef_core::nip::Nip;

use super::invoice::Invoice;
use super::line::Rate;
use super::report::Report;
use crate::rule::Rule;
use crate::tree::Element;
use crate::violation::Violation;

pub(super) fn check(invoice: &Invoice<'_>, report: &mut Report) {
    check_units(invoice, report);
    for party in invoice.third_parties() {
        check_third_party(party, report);
    }
    let former = invoice.body.children_named("Podmiot2K");
    let parties = invoice.buyer().into_iter().chain(invoice.third_parties());
    for party in parties.chain(former) {
        check_foreign_number(party, report);
    }
    check_self_billing(invoice, report);
    check_seller_is_buyer(invoice, report);
    check_supply(invoice, report);
    check_reverse_charge_buyer(invoice, report);
}

/// `recipient-unit-missing` and `group-member-missing`.
fn check_units(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(buyer) = invoice.buyer() else {
        return;
    };
    let has_role = |role: &str| {
        invoice.third_parties().any(|party| {
            let identity = party.child("DaneIdentyfikacyjne");
            let is_identified = identity.is_some_and(|identity| {
                identity.child("NIP").is_some() || identity.child("IDWew").is_some()
            });
            party.value_at(&["Rola"]) == Some(role) && is_identified
        })
    };
    if let Some(mark) = buyer.child("JST").filter(|mark| mark.value() == "1")
        && !has_role("8")
    {
        report.add(
            mark,
            Violation::new(
                Rule::RecipientUnitMissing,
                "JST=1, a faktura nie wskazuje jednostki podrzędnej JST; dodaj Podmiot3 z rolą 8 (JST – odbiorca) \
                 i jego NIP albo IDWew, inaczej jednostka nie zobaczy faktury w KSeF",
                "JST=1, but no unit of the local government is named; add a Podmiot3 with role 8 and its NIP or IDWew, \
                 else the unit does not see the invoice in KSeF",
            ),
        );
    }
    if let Some(mark) = buyer.child("GV").filter(|mark| mark.value() == "1")
        && !has_role("10")
    {
        report.add(
            mark,
            Violation::new(
                Rule::GroupMemberMissing,
                "GV=1, a faktura nie wskazuje członka grupy VAT; dodaj Podmiot3 z rolą 10 (członek grupy VAT – odbiorca) \
                 i jego NIP albo IDWew, inaczej członek grupy nie zobaczy faktury w KSeF",
                "GV=1, but no member of the VAT group is named; add a Podmiot3 with role 10 and its NIP or IDWew, \
                 else the member does not see the invoice in KSeF",
            ),
        );
    }
}

/// `share-of-other-role` and `employee-identified`.
fn check_third_party(party: Element<'_>, report: &mut Report) {
    let Some(role) = party.value_at(&["Rola"]) else {
        return;
    };
    if let Some(share) = party.child("Udzial")
        && role != "4"
    {
        report.add(
            share,
            Violation::new(
                Rule::ShareOfOtherRole,
                format!("udział (Udzial) podaje się tylko dla dodatkowego nabywcy (rola 4), a podmiot ma rolę {role}; usuń Udzial albo popraw rolę"),
                format!("a share (Udzial) is given only for an additional buyer (role 4), and this party has role {role}; remove Udzial or correct the role"),
            )
            .comparing("4", role),
        );
    }
    if role == "11"
        && let Some(identity) = party.child("DaneIdentyfikacyjne")
        && identity.child("BrakID").is_none()
    {
        report.add(
            identity,
            Violation::new(
                Rule::EmployeeIdentified,
                "pracownika (rola 11) podaje się bez identyfikatora podatkowego; zamiast niego wpisz BrakID=1",
                "an employee (role 11) is given without a tax identifier; put BrakID=1 in its place",
            ),
        );
    }
}

/// `polish-nip-abroad` and `union-prefix-poland`.
fn check_foreign_number(party: Element<'_>, report: &mut Report) {
    let Some(identity) = party.child("DaneIdentyfikacyjne") else {
        return;
    };
    if let Some(prefix) = identity.child("KodUE").filter(|code| code.value() == "PL") {
        report.add(
            prefix,
            Violation::new(
                Rule::UnionPrefixPoland,
                "KodUE=PL: podmiot z Polski podaje się przez NIP, a nie przez KodUE i NrVatUE; \
                 inaczej nie zobaczy faktury w KSeF",
                "KodUE=PL: a party from Poland is identified by NIP, not by KodUE and NrVatUE; \
                 else it does not see the invoice in KSeF",
            ),
        );
        return;
    }
    let is_in_poland = party.value_at(&["Adres", "KodKraju"]) == Some("PL");
    let number = identity.child("NrVatUE");
    let Some(number) = number.or_else(|| identity.child("NrID")) else {
        return;
    };
    let country = identity.value_at(&["KodUE"]);
    let country = country.or_else(|| identity.value_at(&["KodKraju"]));
    let text: String = number
        .value()
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'))
        .collect();
    let (digits, has_prefix) = match text.strip_prefix("PL") {
        Some(digits) => (digits, true),
        None => (text.as_str(), false),
    };
    let is_nip = Nip::parse(digits).is_ok_and(|nip| nip.has_valid_checksum());
    // Numbers of some other countries have ten digits too, and one in eleven passes by chance.
    let is_likely = has_prefix
        || is_in_poland
        || match country {
            None | Some("PL") => true,
            Some(code) => number.name() == "NrVatUE" && !TEN_DIGITS.contains(&code),
        };
    if is_nip && is_likely {
        let field = number.name();
        report.add(
            number,
            Violation::new(
                Rule::PolishNipAbroad,
                format!("{field} zawiera polski NIP {digits}; wpisz go w polu NIP, inaczej podmiot nie zobaczy faktury w KSeF"),
                format!("{field} holds the Polish NIP {digits}; put it in the NIP field, else the party does not see the invoice in KSeF"),
            ),
        );
    }
}

/// `self-billing-issuer`.
fn check_self_billing(invoice: &Invoice<'_>, report: &mut Report) {
    if !invoice.is_self_billing() {
        return;
    }
    let issuer = invoice
        .third_parties()
        .filter_map(|party| party.child("Rola"))
        .find(|role| role.value() == "5");
    if let Some(role) = issuer {
        report.add(
            role,
            Violation::new(
                Rule::SelfBillingIssuer,
                "przy samofakturowaniu (P_17=1) wystawcą jest nabywca, więc Podmiot3 z rolą 5 (wystawca) mu przeczy; \
                 usuń ten podmiot albo ustaw P_17=2",
                "under self-billing (P_17=1) the buyer is the issuer, which a Podmiot3 with role 5 (issuer) contradicts; \
                 remove that party or set P_17=2",
            ),
        );
    }
}

/// `seller-is-buyer`.
fn check_seller_is_buyer(invoice: &Invoice<'_>, report: &mut Report) {
    let path = ["DaneIdentyfikacyjne", "NIP"];
    let seller = invoice
        .root
        .child("Podmiot1")
        .and_then(|party| party.value_at(&path));
    let buyer = invoice.buyer().and_then(|party| party.at(&path));
    if let (Some(seller), Some(buyer)) = (seller, buyer)
        && seller == buyer.value()
        && !invoice.kind.is_correction()
    {
        report.add(
            buyer,
            Violation::new(
                Rule::SellerIsBuyer,
                format!(
                    "sprzedawca i nabywca mają ten sam NIP {seller}; sprawdź, kto jest nabywcą"
                ),
                format!("seller and buyer have the same NIP {seller}; see who the buyer is"),
            ),
        );
    }
}

/// `supply-prefix-missing` and `supply-buyer-number`.
fn check_supply(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(line) = invoice.line_with(|rate| rate == Rate::ZeroSupply) else {
        return;
    };
    let seller = invoice.root.child("Podmiot1");
    if let Some(seller) = seller
        && seller.value_at(&["PrefiksPodatnika"]) != Some("PL")
    {
        report.add(
            seller,
            Violation::new(
                Rule::SupplyPrefixMissing,
                "przy wewnątrzwspólnotowej dostawie (0 WDT) sprzedawca podaje NIP z prefiksem: dodaj PrefiksPodatnika=PL",
                "on an intra-Union supply (0 WDT) the seller gives its NIP with the prefix: add PrefiksPodatnika=PL",
            ),
        );
    }
    let identity = invoice
        .buyer()
        .and_then(|buyer| buyer.child("DaneIdentyfikacyjne"));
    if let Some(identity) = identity
        && identity.child("NrVatUE").is_none()
    {
        let row = line.element.value_at(&["NrWierszaFa"]).unwrap_or("?");
        report.add(
            identity,
            Violation::new(
                Rule::SupplyBuyerNumber,
                format!("wiersz {row} ma stawkę 0 WDT, a nabywca nie ma numeru VAT UE; podaj KodUE i NrVatUE nabywcy albo zmień stawkę"),
                format!("line {row} has the rate 0 WDT, but the buyer has no Union VAT number; give the buyer's KodUE and NrVatUE or change the rate"),
            ),
        );
    }
}

/// `reverse-charge-abroad`.
fn check_reverse_charge_buyer(invoice: &Invoice<'_>, report: &mut Report) {
    let Some(line) = invoice.line_with(|rate| rate == Rate::ReverseCharge) else {
        return;
    };
    let Some(buyer) = invoice.buyer() else {
        return;
    };
    let Some(identity) = buyer.child("DaneIdentyfikacyjne") else {
        return;
    };
    let country = identity.value_at(&["KodUE"]);
    let country = country.or_else(|| identity.value_at(&["KodKraju"]));
    let country = country.or_else(|| buyer.value_at(&["Adres", "KodKraju"]));
    let Some(country) = country.filter(|code| *code != "PL") else {
        return;
    };
    // A foreign company registered for VAT in Poland has a NIP.
    if identity.child("NIP").is_some() {
        return;
    }
    let rate = line.element.child("P_12").unwrap_or(line.element);
    report.add(
        rate,
        Violation::new(
            Rule::ReverseChargeAbroad,
            format!("stawka oo to krajowe odwrotne obciążenie, a nabywca jest z kraju {country}; dla usług i dostaw poza terytorium kraju użyj np I albo np II"),
            format!("rate oo is domestic reverse charge, but the buyer is from {country}; for sales outside Poland use np I or np II"),
        ),
    );
}

/// Union countries whose VAT numbers may be ten digits.
const TEN_DIGITS: [&str; 5] = ["BE", "BG", "CZ", "RO", "SK"];

//! Annotations: those that follow from the lines, and those that were asked for.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::fa3::annotations::{Annotations, Exemption, Margin, NewTransport};
use crate::fa3::build::builder::Frame;
use crate::fa3::build::figures::{Figures, RowContent};
use crate::fa3::build::line::LineTax;
use crate::fa3::build::problem::{Cause, Place, Problems, entry, invoice as field};
use crate::fa3::build::rate::{Exemption as Basis, MarginScheme, TaxLiability, Vat};
use crate::fa3::parties::PartyId;
use crate::fa3::value::code::YesNo;
use crate::fa3::value::currency::CurrencyCode;

/// How something on the invoice is taxed, and where it stands.
pub(super) struct Taxed {
    pub(super) place: Place,
    pub(super) tax: LineTax,
}

pub(super) fn annotations(
    frame: &Frame,
    figures: &Figures,
    problems: &mut Problems,
) -> Annotations {
    let taxed = all_taxed(figures);
    let marks = frame.marks;
    if marks.triangular {
        check_triangular(&taxed, problems);
    }
    Annotations {
        cash_method: yes(marks.cash_method),
        self_billing: yes(marks.self_billing),
        reverse_charge: yes(taxed.iter().any(|taxed| is_reverse_charge(&taxed.tax))),
        split_payment: yes(marks.split_payment || needs_split_payment(frame, figures)),
        exemption: exemption(&taxed, problems),
        new_transport: new_transport(frame, figures, problems),
        triangular: yes(marks.triangular),
        margin: margin(&taxed, problems),
    }
}

/// How all rows are taxed, and what has none.
pub(super) fn all_taxed(figures: &Figures) -> Vec<Taxed> {
    let rows = figures.rows.iter().filter_map(|row| {
        let tax = match &row.content {
            RowContent::Priced(line) => line.tax.clone(),
            RowContent::Named { vat, .. } => LineTax::Vat(vat.clone()?),
        };
        let place = Place::Line {
            number: row.number,
            element: "P_12",
        };
        Some(Taxed { place, tax })
    });
    let order = figures.order.iter().flatten().map(|row| Taxed {
        place: Place::OrderLine {
            number: row.number,
            element: "P_12Z",
        },
        tax: LineTax::Vat(row.line.vat.clone()),
    });
    let other = figures.taxes.iter().map(|tax| Taxed {
        place: field("P_15"),
        tax: tax.clone(),
    });
    rows.chain(order).chain(other).collect()
}

fn is_reverse_charge(tax: &LineTax) -> bool {
    matches!(
        tax,
        LineTax::Vat(
            Vat::ReverseCharge
                | Vat::OutsidePolandServices
                | Vat::OutsidePoland(TaxLiability::Buyer)
        )
    )
}

fn check_triangular(taxed: &[Taxed], problems: &mut Problems) {
    for Taxed { place, tax } in taxed {
        if !matches!(tax, LineTax::Vat(Vat::OutsidePoland(TaxLiability::Buyer))) {
            problems.note(*place, Cause::NotTriangular);
        }
    }
}

/// Goods of annex 15 sold to a Polish taxpayer for more than 15 000 zł (art. 106e(1)(18a)).
fn needs_split_payment(frame: &Frame, figures: &Figures) -> bool {
    let has_goods = figures.rows.iter().any(|row| match &row.content {
        RowContent::Priced(line) => line.item.is_of_annex_15,
        RowContent::Named { item, .. } => item.is_of_annex_15,
    });
    let is_ordered = figures
        .order
        .iter()
        .flatten()
        .any(|row| row.line.item.is_of_annex_15);
    let of_lines = || {
        figures.rows.iter().find_map(|row| match &row.content {
            RowContent::Priced(line) => line.exchange_rate,
            RowContent::Named { .. } => None,
        })
    };
    let rate = match frame.exchange_rate.or_else(of_lines) {
        _ if frame.currency == CurrencyCode::PLN => Decimal::ONE,
        Some(rate) => rate,
        None => return false,
    };
    let due = figures.due.checked_mul(rate).unwrap_or(Decimal::MAX);
    let is_taxpayer = matches!(frame.buyer.identity.id, PartyId::Nip(_));
    (has_goods || is_ordered) && is_taxpayer && due > Decimal::from(15_000)
}

fn exemption(taxed: &[Taxed], problems: &mut Problems) -> Exemption {
    let mut provisions: Vec<&str> = Vec::new();
    let mut first: Option<&Basis> = None;
    for Taxed { place, tax } in taxed {
        let LineTax::Vat(Vat::Exempt(basis)) = tax else {
            continue;
        };
        let known = *first.get_or_insert(basis);
        if std::mem::discriminant(known) != std::mem::discriminant(basis) {
            problems.note(*place, Cause::ExemptionsDiffer);
        } else if !provisions.contains(&basis.provision()) {
            provisions.push(basis.provision());
        }
    }
    let Some(basis) = first else {
        return Exemption::None;
    };
    let text = provisions.join("; ");
    let (element, make): (_, fn(_) -> Exemption) = match basis {
        Basis::Act(_) => ("P_19A", Exemption::Act),
        Basis::Directive(_) => ("P_19B", Exemption::Directive),
        Basis::Other(_) => ("P_19C", Exemption::Other),
    };
    problems
        .text(field(element), &text)
        .map_or(Exemption::None, make)
}

fn margin(taxed: &[Taxed], problems: &mut Problems) -> Margin {
    let mut first: Option<MarginScheme> = None;
    for Taxed { place, tax } in taxed {
        if let LineTax::Margin(scheme) = tax
            && *first.get_or_insert(*scheme) != *scheme
        {
            problems.note(*place, Cause::MarginSchemesDiffer);
        }
    }
    match first {
        None => Margin::None,
        Some(MarginScheme::Travel) => Margin::Travel,
        Some(MarginScheme::UsedGoods) => Margin::UsedGoods,
        Some(MarginScheme::Art) => Margin::Art,
        Some(MarginScheme::Antiques) => Margin::Antiques,
    }
}

fn new_transport(frame: &Frame, figures: &Figures, problems: &mut Problems) -> NewTransport {
    let Some(supply) = &frame.new_transport else {
        return NewTransport::None;
    };
    let lines: BTreeSet<u64> = figures.rows.iter().map(|row| row.number).collect();
    for (index, item) in supply.items.iter().enumerate() {
        let number = item.row.get();
        if !lines.contains(&number) {
            let place = entry("NowySrodekTransportu", index, "P_NrWierszaNST");
            problems.note(place, Cause::NoSuchLine(number));
        }
    }
    NewTransport::Supply(supply.clone())
}

fn yes(is_so: bool) -> YesNo {
    if is_so { YesNo::Yes } else { YesNo::No }
}

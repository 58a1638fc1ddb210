//! The rows of the invoice and of its order.

use rust_decimal::Decimal;

use crate::fa3::build::builder::Frame;
use crate::fa3::build::figures::{Figures, OrderRow, Row, RowContent};
use crate::fa3::build::item::Item;
use crate::fa3::build::line::{Basis, Line as Given, LineTax, Price};
use crate::fa3::build::problem::{Place, Problems, invoice as field};
use crate::fa3::build::rate::{Rate, Vat};
use crate::fa3::line::Line;
use crate::fa3::order::{Order, OrderLine};
use crate::fa3::value::code::VatRate;
use crate::fa3::value::date::InvoiceDate;
use crate::fa3::value::number::{ExchangeRate, Percent, Quantity, RowNumber, UnitPrice};
use crate::fa3::value::{List, NonEmpty};

pub(super) fn lines(
    frame: &Frame,
    figures: &Figures,
    problems: &mut Problems,
) -> List<Line, 10_000> {
    let lines = figures
        .rows
        .iter()
        .filter_map(|row| line(frame, row, problems))
        .collect();
    problems.list(field("FaWiersz"), lines)
}

fn line(frame: &Frame, row: &Row, problems: &mut Problems) -> Option<Line> {
    let place = |element| Place::Line {
        number: row.number,
        element,
    };
    let number = problems.keep(place("NrWierszaFa"), RowNumber::new(row.number))?;
    let mut line = Line {
        before_correction: row.is_before,
        ..Line::new(number)
    };
    match &row.content {
        RowContent::Priced(given) => {
            describe(&mut line, &given.item, place, problems);
            price(&mut line, given, frame, place, problems);
            match &given.tax {
                LineTax::Vat(vat) => tax(&mut line, vat, place, problems),
                LineTax::Margin(_) => {}
            }
        }
        RowContent::Named {
            item,
            vat,
            quantity,
        } => {
            describe(&mut line, item, place, problems);
            line.quantity =
                quantity.and_then(|quantity| problems.keep(place("P_8B"), Quantity::new(quantity)));
            if let Some(vat) = vat {
                tax(&mut line, vat, place, problems);
            }
            // Without a rate nobody knows; the exchange rate has no other place on such an invoice.
            let is_untaxed = vat
                .as_ref()
                .is_some_and(|vat| !vat.rate().needs_tax_in_pln());
            if !is_untaxed {
                line.exchange_rate = exchange_rate(frame.exchange_rate, place, problems);
            }
        }
    }
    Some(line)
}

fn describe(
    line: &mut Line,
    item: &Item,
    place: impl Fn(&'static str) -> Place,
    problems: &mut Problems,
) {
    line.name = problems.text(place("P_7"), &item.name);
    line.uuid = problems.optional_text(place("UU_ID"), item.unique_id.as_ref());
    line.index = problems.optional_text(place("Indeks"), item.index.as_ref());
    line.gtin = problems.optional_text(place("GTIN"), item.gtin.as_ref());
    line.pkwiu = problems.optional_text(place("PKWiU"), item.pkwiu.as_ref());
    line.cn = problems.optional_text(place("CN"), item.cn.as_ref());
    line.pkob = problems.optional_text(place("PKOB"), item.pkob.as_ref());
    line.unit = problems.optional_text(place("P_8A"), item.unit.as_ref());
    line.gtu = item.gtu;
    line.annex_15 = item.is_of_annex_15;
    line.excise = item
        .excise
        .and_then(|amount| problems.amount(place("KwotaAkcyzy"), amount));
}

fn price(
    line: &mut Line,
    given: &Given,
    frame: &Frame,
    place: impl Fn(&'static str) -> Place,
    problems: &mut Problems,
) {
    line.supplied = given
        .sale_date
        .and_then(|day| problems.keep(place("P_6A"), InvoiceDate::new(day)));
    line.procedure = given.procedure;
    line.discount = given
        .discount
        .and_then(|discount| problems.keep(place("P_10"), UnitPrice::new(discount.amount())));
    line.quantity = given
        .quantity()
        .and_then(|quantity| problems.keep(place("P_8B"), Quantity::new(quantity)));
    if let Price::Unit { price, .. } = given.price {
        match given.basis {
            Basis::Net => {
                line.net_price = problems.keep(place("P_9A"), UnitPrice::new(price));
            }
            Basis::Gross => {
                line.gross_price = problems.keep(place("P_9B"), UnitPrice::new(price));
            }
        }
    }
    // An amount that cannot be counted was noted when the totals were.
    if let Ok(value) = given.value() {
        match given.basis {
            Basis::Net => line.net = problems.amount(place("P_11"), value),
            Basis::Gross => line.gross = problems.amount(place("P_11A"), value),
        }
    }
    if frame.marks.line_tax && given.rate() != Rate::Margin {
        let taxed = given.taxed_value(true, frame.exchange_rate);
        let tax = taxed.ok().and_then(|taxed| taxed.line_tax());
        line.tax = tax.and_then(|tax| problems.amount(place("P_11Vat"), tax));
    }
    let of_invoice = frame
        .exchange_rate
        .filter(|_| given.rate().needs_tax_in_pln());
    line.exchange_rate = exchange_rate(given.exchange_rate.or(of_invoice), place, problems);
}

fn exchange_rate(
    rate: Option<Decimal>,
    place: impl Fn(&'static str) -> Place,
    problems: &mut Problems,
) -> Option<ExchangeRate> {
    rate.and_then(|rate| problems.keep(place("KursWaluty"), ExchangeRate::new(rate)))
}

fn tax(line: &mut Line, vat: &Vat, place: impl Fn(&'static str) -> Place, problems: &mut Problems) {
    match vat {
        Vat::OneStopShop(percent) => {
            line.special_rate = problems.keep(place("P_12_XII"), Percent::new(*percent));
        }
        _ => line.rate = code(vat),
    }
}

/// The order of an advance invoice.
pub(super) fn order(figures: &Figures, problems: &mut Problems) -> Option<Order> {
    let rows = figures.order.as_ref()?;
    let value = problems.amount(field("WartoscZamowienia"), figures.order_value)?;
    let lines: Vec<OrderLine> = rows
        .iter()
        .filter_map(|row| order_line(row, problems))
        .collect();
    let lines = problems.keep(field("ZamowienieWiersz"), NonEmpty::try_from(lines))?;
    Some(Order::new(value, lines))
}

fn order_line(row: &OrderRow, problems: &mut Problems) -> Option<OrderLine> {
    let place = |element| Place::OrderLine {
        number: row.number,
        element,
    };
    let number = problems.keep(place("NrWierszaZam"), RowNumber::new(row.number))?;
    let given = &row.line;
    let item = &given.item;
    let mut line = OrderLine {
        name: problems.text(place("P_7Z"), &item.name),
        uuid: problems.optional_text(place("UU_IDZ"), item.unique_id.as_ref()),
        index: problems.optional_text(place("IndeksZ"), item.index.as_ref()),
        gtin: problems.optional_text(place("GTINZ"), item.gtin.as_ref()),
        pkwiu: problems.optional_text(place("PKWiUZ"), item.pkwiu.as_ref()),
        cn: problems.optional_text(place("CNZ"), item.cn.as_ref()),
        pkob: problems.optional_text(place("PKOBZ"), item.pkob.as_ref()),
        unit: problems.optional_text(place("P_8AZ"), item.unit.as_ref()),
        gtu: item.gtu,
        annex_15: item.is_of_annex_15,
        procedure: given.procedure,
        before_correction: row.is_before,
        ..OrderLine::new(number)
    };
    line.excise = item
        .excise
        .and_then(|amount| problems.amount(place("KwotaAkcyzyZ"), amount));
    line.quantity = given
        .quantity()
        .and_then(|quantity| problems.keep(place("P_8BZ"), Quantity::new(quantity)));
    if let Price::Unit { price, .. } = given.price {
        line.net_price = problems.keep(place("P_9AZ"), UnitPrice::new(price));
    }
    if let Ok(value) = given.value() {
        line.net = problems.amount(place("P_11NettoZ"), value);
    }
    if let Ok(tax) = given.tax() {
        line.tax = problems.amount(place("P_11VatZ"), tax);
    }
    match &given.vat {
        Vat::OneStopShop(percent) => {
            line.special_rate = problems.keep(place("P_12Z_XII"), Percent::new(*percent));
        }
        vat => line.rate = code(vat),
    }
    Some(line)
}

/// The rate as FA(3) writes it; the special procedure has a field of its own.
fn code(vat: &Vat) -> Option<VatRate> {
    Some(match vat {
        Vat::Rate23 => VatRate::Rate23,
        Vat::Rate22 => VatRate::Rate22,
        Vat::Rate8 => VatRate::Rate8,
        Vat::Rate7 => VatRate::Rate7,
        Vat::Rate5 => VatRate::Rate5,
        Vat::Rate4 => VatRate::Rate4,
        Vat::Rate3 => VatRate::Rate3,
        Vat::ZeroDomestic => VatRate::ZeroDomestic,
        Vat::ZeroIntraEu => VatRate::ZeroIntraEu,
        Vat::ZeroExport => VatRate::ZeroExport,
        Vat::Exempt(_) => VatRate::Exempt,
        Vat::ReverseCharge => VatRate::ReverseCharge,
        Vat::OutsidePoland(_) => VatRate::OutsidePoland,
        Vat::OutsidePolandServices => VatRate::OutsidePolandServices,
        Vat::OneStopShop(_) => return None,
    })
}

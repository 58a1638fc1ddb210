//! The kinds of invoices, each through its builder.

use jiff::Timestamp;
use jiff::civil::Date;
use ksef_invoice::fa3::Invoice;
use ksef_invoice::fa3::build::kind::{IsCorrection, Kind};
use ksef_invoice::fa3::build::{
    AdvanceInvoice, BuildError, CorrectedInvoice, Deduction, InvoiceBuilder, Part, PaymentChange,
    Received,
};
use ksef_invoice::fa3::correction::{BuyerBefore, SellerBefore};
use ksef_invoice::fa3::parties::{Buyer, Seller};
use ksef_invoice::fa3::value::code::CorrectionEffect;
use ksef_invoice::fa3::value::country::EuCountryCode;

use super::frame;
use super::lines::{self, Taxation};
use super::parties;
use super::view::View;

/// What every kind begins with.
pub(super) struct Start<'a> {
    pub(super) invoice: View<'a>,
    pub(super) taxation: Taxation,
    pub(super) seller: Seller,
    pub(super) buyer: Buyer,
    pub(super) number: &'a str,
    pub(super) issued: Date,
    pub(super) system: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// What a builder said; `None` when something was noted before it was asked.
type Built = Option<Result<Invoice, BuildError>>;

impl Start<'_> {
    /// Builds the invoice of its kind.
    pub(super) fn build(self) -> Built {
        let kind = self.invoice.text("kind").unwrap_or("vat");
        self.check_sections(kind);
        match kind {
            "advance" => self.advance(),
            "settlement" => self.settlement(),
            "simplified" => self.simplified(),
            "correction" => self.correction(),
            "advanceCorrection" => self.advance_correction(),
            "settlementCorrection" => self.settlement_correction(),
            _ => self.vat(),
        }
    }

    /// What a kind has no place for would be lost: it is noted instead.
    fn check_sections(&self, kind: &str) {
        let sections = [
            (
                "correction",
                &["correction", "advanceCorrection", "settlementCorrection"][..],
            ),
            ("advance", &["advance", "advanceCorrection"]),
            ("settlement", &["settlement", "settlementCorrection"]),
            ("simplified", &["simplified"]),
        ];
        for (section, kinds) in sections {
            if let Some(view) = self.invoice.get(section)
                && !kinds.contains(&kind)
            {
                view.meaning(
                    "kind-section",
                    &format!("faktura rodzaju „{kind}” nie ma części „{section}”"),
                    &format!("an invoice of the kind “{kind}” has no “{section}”"),
                );
            }
        }
        let is_correction =
            kind == "correction" || kind == "settlementCorrection" || kind == "advanceCorrection";
        for line in self.invoice.list("lines") {
            if line.flag("before")
                && !is_correction
                && let Some(view) = line.get("before")
            {
                view.meaning(
                    "kind-before",
                    "stan przed korektą ma miejsce tylko na korekcie",
                    "a state before the correction belongs on a correction",
                );
            }
        }
    }

    fn finish<K: Kind>(&self, builder: InvoiceBuilder<K>) -> Built {
        let builder = frame::add(&self.invoice, builder);
        let builder = match self.system {
            Some(system) => builder.with_system(system),
            None => builder,
        };
        Some(builder.build(self.now))
    }

    fn lines(&self) -> Vec<ksef_invoice::fa3::build::Line> {
        self.invoice
            .list("lines")
            .iter()
            .filter_map(|view| lines::line(view, &self.taxation))
            .collect()
    }

    fn vat(self) -> Built {
        let builder = InvoiceBuilder::vat(
            self.seller.clone(),
            self.buyer.clone(),
            self.number,
            self.issued,
        );
        let builder = builder.with_lines(self.lines());
        self.finish(builder)
    }

    fn advance(self) -> Built {
        let received = self.received()?;
        let mut builder = InvoiceBuilder::advance(
            self.seller.clone(),
            self.buyer.clone(),
            self.number,
            self.issued,
            received,
        );
        for view in self.invoice.list("lines") {
            if let Some(line) = lines::order_line(&view, &self.taxation) {
                builder = builder.with_order_line(line);
            }
        }
        self.finish(builder)
    }

    /// The payments of an advance.
    fn received(&self) -> Option<Received> {
        let Some(advance) = self.invoice.get("advance") else {
            self.invoice.missing(&["advance"]);
            return None;
        };
        let payments = advance.list("payments");
        if let [only] = payments.as_slice() {
            let amount = only.decimal("amount", 2)?;
            if !only.has("exchangeRate") {
                return Some(match only.date("date") {
                    Some(day) => Received::on(day, amount),
                    None => Received::amount(amount),
                });
            }
            only.get("exchangeRate")?.meaning(
                "advance-rate",
                "kurs jedynej zaliczki podaje się dla całej faktury (exchangeRate)",
                "the rate of a single payment is given for the whole invoice (exchangeRate)",
            );
            return None;
        }
        let mut parts = payments.iter().map(part);
        let mut received = Received::in_parts(parts.next()??, parts.next()??);
        for part in parts {
            received = received.with_part(part?);
        }
        Some(received)
    }

    fn settlement(self) -> Built {
        let mut builder = InvoiceBuilder::settlement(
            self.seller.clone(),
            self.buyer.clone(),
            self.number,
            self.issued,
        )
        .with_lines(self.lines());
        if let Some(settlement) = self.invoice.get("settlement") {
            for view in settlement.list("advanceInvoices") {
                builder = builder.with_advance(advance_invoice(&view)?);
            }
            for view in settlement.list("payments") {
                builder = builder.with_part(part(&view)?);
            }
        }
        self.finish(builder)
    }

    fn simplified(self) -> Built {
        let mut builder = InvoiceBuilder::simplified(
            self.seller.clone(),
            self.buyer.clone(),
            self.number,
            self.issued,
        );
        for view in self.invoice.list("lines") {
            let item = lines::item(&view);
            let vat = self.taxation.vat(&view);
            let gross = view.decimal("grossAmount", 2);
            if !view.has("grossAmount") {
                view.missing(&["grossAmount"]);
            }
            for key in [
                "quantity",
                "netPrice",
                "grossPrice",
                "netAmount",
                "discount",
                "unitDiscount",
            ] {
                if let Some(view) = view.get(key) {
                    view.meaning(
                        "simplified-line",
                        "pozycja faktury uproszczonej nie ma takiej wartości; podaj wartość brutto",
                        "a line of a simplified invoice has no such value; give the gross amount",
                    );
                }
            }
            builder = builder.with_item(item?, vat?, gross?);
        }
        if self
            .invoice
            .get("simplified")
            .is_some_and(|view| view.flag("ratesOnly"))
        {
            builder = builder.showing_rates_only();
        }
        self.finish(builder)
    }

    fn correction(self) -> Built {
        let (correction, first) = self.corrected()?;
        let lines = self.invoice.list("lines");
        let seller = self.seller.clone();
        let buyer = self.buyer.clone();
        if correction.has("differences") {
            return self.collective(&correction, first);
        }
        if lines.is_empty() {
            let builder =
                InvoiceBuilder::correction_of_data(seller, buyer, self.number, self.issued, first);
            return self.finish(corrected(&correction, builder));
        }
        if lines.iter().any(|line| line.flag("before")) {
            let mut builder =
                InvoiceBuilder::correction_by_lines(seller, buyer, self.number, self.issued, first);
            for change in lines::changes(&lines, |view| lines::line(view, &self.taxation)) {
                builder = builder.with_change(change);
            }
            return self.finish(corrected(&correction, builder));
        }
        let mut builder = InvoiceBuilder::correction_by_difference(
            seller,
            buyer,
            self.number,
            self.issued,
            first,
        );
        for line in self.lines() {
            builder = builder.with_difference(line);
        }
        self.finish(corrected(&correction, builder))
    }

    fn collective(&self, correction: &View<'_>, first: CorrectedInvoice) -> Built {
        if !correction.has("period") {
            correction.missing(&["period"]);
        }
        let mut builder = InvoiceBuilder::collective_correction(
            self.seller.clone(),
            self.buyer.clone(),
            self.number,
            self.issued,
            correction.text("period")?,
            first,
        );
        for view in correction.list("differences") {
            let vat = self.taxation.vat(&view);
            builder = match view.one_of(&["netAmount", "grossAmount"])? {
                "netAmount" => builder.with_net_difference(vat?, view.decimal("netAmount", 2)?),
                _ => builder.with_gross_difference(vat?, view.decimal("grossAmount", 2)?),
            };
        }
        for view in self.invoice.list("lines") {
            let quantity = view.decimal("quantity", 6);
            builder = builder.with_item(lines::item(&view)?, quantity);
        }
        self.finish(corrected(correction, builder))
    }

    fn advance_correction(self) -> Built {
        let (correction, first) = self.corrected()?;
        let Some(before) = correction.decimal("dueBefore", 2) else {
            if !correction.has("dueBefore") {
                correction.missing(&["dueBefore"]);
            }
            return None;
        };
        let Some(advance) = self.invoice.get("advance") else {
            self.invoice.missing(&["advance"]);
            return None;
        };
        let payments = advance.list("payments");
        let [payment] = payments.as_slice() else {
            advance.meaning(
                "advance-correction-payment",
                "korekta zaliczki ma jedną kwotę po korekcie",
                "a correction of an advance has one amount after it",
            );
            return None;
        };
        let mut change = PaymentChange::new(before, payment.decimal("amount", 2)?);
        if let Some(rate) = correction.decimal("exchangeRateBefore", 6) {
            change = change.with_exchange_rate_before(rate);
        }
        let mut builder = InvoiceBuilder::advance_correction(
            self.seller.clone(),
            self.buyer.clone(),
            self.number,
            self.issued,
            first,
            change,
        );
        let lines = self.invoice.list("lines");
        for change in lines::changes(&lines, |view| lines::order_line(view, &self.taxation)) {
            builder = builder.with_order_change(change);
        }
        self.finish(corrected(&correction, builder))
    }

    fn settlement_correction(self) -> Built {
        let (correction, first) = self.corrected()?;
        let Some(deducted) = correction.get("deductedBefore") else {
            correction.missing(&["deductedBefore"]);
            return None;
        };
        let deducted = deduction(&deducted)?;
        let mut builder = InvoiceBuilder::settlement_correction(
            self.seller.clone(),
            self.buyer.clone(),
            self.number,
            self.issued,
            first,
            deducted,
        );
        let lines = self.invoice.list("lines");
        for change in lines::changes(&lines, |view| lines::line(view, &self.taxation)) {
            builder = builder.with_change(change);
        }
        if let Some(settlement) = self.invoice.get("settlement") {
            for view in settlement.list("advanceInvoices") {
                builder = builder.with_advance(advance_invoice(&view)?);
            }
        }
        self.finish(corrected(&correction, builder))
    }

    /// What is corrected, and the first corrected invoice.
    fn corrected(&self) -> Option<(View<'_>, CorrectedInvoice)> {
        let Some(correction) = self.invoice.get("correction") else {
            self.invoice.missing(&["correction"]);
            return None;
        };
        let first = corrected_invoice(correction.list("invoices").first()?)?;
        Some((correction, first))
    }
}

/// Adds what every correction says.
fn corrected<K: IsCorrection>(
    view: &View<'_>,
    mut builder: InvoiceBuilder<K>,
) -> InvoiceBuilder<K> {
    for invoice in view.list("invoices").iter().skip(1) {
        if let Some(invoice) = corrected_invoice(invoice) {
            builder = builder.with_corrected(invoice);
        }
    }
    if let Some(reason) = view.text("reason") {
        builder = builder.with_reason(reason);
    }
    if let Some(effect) = view.choice("effect", &EFFECTS, CorrectionEffect::from_code) {
        builder = builder.with_effect(effect);
    }
    if let Some(number) = view.text("rightNumber") {
        builder = builder.with_right_number(number);
    }
    if let Some(seller) = view.get("sellerBefore") {
        let identity = parties::taxpayer(&seller);
        let address = seller
            .get("address")
            .and_then(|view| parties::address(&view));
        if let (Some(identity), Some(address)) = (identity, address) {
            let prefix = match seller.flag("vatPrefix") {
                true => EuCountryCode::new("PL").ok(),
                false => None,
            };
            builder = builder.with_seller_before(SellerBefore {
                prefix,
                ..SellerBefore::new(identity, address)
            });
        }
    }
    for buyer in view.list("buyersBefore") {
        if let Some(identity) = parties::party_identity(&buyer) {
            builder = builder.with_buyer_before(BuyerBefore {
                address: buyer
                    .get("address")
                    .and_then(|view| parties::address(&view)),
                key: buyer.value("key"),
                ..BuyerBefore::new(identity)
            });
        }
    }
    builder
}

fn corrected_invoice(view: &View<'_>) -> Option<CorrectedInvoice> {
    let number = view.text("number")?;
    let issued = view.date("issueDate")?;
    Some(match view.has("ksefNumber") {
        true => CorrectedInvoice::in_ksef(number, issued, view.ksef_number("ksefNumber")?),
        false => CorrectedInvoice::outside_ksef(number, issued),
    })
}

fn advance_invoice(view: &View<'_>) -> Option<AdvanceInvoice> {
    let deduction = deduction(view);
    Some(match view.one_of(&["ksefNumber", "number"])? {
        "ksefNumber" => AdvanceInvoice::in_ksef(view.ksef_number("ksefNumber")?, deduction?),
        _ => AdvanceInvoice::outside_ksef(view.text("number")?, deduction?),
    })
}

fn deduction(view: &View<'_>) -> Option<Deduction> {
    let amount = view.decimal("amount", 2)?;
    Some(match view.decimal("exchangeRate", 6) {
        Some(rate) => Deduction::proportional_at(amount, rate),
        None => Deduction::proportional(amount),
    })
}

fn part(view: &View<'_>) -> Option<Part> {
    let amount = view.decimal("amount", 2);
    if !view.has("date") {
        view.missing(&["date"]);
    }
    let part = Part::new(view.date("date")?, amount?);
    Some(match view.decimal("exchangeRate", 6) {
        Some(rate) => part.with_exchange_rate(rate),
        None => part,
    })
}

const EFFECTS: [(&str, &str); 3] = [
    ("originalDate", "1"),
    ("correctionDate", "2"),
    ("otherDate", "3"),
];

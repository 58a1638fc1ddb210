//! Corrections of ordinary invoices (`KOR`).

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::sealed::Compute;
use crate::fa3::build::InvoiceBuilder;
use crate::fa3::build::correction::{Change, CorrectedInvoice};
use crate::fa3::build::figures::{Figures, Money, Row, RowContent, changed_rows, rows, tally};
use crate::fa3::build::item::Item;
use crate::fa3::build::line::{Line, LineTax};
use crate::fa3::build::problem::{Cause, Problems, invoice};
use crate::fa3::build::rate::Vat;
use crate::fa3::build::totals::{TaxedValue, Totals};
use crate::fa3::correction::{BuyerBefore, SellerBefore};
use crate::fa3::parties::{Buyer, Seller};
use crate::fa3::value::code::{CorrectionEffect, InvoiceKind};
use crate::fa3::value::currency::CurrencyCode;

/// What every correction says.
#[derive(Debug, Clone)]
pub struct CorrectionFrame {
    pub(in crate::fa3::build) invoices: Vec<CorrectedInvoice>,
    pub(in crate::fa3::build) reason: Option<String>,
    pub(in crate::fa3::build) effect: Option<CorrectionEffect>,
    pub(in crate::fa3::build) period: Option<String>,
    pub(in crate::fa3::build) right_number: Option<String>,
    pub(in crate::fa3::build) seller_before: Option<SellerBefore>,
    pub(in crate::fa3::build) buyers_before: Vec<BuyerBefore>,
}

impl CorrectionFrame {
    pub(in crate::fa3::build) fn of(corrected: CorrectedInvoice) -> Self {
        Self {
            invoices: vec![corrected],
            reason: None,
            effect: None,
            period: None,
            right_number: None,
            seller_before: None,
            buyers_before: Vec::new(),
        }
    }
}

/// A correction that shows lines before and after.
#[derive(Debug, Clone)]
pub struct CorrectionByLines {
    frame: CorrectionFrame,
    changes: Vec<Change<Line>>,
}

/// A correction that shows differences.
#[derive(Debug, Clone)]
pub struct CorrectionByDifference {
    frame: CorrectionFrame,
    differences: Vec<Line>,
}

/// A correction that changes no amount.
#[derive(Debug, Clone)]
pub struct CorrectionOfData {
    frame: CorrectionFrame,
}

/// A correction of all supplies of a period (art. 106j(3)).
#[derive(Debug, Clone)]
pub struct CollectiveCorrection {
    frame: CorrectionFrame,
    differences: Vec<(Vat, TaxedValue)>,
    items: Vec<(Item, Option<Decimal>)>,
}

/// A kind that corrects.
pub trait IsCorrection: Compute {
    #[doc(hidden)]
    fn frame_mut(&mut self) -> &mut CorrectionFrame;
}

impl<K: IsCorrection> InvoiceBuilder<K> {
    /// Adds another corrected invoice; at most 50 000.
    #[must_use]
    pub fn with_corrected(mut self, invoice: CorrectedInvoice) -> Self {
        self.kind.frame_mut().invoices.push(invoice);
        self
    }

    /// Why it is corrected, at most 256 characters.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.kind.frame_mut().reason = Some(reason.into());
        self
    }

    /// When the correction counts.
    #[must_use]
    pub fn with_effect(mut self, effect: CorrectionEffect) -> Self {
        self.kind.frame_mut().effect = Some(effect);
        self
    }

    /// The right number of the corrected invoice, when its number was the mistake; at most 256
    /// characters.
    #[must_use]
    pub fn with_right_number(mut self, number: impl Into<String>) -> Self {
        self.kind.frame_mut().right_number = Some(number.into());
        self
    }

    /// The seller as the corrected invoice has it. A wrong NIP is not corrected this way, but by an
    /// invoice to zero.
    #[must_use]
    pub fn with_seller_before(mut self, seller: SellerBefore) -> Self {
        self.kind.frame_mut().seller_before = Some(seller);
        self
    }

    /// A buyer as the corrected invoice has it; at most 101. A wrong NIP is not corrected this way, but by
    /// an invoice to zero.
    #[must_use]
    pub fn with_buyer_before(mut self, buyer: BuyerBefore) -> Self {
        self.kind.frame_mut().buyers_before.push(buyer);
        self
    }
}

macro_rules! is_correction {
    ($($kind:ty),*) => {$(
        impl IsCorrection for $kind {
            fn frame_mut(&mut self) -> &mut CorrectionFrame {
                &mut self.frame
            }
        }
    )*};
}
is_correction!(
    CorrectionByLines,
    CorrectionByDifference,
    CorrectionOfData,
    CollectiveCorrection
);

impl InvoiceBuilder<CorrectionByLines> {
    /// A correction with the lines as they were and as they are to be; the sums are the difference. It
    /// needs a change.
    #[must_use]
    pub fn correction_by_lines(
        seller: Seller,
        buyer: Buyer,
        number: impl Into<String>,
        issued: Date,
        corrected: CorrectedInvoice,
    ) -> Self {
        let kind = CorrectionByLines {
            frame: CorrectionFrame::of(corrected),
            changes: Vec::new(),
        };
        Self::new(seller, buyer, number.into(), issued, kind)
    }

    /// Adds a line with its states before and after.
    #[must_use]
    pub fn with_change(mut self, change: Change<Line>) -> Self {
        self.kind.changes.push(change);
        self
    }
}

impl Compute for CorrectionByLines {
    fn figures(&self, money: Money, problems: &mut Problems) -> Figures {
        let mut figures = Figures::new(InvoiceKind::Correction);
        figures.rows = changed_rows(&self.changes);
        if figures.rows.is_empty() {
            problems.note(invoice("FaWiersz"), Cause::Missing);
        }
        let before = tally(&figures.rows, true, money, problems);
        let after = tally(&figures.rows, false, money, problems);
        if let (Some(before), Some(after)) = (before, after)
            && let Some(change) = problems.keep(invoice("P_13_1"), after.minus(&before))
        {
            figures.settle(change.without_zeros(), problems);
        }
        figures
    }

    fn correction(&self) -> Option<&CorrectionFrame> {
        Some(&self.frame)
    }
}

impl InvoiceBuilder<CorrectionByDifference> {
    /// A correction whose lines are differences: what is taken back is negative. It needs a line.
    #[must_use]
    pub fn correction_by_difference(
        seller: Seller,
        buyer: Buyer,
        number: impl Into<String>,
        issued: Date,
        corrected: CorrectedInvoice,
    ) -> Self {
        let kind = CorrectionByDifference {
            frame: CorrectionFrame::of(corrected),
            differences: Vec::new(),
        };
        Self::new(seller, buyer, number.into(), issued, kind)
    }

    /// Adds a difference: a negative quantity, price or value takes back.
    #[must_use]
    pub fn with_difference(mut self, line: Line) -> Self {
        self.kind.differences.push(line);
        self
    }
}

impl Compute for CorrectionByDifference {
    fn figures(&self, money: Money, problems: &mut Problems) -> Figures {
        let mut figures = Figures::new(InvoiceKind::Correction);
        figures.rows = rows(&self.differences);
        if figures.rows.is_empty() {
            problems.note(invoice("FaWiersz"), Cause::Missing);
        }
        if let Some(totals) = tally(&figures.rows, false, money, problems) {
            figures.settle(totals.without_zeros(), problems);
        }
        figures
    }

    fn correction(&self) -> Option<&CorrectionFrame> {
        Some(&self.frame)
    }
}

impl InvoiceBuilder<CorrectionOfData> {
    /// A correction of data such as a name or an address: no lines, nothing due.
    #[must_use]
    pub fn correction_of_data(
        seller: Seller,
        buyer: Buyer,
        number: impl Into<String>,
        issued: Date,
        corrected: CorrectedInvoice,
    ) -> Self {
        let kind = CorrectionOfData {
            frame: CorrectionFrame::of(corrected),
        };
        Self::new(seller, buyer, number.into(), issued, kind)
    }
}

impl Compute for CorrectionOfData {
    fn figures(&self, _money: Money, _problems: &mut Problems) -> Figures {
        Figures::new(InvoiceKind::Correction)
    }

    fn correction(&self) -> Option<&CorrectionFrame> {
        Some(&self.frame)
    }
}

impl InvoiceBuilder<CollectiveCorrection> {
    /// A correction of all supplies to the buyer in a period, named in at most 256 characters
    /// (art. 106j(3)). It needs a difference; more corrected invoices come by
    /// [`Self::with_corrected`].
    #[must_use]
    pub fn collective_correction(
        seller: Seller,
        buyer: Buyer,
        number: impl Into<String>,
        issued: Date,
        period: impl Into<String>,
        first_corrected: CorrectedInvoice,
    ) -> Self {
        let mut frame = CorrectionFrame::of(first_corrected);
        frame.period = Some(period.into());
        let kind = CollectiveCorrection {
            frame,
            differences: Vec::new(),
            items: Vec::new(),
        };
        Self::new(seller, buyer, number.into(), issued, kind)
    }

    /// Adds a difference with tax: a discount is negative.
    #[must_use]
    pub fn with_gross_difference(mut self, vat: Vat, amount: impl Into<Decimal>) -> Self {
        let value = TaxedValue::gross(vat.rate(), amount.into());
        self.kind.differences.push((vat, value));
        self
    }

    /// Adds a difference without tax: a discount is negative.
    #[must_use]
    pub fn with_net_difference(mut self, vat: Vat, amount: impl Into<Decimal>) -> Self {
        let value = TaxedValue::net(vat.rate(), amount.into());
        self.kind.differences.push((vat, value));
        self
    }

    /// Names goods or services that the correction is about, when it is not about all, and how many.
    #[must_use]
    pub fn with_item(mut self, item: impl Into<Item>, quantity: Option<Decimal>) -> Self {
        self.kind.items.push((item.into(), quantity));
        self
    }
}

impl Compute for CollectiveCorrection {
    fn figures(&self, money: Money, problems: &mut Problems) -> Figures {
        let mut figures = Figures::new(InvoiceKind::Correction);
        let numbered = (1..).zip(&self.items);
        figures.rows = numbered
            .map(|(number, (item, quantity))| Row {
                number,
                is_before: false,
                content: RowContent::Named {
                    item: item.clone(),
                    vat: None,
                    quantity: *quantity,
                },
            })
            .collect();
        if self.differences.is_empty() {
            problems.note(invoice("P_15"), Cause::Missing);
        }
        let mut values = Vec::new();
        for (vat, value) in &self.differences {
            figures.taxes.push(LineTax::Vat(vat.clone()));
            let has_rate = money.exchange_rate.is_some() || money.currency == CurrencyCode::PLN;
            if vat.rate().needs_tax_in_pln() && !has_rate {
                problems.note(invoice("KursWaluty"), Cause::ExchangeRateMissing);
            }
            values.push(match money.exchange_rate {
                Some(rate) => value.with_exchange_rate(rate),
                None => *value,
            });
        }
        if let Some(totals) = problems.keep(invoice("P_13_1"), Totals::of(&values)) {
            figures.settle(totals.without_zeros(), problems);
        }
        figures
    }

    fn correction(&self) -> Option<&CorrectionFrame> {
        Some(&self.frame)
    }
}

//! The builder: what every kind of invoice may say.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::assemble;
use super::kind::Kind;
use super::problem::BuildError;
use crate::fa3::Invoice;
use crate::fa3::annotations::NewTransportSupply;
use crate::fa3::attachment::Attachment;
use crate::fa3::footer::Footer;
use crate::fa3::parties::{AuthorizedEntity, Buyer, Seller, ThirdParty};
use crate::fa3::payment::Payment;
use crate::fa3::terms::Terms;
use crate::fa3::value::currency::CurrencyCode;

/// Puts an FA(3) invoice together: the kind and the lines are given, sums, numbers and annotations are
/// computed.
///
/// One constructor per kind; what a kind has no place for has no method. [`Self::build`] answers with the
/// invoice or with everything that is wrong.
#[derive(Debug, Clone)]
pub struct InvoiceBuilder<K> {
    pub(super) frame: Frame,
    pub(super) kind: K,
}

/// What every kind may say.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) seller: Seller,
    pub(super) buyer: Buyer,
    pub(super) number: String,
    pub(super) issued: Date,
    pub(super) place: Option<String>,
    pub(super) currency: CurrencyCode,
    pub(super) exchange_rate: Option<Decimal>,
    pub(super) sale: Option<SaleDate>,
    pub(super) delivery_notes: Vec<String>,
    pub(super) third_parties: Vec<ThirdParty>,
    pub(super) authorized: Option<AuthorizedEntity>,
    pub(super) marks: Marks,
    pub(super) new_transport: Option<NewTransportSupply>,
    pub(super) notes: Vec<Note>,
    pub(super) charges: Vec<(Decimal, String)>,
    pub(super) deductions: Vec<(Decimal, String)>,
    pub(super) payment: Option<Payment>,
    pub(super) terms: Option<Terms>,
    pub(super) footer: Option<Footer>,
    pub(super) attachment: Option<Attachment>,
    pub(super) system: Option<String>,
}

/// When it was sold, for all lines.
#[derive(Debug, Clone, Copy)]
pub(super) enum SaleDate {
    On(Date),
    During(Date, Date),
}

/// Further data by name.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) row: Option<u64>,
    pub(super) key: String,
    pub(super) value: String,
}

/// What is marked by the caller; the rest of the annotations follows from the lines.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent mark of the form"
)]
pub(super) struct Marks {
    pub(super) cash_method: bool,
    pub(super) self_billing: bool,
    pub(super) split_payment: bool,
    pub(super) triangular: bool,
    pub(super) line_tax: bool,
    pub(super) to_receipt: bool,
    pub(super) related_parties: bool,
    pub(super) excise_refund: bool,
}

impl<K> InvoiceBuilder<K> {
    pub(super) fn new(seller: Seller, buyer: Buyer, number: String, issued: Date, kind: K) -> Self {
        let frame = Frame {
            seller,
            buyer,
            number,
            issued,
            place: None,
            currency: CurrencyCode::PLN,
            exchange_rate: None,
            sale: None,
            delivery_notes: Vec::new(),
            third_parties: Vec::new(),
            authorized: None,
            marks: Marks::default(),
            new_transport: None,
            notes: Vec::new(),
            charges: Vec::new(),
            deductions: Vec::new(),
            payment: None,
            terms: None,
            footer: None,
            attachment: None,
            system: None,
        };
        Self { frame, kind }
    }

    /// The place of issue, at most 256 characters (`P_1M`).
    #[must_use]
    pub fn with_place(mut self, place: impl Into<String>) -> Self {
        self.frame.place = Some(place.into());
        self
    }

    /// The currency of all amounts; złoty unless said otherwise.
    #[must_use]
    pub const fn with_currency(mut self, currency: CurrencyCode) -> Self {
        self.frame.currency = currency;
        self
    }

    /// The exchange rate of the tax in złoty per unit, at most 6 decimals: of all lines that have none of
    /// their own (`KursWaluty`), or of the payment of an advance invoice (`KursWalutyZ`).
    #[must_use]
    pub fn with_exchange_rate(mut self, rate: impl Into<Decimal>) -> Self {
        self.frame.exchange_rate = Some(rate.into());
        self
    }

    /// The day of sale of all lines (`P_6`); on an advance invoice the day of payment is known already.
    #[must_use]
    pub const fn with_sale_date(mut self, day: Date) -> Self {
        self.frame.sale = Some(SaleDate::On(day));
        self
    }

    /// The period of sale of all lines, both days included (`OkresFa`).
    #[must_use]
    pub const fn with_period(mut self, from: Date, to: Date) -> Self {
        self.frame.sale = Some(SaleDate::During(from, to));
        self
    }

    /// Adds the number of a delivery note, at most 256 characters; at most 1000 (`WZ`).
    #[must_use]
    pub fn with_delivery_note(mut self, number: impl Into<String>) -> Self {
        self.frame.delivery_notes.push(number.into());
        self
    }

    /// Adds a third party; at most 100. A recipient unit of local government or of a VAT group marks the
    /// buyer (`JST`, `GV`).
    #[must_use]
    pub fn with_third_party(mut self, party: ThirdParty) -> Self {
        self.frame.third_parties.push(party);
        self
    }

    /// An enforcement authority, bailiff or tax representative.
    #[must_use]
    pub fn with_authorized_entity(mut self, entity: AuthorizedEntity) -> Self {
        self.frame.authorized = Some(entity);
        self
    }

    /// Marks cash accounting (`P_16`).
    #[must_use]
    pub const fn cash_method(mut self) -> Self {
        self.frame.marks.cash_method = true;
        self
    }

    /// Marks self-billing: the buyer issues the invoice (`P_17`).
    #[must_use]
    pub const fn self_billed(mut self) -> Self {
        self.frame.marks.self_billing = true;
        self
    }

    /// Marks split payment (`P_18A`). It is marked without this too when goods of annex 15 are sold to a
    /// Polish taxpayer for more than 15 000 zł.
    #[must_use]
    pub const fn split_payment(mut self) -> Self {
        self.frame.marks.split_payment = true;
        self
    }

    /// Marks the simplified triangular procedure of its second taxpayer (`P_23`): all lines are supplied
    /// outside Poland and the buyer, of another member state, accounts for the tax.
    #[must_use]
    pub const fn triangular(mut self) -> Self {
        self.frame.marks.triangular = true;
        self
    }

    /// Lines show their own tax (`P_11Vat`) and the tax of a rate is their sum (art. 106e(10)).
    #[must_use]
    pub const fn with_tax_per_line(mut self) -> Self {
        self.frame.marks.line_tax = true;
        self
    }

    /// The sale stands on a cash register's receipt too (`FP`, art. 109(3d)).
    #[must_use]
    pub const fn to_receipt(mut self) -> Self {
        self.frame.marks.to_receipt = true;
        self
    }

    /// Seller and buyer are related parties (`TP`).
    #[must_use]
    pub const fn between_related_parties(mut self) -> Self {
        self.frame.marks.related_parties = true;
        self
    }

    /// The buyer, a farmer, may ask for the excise in fuel back (`ZwrotAkcyzy`).
    #[must_use]
    pub const fn with_excise_refund(mut self) -> Self {
        self.frame.marks.excise_refund = true;
        self
    }

    /// New means of transport are supplied to another member state (`P_22`).
    #[must_use]
    pub fn with_new_transport(mut self, supply: NewTransportSupply) -> Self {
        self.frame.new_transport = Some(supply);
        self
    }

    /// Adds a datum by name, each at most 256 characters; at most 10 000 (`DodatkowyOpis`).
    #[must_use]
    pub fn with_note(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.frame.notes.push(Note {
            row: None,
            key: key.into(),
            value: value.into(),
        });
        self
    }

    /// As [`Self::with_note`], about the line of this number.
    #[must_use]
    pub fn with_line_note(
        mut self,
        line: u64,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.frame.notes.push(Note {
            row: Some(line),
            key: key.into(),
            value: value.into(),
        });
        self
    }

    /// Adds a charge beside the total, with its reason of at most 256 characters; at most 100
    /// (`Obciazenia`). What is to be paid is computed.
    #[must_use]
    pub fn with_charge(mut self, amount: impl Into<Decimal>, reason: impl Into<String>) -> Self {
        self.frame.charges.push((amount.into(), reason.into()));
        self
    }

    /// Adds a deduction from the total, with its reason of at most 256 characters; at most 100
    /// (`Odliczenia`). What is to be paid is computed.
    #[must_use]
    pub fn with_deduction(mut self, amount: impl Into<Decimal>, reason: impl Into<String>) -> Self {
        self.frame.deductions.push((amount.into(), reason.into()));
        self
    }

    /// How and when it is paid.
    #[must_use]
    pub fn with_payment(mut self, payment: Payment) -> Self {
        self.frame.payment = Some(payment);
        self
    }

    /// Contracts, orders, delivery, transport.
    #[must_use]
    pub fn with_terms(mut self, terms: Terms) -> Self {
        self.frame.terms = Some(terms);
        self
    }

    /// Remarks and registers.
    #[must_use]
    pub fn with_footer(mut self, footer: Footer) -> Self {
        self.frame.footer = Some(footer);
        self
    }

    /// An attachment: such invoices go in batches, by sellers that announced it.
    #[must_use]
    pub fn with_attachment(mut self, attachment: Attachment) -> Self {
        self.frame.attachment = Some(attachment);
        self
    }

    /// The name of the system that makes the file, at most 256 characters (`SystemInfo`).
    #[must_use]
    pub fn with_system(mut self, name: impl Into<String>) -> Self {
        self.frame.system = Some(name.into());
        self
    }
}

impl<K: Kind> InvoiceBuilder<K> {
    /// Computes the invoice. `now` is when the file is made, and decides what day it is in Poland.
    ///
    /// # Errors
    /// Everything that is wrong, with place and remedy: values that do not fit, contradictions, what the
    /// kind of invoice needs and has not.
    pub fn build(&self, now: Timestamp) -> Result<Invoice, BuildError> {
        assemble::invoice(&self.frame, &self.kind, now)
    }
}

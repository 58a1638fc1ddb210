//! What the rules read of an FA(2) or FA(3).

use jiff::civil::Date;
use ksef_core::form_code::FormCode;
use rust_decimal::Decimal;

use super::line::{Line, Rate, SUMS_FA2, SUMS_FA3, Sums, decimal};
use crate::tree::Element;

/// An FA(2) or FA(3).
#[derive(Debug)]
pub(super) struct Invoice<'t> {
    /// `Faktura`.
    pub(super) root: Element<'t>,
    /// `Fa`.
    pub(super) body: Element<'t>,
    pub(super) kind: Kind,
    /// The lines (`FaWiersz`).
    pub(super) lines: Vec<Line<'t>>,
    /// The lines of the order (`ZamowienieWiersz`).
    pub(super) order_lines: Vec<Line<'t>>,
    /// The sums this form has.
    pub(super) sums: &'static [&'static Sums],
}

/// `RodzajFaktury`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `VAT`.
    Basic,
    /// `KOR`.
    Correction,
    /// `ZAL`.
    Advance,
    /// `ROZ`.
    Settlement,
    /// `UPR`.
    Simplified,
    /// `KOR_ZAL`.
    AdvanceCorrection,
    /// `KOR_ROZ`.
    SettlementCorrection,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "VAT" => Some(Self::Basic),
            "KOR" => Some(Self::Correction),
            "ZAL" => Some(Self::Advance),
            "ROZ" => Some(Self::Settlement),
            "UPR" => Some(Self::Simplified),
            "KOR_ZAL" => Some(Self::AdvanceCorrection),
            "KOR_ROZ" => Some(Self::SettlementCorrection),
            _ => None,
        }
    }

    /// Corrects another invoice.
    pub(super) const fn is_correction(self) -> bool {
        matches!(
            self,
            Self::Correction | Self::AdvanceCorrection | Self::SettlementCorrection
        )
    }
}

impl<'t> Invoice<'t> {
    /// Reads the document; `None` when there is no body or its kind is unknown, which is the
    /// schema's business.
    pub(super) fn read(root: Element<'t>, form: &FormCode) -> Option<Self> {
        let body = root.child("Fa")?;
        let kind = Kind::parse(body.value_at(&["RodzajFaktury"])?)?;
        let lines = body
            .children_named("FaWiersz")
            .map(|element| Line::of_invoice(element, form))
            .collect();
        let order_lines = body
            .child("Zamowienie")
            .into_iter()
            .flat_map(|order| order.children_named("ZamowienieWiersz"))
            .map(|element| Line::of_order(element, form))
            .collect();
        let sums: &[_] = if *form == FormCode::Fa2 {
            &SUMS_FA2
        } else {
            &SUMS_FA3
        };
        Some(Self {
            root,
            body,
            kind,
            lines,
            order_lines,
            sums,
        })
    }

    /// An amount of the body.
    pub(super) fn amount(&self, name: &str) -> Option<Decimal> {
        self.body.value_at(&[name]).and_then(decimal)
    }

    /// An amount of the body that is there and not zero.
    pub(super) fn nonzero(&self, name: &str) -> Option<Decimal> {
        self.amount(name).filter(|amount| !amount.is_zero())
    }

    /// A text of the body.
    pub(super) fn text(&self, name: &str) -> Option<&'t str> {
        self.body.value_at(&[name])
    }

    /// A mark among the annotations, `"1"` or `"2"`.
    pub(super) fn mark(&self, path: &[&str]) -> Option<&'t str> {
        self.body.child("Adnotacje")?.value_at(path)
    }

    /// The amount due has net sums behind it.
    pub(super) fn has_sums(&self) -> bool {
        self.sums
            .iter()
            .flat_map(|sums| sums.net)
            .any(|name| self.amount(name).is_some())
    }

    /// The margin scheme applies.
    pub(super) fn is_margin(&self) -> bool {
        self.mark(&["PMarzy", "P_PMarzy"]) == Some("1")
    }

    /// The buyer issued it.
    pub(super) fn is_self_billing(&self) -> bool {
        self.mark(&["P_17"]) == Some("1")
    }

    /// A line that is not taken back has one of these rates.
    pub(super) fn line_with(&self, wanted: impl Fn(Rate) -> bool) -> Option<&Line<'t>> {
        self.lines
            .iter()
            .find(|line| !line.is_reversal() && line.rate.is_some_and(&wanted))
    }

    /// The buyer.
    pub(super) fn buyer(&self) -> Option<Element<'t>> {
        self.root.child("Podmiot2")
    }

    /// Third parties.
    pub(super) fn third_parties(&self) -> impl Iterator<Item = Element<'t>> + use<'t> {
        self.root.children_named("Podmiot3")
    }
}

/// A calendar day as the schema writes it, without time zone.
pub(super) fn day(text: &str) -> Option<Date> {
    if text.len() == 10 {
        text.parse().ok()
    } else {
        None
    }
}

/// Two decimals, as amounts are written.
pub(super) fn money(amount: Decimal) -> String {
    let amount = amount.round_dp(2);
    format!("{amount:.2}")
}

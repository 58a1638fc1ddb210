//! The kinds of invoices, each with what only it has.

mod advance;
mod correction;
mod sale;

pub use advance::{Advance, AdvanceCorrection, PaymentChange};
pub(super) use correction::CorrectionFrame;
pub use correction::{
    CollectiveCorrection, CorrectionByDifference, CorrectionByLines, CorrectionOfData, IsCorrection,
};
pub use sale::{HasLines, Sale, Settlement, SettlementCorrection, Simplified};

use super::advance::AdvanceInvoice;
use super::advance::Part;
use super::figures::{Figures, Money};
use super::problem::Problems;

/// A kind of invoice.
pub trait Kind: sealed::Compute {}

impl<K: sealed::Compute> Kind for K {}

pub(super) mod sealed {
    use super::{AdvanceInvoice, CorrectionFrame, Figures, Money, Part, Problems};

    /// What the builder asks of a kind.
    pub trait Compute {
        /// What the invoice amounts to.
        fn figures(&self, money: Money, problems: &mut Problems) -> Figures;

        /// What is corrected.
        fn correction(&self) -> Option<&CorrectionFrame> {
            None
        }

        /// The advance invoices settled.
        fn advances(&self) -> &[AdvanceInvoice] {
            &[]
        }

        /// The payments that the invoice documents one by one.
        fn parts(&self) -> &[Part] {
            &[]
        }

        /// The day of the only payment.
        fn day_of_payment(&self) -> Option<jiff::civil::Date> {
            None
        }

        /// Does the tax of the whole invoice follow from one exchange rate (`KursWalutyZ`)?
        fn has_rate_of_invoice(&self) -> bool {
            false
        }
    }
}

//! The catalogue of rules with their stable identifiers.

mod explanation;

use std::fmt;

pub use self::explanation::Explanation;

use crate::finding::{Refusal, Severity};

/// A rule an invoice must follow. The identifiers are stable across versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// `file-empty`: the file has content.
    FileEmpty,
    /// `file-too-large`: the file is within the size limit.
    FileTooLarge,
    /// `encoding-utf16`: the file is not UTF-16 or UTF-32.
    EncodingWide,
    /// `encoding-bom`: the file does not start with a byte order mark.
    EncodingByteOrderMark,
    /// `encoding-not-utf8`: every byte sequence is valid UTF-8.
    EncodingNotUtf8,
    /// `encoding-declaration`: the XML declaration names UTF-8 or nothing.
    EncodingDeclaration,
    /// `xml-not-well-formed`: the document is well-formed XML 1.0 with namespaces.
    XmlNotWellFormed,
    /// `xml-doctype`: there is no document type declaration.
    XmlDoctype,
    /// `xml-processing-instruction`: there are no processing instructions.
    XmlProcessingInstruction,
    /// `xml-discouraged-character`: no characters from the discouraged Unicode ranges.
    XmlDiscouragedCharacter,
    /// `xml-illegal-character`: only characters that XML 1.0 allows.
    XmlIllegalCharacter,
    /// `xml-limit`: nesting and attributes stay within the limits.
    XmlLimit,
    /// `schema-unknown-document`: the root element belongs to a form KSeF knows.
    SchemaUnknownDocument,
    /// `schema-form-mismatch`: header and root speak of the same form.
    SchemaFormMismatch,
    /// `schema-element-missing`: every required element is there.
    SchemaElementMissing,
    /// `schema-element-unexpected`: no element that the form does not know at this place.
    SchemaElementUnexpected,
    /// `schema-element-misplaced`: the elements come in the order of the schema.
    SchemaElementMisplaced,
    /// `schema-element-repeated`: no element comes more often than the schema allows.
    SchemaElementRepeated,
    /// `schema-text-unexpected`: no text between elements.
    SchemaTextUnexpected,
    /// `schema-value`: every value has the form its type asks for.
    SchemaValue,
    /// `schema-value-listed`: a value is one of those the schema lists.
    SchemaValueListed,
    /// `schema-value-pattern`: a value matches the pattern of its type.
    SchemaValuePattern,
    /// `schema-value-length`: a value is neither too short nor too long.
    SchemaValueLength,
    /// `schema-value-digits`: a number has no more digits than its type allows.
    SchemaValueDigits,
    /// `schema-value-range`: a value is within the bounds of its type.
    SchemaValueRange,
    /// `schema-value-fixed`: a fixed value is the fixed one.
    SchemaValueFixed,
    /// `schema-element-namespace`: an element is in the namespace of the schema.
    SchemaElementNamespace,
    /// `schema-attribute-missing`: every required attribute is there.
    SchemaAttributeMissing,
    /// `schema-attribute-unexpected`: no attribute that the schema does not know.
    SchemaAttributeUnexpected,
    /// `schema-type`: `xsi:type` and `xsi:nil` are used as the schema allows.
    SchemaType,
    /// `schema-unique`: values that identify something are unique.
    SchemaUnique,
    /// `schema-findings-limit`: the schema has no more findings than are reported.
    SchemaFindingsLimit,
    /// `issue-date-future`: the issue date is not after the day of acceptance in Warsaw.
    IssueDateFuture,
    /// `nip-checksum`: the check digit of the NIP is right (production only).
    NipChecksum,
    /// `form-not-of-session`: the document has the form the session was opened for.
    FormNotOfSession,
    /// `attachment-online`: an attachment goes in a batch, or in a technical correction.
    AttachmentOnline,
    /// `invoice-duplicate`: the seller has not sent this kind and number before.
    InvoiceDuplicate,
    /// `recipient-unit-missing`: a local government buyer (`JST`) names its unit.
    RecipientUnitMissing,
    /// `group-member-missing`: a VAT group (`GV`) names its member.
    GroupMemberMissing,
    /// `share-of-other-role`: only an additional buyer has a share (`Udzial`).
    ShareOfOtherRole,
    /// `polish-nip-abroad`: a Polish NIP stands in the field for NIPs.
    PolishNipAbroad,
    /// `union-prefix-poland`: a buyer from Poland is not identified by `KodUE` PL.
    UnionPrefixPoland,
    /// `employee-identified`: an employee (role 11) has no identifier.
    EmployeeIdentified,
    /// `self-billing-issuer`: under self-billing the buyer is the issuer, not a third party.
    SelfBillingIssuer,
    /// `seller-is-buyer`: seller and buyer are two taxpayers.
    SellerIsBuyer,
    /// `supply-prefix-missing`: an intra-Union supply has the seller's prefix PL.
    SupplyPrefixMissing,
    /// `supply-buyer-number`: an intra-Union supply has the buyer's Union VAT number.
    SupplyBuyerNumber,
    /// `reverse-charge-abroad`: domestic reverse charge is for buyers in Poland.
    ReverseChargeAbroad,
    /// `sale-date-twice`: the date of sale stands on the invoice or on its lines.
    SaleDateTwice,
    /// `period-reversed`: a period ends after it starts.
    PeriodReversed,
    /// `term-before-issue`: a term of payment is not before the issue date.
    TermBeforeIssue,
    /// `paid-with-later-term`: a paid invoice has no later term of payment.
    PaidWithLaterTerm,
    /// `partial-payments-exceed`: partial payments stay within the amount due.
    PartialPaymentsExceed,
    /// `account-checksum`: the check digits of a Polish bank account are right.
    AccountChecksum,
    /// `split-payment-missing`: goods of Annex 15 over 15 000 PLN are paid by split payment.
    SplitPaymentMissing,
    /// `split-payment-possible`: a transfer over 15 000 PLN may need split payment.
    SplitPaymentPossible,
    /// `vat-in-pln-missing`: VAT in another currency is also given in PLN.
    VatInPlnMissing,
    /// `exchange-rate-missing`: VAT in another currency has its exchange rate.
    ExchangeRateMissing,
    /// `vat-in-pln-unexpected`: an invoice in PLN has no VAT converted to PLN.
    VatInPlnUnexpected,
    /// `contract-currency-pln`: the contract's currency is not PLN.
    ContractCurrencyPln,
    /// `correction-data-missing`: a correction names the invoices it corrects.
    CorrectionDataMissing,
    /// `correction-data-unexpected`: only a correction names corrected invoices.
    CorrectionDataUnexpected,
    /// `advance-order-missing`: an advance invoice has the order.
    AdvanceOrderMissing,
    /// `settlement-advance-missing`: a settlement invoice names its advance invoices.
    SettlementAdvanceMissing,
    /// `ksef-number-checksum`: the check digits of a quoted KSeF number are right.
    KsefNumberChecksum,
    /// `reverse-charge-unmarked`: sales taxed by the buyer carry the reverse charge mark.
    ReverseChargeUnmarked,
    /// `reverse-charge-unused`: the reverse charge mark has sales it speaks of.
    ReverseChargeUnused,
    /// `reverse-charge-lines`: lines `oo` and the sum P_13_10 come together.
    ReverseChargeLines,
    /// `exempt-basis-missing`: exempt sales name the basis of the exemption.
    ExemptBasisMissing,
    /// `exempt-basis-unused`: the basis of an exemption has exempt sales.
    ExemptBasisUnused,
    /// `exempt-lines`: lines `zw` and the sum P_13_7 come together.
    ExemptLines,
    /// `line-net`: the net value of a line is quantity times price less discount.
    LineNet,
    /// `line-gross`: the gross value of a line is quantity times price less discount.
    LineGross,
    /// `line-vat`: the VAT of a line follows from its value and rate.
    LineVat,
    /// `line-number-repeated`: line numbers are unique.
    LineNumberRepeated,
    /// `line-number-gap`: line numbers count from 1 without gaps.
    LineNumberGap,
    /// `quantity-negative`: quantities are negative on corrections only.
    QuantityNegative,
    /// `quantity-zero`: a line has a quantity.
    QuantityZero,
    /// `net-sum`: the net sum of a rate is the sum of its lines.
    NetSum,
    /// `vat-sum`: the VAT of a rate follows from its net sum.
    VatSum,
    /// `total-due`: the amount due is the sum of the net and VAT sums.
    TotalDue,
    /// `settlement-remainder`: a settlement asks for what the advances left.
    SettlementRemainder,
    /// `number-pattern`: the number looks like the seller's last ones.
    NumberPattern,
    /// `number-gap`: the number follows the one before it.
    NumberGap,
    /// `date-before-previous`: the issue date is not before that of the previous number.
    DateBeforePrevious,
    /// `account-changed`: the seller's bank account is the one used before.
    AccountChanged,
    /// `seller-unknown`: the seller has sent invoices before.
    SellerUnknown,
    /// `amount-unusual`: the amount is within what the seller usually asks for.
    AmountUnusual,
    /// `content-repeated`: the content was not invoiced before under another number.
    ContentRepeated,
}

impl Rule {
    /// Every rule, in the order of the checks.
    pub const ALL: &'static [Self] = &[
        Self::FileEmpty,
        Self::FileTooLarge,
        Self::EncodingWide,
        Self::EncodingByteOrderMark,
        Self::EncodingNotUtf8,
        Self::EncodingDeclaration,
        Self::XmlNotWellFormed,
        Self::XmlDoctype,
        Self::XmlProcessingInstruction,
        Self::XmlDiscouragedCharacter,
        Self::XmlIllegalCharacter,
        Self::XmlLimit,
        Self::SchemaUnknownDocument,
        Self::SchemaFormMismatch,
        Self::SchemaElementMissing,
        Self::SchemaElementUnexpected,
        Self::SchemaElementMisplaced,
        Self::SchemaElementRepeated,
        Self::SchemaTextUnexpected,
        Self::SchemaValue,
        Self::SchemaValueListed,
        Self::SchemaValuePattern,
        Self::SchemaValueLength,
        Self::SchemaValueDigits,
        Self::SchemaValueRange,
        Self::SchemaValueFixed,
        Self::SchemaElementNamespace,
        Self::SchemaAttributeMissing,
        Self::SchemaAttributeUnexpected,
        Self::SchemaType,
        Self::SchemaUnique,
        Self::SchemaFindingsLimit,
        Self::IssueDateFuture,
        Self::NipChecksum,
        Self::FormNotOfSession,
        Self::AttachmentOnline,
        Self::InvoiceDuplicate,
        Self::RecipientUnitMissing,
        Self::GroupMemberMissing,
        Self::ShareOfOtherRole,
        Self::PolishNipAbroad,
        Self::UnionPrefixPoland,
        Self::EmployeeIdentified,
        Self::SelfBillingIssuer,
        Self::SellerIsBuyer,
        Self::SupplyPrefixMissing,
        Self::SupplyBuyerNumber,
        Self::ReverseChargeAbroad,
        Self::SaleDateTwice,
        Self::PeriodReversed,
        Self::TermBeforeIssue,
        Self::PaidWithLaterTerm,
        Self::PartialPaymentsExceed,
        Self::AccountChecksum,
        Self::SplitPaymentMissing,
        Self::SplitPaymentPossible,
        Self::VatInPlnMissing,
        Self::ExchangeRateMissing,
        Self::VatInPlnUnexpected,
        Self::ContractCurrencyPln,
        Self::CorrectionDataMissing,
        Self::CorrectionDataUnexpected,
        Self::AdvanceOrderMissing,
        Self::SettlementAdvanceMissing,
        Self::KsefNumberChecksum,
        Self::ReverseChargeUnmarked,
        Self::ReverseChargeUnused,
        Self::ReverseChargeLines,
        Self::ExemptBasisMissing,
        Self::ExemptBasisUnused,
        Self::ExemptLines,
        Self::LineNet,
        Self::LineGross,
        Self::LineVat,
        Self::LineNumberRepeated,
        Self::LineNumberGap,
        Self::QuantityNegative,
        Self::QuantityZero,
        Self::NetSum,
        Self::VatSum,
        Self::TotalDue,
        Self::SettlementRemainder,
        Self::NumberPattern,
        Self::NumberGap,
        Self::DateBeforePrevious,
        Self::AccountChanged,
        Self::SellerUnknown,
        Self::AmountUnusual,
        Self::ContentRepeated,
    ];

    /// The stable identifier, in lowercase with hyphens.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::FileEmpty => "file-empty",
            Self::FileTooLarge => "file-too-large",
            Self::EncodingWide => "encoding-utf16",
            Self::EncodingByteOrderMark => "encoding-bom",
            Self::EncodingNotUtf8 => "encoding-not-utf8",
            Self::EncodingDeclaration => "encoding-declaration",
            Self::XmlNotWellFormed => "xml-not-well-formed",
            Self::XmlDoctype => "xml-doctype",
            Self::XmlProcessingInstruction => "xml-processing-instruction",
            Self::XmlDiscouragedCharacter => "xml-discouraged-character",
            Self::XmlIllegalCharacter => "xml-illegal-character",
            Self::XmlLimit => "xml-limit",
            Self::SchemaUnknownDocument => "schema-unknown-document",
            Self::SchemaFormMismatch => "schema-form-mismatch",
            Self::SchemaElementMissing => "schema-element-missing",
            Self::SchemaElementUnexpected => "schema-element-unexpected",
            Self::SchemaElementMisplaced => "schema-element-misplaced",
            Self::SchemaElementRepeated => "schema-element-repeated",
            Self::SchemaTextUnexpected => "schema-text-unexpected",
            Self::SchemaValue => "schema-value",
            Self::SchemaValueListed => "schema-value-listed",
            Self::SchemaValuePattern => "schema-value-pattern",
            Self::SchemaValueLength => "schema-value-length",
            Self::SchemaValueDigits => "schema-value-digits",
            Self::SchemaValueRange => "schema-value-range",
            Self::SchemaValueFixed => "schema-value-fixed",
            Self::SchemaElementNamespace => "schema-element-namespace",
            Self::SchemaAttributeMissing => "schema-attribute-missing",
            Self::SchemaAttributeUnexpected => "schema-attribute-unexpected",
            Self::SchemaType => "schema-type",
            Self::SchemaUnique => "schema-unique",
            Self::SchemaFindingsLimit => "schema-findings-limit",
            Self::IssueDateFuture => "issue-date-future",
            Self::NipChecksum => "nip-checksum",
            Self::FormNotOfSession => "form-not-of-session",
            Self::AttachmentOnline => "attachment-online",
            Self::InvoiceDuplicate => "invoice-duplicate",
            Self::RecipientUnitMissing => "recipient-unit-missing",
            Self::GroupMemberMissing => "group-member-missing",
            Self::ShareOfOtherRole => "share-of-other-role",
            Self::PolishNipAbroad => "polish-nip-abroad",
            Self::UnionPrefixPoland => "union-prefix-poland",
            Self::EmployeeIdentified => "employee-identified",
            Self::SelfBillingIssuer => "self-billing-issuer",
            Self::SellerIsBuyer => "seller-is-buyer",
            Self::SupplyPrefixMissing => "supply-prefix-missing",
            Self::SupplyBuyerNumber => "supply-buyer-number",
            Self::ReverseChargeAbroad => "reverse-charge-abroad",
            Self::SaleDateTwice => "sale-date-twice",
            Self::PeriodReversed => "period-reversed",
            Self::TermBeforeIssue => "term-before-issue",
            Self::PaidWithLaterTerm => "paid-with-later-term",
            Self::PartialPaymentsExceed => "partial-payments-exceed",
            Self::AccountChecksum => "account-checksum",
            Self::SplitPaymentMissing => "split-payment-missing",
            Self::SplitPaymentPossible => "split-payment-possible",
            Self::VatInPlnMissing => "vat-in-pln-missing",
            Self::ExchangeRateMissing => "exchange-rate-missing",
            Self::VatInPlnUnexpected => "vat-in-pln-unexpected",
            Self::ContractCurrencyPln => "contract-currency-pln",
            Self::CorrectionDataMissing => "correction-data-missing",
            Self::CorrectionDataUnexpected => "correction-data-unexpected",
            Self::AdvanceOrderMissing => "advance-order-missing",
            Self::SettlementAdvanceMissing => "settlement-advance-missing",
            Self::KsefNumberChecksum => "ksef-number-checksum",
            Self::ReverseChargeUnmarked => "reverse-charge-unmarked",
            Self::ReverseChargeUnused => "reverse-charge-unused",
            Self::ReverseChargeLines => "reverse-charge-lines",
            Self::ExemptBasisMissing => "exempt-basis-missing",
            Self::ExemptBasisUnused => "exempt-basis-unused",
            Self::ExemptLines => "exempt-lines",
            Self::LineNet => "line-net",
            Self::LineGross => "line-gross",
            Self::LineVat => "line-vat",
            Self::LineNumberRepeated => "line-number-repeated",
            Self::LineNumberGap => "line-number-gap",
            Self::QuantityNegative => "quantity-negative",
            Self::QuantityZero => "quantity-zero",
            Self::NetSum => "net-sum",
            Self::VatSum => "vat-sum",
            Self::TotalDue => "total-due",
            Self::SettlementRemainder => "settlement-remainder",
            Self::NumberPattern => "number-pattern",
            Self::NumberGap => "number-gap",
            Self::DateBeforePrevious => "date-before-previous",
            Self::AccountChanged => "account-changed",
            Self::SellerUnknown => "seller-unknown",
            Self::AmountUnusual => "amount-unusual",
            Self::ContentRepeated => "content-repeated",
        }
    }

    /// How bad breaking this rule is. KSeF refuses an invoice that breaks an error's rule; for a
    /// wrong check digit only production does, elsewhere that finding is a warning.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::RecipientUnitMissing
            | Self::GroupMemberMissing
            | Self::ShareOfOtherRole
            | Self::PolishNipAbroad
            | Self::UnionPrefixPoland
            | Self::EmployeeIdentified
            | Self::SelfBillingIssuer
            | Self::SupplyPrefixMissing
            | Self::SupplyBuyerNumber
            | Self::ReverseChargeAbroad
            | Self::SaleDateTwice
            | Self::PeriodReversed
            | Self::PaidWithLaterTerm
            | Self::PartialPaymentsExceed
            | Self::AccountChecksum
            | Self::SplitPaymentMissing
            | Self::VatInPlnMissing
            | Self::ExchangeRateMissing
            | Self::VatInPlnUnexpected
            | Self::ContractCurrencyPln
            | Self::CorrectionDataMissing
            | Self::CorrectionDataUnexpected
            | Self::AdvanceOrderMissing
            | Self::KsefNumberChecksum
            | Self::ReverseChargeUnmarked
            | Self::ReverseChargeUnused
            | Self::ReverseChargeLines
            | Self::ExemptBasisMissing
            | Self::ExemptBasisUnused
            | Self::ExemptLines
            | Self::LineNet
            | Self::LineGross
            | Self::LineVat
            | Self::LineNumberRepeated
            | Self::QuantityNegative
            | Self::NetSum
            | Self::VatSum
            | Self::TotalDue => Severity::Warning,
            Self::SellerIsBuyer
            | Self::TermBeforeIssue
            | Self::SplitPaymentPossible
            | Self::SettlementAdvanceMissing
            | Self::LineNumberGap
            | Self::QuantityZero
            | Self::SettlementRemainder
            | Self::NumberPattern
            | Self::NumberGap
            | Self::DateBeforePrevious
            | Self::AccountChanged
            | Self::SellerUnknown
            | Self::AmountUnusual
            | Self::ContentRepeated => Severity::Information,
            _ => Severity::Error,
        }
    }

    /// What it asks and why, and how to repair what breaks it.
    #[must_use]
    pub const fn explanation(self) -> &'static Explanation {
        explanation::of(self)
    }

    /// Whether it is about what the invoice says, beyond the file, the schema and the session.
    #[must_use]
    pub const fn is_of_content(self) -> bool {
        match self {
            Self::IssueDateFuture
            | Self::NipChecksum
            | Self::AttachmentOnline
            | Self::InvoiceDuplicate => true,
            _ => !matches!(self.severity(), Severity::Error),
        }
    }

    /// The rule with this identifier.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }

    /// The status the server gives; `None` for what it accepts.
    #[must_use]
    pub const fn refusal(self) -> Option<Refusal> {
        match self {
            Self::FileEmpty
            | Self::FileTooLarge
            | Self::EncodingWide
            | Self::EncodingByteOrderMark
            | Self::EncodingNotUtf8
            | Self::EncodingDeclaration
            | Self::XmlNotWellFormed
            | Self::XmlDoctype
            | Self::XmlProcessingInstruction
            | Self::XmlIllegalCharacter
            | Self::XmlLimit => Some(Refusal::File),
            Self::XmlDiscouragedCharacter
            | Self::SchemaUnknownDocument
            | Self::SchemaFormMismatch
            | Self::SchemaElementMissing
            | Self::SchemaElementUnexpected
            | Self::SchemaElementMisplaced
            | Self::SchemaElementRepeated
            | Self::SchemaTextUnexpected
            | Self::SchemaValue
            | Self::SchemaValueListed
            | Self::SchemaValuePattern
            | Self::SchemaValueLength
            | Self::SchemaValueDigits
            | Self::SchemaValueRange
            | Self::SchemaValueFixed
            | Self::SchemaElementNamespace
            | Self::SchemaAttributeMissing
            | Self::SchemaAttributeUnexpected
            | Self::SchemaType
            | Self::SchemaUnique
            | Self::SchemaFindingsLimit
            | Self::IssueDateFuture
            | Self::NipChecksum
            | Self::FormNotOfSession => Some(Refusal::Semantics),
            Self::AttachmentOnline => Some(Refusal::Attachment),
            Self::InvoiceDuplicate => Some(Refusal::Duplicate),
            _ => None,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn identifiers_are_unique() {
        let ids: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), Rule::ALL.len());
    }

    #[test]
    fn rules_are_found_by_their_identifiers() {
        for rule in Rule::ALL {
            assert_eq!(Rule::from_id(rule.id()), Some(*rule));
        }
        assert_eq!(Rule::from_id("net-sums"), None);
    }

    #[test]
    fn only_errors_are_refused() {
        for rule in Rule::ALL {
            let is_error = rule.severity() == Severity::Error;
            assert_eq!(rule.refusal().is_some(), is_error, "{rule}");
        }
    }
}

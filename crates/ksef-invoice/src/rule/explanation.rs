//! What a rule asks, why, and how to repair what breaks it, for people.

mod amounts;
mod annotations;
mod currency;
mod dates;
mod file;
mod history;
mod kinds;
mod parties;
mod payment;
mod schema;
mod server;

use super::Rule;
use crate::finding::Language;

/// What a rule is about, in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    title: [&'static str; 2],
    text: [&'static str; 2],
    repair: [&'static str; 2],
    source: &'static str,
    excerpt: Option<&'static str>,
}

impl Explanation {
    /// A short name for a heading, without a full stop.
    #[must_use]
    pub const fn title(&self, language: Language) -> &'static str {
        choose(self.title, language)
    }

    /// What the rule asks and why, and what it leaves alone; sentences.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        choose(self.text, language)
    }

    /// How to repair an invoice that breaks it; sentences.
    #[must_use]
    pub const fn repair(&self, language: Language) -> &'static str {
        choose(self.repair, language)
    }

    /// Where the rule comes from: the law, the Ministry's documentation, a standard; in Polish.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// A piece of a document that breaks it, where `examples/rules` has none: rules of the file and
    /// of the schema.
    #[must_use]
    pub const fn excerpt(&self) -> Option<&'static str> {
        self.excerpt
    }

    const fn with_excerpt(mut self, excerpt: &'static str) -> Self {
        self.excerpt = Some(excerpt);
        self
    }
}

const fn choose(texts: [&'static str; 2], language: Language) -> &'static str {
    let [polish, english] = texts;
    match language {
        Language::Polish => polish,
        Language::English => english,
    }
}

/// Each text in Polish, then English.
const fn explain(
    title: [&'static str; 2],
    text: [&'static str; 2],
    repair: [&'static str; 2],
    source: &'static str,
) -> Explanation {
    Explanation {
        title,
        text,
        repair,
        source,
        excerpt: None,
    }
}

/// The explanation of a rule.
pub(super) const fn of(rule: Rule) -> &'static Explanation {
    match rule {
        Rule::FileEmpty => &file::FILE_EMPTY,
        Rule::FileTooLarge => &file::FILE_TOO_LARGE,
        Rule::EncodingWide => &file::ENCODING_WIDE,
        Rule::EncodingByteOrderMark => &file::ENCODING_BYTE_ORDER_MARK,
        Rule::EncodingNotUtf8 => &file::ENCODING_NOT_UTF8,
        Rule::EncodingDeclaration => &file::ENCODING_DECLARATION,
        Rule::XmlNotWellFormed => &file::XML_NOT_WELL_FORMED,
        Rule::XmlDoctype => &file::XML_DOCTYPE,
        Rule::XmlProcessingInstruction => &file::XML_PROCESSING_INSTRUCTION,
        Rule::XmlDiscouragedCharacter => &file::XML_DISCOURAGED_CHARACTER,
        Rule::XmlIllegalCharacter => &file::XML_ILLEGAL_CHARACTER,
        Rule::XmlLimit => &file::XML_LIMIT,
        Rule::SchemaUnknownDocument => &schema::SCHEMA_UNKNOWN_DOCUMENT,
        Rule::SchemaFormMismatch => &schema::SCHEMA_FORM_MISMATCH,
        Rule::SchemaElementMissing => &schema::SCHEMA_ELEMENT_MISSING,
        Rule::SchemaElementUnexpected => &schema::SCHEMA_ELEMENT_UNEXPECTED,
        Rule::SchemaElementMisplaced => &schema::SCHEMA_ELEMENT_MISPLACED,
        Rule::SchemaElementRepeated => &schema::SCHEMA_ELEMENT_REPEATED,
        Rule::SchemaTextUnexpected => &schema::SCHEMA_TEXT_UNEXPECTED,
        Rule::SchemaValue => &schema::SCHEMA_VALUE,
        Rule::SchemaValueListed => &schema::SCHEMA_VALUE_LISTED,
        Rule::SchemaValuePattern => &schema::SCHEMA_VALUE_PATTERN,
        Rule::SchemaValueLength => &schema::SCHEMA_VALUE_LENGTH,
        Rule::SchemaValueDigits => &schema::SCHEMA_VALUE_DIGITS,
        Rule::SchemaValueRange => &schema::SCHEMA_VALUE_RANGE,
        Rule::SchemaValueFixed => &schema::SCHEMA_VALUE_FIXED,
        Rule::SchemaElementNamespace => &schema::SCHEMA_ELEMENT_NAMESPACE,
        Rule::SchemaAttributeMissing => &schema::SCHEMA_ATTRIBUTE_MISSING,
        Rule::SchemaAttributeUnexpected => &schema::SCHEMA_ATTRIBUTE_UNEXPECTED,
        Rule::SchemaType => &schema::SCHEMA_TYPE,
        Rule::SchemaUnique => &schema::SCHEMA_UNIQUE,
        Rule::SchemaFindingsLimit => &schema::SCHEMA_FINDINGS_LIMIT,
        Rule::IssueDateFuture => &server::ISSUE_DATE_FUTURE,
        Rule::NipChecksum => &server::NIP_CHECKSUM,
        Rule::FormNotOfSession => &server::FORM_NOT_OF_SESSION,
        Rule::AttachmentOnline => &server::ATTACHMENT_ONLINE,
        Rule::InvoiceDuplicate => &server::INVOICE_DUPLICATE,
        Rule::RecipientUnitMissing => &parties::RECIPIENT_UNIT_MISSING,
        Rule::GroupMemberMissing => &parties::GROUP_MEMBER_MISSING,
        Rule::ShareOfOtherRole => &parties::SHARE_OF_OTHER_ROLE,
        Rule::PolishNipAbroad => &parties::POLISH_NIP_ABROAD,
        Rule::UnionPrefixPoland => &parties::UNION_PREFIX_POLAND,
        Rule::EmployeeIdentified => &parties::EMPLOYEE_IDENTIFIED,
        Rule::SelfBillingIssuer => &parties::SELF_BILLING_ISSUER,
        Rule::SellerIsBuyer => &parties::SELLER_IS_BUYER,
        Rule::SupplyPrefixMissing => &parties::SUPPLY_PREFIX_MISSING,
        Rule::SupplyBuyerNumber => &parties::SUPPLY_BUYER_NUMBER,
        Rule::ReverseChargeAbroad => &parties::REVERSE_CHARGE_ABROAD,
        Rule::SaleDateTwice => &dates::SALE_DATE_TWICE,
        Rule::PeriodReversed => &dates::PERIOD_REVERSED,
        Rule::TermBeforeIssue => &payment::TERM_BEFORE_ISSUE,
        Rule::PaidWithLaterTerm => &payment::PAID_WITH_LATER_TERM,
        Rule::PartialPaymentsExceed => &payment::PARTIAL_PAYMENTS_EXCEED,
        Rule::AccountChecksum => &payment::ACCOUNT_CHECKSUM,
        Rule::SplitPaymentMissing => &payment::SPLIT_PAYMENT_MISSING,
        Rule::SplitPaymentPossible => &payment::SPLIT_PAYMENT_POSSIBLE,
        Rule::VatInPlnMissing => &currency::VAT_IN_PLN_MISSING,
        Rule::ExchangeRateMissing => &currency::EXCHANGE_RATE_MISSING,
        Rule::VatInPlnUnexpected => &currency::VAT_IN_PLN_UNEXPECTED,
        Rule::ContractCurrencyPln => &currency::CONTRACT_CURRENCY_PLN,
        Rule::CorrectionDataMissing => &kinds::CORRECTION_DATA_MISSING,
        Rule::CorrectionDataUnexpected => &kinds::CORRECTION_DATA_UNEXPECTED,
        Rule::AdvanceOrderMissing => &kinds::ADVANCE_ORDER_MISSING,
        Rule::SettlementAdvanceMissing => &kinds::SETTLEMENT_ADVANCE_MISSING,
        Rule::KsefNumberChecksum => &kinds::KSEF_NUMBER_CHECKSUM,
        Rule::SettlementRemainder => &kinds::SETTLEMENT_REMAINDER,
        Rule::ReverseChargeUnmarked => &annotations::REVERSE_CHARGE_UNMARKED,
        Rule::ReverseChargeUnused => &annotations::REVERSE_CHARGE_UNUSED,
        Rule::ReverseChargeLines => &annotations::REVERSE_CHARGE_LINES,
        Rule::ExemptBasisMissing => &annotations::EXEMPT_BASIS_MISSING,
        Rule::ExemptBasisUnused => &annotations::EXEMPT_BASIS_UNUSED,
        Rule::ExemptLines => &annotations::EXEMPT_LINES,
        Rule::LineNet => &amounts::LINE_NET,
        Rule::LineGross => &amounts::LINE_GROSS,
        Rule::LineVat => &amounts::LINE_VAT,
        Rule::LineNumberRepeated => &amounts::LINE_NUMBER_REPEATED,
        Rule::LineNumberGap => &amounts::LINE_NUMBER_GAP,
        Rule::QuantityNegative => &amounts::QUANTITY_NEGATIVE,
        Rule::QuantityZero => &amounts::QUANTITY_ZERO,
        Rule::NetSum => &amounts::NET_SUM,
        Rule::VatSum => &amounts::VAT_SUM,
        Rule::TotalDue => &amounts::TOTAL_DUE,
        Rule::NumberPattern => &history::NUMBER_PATTERN,
        Rule::NumberGap => &history::NUMBER_GAP,
        Rule::DateBeforePrevious => &history::DATE_BEFORE_PREVIOUS,
        Rule::AccountChanged => &history::ACCOUNT_CHANGED,
        Rule::SellerUnknown => &history::SELLER_UNKNOWN,
        Rule::AmountUnusual => &history::AMOUNT_UNUSUAL,
        Rule::ContentRepeated => &history::CONTENT_REPEATED,
    }
}

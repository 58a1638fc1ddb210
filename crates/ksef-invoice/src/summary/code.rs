//! Codes of the forms in words.

use crate::finding::Language;

/// A text in Polish and English.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// In Polish.
    pub polish: String,
    /// In English.
    pub english: String,
}

impl Label {
    /// A text in both languages.
    #[must_use]
    pub fn new(polish: impl Into<String>, english: impl Into<String>) -> Self {
        Self {
            polish: polish.into(),
            english: english.into(),
        }
    }

    /// A text of the document, the same in every language.
    #[must_use]
    pub fn of_document(text: &str) -> Self {
        Self::new(text, text)
    }

    /// The text.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Polish => &self.polish,
            Language::English => &self.english,
        }
    }
}

/// A code in words: `(code, Polish, English)`.
type Table = [(&'static str, &'static str, &'static str)];

/// The words of `code`, or the code itself where the table lacks it.
fn lookup(table: &Table, code: &str) -> Label {
    table
        .iter()
        .find(|(known, _, _)| *known == code)
        .map_or_else(
            || Label::of_document(code),
            |(_, polish, english)| Label::new(*polish, *english),
        )
}

/// `RodzajFaktury`.
pub(super) fn kind(code: &str) -> Label {
    lookup(&KINDS, code)
}

/// `FormaPlatnosci`.
pub(super) fn means_of_payment(code: &str) -> Label {
    lookup(&MEANS_OF_PAYMENT, code)
}

/// `Rola` of a third party.
pub(super) fn role(code: &str) -> Label {
    lookup(&ROLES, code)
}

/// `RolaPU` of the authorised party.
pub(super) fn authorised_role(code: &str) -> Label {
    lookup(&AUTHORISED_ROLES, code)
}

/// `TypKorekty`.
pub(super) fn correction_effect(code: &str) -> Label {
    lookup(&CORRECTION_EFFECTS, code)
}

/// Payment means codes of UNCL 4461 that occur on Polish invoices.
pub(super) fn ubl_means_of_payment(code: &str) -> Label {
    lookup(&UBL_MEANS_OF_PAYMENT, code)
}

/// Categories of UNCL 5305.
pub(super) fn ubl_tax_category(code: &str) -> Label {
    lookup(&UBL_TAX_CATEGORIES, code)
}

const KINDS: [(&str, &str, &str); 9] = [
    ("VAT", "Faktura", "Invoice"),
    ("KOR", "Faktura korygująca", "Correction invoice"),
    ("ZAL", "Faktura zaliczkowa", "Advance invoice"),
    ("ROZ", "Faktura rozliczeniowa", "Settlement invoice"),
    ("UPR", "Faktura uproszczona", "Simplified invoice"),
    (
        "KOR_ZAL",
        "Korekta faktury zaliczkowej",
        "Correction of an advance invoice",
    ),
    (
        "KOR_ROZ",
        "Korekta faktury rozliczeniowej",
        "Correction of a settlement invoice",
    ),
    ("VAT_RR", "Faktura VAT RR", "Flat-rate farmer's invoice"),
    (
        "KOR_VAT_RR",
        "Korekta faktury VAT RR",
        "Correction of a flat-rate farmer's invoice",
    ),
];

const MEANS_OF_PAYMENT: [(&str, &str, &str); 7] = [
    ("1", "gotówka", "cash"),
    ("2", "karta", "card"),
    ("3", "bon", "voucher"),
    ("4", "czek", "cheque"),
    ("5", "kredyt", "credit"),
    ("6", "przelew", "bank transfer"),
    ("7", "płatność mobilna", "mobile payment"),
];

const ROLES: [(&str, &str, &str); 11] = [
    ("1", "faktor", "factor"),
    ("2", "odbiorca", "recipient"),
    ("3", "podmiot pierwotny", "original entity"),
    ("4", "dodatkowy nabywca", "additional buyer"),
    ("5", "wystawca faktury", "issuer"),
    ("6", "dokonujący płatności", "payer"),
    (
        "7",
        "jednostka samorządu – wystawca",
        "local government unit, issuer",
    ),
    (
        "8",
        "jednostka samorządu – odbiorca",
        "local government unit, recipient",
    ),
    (
        "9",
        "członek grupy VAT – wystawca",
        "VAT group member, issuer",
    ),
    (
        "10",
        "członek grupy VAT – odbiorca",
        "VAT group member, recipient",
    ),
    ("11", "pracownik", "employee"),
];

const AUTHORISED_ROLES: [(&str, &str, &str); 3] = [
    ("1", "organ egzekucyjny", "enforcement authority"),
    ("2", "komornik sądowy", "court bailiff"),
    ("3", "przedstawiciel podatkowy", "tax representative"),
];

const CORRECTION_EFFECTS: [(&str, &str, &str); 4] = [
    (
        "1",
        "w dacie ujęcia faktury pierwotnej",
        "on the date the original was entered",
    ),
    (
        "2",
        "w dacie wystawienia korekty",
        "on the date of this correction",
    ),
    (
        "3",
        "w dacie innej lub w różnych datach",
        "on another date, or on several",
    ),
    (
        "4",
        "w dacie zwrotu należności",
        "on the date the money was returned",
    ),
];

const UBL_MEANS_OF_PAYMENT: [(&str, &str, &str); 8] = [
    ("1", "nieokreślony", "not defined"),
    ("10", "gotówka", "cash"),
    ("20", "czek", "cheque"),
    ("30", "przelew", "credit transfer"),
    ("48", "karta", "card"),
    ("49", "polecenie zapłaty", "direct debit"),
    ("58", "przelew SEPA", "SEPA credit transfer"),
    ("97", "kompensata", "clearing between partners"),
];

const UBL_TAX_CATEGORIES: [(&str, &str, &str); 8] = [
    ("S", "stawka", "rate"),
    ("Z", "stawka zerowa", "zero rated"),
    ("E", "zwolnione z podatku", "exempt"),
    ("AE", "odwrotne obciążenie", "reverse charge"),
    ("K", "dostawa wewnątrzwspólnotowa", "intra-Community supply"),
    ("G", "eksport", "export"),
    ("O", "nie podlega opodatkowaniu", "not subject to tax"),
    ("AA", "stawka obniżona", "lower rate"),
];

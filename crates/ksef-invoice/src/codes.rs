//! Codes of the forms in words, for people who read invoices.

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

/// The codes of a field in words.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Code, Polish, English.
    rows: &'static [(&'static str, &'static str, &'static str)],
}

impl CodeList {
    const fn new(rows: &'static [(&'static str, &'static str, &'static str)]) -> Self {
        Self { rows }
    }

    /// The words of a code; `None` where the list lacks it. Zeros before a number do not matter: `02` is `2` where the
    /// schema has an integer.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<Label> {
        let row = |wanted: &str| self.rows.iter().find(|(known, _, _)| *known == wanted);
        let (_, polish, english) = row(code).or_else(|| row(code.trim_start_matches('0')))?;
        Some(Label::new(*polish, *english))
    }

    /// The words of a code, or the code itself where the list lacks it.
    #[must_use]
    pub fn label(&self, code: &str) -> Label {
        self.find(code).unwrap_or_else(|| Label::of_document(code))
    }
}

/// The fields of FA that say what one rate of tax comes to.
#[derive(Debug, PartialEq, Eq)]
pub struct TaxGroup {
    /// The net amount: `P_13_1`.
    pub net: &'static str,
    /// The tax: `P_14_1`; with a `W` after it the tax in PLN. `None` where the rate has none.
    pub tax: Option<&'static str>,
    polish: &'static str,
    english: &'static str,
}

impl TaxGroup {
    const fn new(
        net: &'static str,
        tax: Option<&'static str>,
        polish: &'static str,
        english: &'static str,
    ) -> Self {
        Self {
            net,
            tax,
            polish,
            english,
        }
    }

    /// The rate in words.
    #[must_use]
    pub fn label(&self) -> Label {
        Label::new(self.polish, self.english)
    }
}

/// The rates of FA in the order of the form.
pub static TAX_GROUPS: [TaxGroup; 13] = [
    TaxGroup::new(
        "P_13_1",
        Some("P_14_1"),
        "stawka podstawowa (23% lub 22%)",
        "standard rate (23% or 22%)",
    ),
    TaxGroup::new(
        "P_13_2",
        Some("P_14_2"),
        "stawka obniżona (8% lub 7%)",
        "reduced rate (8% or 7%)",
    ),
    TaxGroup::new(
        "P_13_3",
        Some("P_14_3"),
        "stawka obniżona 5%",
        "reduced rate 5%",
    ),
    TaxGroup::new(
        "P_13_4",
        Some("P_14_4"),
        "ryczałt dla taksówek",
        "taxi flat rate",
    ),
    TaxGroup::new(
        "P_13_5",
        Some("P_14_5"),
        "procedura szczególna OSS",
        "special procedure OSS",
    ),
    TaxGroup::new("P_13_6_1", None, "0% w kraju", "0% domestic"),
    TaxGroup::new(
        "P_13_6_2",
        None,
        "0% – dostawa wewnątrzwspólnotowa",
        "0% intra-Community supply",
    ),
    TaxGroup::new("P_13_6_3", None, "0% – eksport", "0% export"),
    TaxGroup::new("P_13_7", None, "zwolnione z podatku", "exempt"),
    TaxGroup::new(
        "P_13_8",
        None,
        "niepodlegające poza krajem",
        "outside Poland",
    ),
    TaxGroup::new(
        "P_13_9",
        None,
        "usługi z art. 100 ust. 1 pkt 4",
        "services of art. 100(1)(4)",
    ),
    TaxGroup::new("P_13_10", None, "odwrotne obciążenie", "reverse charge"),
    TaxGroup::new("P_13_11", None, "procedura marży", "margin scheme"),
];

/// `RodzajFaktury`, as a title.
pub static KIND: CodeList = CodeList::new(&[
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
]);

/// `FormaPlatnosci` of FA.
pub static PAYMENT: CodeList = CodeList::new(&[
    ("1", "gotówka", "cash"),
    ("2", "karta", "card"),
    ("3", "bon", "voucher"),
    ("4", "czek", "cheque"),
    ("5", "kredyt", "credit"),
    ("6", "przelew", "bank transfer"),
    ("7", "płatność mobilna", "mobile payment"),
]);

/// `FormaPlatnosci` of `FA_RR`.
pub static PAYMENT_RR: CodeList = CodeList::new(&[("1", "przelew", "bank transfer")]);

/// `ZnacznikZaplatyCzesciowej`.
pub static PAID_EXTENT: CodeList = CodeList::new(&[
    ("1", "zapłacono w części", "paid in part"),
    (
        "2",
        "zapłacono w częściach, w całości",
        "paid in parts, in full",
    ),
]);

/// `TypKorekty`.
pub static CORRECTION_EFFECT: CodeList = CodeList::new(&[
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
]);

/// `StatusInfoPodatnika`.
pub static TAXPAYER_STATUS: CodeList = CodeList::new(&[
    ("1", "w likwidacji", "in liquidation"),
    ("2", "w restrukturyzacji", "in restructuring"),
    ("3", "w upadłości", "in bankruptcy"),
    ("4", "przedsiębiorstwo w spadku", "business in inheritance"),
]);

/// `Rola` of a third party.
pub static ROLE: CodeList = CodeList::new(&[
    ("1", "faktor", "factor"),
    ("2", "odbiorca", "recipient"),
    ("3", "podmiot pierwotny", "original entity"),
    ("4", "dodatkowy nabywca", "additional buyer"),
    ("5", "wystawca faktury", "issuer"),
    ("6", "dokonujący płatności", "payer"),
    (
        "7",
        "jednostka samorządu terytorialnego – wystawca",
        "local government unit, issuer",
    ),
    (
        "8",
        "jednostka samorządu terytorialnego – odbiorca",
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
]);

/// `RolaPU` of the authorised party.
pub static ROLE_AUTHORISED: CodeList = CodeList::new(&[
    ("1", "organ egzekucyjny", "enforcement authority"),
    ("2", "komornik sądowy", "court bailiff"),
    ("3", "przedstawiciel podatkowy", "tax representative"),
]);

/// `RachunekWlasnyBanku`.
pub static BANK_OWN_ACCOUNT: CodeList = CodeList::new(&[
    (
        "1",
        "rachunek banku do rozliczania nabywanych wierzytelności",
        "bank's account for settling purchased receivables",
    ),
    (
        "2",
        "rachunek banku do przyjmowania zapłaty za dostawcę",
        "bank's account for collecting payments for the supplier",
    ),
    (
        "3",
        "rachunek banku w gospodarce własnej",
        "bank's account for its own business",
    ),
]);

/// `RodzajTransportu`.
pub static TRANSPORT: CodeList = CodeList::new(&[
    ("1", "morski", "by sea"),
    ("2", "kolejowy", "by rail"),
    ("3", "drogowy", "by road"),
    ("4", "lotniczy", "by air"),
    ("5", "przesyłka pocztowa", "by post"),
    ("7", "stałe instalacje przesyłowe", "fixed installations"),
    ("8", "żegluga śródlądowa", "inland waterways"),
]);

/// `OpisLadunku`.
pub static LOAD: CodeList = CodeList::new(&[
    ("1", "bańka", "can"),
    ("2", "beczka", "barrel"),
    ("3", "butla", "cylinder"),
    ("4", "karton", "carton"),
    ("5", "kanister", "canister"),
    ("6", "klatka", "cage"),
    ("7", "kontener", "container"),
    ("8", "kosz", "basket"),
    ("9", "łubianka", "punnet"),
    ("10", "opakowanie zbiorcze", "collective package"),
    ("11", "paczka", "parcel"),
    ("12", "pakiet", "packet"),
    ("13", "paleta", "pallet"),
    ("14", "pojemnik", "receptacle"),
    (
        "15",
        "pojemnik na ładunki sypkie",
        "container for solid bulk",
    ),
    (
        "16",
        "pojemnik na ładunki płynne",
        "container for liquid bulk",
    ),
    ("17", "pudełko", "box"),
    ("18", "puszka", "tin"),
    ("19", "skrzynia", "crate"),
    ("20", "worek", "sack"),
]);

/// `P_12` of FA.
pub static RATE: CodeList = CodeList::new(&[
    ("23", "23%", "23%"),
    ("22", "22%", "22%"),
    ("8", "8%", "8%"),
    ("7", "7%", "7%"),
    ("5", "5%", "5%"),
    ("4", "4%", "4%"),
    ("3", "3%", "3%"),
    ("0 KR", "0% kraj", "0% domestic"),
    ("0 WDT", "0% WDT", "0% intra-EU"),
    ("0 EX", "0% eksport", "0% export"),
    ("zw", "zw. (zwolnione)", "exempt (zw)"),
    ("oo", "oo (odwrotne obciążenie)", "reverse charge (oo)"),
    ("np I", "np. I (poza krajem)", "np I (outside Poland)"),
    (
        "np II",
        "np. II (art. 100 ust. 1 pkt 4)",
        "np II (art. 100(1)(4))",
    ),
    ("np", "np.", "not subject"),
]);

/// `GTU`: what the groups of goods and services hold.
pub static GTU: CodeList = CodeList::new(&[
    ("GTU_01", "napoje alkoholowe", "alcoholic beverages"),
    ("GTU_02", "paliwa", "fuels"),
    (
        "GTU_03",
        "oleje opałowe i smarowe",
        "heating and lubricating oils",
    ),
    ("GTU_04", "wyroby tytoniowe", "tobacco products"),
    ("GTU_05", "odpady", "waste"),
    (
        "GTU_06",
        "urządzenia elektroniczne i ich części",
        "electronic devices and their parts",
    ),
    ("GTU_07", "pojazdy i ich części", "vehicles and their parts"),
    (
        "GTU_08",
        "metale szlachetne i nieszlachetne",
        "precious and base metals",
    ),
    (
        "GTU_09",
        "leki i wyroby medyczne",
        "medicines and medical devices",
    ),
    (
        "GTU_10",
        "budynki, budowle i grunty",
        "buildings, structures and land",
    ),
    (
        "GTU_11",
        "uprawnienia do emisji gazów",
        "greenhouse gas allowances",
    ),
    ("GTU_12", "usługi niematerialne", "intangible services"),
    (
        "GTU_13",
        "transport i magazynowanie",
        "transport and storage",
    ),
]);

/// `Procedura`.
pub static PROCEDURE: CodeList = CodeList::new(&[
    (
        "WSTO_EE",
        "sprzedaż na odległość i usługi elektroniczne w UE",
        "distance sales and electronic services in the EU",
    ),
    (
        "IED",
        "dostawa przez interfejs elektroniczny",
        "supply through an electronic interface",
    ),
    (
        "TT_D",
        "transakcja trójstronna, drugi podatnik",
        "triangulation, second taxpayer",
    ),
    (
        "I_42",
        "dostawa po imporcie, procedura 42",
        "supply after import, procedure 42",
    ),
    (
        "I_63",
        "dostawa po imporcie, procedura 63",
        "supply after import, procedure 63",
    ),
    (
        "B_SPV",
        "transfer bonu jednego przeznaczenia",
        "transfer of a single-purpose voucher",
    ),
    (
        "B_SPV_DOSTAWA",
        "dostawa na bon jednego przeznaczenia",
        "supply against a single-purpose voucher",
    ),
    (
        "B_MPV_PROWIZJA",
        "pośrednictwo w transferze bonu różnego przeznaczenia",
        "commission on a multi-purpose voucher",
    ),
]);

/// `TrybWysylki` of a UPO.
pub static UPO_MODE: CodeList = CodeList::new(&[
    ("Online", "Online", "Online"),
    ("Offline", "Offline", "Offline"),
]);

/// Means of payment of UNCL 4461 that occur on Polish invoices.
pub static UBL_PAYMENT: CodeList = CodeList::new(&[
    ("1", "nieokreślony", "not defined"),
    ("10", "gotówka", "cash"),
    ("20", "czek", "cheque"),
    ("30", "przelew", "credit transfer"),
    ("42", "wpłata na rachunek", "payment to bank account"),
    ("48", "karta", "card"),
    ("49", "polecenie zapłaty", "direct debit"),
    ("54", "karta kredytowa", "credit card"),
    ("55", "karta debetowa", "debit card"),
    ("57", "zlecenie stałe", "standing agreement"),
    ("58", "przelew SEPA", "SEPA credit transfer"),
    ("59", "polecenie zapłaty SEPA", "SEPA direct debit"),
    ("97", "kompensata", "clearing between partners"),
]);

/// Categories of tax of UNCL 5305.
pub static UBL_TAX: CodeList = CodeList::new(&[
    ("S", "stawka", "rate"),
    ("Z", "stawka zerowa", "zero rated"),
    ("E", "zwolnione z podatku", "exempt"),
    ("AE", "odwrotne obciążenie", "reverse charge"),
    ("K", "dostawa wewnątrzwspólnotowa", "intra-Community supply"),
    ("G", "eksport", "export"),
    ("O", "nie podlega opodatkowaniu", "not subject to tax"),
    ("AA", "stawka obniżona", "lower rate"),
]);

/// Kinds of document of UNCL 1001.
pub static UBL_KIND: CodeList = CodeList::new(&[
    ("380", "faktura", "commercial invoice"),
    ("381", "korekta", "credit note"),
    ("383", "nota obciążeniowa", "debit note"),
    ("386", "faktura zaliczkowa", "prepayment invoice"),
    ("389", "samofakturowanie", "self-billed invoice"),
    ("393", "faktura factoringowa", "factored invoice"),
    ("384", "faktura skorygowana", "corrected invoice"),
]);

//! Codes in words, where [`ksef_invoice::summary`] has none.

use ksef_invoice::finding::Language;

/// A list of codes: code, Polish, English.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Codes {
    rows: &'static [(&'static str, &'static str, &'static str)],
    /// Whether the code itself stands before its words.
    is_named: bool,
}

impl Codes {
    const fn hidden(rows: &'static [(&'static str, &'static str, &'static str)]) -> Self {
        Self {
            rows,
            is_named: false,
        }
    }

    const fn named(rows: &'static [(&'static str, &'static str, &'static str)]) -> Self {
        Self {
            rows,
            is_named: true,
        }
    }

    /// The words; a code that the list lacks stays as it is.
    pub(super) fn words(&self, code: &str, language: Language) -> String {
        // `02` is `2` where the schema has an integer.
        let bare = code.trim_start_matches('0');
        let found = self
            .rows
            .iter()
            .find(|(known, _, _)| *known == code)
            .or_else(|| self.rows.iter().find(|(known, _, _)| *known == bare));
        let Some((_, polish, english)) = found else {
            return code.to_owned();
        };
        let words = match language {
            Language::Polish => polish,
            Language::English => english,
        };
        if self.is_named {
            format!("{code} – {words}")
        } else {
            (*words).to_owned()
        }
    }
}

/// `FormaPlatnosci` of FA.
pub(super) static PAYMENT: Codes = Codes::hidden(&[
    ("1", "gotówka", "cash"),
    ("2", "karta", "card"),
    ("3", "bon", "voucher"),
    ("4", "czek", "cheque"),
    ("5", "kredyt", "credit"),
    ("6", "przelew", "bank transfer"),
    ("7", "płatność mobilna", "mobile payment"),
]);

/// `FormaPlatnosci` of `FA_RR`.
pub(super) static PAYMENT_RR: Codes = Codes::hidden(&[("1", "przelew", "bank transfer")]);

/// `ZnacznikZaplatyCzesciowej`.
pub(super) static PAID_EXTENT: Codes = Codes::hidden(&[
    ("1", "zapłacono w części", "paid in part"),
    (
        "2",
        "zapłacono w częściach, w całości",
        "paid in parts, in full",
    ),
]);

/// `TypKorekty`.
pub(super) static EFFECT: Codes = Codes::hidden(&[
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
pub(super) static STATUS: Codes = Codes::hidden(&[
    ("1", "w likwidacji", "in liquidation"),
    ("2", "w restrukturyzacji", "in restructuring"),
    ("3", "w upadłości", "in bankruptcy"),
    ("4", "przedsiębiorstwo w spadku", "business in inheritance"),
]);

/// `Rola` of a third party.
pub(super) static ROLE: Codes = Codes::hidden(&[
    ("1", "Faktor", "Factor"),
    ("2", "Odbiorca", "Recipient"),
    ("3", "Podmiot pierwotny", "Original entity"),
    ("4", "Dodatkowy nabywca", "Additional buyer"),
    ("5", "Wystawca faktury", "Issuer"),
    ("6", "Dokonujący płatności", "Payer"),
    (
        "7",
        "Jednostka samorządu terytorialnego – wystawca",
        "Local government unit, issuer",
    ),
    (
        "8",
        "Jednostka samorządu terytorialnego – odbiorca",
        "Local government unit, recipient",
    ),
    (
        "9",
        "Członek grupy VAT – wystawca",
        "VAT group member, issuer",
    ),
    (
        "10",
        "Członek grupy VAT – odbiorca",
        "VAT group member, recipient",
    ),
    ("11", "Pracownik", "Employee"),
]);

/// `RolaPU` of the authorised party.
pub(super) static ROLE_AUTHORISED: Codes = Codes::hidden(&[
    ("1", "Organ egzekucyjny", "Enforcement authority"),
    ("2", "Komornik sądowy", "Court bailiff"),
    ("3", "Przedstawiciel podatkowy", "Tax representative"),
]);

/// `RachunekWlasnyBanku`.
pub(super) static BANK_OWN: Codes = Codes::hidden(&[
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
pub(super) static TRANSPORT: Codes = Codes::hidden(&[
    ("1", "morski", "by sea"),
    ("2", "kolejowy", "by rail"),
    ("3", "drogowy", "by road"),
    ("4", "lotniczy", "by air"),
    ("5", "przesyłka pocztowa", "by post"),
    ("7", "stałe instalacje przesyłowe", "fixed installations"),
    ("8", "żegluga śródlądowa", "inland waterways"),
]);

/// `OpisLadunku`.
pub(super) static LOAD: Codes = Codes::hidden(&[
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
pub(super) static RATE: Codes = Codes::hidden(&[
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
pub(super) static GTU: Codes = Codes::named(&[
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
pub(super) static PROCEDURE: Codes = Codes::named(&[
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

/// Means of payment of UNCL 4461 that occur on Polish invoices.
pub(super) static UBL_PAYMENT: Codes = Codes::hidden(&[
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
pub(super) static UBL_TAX: Codes = Codes::named(&[
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
pub(super) static UBL_KIND: Codes = Codes::named(&[
    ("380", "faktura", "commercial invoice"),
    ("381", "korekta", "credit note"),
    ("383", "nota obciążeniowa", "debit note"),
    ("386", "faktura zaliczkowa", "prepayment invoice"),
    ("389", "samofakturowanie", "self-billed invoice"),
    ("393", "faktura factoringowa", "factored invoice"),
    ("384", "faktura skorygowana", "corrected invoice"),
]);

/// `TrybWysylki` of a UPO.
pub(super) static MODE: Codes = Codes::hidden(&[
    ("Online", "Online", "Online"),
    ("Offline", "Offline", "Offline"),
]);

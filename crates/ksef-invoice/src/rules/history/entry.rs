//! What the history keeps of an invoice.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::metadata::collapse;
use crate::rules::invoice::day;
use crate::rules::line::decimal;
use crate::rules::payment::account_of;
use crate::tree::{Element, Tree};

/// An earlier invoice: of a document, or of what a journal knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    seller: String,
    kind: String,
    number: String,
    pub(super) issued: Option<Date>,
    ksef_number: Option<String>,
    pub(super) source: Option<String>,
    pub(super) currency: Option<String>,
    pub(super) total: Option<Decimal>,
    /// Bank accounts, without white space.
    pub(super) accounts: Vec<String>,
    /// KSeF numbers, or own numbers, of the invoices it corrects.
    pub(super) corrected: Vec<String>,
    /// A digest of what was sold to whom, when, and for how much.
    pub(super) content: Option<u64>,
}

impl Entry {
    /// An invoice by what makes it the same to KSeF: the seller's NIP, the kind
    /// (`RodzajFaktury`), and the number.
    #[must_use]
    pub fn new(seller: &str, kind: &str, number: &str) -> Self {
        Self {
            seller: seller.to_owned(),
            kind: kind.to_owned(),
            number: collapse(number).into_owned(),
            issued: None,
            ksef_number: None,
            source: None,
            currency: None,
            total: None,
            accounts: Vec::new(),
            corrected: Vec::new(),
            content: None,
        }
    }

    /// What a document says; `None` when it has no seller, kind or number to know it by.
    #[must_use]
    pub fn of(tree: &Tree<'_>) -> Option<Self> {
        let root = tree.root();
        match root.name() {
            "Faktura" => Self::of_form(root),
            _ => Self::of_universal(root),
        }
    }

    /// FA(2), FA(3) and FA_RR.
    fn of_form(root: Element<'_>) -> Option<Self> {
        let farmer = root.child("FakturaRR");
        let body = root.child("Fa").or(farmer)?;
        let [number, issued, total] = if farmer.is_some() {
            ["P_4C", "P_4B", "P_12_1"]
        } else {
            ["P_2", "P_1", "P_15"]
        };
        // On an FA_RR the buyer issues; the number is that of the document all the same.
        let seller = root.value_at(&["Podmiot1", "DaneIdentyfikacyjne", "NIP"])?;
        let mut entry = Self::new(
            seller,
            body.value_at(&["RodzajFaktury"])?,
            body.value_at(&[number])?,
        );
        entry.issued = body.value_at(&[issued]).and_then(day);
        entry.currency = body.value_at(&["KodWaluty"]).map(str::to_owned);
        entry.total = body.value_at(&[total]).and_then(decimal);
        entry.accounts = accounts(body);
        let corrected = body.children_named("DaneFaKorygowanej");
        for data in corrected.take(CORRECTED_MAX) {
            let names = ["NrKSeFFaKorygowanej", "NrFaKorygowanej"];
            let found = names.iter().filter_map(|name| data.value_at(&[name]));
            entry.corrected.extend(found.map(str::to_owned));
        }
        entry.content = Some(content(root, body, issued, total));
        Some(entry)
    }

    /// PEF and PEF_KOR.
    fn of_universal(root: Element<'_>) -> Option<Self> {
        let seller = root
            .at(&["AccountingSupplierParty", "Party"])?
            .children_named("PartyTaxScheme")
            .find_map(|scheme| scheme.value_at(&["CompanyID"]))?;
        let seller = seller.strip_prefix("PL").unwrap_or(seller);
        let kind = root
            .value_at(&["InvoiceTypeCode"])
            .or_else(|| root.value_at(&["CreditNoteTypeCode"]))
            .unwrap_or(root.name());
        let mut entry = Self::new(seller, kind, root.value_at(&["ID"])?);
        entry.issued = root.value_at(&["IssueDate"]).and_then(day);
        entry.currency = root.value_at(&["DocumentCurrencyCode"]).map(str::to_owned);
        entry.total = root
            .value_at(&["LegalMonetaryTotal", "TaxInclusiveAmount"])
            .and_then(decimal);
        Some(entry)
    }

    /// With the number KSeF gave it.
    #[must_use]
    pub fn with_ksef_number(mut self, number: &str) -> Self {
        self.ksef_number = Some(number.to_owned());
        self
    }

    /// With its issue date.
    #[must_use]
    pub fn with_issue_date(mut self, date: Date) -> Self {
        self.issued = Some(date);
        self
    }

    /// With where it was found, as a message should name it: a file, a folder's entry.
    #[must_use]
    pub fn from_source(mut self, source: &str) -> Self {
        self.source = Some(source.to_owned());
        self
    }

    /// The seller's NIP.
    #[must_use]
    pub fn seller(&self) -> &str {
        &self.seller
    }

    /// The kind, as on the invoice.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The number, white space collapsed.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The number KSeF gave it, where it is known.
    #[must_use]
    pub fn ksef_number(&self) -> Option<&str> {
        self.ksef_number.as_deref()
    }

    /// How a message names it.
    pub(in crate::rules) fn name(&self) -> &str {
        self.source
            .as_deref()
            .or(self.ksef_number.as_deref())
            .unwrap_or(&self.number)
    }

    pub(super) fn key(&self) -> (String, String, String) {
        (self.seller.clone(), self.kind.clone(), self.number.clone())
    }

    /// Both come from one source, or have one KSeF number.
    pub(super) fn is_same_document(&self, other: &Self) -> bool {
        let same = |one: &Option<String>, two: &Option<String>| one.is_some() && one == two;
        same(&self.source, &other.source) || same(&self.ksef_number, &other.ksef_number)
    }

    /// The number and the KSeF number.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        [Some(self.number.as_str()), self.ksef_number.as_deref()]
            .into_iter()
            .flatten()
    }
}

/// The accounts to pay to, each once.
fn accounts(body: Element<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for payment in body.children_named("Platnosc") {
        for holder in payment.children() {
            // RachunekBankowy and RachunekBankowyFaktora; RachunekBankowy1 is the farmer's.
            let is_account = holder.name().starts_with("RachunekBankowy");
            if let Some(number) = holder.value_at(&["NrRB"]).filter(|_| is_account) {
                let account = account_of(number);
                if !found.contains(&account) {
                    found.push(account);
                }
            }
        }
    }
    found
}

/// A digest of buyer, amount, day of sale and lines, without the number.
fn content(root: Element<'_>, body: Element<'_>, issued: &str, total: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut add = |text: Option<&str>| text.unwrap_or_default().hash(&mut hasher);
    add(root.value_at(&["Podmiot1", "DaneIdentyfikacyjne", "NIP"]));
    for name in ["NIP", "NrVatUE", "NrID"] {
        add(root.value_at(&["Podmiot2", "DaneIdentyfikacyjne", name]));
    }
    add(body.value_at(&["RodzajFaktury"]));
    add(body.value_at(&["KodWaluty"]));
    let total = body.value_at(&[total]).and_then(decimal);
    add(total.map(|total| total.normalize().to_string()).as_deref());
    // A subscription has the same lines every month: the day of sale tells them apart.
    let period = body.value_at(&["OkresFa", "P_6_Od"]);
    let sold = period.or_else(|| body.value_at(&["P_6"]));
    add(sold.or_else(|| body.value_at(&[issued])));
    for line in body.children() {
        if matches!(line.name(), "FaWiersz" | "FakturaRRWiersz") {
            for value in line.children().filter(|value| value.name() != "UU_ID") {
                add(Some(value.name()));
                add(Some(value.value()));
            }
        }
    }
    hasher.finish()
}

/// How many corrected invoices are kept: collective corrections are not those of advances.
const CORRECTED_MAX: usize = 100;

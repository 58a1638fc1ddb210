//! How and when the invoice is paid.

use super::section::{choice, section};
use super::value::code::{BankOwnAccount, PaidExtent, PaymentForm};
use super::value::date::PaymentDate;
use super::value::identifier::{AccountNumber, PaymentId, PaymentLink, Swift};
use super::value::number::{Amount, UnitCount};
use super::value::{List, NonEmpty, Text};

section! {
    /// Terms of payment.
    ///
    /// Source: `Platnosc`.
    #[derive(Default)]
    pub struct Payment {
        /// What is paid already.
        pub paid: Option<Paid> = ..,
        /// Due dates, up to 100.
        pub due: List<Due, 100> = "TerminPlatnosci",
        /// Form of payment.
        pub method: Option<Method> = ..,
        /// Accounts to pay to, up to 100.
        pub accounts: List<BankAccount, 100> = "RachunekBankowy",
        /// Accounts of the factor, up to 20.
        pub factor_accounts: List<BankAccount, 20> = "RachunekBankowyFaktora",
        /// Discount for early payment.
        pub early_discount: Option<EarlyDiscount> = "Skonto",
        /// A link that pays.
        pub link: Option<PaymentLink> = "LinkDoPlatnosci",
        /// The payment's identifier in KSeF.
        pub id: Option<PaymentId> = "IPKSeF",
    }
}

choice! {
    /// What is paid when the invoice is issued.
    pub enum Paid {
        /// All, on one day.
        Full(PaymentDate) = "DataZaplaty" after "Zaplacono",
        /// A part, or all in parts.
        Partial(PartialPayments) = ..,
    }
}

section! {
    /// Payments in parts.
    pub struct PartialPayments {
        /// Do the parts pay all of it?
        pub extent: PaidExtent = "ZnacznikZaplatyCzesciowej",
        /// The parts, up to 100.
        pub payments: NonEmpty<PartialPayment, 100> = "ZaplataCzesciowa",
    }
}

section! {
    /// A payment of a part.
    ///
    /// Source: `ZaplataCzesciowa`.
    pub struct PartialPayment {
        /// The amount.
        pub amount: Amount = "KwotaZaplatyCzesciowej",
        /// The day.
        pub date: PaymentDate = "DataZaplatyCzesciowej",
        /// Form of payment.
        pub method: Option<Method> = ..,
    }
}

choice! {
    /// A form of payment.
    pub enum Method {
        /// One of the known forms.
        Known(PaymentForm) = "FormaPlatnosci",
        /// Another form, described.
        Other(Text<256>) = "OpisPlatnosci" after "PlatnoscInna",
    }
}

section! {
    /// When payment is due: a day, a description, or both.
    ///
    /// Source: `TerminPlatnosci`.
    #[derive(Default)]
    pub struct Due {
        /// The day.
        pub date: Option<PaymentDate> = "Termin",
        /// The time after an event.
        pub after: Option<DueAfter> = "TerminOpis",
    }
}

section! {
    /// A time after an event: 14 days after delivery.
    ///
    /// Source: `TerminOpis`.
    pub struct DueAfter {
        /// How many units.
        pub count: UnitCount = "Ilosc",
        /// Unit of time.
        pub unit: Text<50> = "Jednostka",
        /// The event.
        pub event: Text<256> = "ZdarzeniePoczatkowe",
    }
}

section! {
    /// A bank account.
    ///
    /// Source: `TRachunekBankowy`.
    pub struct BankAccount {
        /// Its number.
        pub number: AccountNumber = "NrRB",
        /// SWIFT code.
        pub swift: Option<Swift> = "SWIFT",
        /// What it is for, when it is the bank's own account.
        pub own_account: Option<BankOwnAccount> = "RachunekWlasnyBanku",
        /// Name of the bank.
        pub bank: Option<Text<256>> = "NazwaBanku",
        /// Description.
        pub description: Option<Text<256>> = "OpisRachunku",
    }
}

section! {
    /// A discount for early payment.
    ///
    /// Source: `Skonto`.
    pub struct EarlyDiscount {
        /// What the buyer has to do for it.
        pub conditions: Text<256> = "WarunkiSkonta",
        /// How much it is.
        pub amount: Text<256> = "WysokoscSkonta",
    }
}

//! Terms of the transaction: contracts, orders, delivery, transport.

use super::parties::{Address, PartyIdentity};
use super::section::{choice, section};
use super::value::code::{LoadKind, TransportKind};
use super::value::currency::CurrencyCode;
use super::value::date::{AgreementDate, TransportTime};
use super::value::number::ExchangeRate;
use super::value::{List, Text};

section! {
    /// Terms of the transaction.
    ///
    /// Source: `WarunkiTransakcji`.
    #[derive(Default)]
    pub struct Terms {
        /// Contracts, up to 100.
        pub contracts: List<Contract, 100> = "Umowy",
        /// Orders, up to 100.
        pub orders: List<OrderReference, 100> = "Zamowienia",
        /// Numbers of batches of goods, up to 1000.
        pub batches: List<Text<256>, 1_000> = "NrPartiiTowaru",
        /// Terms of delivery (Incoterms).
        pub delivery: Option<Text<256>> = "WarunkiDostawy",
        /// An agreed exchange rate, apart from the one of the tax.
        pub agreed_rate: Option<AgreedRate> = ..,
        /// Transports, up to 20.
        pub transports: List<Transport, 20> = "Transport",
        /// Is the supplier an intermediary in a chain (article 22(2d))?
        pub intermediary: bool = "PodmiotPosredniczacy",
    }
}

section! {
    /// A contract.
    ///
    /// Source: `Umowy`.
    #[derive(Default)]
    pub struct Contract {
        /// Its date.
        pub date: Option<AgreementDate> = "DataUmowy",
        /// Its number.
        pub number: Option<Text<256>> = "NrUmowy",
    }
}

section! {
    /// An order.
    ///
    /// Source: `Zamowienia`.
    #[derive(Default)]
    pub struct OrderReference {
        /// Its date.
        pub date: Option<AgreementDate> = "DataZamowienia",
        /// Its number.
        pub number: Option<Text<256>> = "NrZamowienia",
    }
}

section! {
    /// An exchange rate that the parties agreed on.
    pub struct AgreedRate {
        /// The rate.
        pub rate: ExchangeRate = "KursUmowny",
        /// The currency.
        pub currency: CurrencyCode = "WalutaUmowna",
    }
}

section! {
    /// A transport.
    ///
    /// Source: `Transport`.
    pub struct Transport {
        /// By what.
        pub means: TransportMeans = ..,
        /// The carrier.
        pub carrier: Option<Carrier> = "Przewoznik",
        /// Number of the transport order.
        pub order_number: Option<Text<256>> = "NrZleceniaTransportu",
        /// The load.
        pub load: Load = ..,
        /// Unit of packaging.
        pub packaging: Option<Text<256>> = "JednostkaOpakowania",
        /// When it starts.
        pub started: Option<TransportTime> = "DataGodzRozpTransportu",
        /// When it ends.
        pub ended: Option<TransportTime> = "DataGodzZakTransportu",
        /// From where.
        pub from: Option<Address> = "WysylkaZ",
        /// Through where, up to 20.
        pub through: List<Address, 20> = "WysylkaPrzez",
        /// To where.
        pub to: Option<Address> = "WysylkaDo",
    }
}

choice! {
    /// What the goods are transported by.
    pub enum TransportMeans {
        /// One of the known means.
        Known(TransportKind) = "RodzajTransportu",
        /// Another, described.
        Other(Text<50>) = "OpisInnegoTransportu" after "TransportInny",
    }
}

choice! {
    /// What the goods are packed in.
    pub enum Load {
        /// One of the known kinds.
        Known(LoadKind) = "OpisLadunku",
        /// Another or a mixed load, described.
        Other(Text<50>) = "OpisInnegoLadunku" after "LadunekInny",
    }
}

section! {
    /// A carrier.
    ///
    /// Source: `Przewoznik`.
    pub struct Carrier {
        /// Identifier and name.
        pub identity: PartyIdentity = "DaneIdentyfikacyjne",
        /// Address.
        pub address: Address = "AdresPrzewoznika",
    }
}

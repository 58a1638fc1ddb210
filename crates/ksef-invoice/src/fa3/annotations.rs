//! The annotations that the law wants on an invoice.

use super::section::{choice, section};
use super::value::code::YesNo;
use super::value::date::InvoiceDate;
use super::value::number::RowNumber;
use super::value::{NonEmpty, Text};

section! {
    /// Annotations. The default says no to everything.
    ///
    /// Source: `Adnotacje`.
    #[derive(Default)]
    pub struct Annotations {
        /// Cash accounting (`metoda kasowa`).
        pub cash_method: YesNo = "P_16" or default,
        /// Self-billing (`samofakturowanie`).
        pub self_billing: YesNo = "P_17" or default,
        /// Reverse charge (`odwrotne obciążenie`).
        pub reverse_charge: YesNo = "P_18" or default,
        /// Split payment (`mechanizm podzielonej płatności`).
        pub split_payment: YesNo = "P_18A" or default,
        /// Exemption from tax and its basis.
        pub exemption: Exemption = "Zwolnienie" or default,
        /// Supply of new means of transport to another EU country.
        pub new_transport: NewTransport = "NoweSrodkiTransportu" or default,
        /// Simplified triangular procedure (article 135(1)(4)).
        pub triangular: YesNo = "P_23" or default,
        /// Margin scheme.
        pub margin: Margin = "PMarzy" or default,
    }
}

choice! {
    /// Whether something is exempt, and on what basis.
    #[derive(Default)]
    pub enum Exemption {
        /// A provision of the act or of a regulation under it.
        Act(Text<256>) = "P_19A" after "P_19",
        /// A provision of directive 2006/112/EC.
        Directive(Text<256>) = "P_19B" after "P_19",
        /// Another legal basis.
        Other(Text<256>) = "P_19C" after "P_19",
        /// Nothing is exempt.
        #[default]
        None = "P_19N",
    }
}

choice! {
    /// Which margin scheme applies.
    #[derive(Default)]
    pub enum Margin {
        /// Travel agencies.
        Travel = "P_PMarzy_2" after "P_PMarzy",
        /// Used goods.
        UsedGoods = "P_PMarzy_3_1" after "P_PMarzy",
        /// Works of art.
        Art = "P_PMarzy_3_2" after "P_PMarzy",
        /// Collectors' items and antiques.
        Antiques = "P_PMarzy_3_3" after "P_PMarzy",
        /// None.
        #[default]
        None = "P_PMarzyN",
    }
}

choice! {
    /// Whether new means of transport are supplied to another EU country.
    #[derive(Default)]
    pub enum NewTransport {
        /// They are.
        Supply(NewTransportSupply) = ..,
        /// None are.
        #[default]
        None = "P_22N",
    }
}

section! {
    /// A supply of new means of transport.
    pub struct NewTransportSupply marked "P_22" {
        /// Does the duty of article 42(5) apply?
        pub article_42_5: YesNo = "P_42_5" or default,
        /// The means of transport, up to 10 000.
        pub items: NonEmpty<NewTransportItem, 10_000> = "NowySrodekTransportu",
    }
}

section! {
    /// A new means of transport.
    ///
    /// Source: `NowySrodekTransportu`.
    pub struct NewTransportItem {
        /// When it was admitted to use.
        pub admitted: InvoiceDate = "P_22A",
        /// The row of the invoice that sells it.
        pub row: RowNumber = "P_NrWierszaNST",
        /// Make.
        pub make: Option<Text<256>> = "P_22BMK",
        /// Model.
        pub model: Option<Text<256>> = "P_22BMD",
        /// Colour.
        pub colour: Option<Text<256>> = "P_22BK",
        /// Registration number.
        pub registration: Option<Text<256>> = "P_22BNR",
        /// Year of production.
        pub year: Option<Text<256>> = "P_22BRP",
        /// What it is and how much it was used.
        pub vehicle: Vehicle = ..,
    }
}

choice! {
    /// A land vehicle, a vessel or an aircraft.
    pub enum Vehicle {
        /// A land vehicle (article 2(10)(a)).
        Land(LandVehicle) = ..,
        /// A vessel (article 2(10)(b)).
        Vessel(Vessel) = ..,
        /// An aircraft (article 2(10)(c)).
        Aircraft(Aircraft) = ..,
    }
}

section! {
    /// A land vehicle.
    pub struct LandVehicle {
        /// Mileage.
        pub mileage: Text<256> = "P_22B",
        /// One of its numbers.
        pub number: Option<VehicleNumber> = ..,
        /// Type.
        pub kind: Option<Text<256>> = "P_22BT",
    }
}

choice! {
    /// A number of a land vehicle.
    pub enum VehicleNumber {
        /// VIN.
        Vin(Text<256>) = "P_22B1",
        /// Number of the body.
        Body(Text<256>) = "P_22B2",
        /// Number of the chassis.
        Chassis(Text<256>) = "P_22B3",
        /// Number of the frame.
        Frame(Text<256>) = "P_22B4",
    }
}

section! {
    /// A vessel.
    pub struct Vessel {
        /// Hours of use.
        pub hours: Text<256> = "P_22C",
        /// Number of the hull.
        pub hull: Option<Text<256>> = "P_22C1",
    }
}

section! {
    /// An aircraft.
    pub struct Aircraft {
        /// Hours of use.
        pub hours: Text<256> = "P_22D",
        /// Serial number.
        pub serial: Option<Text<256>> = "P_22D1",
    }
}

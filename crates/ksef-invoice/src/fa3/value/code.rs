//! Closed lists with a meaning.

use std::borrow::Cow;

use super::error::{Phrase, Reason, ValueError};
use super::{Value, collapse, integer_code, trim};

/// An enumeration of the schema. `number` lists are integers in the schema (`02` is `2`), `word` lists texts.
macro_rules! codes {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $kind:ident $phrase:expr => {
            $($(#[$variant_meta:meta])* $variant:ident = $code:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                #[doc = concat!("\n\nOn the wire: `", $code, "`.")]
                $variant,
            )*
        }

        impl $name {
            /// Every value, in the order of the schema.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The value on the wire.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// The value with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl Value for $name {
            fn parse(text: &str) -> Result<Self, ValueError> {
                codes!(@code $kind text)
                    .and_then(|code| Self::from_code(&code))
                    .ok_or_else(|| {
                        let codes = codes!(@join $($code)*);
                        let list = Phrase::new(codes, codes);
                        ValueError::new($phrase, Reason::NotListed(list), text)
                    })
            }

            fn parse_loosely(text: &str) -> Option<Self> {
                let text = trim(text);
                Self::ALL.iter().copied().find(|value| value.code().eq_ignore_ascii_case(text))
            }

            fn lexical(&self) -> Cow<'_, str> {
                Cow::Borrowed(self.code())
            }
        }

        super::value_traits!($name);
    };
    (@join $first:literal $($code:literal)*) => { concat!($first, $(", ", $code),*) };
    (@code number $text:ident) => { integer_code($text).map(Cow::Borrowed) };
    (@code word $text:ident) => { Some(collapse($text)) };
}

codes! {
    /// Yes or no where the form wants an answer.
    ///
    /// Source: `TWybor1_2`, `JST`, `GV`.
    #[derive(Default)]
    pub enum YesNo: number Phrase::new("odpowiedź tak lub nie", "a yes or no") => {
        /// Yes.
        Yes = "1",
        /// No.
        #[default]
        No = "2",
    }
}

impl YesNo {
    /// Is it yes?
    #[must_use]
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}

impl From<bool> for YesNo {
    fn from(is_yes: bool) -> Self {
        if is_yes { Self::Yes } else { Self::No }
    }
}

codes! {
    /// What kind of invoice it is.
    ///
    /// Source: `TRodzajFaktury`.
    pub enum InvoiceKind: word Phrase::new("rodzaj faktury", "a kind of invoice") => {
        /// A basic invoice.
        Basic = "VAT",
        /// A correction of a basic invoice.
        Correction = "KOR",
        /// An advance invoice: a payment before the supply (articles 106b(1)(4) and 106f(4)).
        Advance = "ZAL",
        /// A settlement invoice after advances (article 106f(3)).
        Settlement = "ROZ",
        /// A simplified invoice (article 106e(5)(3)).
        Simplified = "UPR",
        /// A correction of an advance invoice.
        AdvanceCorrection = "KOR_ZAL",
        /// A correction of a settlement invoice.
        SettlementCorrection = "KOR_ROZ",
    }
}

impl InvoiceKind {
    /// Does it correct another invoice?
    #[must_use]
    pub const fn is_correction(self) -> bool {
        matches!(
            self,
            Self::Correction | Self::AdvanceCorrection | Self::SettlementCorrection
        )
    }
}

codes! {
    /// The tax rate of a line.
    ///
    /// Source: `TStawkaPodatku`.
    pub enum VatRate: word Phrase::new("stawka podatku", "a tax rate") => {
        /// 23 %.
        Rate23 = "23",
        /// 22 %.
        Rate22 = "22",
        /// 8 %.
        Rate8 = "8",
        /// 7 %.
        Rate7 = "7",
        /// 5 %.
        Rate5 = "5",
        /// 4 %, the flat rate of taxis.
        Rate4 = "4",
        /// 3 %, the flat rate of taxis.
        Rate3 = "3",
        /// 0 % inside Poland.
        ZeroDomestic = "0 KR",
        /// 0 % for a supply of goods to another EU country.
        ZeroIntraEu = "0 WDT",
        /// 0 % for exports.
        ZeroExport = "0 EX",
        /// Exempt from tax.
        Exempt = "zw",
        /// Domestic reverse charge: the buyer accounts for the tax.
        ReverseCharge = "oo",
        /// Outside Poland, except services of article 100(1)(4) and the special procedure of chapter 6a.
        OutsidePoland = "np I",
        /// Services outside Poland under article 100(1)(4).
        OutsidePolandServices = "np II",
    }
}

impl VatRate {
    /// The rate in percent; 0 for rates of 0 %, `None` where there is no tax at all.
    #[must_use]
    pub fn percent(self) -> Option<rust_decimal::Decimal> {
        let percent: i64 = match self {
            Self::Rate23 => 23,
            Self::Rate22 => 22,
            Self::Rate8 => 8,
            Self::Rate7 => 7,
            Self::Rate5 => 5,
            Self::Rate4 => 4,
            Self::Rate3 => 3,
            Self::ZeroDomestic | Self::ZeroIntraEu | Self::ZeroExport => 0,
            Self::Exempt
            | Self::ReverseCharge
            | Self::OutsidePoland
            | Self::OutsidePolandServices => {
                return None;
            }
        };
        Some(percent.into())
    }
}

codes! {
    /// A group of goods and services that the tax records name.
    ///
    /// Source: `TGTU`; the groups are those of § 10(3) of the regulation on tax records.
    pub enum Gtu: word Phrase::new("oznaczenie GTU", "a GTU group") => {
        /// Alcoholic beverages.
        Gtu01 = "GTU_01",
        /// Fuels.
        Gtu02 = "GTU_02",
        /// Heating and lubricating oils.
        Gtu03 = "GTU_03",
        /// Tobacco products.
        Gtu04 = "GTU_04",
        /// Waste.
        Gtu05 = "GTU_05",
        /// Electronic devices.
        Gtu06 = "GTU_06",
        /// Vehicles and their parts.
        Gtu07 = "GTU_07",
        /// Precious and base metals.
        Gtu08 = "GTU_08",
        /// Medicines and medical devices.
        Gtu09 = "GTU_09",
        /// Buildings and land.
        Gtu10 = "GTU_10",
        /// Emission allowances.
        Gtu11 = "GTU_11",
        /// Intangible services.
        Gtu12 = "GTU_12",
        /// Transport and storage.
        Gtu13 = "GTU_13",
    }
}

codes! {
    /// A procedure that the tax records name, for lines of an invoice.
    ///
    /// Source: `TOznaczenieProcedury`; § 10(4) of the regulation on tax records.
    pub enum Procedure: word Phrase::new("oznaczenie procedury", "a procedure") => {
        /// Distance sales of goods inside the EU (point 2a).
        DistanceSales = "WSTO_EE",
        /// Supply by the operator of an electronic interface (point 2b).
        ElectronicInterface = "IED",
        /// Supply in a triangular transaction by the second taxpayer (point 5).
        Triangular = "TT_D",
        /// Supply to another EU country after import, procedure 42 (point 8).
        Import42 = "I_42",
        /// Supply to another EU country after import, procedure 63 (point 9).
        Import63 = "I_63",
        /// Transfer of a single-purpose voucher (point 10).
        SinglePurposeVoucher = "B_SPV",
        /// Supply for a single-purpose voucher (point 11).
        SinglePurposeVoucherSupply = "B_SPV_DOSTAWA",
        /// Commission on the transfer of a multi-purpose voucher (point 12).
        MultiPurposeVoucherCommission = "B_MPV_PROWIZJA",
    }
}

codes! {
    /// A procedure that the tax records name, for lines of an order.
    ///
    /// Source: `TOznaczenieProceduryZ`.
    pub enum OrderProcedure: word Phrase::new("oznaczenie procedury zamówienia", "a procedure of an order") => {
        /// Distance sales of goods inside the EU (point 2a).
        DistanceSales = "WSTO_EE",
        /// Supply by the operator of an electronic interface (point 2b).
        ElectronicInterface = "IED",
        /// Supply in a triangular transaction by the second taxpayer (point 5).
        Triangular = "TT_D",
        /// Transfer of a single-purpose voucher (point 10).
        SinglePurposeVoucher = "B_SPV",
        /// Supply for a single-purpose voucher (point 11).
        SinglePurposeVoucherSupply = "B_SPV_DOSTAWA",
        /// Commission on the transfer of a multi-purpose voucher (point 12).
        MultiPurposeVoucherCommission = "B_MPV_PROWIZJA",
    }
}

codes! {
    /// How something is paid.
    ///
    /// Source: `TFormaPlatnosci`.
    pub enum PaymentForm: number Phrase::new("forma płatności", "a form of payment") => {
        /// Cash.
        Cash = "1",
        /// Card.
        Card = "2",
        /// Voucher.
        Voucher = "3",
        /// Cheque.
        Cheque = "4",
        /// Credit.
        Credit = "5",
        /// Bank transfer.
        Transfer = "6",
        /// Mobile payment.
        Mobile = "7",
    }
}

codes! {
    /// How much payments in parts pay.
    ///
    /// Source: `ZnacznikZaplatyCzesciowej`.
    pub enum PaidExtent: number Phrase::new("znacznik zapłaty częściowej", "a mark of partial payment") => {
        /// A part.
        Part = "1",
        /// All, in two or more parts.
        Whole = "2",
    }
}

codes! {
    /// When a correction counts in the tax records.
    ///
    /// Source: `TTypKorekty`.
    pub enum CorrectionEffect: number Phrase::new("typ korekty", "the effect of a correction") => {
        /// On the date of the original invoice.
        OriginalDate = "1",
        /// On the date of the correction.
        CorrectionDate = "2",
        /// On another date, or on different dates for different lines.
        OtherDate = "3",
    }
}

codes! {
    /// What state the taxpayer is in.
    ///
    /// Source: `TStatusInfoPodatnika`.
    pub enum TaxpayerStatus: number Phrase::new("status podatnika", "a status of a taxpayer") => {
        /// In liquidation.
        Liquidation = "1",
        /// In restructuring.
        Restructuring = "2",
        /// Bankrupt.
        Bankruptcy = "3",
        /// An enterprise in inheritance.
        Inheritance = "4",
    }
}

codes! {
    /// What a third party has to do with the invoice.
    ///
    /// Source: `TRolaPodmiotu3`.
    pub enum ThirdPartyRole: number Phrase::new("rola podmiotu trzeciego", "a role of a third party") => {
        /// The factor.
        Factor = "1",
        /// The recipient: a unit or branch of the buyer that is no buyer itself.
        Recipient = "2",
        /// The entity that the taxpayer took over or came from, which made the supply.
        OriginalEntity = "3",
        /// A further buyer.
        AdditionalBuyer = "4",
        /// Who issues the invoice for the taxpayer.
        Issuer = "5",
        /// Who pays instead of the buyer.
        Payer = "6",
        /// A unit of local government that issues.
        LocalGovernmentIssuer = "7",
        /// A unit of local government that receives.
        LocalGovernmentRecipient = "8",
        /// A member of a VAT group that issues.
        VatGroupIssuer = "9",
        /// A member of a VAT group that receives.
        VatGroupRecipient = "10",
        /// An employee.
        Employee = "11",
    }
}

codes! {
    /// What an authorised entity has to do with the invoice.
    ///
    /// Source: `TRolaPodmiotuUpowaznionego`.
    pub enum AuthorizedRole: number Phrase::new("rola podmiotu upoważnionego", "a role of an authorised entity") => {
        /// An enforcement authority (article 106c(1)).
        EnforcementAuthority = "1",
        /// A court bailiff (article 106c(2)).
        Bailiff = "2",
        /// A tax representative (articles 18a–18d).
        TaxRepresentative = "3",
    }
}

codes! {
    /// What a bank's own account is for.
    ///
    /// Source: `TRachunekWlasnyBanku`.
    pub enum BankOwnAccount: number Phrase::new("typ rachunku własnego banku", "a kind of bank's own account") => {
        /// Settles receivables that the bank buys.
        PurchasedReceivables = "1",
        /// Collects receivables from buyers for suppliers.
        CollectedReceivables = "2",
        /// The bank's own management.
        OwnManagement = "3",
    }
}

codes! {
    /// A means of transport. There is no 6.
    ///
    /// Source: `TRodzajTransportu`.
    pub enum TransportKind: number Phrase::new("rodzaj transportu", "a kind of transport") => {
        /// By sea.
        Sea = "1",
        /// By rail.
        Rail = "2",
        /// By road.
        Road = "3",
        /// By air.
        Air = "4",
        /// By post.
        Post = "5",
        /// Through fixed installations.
        FixedInstallation = "7",
        /// On inland waterways.
        InlandWaterway = "8",
    }
}

codes! {
    /// What the load is packed in.
    ///
    /// Source: `TLadunek`.
    pub enum LoadKind: number Phrase::new("rodzaj ładunku", "a kind of load") => {
        /// Can.
        Can = "1",
        /// Barrel.
        Barrel = "2",
        /// Cylinder.
        Cylinder = "3",
        /// Carton.
        Carton = "4",
        /// Canister.
        Canister = "5",
        /// Cage.
        Cage = "6",
        /// Container.
        Container = "7",
        /// Basket.
        Basket = "8",
        /// Punnet.
        Punnet = "9",
        /// Collective package.
        CollectivePackage = "10",
        /// Parcel.
        Parcel = "11",
        /// Packet.
        Packet = "12",
        /// Pallet.
        Pallet = "13",
        /// Receptacle.
        Receptacle = "14",
        /// Container for solid bulk.
        SolidBulkContainer = "15",
        /// Container for liquid bulk.
        LiquidBulkContainer = "16",
        /// Box.
        Box = "17",
        /// Tin.
        Tin = "18",
        /// Crate.
        Crate = "19",
        /// Sack.
        Sack = "20",
    }
}

codes! {
    /// What a column of an attached table holds.
    ///
    /// Source: attribute `Typ` of `Kol`.
    pub enum ColumnKind: word Phrase::new("typ kolumny", "a kind of column") => {
        /// Dates.
        Date = "date",
        /// Dates with times.
        DateTime = "datetime",
        /// Decimal numbers.
        Decimal = "dec",
        /// Whole numbers.
        Integer = "int",
        /// Times.
        Time = "time",
        /// Texts.
        Text = "txt",
    }
}

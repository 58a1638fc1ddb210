//! Who the invoice is between: seller, buyer, third parties, authorised entity.

use std::borrow::Cow;

use ksef_core::internal_id::InternalId;
use ksef_core::nip::Nip;

use super::section::{choice, section};
use super::value::code::{AuthorizedRole, TaxpayerStatus, ThirdPartyRole, YesNo};
use super::value::country::{CountryCode, EuCountryCode};
use super::value::identifier::{EmailAddress, EuVatNumber, ForeignTaxId};
use super::value::number::Percent;
use super::value::{List, Phrase, Reason, Text, Value, ValueError, collapse};

section! {
    /// The seller.
    ///
    /// Source: `Podmiot1`.
    pub struct Seller {
        /// The prefix `PL` of an EU VAT number, for supplies that need it (articles 97(10) and 136(1)(3)).
        pub prefix: Option<PolishPrefix> = "PrefiksPodatnika",
        /// EORI number.
        pub eori: Option<Text<256>> = "NrEORI",
        /// NIP and name.
        pub identity: TaxpayerIdentity = "DaneIdentyfikacyjne",
        /// Address.
        pub address: Address = "Adres",
        /// Address for letters.
        pub mailing_address: Option<Address> = "AdresKoresp",
        /// E-mail addresses and telephones, up to 3.
        pub contacts: List<Contact, 3> = "DaneKontaktowe",
        /// Liquidation, restructuring, bankruptcy, inheritance.
        pub status: Option<TaxpayerStatus> = "StatusInfoPodatnika",
    }
}

section! {
    /// The buyer.
    ///
    /// Source: `Podmiot2`.
    pub struct Buyer {
        /// EORI number.
        pub eori: Option<Text<256>> = "NrEORI",
        /// Identifier and name.
        pub identity: PartyIdentity = "DaneIdentyfikacyjne",
        /// Address; a simplified invoice needs none.
        pub address: Option<Address> = "Adres",
        /// Address for letters.
        pub mailing_address: Option<Address> = "AdresKoresp",
        /// E-mail addresses and telephones, up to 3.
        pub contacts: List<Contact, 3> = "DaneKontaktowe",
        /// The buyer's number with the seller.
        pub customer_number: Option<Text<256>> = "NrKlienta",
        /// A key that ties this buyer to the data before a correction.
        pub key: Option<Text<32>> = "IDNabywcy",
        /// Is it for a subordinate unit of local government? Then a third party with that role is expected.
        pub local_government: YesNo = "JST" or default,
        /// Is it for a member of a VAT group? Then a third party with that role is expected.
        pub vat_group: YesNo = "GV" or default,
    }
}

section! {
    /// Another party that has to do with the invoice.
    ///
    /// Source: `Podmiot3`.
    pub struct ThirdParty {
        /// A key that ties a further buyer to the data before a correction.
        pub key: Option<Text<32>> = "IDNabywcy",
        /// EORI number.
        pub eori: Option<Text<256>> = "NrEORI",
        /// Identifier and name.
        pub identity: ThirdPartyIdentity = "DaneIdentyfikacyjne",
        /// Address.
        pub address: Option<Address> = "Adres",
        /// Address for letters.
        pub mailing_address: Option<Address> = "AdresKoresp",
        /// E-mail addresses and telephones, up to 3.
        pub contacts: List<Contact, 3> = "DaneKontaktowe",
        /// What it has to do with the invoice.
        pub role: Role = ..,
        /// The share of a further buyer, in percent; without shares all buyers have equal ones.
        pub share: Option<Percent> = "Udzial",
        /// The party's number with the seller.
        pub customer_number: Option<Text<256>> = "NrKlienta",
    }
}

section! {
    /// An entity that acts by law: enforcement authority, bailiff, tax representative.
    ///
    /// Source: `PodmiotUpowazniony`.
    pub struct AuthorizedEntity {
        /// EORI number.
        pub eori: Option<Text<256>> = "NrEORI",
        /// NIP and name.
        pub identity: TaxpayerIdentity = "DaneIdentyfikacyjne",
        /// Address.
        pub address: Address = "Adres",
        /// Address for letters.
        pub mailing_address: Option<Address> = "AdresKoresp",
        /// E-mail addresses and telephones, up to 3.
        pub contacts: List<AuthorizedContact, 3> = "DaneKontaktowe",
        /// What it does.
        pub role: AuthorizedRole = "RolaPU",
    }
}

section! {
    /// Who a Polish taxpayer is.
    ///
    /// Source: `TPodmiot1`.
    pub struct TaxpayerIdentity {
        /// NIP.
        pub nip: Nip = "NIP",
        /// Name.
        pub name: Text<512> = "Nazwa",
    }
}

section! {
    /// Who a buyer or a carrier is.
    ///
    /// Source: `TPodmiot2`.
    pub struct PartyIdentity {
        /// Identifier.
        pub id: PartyId = ..,
        /// Name; a simplified invoice needs none.
        pub name: Option<Text<512>> = "Nazwa",
    }
}

section! {
    /// Who a third party is.
    ///
    /// Source: `TPodmiot3`.
    pub struct ThirdPartyIdentity {
        /// Identifier.
        pub id: ThirdPartyId = ..,
        /// Name.
        pub name: Option<Text<512>> = "Nazwa",
    }
}

choice! {
    /// What identifies a buyer or a carrier.
    pub enum PartyId {
        /// A Polish taxpayer.
        Nip(Nip) = "NIP",
        /// A taxpayer of another EU country.
        VatUe(EuVatId) = ..,
        /// Another identifier, usually of a country outside the EU.
        Foreign(ForeignId) = ..,
        /// No identifier, or none on the invoice.
        None = "BrakID",
    }
}

choice! {
    /// What identifies a third party.
    pub enum ThirdPartyId {
        /// A Polish taxpayer.
        Nip(Nip) = "NIP",
        /// A unit inside a Polish taxpayer.
        Internal(InternalId) = "IDWew",
        /// A taxpayer of another EU country.
        VatUe(EuVatId) = ..,
        /// Another identifier, usually of a country outside the EU.
        Foreign(ForeignId) = ..,
        /// No identifier, or none on the invoice.
        None = "BrakID",
    }
}

impl From<PartyId> for ThirdPartyId {
    fn from(id: PartyId) -> Self {
        match id {
            PartyId::Nip(nip) => Self::Nip(nip),
            PartyId::VatUe(id) => Self::VatUe(id),
            PartyId::Foreign(id) => Self::Foreign(id),
            PartyId::None => Self::None,
        }
    }
}

section! {
    /// An EU VAT number with its country.
    pub struct EuVatId {
        /// The country's prefix; Greece is `EL`.
        pub country: EuCountryCode = "KodUE",
        /// The number without prefix.
        pub number: EuVatNumber = "NrVatUE",
    }
}

section! {
    /// An identifier of another kind.
    pub struct ForeignId {
        /// The country that gave it.
        pub country: Option<CountryCode> = "KodKraju",
        /// The identifier.
        pub id: ForeignTaxId = "NrID",
    }
}

choice! {
    /// What a third party has to do with the invoice.
    pub enum Role {
        /// One of the known roles.
        Known(ThirdPartyRole) = "Rola",
        /// Another role, described.
        Other(Text<256>) = "OpisRoli" after "RolaInna",
    }
}

section! {
    /// An address.
    ///
    /// Source: `TAdres`.
    pub struct Address {
        /// Country.
        pub country: CountryCode = "KodKraju",
        /// First line, usually street and number.
        pub line1: Text<512> = "AdresL1",
        /// Second line, usually post code and town.
        pub line2: Option<Text<512>> = "AdresL2",
        /// Global Location Number.
        pub gln: Option<Text<13>> = "GLN",
    }
}

section! {
    /// An e-mail address, a telephone, or both.
    ///
    /// Source: `DaneKontaktowe`.
    #[derive(Default)]
    pub struct Contact {
        /// E-mail address.
        pub email: Option<EmailAddress> = "Email",
        /// Telephone.
        pub phone: Option<Text<16>> = "Telefon",
    }
}

section! {
    /// An e-mail address, a telephone, or both, of an authorised entity.
    ///
    /// Source: `DaneKontaktowe` in `PodmiotUpowazniony`.
    #[derive(Default)]
    pub struct AuthorizedContact {
        /// E-mail address.
        pub email: Option<EmailAddress> = "EmailPU",
        /// Telephone.
        pub phone: Option<Text<16>> = "TelefonPU",
    }
}

/// The prefix `PL`, the only one a seller may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PolishPrefix;

impl Value for PolishPrefix {
    fn parse(text: &str) -> Result<Self, ValueError> {
        // An empty element has the value that the schema fixes.
        if matches!(&*collapse(text), "PL" | "") {
            return Ok(Self);
        }
        let value = Phrase::new("prefiks podatnika", "the seller's prefix");
        Err(ValueError::new(
            value,
            Reason::NotListed(Phrase::new("PL", "PL")),
            text,
        ))
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed("PL")
    }
}

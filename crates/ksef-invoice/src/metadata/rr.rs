//! The outline of FA_RR(1) 1-1E.

use super::fa::{POLISH_IDENTITY, form_name};
use super::facet::Facet;
use super::facet::Facet::{Choice, CreatedFrom, Currency, Date, Exactly, Money, OneOf, Token};
use super::outline::Field::{Checked, Net, Vat, VatInPln};
use super::outline::{Field, Scope, Section, exactly, one, optional, section, skipped};

/// `Faktura` of FA_RR, namespace `http://crd.gov.pl/wzor/2026/03/06/14189/`.
pub(super) static FA_RR: Section = exactly(
    Scope::None,
    &[
        section("Naglowek", 1, 1, &HEADER),
        section("Podmiot1", 1, 1, &FARMER),
        section("Podmiot2", 1, 1, &BUYER),
        section("Podmiot3", 0, 100, &THIRD),
        section("FakturaRR", 1, 1, &INVOICE),
        skipped("Stopka", 0, 1),
    ],
);

static HEADER: Section = exactly(
    Scope::None,
    &[
        form_name("FA_RR"),
        one("WariantFormularza", Checked, Exactly(1)),
        one("DataWytworzeniaFa", Field::Created, CreatedFrom(2026, 1)),
        optional("SystemInfo", Field::System, Token(256)),
    ],
);

static FARMER: Section = exactly(
    Scope::Seller,
    &[
        section("DaneIdentyfikacyjne", 1, 1, &POLISH_IDENTITY),
        skipped("Adres", 1, 1),
        skipped("AdresKoresp", 0, 1),
        skipped("DaneKontaktowe", 0, 3),
        skipped("NrKontrahenta", 0, 1),
    ],
);

static BUYER: Section = exactly(
    Scope::Buyer,
    &[
        section("DaneIdentyfikacyjne", 1, 1, &POLISH_IDENTITY),
        skipped("Adres", 1, 1),
        skipped("AdresKoresp", 0, 1),
        skipped("DaneKontaktowe", 0, 3),
        skipped("StatusInfoPodatnika", 0, 1),
    ],
);

static THIRD: Section = exactly(
    Scope::Third,
    &[
        section("DaneIdentyfikacyjne", 1, 1, &THIRD_IDENTITY),
        skipped("Adres", 0, 1),
        skipped("AdresKoresp", 0, 1),
        skipped("DaneKontaktowe", 0, 3),
        optional("Rola", Field::Role, Choice(11)),
        optional("RolaInna", Field::OtherRole, Choice(1)),
        optional("OpisRoli", Field::RoleDescription, Token(256)),
    ],
);

static THIRD_IDENTITY: Section = exactly(
    Scope::Identity,
    &[
        optional("NIP", Field::Nip, Facet::Nip),
        optional("IDWew", Field::InternalId, Facet::InternalId),
        optional("BrakID", Field::NoId, Choice(1)),
        one("Nazwa", Field::Name, Token(512)),
    ],
);

/// `TRodzajFaktury`.
static KINDS: [&str; 2] = ["VAT_RR", "KOR_VAT_RR"];

static INVOICE: Section = exactly(
    Scope::None,
    &[
        one("KodWaluty", Field::Currency, Currency),
        skipped("P_1M", 0, 1),
        optional("P_4A", Checked, Date),
        one("P_4B", Field::IssueDate, Date),
        one("P_4C", Field::Number, Token(256)),
        one("P_11_1", Net("P_11_1"), Money),
        optional("P_11_1W", Checked, Money),
        one("P_11_2", Vat("P_11_2"), Money),
        optional("P_11_2W", VatInPln("P_11_2W"), Money),
        one("P_12_1", Field::Total, Money),
        optional("P_12_1W", Checked, Money),
        one("P_12_2", Checked, Token(256)),
        one("RodzajFaktury", Field::Kind, OneOf(&KINDS)),
        skipped("PrzyczynaKorekty", 0, 1),
        skipped("TypKorekty", 0, 1),
        skipped("DaneFaKorygowanej", 0, 50_000),
        skipped("NrFaKorygowany", 0, 1),
        skipped("Podmiot1K", 0, 1),
        skipped("Podmiot2K", 0, 1),
        skipped("DokumentZaplaty", 0, 50),
        skipped("DodatkowyOpis", 0, 10_000),
        skipped("FakturaRRWiersz", 0, 10_000),
        skipped("Rozliczenie", 0, 1),
        skipped("Platnosc", 0, 1),
    ],
);

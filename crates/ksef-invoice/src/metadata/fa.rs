//! The outline of FA(2) and FA(3).

use super::facet::Facet;
use super::facet::Facet::{
    Choice, Country, CreatedFrom, Currency, Date, Exactly, Fixed, Money, OneOf, Text, Token,
    UnionCountry, UnionNumber,
};
use super::outline::Field::{Checked, Net, Vat, VatInPln};
use super::outline::{
    Content, Field, Node, Scope, Section, Space, exactly, one, optional, section, skipped,
};

/// `Faktura` of FA(3), namespace `http://crd.gov.pl/wzor/2025/06/25/13775/`.
pub(super) static FA3: Section = exactly(
    Scope::None,
    &[
        section("Naglowek", 1, 1, &HEADER_3),
        section("Podmiot1", 1, 1, &SELLER),
        section("Podmiot2", 1, 1, &BUYER_3),
        section("Podmiot3", 0, 100, &THIRD_3),
        section("PodmiotUpowazniony", 0, 1, &AUTHORISED),
        section("Fa", 1, 1, &INVOICE),
        skipped("Stopka", 0, 1),
        Node {
            name: "Zalacznik",
            space: Space::Form,
            min: 0,
            max: 1,
            content: Content::Attachment,
        },
    ],
);

/// `Faktura` of FA(2), namespace `http://crd.gov.pl/wzor/2023/06/29/12648/`.
pub(super) static FA2: Section = exactly(
    Scope::None,
    &[
        section("Naglowek", 1, 1, &HEADER_2),
        section("Podmiot1", 1, 1, &SELLER),
        section("Podmiot2", 1, 1, &BUYER_2),
        section("Podmiot3", 0, 100, &THIRD_2),
        section("PodmiotUpowazniony", 0, 1, &AUTHORISED),
        section("Fa", 1, 1, &INVOICE),
        skipped("Stopka", 0, 1),
    ],
);

/// `KodFormularza`, whose attributes name the form.
pub(super) const fn form_name(text: &'static str) -> Node {
    let content = Content::FormName(text);
    Node {
        name: "KodFormularza",
        space: Space::Form,
        min: 1,
        max: 1,
        content,
    }
}

static HEADER_3: Section = exactly(
    Scope::None,
    &[
        form_name("FA"),
        one("WariantFormularza", Checked, Exactly(3)),
        one("DataWytworzeniaFa", Field::Created, CreatedFrom(2025, 9)),
        optional("SystemInfo", Field::System, Token(256)),
    ],
);

static HEADER_2: Section = exactly(
    Scope::None,
    &[
        form_name("FA"),
        one("WariantFormularza", Checked, Exactly(2)),
        one("DataWytworzeniaFa", Field::Created, CreatedFrom(2022, 1)),
        optional("SystemInfo", Field::System, Token(256)),
    ],
);

static SELLER: Section = exactly(
    Scope::Seller,
    &[
        optional("PrefiksPodatnika", Checked, Fixed("PL")),
        skipped("NrEORI", 0, 1),
        section("DaneIdentyfikacyjne", 1, 1, &POLISH_IDENTITY),
        skipped("Adres", 1, 1),
        skipped("AdresKoresp", 0, 1),
        skipped("DaneKontaktowe", 0, 3),
        skipped("StatusInfoPodatnika", 0, 1),
    ],
);

/// `TPodmiot1`: a NIP and a name.
pub(super) static POLISH_IDENTITY: Section = exactly(
    Scope::None,
    &[
        one("NIP", Field::Nip, Facet::Nip),
        one("Nazwa", Field::Name, Token(512)),
    ],
);

/// `TPodmiot2`: a choice of identifiers and a name.
static IDENTITY: Section = exactly(
    Scope::Identity,
    &[
        optional("NIP", Field::Nip, Facet::Nip),
        optional("KodUE", Field::UnionCountry, UnionCountry),
        optional("NrVatUE", Field::UnionNumber, UnionNumber),
        optional("KodKraju", Field::Country, Country),
        optional("NrID", Field::OtherId, Text(50)),
        optional("BrakID", Field::NoId, Choice(1)),
        optional("Nazwa", Field::Name, Token(512)),
    ],
);

/// `TPodmiot3`: the same with the internal identifier.
static THIRD_IDENTITY: Section = exactly(
    Scope::Identity,
    &[
        optional("NIP", Field::Nip, Facet::Nip),
        optional("IDWew", Field::InternalId, Facet::InternalId),
        optional("KodUE", Field::UnionCountry, UnionCountry),
        optional("NrVatUE", Field::UnionNumber, UnionNumber),
        optional("KodKraju", Field::Country, Country),
        optional("NrID", Field::OtherId, Text(50)),
        optional("BrakID", Field::NoId, Choice(1)),
        optional("Nazwa", Field::Name, Token(512)),
    ],
);

static BUYER_3: Section = exactly(
    Scope::Buyer,
    &[
        skipped("NrEORI", 0, 1),
        section("DaneIdentyfikacyjne", 1, 1, &IDENTITY),
        skipped("Adres", 0, 1),
        skipped("AdresKoresp", 0, 1),
        skipped("DaneKontaktowe", 0, 3),
        skipped("NrKlienta", 0, 1),
        skipped("IDNabywcy", 0, 1),
        one("JST", Checked, Choice(2)),
        one("GV", Checked, Choice(2)),
    ],
);

static BUYER_2: Section = exactly(
    Scope::Buyer,
    &[
        skipped("NrEORI", 0, 1),
        section("DaneIdentyfikacyjne", 1, 1, &IDENTITY),
        skipped("Adres", 0, 1),
        skipped("AdresKoresp", 0, 1),
        skipped("DaneKontaktowe", 0, 3),
        skipped("NrKlienta", 0, 1),
        skipped("IDNabywcy", 0, 1),
    ],
);

static THIRD_3: Section = exactly(
    Scope::Third,
    &[
        skipped("IDNabywcy", 0, 1),
        skipped("NrEORI", 0, 1),
        section("DaneIdentyfikacyjne", 1, 1, &THIRD_IDENTITY),
        skipped("Adres", 0, 1),
        skipped("AdresKoresp", 0, 1),
        skipped("DaneKontaktowe", 0, 3),
        optional("Rola", Field::Role, Choice(11)),
        optional("RolaInna", Field::OtherRole, Choice(1)),
        optional("OpisRoli", Field::RoleDescription, Token(256)),
        skipped("Udzial", 0, 1),
        skipped("NrKlienta", 0, 1),
    ],
);

static THIRD_2: Section = exactly(
    Scope::Third,
    &[
        skipped("IDNabywcy", 0, 1),
        skipped("NrEORI", 0, 1),
        section("DaneIdentyfikacyjne", 1, 1, &THIRD_IDENTITY),
        skipped("Adres", 1, 1),
        skipped("AdresKoresp", 0, 1),
        skipped("DaneKontaktowe", 0, 3),
        optional("Rola", Field::Role, Choice(10)),
        optional("RolaInna", Field::OtherRole, Choice(1)),
        optional("OpisRoli", Field::RoleDescription, Token(256)),
        skipped("Udzial", 0, 1),
        skipped("NrKlienta", 0, 1),
    ],
);

static AUTHORISED: Section = exactly(
    Scope::Authorised,
    &[
        skipped("NrEORI", 0, 1),
        section("DaneIdentyfikacyjne", 1, 1, &POLISH_IDENTITY),
        skipped("Adres", 1, 1),
        skipped("AdresKoresp", 0, 1),
        skipped("DaneKontaktowe", 0, 3),
        one("RolaPU", Field::Role, Choice(3)),
    ],
);

static ANNOTATIONS: Section = exactly(
    Scope::None,
    &[
        one("P_16", Checked, Choice(2)),
        one("P_17", Field::SelfBilling, Choice(2)),
        one("P_18", Checked, Choice(2)),
        one("P_18A", Checked, Choice(2)),
        skipped("Zwolnienie", 1, 1),
        skipped("NoweSrodkiTransportu", 1, 1),
        one("P_23", Checked, Choice(2)),
        skipped("PMarzy", 1, 1),
    ],
);

/// `TRodzajFaktury`.
static KINDS: [&str; 7] = ["VAT", "KOR", "ZAL", "ROZ", "UPR", "KOR_ZAL", "KOR_ROZ"];

const fn net(name: &'static str) -> Node {
    optional(name, Net(name), Money)
}

const fn vat(name: &'static str) -> Node {
    optional(name, Vat(name), Money)
}

const fn vat_in_pln(name: &'static str) -> Node {
    optional(name, VatInPln(name), Money)
}

/// `Fa`. The correction group and the groups of net and VAT sums are lists here.
static INVOICE: Section = exactly(
    Scope::None,
    &[
        one("KodWaluty", Field::Currency, Currency),
        one("P_1", Field::IssueDate, Date),
        skipped("P_1M", 0, 1),
        one("P_2", Field::Number, Token(256)),
        skipped("WZ", 0, 1000),
        optional("P_6", Checked, Date),
        skipped("OkresFa", 0, 1),
        net("P_13_1"),
        vat("P_14_1"),
        vat_in_pln("P_14_1W"),
        net("P_13_2"),
        vat("P_14_2"),
        vat_in_pln("P_14_2W"),
        net("P_13_3"),
        vat("P_14_3"),
        vat_in_pln("P_14_3W"),
        net("P_13_4"),
        vat("P_14_4"),
        vat_in_pln("P_14_4W"),
        net("P_13_5"),
        vat("P_14_5"),
        net("P_13_6_1"),
        net("P_13_6_2"),
        net("P_13_6_3"),
        net("P_13_7"),
        net("P_13_8"),
        net("P_13_9"),
        net("P_13_10"),
        net("P_13_11"),
        one("P_15", Field::Total, Money),
        skipped("KursWalutyZ", 0, 1),
        section("Adnotacje", 1, 1, &ANNOTATIONS),
        one("RodzajFaktury", Field::Kind, OneOf(&KINDS)),
        skipped("PrzyczynaKorekty", 0, 1),
        skipped("TypKorekty", 0, 1),
        skipped("DaneFaKorygowanej", 0, u32::MAX),
        skipped("OkresFaKorygowanej", 0, 1),
        skipped("NrFaKorygowany", 0, 1),
        skipped("Podmiot1K", 0, 1),
        skipped("Podmiot2K", 0, 101),
        skipped("P_15ZK", 0, 1),
        skipped("KursWalutyZK", 0, 1),
        skipped("ZaliczkaCzesciowa", 0, 31),
        skipped("FP", 0, 1),
        skipped("TP", 0, 1),
        skipped("DodatkowyOpis", 0, 10_000),
        skipped("FakturaZaliczkowa", 0, 100),
        skipped("ZwrotAkcyzy", 0, 1),
        skipped("FaWiersz", 0, 10_000),
        skipped("Rozliczenie", 0, 1),
        skipped("Platnosc", 0, 1),
        skipped("WarunkiTransakcji", 0, 1),
        skipped("Zamowienie", 0, 1),
    ],
);

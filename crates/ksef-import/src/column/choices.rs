//! Lists of values with the names people give them.

/// Values with their other names.
pub(crate) type Choices = &'static [(&'static str, &'static [&'static str])];

/// Kinds of invoices.
pub(crate) const KINDS: Choices = &[
    ("vat", &["faktura", "faktura vat", "sprzedaż", "podstawowa"]),
    ("correction", &["kor", "korekta", "faktura korygująca"]),
    (
        "advance",
        &["zal", "zaliczka", "zaliczkowa", "faktura zaliczkowa"],
    ),
    (
        "settlement",
        &[
            "roz",
            "rozliczeniowa",
            "faktura rozliczeniowa",
            "końcowa",
            "final",
        ],
    ),
    ("simplified", &["upr", "uproszczona"]),
    ("advanceCorrection", &["kor_zal", "korekta zaliczkowej"]),
    (
        "settlementCorrection",
        &["kor_roz", "korekta rozliczeniowej"],
    ),
];

/// Forms of payment, with the numbers of the schema.
pub(crate) const METHODS: Choices = &[
    ("cash", &["gotówka", "1"]),
    ("card", &["karta", "karta płatnicza", "2"]),
    ("voucher", &["bon", "3"]),
    ("cheque", &["czek", "check", "4"]),
    ("credit", &["kredyt", "5"]),
    (
        "transfer",
        &["przelew", "przelew bankowy", "bank transfer", "6"],
    ),
    ("mobile", &["mobilna", "płatność mobilna", "blik", "7"]),
];

/// Groups of goods and services.
pub(crate) const GTU: Choices = &[
    ("GTU_01", &["1", "01"]),
    ("GTU_02", &["2", "02"]),
    ("GTU_03", &["3", "03"]),
    ("GTU_04", &["4", "04"]),
    ("GTU_05", &["5", "05"]),
    ("GTU_06", &["6", "06"]),
    ("GTU_07", &["7", "07"]),
    ("GTU_08", &["8", "08"]),
    ("GTU_09", &["9", "09"]),
    ("GTU_10", &["10"]),
    ("GTU_11", &["11"]),
    ("GTU_12", &["12"]),
    ("GTU_13", &["13"]),
];

/// Procedures of a line.
pub(crate) const PROCEDURES: Choices = &[
    ("WSTO_EE", &[]),
    ("IED", &[]),
    ("TT_D", &[]),
    ("I_42", &[]),
    ("I_63", &[]),
    ("B_SPV", &[]),
    ("B_SPV_DOSTAWA", &[]),
    ("B_MPV_PROWIZJA", &[]),
];

/// When a correction takes effect, with the numbers of the schema.
pub(crate) const EFFECTS: Choices = &[
    ("originalDate", &["1", "data faktury pierwotnej"]),
    ("correctionDate", &["2", "data korekty"]),
    ("otherDate", &["3", "inna data"]),
];

/// Roles of third parties, with the numbers of the schema.
pub(crate) const ROLES: Choices = &[
    ("factor", &["faktor", "1"]),
    ("recipient", &["odbiorca", "2"]),
    ("originalEntity", &["podmiot pierwotny", "3"]),
    ("additionalBuyer", &["dodatkowy nabywca", "4"]),
    ("issuer", &["wystawca", "5"]),
    ("payer", &["płatnik", "6"]),
    ("localGovernmentIssuer", &["jst wystawca", "7"]),
    ("localGovernmentRecipient", &["jst odbiorca", "8"]),
    ("vatGroupIssuer", &["gv wystawca", "9"]),
    ("vatGroupRecipient", &["gv odbiorca", "10"]),
    ("employee", &["pracownik", "11"]),
];

/// Margin schemes.
pub(crate) const MARGINS: Choices = &[
    ("travel", &["biura podróży", "usługi turystyki"]),
    ("usedGoods", &["towary używane"]),
    ("art", &["dzieła sztuki"]),
    (
        "antiques",
        &["antyki", "przedmioty kolekcjonerskie i antyki"],
    ),
];

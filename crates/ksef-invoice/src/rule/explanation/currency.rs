//! Currencies.

use super::{Explanation, explain};

pub(super) static VAT_IN_PLN_MISSING: Explanation = explain(
    [
        "VAT bez przeliczenia na złote",
        "VAT without the amount in PLN",
    ],
    [
        "Kwoty podatku wykazuje się w złotych także na fakturze w walucie obcej. Obok P_14_n potrzebna jest P_14_nW.",
        "The tax is shown in PLN also on an invoice in another currency. Next to P_14_n there must be P_14_nW.",
    ],
    [
        "Dodaj P_14_nW z kwotą przeliczoną po właściwym kursie.",
        "Add P_14_nW with the amount converted at the right rate.",
    ],
    "art. 106e ust. 11 ustawy o VAT",
);

pub(super) static EXCHANGE_RATE_MISSING: Explanation = explain(
    ["Brak kursu waluty", "The exchange rate is missing"],
    [
        "Faktura w walucie obcej ma VAT, a nie podaje kursu, po którym go przeliczono.",
        "An invoice in another currency has VAT, but not the rate it was converted with.",
    ],
    [
        "Dodaj KursWaluty w wierszach, a na fakturze zaliczkowej KursWalutyZ.",
        "Add KursWaluty to the lines, or KursWalutyZ to an advance invoice.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static VAT_IN_PLN_UNEXPECTED: Explanation = explain(
    [
        "VAT w złotych na fakturze w złotych",
        "VAT in PLN on an invoice in PLN",
    ],
    [
        "P_14_nW służy do przeliczenia podatku z waluty obcej. Na fakturze w PLN powtarza kwotę albo jej przeczy.",
        "P_14_nW is the tax converted from another currency. On an invoice in PLN it repeats the amount or contradicts it.",
    ],
    [
        "Usuń P_14_nW albo popraw KodWaluty.",
        "Remove P_14_nW, or correct KodWaluty.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static CONTRACT_CURRENCY_PLN: Explanation = explain(
    ["Waluta umowna PLN", "The contract's currency is PLN"],
    [
        "KursUmowny i WalutaUmowna mówią, z jakiej waluty przeliczono kwoty na złote. PLN nie wymaga przeliczenia.",
        "KursUmowny and WalutaUmowna say which currency the amounts in PLN were converted from. PLN needs no conversion.",
    ],
    [
        "Wpisz walutę umowy albo usuń oba pola.",
        "Give the contract's currency, or remove both fields.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

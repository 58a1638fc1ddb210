//! Annotations.

use super::{Explanation, explain};

pub(super) static REVERSE_CHARGE_UNMARKED: Explanation = explain(
    [
        "Brak adnotacji „odwrotne obciążenie”",
        "The reverse charge mark is missing",
    ],
    [
        "Faktura ma sprzedaż, którą rozlicza nabywca (P_13_8 albo P_13_10), a P_18=2. Sprzedaż dla konsumenta (BrakID) i procedura uproszczona (P_23=1) są pominięte.",
        "The invoice has sales that the buyer accounts for (P_13_8 or P_13_10), but P_18=2. Sales to consumers (BrakID) and triangular sales (P_23=1) are left alone.",
    ],
    ["Ustaw P_18=1.", "Set P_18=1."],
    "art. 106e ust. 1 pkt 18 ustawy o VAT",
);

pub(super) static REVERSE_CHARGE_UNUSED: Explanation = explain(
    [
        "Adnotacja „odwrotne obciążenie” bez takiej sprzedaży",
        "The reverse charge mark without such sales",
    ],
    [
        "P_18=1, a faktura nie ma kwot w P_13_8, P_13_9 ani P_13_10 i żaden wiersz nie ma stawki oo ani np.",
        "P_18=1, but the invoice has no amounts in P_13_8, P_13_9 or P_13_10 and no line has a rate oo or np.",
    ],
    [
        "Ustaw P_18=2 albo popraw stawki.",
        "Set P_18=2, or correct the rates.",
    ],
    "art. 106e ust. 1 pkt 18 ustawy o VAT",
);

pub(super) static REVERSE_CHARGE_LINES: Explanation = explain(
    [
        "Wiersze oo i suma P_13_10 nie występują razem",
        "Lines oo and the sum P_13_10 do not come together",
    ],
    [
        "Wiersze ze stawką oo sumują się w P_13_10. Jedno bez drugiego oznacza złą stawkę albo złą sumę.",
        "Lines with rate oo add up in P_13_10. One without the other means a wrong rate or a wrong sum.",
    ],
    [
        "Dodaj brakującą sumę albo popraw stawkę wiersza.",
        "Add the missing sum, or correct the rate of the line.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static EXEMPT_BASIS_MISSING: Explanation = explain(
    [
        "Sprzedaż zwolniona bez podstawy zwolnienia",
        "Exempt sales without their basis",
    ],
    [
        "Faktura ze sprzedażą zwolnioną wskazuje przepis, na podstawie którego podatnik stosuje zwolnienie.",
        "An invoice with exempt sales names the provision of the exemption.",
    ],
    [
        "Zastąp P_19N elementami P_19=1 oraz P_19A, P_19B albo P_19C.",
        "Put P_19=1 and P_19A, P_19B or P_19C in place of P_19N.",
    ],
    "art. 106e ust. 1 pkt 19 ustawy o VAT",
);

pub(super) static EXEMPT_BASIS_UNUSED: Explanation = explain(
    [
        "Podstawa zwolnienia bez sprzedaży zwolnionej",
        "The basis of an exemption without exempt sales",
    ],
    [
        "P_19=1, a faktura nie ma wierszy zw ani kwoty w P_13_7.",
        "P_19=1, but the invoice has neither lines zw nor an amount in P_13_7.",
    ],
    [
        "Wpisz P_19N=1 albo popraw stawki.",
        "Put P_19N=1, or correct the rates.",
    ],
    "art. 106e ust. 1 pkt 19 ustawy o VAT",
);

pub(super) static EXEMPT_LINES: Explanation = explain(
    [
        "Wiersze zw i suma P_13_7 nie występują razem",
        "Lines zw and the sum P_13_7 do not come together",
    ],
    [
        "Wiersze ze stawką zw sumują się w P_13_7. Jedno bez drugiego oznacza złą stawkę albo złą sumę.",
        "Lines with rate zw add up in P_13_7. One without the other means a wrong rate or a wrong sum.",
    ],
    [
        "Dodaj brakującą sumę albo popraw stawkę wiersza.",
        "Add the missing sum, or correct the rate of the line.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

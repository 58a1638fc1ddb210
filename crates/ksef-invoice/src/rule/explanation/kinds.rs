//! Kinds of invoices and what they refer to.

use super::{Explanation, explain};

pub(super) static CORRECTION_DATA_MISSING: Explanation = explain(
    [
        "Korekta bez danych faktury korygowanej",
        "A correction that does not say what it corrects",
    ],
    [
        "Faktura korygująca podaje numer i datę faktury korygowanej oraz jej numer KSeF. Schemat tego nie wymusza, ale bez tych danych korekty nie da się przypisać.",
        "A correction gives number and date of what it corrects, and its KSeF number. The schema does not insist, but without them the correction cannot be matched.",
    ],
    [
        "Dodaj DaneFaKorygowanej; dla faktury spoza KSeF z NrKSeFN=1.",
        "Add DaneFaKorygowanej; for an invoice outside KSeF with NrKSeFN=1.",
    ],
    "art. 106j ust. 2 ustawy o VAT",
);

pub(super) static CORRECTION_DATA_UNEXPECTED: Explanation = explain(
    [
        "Dane korekty na zwykłej fakturze",
        "Data of a correction on another invoice",
    ],
    [
        "Faktura ma DaneFaKorygowanej, a jej rodzaj nie jest korektą. Systemy odbiorców potraktują ją jak zwykłą sprzedaż.",
        "The invoice has DaneFaKorygowanej, but its kind is no correction. The buyer's systems take it for an ordinary sale.",
    ],
    [
        "Zmień rodzaj na KOR, KOR_ZAL lub KOR_ROZ albo usuń dane faktury korygowanej.",
        "Change the kind to KOR, KOR_ZAL or KOR_ROZ, or remove the data.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static ADVANCE_ORDER_MISSING: Explanation = explain(
    [
        "Faktura zaliczkowa bez zamówienia",
        "An advance without its order",
    ],
    [
        "Faktura zaliczkowa zawiera dane zamówienia lub umowy: nazwy, ilości, wartości, stawki i wartość z podatkiem.",
        "An advance invoice has the data of the order: names, quantities, values, rates, and the value with tax.",
    ],
    ["Dodaj element Zamowienie.", "Add the element Zamowienie."],
    "art. 106f ust. 1 pkt 4 ustawy o VAT",
);

pub(super) static SETTLEMENT_ADVANCE_MISSING: Explanation = explain(
    [
        "Faktura rozliczająca bez faktur zaliczkowych",
        "A settlement without its advances",
    ],
    [
        "Faktura ROZ nie wskazuje faktur zaliczkowych. Wolno tak, gdy zaliczki nie były fakturowane (art. 106b ust. 1a); inaczej ich numery są wymagane.",
        "A ROZ invoice names no advance invoices. That is allowed when the advances were not invoiced (art. 106b(1a)); else their numbers are required.",
    ],
    [
        "Dodaj FakturaZaliczkowa, jeśli zaliczki były fakturowane.",
        "Add FakturaZaliczkowa when the advances were invoiced.",
    ],
    "art. 106f ust. 3 i 4 ustawy o VAT",
);

pub(super) static KSEF_NUMBER_CHECKSUM: Explanation = explain(
    [
        "Błędna suma kontrolna numeru KSeF",
        "Wrong checksum of a KSeF number",
    ],
    [
        "Dwa ostatnie znaki numeru KSeF to suma kontrolna CRC-8. Jeśli się nie zgadza, w numerze jest pomyłka i nie wskazuje on żadnej faktury. Numerów sprzed 2025 roku (KSeF 1.0) reguła nie ocenia.",
        "The last two characters of a KSeF number are a CRC-8. When it does not fit, the number has a mistake and names no invoice. Numbers from before 2025 (KSeF 1.0) are not judged.",
    ],
    [
        "Skopiuj numer z UPO albo z KSeF.",
        "Copy the number from the UPO or from KSeF.",
    ],
    "CIRFMF/ksef-docs, faktury/numer-ksef.md",
);

pub(super) static SETTLEMENT_REMAINDER: Explanation = explain(
    [
        "Kwota pozostała nie zgadza się z zaliczkami",
        "The remainder does not fit the advances",
    ],
    [
        "Wartość brutto wierszy pomniejszona o znane faktury zaliczkowe i ich korekty nie równa się P_15. Reguła mówi tylko wtedy, gdy zna wszystkie wskazane zaliczki.",
        "The lines with tax, less the known advance invoices and their corrections, is not P_15. The rule speaks only when it knows all the advances named.",
    ],
    [
        "Sprawdź P_15 i listę FakturaZaliczkowa.",
        "Check P_15 and the list FakturaZaliczkowa.",
    ],
    "art. 106f ust. 3 ustawy o VAT",
);

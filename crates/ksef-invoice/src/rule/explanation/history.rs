//! The invoice among others.

use super::{Explanation, explain};

pub(super) static NUMBER_PATTERN: Explanation = explain(
    [
        "Numer innej postaci niż dotychczasowe",
        "A number that looks different",
    ],
    [
        "Wśród ostatnich dwudziestu numerów tego sprzedawcy i rodzaju żaden nie ma takiej postaci. Może to być nowa seria albo pomyłka przy wpisywaniu.",
        "None of the last twenty numbers of this seller and kind looks like this one. It may be a new series, or a slip.",
    ],
    [
        "Sprawdź numer; jeśli to nowa seria, zostaw bez zmian.",
        "Check the number; when it is a new series, leave it.",
    ],
    "art. 106e ust. 1 pkt 2 ustawy o VAT",
);

pub(super) static NUMBER_GAP: Explanation = explain(
    [
        "Luka w numeracji faktur",
        "A gap in the numbers of invoices",
    ],
    [
        "Między poprzednim znanym numerem tej serii a tym brakuje numerów. Faktury numeruje się kolejno; brakujące mogły nie zostać wystawione albo wysłane.",
        "Between the last known number of this series and this one numbers are missing. Numbers are consecutive; the missing invoices may not have been issued or sent.",
    ],
    [
        "Sprawdź, czy brakujące faktury wystawiono i wysłano do KSeF.",
        "See whether the missing invoices were issued and sent to KSeF.",
    ],
    "art. 106e ust. 1 pkt 2 ustawy o VAT",
);

pub(super) static DATE_BEFORE_PREVIOUS: Explanation = explain(
    [
        "Data wcześniejsza niż poprzedniej faktury",
        "A date before that of the previous invoice",
    ],
    [
        "Poprzedni numer tej serii ma późniejszą datę wystawienia. Numery zwykle idą w parze z datami; antydatowanie może zmienić okres rozliczenia.",
        "The previous number of this series has a later issue date. Numbers usually follow dates; dating back may change the tax period.",
    ],
    ["Sprawdź P_1 i P_2.", "Check P_1 and P_2."],
    "art. 106e ust. 1 pkt 1 i 2 ustawy o VAT",
);

pub(super) static ACCOUNT_CHANGED: Explanation = explain(
    [
        "Nowy rachunek bankowy sprzedawcy",
        "A new bank account of the seller",
    ],
    [
        "Na wcześniejszych fakturach tego sprzedawcy był inny rachunek. Podmiana numeru rachunku to częsta metoda oszustwa.",
        "Earlier invoices of this seller had another account. Swapping the account is a common fraud.",
    ],
    [
        "Potwierdź zmianę u sprzedawcy znaną drogą i sprawdź rachunek na białej liście.",
        "Confirm the change with the seller in a way you know, and check the account on the white list.",
    ],
    "art. 96b ustawy o VAT",
);

pub(super) static SELLER_UNKNOWN: Explanation = explain(
    ["Nieznany sprzedawca", "An unknown seller"],
    [
        "Od tego sprzedawcy nie było dotąd faktury. Reguła mówi, gdy znanych jest co najmniej pięć otrzymanych faktur.",
        "There was no invoice of this seller before. The rule speaks when at least five received invoices are known.",
    ],
    [
        "Sprawdź, czy było zamówienie, i zweryfikuj sprzedawcę przed zapłatą.",
        "See whether there was an order, and verify the seller before paying.",
    ],
    "ocena ryzyka",
);

pub(super) static AMOUNT_UNUSUAL: Explanation = explain(
    ["Nietypowa kwota", "An unusual amount"],
    [
        "Kwota jest wyższa niż każda wcześniejsza od tego sprzedawcy i ponad pięć razy wyższa niż mediana. Liczy się co najmniej pięć faktur tego samego rodzaju i w tej samej walucie.",
        "The amount is above every earlier one of this seller and more than five times the median. At least five invoices of the same kind and currency are compared.",
    ],
    [
        "Porównaj fakturę z zamówieniem.",
        "Compare the invoice with the order.",
    ],
    "ocena ryzyka",
);

pub(super) static CONTENT_REPEATED: Explanation = explain(
    [
        "Ta sama treść pod innym numerem",
        "The same content under another number",
    ],
    [
        "Ten sam sprzedawca wystawił już fakturę o tych samych wierszach, kwocie i dacie sprzedaży, z innym numerem. Grozi podwójna zapłata.",
        "The same seller has already issued an invoice with the same lines, amount and date of sale under another number. It might be paid twice.",
    ],
    [
        "Zapytaj sprzedawcę, czy to druga sprzedaż, czy ta sama faktura.",
        "Ask the seller whether it is a second sale or the same invoice.",
    ],
    "ocena ryzyka",
);

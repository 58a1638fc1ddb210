//! Payment.

use super::{Explanation, explain};

pub(super) static TERM_BEFORE_ISSUE: Explanation = explain(
    [
        "Termin płatności przed datą wystawienia",
        "A term of payment before the issue date",
    ],
    [
        "Termin płatności minął, zanim faktura została wystawiona. Bywa tak przy fakturach wystawianych po zapłacie; częściej to pomyłka w dacie. Korekt i faktur zaliczkowych reguła nie dotyczy.",
        "The term passed before the invoice was issued. That happens with invoices made after the payment; more often a date is wrong. Corrections and advances are left alone.",
    ],
    [
        "Sprawdź P_1 i termin; fakturę już zapłaconą oznacz Zaplacono=1.",
        "Check P_1 and the term; mark a paid invoice with Zaplacono=1.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static PAID_WITH_LATER_TERM: Explanation = explain(
    [
        "Zapłacona faktura z późniejszym terminem",
        "A paid invoice with a later term",
    ],
    [
        "Zaplacono=1 mówi, że należność uregulowano, a termin płatności po dacie zapłaty, że dopiero ma być. Odbiorca może zapłacić drugi raz.",
        "Zaplacono=1 says that the amount was paid, and a term after that date that it will be. The buyer may pay twice.",
    ],
    [
        "Usuń TerminPlatnosci albo znacznik zapłaty.",
        "Remove TerminPlatnosci, or the mark.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static PARTIAL_PAYMENTS_EXCEED: Explanation = explain(
    [
        "Zapłaty częściowe przekraczają należność",
        "Partial payments exceed the amount due",
    ],
    [
        "Suma zapłat częściowych jest większa niż P_15 (i niż kwota do zapłaty z rozliczenia). Faktur rozliczających i korekt reguła nie dotyczy.",
        "The partial payments are more than P_15 (and more than the amount to pay of the settlement section). Settlement invoices and corrections are left alone.",
    ],
    [
        "Popraw kwoty zapłat albo P_15.",
        "Correct the payments, or P_15.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static ACCOUNT_CHECKSUM: Explanation = explain(
    [
        "Błędne cyfry kontrolne rachunku",
        "Wrong check digits of an account",
    ],
    [
        "Polski numer rachunku ma 26 cyfr, a dwie pierwsze wynikają z pozostałych (reszta z dzielenia przez 97). Przelew na numer z pomyłką nie dojdzie. Numerów zagranicznych reguła nie ocenia.",
        "A Polish account has 26 digits, and the first two follow from the others (modulo 97). A transfer to a wrong number does not arrive. Foreign accounts are not judged.",
    ],
    [
        "Przepisz numer z umowy z bankiem albo z białej listy.",
        "Copy the number from the contract with the bank, or from the white list.",
    ],
    "ISO 13616, art. 96b ustawy o VAT",
);

pub(super) static SPLIT_PAYMENT_MISSING: Explanation = explain(
    [
        "Brak oznaczenia mechanizmu podzielonej płatności",
        "Split payment is not marked",
    ],
    [
        "Wiersz jest oznaczony jako towar lub usługa z załącznika nr 15 (P_12_Zal_15=1), kwota należności przekracza 15 000 zł, a nabywca jest podatnikiem. Faktura musi mieć wyrazy „mechanizm podzielonej płatności”.",
        "A line is marked as goods or services of Annex 15 (P_12_Zal_15=1), the amount is over 15 000 PLN, and the buyer is a taxpayer. The invoice must say “split payment”.",
    ],
    ["Ustaw P_18A=1.", "Set P_18A=1."],
    "art. 106e ust. 1 pkt 18a, art. 108a ust. 1a ustawy o VAT",
);

pub(super) static SPLIT_PAYMENT_POSSIBLE: Explanation = explain(
    [
        "Możliwy obowiązek podzielonej płatności",
        "Split payment may be required",
    ],
    [
        "Przelew powyżej 15 000 zł między podatnikami, z VAT, a P_18A=2. Jeśli choć jedna pozycja jest wymieniona w załączniku nr 15, podzielona płatność jest obowiązkowa; z samej faktury tego nie widać.",
        "A transfer over 15 000 PLN between taxpayers, with VAT, and P_18A=2. When any item is listed in Annex 15, split payment is required; the invoice alone does not tell.",
    ],
    [
        "Sprawdź pozycje w załączniku nr 15; jeśli ich tam nie ma, zostaw bez zmian.",
        "Look the items up in Annex 15; when they are not there, leave it.",
    ],
    "art. 108a ust. 1a ustawy o VAT",
);

//! Lines and sums.

use super::{Explanation, explain};

pub(super) static LINE_NET: Explanation = explain(
    ["Wartość netto wiersza", "The net value of a line"],
    [
        "P_11 powinna równać się P_8B × P_9A minus P_10, z dokładnością do grosza. Rabat może być od wiersza albo od jednostki. Reguła milczy, gdy wiersz ma też cenę brutto, i przy korektach przez różnicę.",
        "P_11 should be P_8B × P_9A less P_10, within one grosz. The discount may be that of the line or of each unit. The rule is silent when the line also has a gross price, and on corrections by difference.",
    ],
    [
        "Popraw wartość, ilość, cenę albo rabat; cenę można podać z dokładnością do ośmiu miejsc.",
        "Correct value, quantity, price or discount; a price may have eight decimals.",
    ],
    "arytmetyka faktury",
);

pub(super) static LINE_GROSS: Explanation = explain(
    ["Wartość brutto wiersza", "The gross value of a line"],
    [
        "P_11A powinna równać się P_8B × P_9B minus P_10, z dokładnością do grosza. Na FA_RR: P_11 = P_8 + P_10.",
        "P_11A should be P_8B × P_9B less P_10, within one grosz. On an FA_RR: P_11 = P_8 + P_10.",
    ],
    [
        "Popraw wartość, ilość, cenę albo rabat.",
        "Correct value, quantity, price or discount.",
    ],
    "arytmetyka faktury",
);

pub(super) static LINE_VAT: Explanation = explain(
    ["VAT wiersza", "The VAT of a line"],
    [
        "P_11Vat powinien wynikać z wartości i stawki wiersza, z dokładnością do grosza: od netto albo metodą „w stu” od brutto. Na fakturze w walucie obcej może być w złotych. Na FA_RR: P_10 = P_8 × P_9.",
        "P_11Vat should follow from value and rate, within one grosz: of the net value, or taken out of the gross value. On an invoice in another currency it may be in PLN. On an FA_RR: P_10 = P_8 × P_9.",
    ],
    [
        "Popraw P_11Vat albo stawkę.",
        "Correct P_11Vat, or the rate.",
    ],
    "arytmetyka faktury",
);

pub(super) static LINE_NUMBER_REPEATED: Explanation = explain(
    ["Powtórzony numer wiersza", "A line number comes twice"],
    [
        "NrWierszaFa to kolejny numer wiersza. Tylko na korekcie wiersz przed zmianą i po zmianie mogą mieć ten sam numer.",
        "NrWierszaFa is the consecutive number of a line. Only on a correction a line before and after may have the same one.",
    ],
    ["Ponumeruj wiersze od 1.", "Number the lines from 1."],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static LINE_NUMBER_GAP: Explanation = explain(
    ["Luka w numeracji wierszy", "A gap in the line numbers"],
    [
        "Numery wierszy nie są kolejne od 1. Może brakować wiersza.",
        "The line numbers are not consecutive from 1. A line may be missing.",
    ],
    [
        "Sprawdź, czy żaden wiersz nie zginął, i popraw numerację.",
        "See whether a line was lost, and number them anew.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static QUANTITY_NEGATIVE: Explanation = explain(
    ["Ujemna ilość", "A negative quantity"],
    [
        "Ujemną ilość ma tylko wiersz faktury korygującej. Zwrot i obniżkę po sprzedaży wykazuje się korektą, a rabat w P_10.",
        "Only lines of corrections have negative quantities. Returns and later reductions go on a correction, discounts in P_10.",
    ],
    [
        "Wystaw korektę albo wykaż rabat w P_10.",
        "Issue a correction, or give the discount in P_10.",
    ],
    "art. 106j ust. 1 ustawy o VAT",
);

pub(super) static QUANTITY_ZERO: Explanation = explain(
    ["Ilość zero", "A quantity of zero"],
    [
        "Wiersz z ilością zero nie opisuje żadnej sprzedaży.",
        "A line with quantity zero describes no sale.",
    ],
    [
        "Podaj ilość albo usuń wiersz.",
        "Give the quantity, or remove the line.",
    ],
    "art. 106e ustawy o VAT",
);

pub(super) static NET_SUM: Explanation = explain(
    ["Suma netto stawki", "The net sum of a rate"],
    [
        "P_13_n powinna równać się sumie wierszy swojej stawki: 23 i 22 do P_13_1, 8 i 7 do P_13_2, 5 do P_13_3, 4 i 3 do P_13_4, OSS do P_13_5, 0 KR, 0 WDT i 0 EX do P_13_6_1–3, zw do P_13_7, np I do P_13_8, np II do P_13_9, oo do P_13_10, marża do P_13_11. Tolerancja to pół grosza na wiersz, najmniej grosz. Wiersze brutto przelicza się na netto albo porównuje z P_13 + P_14. Na korekcie wiersze StanPrzed odejmuje się. Reguła milczy na fakturach zaliczkowych i rozliczających oraz gdy któryś wiersz nie podaje wartości lub stawki.",
        "P_13_n should be the sum of the lines of its rates: 23 and 22 in P_13_1, 8 and 7 in P_13_2, 5 in P_13_3, 4 and 3 in P_13_4, one stop shop in P_13_5, 0 KR, 0 WDT and 0 EX in P_13_6_1–3, zw in P_13_7, np I in P_13_8, np II in P_13_9, oo in P_13_10, margin in P_13_11. The tolerance is half a grosz for each line, at least one grosz. Gross lines are converted, or compared with P_13 + P_14. On a correction the lines StanPrzed are taken off. The rule is silent on advances and settlements, and when a line does not give its value or rate.",
    ],
    [
        "Popraw sumę albo stawkę czy wartość wiersza.",
        "Correct the sum, or the rate or value of a line.",
    ],
    "arytmetyka faktury",
);

pub(super) static VAT_SUM: Explanation = explain(
    ["Suma VAT stawki", "The VAT sum of a rate"],
    [
        "P_14_n powinna równać się P_13_n razy stawka z wierszy; dawne stawki 22, 7 i 3 też są właściwe. Tolerancja to pół grosza na wiersz, najmniej grosz, bo podatek można liczyć od sumy albo od wierszy, od netto albo od brutto.",
        "P_14_n should be P_13_n times the rate of the lines; the former rates 22, 7 and 3 are right too. The tolerance is half a grosz for each line, at least one grosz, since tax may be computed of the sum or by line, of net or gross values.",
    ],
    [
        "Popraw P_14_n albo stawkę wierszy.",
        "Correct P_14_n, or the rate of the lines.",
    ],
    "art. 106e ust. 1 pkt 14, ust. 7–10 ustawy o VAT",
);

pub(super) static TOTAL_DUE: Explanation = explain(
    ["Kwota należności", "The amount due"],
    [
        "P_15 powinna równać się sumie wszystkich P_13 i P_14. Kaucje, odsetki i potrącenia nie należą do P_15, lecz do Rozliczenie. Na fakturze rozliczającej P_15 to kwota pozostała.",
        "P_15 should be the sum of all P_13 and P_14. Deposits, interest and deductions do not belong to P_15 but to Rozliczenie. On a settlement P_15 is what remains.",
    ],
    [
        "Popraw P_15 albo sumy; dopłaty i potrącenia przenieś do Rozliczenie.",
        "Correct P_15 or the sums; move charges and deductions to Rozliczenie.",
    ],
    "art. 106e ust. 1 pkt 15 ustawy o VAT",
);

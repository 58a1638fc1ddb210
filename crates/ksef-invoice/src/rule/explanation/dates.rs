//! Dates.

use super::{Explanation, explain};

pub(super) static SALE_DATE_TWICE: Explanation = explain(
    [
        "Data sprzedaży podana dwa razy",
        "The date of sale is given twice",
    ],
    [
        "P_6 to data wspólna dla całej faktury, P_6A data jednego wiersza. Podanie obu zostawia wątpliwość, która obowiązuje.",
        "P_6 is the date of the whole invoice, P_6A that of one line. Both together leave a doubt which one holds.",
    ],
    [
        "Zostaw P_6, gdy data jest jedna, albo P_6A w wierszach, gdy dat jest więcej.",
        "Keep P_6 when there is one date, or P_6A on the lines when there are several.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

pub(super) static PERIOD_REVERSED: Explanation = explain(
    [
        "Okres kończy się przed początkiem",
        "A period that ends before it starts",
    ],
    [
        "P_6_Do jest wcześniejsza niż P_6_Od.",
        "P_6_Do is before P_6_Od.",
    ],
    [
        "Zamień daty albo popraw tę, w której jest pomyłka.",
        "Swap the dates, or correct the wrong one.",
    ],
    "FA(3) 1-0E, opis pól w schemacie",
);

//! The form and its schema.

use super::{Explanation, explain};

pub(super) static SCHEMA_UNKNOWN_DOCUMENT: Explanation = explain(
    ["Nieznany formularz", "Unknown form"],
    [
        "Element główny i jego przestrzeń nazw nie należą do formularza, który KSeF przyjmuje. Często jest to starsza wersja struktury, na przykład FA(1).",
        "The root element and its namespace do not belong to a form KSeF takes. Often it is an older version of the structure, such as FA(1).",
    ],
    [
        "Wystaw fakturę w strukturze FA(3).",
        "Issue the invoice in the structure FA(3).",
    ],
    "FA(3) 1-0E, schemat XSD",
)
.with_excerpt("<Faktura xmlns=\"http://crd.gov.pl/wzor/2021/11/29/11089/\">");

pub(super) static SCHEMA_FORM_MISMATCH: Explanation = explain(
    ["Nagłówek przeczy przestrzeni nazw", "The header contradicts the namespace"],
    [
        "Przestrzeń nazw wskazuje jeden formularz, a KodFormularza, WariantFormularza albo wersja w nagłówku inny.",
        "The namespace names one form, and KodFormularza, WariantFormularza or the version in the header another.",
    ],
    [
        "Popraw nagłówek tak, żeby odpowiadał formularzowi.",
        "Correct the header so that it fits the form.",
    ],
    "FA(3) 1-0E, schemat XSD",
)
.with_excerpt("<Faktura xmlns=\"http://crd.gov.pl/wzor/2025/06/25/13775/\">\n  <Naglowek>\n    <KodFormularza kodSystemowy=\"FA (2)\" wersjaSchemy=\"1-0E\">FA</KodFormularza>");

pub(super) static SCHEMA_ELEMENT_MISSING: Explanation = explain(
    ["Brak wymaganego elementu", "A required element is missing"],
    [
        "Schemat wymaga w tym miejscu elementu, którego nie ma.",
        "The schema requires an element here that is not there.",
    ],
    [
        "Dodaj element w miejscu, które wskazuje komunikat.",
        "Add the element where the message says.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_1>2026-10-05</P_1>\n<!-- no P_2 -->\n<P_15>738.00</P_15>");

pub(super) static SCHEMA_ELEMENT_UNEXPECTED: Explanation = explain(
    ["Element w niedozwolonym miejscu", "An element that may not stand here"],
    [
        "Schemat nie zna tego elementu albo nie dopuszcza go w tym miejscu, na przykład obok elementu, z którym tworzy wybór.",
        "The schema does not know this element or does not allow it here, for instance next to one it is an alternative of.",
    ],
    [
        "Usuń element albo przenieś jego treść do właściwego pola.",
        "Remove the element or move its content to the right field.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<NIP>5213884267</NIP>\n<BrakID>1</BrakID>");

pub(super) static SCHEMA_ELEMENT_MISPLACED: Explanation = explain(
    [
        "Element w niewłaściwej kolejności",
        "An element out of order",
    ],
    [
        "Elementy faktury mają stałą kolejność; ten stoi za wcześnie albo za późno.",
        "The elements of an invoice have a fixed order; this one stands too early or too late.",
    ],
    [
        "Przenieś element w miejsce wynikające ze schematu.",
        "Move the element to its place in the schema.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_2>FV/2026/10/001</P_2>\n<P_1>2026-10-05</P_1>");

pub(super) static SCHEMA_ELEMENT_REPEATED: Explanation = explain(
    [
        "Element powtórzony zbyt wiele razy",
        "An element comes too often",
    ],
    [
        "Schemat ogranicza liczbę wystąpień tego elementu.",
        "The schema limits how often this element may come.",
    ],
    [
        "Usuń nadmiarowe wystąpienia.",
        "Remove those that are too many.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_15>738.00</P_15>\n<P_15>738.00</P_15>");

pub(super) static SCHEMA_TEXT_UNEXPECTED: Explanation = explain(
    ["Tekst między elementami", "Text between elements"],
    [
        "Element zawiera inne elementy i nie może mieć własnego tekstu.",
        "The element holds other elements and may not have text of its own.",
    ],
    [
        "Usuń tekst albo przenieś go do pola, które przyjmuje treść.",
        "Remove the text or move it to a field that takes text.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<Adres>ul. Tartaczna 3\n  <KodKraju>PL</KodKraju>");

pub(super) static SCHEMA_VALUE: Explanation = explain(
    ["Wartość w niewłaściwej postaci", "A value in the wrong form"],
    [
        "Wartość nie ma postaci swojego typu: liczba z przecinkiem, data w innym zapisie, puste pole.",
        "The value does not have the form of its type: a number with a comma, a date in another notation, an empty field.",
    ],
    [
        "Zapisz wartość tak, jak wymaga typ: kwoty z kropką i bez spacji, daty jako RRRR-MM-DD.",
        "Write the value as its type asks: amounts with a point and no spaces, dates as YYYY-MM-DD.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_15>738,00</P_15>");

pub(super) static SCHEMA_VALUE_LISTED: Explanation = explain(
    ["Wartość spoza listy", "A value that is not on the list"],
    [
        "Pole ma zamkniętą listę wartości, a tej na niej nie ma. Ważne są wielkość liter i spacje: „0 WDT”, „np I”.",
        "The field has a closed list of values and this is not one of them. Capitals and spaces matter: “0 WDT”, “np I”.",
    ],
    [
        "Wybierz wartość z listy, którą podaje komunikat.",
        "Choose one from the list the message gives.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_12>0 wdt</P_12>");

pub(super) static SCHEMA_VALUE_PATTERN: Explanation = explain(
    [
        "Wartość nie pasuje do wzorca",
        "A value that does not match its pattern",
    ],
    [
        "Pole ma określony wzorzec, na przykład NIP to dziesięć cyfr bez kresek.",
        "The field has a pattern; a NIP for instance is ten digits without hyphens.",
    ],
    [
        "Popraw zapis wartości.",
        "Correct how the value is written.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<NIP>521-388-42-67</NIP>");

pub(super) static SCHEMA_VALUE_LENGTH: Explanation = explain(
    [
        "Wartość za krótka albo za długa",
        "A value that is too short or too long",
    ],
    [
        "Pole ma ograniczoną liczbę znaków. Liczą się znaki, nie bajty.",
        "The field has a limited number of characters. Characters count, not bytes.",
    ],
    [
        "Skróć lub uzupełnij treść; dłuższe opisy można podać w DodatkowyOpis.",
        "Shorten or complete the text; longer descriptions can go to DodatkowyOpis.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_2></P_2>");

pub(super) static SCHEMA_VALUE_DIGITS: Explanation = explain(
    ["Za dużo cyfr w liczbie", "A number with too many digits"],
    [
        "Kwoty mają najwyżej dwa miejsca po przecinku, ceny osiem, ilości sześć.",
        "Amounts have at most two decimals, prices eight, quantities six.",
    ],
    [
        "Zaokrąglij liczbę do dozwolonej liczby miejsc.",
        "Round the number to the decimals allowed.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_11>99.995</P_11>");

pub(super) static SCHEMA_VALUE_RANGE: Explanation = explain(
    ["Wartość poza zakresem", "A value out of range"],
    [
        "Liczba lub data leży poza granicami, które wyznacza schemat.",
        "The number or date lies outside the limits of the schema.",
    ],
    [
        "Sprawdź wartość: najczęściej to pomyłka w roku albo w znaku.",
        "Check the value: mostly the year or the sign is wrong.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_1>2062-10-05</P_1>");

pub(super) static SCHEMA_VALUE_FIXED: Explanation = explain(
    [
        "Wartość inna niż ustalona",
        "A value other than the fixed one",
    ],
    [
        "Schemat ustala wartość tego pola i nie dopuszcza innej.",
        "The schema fixes the value of this field and allows no other.",
    ],
    [
        "Wpisz wartość ustaloną albo pomiń pole, jeśli jest opcjonalne.",
        "Put the fixed value, or leave the field out where it is optional.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<PrefiksPodatnika>DE</PrefiksPodatnika>");

pub(super) static SCHEMA_ELEMENT_NAMESPACE: Explanation = explain(
    [
        "Element w innej przestrzeni nazw",
        "An element in another namespace",
    ],
    [
        "Element ma właściwą nazwę, ale należy do innej przestrzeni nazw niż formularz.",
        "The element has the right name, but belongs to another namespace than the form.",
    ],
    [
        "Usuń przedrostek albo deklarację xmlns z elementu, albo użyj przestrzeni nazw formularza.",
        "Remove the prefix or the xmlns declaration of the element, or use the form's namespace.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_15 xmlns=\"\">738.00</P_15>");

pub(super) static SCHEMA_ATTRIBUTE_MISSING: Explanation = explain(
    ["Brak wymaganego atrybutu", "A required attribute is missing"],
    [
        "Schemat wymaga atrybutu, którego element nie ma, na przykład kodSystemowy w nagłówku.",
        "The schema requires an attribute that the element does not have, kodSystemowy in the header for instance.",
    ],
    [
        "Dodaj atrybut.",
        "Add the attribute.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<KodFormularza wersjaSchemy=\"1-0E\">FA</KodFormularza>");

pub(super) static SCHEMA_ATTRIBUTE_UNEXPECTED: Explanation = explain(
    ["Nieznany atrybut", "An unknown attribute"],
    [
        "Element ma atrybut, którego schemat nie zna.",
        "The element has an attribute that the schema does not know.",
    ],
    ["Usuń atrybut.", "Remove the attribute."],
    "schemat XSD formularza",
)
.with_excerpt("<P_15 waluta=\"PLN\">738.00</P_15>");

pub(super) static SCHEMA_TYPE: Explanation = explain(
    ["Niedozwolone użycie xsi:type lub xsi:nil", "xsi:type or xsi:nil is used where it may not be"],
    [
        "Atrybuty xsi:type i xsi:nil zmieniają sposób sprawdzania elementu; schemat na to tutaj nie pozwala.",
        "The attributes xsi:type and xsi:nil change how an element is checked; the schema does not allow that here.",
    ],
    [
        "Usuń atrybut, a puste pole pomiń w całości.",
        "Remove the attribute, and leave an empty field out altogether.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<P_6 xsi:nil=\"true\"/>");

pub(super) static SCHEMA_UNIQUE: Explanation = explain(
    ["Powtórzony identyfikator", "An identifier that is not unique"],
    [
        "Wartość, która ma coś jednoznacznie oznaczać, występuje dwa razy albo wskazuje na coś, czego nie ma.",
        "A value that must identify one thing comes twice, or points to something that is not there.",
    ],
    [
        "Nadaj różne wartości albo popraw odwołanie.",
        "Give different values or correct the reference.",
    ],
    "schemat XSD formularza",
)
.with_excerpt("<Reference URI=\"#brak\"/>");

pub(super) static SCHEMA_FINDINGS_LIMIT: Explanation = explain(
    [
        "Zbyt wiele uwag do schematu",
        "Too many findings of the schema",
    ],
    [
        "Dokument ma więcej błędów schematu, niż się wypisuje; kolejnych nie pokazano.",
        "The document has more findings than are listed; the rest is not shown.",
    ],
    [
        "Usuń pokazane błędy i sprawdź plik ponownie.",
        "Correct those shown and check the file again.",
    ],
    "granica tego programu",
);

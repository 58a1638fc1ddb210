//! The file and its XML.

use super::{Explanation, explain};

pub(super) static FILE_EMPTY: Explanation = explain(
    ["Plik jest pusty", "The file is empty"],
    [
        "Plik nie zawiera ani jednego bajtu, więc nie ma w nim faktury.",
        "The file has no bytes, so there is no invoice in it.",
    ],
    [
        "Zapisz fakturę ponownie z programu, w którym powstała.",
        "Save the invoice again from the program that made it.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
);

pub(super) static FILE_TOO_LARGE: Explanation = explain(
    ["Plik jest za duży", "The file is too large"],
    [
        "KSeF przyjmuje faktury do 1 000 000 bajtów, a z załącznikiem do 3 000 000 bajtów. Liczy się rozmiar pliku XML przed szyfrowaniem.",
        "KSeF takes invoices of up to 1 000 000 bytes, or 3 000 000 bytes with an attachment. What counts is the XML file before encryption.",
    ],
    [
        "Podziel sprzedaż na kilka faktur albo usuń z pliku zbędne opisy i odstępy.",
        "Split the sale into several invoices, or remove needless descriptions and white space.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
);

pub(super) static ENCODING_WIDE: Explanation = explain(
    [
        "Plik jest w UTF-16 lub UTF-32",
        "The file is UTF-16 or UTF-32",
    ],
    [
        "Faktura musi być zapisana w UTF-8. Ten plik zaczyna się jak UTF-16 lub UTF-32.",
        "An invoice must be UTF-8. This file starts like UTF-16 or UTF-32.",
    ],
    [
        "Zapisz plik jako „UTF-8 bez BOM”.",
        "Save the file as “UTF-8 without BOM”.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
)
.with_excerpt("FF FE 3C 00 3F 00 78 00 6D 00 6C 00");

pub(super) static ENCODING_BYTE_ORDER_MARK: Explanation = explain(
    ["Plik zaczyna się znacznikiem BOM", "The file starts with a byte order mark"],
    [
        "KSeF przyjmuje UTF-8 bez znacznika kolejności bajtów (EF BB BF). Niektóre edytory dopisują go same.",
        "KSeF takes UTF-8 without a byte order mark (EF BB BF). Some editors add one on their own.",
    ],
    [
        "Zapisz plik jako „UTF-8 bez BOM”; treść faktury się nie zmienia.",
        "Save the file as “UTF-8 without BOM”; the invoice itself stays the same.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
)
.with_excerpt("EF BB BF 3C 3F 78 6D 6C");

pub(super) static ENCODING_NOT_UTF8: Explanation = explain(
    ["Plik nie jest poprawnym UTF-8", "The file is not valid UTF-8"],
    [
        "W podanym miejscu stoi bajt, którego nie ma w UTF-8. Zwykle plik zapisano w Windows-1250 albo ISO-8859-2, a polskie litery zajmują w nim jeden bajt.",
        "At this place there is a byte that UTF-8 does not have. Usually the file was saved as Windows-1250 or ISO-8859-2, where Polish letters take one byte.",
    ],
    [
        "Zapisz plik w UTF-8; sama zmiana deklaracji w pierwszym wierszu nie wystarczy.",
        "Save the file as UTF-8; changing the declaration in the first line alone is not enough.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
)
.with_excerpt("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<P_7>obr\\xF3bka drewna</P_7>   <!-- ó of Windows-1250: one byte, F3 -->");

pub(super) static ENCODING_DECLARATION: Explanation = explain(
    ["Deklaracja XML podaje inne kodowanie", "The XML declaration names another encoding"],
    [
        "Pierwszy wiersz podaje kodowanie inne niż UTF-8. KSeF przyjmuje pliki bez deklaracji albo z encoding=\"UTF-8\".",
        "The first line names an encoding other than UTF-8. KSeF takes files without a declaration or with encoding=\"UTF-8\".",
    ],
    [
        "Popraw deklarację na encoding=\"UTF-8\" i upewnij się, że plik jest tak zapisany.",
        "Change the declaration to encoding=\"UTF-8\" and make sure that the file is saved like that.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
)
.with_excerpt("<?xml version=\"1.0\" encoding=\"windows-1250\"?>");

pub(super) static XML_NOT_WELL_FORMED: Explanation = explain(
    ["Plik nie jest poprawnym dokumentem XML", "The file is not a well-formed XML document"],
    [
        "Znacznik nie jest zamknięty, brakuje cudzysłowu albo w tekście stoi znak & lub < bez zamiany na &amp; lub &lt;. Takiego pliku nie da się odczytać.",
        "A tag is not closed, a quotation mark is missing, or the text has & or < that was not written as &amp; or &lt;. Such a file cannot be read.",
    ],
    [
        "Popraw wskazane miejsce albo wygeneruj plik ponownie.",
        "Correct the place shown, or have the file made again.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
)
.with_excerpt("<Nazwa>Wrona & Synowie s.c.</Nazwa>");

pub(super) static XML_DOCTYPE: Explanation = explain(
    [
        "Plik zawiera deklarację DOCTYPE",
        "The file has a document type declaration",
    ],
    [
        "Deklaracja typu dokumentu pozwala wciągać do faktury obce treści i jest niedozwolona.",
        "A document type declaration can pull foreign content into an invoice and is not allowed.",
    ],
    [
        "Usuń deklarację <!DOCTYPE …>.",
        "Remove the declaration <!DOCTYPE …>.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
)
.with_excerpt("<!DOCTYPE Faktura>");

pub(super) static XML_PROCESSING_INSTRUCTION: Explanation = explain(
    ["Plik zawiera instrukcję przetwarzania", "The file has a processing instruction"],
    [
        "Instrukcje <?…?>, na przykład arkusz stylów, są niedozwolone. Wyjątkiem jest deklaracja <?xml …?> w pierwszym wierszu.",
        "Instructions <?…?>, a style sheet for instance, are not allowed. The declaration <?xml …?> in the first line is the exception.",
    ],
    [
        "Usuń instrukcję.",
        "Remove the instruction.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
)
.with_excerpt("<?xml-stylesheet type=\"text/xsl\" href=\"faktura.xsl\"?>");

pub(super) static XML_DISCOURAGED_CHARACTER: Explanation = explain(
    ["Znak z zakresu, którego KSeF nie przyjmuje", "A character from a range KSeF does not take"],
    [
        "KSeF nie przyjmuje znaków U+007F–U+0084, U+0086–U+009F, U+FDD0–U+FDEF i dwóch ostatnich pozycji płaszczyzn dodatkowych. Najczęściej to ślad błędnej zamiany z Windows-1250: U+0096 zamiast myślnika, U+0084 zamiast cudzysłowu.",
        "KSeF does not take U+007F–U+0084, U+0086–U+009F, U+FDD0–U+FDEF and the last two code points of the supplementary planes. Mostly they come from a wrong conversion of Windows-1250: U+0096 in place of a dash, U+0084 in place of a quotation mark.",
    ],
    [
        "Zastąp znak właściwym (myślnikiem, cudzysłowem) albo go usuń.",
        "Put the right character in its place (a dash, a quotation mark) or remove it.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
)
.with_excerpt("<P_7>Deska dębowa &#x96; sezonowana</P_7>");

pub(super) static XML_ILLEGAL_CHARACTER: Explanation = explain(
    ["Znak niedozwolony w XML", "A character that XML does not allow"],
    [
        "XML 1.0 dopuszcza spośród znaków sterujących tylko tabulator i znaki końca wiersza. Inne znaki sterujące trafiają do opisów zwykle przez kopiowanie.",
        "Of the control characters XML 1.0 allows only the tab and the ends of lines. Others usually come into descriptions by copying.",
    ],
    [
        "Usuń znak z opisu.",
        "Remove the character from the text.",
    ],
    "XML 1.0, rozdz. 2.2",
)
.with_excerpt("<P_7>Deska dębowa&#x1;</P_7>");

pub(super) static XML_LIMIT: Explanation = explain(
    [
        "Dokument przekracza limity czytnika",
        "The document exceeds the reader's limits",
    ],
    [
        "Elementy są zagnieżdżone zbyt głęboko albo mają zbyt wiele atrybutów. Żaden formularz KSeF tego nie wymaga.",
        "Elements are nested too deeply or have too many attributes. No form of KSeF needs that.",
    ],
    [
        "Wygeneruj plik ponownie według schematu formularza.",
        "Have the file made again by the form's schema.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
);

//! What KSeF refuses besides.

use super::{Explanation, explain};

pub(super) static ISSUE_DATE_FUTURE: Explanation = explain(
    [
        "Data wystawienia w przyszłości",
        "The issue date is in the future",
    ],
    [
        "P_1 jest późniejsza niż dzień przyjęcia faktury w Polsce. KSeF odrzuca taką fakturę; liczy się data w strefie Europe/Warsaw.",
        "P_1 is later than the day of acceptance in Poland. KSeF refuses such an invoice; the date in Europe/Warsaw counts.",
    ],
    [
        "Wyślij fakturę w dniu wystawienia albo popraw P_1.",
        "Send the invoice on the day of issue, or correct P_1.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
);

pub(super) static NIP_CHECKSUM: Explanation = explain(
    ["Błędna cyfra kontrolna NIP", "Wrong check digit of a NIP"],
    [
        "Ostatnia cyfra NIP wynika z poprzednich. KSeF na produkcji liczy ją dla sprzedawcy, nabywcy, podmiotów trzecich (także w IDWew) i podmiotu upoważnionego i odrzuca fakturę z błędem. Na środowiskach testowych to ostrzeżenie.",
        "The last digit of a NIP follows from the others. On production KSeF computes it for seller, buyer, third parties (inside IDWew too) and the authorised party and refuses an invoice that is wrong. On test environments it is a warning.",
    ],
    [
        "Przepisz NIP z dokumentów kontrahenta albo sprawdź go na białej liście.",
        "Copy the NIP from the partner's documents, or look it up on the white list.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
);

pub(super) static FORM_NOT_OF_SESSION: Explanation = explain(
    ["Dokument innego formularza niż sesja", "The document is of another form than the session"],
    [
        "Sesję otwiera się dla jednego formularza, a ten dokument ma inny.",
        "A session is opened for one form, and this document has another.",
    ],
    [
        "Wyślij dokument w sesji otwartej dla jego formularza.",
        "Send the document in a session of its own form.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
)
.with_excerpt("<KodFormularza kodSystemowy=\"FA (2)\" wersjaSchemy=\"1-0E\">FA</KodFormularza>   <!-- in a session for FA (3) -->");

pub(super) static ATTACHMENT_ONLINE: Explanation = explain(
    [
        "Załącznik w sesji interaktywnej",
        "An attachment in an interactive session",
    ],
    [
        "Faktury z elementem Zalacznik KSeF przyjmuje tylko w sesji wsadowej, od sprzedawcy, który zgłosił zamiar ich wysyłania. Wyjątkiem jest korekta techniczna.",
        "KSeF takes invoices with a Zalacznik only in a batch, from a seller who has declared that it sends them. A technical correction is the exception.",
    ],
    [
        "Wyślij fakturę w sesji wsadowej albo przenieś treść do DodatkowyOpis.",
        "Send the invoice in a batch, or move the content to DodatkowyOpis.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
);

pub(super) static INVOICE_DUPLICATE: Explanation = explain(
    ["Duplikat faktury", "A duplicate"],
    [
        "Faktura o tym samym NIP sprzedawcy, rodzaju (RodzajFaktury) i numerze (P_2) została już wysłana albo jest wśród sprawdzanych plików. KSeF odrzuca drugą, niezależnie od treści i daty.",
        "An invoice with the same seller's NIP, kind (RodzajFaktury) and number (P_2) was sent already or is among these files. KSeF refuses the second, whatever its content and date.",
    ],
    [
        "Nadaj fakturze kolejny numer; jeśli to ta sama faktura, pomiń plik.",
        "Give the invoice the next number; when it is the same invoice, leave the file out.",
    ],
    "CIRFMF/ksef-docs, faktury/weryfikacja-faktury.md",
);

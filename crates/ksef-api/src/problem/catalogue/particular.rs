//! Codes that mean something of its own where one operation answers them.

use super::{Entry, Recovery};
use crate::operation::{Operation, auth, certificates, collective, sessions, testdata};
use crate::status::Text;

/// What an operation's answer of a code says beyond [`super::entries`].
pub(super) struct Particular {
    operations: &'static [&'static Operation],
    code: i32,
    /// Description, when the server words it otherwise.
    description: Option<&'static str>,
    recovery: Recovery,
    hint: Text,
}

impl Particular {
    /// What is particular about this code of this operation.
    pub(super) fn find(operation: &Operation, code: i32) -> Option<&'static Self> {
        PARTICULARS
            .iter()
            .find(|known| known.code == code && known.operations.contains(&operation))
    }

    /// The general entry with what is particular put in.
    pub(super) fn apply(&self, general: &Entry) -> Entry {
        Entry {
            code: self.code,
            description: self.description.unwrap_or(general.description),
            recovery: self.recovery,
            hint: self.hint,
        }
    }
}

const PARTICULARS: &[Particular] = &[
    Particular {
        operations: &[&auth::XADES_SIGNATURE],
        code: 21001,
        description: None,
        recovery: Recovery::Correct,
        hint: Text {
            en: "the document is not well-formed XML; sign the one that was prepared",
            pl: "dokument nie jest poprawnym XML; podpisz przygotowany dokument",
        },
    },
    Particular {
        operations: &[&auth::KSEF_TOKEN],
        code: 21470,
        description: None,
        recovery: Recovery::RefreshKeys,
        hint: Text {
            en: "fetch the public keys anew and encrypt the token for the current one",
            pl: "pobierz ponownie klucze publiczne i zaszyfruj token bieżącym kluczem",
        },
    },
    Particular {
        operations: &[&auth::STATUS],
        code: 21304,
        description: None,
        recovery: Recovery::Wait,
        hint: Text {
            en: "the authentication is not known (yet): ask again in a moment, then sign in again",
            pl: "uwierzytelnienie jest (jeszcze) nieznane: zapytaj za chwilę, potem zaloguj się ponownie",
        },
    },
    Particular {
        operations: &[&auth::REFRESH],
        code: 21301,
        description: None,
        recovery: Recovery::SignIn,
        hint: Text {
            en: "the sign-in was ended, or its KSeF token revoked: sign in again",
            pl: "uwierzytelnienie zakończono lub unieważniono jego token KSeF: zaloguj się ponownie",
        },
    },
    // For closing this is what was wanted, as the status then shows.
    Particular {
        operations: &[&sessions::CLOSE_ONLINE, &sessions::CLOSE_BATCH],
        code: 21180,
        description: None,
        recovery: Recovery::AlreadyDone,
        hint: Text {
            en: "the session is closed already: ask for its status",
            pl: "sesja jest już zamknięta: sprawdź jej status",
        },
    },
    Particular {
        operations: &[&sessions::OPEN_BATCH],
        code: 21157,
        description: None,
        recovery: Recovery::Correct,
        hint: Text {
            en: "cut the package into smaller parts, 100 000 000 bytes at most before encryption",
            pl: "podziel paczkę na mniejsze części, najwyżej 100 000 000 bajtów przed szyfrowaniem",
        },
    },
    Particular {
        operations: &[&sessions::CLOSE_BATCH],
        code: 21157,
        description: None,
        recovery: Recovery::Correct,
        hint: Text {
            en: "an uploaded part has another size than declared: upload it again, then close",
            pl: "przesłana część ma inny rozmiar niż zadeklarowany: prześlij ją ponownie, potem zamknij sesję",
        },
    },
    Particular {
        operations: &[&sessions::SEND_INVOICE],
        code: 21402,
        description: None,
        recovery: Recovery::Correct,
        hint: Text {
            en: "declare the size in bytes of the encrypted invoice that is sent",
            pl: "podaj rozmiar w bajtach przesyłanej zaszyfrowanej faktury",
        },
    },
    Particular {
        operations: &[&sessions::SEND_INVOICE],
        code: 21403,
        description: None,
        recovery: Recovery::Correct,
        hint: Text {
            en: "declare the SHA-256 of the encrypted invoice that is sent",
            pl: "podaj skrót SHA-256 przesyłanej zaszyfrowanej faktury",
        },
    },
    Particular {
        operations: &[&certificates::REVOKE],
        code: 25008,
        description: None,
        recovery: Recovery::Correct,
        hint: Text {
            en: "no certificate of yours has this serial number: \"ksef cert list\" shows them",
            pl: "nie masz certyfikatu o tym numerze seryjnym: zobacz „ksef cert list”",
        },
    },
    Particular {
        operations: &[&testdata::SHORTEN_CERTIFICATE],
        code: 25008,
        description: None,
        recovery: Recovery::Correct,
        hint: Text {
            en: "check the serial number; the end of validity can be brought forward only",
            pl: "sprawdź numer seryjny; koniec ważności można tylko przyspieszyć",
        },
    },
    Particular {
        operations: &[
            &collective::QUERY,
            &collective::INVOICES,
            &collective::BY_KSEF_NUMBER,
        ],
        code: 21418,
        description: Some("Przesłany token kontynuacji jest nieprawidłowy."),
        recovery: Recovery::Correct,
        hint: Text {
            en: "start the list again from its first page",
            pl: "zacznij listę od pierwszej strony",
        },
    },
];

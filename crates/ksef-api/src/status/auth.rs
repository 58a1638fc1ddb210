//! Status of an authentication.

use super::{StatusInfo, status_codes};

status_codes! {
    /// Status of an authentication. Source: table of `GET /auth/{referenceNumber}`, contract 2.9.0.
    pub enum AuthStatus {
        /// 100
        InProgress = 100 "Uwierzytelnianie w toku"
            means "the server is still checking" / "serwer jeszcze sprawdza"
            do "ask again in a moment" / "zapytaj ponownie za chwilę";
        /// 200
        Succeeded = 200 "Uwierzytelnianie zakończone sukcesem"
            means "signed in" / "zalogowano" do "" / "";
        /// 415
        NoPermissions = 415 "Uwierzytelnianie zakończone niepowodzeniem"
            means "the subject has no permission in this context" / "podmiot nie ma żadnego uprawnienia w tym kontekście"
            do "check the context, or let its owner grant you a permission" / "sprawdź kontekst albo poproś jego właściciela o nadanie uprawnienia";
        /// 425
        Revoked = 425 "Uwierzytelnienie unieważnione"
            means "this sign-in was revoked together with its tokens" / "to uwierzytelnienie unieważniono razem z jego tokenami"
            do "sign in again" / "zaloguj się ponownie";
        /// 450
        InvalidToken = 450 "Uwierzytelnianie zakończone niepowodzeniem z powodu błędnego tokenu"
            means "the ksef token was refused" / "token KSeF został odrzucony"
            do "the details tell whether the token, its time or the challenge was wrong; generate a new token when it is revoked or inactive" / "szczegóły mówią, czy zły był token, jego czas, czy wyzwanie; gdy token jest unieważniony lub nieaktywny, wygeneruj nowy";
        /// 460
        InvalidCertificate = 460 "Uwierzytelnianie zakończone niepowodzeniem z powodu błędu certyfikatu"
            means "the certificate was refused" / "certyfikat został odrzucony"
            do "the details tell why; self-signed certificates work on the test environment only" / "szczegóły mówią dlaczego; certyfikaty samopodpisane działają tylko w środowisku testowym";
        /// 470
        DeceasedPerson = 470 "Uwierzytelnianie zakończone niepowodzeniem"
            means "the credentials belong to a deceased person" / "dane uwierzytelniające należą do osoby zmarłej"
            do "use the credentials of a living representative" / "użyj danych żyjącego przedstawiciela";
        /// 480
        Blocked = 480 "Uwierzytelnienie zablokowane"
            means "signing in to this context is blocked on suspicion of a security incident" / "logowanie do tego kontekstu zablokowano z powodu podejrzenia incydentu bezpieczeństwa"
            do "contact the Ministry of Finance" / "skontaktuj się z Ministerstwem Finansów";
        /// 500
        UnknownError = 500 "Nieznany błąd"
            means "the server failed" / "błąd serwera"
            do "sign in again; when it stays, report the reference to the Ministry" / "zaloguj się ponownie; gdy błąd nie ustąpi, zgłoś numer referencyjny Ministerstwu";
        /// 550
        Cancelled = 550 "Operacja została anulowana przez system"
            means "the server interrupted the operation" / "serwer przerwał operację"
            do "sign in again" / "zaloguj się ponownie";
    }
    unknown means "a status that this version does not know" / "status nieznany tej wersji";
}

impl AuthStatus {
    /// The status as the server writes it.
    #[must_use]
    pub fn to_info(self) -> StatusInfo {
        StatusInfo::new(self.code(), self.description())
    }

    /// Whether starting over from a new challenge can help without anybody changing anything.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::UnknownError | Self::Cancelled)
    }
}

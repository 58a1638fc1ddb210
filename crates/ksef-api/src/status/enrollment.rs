//! Status of an application for a certificate.

use super::{StatusInfo, status_codes};

status_codes! {
    /// Status of an application for a certificate. Source: table of `CertificateEnrollmentStatusResponse`, contract 2.9.0.
    pub enum EnrollmentStatus {
        /// 100
        Accepted = 100 "Wniosek przyjęty do realizacji"
            means "the server is issuing the certificate" / "serwer wystawia certyfikat"
            do "ask again in a moment" / "zapytaj ponownie za chwilę";
        /// 200
        Issued = 200 "Wniosek obsłużony (certyfikat wygenerowany)"
            means "the certificate was issued" / "certyfikat został wystawiony" do "" / "";
        /// 400
        Rejected = 400 "Wniosek odrzucony"
            means "the application was refused; the details tell why" / "wniosek odrzucono; szczegóły mówią dlaczego"
            do "make a new key when another subject has a certificate for this one, and revoke a certificate when there are too many" / "utwórz nowy klucz, gdy certyfikat do tego klucza ma inny podmiot, a gdy certyfikatów jest za dużo, unieważnij jeden z nich";
        /// 500
        UnknownError = 500 "Nieznany błąd"
            means "the server failed" / "błąd serwera"
            do "apply again; when it stays, report the reference to the Ministry" / "złóż wniosek ponownie; gdy błąd nie ustąpi, zgłoś numer referencyjny Ministerstwu";
        /// 550
        Cancelled = 550 "Operacja została anulowana przez system"
            means "the server interrupted the operation" / "serwer przerwał operację"
            do "apply again" / "złóż wniosek ponownie";
    }
    unknown means "a status that this version does not know" / "status nieznany tej wersji";
}

impl EnrollmentStatus {
    /// The status as the server writes it.
    #[must_use]
    pub fn to_info(self) -> StatusInfo {
        StatusInfo::new(self.code(), self.description())
    }
}

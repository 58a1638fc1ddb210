//! Status of granting or withdrawing a permission.

use super::{StatusInfo, status_codes};

status_codes! {
    /// Status of an operation on permissions. Source: table of `GET /permissions/operations/{referenceNumber}`,
    /// contract 2.9.0.
    pub enum PermissionOperationStatus {
        /// 100
        Accepted = 100 "Operacja przyjęta do realizacji"
            means "the server has taken up the operation" / "serwer przyjął operację"
            do "ask again in a moment" / "zapytaj ponownie za chwilę";
        /// 200
        Succeeded = 200 "Operacja zakończona sukcesem"
            means "done" / "wykonano" do "" / "";
        /// 400
        Failed = 400 "Operacja zakończona niepowodzeniem"
            means "the operation failed" / "operacja nie powiodła się"
            do "the details tell why; look at the permissions of the context before trying again" / "szczegóły mówią dlaczego; przed ponowieniem sprawdź uprawnienia w kontekście";
        /// 410
        UnrelatedIdentifiers = 410 "Podane identyfikatory są niezgodne lub pozostają w niewłaściwej relacji"
            means "the identifiers do not belong together" / "identyfikatory nie są ze sobą powiązane tak, jak trzeba"
            do "check that the unit, the EU entity or the permission belongs to the context you are signed in to" / "sprawdź, czy jednostka, podmiot unijny lub uprawnienie należy do kontekstu, w którym jesteś zalogowany";
        /// 420
        MissingPermission = 420 "Użyte poświadczenia nie mają uprawnień do wykonania tej operacji"
            means "the login may not do this" / "to logowanie nie ma uprawnień do tej operacji"
            do "sign in as the owner, or have the right to manage permissions granted" / "zaloguj się jako właściciel albo uzyskaj prawo zarządzania uprawnieniami";
        /// 430
        WrongRole = 430 "Kontekst identyfikatora nie odpowiada wymaganej roli lub uprawnieniom"
            means "the context lacks the role that this needs" / "kontekst nie ma wymaganej roli"
            do "look at the roles of the context; they come from the registers of the tax office" / "sprawdź role podmiotu; pochodzą z rejestrów urzędu skarbowego";
        /// 440
        ForbiddenRelation = 440 "Operacja niedozwolona dla wskazanych powiązań identyfikatorów"
            means "this is not allowed between these two" / "ta operacja nie jest dozwolona między tymi podmiotami"
            do "nobody grants this to themselves; name another subject" / "nie można nadać tego samemu sobie; wskaż inny podmiot";
        /// 450
        ForbiddenIdentifier = 450 "Operacja niedozwolona dla wskazanego identyfikatora lub jego typu"
            means "this is not allowed for this identifier or its type" / "ta operacja nie jest dozwolona dla tego identyfikatora lub jego typu"
            do "check the type of the identifier: Peppol providers receive PefInvoicing only, taxpayers the others" / "sprawdź typ identyfikatora: dostawcy Peppol otrzymują tylko PefInvoicing, podatnicy pozostałe";
        /// 500
        UnknownError = 500 "Nieznany błąd"
            means "the server failed" / "błąd po stronie serwera"
            do "look whether the permission is there, then try again" / "sprawdź, czy uprawnienie już jest, i spróbuj ponownie";
        /// 550
        Cancelled = 550 "Operacja została anulowana przez system"
            means "the server gave the operation up" / "serwer przerwał operację"
            do "try again" / "spróbuj ponownie";
    }
    unknown means "a status that this version does not know" / "status nieznany tej wersji";
}

impl PermissionOperationStatus {
    /// The status as the server writes it.
    #[must_use]
    pub fn to_info(self) -> StatusInfo {
        StatusInfo::new(self.code(), self.description())
    }

    /// Whether the same request may succeed later without anybody changing anything.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::UnknownError | Self::Cancelled)
    }
}

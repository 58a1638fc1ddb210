//! Status of an export of invoices.

use super::status_codes;

status_codes! {
    /// Status of an export of invoices. Source: table of `GET /invoices/exports/{referenceNumber}`, contract 2.9.0.
    ///
    /// [`Expired`](Self::Expired) has a code of success and no package any more.
    pub enum ExportStatus {
        /// 100
        InProgress = 100 "Eksport faktur w toku"
            means "the package is being made" / "trwa przygotowanie paczki"
            do "ask again in a moment" / "zapytaj ponownie za chwilę";
        /// 200
        Ready = 200 "Eksport faktur zakończony sukcesem"
            means "the package is ready to be downloaded" / "paczka jest gotowa do pobrania"
            do "" / "";
        /// 210
        Expired = 210 "Eksport faktur wygasł i nie jest już dostępny do pobrania"
            means "the package is not kept any more" / "paczka nie jest już przechowywana"
            do "export again" / "wykonaj eksport ponownie";
        /// 415
        KeyNotDecrypted = 415 "Błąd odszyfrowania dostarczonego klucza"
            means "the server could not decrypt the key of the export" / "serwer nie mógł odszyfrować klucza eksportu"
            do "fetch the public keys anew and export again" / "pobierz ponownie klucze publiczne i wykonaj eksport jeszcze raz";
        /// 420
        BeyondHwm = 420 "Zakres filtrowania wykracza poza dostępny zakres danych"
            means "the range begins later than what is stored completely" / "zakres zaczyna się później niż kompletnie zapisane dane"
            do "wait some minutes and export again" / "odczekaj kilka minut i wykonaj eksport ponownie";
        /// 500
        UnknownError = 500 "Nieznany błąd (500)"
            means "the server failed" / "błąd serwera"
            do "export again" / "wykonaj eksport ponownie";
        /// 550
        Cancelled = 550 "Operacja została anulowana przez system"
            means "the server interrupted the work" / "serwer przerwał przetwarzanie"
            do "export again" / "wykonaj eksport ponownie";
    }
    unknown means "a status that this version does not know" / "status nieznany tej wersji";
}

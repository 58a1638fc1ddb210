//! The sentences about UPOs, in English and Polish.

use jiff::Timestamp;
use ksef_core::ksef_number::KsefNumber;
use ksef_crypto::chain::{ChainError, ChainErrorKind};
use ksef_crypto::xades::{XadesError, XadesErrorKind};
use ksef_invoice::finding::Finding;
use ksef_invoice::upo::{AuthenticationProof, Doubt, Mismatch, Upo, UpoError, UpoErrorKind};
use ksef_sdk::upo::{UpoFault, UpoFaultKind};

use super::entry::{Difference, Origin};
use crate::lang::{Lang, Text, text};
use crate::printer::moment;
use crate::send::words;

/// Why a file proves nothing; `is_upo` tells whether it is one but for its signature.
pub(crate) fn fault(fault: &UpoFault, is_upo: bool) -> Text {
    match fault.kind() {
        UpoFaultKind::Signature(error) if is_upo => signature(error),
        UpoFaultKind::Signature(_) => text!("it is no UPO", "to nie jest UPO"),
        UpoFaultKind::Signer(error) => signer(error),
        UpoFaultKind::NotValidThen { signer } => text!(
            "the certificate of the signer was not valid when it signed: {signer}",
            "certyfikat podpisującego nie był ważny w chwili podpisu: {signer}",
            signer = signer
        ),
        UpoFaultKind::NotUpo(error) => not_upo(error),
        other => unknown(&format!("{other:?}")),
    }
}

fn signature(error: &XadesError) -> Text {
    match error.kind() {
        XadesErrorKind::MissingSignature => text!(
            "it is not signed, so anybody may have written it",
            "nie jest podpisane, więc mógł je napisać każdy"
        ),
        XadesErrorKind::TooManySignatures { found } => text!(
            "it has {found} signatures, and a UPO has one",
            "ma {found} podpisy, a UPO ma jeden",
            found = found
        ),
        XadesErrorKind::DigestMismatch { .. } => text!(
            "it was changed after it was signed",
            "zmieniono je po podpisaniu"
        ),
        XadesErrorKind::SignatureMismatch => text!(
            "the signature was not made with the key of its certificate",
            "podpisu nie złożono kluczem z podanego certyfikatu"
        ),
        XadesErrorKind::Detached | XadesErrorKind::ContentNotCovered => text!(
            "the signature does not cover the whole document ({error})",
            "podpis nie obejmuje całego dokumentu ({error})",
            error = error
        ),
        _ => text!(
            "its signature is not valid: {error}",
            "podpis jest nieprawidłowy: {error}",
            error = error
        ),
    }
}

fn signer(error: &ChainError) -> Text {
    let why = match error.kind() {
        ChainErrorKind::NoAnchors => text!(
            "there is no trusted certificate to hold it against",
            "nie ma zaufanego certyfikatu, z którym można go porównać"
        ),
        ChainErrorKind::NotTrusted { issuer } => text!(
            "no trusted certificate leads to it; its issuer is {issuer}",
            "nie prowadzi do niego żaden zaufany certyfikat; jego wystawca to {issuer}",
            issuer = issuer
        ),
        ChainErrorKind::Signature => text!(
            "its issuer has the name of a known one, but another key",
            "jego wystawca ma nazwę znanego, ale inny klucz"
        ),
        ChainErrorKind::WeakSignature { algorithm } => text!(
            "it is signed in a way that is not relied on: {algorithm}",
            "podpisano go w sposób, na którym nie można polegać: {algorithm}",
            algorithm = algorithm
        ),
        ChainErrorKind::NotYetValid { not_before } => text!(
            "it is valid from {from} only",
            "jest ważny dopiero od {from}",
            from = moment(*not_before)
        ),
        ChainErrorKind::Expired { not_after } => text!(
            "it was valid until {until} only",
            "był ważny tylko do {until}",
            until = moment(*not_after)
        ),
        ChainErrorKind::NotAuthority => text!(
            "it may not issue certificates",
            "nie wolno nim wystawiać certyfikatów"
        ),
        ChainErrorKind::KeyUsage => text!(
            "its key usage does not allow this",
            "jego przeznaczenie (key usage) na to nie pozwala"
        ),
        ChainErrorKind::PathLength { allowed } => text!(
            "more authorities stand below it than the {allowed} it allows",
            "jest pod nim więcej urzędów, niż dopuszcza ({allowed})",
            allowed = allowed
        ),
        ChainErrorKind::CriticalExtension { oid } => text!(
            "it has the critical extension {oid}, which this program does not understand",
            "ma krytyczne rozszerzenie {oid}, którego ten program nie rozumie",
            oid = oid
        ),
        ChainErrorKind::TooLong | ChainErrorKind::TooManyWays => text!(
            "the way to a trusted certificate is too long",
            "droga do zaufanego certyfikatu jest za długa"
        ),
        other => Text::verbatim(other),
    };
    let whose = text!(
        "the signer is not trusted; the certificate of {subject}: ",
        "podpisujący nie jest zaufany; certyfikat {subject}: ",
        subject = error.subject()
    );
    joined(&whose, &why)
}

fn not_upo(error: &UpoError) -> Text {
    match error.kind() {
        UpoErrorKind::NotUpo => text!("what was signed is no UPO", "podpisany dokument to nie UPO"),
        UpoErrorKind::Missing(element) => text!(
            "the UPO has no element {element}",
            "w UPO brakuje elementu {element}",
            element = element
        ),
        UpoErrorKind::Invalid { element, value } => text!(
            "\"{value}\" is not a valid value of {element}",
            "„{value}” nie jest poprawną wartością elementu {element}",
            value = value,
            element = element
        ),
        _ => text!(
            "it is no UPO: {error}",
            "to nie jest UPO: {error}",
            error = error
        ),
    }
}

/// What the schema refuses.
pub(crate) fn schema(findings: &[Finding]) -> Text {
    let what = text!("it breaks its schema: ", "jest niezgodne ze schemą: ");
    joined(&what, &words::findings(findings))
}

/// What a UPO says against itself.
pub(crate) fn doubt(doubt: &Doubt) -> Text {
    match doubt {
        Doubt::NumberTwice(number) => text!(
            "{number} is listed more than once",
            "{number} występuje więcej niż raz",
            number = number
        ),
        Doubt::DocumentTwice { first, second, .. } => text!(
            "{first} and {second} are numbers of one and the same document",
            "{first} i {second} to numery tego samego dokumentu",
            first = first,
            second = second
        ),
        Doubt::SellerOfNumber { number, seller } => text!(
            "{number} does not begin with the NIP of the seller, {seller}",
            "{number} nie zaczyna się od NIP-u sprzedawcy, {seller}",
            number = number,
            seller = seller
        ),
        Doubt::DayOfNumber { number, numbered } => text!(
            "{number} was given on {numbered}, which is not the day in it",
            "{number} nadano {numbered}, a w numerze jest inny dzień",
            number = number,
            numbered = numbered
        ),
        Doubt::NumberedBeforeSent(number) => text!(
            "{number} was given before the invoice was sent",
            "{number} nadano, zanim wysłano fakturę",
            number = number
        ),
        Doubt::Page(page) => text!(
            "its description of the page cannot be: page {number} of {count}, documents {first} to {last} of {total}",
            "opis strony jest niemożliwy: strona {number} z {count}, dokumenty od {first} do {last} z {total}",
            number = page.number,
            count = page.count,
            first = page.first,
            last = page.last,
            total = page.total
        ),
        other => Text::verbatim(other),
    }
}

/// Where an invoice differs from its entry.
pub(crate) fn difference(difference: &Difference) -> Text {
    match difference {
        Difference::KsefNumber(number) => text!(
            "this machine has it as {number}",
            "na tym komputerze ma numer {number}",
            number = number
        ),
        Difference::Of(mismatch) => match mismatch {
            Mismatch::Digest { .. } => text!(
                "it is another document than the one that KSeF took (SHA-256)",
                "to inny dokument niż ten, który przyjął KSeF (SHA-256)"
            ),
            Mismatch::Seller { expected, actual } => text!(
                "seller {expected}, in the UPO {actual}",
                "sprzedawca {expected}, w UPO {actual}",
                expected = expected,
                actual = actual
            ),
            Mismatch::Number { expected, actual } => text!(
                "number {expected}, in the UPO {actual}",
                "numer {expected}, w UPO {actual}",
                expected = expected,
                actual = actual
            ),
            Mismatch::IssueDate { expected, actual } => text!(
                "issued {expected}, in the UPO {actual}",
                "wystawiona {expected}, w UPO {actual}",
                expected = expected,
                actual = actual
            ),
            Mismatch::Form { expected, actual } => text!(
                "form {expected}, in the UPO {actual}",
                "formularz {expected}, w UPO {actual}",
                expected = expected,
                actual = actual
            ),
            other => Text::verbatim(other),
        },
    }
}

/// A KSeF number that another UPO gives to another document.
pub(crate) fn other_document(number: &KsefNumber, file: &str) -> Text {
    text!(
        "{number} has another document in {file}",
        "{number} w {file} dotyczy innego dokumentu",
        number = number,
        file = file
    )
}

/// A document that has another KSeF number in another UPO.
pub(crate) fn other_number(number: &KsefNumber, other: &KsefNumber, file: &str) -> Text {
    text!(
        "the document of {number} is {other} in {file}",
        "dokument o numerze {number} ma w {file} numer {other}",
        number = number,
        other = other,
        file = file
    )
}

/// A signature without a time.
pub(crate) fn no_signing_time() -> Text {
    text!(
        "the signature does not say when it was made; the certificates were judged as of now",
        "podpis nie podaje, kiedy powstał; certyfikaty oceniono na teraz"
    )
}

/// A signature from the future.
pub(crate) fn signed_later(time: Timestamp) -> Text {
    text!(
        "the signature claims to be made at {time}, which has not come yet",
        "podpis ma datę {time}, która jeszcze nie nadeszła",
        time = moment(time)
    )
}

/// How whoever opened the session had logged in.
pub(crate) fn proof(upo: &Upo) -> Text {
    match &upo.proof {
        AuthenticationProof::Token(token) => {
            text!("KSeF token {token}", "token KSeF {token}", token = token)
        }
        AuthenticationProof::Document(digest) => text!(
            "signed document, SHA-256 {digest}",
            "podpisany dokument, SHA-256 {digest}",
            digest = digest
        ),
    }
}

/// From where an invoice is known.
pub(crate) fn origin(origin: Origin) -> Text {
    match origin {
        Origin::Given => Text::verbatim(""),
        Origin::Sent => text!(" (sent from here)", " (wysłana stąd)"),
        Origin::Inbox => text!(" (inbox)", " (skrzynka)"),
    }
}

fn joined(first: &Text, second: &Text) -> Text {
    let join = |lang| format!("{}{}", first.in_lang(lang), second.in_lang(lang));
    Text::new(join(Lang::En), join(Lang::Pl))
}

fn unknown(what: &str) -> Text {
    text!(
        "it proves nothing: {what}",
        "niczego nie dowodzi: {what}",
        what = what
    )
}

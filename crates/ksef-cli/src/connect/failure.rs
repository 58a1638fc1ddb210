//! What a failure of the client means for a person: how the process ends, and what to do next.

use ksef_api::operation::Operation;
use ksef_api::problem::{Forbidden, ForbiddenReason, Problem, ProblemKind, catalogue};
use ksef_api::status::{EnrollmentStatus, ExportStatus, PermissionOperationStatus};
use ksef_invoice::finding::{Finding, Language};
use ksef_sdk::error::FailedStatus;
use ksef_sdk::{Error as SdkError, ErrorKind};

use crate::error::Error;
use crate::exit::Exit;
use crate::lang::{Text, text};

impl From<SdkError> for Error {
    fn from(error: SdkError) -> Self {
        explain(&error)
            .with_code(error.code().map(i64::from))
            .caused_as(&error)
    }
}

fn explain(error: &SdkError) -> Error {
    let operation = operation(error);
    match error.kind() {
        ErrorKind::Rejected => rejected(error),
        ErrorKind::Unauthorised => Error::auth(text!(
            "KSeF does not accept the login ({operation})",
            "KSeF nie przyjmuje logowania ({operation})"
        ))
        .hint(log_in())
        .hint(doctor()),
        ErrorKind::Forbidden => forbidden(error),
        ErrorKind::Throttled { retry_after } => throttled(&operation, *retry_after),
        ErrorKind::Server if has_status(error, NOT_IMPLEMENTED) => Error::new(
            Exit::Unavailable,
            text!(
                "this server does not have the operation ({operation})",
                "ten serwer nie ma tej operacji ({operation})"
            ),
        )
        .hint(check_address()),
        ErrorKind::Server => Error::new(
            Exit::Unavailable,
            text!(
                "KSeF failed ({operation}): {problem}",
                "błąd po stronie KSeF ({operation}): {problem}",
                problem = problem(error)
            ),
        )
        .hint(text!(
            "nothing is wrong with the request; run the same command again in some minutes",
            "żądanie jest poprawne; uruchom to samo polecenie za kilka minut"
        )),
        ErrorKind::Unreachable => unreachable(error),
        ErrorKind::OutcomeUnknown => Error::new(
            Exit::Unavailable,
            text!(
                "the connection broke and it is not known whether KSeF did the work ({operation})",
                "połączenie zostało przerwane i nie wiadomo, czy KSeF wykonał operację ({operation})"
            ),
        )
        .hint(look_first(error)),
        ErrorKind::Protocol if error.operation() == Some("package") => Error::new(
            Exit::Unavailable,
            text!(
                "the package of KSeF is not what it should be",
                "paczka z KSeF nie jest taka, jaka powinna być"
            ),
        )
        .hint(text!(
            "nothing of it was kept; run the same command again, and report it to the Ministry when it happens again",
            "niczego z niej nie zapisano; uruchom to samo polecenie, a jeśli to się powtórzy, zgłoś to Ministerstwu"
        )),
        ErrorKind::Protocol if error.operation() == Some("upload") => Error::new(
            Exit::Unavailable,
            text!(
                "KSeF named a place for the package that is not its own, or not as it should",
                "KSeF wskazał dla paczki miejsce, które do niego nie należy, albo wskazał je niepoprawnie"
            ),
        )
        .hint(text!(
            "nothing was uploaded there; check the address of KSeF, and send with --no-batch meanwhile",
            "niczego tam nie przesłano; sprawdź adres KSeF, a na razie wysyłaj z --no-batch"
        )),
        ErrorKind::Protocol => Error::new(
            Exit::Unavailable,
            text!(
                "the answer is not one of KSeF ({operation})",
                "odpowiedź nie pochodzi od KSeF ({operation})"
            ),
        )
        .hint(check_address()),
        ErrorKind::Firewall { incident } => firewall(incident.as_deref()),
        ErrorKind::Status(status) => failed_status(status),
        ErrorKind::Pending { resource, code } => pending(resource, *code),
        ErrorKind::TooManyOfOneDate { date } => Error::new(
            Exit::Rejected,
            text!(
                "more than 10 000 invoices have the date {date}, and KSeF shows no more of one date",
                "ponad 10 000 faktur ma datę {date}, a KSeF nie pokazuje więcej z jednej daty"
            ),
        )
        .hint(text!(
            "narrow the search, for instance by --seller or --type, or search --by stored",
            "zawęź wyszukiwanie, na przykład przez --seller lub --type, albo szukaj z --by stored"
        )),
        ErrorKind::InvalidInvoice { findings } => invalid(findings),
        ErrorKind::Journal => Error::failed(text!(
            "the journal cannot be written, so nothing more was sent",
            "nie można zapisać dziennika, więc nic więcej nie wysłano"
        ))
        .hint(text!(
            "make room on the disk and check the rights, then run the same command again",
            "zwolnij miejsce na dysku i sprawdź uprawnienia, po czym uruchom to samo polecenie"
        )),
        ErrorKind::Storage => Error::failed(text!(
            "a file of the program cannot be read or written",
            "nie można odczytać lub zapisać pliku programu"
        ))
        .hint(text!(
            "make room on the disk and check the rights, then run the same command again",
            "zwolnij miejsce na dysku i sprawdź uprawnienia, po czym uruchom to samo polecenie"
        )),
        ErrorKind::Unreadable => Error::failed(text!(
            "a file or a part of the package cannot be read, or is not what it was",
            "pliku lub części paczki nie można odczytać albo się zmieniły"
        ))
        .hint(text!(
            "leave the files as they are while they are sent, then run the same command again",
            "nie zmieniaj plików w trakcie wysyłania i uruchom to samo polecenie jeszcze raz"
        )),
        ErrorKind::Crypto => Error::failed(text!(
            "encrypting or signing failed",
            "szyfrowanie lub podpisywanie nie powiodło się"
        ))
        .hint(doctor()),
        ErrorKind::Cancelled => Error::failed(text!(
            "the work was interrupted; run the same command again",
            "praca została przerwana; uruchom to samo polecenie jeszcze raz"
        )),
        _ => Error::failed(text!(
            "the program misused its client ({error}); please report it",
            "wewnętrzny błąd programu ({error}); zgłoś go autorom"
        )),
    }
}

fn unreachable(error: &SdkError) -> Error {
    let text = match error.server() {
        Some(server) => text!(
            "KSeF cannot be reached at {server}",
            "nie można połączyć się z KSeF pod adresem {server}"
        ),
        None => text!("KSeF cannot be reached", "nie można połączyć się z KSeF"),
    };
    Error::new(Exit::Unavailable, text)
        .hint(text!(
            "check the address (--env, --url), the network and the proxy, then run the same command again",
            "sprawdź adres (--env, --url), sieć i serwer proxy, po czym uruchom to samo polecenie ponownie"
        ))
        .hint(doctor())
}

/// The operation as the documentation of the API names it.
fn operation(error: &SdkError) -> String {
    let id = error.operation().unwrap_or_default();
    Operation::by_id(id).map_or_else(|| id.to_owned(), ToString::to_string)
}

fn problem(error: &SdkError) -> String {
    error
        .problem()
        .map_or_else(|| error.to_string(), Problem::to_string)
}

fn has_status(error: &SdkError, status: u16) -> bool {
    error
        .problem()
        .is_some_and(|problem| problem.status == status)
}

/// What the catalogue says about the code, in the words of the operation that answered it.
fn entry(error: &SdkError) -> Option<catalogue::Entry> {
    let code = error.code()?;
    match error.operation().and_then(Operation::by_id) {
        Some(operation) => catalogue::of(operation, code),
        None => catalogue::find(code).copied(),
    }
}

/// Only the program's own invoices come this far; those of users are judged before.
fn invalid(findings: &[Finding]) -> Error {
    let told = |language| {
        let words = findings.first().map(|finding| finding.message(language));
        words.unwrap_or_default()
    };
    Error::new(
        Exit::InvalidInvoice,
        text!(
            "KSeF would refuse the invoice: {en}",
            "KSeF odrzuciłby fakturę: {pl}",
            en = told(Language::English),
            pl = told(Language::Polish)
        ),
    )
}

fn rejected(error: &SdkError) -> Error {
    let is_auth = error.operation().is_some_and(|id| id.starts_with("auth."));
    let exit = if is_auth { Exit::Auth } else { Exit::Rejected };
    let refusal = Error::new(
        exit,
        text!(
            "KSeF refused ({operation}): {problem}",
            "KSeF odmówił ({operation}): {problem}",
            operation = operation(error),
            problem = problem(error)
        ),
    );
    match entry(error) {
        Some(entry) => {
            let refusal = refusal.hint(Text::new(entry.hint.en, entry.hint.pl));
            if CLOCK_CODES.contains(&entry.code) {
                refusal.hint(clock())
            } else {
                refusal
            }
        }
        None if has_status(error, NOT_FOUND) => refusal.hint(check_address()),
        None => refusal.hint(text!(
            "correct what the message names; \"ksef doctor\" checks the rest",
            "popraw to, co wskazuje komunikat; resztę sprawdza „ksef doctor”"
        )),
    }
}

fn forbidden(error: &SdkError) -> Error {
    let refusal = Error::auth(text!(
        "KSeF does not allow this ({operation}): {problem}",
        "KSeF na to nie pozwala ({operation}): {problem}",
        operation = operation(error),
        problem = problem(error)
    ));
    let Some(ProblemKind::Forbidden(forbidden)) = error.problem().map(|problem| &problem.kind)
    else {
        return refusal.hint(ask_for_permission());
    };
    match &forbidden.reason {
        Some(ForbiddenReason::MissingPermissions) => {
            refusal.hint(permissions(forbidden)).hint(ask_for_permission()).hint(check_rights())
        }
        Some(ForbiddenReason::InsufficientResourceAccess) => refusal.hint(text!(
            "it belongs to another subject; use the login that made it, the owner's, or one with Introspection",
            "zasób należy do innego podmiotu; zaloguj się tak, jak przy jego tworzeniu, jako właściciel albo z uprawnieniem Introspection"
        )),
        Some(ForbiddenReason::IpNotAllowed) => refusal.hint(text!(
            "this login works from other addresses only; KSeF sees you at {ip}",
            "to logowanie działa tylko z innych adresów; KSeF widzi cię pod {ip}",
            ip = forbidden.text("clientIp").unwrap_or("?")
        )),
        Some(ForbiddenReason::AuthMethodNotAllowed) => refusal.hint(text!(
            "log in another way, usually with a certificate instead of a token",
            "zaloguj się inaczej, zwykle certyfikatem zamiast tokenem"
        )),
        Some(ForbiddenReason::SecurityServiceBlocked) => refusal.hint(text!(
            "write to the Ministry and quote the incident {incident}",
            "napisz do Ministerstwa i podaj numer incydentu {incident}",
            incident = forbidden.text("incidentId").unwrap_or("?")
        )),
        Some(ForbiddenReason::ContextTypeNotAllowed) => refusal.hint(text!(
            "use a context of another type, usually a NIP (--context)",
            "użyj kontekstu innego typu, zwykle NIP (--context)"
        )),
        _ => refusal.hint(ask_for_permission()),
    }
}

fn permissions(forbidden: &Forbidden) -> Text {
    let list = |names: Vec<&str>| {
        if names.is_empty() {
            "-".to_owned()
        } else {
            names.join(", ")
        }
    };
    text!(
        "any one of these permissions is needed: {required}; you have: {present}",
        "potrzebne jest jedno z uprawnień: {required}; obecne: {present}",
        required = list(forbidden.required_permissions()),
        present = list(forbidden.present_permissions())
    )
}

fn throttled(operation: &str, wait: Option<std::time::Duration>) -> Error {
    let error = Error::new(
        Exit::RateLimited,
        text!(
            "KSeF's request limit is used up ({operation})",
            "wyczerpano limit żądań KSeF ({operation})"
        ),
    );
    match wait.map(|wait| wait.as_secs()) {
        Some(seconds) => error.hint(text!(
            "run the same command again after {seconds} seconds, not earlier: that lengthens the block",
            "uruchom to samo polecenie nie wcześniej niż za {seconds} s: zbyt wczesne próby wydłużają blokadę"
        )),
        None => error.hint(text!(
            "run the same command again in some minutes",
            "uruchom to samo polecenie za kilka minut"
        )),
    }
}

fn firewall(incident: Option<&str>) -> Error {
    let error = Error::new(
        Exit::Unavailable,
        text!(
            "the firewall in front of KSeF blocked the request",
            "zapora przed KSeF zablokowała żądanie"
        ),
    );
    match incident {
        Some(incident) => error.hint(text!(
            "if it does not pass in some minutes, write to the Ministry and quote the incident {incident}",
            "jeśli blokada nie minie po kilku minutach, napisz do Ministerstwa i podaj numer incydentu {incident}"
        )),
        None => error.hint(text!(
            "wait some minutes before the next try; if it stays, write to the Ministry",
            "odczekaj kilka minut; jeśli blokada nie minie, napisz do Ministerstwa"
        )),
    }
}

/// What to look at when it is not known what was done.
fn look_first(error: &SdkError) -> Text {
    let is_permission = |id: &str| id.starts_with("permissions.");
    if error.operation().is_some_and(is_permission) {
        return text!(
            "look first whether the permission is there (ksef permission list); nothing is granted twice",
            "sprawdź najpierw, czy uprawnienie już jest (ksef permission list); nic nie zostanie nadane podwójnie"
        );
    }
    text!(
        "look first what KSeF has (ksef session list); sending invoices again is safe, it looks by itself",
        "sprawdź najpierw, co ma KSeF (ksef session list); faktury można bezpiecznie wysłać ponownie, program sam to sprawdzi"
    )
}

/// Granting or withdrawing that KSeF took up and did not do.
fn failed_permission(status: &FailedStatus) -> Error {
    let known = PermissionOperationStatus::from_code(status.code);
    let meaning = known.meaning();
    let error = Error::new(
        Exit::Rejected,
        text!(
            "KSeF did not do it: {en} ({status})",
            "KSeF nie wykonał operacji: {pl} ({status})",
            en = meaning.en,
            pl = meaning.pl
        ),
    );
    let hint = known.hint();
    if hint.is_empty() {
        error.hint(ask_for_permission())
    } else {
        error.hint(hint.into())
    }
}

fn failed_status(status: &FailedStatus) -> Error {
    if status.resource == CERTIFICATE_APPLICATION {
        return refused_certificate(status);
    }
    if status.resource == "permission operation" {
        return failed_permission(status);
    }
    if status.resource == "export" {
        let known = ExportStatus::from_code(status.code);
        let error = Error::new(Exit::Rejected, text!("{status}", "{status}"));
        return match known.hint() {
            hint if hint.is_empty() => error,
            hint => error.hint(hint.into()),
        };
    }
    if status.resource != "authentication" {
        return Error::new(Exit::Rejected, text!("{status}", "{status}")).hint(text!(
            "see its invoices: ksef session show REFERENCE",
            "zobacz faktury: ksef session show NUMER"
        ));
    }
    let mut said = format!("{} {}", status.code, status.description);
    if !status.details.is_empty() {
        said.push_str(&format!(" ({})", status.details.join("; ")));
    }
    let error = Error::auth(text!(
        "KSeF refused the login: {said}",
        "KSeF odmówił logowania: {said}"
    ));
    match status.code {
        415 => error.hint(text!(
            "the login has no permission in this context: check the NIP (--context), or have a permission granted",
            "brak uprawnień w tym kontekście: sprawdź NIP (--context) albo uzyskaj uprawnienie"
        )),
        425 => error.hint(log_in()),
        450 => error
            .hint(text!(
                "the token is wrong, revoked or of another context: store a valid one (ksef secret set NAME)",
                "token jest błędny, unieważniony lub z innego kontekstu: zapisz właściwy (ksef secret set NAZWA)"
            ))
            .hint(clock()),
        460 => error.hint(text!(
            "use a certificate that is valid and that this environment trusts; \"ksef doctor\" shows yours",
            "użyj certyfikatu ważnego i zaufanego w tym środowisku; obecny sprawdzisz poleceniem „ksef doctor”"
        )),
        480 => error.hint(text!(
            "the context is blocked for security reasons: contact the Ministry",
            "kontekst zablokowano ze względów bezpieczeństwa: skontaktuj się z Ministerstwem"
        )),
        500 | 550 => error.hint(text!(
            "the fault is KSeF's: run the same command again in some minutes",
            "to błąd KSeF: uruchom to samo polecenie za kilka minut"
        )),
        _ => error.hint(doctor()),
    }
}

/// An application for a certificate that KSeF took and then refused.
fn refused_certificate(status: &FailedStatus) -> Error {
    let mut said = format!("{} {}", status.code, status.description);
    if !status.details.is_empty() {
        said.push_str(&format!(" ({})", status.details.join("; ")));
    }
    let hint = EnrollmentStatus::from_code(status.code).hint();
    Error::new(
        Exit::Rejected,
        text!(
            "KSeF refused the application for a certificate: {said}",
            "KSeF odrzucił wniosek o certyfikat: {said}"
        ),
    )
    .hint(if hint.is_empty() {
        doctor()
    } else {
        hint.into()
    })
}

fn pending(resource: &str, code: Option<i32>) -> Error {
    let code = code.map_or_else(String::new, |code| format!(", status {code}"));
    Error::new(
        Exit::Pending,
        text!(
            "KSeF has not finished yet ({resource}{code})",
            "KSeF jeszcze nie zakończył przetwarzania ({resource}{code})"
        ),
    )
    .hint(text!(
        "the work goes on; run the same command again later",
        "przetwarzanie trwa; uruchom to samo polecenie później"
    ))
}

fn log_in() -> Text {
    text!(
        "log in anew: ksef auth login",
        "zaloguj się od nowa: ksef auth login"
    )
}

fn check_address() -> Text {
    text!(
        "check that the address is that of the API and ends with its version, such as …/v2",
        "sprawdź, czy adres jest adresem API i kończy się wersją, np. …/v2"
    )
}

fn doctor() -> Text {
    text!(
        "check everything: ksef doctor",
        "sprawdź wszystko: ksef doctor"
    )
}

fn clock() -> Text {
    text!(
        "compare the clock of this machine with KSeF's: ksef doctor",
        "porównaj zegar komputera z zegarem KSeF: ksef doctor"
    )
}

fn check_rights() -> Text {
    text!(
        "see what this login may do, and who could grant the rest: ksef permission check",
        "zobacz, co może to logowanie i kto może nadać resztę: ksef permission check"
    )
}

fn ask_for_permission() -> Text {
    text!(
        "have the permission granted in this context, or use a login or --context that has it",
        "uzyskaj uprawnienie w tym kontekście albo użyj innego logowania lub innego --context, w którym je masz"
    )
}

const NOT_FOUND: u16 = 404;
const NOT_IMPLEMENTED: u16 = 501;
/// Refusals that a wrong clock brings about, among other causes.
const CLOCK_CODES: [i32; 2] = [21_111, 9_105];

/// What the client calls an application for a certificate.
const CERTIFICATE_APPLICATION: &str = "certificate application";

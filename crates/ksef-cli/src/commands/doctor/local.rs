//! What can be checked without a server.

use jiff::{SignedDuration, Timestamp};
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_crypto::certificate::{Certificate, SubjectKind};

use super::check::Check;
use crate::connect::{Target, identity};
use crate::context::Context;
use crate::durable::{self, Access};
use crate::error::Error;
use crate::exit::Exit;
use crate::lang::text;
use crate::pkcs11;
use crate::printer::moment;
use crate::secrets::{self, Protection};

/// The configuration file can be understood.
pub(super) fn configuration(context: &Context) -> Check {
    let path = context.home.config_file();
    let path = path.display();
    match context.config() {
        Err(error) => Check::of_error("configuration", &error),
        Ok(config) if config.profiles.is_empty() => Check::ok(
            "configuration",
            text!(
                "no profiles ({path}); the embedded sandbox is used",
                "brak profili ({path}); używana jest wbudowana piaskownica"
            ),
        ),
        Ok(config) => {
            let names: Vec<&str> = config.profiles.keys().map(String::as_str).collect();
            let names = names.join(", ");
            Check::ok(
                "configuration",
                text!("profiles {names} ({path})", "profile {names} ({path})"),
            )
        }
    }
}

/// The folders can be written: journals and logins must be kept.
pub(super) fn folders(context: &Context) -> Check {
    let folder = context.home.journal_dir();
    let probe = folder.join(".doctor");
    let written =
        durable::replace(&probe, b"", Access::Private).and_then(|()| std::fs::remove_file(&probe));
    let shown = folder.display();
    match written {
        Ok(()) => Check::ok(
            "folders",
            text!("{shown} can be written", "można zapisywać w {shown}"),
        ),
        Err(source) => Check::fail(
            "folders",
            Exit::Failed,
            text!(
                "{shown} cannot be written: {source}",
                "nie można zapisywać w {shown}: {source}"
            ),
            text!(
                "check the rights and the free space there, or choose another folder with --home",
                "sprawdź uprawnienia i wolne miejsce albo wskaż inny folder w --home"
            ),
        ),
    }
}

/// The secret store can be opened.
pub(super) fn secrets(context: &Context) -> Check {
    let store = context.secrets();
    let count = |protection: Option<Protection>| {
        let listed = store.list()?;
        let own = listed
            .iter()
            .filter(|listed| !secrets::is_internal(&listed.name));
        Ok((protection, own.count()))
    };
    match store.protection().and_then(count) {
        Err(error) => Check::of_error("secrets", &error),
        Ok((None, _)) => Check::ok(
            "secrets",
            text!("nothing is stored yet", "niczego jeszcze nie zapisano"),
        ),
        Ok((Some(Protection::Passphrase), count)) => Check::ok(
            "secrets",
            text!(
                "{count} stored, protected by a passphrase",
                "zapisane: {count}, chronione hasłem"
            ),
        ),
        Ok((Some(Protection::KeyFile), count)) => Check::ok(
            "secrets",
            text!(
                "{count} stored, protected by a key file that only you can read (ksef secret passphrase protects better)",
                "zapisane: {count}, chronione plikiem klucza, który tylko ty możesz odczytać (lepszą ochronę daje ksef secret passphrase)"
            ),
        ),
    }
}

/// The login has what it needs: its secret, its certificate and key.
pub(super) fn login(context: &Context, target: &Target) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(name) = target.login.secret() {
        match context.secrets().require(name) {
            Ok(_) => checks.push(Check::ok(
                "login secret",
                text!("\"{name}\" is stored", "„{name}” jest zapisany"),
            )),
            Err(error) => {
                checks.push(Check::of_error("login secret", &error));
                return checks;
            }
        }
    }
    match pkcs11::open_login(context, &target.login, None) {
        Ok(None) => {}
        Ok(Some(token)) => {
            checks.push(Check::ok(
                "key",
                text!("the token has the private key", "token ma klucz prywatny"),
            ));
            checks.push(validity(token.certificate(), context.clock.now()));
            checks.push(subject(token.certificate(), target));
        }
        Err(error) => checks.push(Check::of_error("certificate", &error)),
    }
    match identity::load(context, &target.login, None) {
        Ok(None) => {}
        Ok(Some(identity)) => {
            checks.push(Check::ok(
                "key",
                text!(
                    "the private key belongs to the certificate",
                    "klucz prywatny należy do certyfikatu"
                ),
            ));
            checks.push(validity(identity.certificate(), context.clock.now()));
            checks.push(subject(identity.certificate(), target));
            if identity.certificate().is_self_signed() && !target.place.accepts_self_signed() {
                checks.push(self_signed_refused(target));
            }
        }
        Err(error) => checks.push(Check::of_error("certificate", &error)),
    }
    checks
}

fn validity(certificate: &Certificate, now: Timestamp) -> Check {
    let (from, until) = (certificate.not_before(), certificate.not_after());
    let days = until.duration_since(now).as_hours() / 24;
    let name = "certificate";
    let renew = || {
        text!(
            "get a new certificate and put it into the profile: ksef profile add NAME --force …",
            "uzyskaj nowy certyfikat i wstaw go do profilu: ksef profile add NAZWA --force …"
        )
    };
    if now > until {
        return Check::fail(
            name,
            Exit::Auth,
            text!(
                "expired on {until}",
                "wygasł {until}",
                until = moment(until)
            ),
            renew(),
        );
    }
    if now < from {
        return Check::fail(
            name,
            Exit::Auth,
            text!(
                "not valid before {from}",
                "ważny dopiero od {from}",
                from = moment(from)
            ),
            text!(
                "if that is over already, set the clock of this machine: it shows {now}",
                "jeśli ta chwila już minęła, ustaw zegar komputera: pokazuje {now}",
                now = moment(now)
            ),
        );
    }
    let message = text!(
        "valid until {until}, {days} days left",
        "ważny do {until}, pozostało dni: {days}",
        until = moment(until)
    );
    if until.duration_since(now) < RENEWAL {
        Check::warn(name, message, renew())
    } else {
        Check::ok(name, message)
    }
}

/// Whom the certificate speaks for, held against the context.
fn subject(certificate: &Certificate, target: &Target) -> Check {
    let known = certificate.subject_identity();
    let name = "identifiers";
    if !known.missing.is_empty() {
        return Check::fail(
            name,
            Exit::Auth,
            text!(
                "the certificate lacks attributes that KSeF requires: {missing}",
                "certyfikatowi brakuje atrybutów wymaganych przez KSeF: {missing}",
                missing = known.missing.join(", ")
            ),
            text!("ask its issuer for another one", "poproś wystawcę o inny"),
        );
    }
    let subject = match (known.kind, known.identifier, known.peppol_id) {
        (SubjectKind::PeppolProvider, _, Some(id)) => format!("PeppolId:{id}"),
        (_, Some(identifier), _) => identifier.to_string(),
        _ => {
            return Check::warn(
                name,
                text!(
                    "the certificate carries neither NIP nor PESEL; only its fingerprint identifies it",
                    "certyfikat nie zawiera NIP ani PESEL; można go rozpoznać tylko po odcisku"
                ),
                text!(
                    "grant permissions to the fingerprint {fingerprint}",
                    "nadaj uprawnienia odciskowi {fingerprint}",
                    fingerprint = certificate.fingerprint()
                ),
            );
        }
    };
    let owns = match (target.context, known.identifier) {
        (Some(ContextIdentifier::Nip(context)), Some(SubjectIdentifier::Nip(own))) => {
            context == own
        }
        _ => true,
    };
    if owns {
        return Check::ok(name, text!("{subject}", "{subject}"));
    }
    Check::warn(
        name,
        text!(
            "the certificate is of {subject}, the context is another",
            "certyfikat należy do {subject}, kontekst jest inny"
        ),
        text!(
            "this works only with permissions granted in that context; otherwise correct --context",
            "to zadziała tylko z uprawnieniami nadanymi w tym kontekście; w przeciwnym razie popraw --context"
        ),
    )
}

fn self_signed_refused(target: &Target) -> Check {
    Check::of_error(
        "issuer",
        &Error::auth(text!(
            "the certificate is self-signed, which {place} refuses",
            "certyfikat jest samopodpisany, a środowisko {place} takich nie przyjmuje",
            place = target.place
        ))
        .hint(text!(
            "use a qualified certificate or seal, or a KSeF certificate",
            "użyj certyfikatu kwalifikowanego, pieczęci albo certyfikatu KSeF"
        )),
    )
}

/// A new certificate takes its time.
const RENEWAL: SignedDuration = SignedDuration::from_hours(24 * 30);

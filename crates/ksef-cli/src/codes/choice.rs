//! Which of the certificates on this machine signs code II.

use jiff::Timestamp;
use ksef_api::ops::certificates::CertificateType;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};

use super::signer::read_certificate;
use crate::certificates::Held;
use crate::connect::Connection;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::printer::moment;

/// The certificate of this name or serial number.
///
/// # Errors
/// There is none.
pub(super) fn named<'a>(held: &'a [Held], name: &str) -> Result<&'a Held> {
    let serial = CertificateSerial::parse(&name.to_ascii_uppercase()).ok();
    held.iter()
        .find(|held| held.name == name || Some(held.about.serial_number) == serial)
        .ok_or_else(|| {
            Error::usage(text!(
                "there is no certificate \"{name}\" on this machine",
                "na tym komputerze nie ma certyfikatu „{name}”"
            ))
            .hint(text!(
                "see which there are: ksef cert list --local",
                "zobacz, jakie są: ksef cert list --local"
            ))
        })
}

/// The certificate of type Offline for this KSeF that the context's own NIP holds, else that of the only holder; of
/// several in force the one that is valid longest.
///
/// # Errors
/// There is none in force, or there are several of different holders and none of the context.
pub(super) fn suitable<'a>(
    context: &Context,
    connection: &Connection,
    who: &ContextIdentifier,
    held: &'a [Held],
) -> Result<&'a Held> {
    let of_here: Vec<&Held> = held
        .iter()
        .filter(|held| held.is_of(&connection.scope))
        .collect();
    let offline: Vec<Candidate<'a>> = of_here
        .iter()
        .filter(|held| held.about.certificate_type == CertificateType::Offline)
        .map(|held| Candidate::of(held))
        .collect();
    let now = context.clock.now();
    let in_force = offline.iter().filter(|it| it.is_in_force(now));
    let mut pool: Vec<&Candidate<'a>> = in_force.collect();
    // A sandbox has a clock of its own.
    if pool.is_empty() && connection.control_url.is_some() {
        pool = offline.iter().collect();
    }
    let Some(longest) = valid_longest(pool.iter().copied()) else {
        let last = valid_longest(offline.iter());
        return Err(none_suitable(connection, who, &of_here, last, now));
    };
    let own = who.nip().map(SubjectIdentifier::Nip);
    let of_context = pool.iter().copied().filter(|it| it.holder == own);
    if let Some(found) = valid_longest(of_context).filter(|_| own.is_some()) {
        return Ok(found.held);
    }
    if pool.iter().all(|it| it.holder == longest.holder) {
        return Ok(longest.held);
    }
    let names: Vec<&str> = pool.iter().map(|it| it.held.name.as_str()).collect();
    Err(Error::usage(text!(
        "there are certificates of type Offline of different holders, and none of {who} itself",
        "są certyfikaty typu Offline różnych posiadaczy, a żadnego samego kontekstu {who}"
    ))
    .hint(text!(
        "say which signs: --cert NAME, one of {names}",
        "wskaż, który ma podpisać: --cert NAZWA, jeden z: {names}",
        names = names.join(", ")
    )))
}

/// A certificate of type Offline that might sign.
#[derive(Debug)]
struct Candidate<'a> {
    held: &'a Held,
    /// Whom it speaks for.
    holder: Option<SubjectIdentifier>,
    /// Beginning of its validity; not known when the file of the certificate is lost.
    begin: Option<Timestamp>,
}

impl<'a> Candidate<'a> {
    fn of(held: &'a Held) -> Self {
        let certificate = read_certificate(&held.certificate_file()).ok();
        Self {
            held,
            holder: certificate
                .as_ref()
                .and_then(|it| it.subject_identity().identifier),
            begin: certificate.map(|it| it.not_before()),
        }
    }

    fn is_in_force(&self, now: Timestamp) -> bool {
        self.begin.is_none_or(|begin| begin <= now) && now <= self.held.about.valid_to
    }
}

fn valid_longest<'b, 'a: 'b>(
    candidates: impl Iterator<Item = &'b Candidate<'a>>,
) -> Option<&'b Candidate<'a>> {
    candidates.max_by_key(|it| it.held.about.valid_to)
}

/// Why no certificate signs; `last` is the one of type Offline that is or was valid longest.
fn none_suitable(
    connection: &Connection,
    who: &ContextIdentifier,
    of_here: &[&Held],
    last: Option<&Candidate<'_>>,
    now: Timestamp,
) -> Error {
    let place = &connection.target.place;
    let later = last.and_then(|it| it.begin).filter(|begin| now < *begin);
    let last = last.map(|it| it.held);
    let error = match (last, of_here.first()) {
        (Some(held), _) if later.is_some() => Error::auth(text!(
            "the certificate \"{name}\" of type Offline is not valid before {when}",
            "certyfikat „{name}” typu Offline jest ważny dopiero od {when}",
            name = held.name,
            when = later.map(moment).unwrap_or_default()
        )),
        (Some(held), _) => Error::auth(text!(
            "the certificate \"{name}\" of type Offline expired on {when}",
            "certyfikat „{name}” typu Offline wygasł {when}",
            name = held.name,
            when = moment(held.about.valid_to)
        )),
        (None, Some(held)) => Error::auth(text!(
            "there is no certificate of type Offline for {place}; \"{name}\" is of type Authentication and does not sign codes",
            "nie ma certyfikatu typu Offline dla {place}; „{name}” jest typu Authentication i nie podpisuje kodów",
            name = held.name
        )),
        (None, None) => Error::auth(text!(
            "there is no certificate of type Offline for {place} on this machine; code II needs one",
            "na tym komputerze nie ma certyfikatu typu Offline dla {place}, a wymaga go kod II"
        )),
    };
    error
        .hint(text!(
            "get one: ksef cert request NAME --type offline --context {who}",
            "uzyskaj go: ksef cert request NAZWA --type offline --context {who}"
        ))
        .hint(text!(
            "or bring one from elsewhere: ksef cert import NAME …, or --certificate FILE --key FILE",
            "albo użyj uzyskanego gdzie indziej: ksef cert import NAZWA … lub --certificate PLIK --key PLIK"
        ))
}

//! Who is to receive permissions: options that name a person or an entity.

use jiff::civil::Date;
use ksef_api::ops::permissions::{
    EuSubject, IdDocument, PersonIdentifier, PersonName, PersonSubject,
};
use ksef_core::context::SubjectIdentifier;
use ksef_core::fingerprint::Fingerprint;
use ksef_core::parse::ParseError;

use crate::args::parse_subject;
use crate::error::{Error, Result};
use crate::lang::text;

/// A person who is to receive permissions.
#[derive(Debug, clap::Args)]
pub(super) struct PersonArgs {
    /// Who receives them: a NIP, a PESEL, the fingerprint of a certificate, or Type:value
    #[arg(value_name = "WHO", value_parser = parse_subject)]
    who: SubjectIdentifier,

    /// First name, 2 to 30 characters
    #[arg(long, value_parser = parse_first_name)]
    first_name: String,

    /// Last name, 2 to 81 characters
    #[arg(long, value_parser = parse_last_name)]
    last_name: String,

    #[command(flatten)]
    proof: Proof,
}

/// Who a person is that is known by the fingerprint of a certificate.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "With a fingerprint")]
struct Proof {
    /// NIP or PESEL of the person whose certificate carries neither
    #[arg(long, value_name = "NUMBER", value_parser = parse_identifier, conflicts_with_all = ["birth_date", "document"])]
    identifier: Option<PersonIdentifier>,

    /// Day of birth of a person with neither NIP nor PESEL
    #[arg(long, value_name = "YYYY-MM-DD", requires = "document")]
    birth_date: Option<Date>,

    /// Identity document of a person with neither NIP nor PESEL, as COUNTRY:KIND:NUMBER, for instance
    /// DE:passport:XX1234567
    #[arg(long, value_name = "DOCUMENT", value_parser = parse_document, requires = "birth_date")]
    document: Option<IdDocument>,
}

impl PersonArgs {
    /// How the person signs in.
    pub(super) const fn who(&self) -> SubjectIdentifier {
        self.who
    }

    /// The person with the details that fit.
    pub(super) fn subject(&self) -> Result<PersonSubject> {
        let name = PersonName::new(&self.first_name, &self.last_name);
        match (PersonIdentifier::try_from(self.who), self.who) {
            (Ok(identifier), _) if self.proof.is_empty() => {
                Ok(PersonSubject::by_identifier(identifier, name))
            }
            (Err(_), SubjectIdentifier::Fingerprint(fingerprint)) => {
                match self.proof.person(name)? {
                    Proven::Identified(name, identifier) => {
                        Ok(PersonSubject::by_fingerprint(fingerprint, name, identifier))
                    }
                    Proven::Documented(name, birth_date, document) => {
                        Ok(PersonSubject::by_fingerprint_without_identifier(
                            fingerprint,
                            name,
                            birth_date,
                            document,
                        ))
                    }
                }
            }
            _ => Err(Error::usage(text!(
                "{who} says who it is; --identifier, --birth-date and --document go with a fingerprint",
                "{who} wystarcza; --identifier, --birth-date i --document podaje się tylko z odciskiem palca certyfikatu",
                who = self.who
            ))),
        }
    }
}

/// An administrator or representative of an EU entity: a person or an entity, by the fingerprint of its certificate.
#[derive(Debug, clap::Args)]
pub(super) struct EuSubjectArgs {
    /// SHA-256 fingerprint of the certificate that receives them, 64 hexadecimal digits
    #[arg(value_name = "FINGERPRINT", value_parser = parse_fingerprint)]
    fingerprint: Fingerprint,

    /// First name of a person, 2 to 30 characters
    #[arg(long, value_parser = parse_first_name, requires = "last_name", required_unless_present = "subject_name")]
    first_name: Option<String>,

    /// Last name of a person, 2 to 81 characters
    #[arg(long, value_parser = parse_last_name, requires = "first_name")]
    last_name: Option<String>,

    /// Full name of an entity with a seal, at most 100 characters
    #[arg(
        long,
        value_name = "NAME",
        requires = "subject_address",
        conflicts_with = "first_name"
    )]
    subject_name: Option<String>,

    /// Address of an entity with a seal, at most 512 characters
    #[arg(long, value_name = "ADDRESS", requires = "subject_name")]
    subject_address: Option<String>,

    #[command(flatten)]
    proof: Proof,
}

impl EuSubjectArgs {
    /// The certificate.
    pub(super) const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The subject with the details that fit.
    pub(super) fn subject(&self) -> Result<EuSubject> {
        if let (Some(name), Some(address)) = (&self.subject_name, &self.subject_address) {
            return Ok(EuSubject::entity(self.fingerprint, name, address));
        }
        let name = PersonName::new(
            self.first_name.as_deref().unwrap_or_default(),
            self.last_name.as_deref().unwrap_or_default(),
        );
        Ok(match self.proof.person(name)? {
            Proven::Identified(name, identifier) => {
                EuSubject::person(self.fingerprint, name, identifier)
            }
            Proven::Documented(name, birth_date, document) => {
                EuSubject::person_without_identifier(self.fingerprint, name, birth_date, document)
            }
        })
    }
}

/// A person known by the fingerprint of a certificate.
enum Proven {
    Identified(PersonName, PersonIdentifier),
    Documented(PersonName, Date, IdDocument),
}

impl Proof {
    const fn is_empty(&self) -> bool {
        self.identifier.is_none() && self.birth_date.is_none() && self.document.is_none()
    }

    fn person(&self, name: PersonName) -> Result<Proven> {
        match (&self.identifier, self.birth_date, &self.document) {
            (Some(identifier), _, _) => Ok(Proven::Identified(name, *identifier)),
            (None, Some(birth_date), Some(document)) => {
                Ok(Proven::Documented(name, birth_date, document.clone()))
            }
            _ => Err(Error::usage(text!(
                "a fingerprint alone does not say who it is",
                "sam odcisk palca certyfikatu nie mówi, kto to jest"
            ))
            .hint(text!(
                "give --identifier with the NIP or PESEL; for a person with neither, --birth-date and --document",
                "podaj --identifier z NIP lub PESEL; jeśli osoba nie ma żadnego z nich, --birth-date i --document"
            ))),
        }
    }
}

fn parse_first_name(text: &str) -> Result<String, String> {
    parse_text(text, "a first name", 2, 30)
}

fn parse_last_name(text: &str) -> Result<String, String> {
    parse_text(text, "a last name", 2, 81)
}

/// A text of so many characters.
pub(super) fn parse_text(
    text: &str,
    what: &str,
    characters_min: usize,
    characters_max: usize,
) -> Result<String, String> {
    match text.chars().count() {
        length if (characters_min..=characters_max).contains(&length) => Ok(text.to_owned()),
        length => Err(format!(
            "{what} has {characters_min} to {characters_max} characters, this one has {length}"
        )),
    }
}

fn parse_identifier(text: &str) -> Result<PersonIdentifier, String> {
    let subject = parse_subject(text)?;
    PersonIdentifier::try_from(subject).map_err(|error: ParseError| error.to_string())
}

/// KSeF writes fingerprints in upper case; other tools in lower case, with colons between the bytes.
fn parse_fingerprint(text: &str) -> Result<Fingerprint, String> {
    let digits = text.replace(':', "").to_ascii_uppercase();
    Fingerprint::parse(&digits).map_err(|error| error.to_string())
}

fn parse_document(text: &str) -> Result<IdDocument, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(country), Some(kind), Some(number)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err("expected COUNTRY:KIND:NUMBER, for instance DE:passport:XX1234567".to_owned());
    };
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_country {
        return Err(format!(
            "\"{country}\" is not a country: two upper-case letters, for instance DE"
        ));
    }
    let kind = parse_text(kind, "the kind of a document", 1, 20)?;
    let number = parse_text(number, "the number of a document", 1, 20)?;
    Ok(IdDocument::new(kind, number, country))
}

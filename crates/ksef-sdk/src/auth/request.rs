//! The document that is signed in order to sign in.

use std::net::Ipv4Addr;

use ksef_api::ops::auth::AllowedIps;
use ksef_core::context::ContextIdentifier;
use ksef_core::reference::Challenge;

use crate::error::Error;

/// An `AuthTokenRequest` document, still unsigned.
///
/// Source: the schemas `AuthTokenRequest` 2.0 and 2.1 of the Ministry.
#[derive(Debug, Clone)]
pub struct AuthTokenRequest {
    challenge: Challenge,
    context: ContextIdentifier,
    subject: SubjectType,
    version: SchemaVersion,
    allowed_ips: Option<AllowedIps>,
}

/// What of the certificate says who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SubjectType {
    /// The NIP or PESEL in its subject.
    #[default]
    CertificateSubject,
    /// Its fingerprint, for certificates that carry neither.
    CertificateFingerprint,
}

impl SubjectType {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CertificateSubject => "certificateSubject",
            Self::CertificateFingerprint => "certificateFingerprint",
        }
    }
}

/// Version of the schema. They differ in the patterns of addresses alone; KSeF takes both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SchemaVersion {
    /// 2.0, for servers before API 2.5.
    V2_0,
    /// 2.1. The patterns of 2.0 refuse every address when they are read as the XML Schema standard says.
    #[default]
    V2_1,
}

impl SchemaVersion {
    /// The namespace of the document.
    #[must_use]
    pub fn namespace(self) -> &'static str {
        match self {
            Self::V2_0 => "http://ksef.mf.gov.pl/auth/token/2.0",
            Self::V2_1 => "http://ksef.mf.gov.pl/auth/token/2.1",
        }
    }
}

impl AuthTokenRequest {
    /// Answers `challenge`, which the server issued within the last ten minutes, for this context.
    #[must_use]
    pub fn new(challenge: Challenge, context: ContextIdentifier) -> Self {
        Self {
            challenge,
            context,
            subject: SubjectType::default(),
            version: SchemaVersion::default(),
            allowed_ips: None,
        }
    }

    /// With what says who signs in.
    #[must_use]
    pub fn with_subject(mut self, subject: SubjectType) -> Self {
        self.subject = subject;
        self
    }

    /// In this version of the schema.
    #[must_use]
    pub fn with_version(mut self, version: SchemaVersion) -> Self {
        self.version = version;
        self
    }

    /// Limits the use of the tokens to these addresses.
    ///
    /// # Errors
    /// Misuse: more than ten entries of a form, or an entry that is no IPv4 address, range or network.
    pub fn with_allowed_ips(mut self, allowed_ips: AllowedIps) -> Result<Self, Error> {
        check(&allowed_ips)?;
        self.allowed_ips = Some(allowed_ips);
        Ok(self)
    }

    /// The document: UTF-8 without a byte order mark, no white space between elements.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <AuthTokenRequest xmlns=\"{}\"><Challenge>{}</Challenge>\
             <ContextIdentifier><{kind}>{}</{kind}></ContextIdentifier>\
             <SubjectIdentifierType>{}</SubjectIdentifierType>",
            self.version.namespace(),
            self.challenge,
            self.context.value(),
            self.subject.as_str(),
            kind = self.context.kind(),
        );
        if let Some(allowed) = &self.allowed_ips {
            xml.push_str("<AuthorizationPolicy><AllowedIps>");
            for (element, entries) in [
                ("Ip4Address", &allowed.ip4_addresses),
                ("Ip4Range", &allowed.ip4_ranges),
                ("Ip4Mask", &allowed.ip4_masks),
            ] {
                for entry in entries {
                    xml.push_str(&format!("<{element}>{entry}</{element}>"));
                }
            }
            xml.push_str("</AllowedIps></AuthorizationPolicy>");
        }
        xml.push_str("</AuthTokenRequest>");
        xml
    }
}

fn check(allowed: &AllowedIps) -> Result<(), Error> {
    let lists = [
        (&allowed.ip4_addresses, is_address as fn(&str) -> bool),
        (&allowed.ip4_ranges, is_range),
        (&allowed.ip4_masks, is_network),
    ];
    for (entries, is_well_formed) in lists {
        if entries.len() > ENTRIES_MAX {
            return Err(Error::misuse("more than ten allowed addresses of one form"));
        }
        if !entries.iter().all(|entry| is_well_formed(entry)) {
            return Err(Error::misuse(
                "allowed addresses are IPv4: a.b.c.d, a.b.c.d-e.f.g.h, a.b.c.d/n",
            ));
        }
    }
    Ok(())
}

fn is_address(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

fn is_range(text: &str) -> bool {
    text.split_once('-')
        .is_some_and(|(from, to)| is_address(from) && is_address(to))
}

fn is_network(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| {
        is_address(address)
            && bits.parse::<u8>().is_ok_and(|bits| bits <= 32)
            && bits.bytes().all(|byte| byte.is_ascii_digit())
            && (bits == "0" || !bits.starts_with('0'))
    })
}

const ENTRIES_MAX: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> AuthTokenRequest {
        AuthTokenRequest::new(
            Challenge::parse("20250514-CR-226FB7B000-3ACF9BE4C0-10").unwrap(),
            ContextIdentifier::parse("Nip:5265877635").unwrap(),
        )
    }

    #[test]
    fn documents_follow_the_schema() {
        assert_eq!(
            request().to_xml(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <AuthTokenRequest xmlns=\"http://ksef.mf.gov.pl/auth/token/2.1\">\
             <Challenge>20250514-CR-226FB7B000-3ACF9BE4C0-10</Challenge>\
             <ContextIdentifier><Nip>5265877635</Nip></ContextIdentifier>\
             <SubjectIdentifierType>certificateSubject</SubjectIdentifierType>\
             </AuthTokenRequest>"
        );
        let allowed = AllowedIps {
            ip4_addresses: vec!["10.0.0.1".into()],
            ip4_ranges: vec!["10.0.0.1-10.0.0.9".into()],
            ip4_masks: vec!["10.0.0.0/24".into(), "0.0.0.0/0".into()],
        };
        let xml = request()
            .with_version(SchemaVersion::V2_0)
            .with_subject(SubjectType::CertificateFingerprint)
            .with_allowed_ips(allowed)
            .unwrap()
            .to_xml();
        assert!(xml.contains("auth/token/2.0") && xml.contains(">certificateFingerprint<"));
        assert!(
            xml.ends_with(
                "<AuthorizationPolicy><AllowedIps><Ip4Address>10.0.0.1</Ip4Address>\
                 <Ip4Range>10.0.0.1-10.0.0.9</Ip4Range><Ip4Mask>10.0.0.0/24</Ip4Mask>\
                 <Ip4Mask>0.0.0.0/0</Ip4Mask></AllowedIps></AuthorizationPolicy></AuthTokenRequest>"
            ),
            "{xml}"
        );
    }

    #[test]
    fn addresses_are_checked() {
        let of = |addresses: Vec<String>, ranges: &[&str], masks: &[&str]| AllowedIps {
            ip4_addresses: addresses,
            ip4_ranges: ranges.iter().map(ToString::to_string).collect(),
            ip4_masks: masks.iter().map(ToString::to_string).collect(),
        };
        for bad in [
            of(vec!["::1".into()], &[], &[]),
            of(vec!["<x/>".into()], &[], &[]),
            of(vec!["10.0.0.256".into()], &[], &[]),
            of(vec!["10.0.0.1".into(); 11], &[], &[]),
            of(Vec::new(), &["10.0.0.1"], &[]),
            of(Vec::new(), &["10.0.0.1–10.0.0.2"], &[]),
            of(Vec::new(), &[], &["10.0.0.0/33"]),
            of(Vec::new(), &[], &["10.0.0.0/+8"]),
            of(Vec::new(), &[], &["10.0.0.0/08"]),
        ] {
            assert!(request().with_allowed_ips(bad.clone()).is_err(), "{bad:?}");
        }
        assert!(
            request()
                .with_allowed_ips(of(vec!["10.0.0.1".into(); 10], &[], &[]))
                .is_ok()
        );
    }
}

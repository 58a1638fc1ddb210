//! A certificate for a local server that speaks TLS, under an authority made for nothing else.
//!
//! The authority's key signs the one certificate and is forgotten: whoever trusts the authority trusts this server under
//! these names, and nothing that anybody could make later.

use std::net::IpAddr;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SanType,
};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::issuing::since_1970;
use crate::self_signed::Validity;

/// What a server presents, and what its clients have to trust.
pub struct ServerCertificate {
    /// The certificate of the server, DER.
    pub certificate: Vec<u8>,
    /// Its key, unencrypted DER PKCS#8.
    pub key: Zeroizing<Vec<u8>>,
    /// The certificate of the authority, PEM.
    pub authority_pem: String,
}

impl std::fmt::Debug for ServerCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerCertificate(redacted)")
    }
}

impl ServerCertificate {
    /// For a server that is reached under these host names and IP addresses. Browsers want at most 398 days.
    ///
    /// # Errors
    /// [`ErrorKind::Issue`], when a name is no host name, or keys cannot be made.
    pub fn issue(names: &[String], validity: Validity) -> Result<Self> {
        let mut above = params("KSeF sandbox TLS authority", validity)?;
        above.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        above.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority_key = KeyPair::generate().map_err(failed)?;
        let authority = CertifiedIssuer::self_signed(above, authority_key).map_err(failed)?;

        let mut own = params("KSeF sandbox", validity)?;
        own.subject_alt_names = names
            .iter()
            .map(|name| alt_name(name))
            .collect::<Result<_>>()?;
        own.is_ca = IsCa::ExplicitNoCa;
        own.use_authority_key_identifier_extension = true;
        own.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        own.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = own.signed_by(&key, &authority).map_err(failed)?;
        Ok(Self {
            certificate: certificate.der().to_vec(),
            key: Zeroizing::new(key.serialize_der()),
            authority_pem: authority.pem(),
        })
    }
}

fn params(common_name: &str, validity: Validity) -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.not_before = rcgen::date_time_ymd(1970, 1, 1) + since_1970(validity.not_before)?;
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + since_1970(validity.not_after)?;
    Ok(params)
}

fn alt_name(name: &str) -> Result<SanType> {
    if let Ok(address) = name.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(address));
    }
    let is_host = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.*_".contains(&byte));
    if !is_host {
        return Err(ErrorKind::Issue.into());
    }
    Ok(SanType::DnsName(name.try_into().map_err(failed)?))
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::with_source(ErrorKind::Issue, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::Certificate;

    #[test]
    fn the_certificate_is_the_only_one_of_its_authority() {
        let validity = Validity::days("2026-11-21T00:00:00Z".parse().unwrap(), 397);
        let names = [
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
            "::1".to_owned(),
        ];
        let made = ServerCertificate::issue(&names, validity).unwrap();
        let own = Certificate::from_der(&made.certificate).unwrap();
        let authority = Certificate::from_pem(made.authority_pem.as_bytes()).unwrap();
        own.verify_issued_by(&authority).unwrap();
        assert!(authority.is_self_signed() && !own.is_self_signed());
        assert_eq!(own.not_after(), validity.not_after);
        let again = ServerCertificate::issue(&names, validity).unwrap();
        let other = Certificate::from_pem(again.authority_pem.as_bytes()).unwrap();
        assert!(own.verify_issued_by(&other).is_err());
    }

    #[test]
    fn what_is_no_host_gets_no_certificate() {
        let validity = Validity::days("2026-11-21T00:00:00Z".parse().unwrap(), 397);
        for name in ["", "a b", "https://x", "zażółć", "x:8080"] {
            assert!(
                ServerCertificate::issue(&[name.to_owned()], validity).is_err(),
                "{name}"
            );
        }
    }
}

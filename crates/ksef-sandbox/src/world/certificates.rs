//! KSeF certificates and the applications for them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ksef_api::status::{CertificateStatus, EnrollmentStatus, StatusInfo};
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::context::SubjectIdentifier;
use ksef_core::key_id::KeyId;
use ksef_core::reference::EnrollmentRef;
use ksef_crypto::certificate::Certificate;
use serde::{Deserialize, Serialize};

use super::record::{Changes, Collection, Record};
use super::store::{Loader, StoreError};

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// Signing in.
    Authentication,
    /// Code II of invoices issued offline.
    Offline,
}

impl Purpose {
    /// The purpose of this wire name, in any letter case.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Authentication, Self::Offline]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(name))
    }

    /// The wire name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "Authentication",
            Self::Offline => "Offline",
        }
    }
}

/// An application for a certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnrollmentRecord {
    pub(crate) reference: EnrollmentRef,
    pub(crate) subject: SubjectIdentifier,
    pub(crate) requested: Timestamp,
    /// By the machine's clock: when the outcome shows.
    pub(crate) ready: Timestamp,
    /// How it ends: 200, or why not.
    pub(crate) outcome: StatusInfo,
    /// The certificate, when one is issued.
    pub(crate) serial: Option<CertificateSerial>,
}

impl EnrollmentRecord {
    /// Whether the outcome shows at an instant of the machine's clock.
    pub(crate) fn is_decided(&self, machine_now: Timestamp) -> bool {
        self.ready <= machine_now
    }

    /// The status at an instant of the machine's clock.
    pub(crate) fn status(&self, machine_now: Timestamp) -> StatusInfo {
        if self.is_decided(machine_now) {
            self.outcome.clone()
        } else {
            EnrollmentStatus::Accepted.to_info()
        }
    }
}

/// A certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateRecord {
    pub(crate) serial: CertificateSerial,
    /// DER, in Base64.
    der: String,
    pub(crate) name: String,
    pub(crate) purpose: Purpose,
    pub(crate) common_name: String,
    /// Whose it is.
    pub(crate) subject: SubjectIdentifier,
    /// Its public key.
    pub(crate) key: KeyId,
    pub(crate) valid_from: Timestamp,
    /// May be earlier than what the certificate itself says.
    pub(crate) valid_to: Timestamp,
    pub(crate) requested: Timestamp,
    /// By the machine's clock: when it is there.
    pub(crate) ready: Timestamp,
    /// By the machine's clock: when revoking it is done.
    pub(crate) revoked_from: Option<Timestamp>,
    /// Suspended by the control API.
    pub(crate) is_suspended: bool,
    pub(crate) used: Option<Timestamp>,
}

/// What a certificate is, without its bytes.
#[derive(Debug, Clone)]
pub(crate) struct NewCertificate<'a> {
    pub(crate) certificate: &'a Certificate,
    pub(crate) serial: CertificateSerial,
    pub(crate) name: String,
    pub(crate) purpose: Purpose,
    pub(crate) subject: SubjectIdentifier,
    pub(crate) requested: Timestamp,
    pub(crate) ready: Timestamp,
}

impl CertificateRecord {
    /// The record of a certificate that was just issued.
    pub(crate) fn new(new: NewCertificate<'_>) -> Self {
        let certificate = new.certificate;
        let common_name = certificate.subject().common_name();
        Self {
            serial: new.serial,
            der: STANDARD.encode(certificate.der()),
            name: new.name,
            purpose: new.purpose,
            common_name: common_name.unwrap_or_default().to_owned(),
            subject: new.subject,
            key: certificate.public_key_id(),
            valid_from: certificate.not_before(),
            valid_to: certificate.not_after(),
            requested: new.requested,
            ready: new.ready,
            revoked_from: None,
            is_suspended: false,
            used: None,
        }
    }

    /// The DER bytes.
    pub(crate) fn der(&self) -> Vec<u8> {
        // What was encoded is decoded again.
        STANDARD.decode(&self.der).unwrap_or_default()
    }

    /// Whether this is the certificate, byte for byte.
    pub(crate) fn is(&self, certificate: &Certificate) -> bool {
        self.der == STANDARD.encode(certificate.der())
    }

    /// The status at an instant of the world's clock and one of the machine's.
    ///
    /// The contract has no status of suspension. A suspended certificate cannot be used, which is what `Blocked` says
    /// (unverified).
    pub(crate) fn status(&self, now: Timestamp, machine_now: Timestamp) -> CertificateStatus {
        match self.revoked_from {
            Some(done) if machine_now < done => CertificateStatus::Blocked,
            Some(_) => CertificateStatus::Revoked,
            None if self.valid_to < now => CertificateStatus::Expired,
            None if self.is_suspended => CertificateStatus::Blocked,
            None => CertificateStatus::Active,
        }
    }

    /// Whether it counts among those that the subject holds: neither revoked nor expired.
    fn is_held(&self, now: Timestamp) -> bool {
        self.revoked_from.is_none() && now <= self.valid_to
    }
}

impl Record for EnrollmentRecord {
    const TABLE: &'static str = "enrollments";
    type Key = EnrollmentRef;

    fn key(&self) -> EnrollmentRef {
        self.reference
    }
}

impl Record for CertificateRecord {
    const TABLE: &'static str = "certificates";
    type Key = CertificateSerial;

    fn key(&self) -> CertificateSerial {
        self.serial
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    enrollments: Collection<EnrollmentRecord>,
    certificates: Collection<CertificateRecord>,
    by_key: HashMap<KeyId, Vec<CertificateSerial>>,
}

impl Certificates {
    pub(crate) fn load(loader: &Loader<'_>) -> Result<Self, StoreError> {
        let certificates = Collection::<CertificateRecord>::load(loader)?;
        let mut by_key: HashMap<_, Vec<_>> = HashMap::new();
        for record in certificates.values() {
            by_key.entry(record.key).or_default().push(record.serial);
        }
        Ok(Self {
            enrollments: Collection::load(loader)?,
            certificates,
            by_key,
        })
    }

    /// Adds an application.
    pub(crate) fn enroll(&mut self, changes: &mut Changes, enrollment: EnrollmentRecord) {
        self.enrollments.insert(changes, enrollment);
    }

    /// Adds a certificate.
    pub(crate) fn issue(&mut self, changes: &mut Changes, certificate: CertificateRecord) {
        let list = self.by_key.entry(certificate.key).or_default();
        list.push(certificate.serial);
        self.certificates.insert(changes, certificate);
    }

    /// The application with this reference.
    pub(crate) fn enrollment(&self, reference: &EnrollmentRef) -> Option<&EnrollmentRecord> {
        self.enrollments.get(reference)
    }

    /// The certificate with this serial number, if it is there at an instant of the machine's clock.
    pub(crate) fn get(
        &self,
        serial: &CertificateSerial,
        machine_now: Timestamp,
    ) -> Option<&CertificateRecord> {
        self.certificates
            .get(serial)
            .filter(|record| record.ready <= machine_now)
    }

    /// Is the serial number taken?
    pub(crate) fn contains(&self, serial: &CertificateSerial) -> bool {
        self.certificates.contains(serial)
    }

    /// All certificates in no order, also those that are not there yet.
    pub(crate) fn values(&self) -> impl Iterator<Item = &CertificateRecord> {
        self.certificates.values()
    }

    /// Number of certificates.
    pub(crate) fn len(&self) -> usize {
        self.certificates.len()
    }

    /// The certificates of these identifiers that are there, those applied for last first.
    pub(crate) fn of_subjects(
        &self,
        subjects: &[SubjectIdentifier],
        machine_now: Timestamp,
    ) -> Vec<&CertificateRecord> {
        let mut list: Vec<_> = self
            .certificates
            .values()
            .filter(|record| record.ready <= machine_now && subjects.contains(&record.subject))
            .collect();
        list.sort_by_key(|record| std::cmp::Reverse((record.requested, record.serial)));
        list
    }

    /// The record of a certificate that is shown, which must be the same byte for byte.
    pub(crate) fn record_of(&self, certificate: &Certificate) -> Option<&CertificateRecord> {
        let serial = CertificateSerial::parse(&certificate.serial_hex()).ok()?;
        self.certificates
            .get(&serial)
            .filter(|record| record.is(certificate))
    }

    /// Has the key a certificate of a subject that `is_same` does not take for the applicant?
    pub(crate) fn is_key_of_another(
        &self,
        key: &KeyId,
        is_same: impl Fn(&SubjectIdentifier) -> bool,
    ) -> bool {
        let serials = self.by_key.get(key).map_or(&[][..], Vec::as_slice);
        serials
            .iter()
            .filter_map(|serial| self.certificates.get(serial))
            .any(|record| !is_same(&record.subject))
    }

    /// How many applications of the subject count at `now`: those of the last 30 days. The documents do not say over
    /// which time they are counted; third parties speak of a month (unverified).
    pub(crate) fn counted_enrollments(&self, subject: &SubjectIdentifier, now: Timestamp) -> usize {
        let counts = |record: &&EnrollmentRecord| {
            record.subject == *subject
                && now.duration_since(record.requested) < ENROLLMENTS_COUNTED_FOR
        };
        self.enrollments.values().filter(counts).count()
    }

    /// How many certificates the subject holds at `now`; with `machine_now` only those that are there already.
    pub(crate) fn held(
        &self,
        subject: &SubjectIdentifier,
        now: Timestamp,
        machine_now: Option<Timestamp>,
    ) -> usize {
        let counts = |record: &&CertificateRecord| {
            record.subject == *subject
                && record.is_held(now)
                && machine_now.is_none_or(|instant| record.ready <= instant)
        };
        self.certificates.values().filter(counts).count()
    }

    /// Changes a certificate, never its key.
    pub(crate) fn update<T>(
        &mut self,
        changes: &mut Changes,
        serial: &CertificateSerial,
        change: impl FnOnce(&mut CertificateRecord) -> T,
    ) -> Option<T> {
        self.certificates.update(changes, serial, change)
    }
}

/// For how long the status of an application can be asked for.
pub(crate) const ENROLLMENT_KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
const ENROLLMENTS_COUNTED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

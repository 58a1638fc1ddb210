//! KSeF certificates.

use std::time::Duration;

use futures_util::{Stream, TryStreamExt as _};
use ksef_api::ops::certificates::{
    CertificateInfo, CertificateLimits, EnrollCertificate, EnrolledCertificate, Enrollment,
    EnrollmentData, GetCertificateLimits, GetEnrollment, GetEnrollmentData, QueryCertificates,
    RetrieveCertificates, RetrievedCertificate, RevocationReason, RevokeCertificate,
};
use ksef_api::status::{CertificateStatus, StatusClass};
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::reference::EnrollmentRef;
use ksef_crypto::certificate::{Certificate, PrivateKey};
use tokio::time::Instant;

use crate::client::Client;
use crate::error::{Error, ErrorKind, FailedStatus};
use crate::retry::PollDelays;

impl Client {
    /// How many certificates and applications for certificates the subject has left.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn certificate_limits(&self) -> Result<CertificateLimits, Error> {
        Ok(self.call(&GetCertificateLimits).await?.value)
    }

    /// The subject that an application for a certificate has to carry.
    ///
    /// # Errors
    /// What the server answered; 25001 with a login by a KSeF token.
    pub async fn enrollment_data(&self) -> Result<EnrollmentData, Error> {
        Ok(self.call(&GetEnrollmentData).await?.value)
    }

    /// Applies for a certificate. [`Client::request_certificate`](crate::Client::request_certificate) does the whole
    /// way to it and survives a crash.
    ///
    /// # Errors
    /// What the server answered; see [`EnrollCertificate`]. After an unknown outcome look for the certificate by its
    /// key, see [`Client::certificate_of_key`].
    pub async fn apply_for_certificate(
        &self,
        application: &EnrollCertificate,
    ) -> Result<EnrolledCertificate, Error> {
        Ok(self.call(application).await?.value)
    }

    /// How an application for a certificate is doing.
    ///
    /// # Errors
    /// What the server answered; 25005 when there is none, 410 after 30 days.
    pub async fn enrollment(&self, reference: EnrollmentRef) -> Result<Enrollment, Error> {
        Ok(self.call(&GetEnrollment::new(reference)).await?.value)
    }

    /// Waits until the certificate of an application is issued.
    ///
    /// # Errors
    /// [`ErrorKind::Status`] when it is refused; [`ErrorKind::Pending`] when it is not decided within `wait_max`; what
    /// the server answered.
    pub async fn wait_for_enrollment(
        &self,
        reference: EnrollmentRef,
        wait_max: Duration,
    ) -> Result<Enrollment, Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(DELAY_FIRST, DELAY_MAX);
        loop {
            let enrollment = self.enrollment(reference).await?;
            match enrollment.enrollment_status().class() {
                StatusClass::Done => return Ok(enrollment),
                StatusClass::Failed => return Err(refused(enrollment)),
                StatusClass::Pending => {}
            }
            let wait = delays.next();
            if began.elapsed() + wait > wait_max {
                return Err(Error::new(ErrorKind::Pending {
                    resource: APPLICATION,
                    code: Some(enrollment.status.code),
                }));
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Certificates by their serial numbers, any number of them. Those that KSeF does not give are missing.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn retrieve_certificates(
        &self,
        serials: &[CertificateSerial],
    ) -> Result<Vec<RetrievedCertificate>, Error> {
        let mut found = Vec::with_capacity(serials.len());
        for serials in serials.chunks(RetrieveCertificates::SERIALS_MAX) {
            let request = RetrieveCertificates::new(serials.iter().copied());
            found.extend(self.call(&request).await?.value.certificates);
        }
        Ok(found)
    }

    /// The certificates of whoever is signed in, those applied for last first, page by page.
    pub fn certificates(
        &self,
        filter: QueryCertificates,
    ) -> impl Stream<Item = Result<Vec<CertificateInfo>, Error>> + use<> {
        self.pages_by_offset(filter)
    }

    /// The certificate of this name that was issued for this key, if there is one: what became of an application whose
    /// answer was lost.
    ///
    /// # Errors
    /// What the server answered.
    pub async fn certificate_of_key(
        &self,
        name: &str,
        key: &PrivateKey,
    ) -> Result<Option<(CertificateInfo, Certificate)>, Error> {
        let filter = QueryCertificates::new()
            .with_name(name)
            .with_page_size(PAGE_ENTRIES);
        let mut pages = std::pin::pin!(self.certificates(filter));
        while let Some(page) = pages.try_next().await? {
            let named: Vec<_> = page.into_iter().filter(|info| info.name == name).collect();
            let serials: Vec<_> = named
                .iter()
                .map(|info| info.certificate_serial_number)
                .collect();
            for retrieved in self.retrieve_certificates(&serials).await? {
                let certificate = Certificate::from_der(&retrieved.certificate)?;
                let serial = retrieved.certificate_serial_number;
                let info = named
                    .iter()
                    .find(|info| info.certificate_serial_number == serial);
                if let (Some(info), true) = (info, key.belongs_to(certificate.spki_der())) {
                    return Ok(Some((info.clone(), certificate)));
                }
            }
        }
        Ok(None)
    }

    /// Revokes a certificate; it cannot be undone.
    ///
    /// # Errors
    /// What the server answered; 25008 when there is no such certificate, 25009 when it is out of use already, as it is
    /// also when the answer to an earlier call was lost.
    pub async fn revoke_certificate(
        &self,
        serial: CertificateSerial,
        reason: Option<RevocationReason>,
    ) -> Result<(), Error> {
        let mut request = RevokeCertificate::new(serial);
        if let Some(reason) = reason {
            request = request.with_reason(reason);
        }
        self.call(&request).await?;
        Ok(())
    }

    /// Waits until a certificate that was revoked is so in effect; until then it is blocked.
    ///
    /// # Errors
    /// [`ErrorKind::Pending`] when it is not within `wait_max`, or KSeF does not list it; what the server answered.
    pub async fn wait_for_certificate_revocation(
        &self,
        serial: CertificateSerial,
        wait_max: Duration,
    ) -> Result<CertificateInfo, Error> {
        let began = Instant::now();
        let mut delays = PollDelays::new(DELAY_FIRST, DELAY_MAX);
        let request = QueryCertificates::new().with_serial(serial);
        loop {
            let listed = self.call(&request).await?.value.certificates;
            let revoked = listed
                .into_iter()
                .find(|info| info.status == CertificateStatus::Revoked);
            if let Some(info) = revoked {
                return Ok(info);
            }
            let wait = delays.next();
            if began.elapsed() + wait > wait_max {
                return Err(Error::new(ErrorKind::Pending {
                    resource: "certificate",
                    code: None,
                }));
            }
            tokio::time::sleep(wait).await;
        }
    }
}

/// The error for an application that was refused.
pub(crate) fn refused(enrollment: Enrollment) -> Error {
    Error::new(ErrorKind::Status(FailedStatus {
        resource: APPLICATION,
        code: enrollment.status.code,
        description: enrollment.status.description,
        details: enrollment.status.details,
    }))
}

/// What errors call an application for a certificate.
pub(crate) const APPLICATION: &str = "certificate application";

/// The most that the list gives at once.
const PAGE_ENTRIES: u16 = 50;
const DELAY_FIRST: Duration = Duration::from_millis(300);
const DELAY_MAX: Duration = Duration::from_secs(3);

//! The steps from a wish to a certificate.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::certificates::EnrollCertificate;
use ksef_api::status::{EnrollmentStatus, StatusInfo};
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::reference::EnrollmentRef;
use ksef_crypto::certificate::{Certificate, Identity};
use ksef_crypto::csr::CertificateRequest;
use tokio::time::Instant;

use super::{
    Application, ApplicationKeeper, CertificateWish, IssuedCertificate, Progress, request_subject,
};
use crate::client::Client;
use crate::error::{Error, ErrorKind, FailedStatus};
use crate::retry::PollDelays;

impl Client {
    /// Gets a certificate: makes a key, applies, waits, fetches.
    ///
    /// The key is kept by `keeper` before anything leaves. Not with a login by a KSeF token.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`] when `keeper` did not keep a step: nothing was sent then; [`ErrorKind::Status`] when KSeF
    /// refuses the application; [`ErrorKind::Pending`] when it is not decided within `wait_max`;
    /// [`Error::is_outcome_unknown`] when nobody knows whether KSeF took it. Except after a refusal,
    /// [`Client::continue_application`] goes on with what was kept.
    pub async fn request_certificate(
        &self,
        wish: &CertificateWish,
        keeper: &dyn ApplicationKeeper,
        wait_max: Duration,
    ) -> Result<IssuedCertificate, Error> {
        let application = Application::prepare(wish)?;
        keeper.keep(&application)?;
        self.continue_application(application, keeper, wait_max)
            .await
    }

    /// Goes on with an application where it was left, by this process or by one that died.
    ///
    /// After an application was refused for a reason that will not go away, it is only told again; when KSeF had
    /// failed (500, 550), the application is made again.
    ///
    /// # Errors
    /// As [`Client::request_certificate`].
    pub async fn continue_application(
        &self,
        application: Application,
        keeper: &dyn ApplicationKeeper,
        wait_max: Duration,
    ) -> Result<IssuedCertificate, Error> {
        let mut steps = Steps {
            client: self,
            application,
            keeper,
            began: Instant::now(),
            wait_max,
        };
        loop {
            match steps.application.progress.clone() {
                Progress::Prepared => steps.apply().await?,
                Progress::Applying { since, remaining } => {
                    steps.look_for_it(since, remaining).await?;
                }
                Progress::Applied { reference } => steps.wait_for(reference).await?,
                Progress::Issued { serial } => return steps.fetch(serial).await,
                Progress::Refused { status } if is_failure_of_ksef(&status) => {
                    steps.advance(Progress::Prepared);
                }
                Progress::Refused { status } => return Err(refusal(status)),
            }
        }
    }
}

/// One run through the steps.
struct Steps<'a> {
    client: &'a Client,
    application: Application,
    keeper: &'a dyn ApplicationKeeper,
    began: Instant,
    wait_max: Duration,
}

impl Steps<'_> {
    /// Records what is about to happen; it does not happen when that fails.
    fn announce(&mut self, progress: Progress) -> Result<(), Error> {
        self.application.progress = progress;
        Ok(self.keeper.keep(&self.application)?)
    }

    /// Records what has happened. The work goes on when that fails: whoever goes on with an older record looks for the
    /// certificate first.
    fn advance(&mut self, progress: Progress) {
        self.application.progress = progress;
        if let Err(error) = self.keeper.keep(&self.application) {
            tracing::warn!(%error, "the progress of an application was not kept");
        }
    }

    /// Applies. When the answer is lost the application stays in [`Progress::Applying`], which is looked into next.
    async fn apply(&mut self) -> Result<(), Error> {
        let data = self.client.enrollment_data().await?;
        let request = CertificateRequest::sign(&request_subject(data), &self.application.key)?;
        let mut wanted = EnrollCertificate::new(
            &self.application.name,
            self.application.certificate_type.clone(),
            request.der().to_vec(),
        );
        if let Some(instant) = self.application.valid_from {
            wanted = wanted.with_valid_from(instant);
        }
        let remaining = self.client.certificate_limits().await?.enrollment.remaining;
        self.announce(Progress::Applying {
            since: self.client.clock().now(),
            remaining,
        })?;
        match self.client.apply_for_certificate(&wanted).await {
            Ok(taken) => {
                self.advance(Progress::Applied {
                    reference: taken.reference_number,
                });
                Ok(())
            }
            Err(error) if error.is_certainly_not_done() => {
                self.advance(Progress::Prepared);
                Err(error)
            }
            // Perhaps taken: the next step looks. What it finds tells more than this error.
            Err(error) if error.is_outcome_unknown() => {
                tracing::warn!(%error, "the answer to an application was lost; looking for its certificate");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// What became of an application whose answer was lost.
    ///
    /// KSeF lists certificates, not applications. One that was taken shows as a certificate with our key sooner or
    /// later; one that was not leaves the count of applications as it was.
    async fn look_for_it(&mut self, since: Timestamp, remaining: i32) -> Result<(), Error> {
        let mut delays = PollDelays::new(DELAY_FIRST, DELAY_MAX);
        loop {
            if let Some(serial) = self.issued_for_the_key().await? {
                self.advance(Progress::Issued { serial });
                return Ok(());
            }
            let left = self.client.certificate_limits().await?.enrollment.remaining;
            let waited = self.client.clock().now().duration_since(since);
            if left == remaining && waited >= COUNTED_AFTER {
                self.advance(Progress::Prepared);
                return Ok(());
            }
            self.sleep(&mut delays).await.map_err(|error| {
                // Not merely unfinished: nobody knows whether there is anything to wait for.
                error.into_outcome_unknown()
            })?;
        }
    }

    async fn issued_for_the_key(&self) -> Result<Option<CertificateSerial>, Error> {
        let Application { name, key, .. } = &self.application;
        let found = self.client.certificate_of_key(name, key).await?;
        Ok(found.map(|(info, _)| info.certificate_serial_number))
    }

    /// Waits for the decision on an application that was taken.
    async fn wait_for(&mut self, reference: EnrollmentRef) -> Result<(), Error> {
        let left = self.wait_max.saturating_sub(self.began.elapsed());
        let error = match self.client.wait_for_enrollment(reference, left).await {
            Ok(enrollment) => match enrollment.certificate_serial_number {
                Some(serial) => {
                    self.advance(Progress::Issued { serial });
                    return Ok(());
                }
                None => Error::protocol("an issued certificate has no serial number"),
            },
            Err(error) => match error.failed_status() {
                Some(failed) => {
                    let status = StatusInfo {
                        code: failed.code,
                        description: failed.description.clone(),
                        details: failed.details.clone(),
                    };
                    self.advance(Progress::Refused { status });
                    return Err(error);
                }
                // The status is kept for 30 days, the certificate for longer.
                None if is_forgotten(&error) => error,
                None => return Err(error),
            },
        };
        match self.issued_for_the_key().await? {
            Some(serial) => {
                self.advance(Progress::Issued { serial });
                Ok(())
            }
            None => Err(error),
        }
    }

    /// Fetches the certificate and puts it together with its key.
    async fn fetch(&self, serial: CertificateSerial) -> Result<IssuedCertificate, Error> {
        let retrieved = self.client.retrieve_certificates(&[serial]).await?;
        let found = retrieved
            .into_iter()
            .find(|found| found.certificate_serial_number == serial)
            .ok_or_else(|| Error::protocol(format!("certificate {serial} is not given out")))?;
        let certificate = Certificate::from_der(&found.certificate)?;
        let identity = Identity::new(certificate, Vec::new(), self.application.key.clone())?;
        Ok(IssuedCertificate {
            identity,
            serial,
            name: found.certificate_name,
            certificate_type: found.certificate_type,
        })
    }

    /// Waits a while, unless that would be longer than the caller wants.
    async fn sleep(&self, delays: &mut PollDelays) -> Result<(), Error> {
        let wait = delays.next();
        if self.began.elapsed() + wait > self.wait_max {
            let resource = crate::client::APPLICATION;
            return Err(Error::new(ErrorKind::Pending {
                resource,
                code: None,
            }));
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// Whether KSeF failed, so that applying again may help.
fn is_failure_of_ksef(status: &StatusInfo) -> bool {
    matches!(
        EnrollmentStatus::from_code(status.code),
        EnrollmentStatus::UnknownError | EnrollmentStatus::Cancelled
    )
}

/// Whether KSeF does not know the application, or not any more.
fn is_forgotten(error: &Error) -> bool {
    error.has_code(NO_SUCH_APPLICATION) || error.problem().is_some_and(|it| it.status == 410)
}

fn refusal(status: StatusInfo) -> Error {
    Error::new(ErrorKind::Status(FailedStatus {
        resource: crate::client::APPLICATION,
        code: status.code,
        description: status.description,
        details: status.details,
    }))
}

/// 25005: no such application.
const NO_SUCH_APPLICATION: i32 = 25_005;
/// An application that was taken is counted after that long, wherever it then stands.
const COUNTED_AFTER: SignedDuration = SignedDuration::from_secs(30);
const DELAY_FIRST: Duration = Duration::from_millis(500);
const DELAY_MAX: Duration = Duration::from_secs(8);

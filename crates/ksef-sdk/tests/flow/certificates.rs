//! Getting a certificate, with everything that happens on the way.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use jiff::SignedDuration;
use ksef_core::clock::{Clock as _, SystemClock};
use ksef_crypto::certificate::{KeyKind, PrivateKey};
use ksef_sandbox::Sandbox;
use ksef_sdk::api::ops::certificates::{
    CertificateType, EnrollCertificate, QueryCertificates, RevocationReason,
};
use ksef_sdk::api::status::CertificateStatus;
use ksef_sdk::auth::Credentials;
use ksef_sdk::certificates::{
    Application, ApplicationKeeper, CertificateWish, KeeperError, NoKeeper, Progress,
    request_subject,
};
use ksef_sdk::{Client, ErrorKind};

use crate::{WAIT, client, fault, sandbox, seal};

/// Keeps every step; refuses to keep more than `limit` of them.
#[derive(Debug, Clone)]
struct Kept {
    steps: Arc<Mutex<Vec<String>>>,
    limit: usize,
}

impl Kept {
    fn all() -> Self {
        Self::up_to(usize::MAX)
    }

    fn up_to(limit: usize) -> Self {
        Self {
            steps: Arc::default(),
            limit,
        }
    }

    /// The application as a process that died after `steps` left it.
    fn after(&self, steps: usize) -> Application {
        Application::from_json(&self.steps.lock().unwrap()[steps - 1]).unwrap()
    }

    fn progress(&self) -> Vec<Progress> {
        let steps = self.steps.lock().unwrap();
        let progress = |text: &String| Application::from_json(text).unwrap().progress;
        steps.iter().map(progress).collect()
    }
}

impl ApplicationKeeper for Kept {
    fn keep(&self, application: &Application) -> Result<(), KeeperError> {
        let mut steps = self.steps.lock().unwrap();
        if steps.len() >= self.limit {
            return Err(KeeperError::new("the disk is full"));
        }
        steps.push(application.to_json().to_string());
        Ok(())
    }
}

fn wish() -> CertificateWish {
    CertificateWish::new("ERP 2026", CertificateType::Authentication)
}

/// The certificates that the sandbox has issued, also those that were not asked for.
async fn listed(client: &Client) -> usize {
    let all = client.all_by_offset(QueryCertificates::new()).await;
    all.unwrap().len()
}

/// Applications that are left of 300.
async fn left(client: &Client) -> i32 {
    client
        .certificate_limits()
        .await
        .unwrap()
        .enrollment
        .remaining
}

async fn signed_in(sandbox: &Sandbox) -> Client {
    let client = client(sandbox, seal());
    client.authenticate().await.unwrap();
    client
}

#[tokio::test]
async fn from_a_seal_to_a_login_with_the_new_certificate() {
    let sandbox = sandbox().await;
    let owner = signed_in(&sandbox).await;
    for wish in [wish(), wish().with_rsa_key()] {
        let kept = Kept::all();
        let issued = owner.request_certificate(&wish, &kept, WAIT).await.unwrap();
        assert_eq!(issued.name, "ERP 2026");
        let steps = kept.progress();
        assert_eq!(steps[0], Progress::Prepared, "the key is kept first");
        assert!(matches!(steps[1], Progress::Applying { .. }), "{steps:?}");
        assert!(matches!(steps[2], Progress::Applied { .. }));
        let serial = issued.serial;
        assert_eq!(steps[3], Progress::Issued { serial });

        let with_it = client(&sandbox, Credentials::certificate(issued.identity));
        with_it.authenticate().await.unwrap();
        owner
            .revoke_certificate(serial, Some(RevocationReason::Superseded))
            .await
            .unwrap();
        let revoked = owner.wait_for_certificate_revocation(serial, WAIT).await;
        assert_eq!(revoked.unwrap().status, CertificateStatus::Revoked);
        let again = owner.revoke_certificate(serial, None).await.unwrap_err();
        assert!(again.has_code(25_009), "{again}");
        with_it.logout().await.unwrap();
        let refused = with_it.authenticate().await.unwrap_err();
        assert_eq!(refused.code(), Some(460));
    }
}

#[tokio::test]
async fn nothing_leaves_before_the_key_is_kept() {
    let sandbox = sandbox().await;
    let owner = signed_in(&sandbox).await;
    for limit in [0, 1] {
        let kept = Kept::up_to(limit);
        let error = owner.request_certificate(&wish(), &kept, WAIT).await;
        assert_eq!(*error.unwrap_err().kind(), ErrorKind::Journal);
        assert_eq!(left(&owner).await, 300);
    }
    // What was taken is fetched all the same.
    let kept = Kept::up_to(2);
    let issued = owner.request_certificate(&wish(), &kept, WAIT).await;
    issued.unwrap();
}

#[tokio::test]
async fn a_process_that_died_anywhere_goes_on_without_a_second_certificate() {
    let sandbox = sandbox().await;
    let owner = signed_in(&sandbox).await;
    let kept = Kept::all();
    let issued = owner.request_certificate(&wish(), &kept, WAIT).await;
    let issued = issued.unwrap();
    for steps in 2..=4 {
        let application = kept.after(steps);
        let again = owner
            .continue_application(application, &NoKeeper, WAIT)
            .await;
        assert_eq!(again.unwrap().serial, issued.serial, "after {steps} steps");
    }
    assert_eq!((listed(&owner).await, left(&owner).await), (1, 299));
    // A key of which KSeF knows nothing is applied for.
    let application = Application::prepare(&wish()).unwrap();
    let other = owner
        .continue_application(application, &NoKeeper, WAIT)
        .await;
    assert_ne!(other.unwrap().serial, issued.serial);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    let sandbox = sandbox().await;
    let owner = signed_in(&sandbox).await;
    fault(&sandbox, "certificates.enroll:drop-after*1");
    let kept = Kept::all();
    owner
        .request_certificate(&wish(), &kept, WAIT)
        .await
        .unwrap();
    assert_eq!((listed(&owner).await, left(&owner).await), (1, 299));
    assert!(
        !kept
            .progress()
            .iter()
            .any(|step| matches!(step, Progress::Applied { .. })),
        "its reference was never known"
    );
}

#[tokio::test]
async fn an_application_that_never_arrived_is_made_again_but_not_too_soon() {
    let sandbox = sandbox().await;
    let owner = signed_in(&sandbox).await;
    let mut application = Application::prepare(&wish()).unwrap();
    let now = SystemClock.now();
    application.progress = Progress::Applying {
        since: now,
        remaining: 300,
    };
    let short = Duration::from_millis(300);
    let kept = Kept::all();
    let doubtful = owner
        .continue_application(application.clone(), &kept, short)
        .await
        .unwrap_err();
    assert!(doubtful.is_outcome_unknown(), "{doubtful:?}");
    assert_eq!(left(&owner).await, 300);
    application.progress = Progress::Applying {
        since: now - SignedDuration::from_mins(5),
        remaining: 301,
    };
    let doubtful = owner
        .continue_application(application.clone(), &kept, short)
        .await
        .unwrap_err();
    assert!(
        doubtful.is_outcome_unknown(),
        "one was counted: ours, perhaps"
    );
    application.progress = Progress::Applying {
        since: now - SignedDuration::from_mins(5),
        remaining: 300,
    };
    owner
        .continue_application(application, &kept, WAIT)
        .await
        .unwrap();
    assert_eq!((listed(&owner).await, left(&owner).await), (1, 299));
}

#[tokio::test]
async fn a_refusal_is_told_and_kept() {
    let sandbox = sandbox().await;
    let owner = signed_in(&sandbox).await;
    let odd = CertificateWish::new("a.b", CertificateType::Offline);
    let kept = Kept::all();
    let error = owner.request_certificate(&odd, &kept, WAIT).await;
    assert!(error.unwrap_err().has_code(21_405));
    assert_eq!(
        kept.progress().last(),
        Some(&Progress::Prepared),
        "certainly not taken"
    );

    // Another subject has a certificate for the key.
    let key = PrivateKey::generate(KeyKind::EcP256).unwrap();
    let mut application = Application::prepare(&wish()).unwrap();
    application.key = key.clone();
    let issued = owner
        .continue_application(application.clone(), &NoKeeper, WAIT)
        .await;
    issued.unwrap();
    let other = other_taxpayer(&sandbox);
    let kept = Kept::all();
    for _ in 0..2 {
        let error = other
            .continue_application(application.clone(), &kept, WAIT)
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(400), "{error}");
        application = kept.after(kept.progress().len());
        assert!(matches!(application.progress, Progress::Refused { .. }));
    }
}

/// A client of another taxpayer.
fn other_taxpayer(sandbox: &Sandbox) -> Client {
    let nip = "7762811692".parse().unwrap();
    let from = SystemClock.now() - SignedDuration::from_hours(1);
    let validity = ksef_crypto::self_signed::Validity::days(from, 30);
    let seal =
        ksef_crypto::self_signed::company_seal("Inny", &nip, KeyKind::EcP256, validity).unwrap();
    Client::builder(sandbox.environment().unwrap())
        .credentials(Credentials::certificate(seal))
        .context(nip)
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_single_operations() {
    let sandbox = sandbox().await;
    let owner = signed_in(&sandbox).await;
    let data = owner.enrollment_data().await.unwrap();
    let key = PrivateKey::generate(KeyKind::EcP256).unwrap();
    let subject = request_subject(data);
    let csr = ksef_crypto::csr::CertificateRequest::sign(&subject, &key).unwrap();
    for index in 0..12 {
        let name = format!("Zapas {index:02}");
        let wanted = EnrollCertificate::new(name, CertificateType::Offline, csr.der().to_vec());
        let taken = owner.apply_for_certificate(&wanted).await.unwrap();
        let done = owner
            .wait_for_enrollment(taken.reference_number, WAIT)
            .await;
        assert!(done.unwrap().certificate_serial_number.is_some());
    }
    let filter = QueryCertificates::new().with_page_size(10);
    let pages: Vec<_> = owner.certificates(filter).try_collect().await.unwrap();
    let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(sizes, [10, 2]);
    let serials: Vec<_> = pages
        .concat()
        .iter()
        .map(|info| info.certificate_serial_number)
        .collect();
    let retrieved = owner.retrieve_certificates(&serials).await.unwrap();
    assert_eq!(retrieved.len(), 12, "more than one call fetches");
    let (info, _) = owner
        .certificate_of_key("Zapas 03", &key)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(info.name, "Zapas 03");
    assert!(
        owner
            .certificate_of_key("Zapas", &key)
            .await
            .unwrap()
            .is_none(),
        "a part of the name is another name"
    );
    let now = SystemClock.now();
    owner
        .shorten_test_certificate(info.certificate_serial_number, now)
        .await
        .unwrap();
}

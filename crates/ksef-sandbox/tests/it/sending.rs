//! Sending, for the tests of sessions, invoices and UPO.

use std::time::Duration;

use ksef_api::ops::auth::BearerToken;
use ksef_api::ops::keys::PublicKeyUsage;
use ksef_api::ops::sessions::{
    CloseOnlineSession, EncryptionInfo, GetSession, GetSessionInvoice, InvoiceContent,
    OpenOnlineSession, SendInvoice, SendInvoiceBody, Session, SessionInvoice,
};
use ksef_api::ops::testdata::{GrantTestPermissions, TestPermission, TestPermissionType};
use ksef_api::problem::Problem;
use ksef_core::form_code::FormCode;
use ksef_core::reference::{InvoiceRef, SessionRef};
use ksef_crypto::digest::sha256;
use ksef_crypto::rsa_oaep::PublicKey;
use ksef_crypto::session_key::SessionKey;
use serde_json::Value;

use crate::support::{NIP, World, client};

/// Where most tests begin: a world in which the owner of [`NIP`] has an open session.
pub(crate) async fn desk() -> (World, BearerToken, Sending) {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let session = Sending::open(&world, &access).await;
    (world, access, session)
}

/// An open session with its key.
pub(crate) struct Sending {
    pub(crate) reference: SessionRef,
    pub(crate) key: SessionKey,
}

impl Sending {
    /// Opens a session for FA(3).
    pub(crate) async fn open(world: &World, access: &BearerToken) -> Self {
        Self::open_for(world, access, FormCode::Fa3).await
    }

    pub(crate) async fn open_for(world: &World, access: &BearerToken, form: FormCode) -> Self {
        let key = SessionKey::generate().unwrap();
        let request = OpenOnlineSession::new(form, encryption(world, &key).await);
        let opened = world.call(&request, Some(access)).await.unwrap();
        Self {
            reference: opened.reference_number,
            key,
        }
    }

    /// Opens a session whose wrapped key is nonsense.
    pub(crate) async fn open_broken(world: &World, access: &BearerToken) -> Self {
        let key = SessionKey::generate().unwrap();
        let mut encryption = encryption(world, &key).await;
        encryption.encrypted_symmetric_key = vec![1; 256].into();
        let request = OpenOnlineSession::new(FormCode::Fa3, encryption);
        let opened = world.call(&request, Some(access)).await.unwrap();
        Self {
            reference: opened.reference_number,
            key,
        }
    }

    pub(crate) fn body(&self, xml: &[u8]) -> SendInvoiceBody {
        let sealed = self.key.encrypt(xml).unwrap();
        let size = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap();
        SendInvoiceBody::new(
            (sha256(xml), size(xml)),
            (sha256(&sealed), size(&sealed)),
            InvoiceContent::from_ciphertext(sealed),
        )
    }

    pub(crate) async fn send(&self, world: &World, access: &BearerToken, xml: &str) -> InvoiceRef {
        self.submit(world, access, self.body(xml.as_bytes()))
            .await
            .unwrap()
    }

    pub(crate) async fn submit(
        &self,
        world: &World,
        access: &BearerToken,
        body: SendInvoiceBody,
    ) -> Result<InvoiceRef, Problem> {
        let sent = world
            .call(&SendInvoice::new(self.reference, body), Some(access))
            .await?;
        Ok(sent.reference_number)
    }

    /// Sends and waits for the outcome.
    pub(crate) async fn outcome(
        &self,
        world: &World,
        access: &BearerToken,
        xml: &str,
    ) -> SessionInvoice {
        let invoice = self.send(world, access, xml).await;
        self.settled(world, access, invoice).await
    }

    /// Sends a valid invoice of [`NIP`] with this number and waits for the outcome.
    pub(crate) async fn issue(
        &self,
        world: &World,
        access: &BearerToken,
        number: &str,
    ) -> SessionInvoice {
        self.outcome(world, access, &invoice(NIP, number)).await
    }

    pub(crate) async fn settled(
        &self,
        world: &World,
        access: &BearerToken,
        invoice: InvoiceRef,
    ) -> SessionInvoice {
        self.until(world, access, invoice, |status| status.status.code >= 200)
            .await
    }

    /// Waits until an invoice has this status.
    pub(crate) async fn becomes_processed(
        &self,
        world: &World,
        access: &BearerToken,
        invoice: InvoiceRef,
        code: i32,
    ) -> SessionInvoice {
        self.until(world, access, invoice, |status| status.status.code == code)
            .await
    }

    /// Waits until an invoice is stored for good.
    pub(crate) async fn becomes_stored(
        &self,
        world: &World,
        access: &BearerToken,
        invoice: InvoiceRef,
    ) -> SessionInvoice {
        self.until(world, access, invoice, |status| {
            status.permanent_storage_date.is_some()
        })
        .await
    }

    async fn until(
        &self,
        world: &World,
        access: &BearerToken,
        invoice: InvoiceRef,
        is_reached: impl Fn(&SessionInvoice) -> bool,
    ) -> SessionInvoice {
        let request = GetSessionInvoice::new(self.reference, invoice);
        for _ in 0..POLLS {
            let status = world.call(&request, Some(access)).await.unwrap();
            if is_reached(&status) {
                return status;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{:?}", world.call(&request, Some(access)).await);
    }

    pub(crate) async fn status(&self, world: &World, access: &BearerToken) -> Session {
        world
            .call(&GetSession::new(self.reference), Some(access))
            .await
            .unwrap()
    }

    /// Waits until the session has this status.
    pub(crate) async fn becomes(&self, world: &World, access: &BearerToken, code: i32) -> Session {
        for _ in 0..POLLS {
            let session = self.status(world, access).await;
            if session.status.code == code {
                return session;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!(
            "{:?} instead of {code}",
            self.status(world, access).await.status
        );
    }

    pub(crate) async fn close(&self, world: &World, access: &BearerToken) -> Result<(), Problem> {
        world
            .call(&CloseOnlineSession::new(self.reference), Some(access))
            .await
    }
}

/// A fresh key, wrapped for the world.
pub(crate) async fn encryption(world: &World, key: &SessionKey) -> EncryptionInfo {
    let published = world
        .public_key(PublicKeyUsage::SymmetricKeyEncryption)
        .await;
    let wrapped = PublicKey::from_certificate_der(&published.certificate)
        .unwrap()
        .wrap(key.key())
        .unwrap();
    EncryptionInfo::new(wrapped, *key.iv(), published.public_key_id)
}

/// Asks the control API; the answer must be a success.
pub(crate) async fn control(world: &World, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = try_control(world, method, path, body).await;
    assert_eq!(status, 200, "{method} {path}: {answer}");
    answer
}

/// Asks the control API.
pub(crate) async fn try_control(
    world: &World,
    method: &str,
    path: &str,
    body: Value,
) -> (u16, Value) {
    let url = format!("{}{path}", world.sandbox.control_url());
    let request = client()
        .request(method.parse().unwrap(), url)
        .body(body.to_string());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
    )
}

/// Grants a person a right in the context of a NIP.
pub(crate) async fn grant(world: &World, nip: &str, pesel: &str, right: TestPermissionType) {
    let subject = format!("Pesel:{pesel}").parse().unwrap();
    let permission = TestPermission::new(right, "for the test");
    let request = GrantTestPermissions::new(nip.parse().unwrap(), subject, [permission]);
    world.call(&request, None).await.unwrap();
}

/// A valid FA(3) of this seller with this number, issued on 2026-11-20.
pub(crate) fn invoice(seller: &str, number: &str) -> String {
    include_str!("../data/minimal-fa3.xml")
        .replace("5265877635", seller)
        .replace("FV/1/2026", number)
        .replace("<P_1>2026-01-02", "<P_1>2026-11-20")
}

/// The first code and detail of a refusal.
pub(crate) fn code(problem: &Problem) -> (i32, String) {
    let error = problem
        .errors
        .first()
        .unwrap_or_else(|| panic!("no code: {problem}"));
    (
        error.code,
        error.details.first().cloned().unwrap_or_default(),
    )
}

const POLLS: usize = 2_000;
const PAUSE: Duration = Duration::from_millis(5);

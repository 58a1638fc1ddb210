//! KSeF certificates: applying, limits, lists, revocation, and signing in with them.

use jiff::SignedDuration;
use ksef_api::ops::auth::{AuthenticationMethod, BearerToken, GetAuth};
use ksef_api::ops::certificates::{
    CertificateType, EnrollCertificate, EnrolledCertificate, Enrollment, EnrollmentData,
    GetCertificateLimits, GetEnrollment, GetEnrollmentData, QueryCertificates,
    RetrieveCertificates, RevokeCertificate,
};
use ksef_api::ops::testdata::{CreatePerson, SetSubjectLimits, ShortenCertificate};
use ksef_api::ops::tokens::{GenerateToken, TokenPermission};
use ksef_api::page::PagedByOffset as _;
use ksef_api::problem::{ForbiddenReason, Problem, ProblemKind};
use ksef_api::status::CertificateStatus;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_crypto::certificate::{Certificate, Identity, KeyKind, PrivateKey};
use ksef_crypto::csr::{CertificateRequest, RequestSubject};
use ksef_crypto::xades::sign_enveloped;
use ksef_sandbox::Latency;
use serde_json::{Value, json};

use crate::sending::{control, try_control};
use crate::support::{NIP, OTHER_NIP, PESEL, World, token_request};

/// What a CSR of this holder carries.
pub(crate) fn subject(data: EnrollmentData) -> RequestSubject {
    RequestSubject {
        common_name: data.common_name,
        surname: data.surname,
        given_name: data.given_name,
        organization: data.organization_name,
        organization_identifier: data.organization_identifier,
        country: data.country_name,
        serial_number: data.serial_number,
        unique_identifier: data.unique_identifier,
    }
}

async fn csr(world: &World, access: &BearerToken, key: &PrivateKey) -> Vec<u8> {
    let data = world.ask(&GetEnrollmentData, access).await;
    CertificateRequest::sign(&subject(data), key)
        .unwrap()
        .der()
        .to_vec()
}

fn ec_key() -> PrivateKey {
    PrivateKey::generate(KeyKind::EcP256).unwrap()
}

async fn enroll(
    world: &World,
    access: &BearerToken,
    key: &PrivateKey,
    kind: CertificateType,
) -> EnrolledCertificate {
    let wish = EnrollCertificate::new("Faktury 2026", kind, csr(world, access, key).await);
    world.ask(&wish, access).await
}

async fn enrollment(
    world: &World,
    access: &BearerToken,
    taken: &EnrolledCertificate,
) -> Enrollment {
    world
        .ask(&GetEnrollment::new(taken.reference_number), access)
        .await
}

/// A certificate of this type for whoever is signed in, with its key.
pub(crate) async fn issued(
    world: &World,
    access: &BearerToken,
    kind: CertificateType,
    key: PrivateKey,
) -> (Identity, CertificateSerial) {
    let taken = enroll(world, access, &key, kind).await;
    let enrollment = enrollment(world, access, &taken).await;
    assert_eq!(enrollment.status.code, 200, "{:?}", enrollment.status);
    let serial = enrollment.certificate_serial_number.unwrap();
    let answer = world
        .ask(&RetrieveCertificates::new([serial]), access)
        .await;
    let certificate = Certificate::from_der(&answer.certificates[0].certificate).unwrap();
    assert_eq!(certificate.serial_hex(), serial.as_str());
    (Identity::new(certificate, Vec::new(), key).unwrap(), serial)
}

/// Status and detail of a login.
async fn login(world: &World, identity: &Identity, context: &str) -> (i32, Vec<String>) {
    let (_, status) = world.sign_in(identity, context).await.unwrap();
    (status.code, status.details)
}

fn code(problem: &Problem) -> i32 {
    problem.errors.first().map_or(0, |error| error.code)
}

fn own_context() -> String {
    format!("Nip:{NIP}")
}

#[tokio::test]
async fn from_the_data_of_the_login_to_a_login_with_the_certificate() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    for key in [ec_key(), PrivateKey::generate(KeyKind::Rsa2048).unwrap()] {
        let kind = CertificateType::Authentication;
        let (identity, serial) = issued(&world, &access, kind, key).await;
        let certificate = identity.certificate();
        let ca = Certificate::from_pem(&authority(&world).await).unwrap();
        certificate.verify_issued_by(&ca).unwrap();
        let usage = certificate.key_usage().unwrap();
        assert!(usage.digital_signature() && !usage.content_commitment());
        let begin = world.now().to_string();
        assert_eq!(certificate.not_before().to_string(), "2026-11-21T08:00:00Z");
        assert_eq!(certificate.not_after().to_string(), "2028-11-21T08:00:00Z");
        assert!(begin.starts_with("2026-11-21"));

        let (started, status) = world.sign_in(&identity, &own_context()).await.unwrap();
        assert_eq!(status.code, 200, "{status}");
        let shown = world
            .call(
                &GetAuth::new(started.reference_number),
                Some(&started.authentication_token),
            )
            .await
            .unwrap();
        assert_eq!(
            shown.authentication_method,
            Some(AuthenticationMethod::InternalCertificate)
        );
        let listed = world
            .ask(&QueryCertificates::new().with_serial(serial), &access)
            .await;
        assert_eq!(listed.certificates[0].last_use_date, Some(world.now()));
    }
}

async fn authority(world: &World) -> Vec<u8> {
    let url = format!("{}ca.pem", world.sandbox.control_url());
    let answer = crate::support::client().get(url).send().await.unwrap();
    answer.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn the_data_are_those_of_the_certificate_that_signed_in() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let seal = world.ask(&GetEnrollmentData, &access).await;
    assert_eq!(
        serde_json::to_value(seal).unwrap(),
        json!({
            "commonName": "Przykład sp. z o.o.", "countryName": "PL",
            "organizationName": "Przykład sp. z o.o.", "organizationIdentifier": format!("VATPL-{NIP}"),
        })
    );
    let person = CreatePerson::new(
        OTHER_NIP.parse().unwrap(),
        PESEL.parse().unwrap(),
        "sole trader",
    );
    world.call(&person, None).await.unwrap();
    let context = format!("Nip:{OTHER_NIP}");
    let person = world.tokens_of(&world.person(PESEL), &context).await;
    let data = world.ask(&GetEnrollmentData, &person.access_token).await;
    assert_eq!(
        serde_json::to_value(data).unwrap(),
        json!({
            "commonName": "Anna Nowak", "countryName": "PL", "givenName": "Anna",
            "surname": "Nowak", "serialNumber": format!("PNOPL-{PESEL}"),
        })
    );
}

#[tokio::test]
async fn a_ksef_token_neither_applies_nor_revokes() {
    let world = World::start().await;
    let owner = world.owner(NIP).await;
    let kind = CertificateType::Offline;
    let (_, serial) = issued(&world, &owner.access_token, kind.clone(), ec_key()).await;
    let wish = GenerateToken::new([TokenPermission::InvoiceRead], "for the tests");
    let token = world.ask(&wish, &owner.access_token).await;
    let started = world
        .submit_token(token.token.expose(), &own_context())
        .await
        .unwrap();
    let access = world.redeem(&started).await.unwrap().access_token;
    let refused = world.refused(&GetEnrollmentData, &access).await;
    assert_eq!(code(&refused), 25001, "{refused}");
    let wish = EnrollCertificate::new("Faktury 2026", kind, vec![0]);
    assert_eq!(code(&world.refused(&wish, &access).await), 25002);
    let refused = world
        .refused(&RevokeCertificate::new(serial), &access)
        .await;
    let ProblemKind::Forbidden(forbidden) = &refused.kind else {
        panic!("{refused}");
    };
    assert_eq!(
        forbidden.reason,
        Some(ForbiddenReason::AuthMethodNotAllowed)
    );
    // Looking is allowed.
    world.ask(&GetCertificateLimits, &access).await;
    let listed = world.ask(&QueryCertificates::new(), &access).await;
    assert_eq!(listed.certificates.len(), 1);
}

#[tokio::test]
async fn requests_that_are_not_in_order() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let kind = CertificateType::Authentication;
    let right = csr(&world, &access, &ec_key()).await;
    let apply = async |csr: Vec<u8>| {
        let wish = EnrollCertificate::new("Faktury 2026", kind.clone(), csr);
        code(&world.refused(&wish, &access).await)
    };
    let data = world.ask(&GetEnrollmentData, &access).await;
    let other = RequestSubject {
        organization_identifier: Some(format!("VATPL-{OTHER_NIP}")),
        ..subject(data.clone())
    };
    let other = CertificateRequest::sign(&other, &ec_key()).unwrap();
    assert_eq!(apply(other.der().to_vec()).await, 25003);
    let more = RequestSubject {
        serial_number: Some("x".to_owned()),
        ..subject(data.clone())
    };
    let more = CertificateRequest::sign(&more, &ec_key()).unwrap();
    assert_eq!(apply(more.der().to_vec()).await, 25003);
    assert_eq!(apply(b"nonsense".to_vec()).await, 25004);
    let mut changed = right.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(apply(changed).await, 25004, "the signature does not verify");
    let large = PrivateKey::generate(KeyKind::EcP384).unwrap();
    let large = CertificateRequest::sign(&subject(data.clone()), &large).unwrap();
    assert_eq!(apply(large.der().to_vec()).await, 25010);
    // ecdsa-with-SHA224, which is not listed, in the place of ecdsa-with-SHA256.
    let sha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    let at = right
        .windows(sha256.len())
        .rposition(|window| window == sha256)
        .unwrap();
    let mut unlisted = right.clone();
    unlisted[at + sha256.len() - 1] = 1;
    assert_eq!(apply(unlisted).await, 25011);
    let limits = world.ask(&GetCertificateLimits, &access).await;
    assert_eq!(
        limits.enrollment.remaining, 300,
        "what is refused does not count"
    );
}

#[tokio::test]
async fn bodies_that_are_refused() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let bearer = Some(access.token.expose());
    let path = "/certificates/enrollments";
    let post = async |body: Value| world.json("POST", path, bearer, body).await.json();
    let refused = post(json!({"certificateName": "a.b", "csr": "%%%"})).await;
    assert_eq!(refused["errors"][0]["code"], 21405);
    assert_eq!(
        refused["errors"][0]["details"],
        json!([
            "'certificateName' must be between 5 and 100 characters. You entered 3 characters.",
            "'certificateType' must not be empty.",
            "'csr' is not in the correct format.",
        ])
    );
    let refused = post(json!({
        "certificateName": "Faktury?", "certificateType": "offline", "csr": "AAEC", "validFrom": null,
    }))
    .await;
    assert_eq!(
        refused["errors"][0]["details"],
        json!(["'certificateName' is not in the correct format."])
    );
    for body in [
        json!({"certificateName": "Faktury", "certificateType": "Seal", "csr": "AAEC"}),
        json!({"certificateName": 5, "certificateType": "Offline", "csr": "AAEC"}),
        json!({"certificateName": "Faktury", "certificateType": "Offline", "csr": "AAEC", "validFrom": "soon"}),
        json!([]),
    ] {
        assert_eq!(post(body).await["errors"][0]["code"], 21001);
    }
    let unknown = world
        .get(
            "/certificates/enrollments/20261121-ER-1B6C9EB000-4B15D3AEB9-89",
            access.token.expose(),
        )
        .await;
    assert_eq!(unknown.status, 400);
    let malformed = world
        .get("/certificates/enrollments/nonsense", access.token.expose())
        .await;
    assert_eq!(malformed.status, 400);
    let other = world.owner(OTHER_NIP).await.access_token;
    let taken = enroll(&world, &access, &ec_key(), CertificateType::Offline).await;
    let refused = world
        .refused(&GetEnrollment::new(taken.reference_number), &other)
        .await;
    assert_eq!(code(&refused), 25005, "not somebody else's either");
}

#[tokio::test]
async fn an_application_takes_its_time_and_is_forgotten_after_thirty_days() {
    let latency = Latency {
        certificate: std::time::Duration::from_secs(3),
        ..Latency::NONE
    };
    let world = World::start_with(|builder| builder.latency(latency)).await;
    let access = world.owner(NIP).await.access_token;
    let taken = enroll(&world, &access, &ec_key(), CertificateType::Offline).await;
    assert_eq!(taken.timestamp, world.now());
    let pending = enrollment(&world, &access, &taken).await;
    assert_eq!(
        (pending.status.code, pending.certificate_serial_number),
        (100, None)
    );
    let listed = world.ask(&QueryCertificates::new(), &access).await;
    assert_eq!(listed.certificates, []);
    let limits = world.ask(&GetCertificateLimits, &access).await;
    assert_eq!(
        (limits.enrollment.remaining, limits.certificate.remaining),
        (299, 100)
    );

    world.advance(SignedDuration::from_secs(3));
    let done = enrollment(&world, &access, &taken).await;
    assert_eq!(done.status.code, 200);
    let serial = done.certificate_serial_number.unwrap();
    let limits = world.ask(&GetCertificateLimits, &access).await;
    assert_eq!(limits.certificate.remaining, 99);

    world.ask(&RevokeCertificate::new(serial), &access).await;
    let status = async |access: &BearerToken| {
        let listed = world.ask(&QueryCertificates::new(), access).await;
        listed.certificates[0].status.clone()
    };
    assert_eq!(status(&access).await, CertificateStatus::Blocked);
    let limits = world.ask(&GetCertificateLimits, &access).await;
    assert_eq!(limits.certificate.remaining, 100, "revoking makes room");
    let again = world
        .refused(&RevokeCertificate::new(serial), &access)
        .await;
    assert_eq!(code(&again), 25009, "blocked already");
    world.advance(SignedDuration::from_secs(3));
    assert_eq!(status(&access).await, CertificateStatus::Revoked);

    world.advance(SignedDuration::from_hours(30 * 24));
    let access = world.owner(NIP).await.access_token;
    let gone = world
        .refused(&GetEnrollment::new(taken.reference_number), &access)
        .await;
    assert_eq!(gone.status, 410);
    let limits = world.ask(&GetCertificateLimits, &access).await;
    assert_eq!(limits.enrollment.remaining, 300);
}

#[tokio::test]
async fn limits_by_kind_of_identifier_and_their_overrides() {
    let world = World::start().await;
    let person = CreatePerson::new(
        OTHER_NIP.parse().unwrap(),
        PESEL.parse().unwrap(),
        "sole trader",
    );
    world.call(&person, None).await.unwrap();
    let context = format!("Nip:{OTHER_NIP}");
    let access = world
        .tokens_of(&world.person(PESEL), &context)
        .await
        .access_token;
    let limits = world.ask(&GetCertificateLimits, &access).await;
    assert_eq!((limits.enrollment.limit, limits.certificate.limit), (12, 6));
    let narrow = SetSubjectLimits::new()
        .with_enrollments_max(3)
        .with_certificates_max(1);
    world.ask(&narrow, &access).await;
    let kind = CertificateType::Offline;
    let (_, serial) = issued(&world, &access, kind.clone(), ec_key()).await;
    let limits = world.ask(&GetCertificateLimits, &access).await;
    assert!(!limits.can_request);
    assert_eq!(
        (limits.enrollment.remaining, limits.certificate.remaining),
        (2, 0)
    );
    let wish = EnrollCertificate::new(
        "Faktury 2026",
        kind.clone(),
        csr(&world, &access, &ec_key()).await,
    );
    assert_eq!(code(&world.refused(&wish, &access).await), 25007);
    world.ask(&RevokeCertificate::new(serial), &access).await;
    let (_, serial) = issued(&world, &access, kind.clone(), ec_key()).await;
    world.ask(&RevokeCertificate::new(serial), &access).await;
    issued(&world, &access, kind, ec_key()).await;
    assert_eq!(code(&world.refused(&wish, &access).await), 25006);
}

#[tokio::test]
async fn two_that_are_applied_for_at_once_do_not_pass_the_limit() {
    let latency = Latency {
        certificate: std::time::Duration::from_secs(3),
        ..Latency::NONE
    };
    let world = World::start_with(|builder| builder.latency(latency)).await;
    let access = world.owner(NIP).await.access_token;
    let narrow = SetSubjectLimits::new().with_certificates_max(1);
    world.ask(&narrow, &access).await;
    let kind = CertificateType::Offline;
    let first = enroll(&world, &access, &ec_key(), kind.clone()).await;
    let second = enroll(&world, &access, &ec_key(), kind).await;
    world.advance(SignedDuration::from_secs(3));
    assert_eq!(enrollment(&world, &access, &first).await.status.code, 200);
    let refused = enrollment(&world, &access, &second).await.status;
    assert_eq!(refused.code, 400);
    assert!(refused.details[0].contains("limit"), "{refused}");
}

#[tokio::test]
async fn a_key_belongs_to_one_subject() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let other = world.owner(OTHER_NIP).await.access_token;
    let key = ec_key();
    let kind = CertificateType::Offline;
    issued(&world, &access, kind.clone(), key.clone()).await;
    // The same subject may have the same key certified again.
    issued(&world, &access, kind.clone(), key.clone()).await;
    let taken = enroll(&world, &other, &key, kind).await;
    let refused = enrollment(&world, &other, &taken).await;
    assert_eq!(refused.status.code, 400);
    assert_eq!(
        refused.status.details,
        ["Klucz publiczny został już certyfikowany przez inny podmiot."]
    );
    assert_eq!(refused.certificate_serial_number, None);
    let listed = world.ask(&QueryCertificates::new(), &other).await;
    assert_eq!(listed.certificates, []);
}

#[tokio::test]
async fn filters_pages_and_whose_they_are() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let mut serials = Vec::new();
    for index in 0..12 {
        world.advance(SignedDuration::from_secs(1));
        let kind = if index % 3 == 0 {
            CertificateType::Authentication
        } else {
            CertificateType::Offline
        };
        let name = format!("Źródło {index:02}");
        let wish = EnrollCertificate::new(&name, kind, csr(&world, &access, &ec_key()).await);
        let taken = world.ask(&wish, &access).await;
        let enrollment = enrollment(&world, &access, &taken).await;
        serials.push(enrollment.certificate_serial_number.unwrap());
    }
    let first = world.ask(&QueryCertificates::new(), &access).await;
    assert_eq!((first.certificates.len(), first.has_more), (10, true));
    assert_eq!(
        first.certificates[0].certificate_serial_number, serials[11],
        "the newest first"
    );
    let shown = &first.certificates[0];
    assert_eq!(shown.common_name, "Przykład sp. z o.o.");
    assert_eq!(shown.subject_identifier.to_string(), own_context());
    assert_eq!(shown.request_date, world.now());
    let second = QueryCertificates::new().with_page_offset(1);
    let second = world.ask(&second, &access).await;
    assert_eq!((second.certificates.len(), second.has_more), (2, false));
    let behind = QueryCertificates::new().with_page_offset(9);
    assert_eq!(world.ask(&behind, &access).await.certificates, []);

    world
        .ask(&RevokeCertificate::new(serials[3]), &access)
        .await;
    let find = async |request: QueryCertificates| {
        let request = request.with_page_size(50);
        world.ask(&request, &access).await.certificates.len()
    };
    let all = QueryCertificates::new;
    assert_eq!(find(all().with_name("ŹRÓDŁO 1")).await, 2);
    assert_eq!(find(all().with_serial(serials[5])).await, 1);
    assert_eq!(
        find(all().with_type(CertificateType::Authentication)).await,
        4
    );
    assert_eq!(find(all().with_status(CertificateStatus::Active)).await, 11);
    assert_eq!(find(all().with_status(CertificateStatus::Revoked)).await, 1);
    let later = "2028-11-21T08:00:06Z".parse().unwrap();
    assert_eq!(find(all().with_expires_after(later)).await, 6);

    let bearer = access.token.expose();
    let query = "/certificates/query";
    for path in [
        "?pageSize=5",
        "?pageSize=51",
        "?pageOffset=-1",
        "?pageSize=x",
    ] {
        let path = format!("{query}{path}");
        let refused = world.json("POST", &path, Some(bearer), json!({})).await;
        assert_eq!(refused.status, 400, "{path}");
    }
    for body in [
        json!({"status": "Lost"}),
        json!({"type": 1}),
        json!({"expiresAfter": "x"}),
    ] {
        let refused = world.json("POST", query, Some(bearer), body).await;
        assert_eq!(refused.json()["errors"][0]["code"], 21001);
    }
    let nulls = json!({"status": null, "name": null, "type": "offline", "unknown": 1});
    let answer = world.json("POST", query, Some(bearer), nulls).await;
    assert_eq!(answer.json()["certificates"].as_array().unwrap().len(), 8);
    let without = world.raw("POST", query, Some(bearer), &[], "").await;
    assert_eq!(without.status, 200, "the body is optional");

    let other = world.owner(OTHER_NIP).await.access_token;
    assert_eq!(world.ask(&all(), &other).await.certificates, []);
    let foreign = RetrieveCertificates::new([serials[0]]);
    assert_eq!(world.ask(&foreign, &other).await.certificates, []);
    let revoke = RevokeCertificate::new(serials[0]);
    assert_eq!(code(&world.refused(&revoke, &other).await), 25008);
}

#[tokio::test]
async fn what_is_retrieved_by_number() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let (identity, serial) = issued(&world, &access, CertificateType::Offline, ec_key()).await;
    let unknown = "0000000000000001".parse().unwrap();
    let answer = world
        .ask(&RetrieveCertificates::new([unknown, serial]), &access)
        .await;
    assert_eq!(answer.certificates.len(), 1);
    let found = &answer.certificates[0];
    assert_eq!(found.certificate, identity.certificate().der());
    assert_eq!(found.certificate_name, "Faktury 2026");
    assert_eq!(found.certificate_type, CertificateType::Offline);
    let bearer = Some(access.token.expose());
    let path = "/certificates/retrieve";
    for (serials, expected) in [
        (json!([]), 21405),
        (json!(null), 21405),
        (json!(vec!["0000000000000001"; 11]), 21405),
        (json!([1]), 21001),
        (json!("x"), 21001),
    ] {
        let body = json!({"certificateSerialNumbers": serials});
        let refused = world.json("POST", path, bearer, body.clone()).await;
        assert_eq!(refused.json()["errors"][0]["code"], expected, "{body}");
    }
    let odd =
        json!({"certificateSerialNumbers": ["0000000000000001", "nonsense", "00000000000000ab"]});
    let refused = world.json("POST", path, bearer, odd).await;
    assert_eq!(
        refused.json()["errors"][0]["details"],
        json!([
            "'certificateSerialNumbers[1]' is not in the correct format.",
            "'certificateSerialNumbers[2]' is not in the correct format."
        ])
    );
    let odd = json!({"certificateSerialNumber": "nonsense"});
    let refused = world.json("POST", "/certificates/query", bearer, odd).await;
    assert_eq!(refused.json()["errors"][0]["code"], 21405);
}

#[tokio::test]
async fn certificates_that_do_not_sign_in() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let refused = |detail: &str| (460, vec![detail.to_owned()]);
    let offline = issued(&world, &access, CertificateType::Offline, ec_key()).await;
    let context = own_context();
    assert_eq!(
        login(&world, &offline.0, &context).await,
        refused("Niepoprawny certyfikat")
    );
    let authentication = CertificateType::Authentication;
    let (identity, serial) = issued(&world, &access, authentication.clone(), ec_key()).await;
    let path = format!("certificates/{serial}");
    let suspend = async |suspended: bool| {
        control(&world, "PUT", &path, json!({"suspended": suspended})).await
    };
    assert_eq!(suspend(true).await["status"], "Blocked");
    assert_eq!(
        login(&world, &identity, &context).await,
        refused("Certyfikat zawieszony")
    );
    assert_eq!(suspend(false).await["status"], "Active");
    assert_eq!(login(&world, &identity, &context).await, (200, vec![]));
    world.ask(&RevokeCertificate::new(serial), &access).await;
    assert_eq!(
        login(&world, &identity, &context).await,
        refused("Certyfikat odwołany")
    );
    let known = control(&world, "GET", "certificates", json!({})).await;
    assert_eq!(known["certificates"].as_array().unwrap().len(), 2);
    for (path, body) in [
        ("certificates/0000000000000001", json!({"suspended": true})),
        ("certificates/x", json!({"suspended": true})),
    ] {
        assert_eq!(try_control(&world, "PUT", path, body).await.0, 404);
    }
    let nonsense = try_control(&world, "PUT", &path, json!({"x": 1})).await;
    assert_eq!(nonsense.0, 400);

    let (identity, serial) = issued(&world, &access, authentication.clone(), ec_key()).await;
    let later = world.now() + SignedDuration::from_hours(24 * 800);
    let longer = ShortenCertificate::new(serial, later);
    assert_eq!(code(&world.refused(&longer, &access).await), 25008);
    let end = world.now() + SignedDuration::from_hours(1);
    world
        .ask(&ShortenCertificate::new(serial, end), &access)
        .await;
    assert_eq!(login(&world, &identity, &context).await, (200, vec![]));
    world.advance(SignedDuration::from_hours(2));
    assert_eq!(
        login(&world, &identity, &context).await,
        refused("Nieważny certyfikat")
    );
    let access = world.owner(NIP).await.access_token;
    let expired = QueryCertificates::new().with_status(CertificateStatus::Expired);
    assert_eq!(world.ask(&expired, &access).await.certificates.len(), 1);
    let refused_revocation = world
        .refused(&RevokeCertificate::new(serial), &access)
        .await;
    assert_eq!(code(&refused_revocation), 25009);

    let tomorrow = world.now() + SignedDuration::from_hours(24);
    let key = ec_key();
    let wish = EnrollCertificate::new("Na jutro", authentication, csr(&world, &access, &key).await)
        .with_valid_from(tomorrow);
    let taken = world.ask(&wish, &access).await;
    let serial = enrollment(&world, &access, &taken)
        .await
        .certificate_serial_number
        .unwrap();
    let retrieve = RetrieveCertificates::new([serial]);
    let found = world.ask(&retrieve, &access).await.certificates.remove(0);
    let certificate = Certificate::from_der(&found.certificate).unwrap();
    assert_eq!(certificate.not_before().as_second(), tomorrow.as_second());
    let identity = Identity::new(certificate, Vec::new(), key).unwrap();
    assert_eq!(
        login(&world, &identity, &context).await,
        refused("Nieważny certyfikat")
    );
}

#[tokio::test]
async fn a_shortening_that_says_nothing() {
    let world = World::start().await;
    let access = world.owner(NIP).await.access_token;
    let (_, serial) = issued(&world, &access, CertificateType::Offline, ec_key()).await;
    let bearer = Some(access.token.expose());
    let path = format!("/testdata/certificates/{serial}");
    let missing = world.json("PUT", &path, bearer, json!({})).await.json();
    assert_eq!(missing["errors"][0]["code"], 21405);
    let no_date = json!({"validTo": "soon"});
    let no_date = world.json("PUT", &path, bearer, no_date).await.json();
    assert_eq!(no_date["errors"][0]["code"], 21001);
    let other = world.owner(OTHER_NIP).await.access_token;
    let foreign = ShortenCertificate::new(serial, world.now());
    assert_eq!(code(&world.refused(&foreign, &other).await), 25008);
    let unknown = ShortenCertificate::new("0000000000000001".parse().unwrap(), world.now());
    assert_eq!(code(&world.refused(&unknown, &access).await), 25008);
    let reason = json!({"revocationReason": "Bored"});
    let path = format!("/certificates/{serial}/revoke");
    let refused = world.json("POST", &path, bearer, reason).await.json();
    assert_eq!(refused["errors"][0]["code"], 21001);
    let without = world.raw("POST", &path, bearer, &[], "").await;
    assert_eq!(without.status, 204, "the body is optional");
}

/// A fingerprint signs in with its KSeF certificate as itself, in every context that knows it.
#[tokio::test]
async fn a_certificate_speaks_for_whom_it_was_issued_to() {
    let world = World::start().await;
    let person = CreatePerson::new(
        OTHER_NIP.parse().unwrap(),
        PESEL.parse().unwrap(),
        "sole trader",
    );
    world.call(&person, None).await.unwrap();
    let context = format!("Nip:{OTHER_NIP}");
    let by_pesel = world
        .tokens_of(&world.person(PESEL), &context)
        .await
        .access_token;
    let kind = CertificateType::Authentication;
    let (identity, serial) = issued(&world, &by_pesel, kind, ec_key()).await;
    assert_eq!(login(&world, &identity, &context).await.0, 200);
    assert_eq!(
        login(&world, &identity, &own_context()).await.0,
        415,
        "it carries no permissions"
    );
    // Also when the document asks for the fingerprint.
    let challenge = world
        .call(&ksef_api::ops::auth::GetChallenge, None)
        .await
        .unwrap();
    let document = token_request(
        challenge.challenge.as_str(),
        &context,
        "certificateFingerprint",
        "",
    );
    let signed = sign_enveloped(document.as_bytes(), &identity, world.now()).unwrap();
    let started = world.submit(signed).await.unwrap();
    assert_eq!(world.auth_status(&started).await.code, 200);
    // The other side of the link between NIP and PESEL sees and revokes it.
    let by_nip = world.owner(OTHER_NIP).await.access_token;
    let listed = world.ask(&QueryCertificates::new(), &by_nip).await;
    assert_eq!(
        listed.certificates[0].subject_identifier.to_string(),
        format!("Pesel:{PESEL}")
    );
    world.ask(&RevokeCertificate::new(serial), &by_nip).await;
}

#[tokio::test]
async fn certificates_outlive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    let access = world.owner(NIP).await.access_token;
    let kind = CertificateType::Authentication;
    let key = ec_key();
    let (identity, serial) = issued(&world, &access, kind, key.clone()).await;
    world.sandbox.shutdown().await;
    let world = World::start_with(|builder| builder.data_dir(directory.path())).await;
    assert_eq!(login(&world, &identity, &own_context()).await.0, 200);
    let listed = world.ask(&QueryCertificates::new(), &access).await;
    assert_eq!(listed.certificates[0].certificate_serial_number, serial);
    let other = world.owner(OTHER_NIP).await.access_token;
    let taken = enroll(&world, &other, &key, CertificateType::Offline).await;
    let refused = enrollment(&world, &other, &taken).await;
    assert_eq!(refused.status.code, 400, "whose key it is, is known again");
    world.sandbox.shutdown().await;
}

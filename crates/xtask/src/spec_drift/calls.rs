//! Calls with every option set: their paths, queries, headers and media types.

use std::collections::BTreeSet;

use jiff::Timestamp;
use ksef_api::operation::Operation;
use ksef_api::ops::auth::{
    GetAuth, GetChallenge, ListAuthSessions, RedeemTokens, RefreshAccess, SubmitXades,
    TerminateAuth, TerminateCurrentAuth,
};
use ksef_api::ops::certificates::{
    CertificateType, EnrollCertificate, GetCertificateLimits, GetEnrollment, GetEnrollmentData,
    QueryCertificates, RetrieveCertificates, RevokeCertificate,
};
use ksef_api::ops::collective::{
    CollectiveInvoice, CreateCollectiveIdentifier, ListCollectiveIdentifiersOfInvoice,
    ListInvoicesOfCollectives, QueryCollectiveIdentifiers,
};
use ksef_api::ops::invoices::{
    DateRange, DateType, ExportInvoices, GetExport, GetInvoice, InvoiceFilters, QueryInvoices,
    SortOrder, SubjectRole,
};
use ksef_api::ops::keys::GetPublicKeys;
use ksef_api::ops::limits::{GetContextLimits, GetRateLimits, GetSubjectLimits};
use ksef_api::ops::peppol::ListPeppolProviders;
use ksef_api::ops::permissions::{
    AuthorizationType, EntityPermission, EntityPermissionType, EuEntity, EuPermissionScope,
    EuPermissionType, EuSubject, GetAttachmentConsent, GetPermissionOperation, GrantAuthorization,
    GrantEntityPermissions, GrantEuAdministration, GrantEuRepresentation, GrantIndirectPermissions,
    GrantPersonPermissions, GrantSubunitAdministration, IndirectPermissionType, PermissionAuthor,
    PermissionState, PermissionTarget, PersonIdentifier, PersonName, PersonPermissionType,
    PersonQueryType, PersonSubject, PersonalPermissionScope, QueryAuthorizations,
    QueryEntityPermissions, QueryEntityRoles, QueryEuEntityPermissions, QueryPersonPermissions,
    QueryPersonalPermissions, QuerySubordinateRoles, QuerySubunitPermissions, RevokeAuthorization,
    RevokePermission, TaxpayerAuthorization,
};
use ksef_api::ops::sessions::{
    BatchFile, CloseBatchSession, CloseOnlineSession, EncryptionInfo, GetSession,
    GetSessionInvoice, GetUpoByInvoice, GetUpoByKsefNumber, GetUpoPage, InvoiceContent,
    ListFailedInvoices, ListSessionInvoices, ListSessions, OpenBatchSession, SendInvoice,
    SendInvoiceBody, SessionPhase, SessionType,
};
use ksef_api::ops::testdata::{
    BlockContext, CreatePerson, CreateSubject, GrantTestAttachments, GrantTestPermissions,
    RemovePerson, RemoveSubject, ResetRateLimits, ResetSessionLimits, ResetSubjectLimits,
    RevokeTestAttachments, RevokeTestPermissions, SetProductionRateLimits, SetSessionLimits,
    SetSubjectLimits, ShortenCertificate, SubjectKind, UnblockContext,
};
use ksef_api::ops::tokens::{
    GenerateToken, GetToken, ListTokens, RevokeToken, TokenAuthorType, TokenPermission,
};
use ksef_api::page::{ContinuationToken, Paged, PagedByOffset};
use ksef_api::request::{Body, Request};
use ksef_api::status::TokenStatus;
use ksef_core::certificate_serial::CertificateSerial;
use ksef_core::collective_identifier::CollectiveIdentifier;
use ksef_core::context::{ContextIdentifier, SubjectIdentifier};
use ksef_core::digest::Sha256Digest;
use ksef_core::fingerprint::Fingerprint;
use ksef_core::form_code::FormCode;
use ksef_core::key_id::KeyId;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_core::parse::ParseError;
use ksef_core::permission_id::PermissionId;
use ksef_core::pesel::Pesel;
use ksef_core::reference::{
    AuthRef, EnrollmentRef, ExportRef, InvoiceRef, PermissionRef, SessionRef, TokenRef, UpoRef,
};
use ksef_core::vat_ue::NipVatUe;

use super::Report;
use super::document::Document;

/// A call taken apart.
pub(super) struct Call {
    pub(super) operation: &'static Operation,
    path: String,
    query: Vec<(&'static str, String)>,
    headers: Vec<String>,
    media_type: Option<&'static str>,
    accept: &'static str,
}

impl Call {
    fn of<R: Request>(request: R) -> Self {
        Self {
            operation: request.operation(),
            path: request.path(),
            query: request.query(),
            headers: request
                .headers()
                .iter()
                .map(|(name, _)| name.to_string())
                .collect(),
            media_type: request.body().ok().as_ref().and_then(Body::content_type),
            accept: request.accept(),
        }
    }

    /// A later page of a list.
    fn later<R: Paged>(request: R) -> Self {
        match ContinuationToken::new("next") {
            Some(token) => Self::of(request.with_continuation(token)),
            None => Self::of(request),
        }
    }

    /// A later page of a list whose pages are numbered.
    fn later_by_offset<R: PagedByOffset>(request: R) -> Self {
        Self::of(request.with_page_offset(1))
    }
}

pub(super) fn check(document: &Document, report: &mut Report) {
    let calls = calls();
    report.check(calls.is_ok(), || {
        "calls: a sample value does not parse".to_owned()
    });
    for call in calls.unwrap_or_default() {
        check_call(document, &call, report);
    }
}

fn check_call(document: &Document, call: &Call, report: &mut Report) {
    let operation = call.operation;
    let routed = Operation::route(operation.method.as_str(), &call.path);
    report.check(routed == Some(operation), || {
        format!(
            "{operation}: its path {} is routed to {routed:?}",
            call.path
        )
    });
    let Some(spec) = document.operation(operation.method.as_str(), operation.path) else {
        return; // reported as a missing operation
    };
    let mine: BTreeSet<_> = call.query.iter().map(|(name, _)| *name).collect();
    let theirs = spec.parameters("query");
    report.check(mine == theirs, || {
        format!("{operation}: query {mine:?}, the contract has {theirs:?}")
    });
    for (name, value) in &call.query {
        let whole = spec
            .query_schema(name)
            .map(|schema| document.resolve(schema))
            .and_then(|schema| schema.get("type"))
            .is_some_and(|kind| kind == "integer");
        report.check(!whole || value.parse::<u32>().is_ok(), || {
            format!("{operation}: query {name} is not a whole number")
        });
    }
    let mine: BTreeSet<_> = call.headers.iter().map(String::as_str).collect();
    let theirs = spec.parameters("header");
    // Features travel in a header that the contract names in prose only.
    let known = |name: &&str| *name == "x-ksef-feature" || theirs.contains(*name);
    report.check(mine.iter().all(known) && theirs.is_subset(&mine), || {
        format!("{operation}: headers {mine:?}, the contract has {theirs:?}")
    });
    let theirs = spec
        .body_content()
        .and_then(|content| content.keys().next())
        .map(String::as_str);
    report.check(call.media_type == theirs, || {
        format!(
            "{operation}: sends {:?}, the contract takes {theirs:?}",
            call.media_type
        )
    });
    let answers = spec
        .answer_content()
        .and_then(|content| content.keys().next());
    report.check(
        answers.is_none_or(|media_type| media_type == call.accept),
        || {
            format!(
                "{operation}: accepts {}, the contract answers {answers:?}",
                call.accept
            )
        },
    );
}

/// Calls with all their options. Those whose only input is a JSON body are covered by their types as well.
pub(super) fn calls() -> Result<Vec<Call>, ParseError> {
    let mut calls = of_signing_in()?;
    calls.extend(of_sessions()?);
    calls.extend(of_packages()?);
    calls.extend(of_collective()?);
    calls.extend(of_permissions()?);
    calls.extend(of_permission_queries()?);
    calls.extend(of_testdata()?);
    calls.extend(of_certificates()?);
    calls.extend([
        Call::of(GetPublicKeys),
        Call::of(GetRateLimits),
        Call::of(GetContextLimits),
        Call::of(GetSubjectLimits),
        Call::of(
            ListPeppolProviders::new()
                .with_page_size(10)
                .with_page_offset(1),
        ),
    ]);
    Ok(calls)
}

fn of_signing_in() -> Result<Vec<Call>, ParseError> {
    let auth = AuthRef::parse("20261121-AU-2DFC46C000-3AC6D5877F-D4")?;
    let token = TokenRef::parse("20261121-EC-2DD3AFF000-A6B7F19A95-11")?;
    Ok(vec![
        Call::of(GetChallenge),
        Call::of(
            SubmitXades::new("<x/>")
                .with_verify_certificate_chain(true)
                .with_enforced_compliance(),
        ),
        Call::of(GetAuth::new(auth)),
        Call::of(RedeemTokens),
        Call::of(RefreshAccess),
        Call::later(ListAuthSessions::new().with_page_size(10)),
        Call::of(TerminateCurrentAuth),
        Call::of(TerminateAuth::new(auth)),
        Call::of(GenerateToken::new(
            [TokenPermission::InvoiceRead],
            "some text",
        )),
        Call::later(
            ListTokens::new()
                .with_statuses([TokenStatus::Active, TokenStatus::Pending])
                .with_description("text")
                .with_author("5265877635")
                .with_author_type(TokenAuthorType::Nip)
                .with_page_size(100),
        ),
        Call::of(GetToken::new(token)),
        Call::of(RevokeToken::new(token)),
    ])
}

fn of_sessions() -> Result<Vec<Call>, ParseError> {
    let session = SessionRef::parse("20261121-SO-2C3E6C8000-B675CF5D68-07")?;
    let invoice = InvoiceRef::parse("20261121-EE-319D7EE000-B67F415CDC-2C")?;
    let upo = UpoRef::parse("20261121-EU-2EBD6FA000-242EB9B66D-43")?;
    let number = KsefNumber::parse("5265877635-20250626-010080DD2B5E-26")?;
    let range = (Some(Timestamp::UNIX_EPOCH), Some(Timestamp::UNIX_EPOCH));
    let digest = Sha256Digest::from_bytes([0; 32]);
    let content = InvoiceContent::from_ciphertext(vec![0_u8; 16]);
    let body = SendInvoiceBody::new((digest, 1), (digest, 16), content);
    Ok(vec![
        Call::of(SendInvoice::new(session, body)),
        Call::of(CloseOnlineSession::new(session)),
        Call::later(
            ListSessions::new(SessionType::Online)
                .with_reference(session)
                .with_created(range.0, range.1)
                .with_closed(range.0, range.1)
                .with_modified(range.0, range.1)
                .with_phases([SessionPhase::Failed, SessionPhase::Succeeded])
                .with_page_size(10),
        ),
        Call::of(GetSession::new(session)),
        Call::later(ListSessionInvoices::new(session).with_page_size(1000)),
        Call::later(ListFailedInvoices::new(session).with_page_size(1000)),
        Call::of(GetSessionInvoice::new(session, invoice)),
        Call::of(GetUpoByKsefNumber::new(session, number)),
        Call::of(GetUpoByInvoice::new(session, invoice)),
        Call::of(GetUpoPage::new(session, upo)),
        Call::of(GetInvoice::new(number)),
    ])
}

fn of_packages() -> Result<Vec<Call>, ParseError> {
    let session = SessionRef::parse("20261121-SB-2C3E6C8000-B675CF5D68-07")?;
    let export = ExportRef::parse("20261121-EH-2C3E6C8000-B675CF5D68-07")?;
    let key = KeyId::parse("QIoAK/Yc3s27Z4t3SZY4Mhp8JNLH7Vl4N3lNlJAEig8=")?;
    let encryption = EncryptionInfo::new(vec![1; 256], [2; 16], key);
    let range = DateRange::since(DateType::PermanentStorage, Timestamp::UNIX_EPOCH);
    let filters = InvoiceFilters::new(SubjectRole::Buyer, range);
    let archive = (Sha256Digest::from_bytes([0; 32]), 1);
    let file = BatchFile::new(archive, Default::default(), []);
    Ok(vec![
        Call::of(
            QueryInvoices::new(filters.clone())
                .with_sort_order(SortOrder::Descending)
                .with_page(1)
                .with_page_size(250),
        ),
        Call::of(ExportInvoices::new(filters, encryption.clone())),
        Call::of(GetExport::new(export)),
        Call::of(OpenBatchSession::new(FormCode::Fa3, file, encryption).with_feature("upo-v4-3")),
        Call::of(CloseBatchSession::new(session)),
    ])
}

fn of_collective() -> Result<Vec<Call>, ParseError> {
    let number = KsefNumber::parse("5265877635-20250626-010080DD2B5E-26")?;
    let identifier = CollectiveIdentifier::parse("1111111111-IZ202607-65ED02180000-E7")?;
    let epoch = Timestamp::UNIX_EPOCH;
    Ok(vec![
        Call::of(CreateCollectiveIdentifier::new([CollectiveInvoice::new(
            number,
        )])),
        Call::later(QueryCollectiveIdentifiers::new(epoch, epoch).with_page_size(200)),
        Call::later(ListInvoicesOfCollectives::new([identifier]).with_page_size(500)),
        Call::later(ListCollectiveIdentifiersOfInvoice::new(number).with_page_size(200)),
    ])
}

fn of_permissions() -> Result<Vec<Call>, ParseError> {
    let nip = Nip::parse("5265877635")?;
    let fingerprint = Fingerprint::parse(FINGERPRINT)?;
    let pesel = PersonIdentifier::Pesel(Pesel::parse("15062788702")?);
    let person = PersonSubject::by_identifier(pesel, PersonName::new("Anna", "Nowak"));
    let eu = EuSubject::entity(fingerprint, "Beispiel GmbH", "Berlin");
    let permission = PermissionId::parse("0c9a72e8-f344-457f-9c16-7c640eb60242")?;
    let operation = PermissionRef::parse("20261121-EG-2DD3AFF000-A6B7F19A95-11")?;
    Ok(vec![
        Call::of(GrantPersonPermissions::new(
            person.clone(),
            [PersonPermissionType::InvoiceRead],
            "some text",
        )),
        Call::of(GrantEntityPermissions::new(
            nip,
            "some text",
            [EntityPermission::delegable(
                EntityPermissionType::InvoiceRead,
            )],
            "some text",
        )),
        Call::of(GrantAuthorization::to_taxpayer(
            nip,
            "some text",
            TaxpayerAuthorization::SelfInvoicing,
            "some text",
        )),
        Call::of(GrantIndirectPermissions::new(
            person.clone(),
            PermissionTarget::AllPartners,
            [IndirectPermissionType::InvoiceRead],
            "some text",
        )),
        Call::of(GrantSubunitAdministration::of_member(
            person,
            nip,
            "some text",
        )),
        Call::of(GrantEuAdministration::new(
            eu.clone(),
            NipVatUe::parse("5265877635-DE123456789")?,
            EuEntity::new("Beispiel GmbH", "Berlin"),
            "some text",
        )),
        Call::of(GrantEuRepresentation::new(
            eu,
            [EuPermissionType::InvoiceRead],
            "some text",
        )),
        Call::of(RevokePermission::new(permission)),
        Call::of(RevokeAuthorization::new(permission)),
        Call::of(GetPermissionOperation::new(operation)),
        Call::of(GetAttachmentConsent),
    ])
}

fn of_permission_queries() -> Result<Vec<Call>, ParseError> {
    let nip = Nip::parse("5265877635")?;
    let context = ContextIdentifier::Nip(nip);
    Ok(vec![
        Call::later_by_offset(
            QueryPersonalPermissions::new()
                .with_context(context)
                .with_target(PermissionTarget::AllPartners)
                .with_permissions([PersonalPermissionScope::InvoiceRead])
                .with_state(PermissionState::Active)
                .with_page_size(100),
        ),
        Call::later_by_offset(
            QueryPersonPermissions::new(PersonQueryType::InCurrentContext)
                .with_author(PermissionAuthor::System)
                .with_authorized(SubjectIdentifier::Nip(nip))
                .with_context(context)
                .with_target(PermissionTarget::Nip(nip))
                .with_permissions([PersonPermissionType::InvoiceRead])
                .with_state(PermissionState::Inactive)
                .with_page_size(100),
        ),
        Call::later_by_offset(
            QuerySubunitPermissions::new()
                .with_subunit(context)
                .with_page_size(100),
        ),
        Call::later_by_offset(
            QueryEntityPermissions::new()
                .with_context(context)
                .with_page_size(100),
        ),
        Call::later_by_offset(QueryEntityRoles::new().with_page_size(100)),
        Call::later_by_offset(
            QuerySubordinateRoles::new()
                .with_entity(nip)
                .with_page_size(100),
        ),
        Call::later_by_offset(
            QueryAuthorizations::granted(Some(context))
                .with_authorizations([AuthorizationType::SelfInvoicing])
                .with_page_size(100),
        ),
        Call::later_by_offset(
            QueryEuEntityPermissions::new()
                .with_vat_number("DE123456789")
                .with_fingerprint("CEB3")
                .with_permissions([EuPermissionScope::VatUeManage])
                .with_page_size(100),
        ),
    ])
}

fn of_testdata() -> Result<Vec<Call>, ParseError> {
    let nip = Nip::parse("5265877635")?;
    let subject = SubjectIdentifier::Pesel(Pesel::parse("15062788702")?);
    let context = ContextIdentifier::Nip(nip);
    Ok(vec![
        Call::of(CreateSubject::new(nip, SubjectKind::VatGroup, "some text")),
        Call::of(RemoveSubject::new(nip)),
        Call::of(CreatePerson::new(
            nip,
            Pesel::parse("15062788702")?,
            "some text",
        )),
        Call::of(RemovePerson::new(nip)),
        Call::of(GrantTestPermissions::new(nip, subject, [])),
        Call::of(RevokeTestPermissions::new(nip, subject)),
        Call::of(GrantTestAttachments::new(nip)),
        Call::of(RevokeTestAttachments::new(nip)),
        Call::of(BlockContext::new(context)),
        Call::of(UnblockContext::new(context)),
        Call::of(SetSessionLimits::new(Default::default())),
        Call::of(ResetSessionLimits),
        Call::of(SetSubjectLimits::new()),
        Call::of(ResetSubjectLimits),
        Call::of(ResetRateLimits),
        Call::of(SetProductionRateLimits),
    ])
}

fn of_certificates() -> Result<Vec<Call>, ParseError> {
    let enrollment = EnrollmentRef::parse("20261121-ER-1B6C9EB000-4B15D3AEB9-89")?;
    let serial = CertificateSerial::parse("0321C82DA41B4362")?;
    let csr = vec![0_u8; 3];
    Ok(vec![
        Call::of(GetCertificateLimits),
        Call::of(GetEnrollmentData),
        Call::of(EnrollCertificate::new(
            "some text",
            CertificateType::Offline,
            csr,
        )),
        Call::of(GetEnrollment::new(enrollment)),
        Call::of(RetrieveCertificates::new([serial])),
        Call::of(RevokeCertificate::new(serial)),
        Call::later_by_offset(QueryCertificates::new().with_page_size(50)),
        Call::of(ShortenCertificate::new(serial, Timestamp::UNIX_EPOCH)),
    ])
}

const FINGERPRINT: &str = "CEB3643BAC2C111ADDE971BDA5A80163441867D65389FC0BC0DFF8B4C1CD4E59";

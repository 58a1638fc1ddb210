//! The typed calls and answers, by operation.

use ksef_api::operation::{self, Operation};
use ksef_api::ops::{
    auth, certificates, collective, invoices, keys, limits, peppol, permissions, sessions,
    testdata, tokens,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a value as one of our types and writes it again.
pub(super) type RoundTrip = fn(&Value) -> Result<Value, String>;

/// The types of one operation.
pub(super) struct Model {
    pub(super) operation: &'static Operation,
    pub(super) body: Option<RoundTrip>,
    pub(super) answer: Option<RoundTrip>,
}

fn round_trip<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    let typed = T::deserialize(value).map_err(|error| error.to_string())?;
    serde_json::to_value(typed).map_err(|error| error.to_string())
}

macro_rules! models {
    ($($operation:path $(, takes $body:ty)? $(, answers $answer:ty)?;)+) => {
        /// Every operation whose JSON bodies have types.
        pub(super) fn models() -> Vec<Model> {
            vec![$(Model {
                operation: &$operation,
                body: models!(@ $($body)?),
                answer: models!(@ $($answer)?),
            }),+]
        }
    };
    (@ $type:ty) => { Some(round_trip::<$type>) };
    (@) => { None };
}

models! {
    operation::auth::CHALLENGE, answers auth::IssuedChallenge;
    operation::auth::XADES_SIGNATURE, answers auth::StartedAuth;
    operation::auth::KSEF_TOKEN, takes auth::SubmitKsefToken, answers auth::StartedAuth;
    operation::auth::STATUS, answers auth::Authentication;
    operation::auth::REDEEM, answers auth::TokenPair;
    operation::auth::REFRESH, answers auth::RefreshedAccess;
    operation::auth::LIST_SESSIONS, answers auth::AuthSessions;
    operation::auth::TERMINATE_CURRENT;
    operation::auth::TERMINATE;
    operation::keys::PUBLIC_KEY_CERTIFICATES, answers Vec<keys::PublicKeyCertificate>;
    operation::sessions::OPEN_ONLINE,
        takes sessions::OpenOnlineSession, answers sessions::OpenedOnlineSession;
    operation::sessions::SEND_INVOICE,
        takes sessions::SendInvoiceBody, answers sessions::SentInvoice;
    operation::sessions::CLOSE_ONLINE;
    operation::sessions::OPEN_BATCH,
        takes sessions::OpenBatchSession, answers sessions::OpenedBatchSession;
    operation::sessions::CLOSE_BATCH;
    operation::sessions::LIST, answers sessions::Sessions;
    operation::sessions::STATUS, answers sessions::Session;
    operation::sessions::INVOICES, answers sessions::SessionInvoices;
    operation::sessions::FAILED_INVOICES, answers sessions::SessionInvoices;
    operation::sessions::INVOICE_STATUS, answers sessions::SessionInvoice;
    operation::sessions::UPO_BY_KSEF_NUMBER;
    operation::sessions::UPO_BY_INVOICE;
    operation::sessions::UPO;
    operation::invoices::DOWNLOAD;
    operation::invoices::QUERY_METADATA,
        takes invoices::InvoiceFilters, answers invoices::FoundInvoices;
    operation::invoices::EXPORT,
        takes invoices::ExportInvoices, answers invoices::StartedExport;
    operation::invoices::EXPORT_STATUS, answers invoices::Export;
    operation::tokens::GENERATE, takes tokens::GenerateToken, answers tokens::GeneratedToken;
    operation::tokens::LIST, answers tokens::Tokens;
    operation::tokens::STATUS, answers tokens::Token;
    operation::tokens::REVOKE;
    operation::limits::RATE_LIMITS, answers limits::RateLimits;
    operation::limits::CONTEXT, answers limits::ContextLimits;
    operation::limits::SUBJECT, answers limits::SubjectLimits;
    operation::certificates::LIMITS, answers certificates::CertificateLimits;
    operation::certificates::ENROLLMENT_DATA, answers certificates::EnrollmentData;
    operation::certificates::ENROLL,
        takes certificates::EnrollCertificate, answers certificates::EnrolledCertificate;
    operation::certificates::ENROLLMENT_STATUS, answers certificates::Enrollment;
    operation::certificates::RETRIEVE,
        takes certificates::RetrieveCertificates, answers certificates::RetrievedCertificates;
    operation::certificates::REVOKE, takes certificates::RevokeCertificateBody;
    operation::certificates::QUERY,
        takes certificates::QueryCertificates, answers certificates::Certificates;
    operation::collective::CREATE,
        takes collective::CreateCollectiveIdentifier,
        answers collective::CreatedCollectiveIdentifier;
    operation::collective::QUERY,
        takes collective::QueryCollectiveIdentifiers, answers collective::CollectiveIdentifiers;
    operation::collective::INVOICES,
        takes collective::ListInvoicesOfCollectives, answers collective::InvoicesOfCollectives;
    operation::collective::BY_KSEF_NUMBER, answers collective::CollectiveIdentifiersOfInvoice;
    operation::peppol::QUERY, answers peppol::PeppolProviders;
    operation::permissions::GRANT_PERSON,
        takes permissions::GrantPersonPermissions, answers permissions::StartedPermissionOperation;
    operation::permissions::GRANT_ENTITY,
        takes permissions::GrantEntityPermissions, answers permissions::StartedPermissionOperation;
    operation::permissions::GRANT_AUTHORIZATION,
        takes permissions::GrantAuthorization, answers permissions::StartedPermissionOperation;
    operation::permissions::GRANT_INDIRECT,
        takes permissions::GrantIndirectPermissions, answers permissions::StartedPermissionOperation;
    operation::permissions::GRANT_SUBUNIT,
        takes permissions::GrantSubunitAdministration, answers permissions::StartedPermissionOperation;
    operation::permissions::GRANT_EU_ADMINISTRATION,
        takes permissions::GrantEuAdministration, answers permissions::StartedPermissionOperation;
    operation::permissions::GRANT_EU_REPRESENTATIVE,
        takes permissions::GrantEuRepresentation, answers permissions::StartedPermissionOperation;
    operation::permissions::REVOKE_COMMON, answers permissions::StartedPermissionOperation;
    operation::permissions::REVOKE_AUTHORIZATION, answers permissions::StartedPermissionOperation;
    operation::permissions::OPERATION_STATUS, answers permissions::PermissionOperation;
    operation::permissions::ATTACHMENT_STATUS, answers permissions::AttachmentConsent;
    operation::permissions::QUERY_PERSONAL,
        takes permissions::QueryPersonalPermissions, answers permissions::PersonalPermissions;
    operation::permissions::QUERY_PERSONS,
        takes permissions::QueryPersonPermissions, answers permissions::PersonPermissions;
    operation::permissions::QUERY_SUBUNITS,
        takes permissions::QuerySubunitPermissions, answers permissions::SubunitPermissions;
    operation::permissions::QUERY_ENTITY_GRANTS,
        takes permissions::QueryEntityPermissions, answers permissions::EntityPermissions;
    operation::permissions::QUERY_ENTITY_ROLES, answers permissions::EntityRoles;
    operation::permissions::QUERY_SUBORDINATE_ROLES,
        takes permissions::QuerySubordinateRoles, answers permissions::SubordinateEntityRoles;
    operation::permissions::QUERY_AUTHORIZATIONS,
        takes permissions::QueryAuthorizations, answers permissions::AuthorizationGrants;
    operation::permissions::QUERY_EU_ENTITIES,
        takes permissions::QueryEuEntityPermissions, answers permissions::EuEntityPermissions;
    operation::testdata::CREATE_SUBJECT, takes testdata::CreateSubject;
    operation::testdata::REMOVE_SUBJECT, takes testdata::RemoveSubject;
    operation::testdata::CREATE_PERSON, takes testdata::CreatePerson;
    operation::testdata::REMOVE_PERSON, takes testdata::RemovePerson;
    operation::testdata::GRANT_PERMISSIONS, takes testdata::GrantTestPermissions;
    operation::testdata::REVOKE_PERMISSIONS, takes testdata::RevokeTestPermissions;
    operation::testdata::GRANT_ATTACHMENT, takes testdata::GrantTestAttachments;
    operation::testdata::REVOKE_ATTACHMENT, takes testdata::RevokeTestAttachments;
    operation::testdata::BLOCK_CONTEXT, takes testdata::BlockContext;
    operation::testdata::UNBLOCK_CONTEXT, takes testdata::UnblockContext;
    operation::testdata::SET_SESSION_LIMITS, takes testdata::SetSessionLimits;
    operation::testdata::RESET_SESSION_LIMITS;
    operation::testdata::SET_SUBJECT_LIMITS, takes testdata::SetSubjectLimits;
    operation::testdata::RESET_SUBJECT_LIMITS;
    operation::testdata::SET_RATE_LIMITS, takes testdata::SetRateLimits;
    operation::testdata::RESET_RATE_LIMITS;
    operation::testdata::SET_PRODUCTION_RATE_LIMITS;
    operation::testdata::SHORTEN_CERTIFICATE, takes testdata::ShortenCertificateBody;
}

//! `POST /invoices/exports` and its status.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ksef_api::ops::invoices::{
    CompressionType, Export, InvoiceFilters, InvoicePackage, PackagePart, StartedExport,
};
use ksef_api::problem::Problem;
use ksef_api::status::{ExportStatus, StatusInfo};
use ksef_core::reference::ExportRef;
use ksef_core::secret::SecretText;

use super::filter;
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::handlers::downloads;
use crate::handlers::encryption::{self, Encryption};
use crate::links::{Access, LinkSigner};
use crate::processing::Task;
use crate::random;
use crate::world::exports::{ExportRecord, PackagePartRecord, PackageRecord};
use crate::world::keys::KeyUsage;
use crate::world::search::can_have_role;
use crate::world::sessions::SessionSecret;
use crate::world::state::State;

/// What is asked for.
struct Wanted {
    encryption: Encryption,
    filters: InvoiceFilters,
    only_metadata: bool,
    compression: CompressionType,
}

pub(super) fn start(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let wanted = read(call)?;
    let role = &wanted.filters.subject_type;
    if !can_have_role(&caller.context, role) {
        let detail = format!(
            "Nie można wyeksportować paczki faktur dla wybranego podmiotu ({role}) i zalogowanego identyfikatora kontekstu ({}).",
            caller.context.kind()
        );
        return Err(Failure::detailed(21181, detail));
    }
    let running_max = call.app.config.bounds.exports_max;
    let started = call.app.world.write(|state, changes| {
        let usage = KeyUsage::SymmetricKeyEncryption;
        let named = wanted.encryption.public_key.as_ref();
        state.keys.usable(usage, named, call.now)?;
        let is_theirs = |subject: &_| state.subjects.are_the_same(subject, &caller.subject);
        let running = state.exports.running(&caller.context, is_theirs);
        if u32::try_from(running).is_ok_and(|running| running >= running_max) {
            let detail = format!(
                "Dla uwierzytelnionego podmiotu w bieżącym kontekście osiągnięto maksymalny limit {running_max} \
                 równoczesnych eksportów faktur. Spróbuj ponownie później."
            );
            return Err(Failure::detailed(21182, detail));
        }
        let mut filters = wanted.filters;
        filters.date_range.to.get_or_insert(call.now);
        let reference = fresh_reference(state, call);
        let export = ExportRecord {
            reference,
            context: caller.context,
            subject: caller.subject,
            started: call.now,
            filters,
            only_metadata: wanted.only_metadata,
            compression: wanted.compression,
            iv: STANDARD.encode(wanted.encryption.iv),
            secret: SessionSecret::wrapped(&wanted.encryption.wrapped_key),
            public_key: wanted.encryption.public_key,
            has_key_fault: call.has_session_key_fault,
            never_finishes: call.never_finishes,
            tells_wrong_hash: call.tells_wrong_hash,
            code: ExportStatus::InProgress.code(),
            details: Vec::new(),
            completed: None,
            package: None,
        };
        state.exports.insert(changes, export);
        Ok(reference)
    })?;
    call.app.schedule(Task::BuildExport(started));
    Reply::json(
        call,
        &StartedExport {
            reference_number: started,
        },
    )
}

fn read(call: &Call) -> Result<Wanted, Failure> {
    let body = call.json_object()?;
    let fields = Fields::of(&body);
    let mut violations = Violations::default();
    let encryption = encryption::read(&fields, &mut violations);
    let only_metadata = fields
        .optional_boolean(&mut violations, "onlyMetadata")
        .unwrap_or(false);
    let compression = fields.value("compressionType").and_then(|_| {
        fields.choice(&mut violations, "compressionType", |text| {
            Some(CompressionType::from_name(text)).filter(CompressionType::is_known)
        })
    });
    let filters = fields
        .object(&mut violations, "filters")
        .and_then(|fields| filter::read(&fields, &mut violations, call.now));
    violations.done()?;
    let wanted = || {
        Some(Wanted {
            encryption: encryption?,
            filters: filters?,
            only_metadata,
            compression: compression.unwrap_or_default(),
        })
    };
    wanted().ok_or_else(|| Failure::status(500, "a violation was not reported"))
}

fn fresh_reference(state: &State, call: &Call) -> ExportRef {
    loop {
        let (date, high, low) = random::reference_parts(call.now);
        let reference = ExportRef::generate(date, high, low);
        if state.exports.get(&reference).is_none() {
            return reference;
        }
    }
}

pub(super) fn status(call: &Call) -> Result<Reply, Failure> {
    let reference: ExportRef = call.path("referenceNumber")?;
    let caller = call.caller()?;
    let answer = call.app.world.read(|state| {
        let export = state
            .exports
            .get(&reference)
            .filter(|export| export.context == caller.context)
            .ok_or_else(|| Failure::coded(21175))?;
        if !state
            .subjects
            .are_the_same(&export.subject, &caller.subject)
        {
            return Err(Failure::not_yours());
        }
        if export.is_past_retention(call.now) {
            return Err(Problem::gone().into());
        }
        Ok(describe(call, export, state.links()))
    })?;
    Reply::json(call, &answer)
}

fn describe(call: &Call, export: &ExportRecord, links: &LinkSigner) -> Export {
    let status = export.status(call.now);
    let info = StatusInfo::new(status.code(), status.description());
    let info = export
        .details
        .iter()
        .fold(info, |info, detail| info.with_detail(detail.clone()));
    let package = export
        .package
        .as_ref()
        .filter(|_| status == ExportStatus::Ready)
        .map(|package| describe_package(call, export, package, links));
    Export {
        status: info,
        completed_date: export.completed,
        package_expiration_date: export.expires(),
        package,
    }
}

fn describe_package(
    call: &Call,
    export: &ExportRecord,
    package: &PackageRecord,
    links: &LinkSigner,
) -> InvoicePackage {
    let expires = export.expires().unwrap_or(call.now);
    let describe_part = |(ordinal_number, part): (u32, &PackagePartRecord)| {
        let path = downloads::export_part_path(&export.reference, &part.name);
        let until = call
            .now
            .checked_add(LINK_LIFETIME)
            .unwrap_or(Timestamp::MAX);
        let link = links.link_until(Access::Read, &path, call.now, until.min(expires));
        PackagePart {
            ordinal_number,
            part_name: part.name.clone(),
            method: "GET".to_owned(),
            url: SecretText::new(format!("{}{}", call.origin(), link.path_and_query)),
            part_size: part.size,
            part_hash: part.hash,
            encrypted_part_size: part.sealed_size,
            encrypted_part_hash: part.sealed_hash,
            expiration_date: link.expires,
        }
    };
    InvoicePackage {
        invoice_count: package.invoices,
        size: package.size,
        parts: (1..).zip(&package.parts).map(describe_part).collect(),
        is_truncated: package.is_truncated,
        last_issue_date: package.last_issued,
        last_invoicing_date: package.last_received,
        last_permanent_storage_date: package.last_stored,
        permanent_storage_hwm_date: package.hwm,
        compression_type: export.compression.clone(),
    }
}

/// How long a link to a part works.
const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

//! Certificates that were issued.

use bytes::Bytes;
use ksef_api::ops::certificates::{
    CertificateInfo, CertificateType, Certificates, RetrieveCertificates, RetrievedCertificate,
    RetrievedCertificates,
};
use ksef_api::status::CertificateStatus;
use ksef_core::certificate_serial::CertificateSerial;
use serde_json::{Map, Value};

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::world::certificates::{CertificateRecord, Purpose};

/// Certificates by serial number. Those of others and unknown ones are missing from the answer (unverified).
pub(super) fn retrieve(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let serials = fields.texts(&mut violations, "certificateSerialNumbers");
    let count = fields
        .list(&mut violations, "certificateSerialNumbers")
        .len();
    for (index, serial) in serials.iter().enumerate() {
        if CertificateSerial::parse(serial).is_err() {
            violations.malformed(format!("certificateSerialNumbers[{index}]"));
        }
    }
    if count == 0 && violations.is_empty() {
        violations.missing("certificateSerialNumbers");
    }
    let most = RetrieveCertificates::SERIALS_MAX;
    if count > most {
        violations.add(format!(
            "'certificateSerialNumbers' must contain no more than {most} items. You entered {count} items."
        ));
    }
    violations.done()?;
    let machine_now = call.app.clock.machine_now();
    let certificates = call.app.world.read(|state| {
        let found = serials.iter().filter_map(|serial| {
            let record = super::own(state, caller, serial, machine_now).ok()?;
            Some(RetrievedCertificate {
                certificate: Bytes::from(record.der()),
                certificate_name: record.name.clone(),
                certificate_serial_number: record.serial,
                certificate_type: on_the_wire(record.purpose),
            })
        });
        found.collect()
    });
    Reply::json(call, &RetrievedCertificates { certificates })
}

pub(super) fn query(call: &Call) -> Result<Reply, Failure> {
    let caller = call.caller()?;
    let mut violations = Violations::default();
    let size = call.query.page_size(&mut violations, 10..=50);
    let most = i64::from(i32::MAX);
    let page = call
        .query
        .integer(&mut violations, "pageOffset", 0..=most, 0);
    // The body is optional.
    let body = if call.body.is_empty() {
        Map::<String, Value>::new()
    } else {
        call.json_object()?
    };
    let fields = Fields::of(&body);
    let serial = fields.optional_parsed(
        &mut violations,
        "certificateSerialNumber",
        CertificateSerial::parse,
    );
    let name = fields.optional_text(&mut violations, "name");
    let name = name.map(str::to_lowercase);
    let purpose = optional_choice(&fields, &mut violations, "type", Purpose::from_name);
    let status = optional_choice(&fields, &mut violations, "status", |name| {
        Some(CertificateStatus::from_name(name)).filter(CertificateStatus::is_known)
    });
    let expires_after = fields.optional_instant(&mut violations, "expiresAfter");
    violations.done()?;
    let machine_now = call.app.clock.machine_now();
    let fits = |record: &CertificateRecord| {
        serial.is_none_or(|serial| record.serial == serial)
            && name
                .as_ref()
                .is_none_or(|part| record.name.to_lowercase().contains(part))
            && purpose.is_none_or(|purpose| record.purpose == purpose)
            && status
                .as_ref()
                .is_none_or(|status| record.status(call.now, machine_now) == *status)
            && expires_after.is_none_or(|instant| instant < record.valid_to)
    };
    let skipped = usize::try_from(page)
        .unwrap_or(usize::MAX)
        .saturating_mul(size);
    let answer = call.app.world.read(|state| {
        let subjects = state.subjects.identities_of(&caller.subject);
        let mut fitting = state
            .certificates
            .of_subjects(&subjects, machine_now)
            .into_iter()
            .filter(|record| fits(record))
            .skip(skipped);
        let certificates = fitting
            .by_ref()
            .take(size)
            .map(|record| info(record, call.now, machine_now))
            .collect();
        Certificates {
            certificates,
            has_more: fitting.next().is_some(),
        }
    });
    Reply::json(call, &answer)
}

/// A value of an enumeration that may be missing.
fn optional_choice<T>(
    fields: &Fields<'_>,
    violations: &mut Violations,
    name: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    fields.value(name)?;
    fields.choice(violations, name, parse)
}

fn info(
    record: &CertificateRecord,
    now: jiff::Timestamp,
    machine_now: jiff::Timestamp,
) -> CertificateInfo {
    CertificateInfo {
        certificate_serial_number: record.serial,
        name: record.name.clone(),
        certificate_type: on_the_wire(record.purpose),
        common_name: record.common_name.clone(),
        status: record.status(now, machine_now),
        subject_identifier: record.subject.into(),
        valid_from: record.valid_from,
        valid_to: record.valid_to,
        last_use_date: record.used,
        request_date: record.requested,
    }
}

fn on_the_wire(purpose: Purpose) -> CertificateType {
    CertificateType::from_name(purpose.as_str())
}

//! Facts of operations: the set, limits, permissions, bearer, status.

use std::collections::BTreeSet;

use ksef_api::operation::{
    ALL, Auth, Operation, RateGroup, auth, certificates, invoices, permissions,
};
use serde_json::Value;

use super::Report;
use super::document::{Document, SpecOperation, array};

pub(super) fn check(document: &Document, report: &mut Report) {
    for spec in document.operations() {
        let ours = ALL.iter().find(|ours| is_same(ours, spec));
        report.check(ours.is_some(), || {
            format!(
                "{} {}: no operation of ours",
                spec.method.to_ascii_uppercase(),
                spec.path
            )
        });
    }
    let mut ids = BTreeSet::new();
    for ours in ALL.iter().copied() {
        report.check(ids.insert(ours.id), || {
            format!("{}: the id is used twice", ours.id)
        });
        let spec = document.operation(ours.method.as_str(), ours.path);
        report.check(spec.is_some(), || format!("{ours}: not in the contract"));
        if let Some(spec) = spec {
            check_facts(ours, spec, report);
        }
    }
}

fn is_same(ours: &Operation, spec: SpecOperation<'_>) -> bool {
    ours.path == spec.path && ours.method.as_str().eq_ignore_ascii_case(spec.method)
}

fn check_facts(ours: &Operation, spec: SpecOperation<'_>, report: &mut Report) {
    let limits = spec.node.get("x-rate-limits");
    let limit = |name| {
        limits
            .and_then(|limits| limits.get(name))
            .and_then(Value::as_u64)
            .and_then(|value| u32::try_from(value).ok())
    };
    let theirs = (limit("perSecond"), limit("perMinute"), limit("perHour"));
    let production = ours.group.production();
    let mine = (
        production.per_second,
        production.per_minute,
        production.per_hour,
    );
    report.check(mine == theirs, || {
        format!(
            "{ours}: group {} allows {mine:?}, the contract {theirs:?}",
            ours.group
        )
    });

    let theirs: BTreeSet<_> = array(spec.node.get("x-required-permissions"))
        .filter_map(Value::as_str)
        .collect();
    let mine: BTreeSet<_> = ours
        .permissions
        .iter()
        .map(|permission| permission.as_str())
        .collect();
    report.check(mine == theirs, || {
        format!("{ours}: permissions {mine:?}, the contract has {theirs:?}")
    });

    let secured = array(spec.node.get("security")).next().is_some();
    report.check(secured == (ours.auth != Auth::None), || {
        format!(
            "{ours}: bearer {:?}, the contract says secured = {secured}",
            ours.auth
        )
    });

    let status = spec.success().map(|(status, _)| status);
    report.check(status == Some(ours.success), || {
        format!(
            "{ours}: success {}, the contract has {status:?}",
            ours.success
        )
    });

    let mine = statuses(ours);
    let theirs = spec.statuses();
    report.check(mine == theirs, || {
        format!("{ours}: statuses {mine:?}, the contract has {theirs:?}")
    });

    let theirs = spec.rate_group();
    let group = ours.group;
    // The contract names no group where a limit holds per client address.
    let is_same =
        theirs == Some(group.as_str()) || (theirs.is_none() && group == RateGroup::Anonymous);
    report.check(is_same, || {
        format!("{ours}: group {group}, the contract has {theirs:?}")
    });

    let mine: BTreeSet<_> = ours.parameters().collect();
    let theirs = spec.parameters("path");
    report.check(mine == theirs, || {
        format!("{ours}: path parameters {mine:?}, the contract has {theirs:?}")
    });
}

/// What an operation answers by its kind: refusals, those of bearers when it wants one, and the end of what is kept for a
/// while only.
fn statuses(operation: &Operation) -> BTreeSet<u16> {
    let mut statuses = BTreeSet::from([operation.success, 400, 429]);
    if operation.auth != Auth::None {
        statuses.extend([401, 403]);
    }
    if KEPT_FOR_A_WHILE.contains(&operation) {
        statuses.insert(410);
    }
    statuses
}

/// Operations on what the server forgets.
const KEPT_FOR_A_WHILE: &[&Operation] = &[
    &auth::STATUS,
    &certificates::ENROLLMENT_STATUS,
    &invoices::EXPORT_STATUS,
    &permissions::OPERATION_STATUS,
];

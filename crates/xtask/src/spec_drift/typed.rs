//! Operations of the contract that no typed call serves.

use std::collections::BTreeSet;

use ksef_api::operation::ALL;

use super::Report;
use super::calls::calls;
use super::document::Document;
use super::table::models;

/// Every operation has its types in [`models`], and a call in [`calls`] when anything of it travels outside of the body.
pub(super) fn check(document: &Document, report: &mut Report) {
    let modelled: BTreeSet<_> = models().iter().map(|model| model.operation.id).collect();
    let called: BTreeSet<_> = calls()
        .unwrap_or_default()
        .iter()
        .map(|call| call.operation.id)
        .collect();
    for operation in ALL {
        let Some(spec) = document.operation(operation.method.as_str(), operation.path) else {
            continue; // reported as a missing operation
        };
        report.check(modelled.contains(operation.id), || {
            format!("{operation}: no typed call")
        });
        let places = ["path", "query", "header"];
        let has_more = places
            .iter()
            .any(|place| !spec.parameters(place).is_empty());
        report.check(!has_more || called.contains(operation.id), || {
            format!("{operation}: its parameters are in no typed call")
        });
    }
}

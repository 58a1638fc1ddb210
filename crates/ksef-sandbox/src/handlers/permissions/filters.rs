//! What the queries share: bodies, pages, filters.

use std::cmp::Reverse;

use jiff::Timestamp;
use ksef_api::operation::Permission;
use ksef_api::ops::permissions::{PermissionState, PermissionTarget};
use ksef_core::context::ContextIdentifier;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::world::permissions::grant::Grant;

/// The body of a query; none at all is an empty filter.
pub(super) fn body(call: &Call) -> Result<Map<String, Value>, Failure> {
    if call.body.is_empty() {
        return Ok(Map::new());
    }
    call.json_object()
}

/// Which page of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    index: usize,
    size: usize,
}

impl Page {
    /// `pageOffset`, an index from 0, and `pageSize`.
    ///
    /// The real server does not check the size in these lists: what is below 1 counts as not given, what is above 100 as
    /// 100.
    pub(super) fn of(call: &Call, violations: &mut Violations) -> Self {
        let index = call
            .query
            .integer(violations, "pageOffset", 0..=i64::from(i32::MAX), 0);
        let any = i64::from(i32::MIN)..=i64::from(i32::MAX);
        let size = call.query.integer(violations, "pageSize", any, 0);
        Self {
            index: usize::try_from(index).unwrap_or(0),
            size: match usize::try_from(size) {
                Ok(size @ 1..) => size.min(SIZE_MAX),
                _ => SIZE_DEFAULT,
            },
        }
    }

    /// The page of a list, sorted by start, newest first, then by `key`; and whether there is another one.
    pub(super) fn cut<T, K: Ord>(
        self,
        mut entries: Vec<T>,
        place: impl Fn(&T) -> (Timestamp, K),
    ) -> (Vec<T>, bool) {
        entries.sort_by_cached_key(|entry| {
            let (started, key) = place(entry);
            (Reverse(started), key)
        });
        let from = self.index.saturating_mul(self.size);
        let has_more = entries.len() > from.saturating_add(self.size);
        let page = entries.into_iter().skip(from).take(self.size).collect();
        (page, has_more)
    }
}

/// An optional context; of these types.
pub(super) fn context(
    fields: &Fields<'_>,
    violations: &mut Violations,
    name: &str,
    kinds: &[&str],
) -> Option<ContextIdentifier> {
    fields.value(name)?;
    fields.identifier(violations, name, kinds, ContextIdentifier::from_parts)
}

/// `targetIdentifier`, whose value belongs to all types but `AllPartners`.
pub(super) fn target(fields: &Fields<'_>, violations: &mut Violations) -> Option<PermissionTarget> {
    let fields = fields.optional_object(violations, "targetIdentifier")?;
    let kind = fields.choice(violations, "type", |name| {
        ["AllPartners", "Nip", "InternalId"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(name))
    })?;
    if kind == "AllPartners" {
        return Some(PermissionTarget::AllPartners);
    }
    fields.parsed(violations, "value", |value| {
        PermissionTarget::from_parts(kind, Some(value)).ok_or(())
    })
}

/// `permissionTypes`; empty means all.
pub(super) fn scopes(
    fields: &Fields<'_>,
    violations: &mut Violations,
    known: &[&str],
) -> Vec<Permission> {
    let mut scopes = Vec::new();
    let names = fields.texts(violations, "permissionTypes");
    for (index, name) in names.iter().enumerate() {
        match Permission::from_name(name).filter(|known_| known.contains(&known_.as_str())) {
            Some(permission) => scopes.push(permission),
            None => violations.unreadable(format!("permissionTypes[{index}]")),
        }
    }
    scopes
}

/// `permissionState`.
pub(super) fn state(fields: &Fields<'_>, violations: &mut Violations) -> Option<PermissionState> {
    fields.value("permissionState")?;
    fields.choice(violations, "permissionState", |name| {
        Some(PermissionState::from_name(name)).filter(PermissionState::is_known)
    })
}

/// Whether a list names something; an empty one names everything.
pub(super) fn names<T: PartialEq>(list: &[T], value: &T) -> bool {
    list.is_empty() || list.contains(value)
}

/// Whether a permission is for a target: direct ones count as being for the context in which they work.
pub(super) fn is_for(grant: &Grant, wanted: PermissionTarget) -> bool {
    match grant.target() {
        Some(target) => target == wanted,
        None => wanted.context().is_some() && wanted.context() == grant.works_in(),
    }
}

const SIZE_DEFAULT: usize = 10;
const SIZE_MAX: usize = 100;

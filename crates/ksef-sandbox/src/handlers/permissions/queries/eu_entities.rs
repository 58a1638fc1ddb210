//! Administrators and representatives of EU entities.

use ksef_api::ops::permissions::{EuEntityPermission, EuEntityPermissions, EuPermissionScope};
use ksef_core::context::ContextIdentifier;
use ksef_core::vat_ue::{NipVatUe, is_vat_number};

use super::super::filters::{self, Page};
use super::subunits::author;
use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::world::permissions::grant::{Grant, Purpose};
use crate::world::state::State;

pub(in super::super) fn eu_entities(call: &Call) -> Result<Reply, Failure> {
    let here = call.caller()?.context;
    let body = filters::body(call)?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let vat_number = fields.optional_parsed(&mut violations, "vatUeIdentifier", |text| {
        let number = text.split_at_checked(2);
        let is_one = number.is_some_and(|(country, rest)| is_vat_number(country, rest.as_bytes()));
        is_one.then(|| text.to_owned()).ok_or(())
    });
    let fingerprint = fields
        .optional_text(&mut violations, "authorizedFingerprintIdentifier")
        .map(str::to_ascii_uppercase);
    let scopes = filters::scopes(&fields, &mut violations, EuPermissionScope::KNOWN);
    let page = Page::of(call, &mut violations);
    violations.done()?;
    let answer = call.app.world.read(|state| {
        let fits = |grant: &Grant, context: &NipVatUe| {
            vat_number
                .as_deref()
                .is_none_or(|wanted| context.vat_number() == wanted)
                && fingerprint
                    .as_deref()
                    .is_none_or(|part| grant.authorized.value().contains(part))
                && filters::names(&scopes, &grant.scope)
        };
        let listed = state.permissions.grants().filter_map(|grant| {
            let context = listed_in(grant, &here)?;
            fits(grant, &context).then_some((grant, context))
        });
        let (entries, has_more) =
            page.cut(listed.collect(), |(grant, _)| (grant.started, grant.id));
        let permissions = entries
            .into_iter()
            .map(|(grant, context)| on_the_wire(state, grant, &context))
            .collect();
        EuEntityPermissions {
            permissions,
            has_more,
        }
    });
    Reply::json(call, &answer)
}

/// The compound context of a permission that is listed here: administrators with the taxpayer, everybody in the compound
/// context itself.
fn listed_in(grant: &Grant, here: &ContextIdentifier) -> Option<NipVatUe> {
    let (context, is_administration) = match (&grant.purpose, grant.granted_in) {
        (Purpose::EuAdministration(context), _) => (*context, true),
        (Purpose::EuRepresentation, ContextIdentifier::NipVatUe(context)) => (context, false),
        _ => return None,
    };
    let is_listed = match here {
        ContextIdentifier::NipVatUe(here) => *here == context,
        ContextIdentifier::Nip(nip) => {
            is_administration && context.nip().is_ok_and(|parent| parent == *nip)
        }
        _ => false,
    };
    is_listed.then_some(context)
}

fn on_the_wire(state: &State, grant: &Grant, context: &NipVatUe) -> EuEntityPermission {
    let entity = state.permissions.eu_entity(context);
    EuEntityPermission {
        id: grant.id,
        author_identifier: author(grant).into(),
        vat_ue_identifier: context.vat_number().to_owned(),
        eu_entity_name: entity.map_or_else(String::new, |entity| entity.name.clone()),
        authorized_fingerprint_identifier: grant.authorized.value().to_owned(),
        permission_scope: EuPermissionScope::from_name(grant.scope.as_str()),
        description: grant.description.clone(),
        subject_person_details: grant.person.clone(),
        subject_entity_details: grant.entity.clone(),
        eu_entity_details: entity.map(|entity| entity.details.clone()),
        start_date: grant.started,
    }
}

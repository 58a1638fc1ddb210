//! Peppol providers.

use ksef_api::operation::peppol as operation;
use serde_json::json;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::Violations;
use crate::router::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.with(&operation::QUERY, list)
}

/// The registered providers, newest first.
fn list(call: &Call) -> Result<Reply, Failure> {
    let mut violations = Violations::default();
    let size = call.query.page_size(&mut violations, 10..=100);
    let offset = call
        .query
        .integer(&mut violations, "pageOffset", 0..=i64::from(i32::MAX), 0);
    violations.done()?;
    let skipped = usize::try_from(offset)
        .unwrap_or(usize::MAX)
        .saturating_mul(size);
    let answer = call.app.world.read(|state| {
        let mut providers: Vec<_> = state.subjects.peppol_providers().collect();
        providers.sort_by_key(|provider| (std::cmp::Reverse(provider.registered), provider.id));
        let page = providers.iter().skip(skipped).take(size).map(|provider| {
            json!({
                "id": provider.id,
                "name": provider.name,
                "dateCreated": ksef_api::timestamp::format(provider.registered),
            })
        });
        let has_more = providers.len() > skipped.saturating_add(size);
        json!({"peppolProviders": page.collect::<Vec<_>>(), "hasMore": has_more})
    });
    Reply::json(call, &answer)
}

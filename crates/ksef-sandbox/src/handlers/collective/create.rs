//! Making collective identifiers.

use std::collections::HashSet;

use jiff::Timestamp;
use ksef_api::ops::collective::{
    CollectiveInvoice, CreatedCollectiveIdentifier, DESCRIPTION_CHARACTERS_MAX,
    IDENTIFIERS_OF_INVOICE_MAX, INVOICES_MIN, Payment,
};
use ksef_api::ops::invoices::CurrencyCode;
use ksef_api::problem::ApiError;
use ksef_core::calendar::warsaw_date;
use ksef_core::collective_identifier::CollectiveIdentifier;
use ksef_core::context::ContextIdentifier;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use rust_decimal::Decimal;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::random;
use crate::world::collective::Collective;
use crate::world::state::State;

/// Makes an identifier of invoices that the context may see.
pub(super) fn create(call: &Call) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    let invoices = wish(call, &context)?;
    let made = call.app.world.write(|state, changes| {
        let seller = check(state, &context, &invoices)?;
        let identifier = free_identifier(state, seller, call.now);
        let collective = Collective {
            identifier,
            context,
            seller,
            created: call.now,
            invoices,
        };
        state.collectives.insert(changes, collective);
        Ok::<_, Failure>(identifier)
    })?;
    Reply::json(
        call,
        &CreatedCollectiveIdentifier {
            collective_identifier_number: made,
        },
    )
}

/// What the body asks for; the number of invoices is within the limit of the context.
fn wish(call: &Call, context: &ContextIdentifier) -> Result<Vec<CollectiveInvoice>, Failure> {
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let listed = fields.objects(&mut violations, "invoices");
    let max = call
        .app
        .world
        .read(|state| state.limits.context(context))
        .collective_identifier
        .max_invoices;
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    if fields.value("invoices").is_none() {
        violations.missing("invoices");
    } else if violations.is_empty() && !(INVOICES_MIN..=max).contains(&listed.len()) {
        let found = listed.len();
        violations.add(format!(
            "'invoices' must contain between {INVOICES_MIN} and {max} items. You entered {found}."
        ));
    }
    let invoices: Vec<_> = listed
        .iter()
        .filter_map(|fields| invoice(fields, &mut violations))
        .collect();
    violations.done()?;
    Ok(invoices)
}

fn invoice(fields: &Fields<'_>, violations: &mut Violations) -> Option<CollectiveInvoice> {
    let number = fields.parsed(violations, "ksefNumber", KsefNumber::parse);
    let payment = fields
        .optional_object(violations, "payment")
        .and_then(|fields| payment(&fields, violations));
    let description = fields.optional_text(violations, "description");
    let characters = description.map_or(0, |text| text.chars().count());
    if characters > DESCRIPTION_CHARACTERS_MAX {
        violations.add(format!(
            "The length of '{}' must be {DESCRIPTION_CHARACTERS_MAX} characters or fewer. You entered {characters} characters.",
            fields.path("description")
        ));
    }
    Some(CollectiveInvoice {
        ksef_number: number?,
        payment,
        description: description.map(str::to_owned),
    })
}

fn payment(fields: &Fields<'_>, violations: &mut Violations) -> Option<Payment> {
    let amount = match fields.value("amount") {
        None => {
            violations.missing(fields.path("amount"));
            None
        }
        Some(value) => {
            let amount = value.as_number().and_then(|number| {
                let text = number.to_string();
                let plain = text.parse::<Decimal>();
                plain.or_else(|_| Decimal::from_scientific(&text)).ok()
            });
            if amount.is_none() {
                violations.unreadable(fields.path("amount"));
            }
            amount
        }
    };
    let currency = fields.choice(violations, "currency", |code| {
        Some(CurrencyCode::from_name(code)).filter(CurrencyCode::is_known)
    });
    Some(Payment::new(amount?, currency?))
}

/// The seller of the invoices, or everything that keeps them from being put together, one error for each code.
fn check(
    state: &State,
    context: &ContextIdentifier,
    invoices: &[CollectiveInvoice],
) -> Result<Nip, Failure> {
    let (mut seen, mut seller) = (HashSet::new(), None);
    let mut found = Findings::default();
    for number in invoices.iter().map(|invoice| invoice.ksef_number) {
        if !seen.insert(number) {
            found.repeated.push(number);
            continue;
        }
        // What the context may not see does not exist for it (unverified: the contract does not say whose invoices).
        let acceptance = state
            .invoices
            .by_number(&number)
            .filter(|invoice| invoice.is_visible_to(context))
            .and_then(|invoice| invoice.acceptance.as_ref());
        let Some(acceptance) = acceptance else {
            found.unknown.push(number);
            continue;
        };
        if *seller.get_or_insert(acceptance.seller) != acceptance.seller {
            found.of_others.push(number);
        }
        let here = |known: &&Collective| known.context == *context;
        if state.collectives.of_invoice(&number).filter(here).count() >= IDENTIFIERS_OF_INVOICE_MAX
        {
            found.full.push(number);
        }
    }
    match (found.into_errors(), seller) {
        (errors, Some(seller)) if errors.is_empty() => Ok(seller),
        (errors, _) => Err(Failure::errors(errors)),
    }
}

/// Invoices by what is wrong with them.
#[derive(Default)]
struct Findings {
    unknown: Vec<KsefNumber>,
    full: Vec<KsefNumber>,
    of_others: Vec<KsefNumber>,
    repeated: Vec<KsefNumber>,
}

impl Findings {
    fn into_errors(self) -> Vec<ApiError> {
        let error = |code, numbers: Vec<KsefNumber>, detail: fn(KsefNumber) -> String| {
            (!numbers.is_empty()).then(|| {
                let mut error = ApiError::of_code(code);
                error.details = numbers.into_iter().map(detail).collect();
                error
            })
        };
        [
            error(71001, self.unknown, |number| {
                format!("Faktura o numerze KSeF {number} nie została znaleziona.")
            }),
            error(71002, self.full, |number| {
                format!(
                    "Faktura o numerze KSeF {number} jest już przypisana do maksymalnej liczby Identyfikatorów Zbiorczych."
                )
            }),
            error(71004, self.of_others, |number| {
                format!("Faktura o numerze KSeF {number} ma innego sprzedawcę.")
            }),
            error(71005, self.repeated, |number| {
                format!("Powtórzony numer KSeF {number}.")
            }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// An identifier that nothing has yet. Its technical part cannot be guessed: who knows it sees the KSeF numbers.
fn free_identifier(state: &State, seller: Nip, now: Timestamp) -> CollectiveIdentifier {
    loop {
        let identifier = CollectiveIdentifier::generate(seller, warsaw_date(now), random::number());
        if state.collectives.get(&identifier).is_none() {
            return identifier;
        }
    }
}

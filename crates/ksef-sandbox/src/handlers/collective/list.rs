//! Lists of collective identifiers and of their invoices.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use ksef_api::operation::collective as operation;
use ksef_api::ops::collective::{
    CollectiveIdentifierInfo, CollectiveIdentifierOfInvoice, CollectiveIdentifiers,
    CollectiveIdentifiersOfInvoice, CollectiveInvoice, IDENTIFIERS_OF_CALL_MAX,
    InvoiceOfCollective, InvoicesOfCollectives, QUERY_DAYS_MAX,
};
use ksef_core::collective_identifier::CollectiveIdentifier;
use ksef_core::context::ContextIdentifier;
use ksef_core::ksef_number::KsefNumber;

use crate::call::{Call, Reply};
use crate::failure::Failure;
use crate::fields::{Fields, Violations};
use crate::page::Pages;
use crate::world::collective::Collective;
use crate::world::state::State;

/// The identifiers of the context: those made in it, and those of invoices that it sold.
pub(super) fn query(call: &Call) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    let body = call.json_object()?;
    let mut violations = Violations::default();
    let size = call.query.page_size(&mut violations, 10..=200);
    let filter = Filter::read(&Fields::of(&body), &mut violations);
    violations.done()?;
    let answer = call.app.world.read(|state| {
        let mut fitting: Vec<_> = state
            .collectives
            .values()
            .filter(|known| known.is_listed_for(&context) && filter.fits(known, &context))
            .collect();
        newest_first(&mut fitting);
        let pages = Pages {
            links: state.links(),
            scope: operation::QUERY.id,
            size,
        };
        let (page, continuation_token) =
            pages.cut(call.continuation(), fitting.into_iter(), place)?;
        let collective_identifiers = page
            .into_iter()
            .map(|known| CollectiveIdentifierInfo {
                collective_identifier_number: known.identifier,
                date_created: known.created,
                invoice_count: u32::try_from(known.invoices.len()).unwrap_or(u32::MAX),
                created_in_current_context: known.context == context,
            })
            .collect();
        Ok::<_, Failure>(CollectiveIdentifiers {
            continuation_token,
            collective_identifiers,
        })
    });
    Reply::json(call, &answer?)
}

/// Which identifiers are asked for.
struct Filter {
    identifier: Option<String>,
    from: Timestamp,
    to: Timestamp,
    count_from: i64,
    count_to: i64,
    here: Option<bool>,
}

impl Filter {
    fn read(fields: &Fields<'_>, violations: &mut Violations) -> Self {
        let mut instant = |name| {
            if fields.value(name).is_none() {
                violations.missing(name);
            }
            fields.optional_instant(violations, name)
        };
        let (from, to) = (instant("dateCreatedFrom"), instant("dateCreatedTo"));
        if let (Some(from), Some(to)) = (from, to) {
            if from > to {
                violations.add("'dateCreatedFrom' must be less than or equal to 'dateCreatedTo'.");
            } else if to.duration_since(from) > SignedDuration::from_hours(24 * QUERY_DAYS_MAX) {
                violations.add(format!(
                    "The range from 'dateCreatedFrom' to 'dateCreatedTo' must not exceed {QUERY_DAYS_MAX} days."
                ));
            }
        }
        let mut count = |name| {
            let bounds = i64::from(i32::MIN)..=i64::from(i32::MAX);
            fields.optional_integer(violations, name, bounds)
        };
        Self {
            count_from: count("invoiceCountFrom").unwrap_or(0),
            count_to: count("invoiceCountTo").unwrap_or(i64::MAX),
            identifier: fields
                .optional_text(violations, "collectiveIdentifierNumber")
                .map(str::to_owned),
            here: fields.optional_boolean(violations, "createdInCurrentContext"),
            from: from.unwrap_or(Timestamp::MIN),
            to: to.unwrap_or(Timestamp::MAX),
        }
    }

    fn fits(&self, known: &Collective, context: &ContextIdentifier) -> bool {
        let count = i64::try_from(known.invoices.len()).unwrap_or(i64::MAX);
        (self.from..=self.to).contains(&known.created)
            && (self.count_from..=self.count_to).contains(&count)
            && self
                .identifier
                .as_deref()
                .is_none_or(|wanted| known.identifier.as_str().eq_ignore_ascii_case(wanted))
            && self
                .here
                .is_none_or(|here| here == (known.context == *context))
    }
}

/// The invoices of up to ten identifiers.
///
/// Whoever knows an identifier sees its KSeF numbers: details are hidden from those who have no part in an invoice, so
/// the list itself must be open to them (unverified). An identifier that does not exist has no invoices.
pub(super) fn invoices(call: &Call) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    let body = call.json_object()?;
    let (fields, mut violations) = (Fields::of(&body), Violations::default());
    let size = call.query.page_size(&mut violations, 10..=500);
    let asked = fields.texts(&mut violations, "collectiveIdentifierNumbers");
    if violations.is_empty() && asked.is_empty() {
        violations.missing("collectiveIdentifierNumbers");
    } else if asked.len() > IDENTIFIERS_OF_CALL_MAX {
        violations.add(format!(
            "'collectiveIdentifierNumbers' must contain no more than {IDENTIFIERS_OF_CALL_MAX} items. You entered {}.",
            asked.len()
        ));
    }
    violations.done()?;
    let mut asked: Vec<_> = asked
        .into_iter()
        .filter_map(|text| CollectiveIdentifier::parse(text).ok())
        .collect();
    asked.sort_unstable();
    asked.dedup();
    let answer = call.app.world.read(|state| {
        let known = asked
            .iter()
            .filter_map(|identifier| state.collectives.get(identifier));
        let mut members: Vec<_> = known
            .flat_map(|known| known.invoices.iter().map(move |invoice| (known, invoice)))
            .collect();
        members.sort_unstable_by_key(|member| std::cmp::Reverse(Member::of(member)));
        let pages = Pages {
            links: state.links(),
            scope: operation::INVOICES.id,
            size,
        };
        // The list is not ordered by time.
        let place = |member: &(_, _)| (Timestamp::UNIX_EPOCH, Member::of(member));
        let (page, continuation_token) =
            pages.cut(call.continuation(), members.into_iter(), place)?;
        let invoices = page
            .into_iter()
            .map(|(known, invoice)| on_the_wire(state, &context, known, invoice))
            .collect();
        Ok::<_, Failure>(InvoicesOfCollectives {
            continuation_token,
            invoices,
        })
    });
    Reply::json(call, &answer?)
}

fn on_the_wire(
    state: &State,
    context: &ContextIdentifier,
    known: &Collective,
    invoice: &CollectiveInvoice,
) -> InvoiceOfCollective {
    let number = invoice.ksef_number;
    let has_details = invoice.payment.is_some() || invoice.description.is_some();
    let may_see = known.context == *context
        || state
            .invoices
            .by_number(&number)
            .is_some_and(|invoice| invoice.is_visible_to(context));
    InvoiceOfCollective {
        ksef_number: number,
        collective_identifier_number: known.identifier,
        payment: invoice.payment.clone().filter(|_| may_see),
        description: invoice.description.clone().filter(|_| may_see),
        details_hidden: has_details && !may_see,
    }
}

/// The identifiers of an invoice: for the context that made them, and for the parties of the invoice.
pub(super) fn of_invoice(call: &Call) -> Result<Reply, Failure> {
    let context = call.caller()?.context;
    let number: KsefNumber = call.path("ksefNumber")?;
    let mut violations = Violations::default();
    let size = call.query.page_size(&mut violations, 10..=200);
    violations.done()?;
    let answer = call.app.world.read(|state| {
        let is_party = state
            .invoices
            .by_number(&number)
            .is_some_and(|invoice| invoice.is_visible_to(&context));
        let mut fitting: Vec<_> = state
            .collectives
            .of_invoice(&number)
            .filter(|known| is_party || known.is_listed_for(&context))
            .collect();
        newest_first(&mut fitting);
        let pages = Pages {
            links: state.links(),
            scope: operation::BY_KSEF_NUMBER.id,
            size,
        };
        let (page, continuation_token) =
            pages.cut(call.continuation(), fitting.into_iter(), place)?;
        let collective_identifiers = page
            .into_iter()
            .map(|known| CollectiveIdentifierOfInvoice {
                collective_identifier_number: known.identifier,
                created_in_current_context: known.context == context,
                date_created: known.created,
            })
            .collect();
        Ok::<_, Failure>(CollectiveIdentifiersOfInvoice {
            continuation_token,
            collective_identifiers,
        })
    });
    Reply::json(call, &answer?)
}

fn newest_first(list: &mut [&Collective]) {
    list.sort_unstable_by_key(|known| std::cmp::Reverse(place(known)));
}

fn place(known: &&Collective) -> (Timestamp, CollectiveIdentifier) {
    (known.created, known.identifier)
}

/// Where an invoice stands in the list of invoices: by KSeF number, then by identifier.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    invoice: KsefNumber,
    identifier: CollectiveIdentifier,
}

impl Member {
    fn of((known, invoice): &(&Collective, &CollectiveInvoice)) -> Self {
        Self {
            invoice: invoice.ksef_number,
            identifier: known.identifier,
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.invoice, self.identifier)
    }
}

impl FromStr for Member {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (invoice, identifier) = text.split_once('/').ok_or(())?;
        Ok(Self {
            invoice: KsefNumber::parse(invoice).map_err(|_| ())?,
            identifier: CollectiveIdentifier::parse(identifier).map_err(|_| ())?,
        })
    }
}

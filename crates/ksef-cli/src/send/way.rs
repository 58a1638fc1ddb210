//! Interactive or in batch: which invoices go which way, and what goes together. Pure.

use std::num::NonZeroUsize;
use std::ops::Range;

use ksef_core::form_code::FormCode;
use ksef_crypto::package::ArchiveForm;
use ksef_crypto::package::build::{FILES_MAX, PackageLimits, split};

use super::plan::PlannedInvoice;

/// How invoices are to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// In batch from so many invoices of one form on, when they have attachments, and when the interactive limit of
    /// the hour is used up; otherwise interactively.
    Auto(NonZeroUsize),
    /// In batch, except what cannot.
    Batch,
    /// Interactively.
    Interactive,
}

/// How packages are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packaging {
    /// Form of the archive.
    pub(crate) form: ArchiveForm,
    /// Whether the sealed parts are kept on disk until they are uploaded; otherwise they are made twice.
    pub(crate) is_spooled: bool,
}

/// Invoices that are to be sent, each in its way, in the order of the plan.
#[derive(Debug, Default)]
pub(crate) struct Ways<'a> {
    pub(crate) batch: Vec<&'a PlannedInvoice>,
    pub(crate) interactive: Vec<&'a PlannedInvoice>,
}

impl Way {
    /// Deals invoices out. `is_full`: no more can be sent interactively for now.
    pub(crate) fn deal<'a>(self, invoices: &[&'a PlannedInvoice], is_full: bool) -> Ways<'a> {
        let counts: Vec<_> = groups(invoices)
            .iter()
            .filter_map(|group| Some((*group.first()?, group.len())))
            .collect();
        let is_one_of_many = |invoice: &PlannedInvoice, from: NonZeroUsize| {
            counts
                .iter()
                .any(|(first, count)| *count >= from.get() && go_together(first, invoice))
        };
        let mut ways = Ways::default();
        for invoice in invoices {
            // A technical correction is taken interactively only.
            let goes_by_batch = invoice.corrects.is_none()
                && can_go_by_batch(&invoice.planned.form)
                && match self {
                    Self::Batch => true,
                    Self::Interactive => false,
                    Self::Auto(from) => {
                        is_full || invoice.has_attachment || is_one_of_many(invoice, from)
                    }
                };
            if goes_by_batch {
                ways.batch.push(*invoice);
            } else {
                ways.interactive.push(*invoice);
            }
        }
        ways
    }
}

/// Batch sessions take these forms; PEF documents go interactively.
fn can_go_by_batch(form: &FormCode) -> bool {
    matches!(form, FormCode::Fa2 | FormCode::Fa3 | FormCode::FaRr1)
}

fn go_together(one: &PlannedInvoice, other: &PlannedInvoice) -> bool {
    one.context == other.context
        && one.planned.form == other.planned.form
        && one.planned.offline == other.planned.offline
}

/// Invoices by what a session takes together.
fn groups<'a>(invoices: &[&'a PlannedInvoice]) -> Vec<Vec<&'a PlannedInvoice>> {
    let mut groups: Vec<Vec<&PlannedInvoice>> = Vec::new();
    for invoice in invoices {
        let known = groups.iter_mut().find(|group| {
            let first = group.first();
            first.is_some_and(|first| go_together(first, invoice))
        });
        match known {
            Some(group) => group.push(*invoice),
            None => groups.push(vec![*invoice]),
        }
    }
    groups
}

/// Invoices that go in packages: each of one form and mode, of at most so many invoices and as much as a session takes.
pub(crate) fn packages<'a>(
    invoices: &[&'a PlannedInvoice],
    invoices_max: usize,
) -> Vec<Vec<&'a PlannedInvoice>> {
    let limits = PackageLimits {
        files_max: invoices_max.min(FILES_MAX),
        ..PackageLimits::default()
    };
    groups(invoices)
        .into_iter()
        .flat_map(|group| {
            let sizes = group.iter().map(|invoice| invoice.planned.size);
            let pieces: Vec<Range<usize>> = split(sizes, &limits);
            pieces
                .into_iter()
                .filter_map(move |piece| Some(group.get(piece)?.to_vec()))
                .collect::<Vec<_>>()
        })
        .collect()
}

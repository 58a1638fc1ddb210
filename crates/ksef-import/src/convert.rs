//! From the tree to FA(3), through the builders: sums, VAT and annotations are computed there.

mod frame;
mod kinds;
mod lines;
mod parties;
mod payment;
mod places;
mod terms;
mod view;

use ksef_invoice::Language;
use ksef_invoice::fa3::Invoice;

use crate::draft::{Draft, Trouble};
use crate::fault::Fault;
use crate::source::Options;
use kinds::Start;
use lines::Taxation;
use view::{Notes, View};

/// Makes the document of an invoice that has the shape; what is wrong is added to its troubles.
pub(crate) fn convert(draft: &mut Draft, options: &Options) -> Option<Invoice> {
    let notes = Notes::new(options.nip_checksums);
    let built = start(&View::new(&draft.node, &notes), options).and_then(Start::build);
    let noted = notes.into_troubles();
    let fits = noted.is_empty();
    draft.troubles.extend(noted);
    match built {
        Some(Ok(invoice)) if fits => Some(invoice),
        Some(Err(error)) if fits => {
            let troubles: Vec<Trouble> = error
                .problems()
                .iter()
                .map(|problem| {
                    let pointer = places::pointer(&draft.node, problem.place());
                    let node = draft.node.at_pointer(&pointer);
                    Trouble {
                        spot: Some(node.spot),
                        pointer: Some(pointer),
                        fault: Fault::Meaning {
                            rule: "invoice-build",
                            polish: problem.message(Language::Polish),
                            english: problem.message(Language::English),
                        },
                        value: node.text().map(str::to_owned),
                    }
                })
                .collect();
            draft.troubles.extend(troubles);
            None
        }
        // What was noted comes first: a builder that was not given everything finds more.
        _ => None,
    }
}

fn start<'a>(invoice: &View<'a>, options: &'a Options) -> Option<Start<'a>> {
    let taxation = Taxation::read(invoice);
    taxation.check(invoice);
    let seller = invoice
        .get("seller")
        .and_then(|view| parties::seller(&view));
    let buyer = invoice.get("buyer").and_then(|view| parties::buyer(&view));
    let issued = invoice.date("issueDate");
    Some(Start {
        taxation,
        seller: seller?,
        buyer: buyer?,
        number: invoice.text("number")?,
        issued: issued?,
        system: options.system.as_deref(),
        now: options.now,
        invoice: invoice.clone(),
    })
}

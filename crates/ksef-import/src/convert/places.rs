//! Where in the invoice's shape the elements stand that builders speak of.

use ksef_invoice::fa3::build::Place;

use crate::node::Node;

/// The pointer of the value that an element was made from.
pub(super) fn pointer(invoice: &Node, place: Place) -> String {
    match place {
        Place::Line { number, element } | Place::OrderLine { number, element } => {
            let lines = invoice.get("lines").map(Node::elements).unwrap_or_default();
            let index = line(lines, number);
            match key(&LINE, element.trim_end_matches('Z')).or_else(|| key(&LINE, element)) {
                Some(key) => format!("/lines/{index}/{key}"),
                None => format!("/lines/{index}"),
            }
        }
        Place::Entry {
            list,
            number,
            element,
        } => entry(list, number, element),
        other => match key(&INVOICE, other.element()) {
            Some(key) => format!("/{key}"),
            None => String::new(),
        },
    }
}

/// The pointer of an entry of a list, or of what an element says in it.
fn entry(list: &str, number: u64, element: &str) -> String {
    match key(&LISTS, list) {
        Some(path) => {
            let index = number.saturating_sub(1);
            match key(&ENTRIES, element) {
                Some(key) => format!("/{path}/{index}/{key}"),
                None => format!("/{path}/{index}"),
            }
        }
        None => key(&INVOICE, list).map_or_else(String::new, |key| format!("/{key}")),
    }
}

/// The index of a line by its number: its own, or its place. Of rows before and after a
/// correction it is the last, which is the one after.
fn line(lines: &[Node], number: u64) -> usize {
    let own = lines.iter().rposition(|line| {
        line.get("number")
            .and_then(Node::text)
            .and_then(|text| text.parse().ok())
            == Some(number)
    });
    own.unwrap_or_else(|| {
        usize::try_from(number.saturating_sub(1))
            .unwrap_or(usize::MAX)
            .min(lines.len().saturating_sub(1))
    })
}

fn key(table: &[(&str, &'static str)], element: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(known, _)| *known == element)
        .map(|(_, key)| *key)
}

const INVOICE: [(&str, &str); 30] = [
    ("P_1", "issueDate"),
    ("P_1M", "issuePlace"),
    ("P_2", "number"),
    ("P_6", "saleDate"),
    ("OkresFa", "salePeriod"),
    ("P_6_Od", "salePeriod/from"),
    ("P_6_Do", "salePeriod/to"),
    ("KodWaluty", "currency"),
    ("KursWaluty", "exchangeRate"),
    ("KursWalutyZ", "exchangeRate"),
    ("WZ", "warehouseDocuments"),
    ("FaWiersz", "lines"),
    ("Zamowienie", "lines"),
    ("Podmiot2", "buyer"),
    ("JST", "buyer/localGovernment"),
    ("GV", "buyer/vatGroup"),
    ("Podmiot3", "thirdParties"),
    ("Udzial", "thirdParties"),
    ("P_17", "annotations/selfBilling"),
    ("P_19", "annotations/exemption"),
    ("P_22", "annotations/newTransport"),
    ("NowySrodekTransportu", "annotations/newTransport"),
    ("P_23", "annotations/triangular"),
    ("P_PMarzy", "annotations/marginScheme"),
    ("Platnosc", "payment"),
    ("ZaplataCzesciowa", "payment/partial"),
    ("TerminPlatnosci", "payment/dueDates"),
    ("DodatkowyOpis", "notes"),
    ("FakturaZaliczkowa", "settlement/advanceInvoices"),
    ("DaneFaKorygowanej", "correction/invoices"),
];

const LISTS: [(&str, &str); 10] = [
    ("WZ", "warehouseDocuments"),
    ("Podmiot3", "thirdParties"),
    ("DodatkowyOpis", "notes"),
    ("Obciazenia", "adjustments/charges"),
    ("Odliczenia", "adjustments/deductions"),
    ("ZaliczkaCzesciowa", "advance/payments"),
    ("FakturaZaliczkowa", "settlement/advanceInvoices"),
    ("DaneFaKorygowanej", "correction/invoices"),
    ("ZaplataCzesciowa", "payment/partial"),
    ("TerminPlatnosci", "payment/dueDates"),
];

const ENTRIES: [(&str, &str); 10] = [
    ("Klucz", "key"),
    ("Wartosc", "value"),
    ("NrWiersza", "line"),
    ("Kwota", "amount"),
    ("Powod", "reason"),
    ("P_15Z", "amount"),
    ("P_6Z", "date"),
    ("KursWalutyZW", "exchangeRate"),
    ("NrFaKorygowanej", "number"),
    ("DataWystFaKorygowanej", "issueDate"),
];

const LINE: [(&str, &str); 23] = [
    ("NrWierszaFa", "number"),
    ("NrWierszaZam", "number"),
    ("UU_ID", "id"),
    ("P_6A", "date"),
    ("P_7", "name"),
    ("Indeks", "sku"),
    ("GTIN", "gtin"),
    ("PKWiU", "pkwiu"),
    ("CN", "cn"),
    ("PKOB", "pkob"),
    ("P_8A", "unit"),
    ("P_8B", "quantity"),
    ("P_9A", "netPrice"),
    ("P_9B", "grossPrice"),
    ("P_10", "discount"),
    ("P_11", "netAmount"),
    ("P_11A", "grossAmount"),
    ("P_11Netto", "netAmount"),
    ("P_12", "vatRate"),
    ("P_12_XII", "ossRate"),
    ("KwotaAkcyzy", "exciseAmount"),
    ("KursWaluty", "exchangeRate"),
    ("Procedura", "procedure"),
];

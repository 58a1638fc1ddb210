//! FA(2) and FA(3).

use ksef_core::form_code::FormCode;

use super::{Correction, Label, Line, Original, Party, Payment, Summary, TaxRow};
use crate::codes::{self, CodeList};
use crate::metadata::InvoiceKind;
use crate::tree::Element;

pub(super) fn read(root: Element<'_>, form: FormCode) -> Summary {
    let mut summary = Summary {
        form: Some(form),
        system: text(root, &["Naglowek", "SystemInfo"]),
        seller: party(root.child("Podmiot1"), None),
        buyer: party(root.child("Podmiot2"), None),
        attachments: root.child("Zalacznik").map_or(0, |attachment| {
            attachment.children_named("BlokDanych").count()
        }),
        ..Summary::default()
    };
    for other in root.children_named("Podmiot3") {
        let role = match other.value_at(&["OpisRoli"]) {
            Some(words) => Label::of_document(words),
            None => codes::ROLE.label(other.value_at(&["Rola"]).unwrap_or_default()),
        };
        summary.others.push(party(Some(other), Some(role)));
    }
    for other in root.children_named("PodmiotUpowazniony") {
        let role = codes::ROLE_AUTHORISED.label(other.value_at(&["RolaPU"]).unwrap_or_default());
        summary.others.push(party(Some(other), Some(role)));
    }
    if let Some(fa) = root.child("Fa") {
        body(fa, &mut summary);
    }
    footer(root, &mut summary.notes);
    summary
}

fn body(fa: Element<'_>, summary: &mut Summary) {
    let own = |name: &str| text(fa, &[name]);
    let kind = fa.value_at(&["RodzajFaktury"]);
    summary.kind = kind.map(InvoiceKind::from_wire);
    summary.title = codes::KIND.label(kind.unwrap_or_default());
    summary.number = own("P_2").unwrap_or_default();
    summary.issue_date = own("P_1").unwrap_or_default();
    summary.place = own("P_1M");
    summary.sale_date = own("P_6").or_else(|| period(fa.child("OkresFa")));
    summary.currency = own("KodWaluty").unwrap_or_default();
    summary.total = own("P_15").unwrap_or_default();
    summary.taxes = taxes(fa);
    summary.annotations = annotations(fa);
    summary.correction = correction(fa);
    for advance in fa.children_named("FakturaZaliczkowa") {
        let number = advance
            .value_at(&["NrKSeFFaZaliczkowej"])
            .or_else(|| advance.value_at(&["NrFaZaliczkowej"]));
        summary.advances.extend(number.map(str::to_owned));
    }
    summary.lines = fa.children_named("FaWiersz").map(line).collect();
    if let Some(order) = fa.child("Zamowienie") {
        summary.order_total = text(order, &["WartoscZamowienia"]);
        summary.order_lines = order
            .children_named("ZamowienieWiersz")
            .map(order_line)
            .collect();
    }
    if let Some(settlement) = fa.child("Rozliczenie") {
        settle(settlement, summary);
    }
    if let Some(payment) = fa.child("Platnosc") {
        summary.payment = pay(payment);
    }
    for note in fa.children_named("DodatkowyOpis") {
        summary.notes.push(pair(note, "Klucz", "Wartosc"));
    }
}

/// The trimmed text at a path.
pub(super) fn text(element: Element<'_>, path: &[&str]) -> Option<String> {
    element.value_at(path).map(str::to_owned)
}

pub(super) fn pair(element: Element<'_>, key: &str, value: &str) -> (String, String) {
    (
        text(element, &[key]).unwrap_or_default(),
        text(element, &[value]).unwrap_or_default(),
    )
}

fn period(element: Option<Element<'_>>) -> Option<String> {
    let element = element?;
    let from = element.value_at(&["P_6_Od"]).unwrap_or("?");
    let to = element.value_at(&["P_6_Do"]).unwrap_or("?");
    Some(format!("{from} – {to}"))
}

/// A party of the Ministry's own forms.
pub(super) fn party(element: Option<Element<'_>>, role: Option<Label>) -> Party {
    let Some(element) = element else {
        return Party::default();
    };
    let identity = element.child("DaneIdentyfikacyjne").unwrap_or(element);
    let mut address = Vec::new();
    if let Some(place) = element.child("Adres") {
        for name in ["AdresL1", "AdresL2", "KodKraju"] {
            address.extend(text(place, &[name]));
        }
    }
    let contact = element
        .children_named("DaneKontaktowe")
        .flat_map(Element::children)
        .map(|value| value.value().to_owned())
        .filter(|value| !value.is_empty())
        .collect();
    Party {
        role,
        name: text(identity, &["Nazwa"]).unwrap_or_default(),
        identifier: identifier(identity),
        address,
        contact,
    }
}

fn identifier(identity: Element<'_>) -> Option<String> {
    let own = |name: &str| identity.value_at(&[name]);
    if let Some(nip) = own("NIP") {
        return Some(format!("NIP {nip}"));
    }
    if let Some(unit) = own("IDWew") {
        return Some(format!("IDWew {unit}"));
    }
    let (country, number) = match (own("NrVatUE"), own("NrID")) {
        (Some(number), _) => (own("KodUE"), number),
        (None, Some(number)) => (own("KodKraju"), number),
        (None, None) => return None,
    };
    Some(match country {
        Some(country) => format!("{country} {number}"),
        None => number.to_owned(),
    })
}

fn taxes(fa: Element<'_>) -> Vec<TaxRow> {
    let mut rows = Vec::new();
    for group in &codes::TAX_GROUPS {
        let Some(amount) = text(fa, &[group.net]) else {
            continue;
        };
        rows.push(TaxRow {
            label: group.label(),
            net: amount,
            tax: group.tax.and_then(|name| text(fa, &[name])),
            tax_in_pln: group.tax.and_then(|name| text(fa, &[&format!("{name}W")])),
        });
    }
    rows
}

fn annotations(fa: Element<'_>) -> Vec<Label> {
    let Some(found) = fa.child("Adnotacje") else {
        return Vec::new();
    };
    let is_set = |path: &[&str]| found.value_at(path).is_some_and(|value| value == "1");
    let flags: [(&[&str], &str, &str); 7] = [
        (&["P_16"], "metoda kasowa", "cash accounting"),
        (&["P_17"], "samofakturowanie", "self-billing"),
        (&["P_18"], "odwrotne obciążenie", "reverse charge"),
        (
            &["P_18A"],
            "mechanizm podzielonej płatności",
            "split payment",
        ),
        (
            &["P_23"],
            "procedura trójstronna uproszczona",
            "simplified triangulation",
        ),
        (
            &["NoweSrodkiTransportu", "P_22"],
            "nowe środki transportu",
            "new means of transport",
        ),
        (&["PMarzy", "P_PMarzy"], "procedura marży", "margin scheme"),
    ];
    let mut labels: Vec<_> = flags
        .into_iter()
        .filter(|(path, _, _)| is_set(path))
        .map(|(_, polish, english)| Label::new(polish, english))
        .collect();
    if is_set(&["Zwolnienie", "P_19"]) {
        let basis = ["P_19A", "P_19B", "P_19C"]
            .iter()
            .find_map(|name| found.value_at(&["Zwolnienie", name]))
            .unwrap_or("?");
        labels.push(Label::new(
            format!("zwolnienie: {basis}"),
            format!("exempt: {basis}"),
        ));
    }
    let own = |name: &str| fa.value_at(&[name]).is_some_and(|value| value == "1");
    if own("FP") {
        labels.push(Label::new(
            "faktura do paragonu",
            "invoice for a fiscal receipt",
        ));
    }
    if own("TP") {
        labels.push(Label::new("podmioty powiązane", "related parties"));
    }
    if own("ZwrotAkcyzy") {
        labels.push(Label::new(
            "zwrot akcyzy dla rolnika",
            "farmer's excise refund",
        ));
    }
    labels
}

/// The correction group of the Ministry's own forms.
pub(super) fn correction(fa: Element<'_>) -> Option<Correction> {
    let originals: Vec<_> = fa
        .children_named("DaneFaKorygowanej")
        .map(|original| Original {
            number: text(original, &["NrFaKorygowanej"]).unwrap_or_default(),
            date: text(original, &["DataWystFaKorygowanej"]),
            ksef_number: text(original, &["NrKSeFFaKorygowanej"]),
        })
        .collect();
    let reason = text(fa, &["PrzyczynaKorekty"]);
    (!originals.is_empty() || reason.is_some()).then(|| Correction {
        reason,
        effect: fa
            .value_at(&["TypKorekty"])
            .map(|code| codes::CORRECTION_EFFECT.label(code)),
        originals,
    })
}

fn line(row: Element<'_>) -> Line {
    let own = |name: &str| text(row, &[name]);
    let is_gross = row.child("P_9A").is_none()
        && row.child("P_11").is_none()
        && (row.child("P_9B").is_some() || row.child("P_11A").is_some());
    Line {
        number: own("NrWierszaFa").unwrap_or_default(),
        name: own("P_7").unwrap_or_default(),
        quantity: own("P_8B"),
        unit: own("P_8A"),
        price: own(if is_gross { "P_9B" } else { "P_9A" }),
        discount: own("P_10"),
        value: own(if is_gross { "P_11A" } else { "P_11" }),
        is_gross,
        rate: own("P_12").or_else(|| own("P_12_XII")),
        is_before: row
            .value_at(&["StanPrzed"])
            .is_some_and(|value| value == "1"),
    }
}

fn order_line(row: Element<'_>) -> Line {
    let own = |name: &str| text(row, &[name]);
    Line {
        number: own("NrWierszaZam").unwrap_or_default(),
        name: own("P_7Z").unwrap_or_default(),
        quantity: own("P_8BZ"),
        unit: own("P_8AZ"),
        price: own("P_9AZ"),
        value: own("P_11NettoZ"),
        rate: own("P_12Z").or_else(|| own("P_12Z_XII")),
        is_before: row
            .value_at(&["StanPrzedZ"])
            .is_some_and(|value| value == "1"),
        ..Line::default()
    }
}

/// Charges, deductions and what is left (`Rozliczenie`).
pub(super) fn settle(settlement: Element<'_>, summary: &mut Summary) {
    for charge in settlement.children_named("Obciazenia") {
        summary.settlements.push(pair(charge, "Powod", "Kwota"));
    }
    for deduction in settlement.children_named("Odliczenia") {
        let (reason, amount) = pair(deduction, "Powod", "Kwota");
        let amount = match amount.strip_prefix('-') {
            Some(positive) => positive.to_owned(),
            None if amount.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) => {
                format!("-{amount}")
            }
            None => amount,
        };
        summary.settlements.push((reason, amount));
    }
    summary.payable =
        text(settlement, &["DoZaplaty"]).or_else(|| text(settlement, &["DoRozliczenia"]));
}

fn pay(payment: Element<'_>) -> Payment {
    let mut terms = Vec::new();
    for term in payment.children_named("TerminPlatnosci") {
        terms.extend(text(term, &["Termin"]));
        if let Some(words) = term.child("TerminOpis") {
            // FA(2) has a text here, FA(3) a number, a unit and an event.
            let parts: Vec<_> = words.children().map(Element::value).collect();
            let words = if parts.is_empty() {
                words.value().to_owned()
            } else {
                parts.join(" ")
            };
            terms.push(words);
        }
    }
    Payment {
        paid: text(payment, &["DataZaplaty"]),
        parts: payment
            .children_named("ZaplataCzesciowa")
            .map(|part| pair(part, "DataZaplatyCzesciowej", "KwotaZaplatyCzesciowej"))
            .collect(),
        terms,
        means: means(payment, &codes::PAYMENT),
        accounts: ["RachunekBankowy", "RachunekBankowyFaktora"]
            .iter()
            .flat_map(|name| payment.children_named(name))
            .map(account)
            .collect(),
        discount: payment.child("Skonto").map(|discount| {
            let (terms, amount) = pair(discount, "WarunkiSkonta", "WysokoscSkonta");
            format!("{terms}: {amount}")
        }),
    }
}

/// The way of paying: a code of the form's own list, or in words.
pub(super) fn means(payment: Element<'_>, codes: &CodeList) -> Option<Label> {
    payment
        .value_at(&["FormaPlatnosci"])
        .map(|code| codes.label(code))
        .or_else(|| payment.value_at(&["OpisPlatnosci"]).map(Label::of_document))
}

/// A bank account with its bank.
pub(super) fn account(element: Element<'_>) -> String {
    let number = element.value_at(&["NrRB"]).unwrap_or_default();
    match element.value_at(&["NazwaBanku"]) {
        Some(bank) => format!("{number} ({bank})"),
        None => number.to_owned(),
    }
}

/// The footer's texts and registers as notes without and with a key.
pub(super) fn footer(root: Element<'_>, notes: &mut Vec<(String, String)>) {
    let Some(footer) = root.child("Stopka") else {
        return;
    };
    for information in footer.children_named("Informacje") {
        let words = text(information, &["StopkaFaktury"]);
        notes.extend(words.map(|words| (String::new(), words)));
    }
    for register in footer.children_named("Rejestry") {
        for entry in register.children() {
            let key = if entry.name() == "PelnaNazwa" {
                ""
            } else {
                entry.name()
            };
            notes.push((key.to_owned(), entry.value().to_owned()));
        }
    }
}

//! The whole invoice, from its title to what is attached.

use ksef_invoice::finding::Language;
use ksef_invoice::summary::{Correction, Original, Payment, Summary, spaced};

use super::grid::broken;
use super::{lines, parties};
use crate::lang::Lang;
use crate::printer::{Printer, Style, Styled, terminal_columns};
use crate::validate::language;

/// An invoice on a terminal.
#[derive(Debug)]
pub(crate) struct Sheet<'a> {
    printer: &'a Printer,
    summary: &'a Summary,
    lang: Lang,
    language: Language,
    width: usize,
}

impl<'a> Sheet<'a> {
    /// For the terminal of the printer.
    pub(crate) fn new(printer: &'a Printer, summary: &'a Summary) -> Self {
        Self {
            printer,
            summary,
            lang: printer.lang(),
            language: language(printer.lang()),
            width: terminal_columns()
                .unwrap_or(COLUMNS_WITHOUT_TERMINAL)
                .min(COLUMNS_MAX),
        }
    }

    /// Prints the invoice. `ksef_number`: the number that KSeF gave it, where it is known.
    pub(crate) fn print(&self, ksef_number: Option<&str>) {
        self.head(ksef_number);
        self.parties();
        self.correction();
        self.items();
        self.totals();
        self.payment();
        self.tail();
    }

    fn head(&self, ksef_number: Option<&str>) {
        let summary = self.summary;
        let title = summary.title.text(self.language);
        let form = summary.form.as_ref().map(|form| form.system_code());
        let title = match title {
            "" => self.lang.pick("Invoice", "Faktura"),
            title => title,
        };
        self.printer.styled(
            &Styled::new()
                .with(Style::Strong, format!("{title} {}", summary.number))
                .plain(form.map_or(String::new(), |form| format!("   {form}"))),
        );
        self.fact(("KSeF number", "numer KSeF"), ksef_number);
        let place = summary.place.as_deref().map(|place| format!(", {place}"));
        let issued = format!("{}{}", summary.issue_date, place.unwrap_or_default());
        self.fact(("issued", "wystawiono"), Some(issued.as_str()));
        self.fact(("sale", "sprzedaż"), summary.sale_date.as_deref());
    }

    fn parties(&self) {
        let summary = self.summary;
        let seller = self.lang.pick("Seller", "Sprzedawca");
        let buyer = self.lang.pick("Buyer", "Nabywca");
        self.gap();
        let pair = parties::pair(
            (seller, &summary.seller),
            (buyer, &summary.buyer),
            self.width,
        );
        for line in pair {
            self.printer.line(line);
        }
        if !summary.others.is_empty() {
            self.section(("Others", "Inne podmioty"));
        }
        for party in &summary.others {
            let (role, words) = parties::other(party, self.language);
            let label = if role.is_empty() {
                role
            } else {
                format!("{role}: ")
            };
            self.indented(&format!("{label}{words}"));
        }
    }

    fn correction(&self) {
        let Some(Correction {
            reason,
            effect,
            originals,
        }) = &self.summary.correction
        else {
            return;
        };
        self.section(("Corrects", "Koryguje"));
        let of = |date: &str| format!("{} {date}", self.lang.pick("of", "z dnia"));
        for Original {
            number,
            date,
            ksef_number,
        } in originals.iter().take(ORIGINALS_MAX)
        {
            let mut words = vec![number.clone()];
            words.extend(date.as_deref().map(of));
            words.extend(
                ksef_number
                    .as_deref()
                    .map(|number| format!("KSeF {number}")),
            );
            words.retain(|word| !word.is_empty());
            self.indented(&words.join(", "));
        }
        let more = originals.len().saturating_sub(ORIGINALS_MAX);
        if more > 0 {
            let more = format!("{}: {more}", self.lang.pick("… more", "… kolejne"));
            self.indented(&more);
        }
        self.fact(("reason", "przyczyna"), reason.as_deref());
        let effect = effect.as_ref().map(|effect| effect.text(self.language));
        self.fact(("effect", "skutek"), effect);
    }

    fn items(&self) {
        let summary = self.summary;
        for (title, items) in [
            (None, &summary.lines),
            (Some(("Order", "Zamówienie")), &summary.order_lines),
        ] {
            if items.is_empty() {
                continue;
            }
            match title {
                Some(title) => self.section(title),
                None => self.gap(),
            }
            self.table(&lines::items(items, self.lang, self.language, self.width));
        }
        let order = summary
            .order_total
            .as_deref()
            .map(|total| self.money(total));
        self.fact(("order", "zamówienie"), order.as_deref());
        if !summary.advances.is_empty() {
            let advances = summary.advances.join(", ");
            self.fact(("advances", "zaliczki"), Some(advances.as_str()));
        }
    }

    fn totals(&self) {
        let summary = self.summary;
        let taxes = lines::taxes(summary, self.lang, self.language, self.width);
        if !taxes.is_empty() {
            self.gap();
            self.table(&taxes);
        }
        self.gap();
        let total = self.money(&summary.total);
        self.printer.styled(
            &Styled::new()
                .plain(self.lang.pick("Total: ", "Razem: "))
                .with(Style::Strong, total),
        );
        for (reason, amount) in &summary.settlements {
            self.indented(&format!("{reason}: {}", self.money(amount)));
        }
        let payable = summary
            .payable
            .as_deref()
            .map(|payable| self.money(payable));
        self.fact(("to pay", "do zapłaty"), payable.as_deref());
    }

    fn payment(&self) {
        let Payment {
            paid,
            parts,
            terms,
            means,
            accounts,
            discount,
        } = &self.summary.payment;
        self.fact(("paid", "zapłacono"), paid.as_deref());
        for (date, amount) in parts {
            let part = format!("{date}: {}", self.money(amount));
            self.fact(("paid in part", "zapłacono część"), Some(part.as_str()));
        }
        let means = means.as_ref().map(|means| means.text(self.language));
        self.fact(("means", "forma"), means);
        let terms = (!terms.is_empty()).then(|| terms.join(", "));
        self.fact(("due", "termin"), terms.as_deref());
        for account in accounts {
            self.fact(("account", "rachunek"), Some(account.as_str()));
        }
        self.fact(("cash discount", "skonto"), discount.as_deref());
    }

    fn tail(&self) {
        let summary = self.summary;
        if !summary.annotations.is_empty() {
            self.section(("Annotations", "Adnotacje"));
        }
        for annotation in &summary.annotations {
            self.indented(annotation.text(self.language));
        }
        if !summary.notes.is_empty() {
            self.section(("Notes", "Uwagi"));
        }
        for (key, value) in summary.notes.iter().take(NOTES_MAX) {
            let key = if key.is_empty() {
                String::new()
            } else {
                format!("{key}: ")
            };
            self.indented(&format!("{key}{value}"));
        }
        let more = summary.notes.len().saturating_sub(NOTES_MAX);
        if more > 0 {
            let more = format!("{}: {more}", self.lang.pick("… more", "… kolejne"));
            self.indented(&more);
        }
        if summary.attachments > 0 {
            self.gap();
            let attached = self
                .lang
                .pick("Attachment, blocks", "Załącznik, bloki danych");
            self.printer
                .line(format!("{attached}: {}", summary.attachments));
        }
    }

    fn money(&self, text: &str) -> String {
        let amount = spaced(text, 2, self.language);
        format!("{amount} {}", self.summary.currency)
            .trim_end()
            .to_owned()
    }

    /// A heading after an empty line.
    fn section(&self, title: (&str, &str)) {
        self.gap();
        self.printer.line(self.lang.pick(title.0, title.1));
    }

    fn gap(&self) {
        self.printer.line("");
    }

    fn indented(&self, text: &str) {
        for line in broken(text, self.width.saturating_sub(INDENT.len())) {
            self.printer.line(format!("{INDENT}{line}"));
        }
    }

    /// A labelled value, when there is one.
    fn fact(&self, label: (&str, &str), value: Option<&str>) {
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return;
        };
        self.indented(&format!("{}: {value}", self.lang.pick(label.0, label.1)));
    }

    /// A table whose first line are headings.
    fn table(&self, lines: &[String]) {
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                self.printer
                    .styled(&Styled::new().with(Style::Strong, line.clone()));
            } else {
                self.printer.line(line);
            }
        }
    }
}

const INDENT: &str = "  ";
const COLUMNS_WITHOUT_TERMINAL: usize = 100;
/// Wider tables are hard to follow with the eye.
const COLUMNS_MAX: usize = 120;
const ORIGINALS_MAX: usize = 20;
const NOTES_MAX: usize = 30;

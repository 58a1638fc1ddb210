//! Results for people.

use ksef_invoice::semantics::InvoicingMode;
use ksef_invoice::upo::{Upo, UpoDocument};
use ksef_sdk::upo::SignedUpo;

use super::entry::Match;
use super::file::{Claims, Judged, Verdict};
use super::papers::Papers;
use super::words;
use crate::lang::{Text, text};
use crate::printer::{Fields, Printer, Style, Styled, Table, moment};

/// Prints what became of every file, and the invoices of which none speaks. `limit` entries of a file are shown, 0 for
/// all; those that differ always are.
pub(crate) fn print(printer: &Printer, files: &[Judged], papers: &Papers, limit: usize) {
    let is_brief = files.len() > FILES_IN_FULL;
    for (index, file) in files.iter().enumerate() {
        let is_brief = is_brief && file.verdict() != Verdict::Wrong;
        if index > 0 && !is_brief {
            printer.line("");
        }
        print_file(printer, file, if is_brief { None } else { Some(limit) });
    }
    let mut without = papers.without_entry().peekable();
    if without.peek().is_some() {
        printer.line("");
        let label = printer.lang().pick(
            "Invoices without an entry in these UPOs:",
            "Faktury, których nie ma w tych UPO:",
        );
        printer.styled(&Styled::new().with(Style::Error, label));
        for paper in without {
            let number = paper.metadata.as_ref().map_or("-", |known| &known.number);
            printer.line(format_args!("  {number}  {}", paper.path.display()));
        }
    }
    for (path, why) in &papers.unreadable {
        let why = why.in_lang(printer.lang());
        printer.line(format_args!("  {}: {why}", path.display()));
    }
}

/// Without a limit of entries only a line, and the warnings.
fn print_file(printer: &Printer, file: &Judged, limit: Option<usize>) {
    let lang = printer.lang();
    let (style, verdict) = match file.verdict() {
        Verdict::Genuine => (Style::Good, lang.pick("genuine", "autentyczne")),
        Verdict::SignerUnchecked => (
            Style::Warning,
            lang.pick(
                "signature valid, signer NOT checked against a trusted certificate",
                "podpis prawidłowy, podpisującego NIE porównano z zaufanym certyfikatem",
            ),
        ),
        Verdict::Wrong => (Style::Error, lang.pick("WRONG", "BŁĘDNE")),
    };
    let title = format!("{}: ", file.name);
    let mut line = Styled::new()
        .with(Style::Strong, title)
        .with(style, verdict);
    if let (None, Ok(claims)) = (limit, &file.claims) {
        line = line.plain("; ").plain(count(claims).in_lang(lang));
    }
    printer.styled(&line);
    let listed = |style, label: &str, texts: &[Text]| {
        for text in texts {
            let line = Styled::new().plain("  ").with(style, label);
            printer.styled(&line.plain(" ").plain(text.in_lang(lang)));
        }
    };
    let claims = match &file.claims {
        Ok(claims) => claims,
        Err(why) => {
            let wrong = lang.pick("error:", "błąd:");
            listed(Style::Error, wrong, std::slice::from_ref(why));
            return;
        }
    };
    listed(Style::Error, lang.pick("error:", "błąd:"), &claims.problems);
    listed(
        Style::Warning,
        lang.pick("warning:", "ostrzeżenie:"),
        &claims.warnings,
    );
    let Some(limit) = limit else { return };
    let mut fields = Fields::new(printer);
    facts(&mut fields, claims.signed.upo());
    signer(&mut fields, &claims.signed);
    fields.add_text(("invoices", "faktury"), &count(claims));
    fields.print();
    entries(printer, claims, limit);
}

/// Who, when, and how.
pub(crate) fn facts(fields: &mut Fields<'_>, upo: &Upo) {
    fields.add(("received by", "przyjął"), &upo.issuer);
    fields.add(("session", "sesja"), upo.session);
    fields.add(("context", "kontekst"), upo.context);
    fields.add_text(("logged in by", "logowanie"), &words::proof(upo));
    fields.add(
        ("form", "formularz"),
        format!("{} ({})", upo.form, upo.schema),
    );
    if let Some(page) = &upo.page {
        let page = text!(
            "{number} of {count}, invoices {first}–{last} of {total}",
            "{number} z {count}, faktury {first}–{last} z {total}",
            number = page.number,
            count = page.count,
            first = page.first,
            last = page.last,
            total = page.total
        );
        fields.add_text(("page", "strona"), &page);
    }
    fields.add(("version", "wersja"), upo.version.name());
}

fn signer(fields: &mut Fields<'_>, signed: &SignedUpo) {
    fields.add(("signed by", "podpisał"), signed.signer().subject());
    if let Some(time) = signed.signing_time() {
        fields.add(("signed at", "podpisano"), moment(time));
    }
    let chain = signed.chain().map_or(&[][..], |chain| chain.certificates());
    // A signer that is trusted by itself stands alone.
    let above = chain.get(1..).filter(|above| !above.is_empty());
    for certificate in above.unwrap_or(chain) {
        fields.add(("trusted by", "zaufany przez"), certificate.subject());
    }
}

fn count(claims: &Claims) -> Text {
    let of = |wanted: fn(&Match) -> bool| claims.matches.iter().filter(|it| wanted(it)).count();
    let all = claims.matches.len();
    let confirmed = of(|found| matches!(found, Match::Confirmed { .. }));
    let different = of(|found| matches!(found, Match::Differs { .. }));
    let without = of(|found| matches!(found, Match::Unmatched));
    text!(
        "{all}: {confirmed} confirmed, {different} different, {without} without a copy here",
        "{all}: potwierdzone {confirmed}, niezgodne {different}, bez kopii na tym komputerze {without}"
    )
}

fn entries(printer: &Printer, claims: &Claims, limit: usize) {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let lang = printer.lang();
    let mut table = Table::titled(
        printer,
        &[
            ("KSeF number", "numer KSeF"),
            ("number", "numer"),
            ("issued", "wystawiona"),
            ("numbered", "nadano"),
            ("mode", "tryb"),
            ("", ""),
            ("invoice", "faktura"),
        ],
    );
    let mut hidden = 0_usize;
    for (index, (entry, found)) in claims
        .signed
        .upo()
        .documents
        .iter()
        .zip(&claims.matches)
        .enumerate()
    {
        if index >= limit && !matches!(found, Match::Differs { .. }) {
            hidden += 1;
            continue;
        }
        let (verdict, invoice) = match found {
            Match::Confirmed { path, origin } => (
                lang.pick("confirmed", "potwierdzona"),
                format!("{}{}", path.display(), words::origin(*origin).in_lang(lang)),
            ),
            Match::Differs {
                path,
                origin,
                differences,
            } => {
                let told: Vec<String> = differences
                    .iter()
                    .map(|difference| words::difference(difference).in_lang(lang).to_owned())
                    .collect();
                let origin = words::origin(*origin);
                let invoice = format!(
                    "{}{}: {}",
                    path.display(),
                    origin.in_lang(lang),
                    told.join("; ")
                );
                (lang.pick("DIFFERENT", "NIEZGODNA"), invoice)
            }
            Match::Unmatched => (lang.pick("no copy", "bez kopii"), String::new()),
        };
        let mut cells = cells(entry);
        cells.extend([verdict.to_owned(), invoice]);
        table.row(cells);
    }
    table.print(printer);
    if hidden > 0 {
        printer.text(&text!(
            "… and {hidden} more; --limit 0 shows all",
            "… i kolejne: {hidden}; --limit 0 pokaże wszystkie"
        ));
    }
}

/// An entry as cells of a table: KSeF number, number, issue date, when numbered, mode.
pub(crate) fn cells(entry: &UpoDocument) -> Vec<String> {
    let mode = match entry.mode {
        Some(InvoicingMode::Offline) => "offline",
        Some(InvoicingMode::Online) => "online",
        None => "-",
    };
    vec![
        entry.ksef_number.to_string(),
        entry.number.clone(),
        entry.issue_date.to_string(),
        moment(entry.numbered),
        mode.to_owned(),
    ]
}

/// Up to so many files are shown in full; of more only those that are wrong.
const FILES_IN_FULL: usize = 5;

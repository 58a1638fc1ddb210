//! Reads a UPO, leniently: unknown elements, the signature and any issuer are accepted.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use ksef_core::calendar::warsaw;
use ksef_core::context::ContextIdentifier;
use ksef_core::digest::Sha256Digest;
use ksef_core::internal_id::InternalId;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;
use ksef_core::peppol_id::PeppolId;
use ksef_core::reference::{SessionRef, TokenRef};
use ksef_core::vat_ue::NipVatUe;

use super::{
    AuthenticationProof, NAMESPACE, NAMESPACE_4_2, Upo, UpoDocument, UpoError, UpoErrorKind,
    UpoPage, UpoVersion,
};
use crate::finding::{Fault, locate, shorten};
use crate::metadata::collapse;
use crate::problem::Problem;
use crate::semantics::InvoicingMode;
use crate::xml::{Event, Reader, XmlLimits, attribute_value, text_value};

/// Reads a UPO of version 4-3 or 4-2, signed or not. The signature is not checked.
///
/// A byte order mark is stepped over. Version 4-2 also knew KSeF numbers that begin with something
/// else than a NIP; these are refused.
///
/// # Errors
/// See [`UpoErrorKind`].
pub fn read(bytes: &[u8]) -> Result<Upo, UpoError> {
    let (base, content) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(content) => (3, content),
        None => (0, bytes),
    };
    let not_xml = |fault: Fault| {
        let finding = locate(bytes, vec![fault]).pop();
        let finding = finding.unwrap_or_else(|| crate::Finding::of_document(Problem::Empty));
        UpoError::new(UpoErrorKind::NotXml(Box::new(finding)))
    };
    let text = std::str::from_utf8(content).map_err(|error| {
        let at = error.valid_up_to();
        let byte = content.get(at).copied().unwrap_or_default();
        not_xml(Fault::at(base + at, Problem::NotUtf8 { byte }))
    })?;
    let mut reader = Reader::new(text, base, XmlLimits::default());
    let mut draft = Draft::default();
    let mut names: Vec<&str> = Vec::new();
    let mut value = String::new();
    let mut foreign = 0_usize;
    loop {
        match reader.next().map_err(|fault| not_xml(*fault))? {
            Event::Start(_) if foreign > 0 => foreign += 1,
            Event::Start(start) => {
                let namespace = reader.namespace(start.binding);
                if names.is_empty() {
                    draft.version = match (namespace, start.local) {
                        (NAMESPACE, "Potwierdzenie") => Some(UpoVersion::V4_3),
                        (NAMESPACE_4_2, "Potwierdzenie") => Some(UpoVersion::V4_2),
                        _ => return Err(UpoError::new(UpoErrorKind::NotUpo)),
                    };
                    draft.declared_version = declared_version(&reader);
                }
                let is_ours = draft.version.map(UpoVersion::namespace) == Some(namespace);
                value.clear();
                if is_ours {
                    names.push(start.local);
                } else {
                    foreign = 1;
                }
            }
            Event::Text { .. } if foreign > 0 => {}
            Event::Text { raw, form, .. } => value.push_str(&text_value(raw, form)),
            Event::End { .. } if foreign > 0 => foreign -= 1,
            Event::End { .. } => {
                let name = names.pop().unwrap_or_default();
                let parent = names.last().copied().unwrap_or_default();
                draft.set(parent, name, &collapse(&value))?;
                value.clear();
            }
            Event::Complete => return draft.finish(),
        }
    }
}

/// The attribute `wersjaSchemy` of the element whose start was read.
fn declared_version(reader: &Reader<'_>) -> Option<String> {
    let (raw, _) = reader.attribute("wersjaSchemy")?;
    Some(attribute_value(raw).into_owned())
}

#[derive(Debug, Default)]
struct Draft {
    version: Option<UpoVersion>,
    declared_version: Option<String>,
    issuer: Option<String>,
    session: Option<SessionRef>,
    context: Option<ContextIdentifier>,
    proof: Option<AuthenticationProof>,
    page: PageDraft,
    schema: Option<String>,
    form: Option<String>,
    document: DocumentDraft,
    documents: Vec<UpoDocument>,
}

#[derive(Debug, Default)]
struct PageDraft {
    number: Option<u64>,
    count: Option<u64>,
    first: Option<u64>,
    last: Option<u64>,
    total: Option<u64>,
}

#[derive(Debug, Default)]
struct DocumentDraft {
    seller: Option<Nip>,
    ksef_number: Option<KsefNumber>,
    number: Option<String>,
    issue_date: Option<Date>,
    sent: Option<Timestamp>,
    numbered: Option<Timestamp>,
    digest: Option<Sha256Digest>,
    mode: Option<InvoicingMode>,
}

impl Draft {
    /// Takes an element that has ended.
    fn set(&mut self, parent: &str, name: &str, value: &str) -> Result<(), UpoError> {
        match (parent, name) {
            ("Potwierdzenie", "Dokument") => {
                let document = std::mem::take(&mut self.document);
                self.documents.push(document.finish()?);
            }
            ("Potwierdzenie", "NazwaPodmiotuPrzyjmujacego") => self.issuer = Some(value.to_owned()),
            ("Potwierdzenie", "NumerReferencyjnySesji") => {
                self.session = parsed("NumerReferencyjnySesji", value, SessionRef::parse)?;
            }
            ("Potwierdzenie", "NazwaStrukturyLogicznej") => self.schema = Some(value.to_owned()),
            ("Potwierdzenie", "KodFormularza") => self.form = Some(value.to_owned()),
            ("IdKontekstu", kind) => self.context = context(kind, value)?.or(self.context),
            ("Uwierzytelnienie", "NumerReferencyjnyTokenaKSeF") => {
                let token = parsed("NumerReferencyjnyTokenaKSeF", value, TokenRef::parse)?;
                self.proof = token.map(AuthenticationProof::Token);
            }
            ("Uwierzytelnienie", "SkrotDokumentuUwierzytelniajacego") => {
                let element = "SkrotDokumentuUwierzytelniajacego";
                let digest = parsed(element, value, Sha256Digest::from_base64)?;
                self.proof = digest.map(AuthenticationProof::Document);
            }
            ("OpisPotwierdzenia", name) => self.page.set(name, value)?,
            ("Dokument", name) => self.document.set(name, value)?,
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<Upo, UpoError> {
        let page = self.page.finish()?;
        if self.documents.is_empty() {
            return Err(missing("Dokument"));
        }
        Ok(Upo {
            version: self
                .version
                .ok_or_else(|| UpoError::new(UpoErrorKind::NotUpo))?,
            declared_version: self.declared_version,
            issuer: self
                .issuer
                .ok_or_else(|| missing("NazwaPodmiotuPrzyjmujacego"))?,
            session: self
                .session
                .ok_or_else(|| missing("NumerReferencyjnySesji"))?,
            context: self.context.ok_or_else(|| missing("IdKontekstu"))?,
            proof: self
                .proof
                .ok_or_else(|| missing("SkrotDokumentuUwierzytelniajacego"))?,
            page,
            schema: self
                .schema
                .ok_or_else(|| missing("NazwaStrukturyLogicznej"))?,
            form: self.form.ok_or_else(|| missing("KodFormularza"))?,
            documents: self.documents,
        })
    }
}

impl PageDraft {
    fn set(&mut self, name: &str, value: &str) -> Result<(), UpoError> {
        let (element, slot) = match name {
            "Strona" => ("Strona", &mut self.number),
            "LiczbaStron" => ("LiczbaStron", &mut self.count),
            "ZakresDokumentowOd" => ("ZakresDokumentowOd", &mut self.first),
            "ZakresDokumentowDo" => ("ZakresDokumentowDo", &mut self.last),
            "CalkowitaLiczbaDokumentow" => ("CalkowitaLiczbaDokumentow", &mut self.total),
            _ => return Ok(()),
        };
        *slot = parsed(element, value, str::parse::<u64>)?;
        Ok(())
    }

    fn finish(self) -> Result<Option<UpoPage>, UpoError> {
        let parts = [self.number, self.count, self.first, self.last, self.total];
        if parts.iter().all(Option::is_none) {
            return Ok(None);
        }
        Ok(Some(UpoPage {
            number: self.number.ok_or_else(|| missing("Strona"))?,
            count: self.count.ok_or_else(|| missing("LiczbaStron"))?,
            first: self.first.ok_or_else(|| missing("ZakresDokumentowOd"))?,
            last: self.last.ok_or_else(|| missing("ZakresDokumentowDo"))?,
            total: self
                .total
                .ok_or_else(|| missing("CalkowitaLiczbaDokumentow"))?,
        }))
    }
}

impl DocumentDraft {
    fn set(&mut self, name: &str, value: &str) -> Result<(), UpoError> {
        match name {
            "NipSprzedawcy" => self.seller = parsed("NipSprzedawcy", value, Nip::parse)?,
            "NumerKSeFDokumentu" => {
                self.ksef_number = parsed("NumerKSeFDokumentu", value, KsefNumber::parse)?;
            }
            "NumerFaktury" => self.number = Some(value.to_owned()),
            "DataWystawieniaFaktury" => {
                self.issue_date =
                    parsed("DataWystawieniaFaktury", value, |text| date(text).ok_or(()))?;
            }
            "DataPrzeslaniaDokumentu" => {
                self.sent = parsed("DataPrzeslaniaDokumentu", value, instant)?;
            }
            "DataNadaniaNumeruKSeF" => {
                self.numbered = parsed("DataNadaniaNumeruKSeF", value, instant)?;
            }
            "SkrotDokumentu" => {
                self.digest = parsed("SkrotDokumentu", value, Sha256Digest::from_base64)?;
            }
            "TrybWysylki" => {
                self.mode = Some(match value {
                    "Online" => InvoicingMode::Online,
                    "Offline" => InvoicingMode::Offline,
                    _ => return Err(invalid("TrybWysylki", value)),
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<UpoDocument, UpoError> {
        Ok(UpoDocument {
            seller: self.seller.ok_or_else(|| missing("NipSprzedawcy"))?,
            ksef_number: self
                .ksef_number
                .ok_or_else(|| missing("NumerKSeFDokumentu"))?,
            number: self.number.ok_or_else(|| missing("NumerFaktury"))?,
            issue_date: self
                .issue_date
                .ok_or_else(|| missing("DataWystawieniaFaktury"))?,
            sent: self
                .sent
                .ok_or_else(|| missing("DataPrzeslaniaDokumentu"))?,
            numbered: self
                .numbered
                .ok_or_else(|| missing("DataNadaniaNumeruKSeF"))?,
            digest: self.digest.ok_or_else(|| missing("SkrotDokumentu"))?,
            mode: self.mode,
        })
    }
}

/// The context of an element of `IdKontekstu`; `None` for one this version does not know.
fn context(kind: &str, value: &str) -> Result<Option<ContextIdentifier>, UpoError> {
    let context = match kind {
        "Nip" => parsed("Nip", value, Nip::parse)?.map(ContextIdentifier::Nip),
        "IdWewnetrzny" => {
            parsed("IdWewnetrzny", value, InternalId::parse)?.map(ContextIdentifier::InternalId)
        }
        "IdZlozonyVatUE" => {
            parsed("IdZlozonyVatUE", value, NipVatUe::parse)?.map(ContextIdentifier::NipVatUe)
        }
        "IdDostawcyUslugPeppol" => parsed("IdDostawcyUslugPeppol", value, PeppolId::parse)?
            .map(ContextIdentifier::PeppolId),
        _ => None,
    };
    Ok(context)
}

/// An `xsd:date`; a zone after it does not change the day that is written.
fn date(text: &str) -> Option<Date> {
    let (day, zone) = text.split_at_checked(10)?;
    let is_zone = match zone.as_bytes() {
        [] | [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            [h1, h2, m1, m2].iter().all(|digit| digit.is_ascii_digit())
        }
        _ => false,
    };
    day.parse().ok().filter(|_| is_zone)
}

/// An `xsd:dateTime`; the schema lets the zone be left out, and then the clock is Warsaw's.
fn instant(text: &str) -> Result<Timestamp, jiff::Error> {
    text.parse::<Timestamp>().or_else(|error| {
        let local: DateTime = text.parse().map_err(|_: jiff::Error| error)?;
        Ok(local.to_zoned(warsaw())?.timestamp())
    })
}

fn parsed<T, E>(
    element: &'static str,
    value: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, UpoError> {
    parse(value).map(Some).map_err(|_| invalid(element, value))
}

fn invalid(element: &'static str, value: &str) -> UpoError {
    UpoError::new(UpoErrorKind::Invalid {
        element,
        value: shorten(value),
    })
}

const fn missing(element: &'static str) -> UpoError {
    UpoError::new(UpoErrorKind::Missing(element))
}

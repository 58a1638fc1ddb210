//! From a document to a [`Page`]: what the form says, in the order in which people look for it.
//!
//! Each form has a reader that sets what it knows in place. What it did not take is found afterwards by walking the
//! document once more, and set at the end with the names of where it stood: nothing that an invoice says is left out,
//! also when the form grows.

mod fa;
mod field;
mod ubl;
mod upo;
mod walk;

use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_invoice::check::Rules;
use ksef_invoice::finding::{Finding, Language};
use ksef_invoice::summary::Summary;
use ksef_invoice::tree::{Element, Tree};
use ksef_invoice::upo::{NAMESPACE as UPO, NAMESPACE_4_2 as UPO_4_2};

use self::field::Dictionary;
use self::walk::Walk;
use crate::page::{Block, CodeBox, Fact, Page, Words};

/// What is known of an invoice beside its file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The language of labels and codes.
    pub language: Language,
    /// The number that KSeF gave it.
    pub ksef_number: Option<KsefNumber>,
    /// A word across the page: see [`Options::draft`] and [`Options::offline`].
    pub watermark: Option<String>,
    /// The codes to set on the page, in this order.
    pub codes: Vec<CodeBox>,
    /// SHA-256 of the file, to be printed; `None` leaves it out.
    pub digest: Option<Sha256Digest>,
}

impl Options {
    /// Labels in this language, and nothing known beside the file.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self {
            language,
            ksef_number: None,
            watermark: None,
            codes: Vec::new(),
            digest: None,
        }
    }

    /// Marks the page as that of an invoice that was not issued.
    #[must_use]
    pub fn draft(mut self) -> Self {
        self.watermark = Some(match self.language {
            Language::Polish => "PROJEKT".to_owned(),
            Language::English => "DRAFT".to_owned(),
        });
        self
    }

    /// Marks the page as that of an invoice that was issued offline and has no number of KSeF yet.
    #[must_use]
    pub fn offline(mut self) -> Self {
        self.watermark = Some("OFFLINE".to_owned());
        self
    }
}

/// Why a document has no page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unreadable {
    /// It is not well-formed XML: where, and why.
    Xml(Vec<Finding>),
    /// Its root element is none that this crate knows; the name.
    Form(String),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Xml(findings) => match findings.first() {
                Some(finding) => write!(
                    formatter,
                    "the document is not well-formed: {}",
                    finding.message(Language::English)
                ),
                None => formatter.write_str("the document is not well-formed"),
            },
            Self::Form(root) => write!(
                formatter,
                "the document <{root}> is no invoice of a form that KSeF knows"
            ),
        }
    }
}

impl std::error::Error for Unreadable {}

/// The title, the number and what stands beside them.
#[derive(Default)]
struct Head {
    title: String,
    number: String,
    facts: Vec<Fact>,
}

/// What a reader of a form gives.
#[derive(Default)]
struct Parts {
    head: Head,
    blocks: Vec<Block>,
    colophon: Vec<Fact>,
}

type Reader = fn(&Walk, Element<'_>) -> Parts;

/// The page of an invoice of any form: FA(2), FA(3), FA_RR(1), PEF(3), PEF_KOR(3).
///
/// # Errors
/// [`Unreadable`]: the bytes are no XML, or no form that KSeF knows. What is only invalid is shown as it stands.
pub fn invoice(bytes: &[u8], options: &Options) -> Result<Page, Unreadable> {
    let tree = Tree::read(bytes, &Rules::default()).map_err(Unreadable::Xml)?;
    let root = tree.root();
    let (dictionary, read): (&'static Dictionary, Reader) = match (root.namespace(), root.name()) {
        (
            "http://crd.gov.pl/wzor/2025/06/25/13775/" | "http://crd.gov.pl/wzor/2023/06/29/12648/",
            "Faktura",
        ) => (&fa::fields::FA, fa::read),
        ("http://crd.gov.pl/wzor/2026/03/06/14189/", "Faktura") => {
            (&fa::fields::FA_RR, fa::read_rr)
        }
        ("urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "Invoice")
        | ("urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "CreditNote") => {
            (&ubl::FIELDS, ubl::read)
        }
        (_, name) => return Err(Unreadable::Form(name.to_owned())),
    };
    let walk = Walk::new(options.language, dictionary);
    let parts = read(&walk, root);
    let summary = Summary::of(&tree);
    let mut page = page(&walk, root, parts, options);
    page.author = summary.seller.name;
    page.issued = day(&summary.issue_date);
    Ok(page)
}

/// The page of a UPO of version 4-2 or 4-3, of one invoice or of a page of a session. Its signature is not judged, and
/// the page says that the signed file is the proof. Of `options` only the language and the digest apply.
///
/// # Errors
/// [`Unreadable`]: the bytes are no XML, or no UPO.
pub fn upo(bytes: &[u8], options: &Options) -> Result<Page, Unreadable> {
    let tree = Tree::read(bytes, &Rules::default()).map_err(Unreadable::Xml)?;
    let root = tree.root();
    if !is_upo_root(root) {
        return Err(Unreadable::Form(root.name().to_owned()));
    }
    let options = Options {
        digest: options.digest,
        ..Options::new(options.language)
    };
    let walk = Walk::new(options.language, &upo::FIELDS);
    let parts = upo::read(&walk, root);
    let numbered = root.value_at(&["Dokument", "DataNadaniaNumeruKSeF"]);
    let mut page = page(&walk, root, parts, &options);
    page.author = root
        .value_at(&["NazwaPodmiotuPrzyjmujacego"])
        .unwrap_or_default()
        .to_owned();
    page.issued = day(numbered.unwrap_or_default());
    Ok(page)
}

/// Whether a document is a UPO, by its root element; what is no XML is none.
#[must_use]
pub fn is_upo(bytes: &[u8]) -> bool {
    // Nearly every document is an invoice, and its text says so without being parsed.
    std::str::from_utf8(bytes).is_ok_and(|text| text.contains(UPO_ROOT))
        && Tree::read(bytes, &Rules::default()).is_ok_and(|tree| is_upo_root(tree.root()))
}

const UPO_ROOT: &str = "Potwierdzenie";

fn is_upo_root(root: Element<'_>) -> bool {
    root.name() == UPO_ROOT && [UPO, UPO_4_2].contains(&root.namespace())
}

fn page(walk: &Walk, root: Element<'_>, parts: Parts, options: &Options) -> Page {
    let Parts {
        head,
        mut blocks,
        mut colophon,
    } = parts;
    let rest = walk.rest(root);
    if !rest.is_empty() {
        blocks.push(Block::heading(walk.say("Pozostałe dane", "Other data")));
        blocks.extend(rest);
    }
    let mut facts = head.facts;
    if let Some(number) = options.ksef_number {
        facts.insert(
            0,
            Fact::new(walk.say("Numer KSeF", "KSeF number"), number.to_string()),
        );
    }
    if let Some(digest) = options.digest {
        colophon.push(Fact::new("SHA-256", digest.to_base64()));
    }
    Page {
        language: language_code(options.language),
        title: head.title,
        number: head.number,
        author: String::new(),
        issued: None,
        watermark: options.watermark.clone(),
        facts,
        blocks,
        codes: options.codes.clone(),
        colophon,
        words: Words::new(options.language),
    }
}

/// A day as properties of documents have it.
fn day(text: &str) -> Option<(i16, i8, i8)> {
    let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
    Some((day.year(), day.month(), day.day()))
}

/// As `lang` attributes have it.
const fn language_code(language: Language) -> &'static str {
    match language {
        Language::Polish => "pl",
        Language::English => "en",
    }
}

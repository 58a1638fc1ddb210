//! `ksef invoice verify-qr`

mod check;
mod offline;
mod page;

use std::path::{Path, PathBuf};

use ksef_core::environment::{Environment, EnvironmentKind};
use ksef_core::verification_link::VerificationLink;
use ksef_render::qr;
use serde_json::{Value, json};

use crate::codes;
use crate::connect::Target;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::place::Place;
use crate::printer::{Fields, Printer};

use check::{Check, Checks};
use page::Answered;

/// Check the link of a QR code: its form, the invoice's file, the signature, and what KSeF says
///
/// Without --online nothing leaves this machine. Ends with 4 when a check fails, with 5 when only KSeF's page says no,
/// and with 2 when the signature of a code II could not be checked by anybody.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The link is what a reader of QR codes shows. A PNG file with one code is read here.

With --online the page behind the link is asked. A sandbox tells check by check what it found. The Ministry's pages are \
made for people: of them only the HTTP status is reported, and what they say is to be read in a browser.

Examples:
  ksef invoice verify-qr https://qr.ksef.mf.gov.pl/invoice/5265877635/01-02-2026/MZGej…
  ksef invoice verify-qr invoice-qr1.png --invoice invoice.xml
  ksef invoice verify-qr LINK --invoice invoice.xml --certificate offline.crt
  ksef invoice verify-qr LINK --online --json")]
pub(crate) struct Args {
    /// The link of code I or code II, or a PNG file with the code
    #[arg(value_name = "LINK")]
    link: String,

    /// The invoice that the link should lead to: hash, seller and date are compared
    #[arg(long, value_name = "FILE")]
    invoice: Option<PathBuf>,

    /// The issuer's certificate (PEM or DER), for code II; without it one kept by ksef cert with the same serial number
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,

    /// Ask the page behind the link too
    #[arg(long)]
    online: bool,
}

/// Checks the link.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let link = read_link(&args.link)?;
    let target = Target::resolve(context)?;
    let origin = Origin::of(&link);
    let mut checks = Checks::default();
    check_host(&mut checks, context, &target, &link, origin);
    offline::check(&mut checks, context, args, &link, origin)?;
    let answered = if args.online {
        Some(page::ask(context, target, &link, origin).await?)
    } else {
        None
    };
    let report = Report {
        link: &link,
        origin,
        checks: &checks,
        answered: answered.as_ref(),
    };
    context
        .printer
        .result(&report.json(), |printer| report.print(printer));
    report.conclude(context)
}

/// The link that was given, or the one in the image.
fn read_link(given: &str) -> Result<VerificationLink> {
    let given = given.trim();
    let is_file = !given.contains("://") && Path::new(given).is_file();
    let text = if is_file {
        in_image(Path::new(given))?
    } else {
        given.to_owned()
    };
    VerificationLink::parse(&text).map_err(|source| {
        Error::new(
            Exit::InvalidInvoice,
            text!(
                "this is no link of code I or code II",
                "to nie jest link kodu I ani kodu II"
            ),
        )
        .caused_by(source)
        .hint(text!(
            "give the link exactly as the code holds it, or the image of the code as a PNG file",
            "podaj link dokładnie tak, jak jest zapisany w kodzie, albo obraz kodu jako plik PNG"
        ))
    })
}

/// What the one code of an image holds.
fn in_image(file: &Path) -> Result<String> {
    let name = file.display();
    let unreadable = || {
        Error::usage(text!(
            "{name} is no PNG image that can be read",
            "{name} nie jest obrazem PNG, który można odczytać"
        ))
        .hint(text!(
            "give a PNG of at most 50 million pixels, or the link itself",
            "podaj plik PNG mający najwyżej 50 milionów pikseli albo sam link"
        ))
    };
    let bytes = std::fs::read(file).map_err(|source| unreadable().caused_by(source))?;
    let mut texts = qr::read_png(&bytes).map_err(|source| unreadable().caused_by(source))?;
    match (texts.pop(), texts.is_empty()) {
        (Some(text), true) => Ok(text),
        (None, _) => Err(Error::new(
            Exit::InvalidInvoice,
            text!(
                "no QR code can be read in {name}",
                "w {name} nie można odczytać żadnego kodu QR"
            ),
        )
        .hint(text!(
            "give a sharper or larger image, or the link itself",
            "podaj ostrzejszy lub większy obraz albo sam link"
        ))),
        (Some(_), false) => Err(Error::usage(text!(
            "there are several QR codes in {name}",
            "w {name} jest kilka kodów QR"
        ))
        .hint(text!(
            "cut out one, or give its link",
            "wytnij jeden z nich albo podaj jego link"
        ))),
    }
}

/// Whose pages the link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The Ministry's.
    Official(EnvironmentKind),
    /// Those of a KSeF on this machine.
    Local,
    /// Somebody else's.
    Other,
}

impl Origin {
    fn of(link: &VerificationLink) -> Self {
        let base = link.qr_base();
        let official = [
            Environment::test(),
            Environment::demo(),
            Environment::production(),
        ];
        if let Some(found) = official.iter().find(|known| known.qr_base() == base) {
            return Self::Official(found.kind());
        }
        // Plain http is accepted for this machine alone.
        match Environment::custom(base) {
            Ok(_) if base.starts_with("http://") => Self::Local,
            _ => Self::Other,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Official(kind) => kind.name(),
            Self::Local => "sandbox",
            Self::Other => "unknown",
        }
    }

    fn is_production(self) -> bool {
        self == Self::Official(EnvironmentKind::Production)
    }
}

/// Whether the pages are of KSeF, and of the environment that was asked for.
fn check_host(
    checks: &mut Checks,
    context: &Context,
    target: &Target,
    link: &VerificationLink,
    origin: Origin,
) {
    let global = &context.global;
    let expected = codes::qr_base(&target.place);
    let base = link.qr_base();
    let is_asked = target.profile.is_some() || global.environment.is_some() || global.url.is_some();
    let is_embedded = target.place == Place::EmbeddedSandbox;
    if is_asked && !(is_embedded && origin == Origin::Local) {
        let place = &target.place;
        checks.add(Check::of(
            "environment",
            codes::leads_to(&target.place, base),
            text!(
                "the link leads to {place} ({base})",
                "link prowadzi do {place} ({base})"
            ),
            text!(
                "the link leads to {base}, not to {expected}, where {place} has its pages",
                "link prowadzi do {base}, a nie do {expected}, gdzie {place} ma swoje strony"
            ),
        ));
        return;
    }
    checks.add(Check::of(
        "environment",
        origin != Origin::Other,
        text!(
            "the link leads to KSeF: {name}",
            "link prowadzi do KSeF: {name}",
            name = origin.name()
        ),
        text!(
            "the link leads to {base}, which is no address of KSeF; do not open it",
            "link prowadzi do {base}, a to nie jest adres KSeF; nie otwieraj go"
        ),
    ));
}

/// What was found.
struct Report<'a> {
    link: &'a VerificationLink,
    origin: Origin,
    checks: &'a Checks,
    answered: Option<&'a Answered>,
}

impl Report<'_> {
    /// How the command ends, and why, when not well.
    fn conclude(&self, context: &Context) -> Result<Exit> {
        if self.checks.has_failed() {
            return Ok(Exit::InvalidInvoice);
        }
        if let Some(answered) = self.answered
            && answered.exit() != Exit::Done
        {
            return Ok(answered.exit());
        }
        let is_signature_open = self.checks.is_open(offline::SIGNATURE);
        if !is_signature_open || self.answered.is_some_and(Answered::has_verified) {
            return Ok(Exit::Done);
        }
        context.printer.hint(&text!(
            "the signature was not checked: give the issuer's certificate with --certificate, or ask KSeF's page with --online",
            "nie sprawdzono podpisu: podaj certyfikat wystawcy w --certificate albo zapytaj stronę KSeF opcją --online"
        ));
        Ok(Exit::Usage)
    }

    fn json(&self) -> Value {
        let mut value = json!({
            "valid": !self.checks.has_failed() && self.answered.is_none_or(|it| it.exit() == Exit::Done),
            "qrBase": self.link.qr_base(),
            "environment": self.origin.name(),
            "checks": self.checks.json(),
            "online": self.answered.map(Answered::json),
        });
        let more = match self.link {
            VerificationLink::Invoice { link, .. } => json!({
                "code": "I",
                "sellerNip": link.seller(),
                "issueDate": link.issued(),
                "invoiceHash": link.digest(),
            }),
            VerificationLink::Certificate { link, .. } => json!({
                "code": "II",
                "context": link.context.to_string(),
                "sellerNip": link.seller,
                "certificateSerialNumber": link.serial,
                "invoiceHash": link.digest,
            }),
        };
        if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
            value.extend(more);
        }
        value
    }

    fn print(&self, printer: &Printer) {
        let mut fields = Fields::new(printer);
        match self.link {
            VerificationLink::Invoice { link, .. } => {
                fields.add(("code", "kod"), "I");
                fields.add(("seller", "sprzedawca"), link.seller());
                fields.add(("date of issue", "data wystawienia"), link.issued());
                fields.add(("SHA-256", "SHA-256"), link.digest().to_base64());
            }
            VerificationLink::Certificate { link, .. } => {
                fields.add(("code", "kod"), "II");
                fields.add(("context", "kontekst"), link.context);
                fields.add(("seller", "sprzedawca"), link.seller);
                fields.add(("certificate", "certyfikat"), link.serial);
                fields.add(("SHA-256", "SHA-256"), link.digest.to_base64());
            }
        }
        fields.print();
        self.checks.print(printer);
        if let Some(answered) = self.answered {
            answered.print(printer);
        }
    }
}

//! `ksef sandbox`

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ksef_sandbox::faults::Fault;
use ksef_sandbox::{Bounds, Latency, LimitProfile, Sandbox, Tls};
use serde::Serialize;

use crate::connect::embedded;
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;
use crate::send::stop;

/// Arguments of `ksef sandbox`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The sandbox answers as KSeF does: it verifies signatures, decrypts, checks, numbers, signs UPOs, and enforces \
permissions and request limits. Self-signed test certificates are accepted, as on TEST. The control API under \
/_sandbox/ (this machine only) moves the clock, scripts faults, resets the world and shows what is in it.

A fault is TARGET:ACTION[*COUNT][+SKIP][@CONTEXT]. TARGET is an operation (sessions.send_invoice), a group \
(invoice-send), a path pattern (GET /sessions/*) or *. ACTION is delay=2s, late=2s, 429 or 429=SECONDS, 500 to 599, 503-html, \
error=CODE, waf, waf-json, drop-before, drop-after, stale-key, session-unavailable, session-415, lose-part or cut-upload (PUT /storage/*), cut-download, corrupt, wrong-hash (invoices.export) or never-finish.

Examples:
  ksef sandbox
  ksef sandbox --port 0 --json                       a free port, told as JSON
  ksef sandbox --data ./ksef-world --limits production
  ksef sandbox --fault 'invoice-send:drop-after*2' --latency 2s
  ksef sandbox --frozen-at 2026-12-31T23:59:00+01:00
  ksef sandbox --seed 7 --frozen-at 2026-11-21T08:00:00Z --latency 0s
                                                     the same requests get the same answers, run after run
  ksef sandbox --tls --tls-name ksef.example --tls-ca ./ca.pem --bind 0.0.0.0
  SSL_CERT_FILE=./ca.pem ksef doctor --url https://localhost:8080/v2
  ksef sandbox --query-max 20 --export-max 7 --export-part-max 2000 --out-of-order
                                                     the seams of searches and packages with a handful of invoices
  ksef sandbox --public-url https://ksef.example     links in answers begin with this address

A browser shows the world at work under /_sandbox/.")]
pub(crate) struct Args {
    /// Port; 0 for any free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,

    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: IpAddr,

    /// Keep the world in this folder; without it the world ends with the command
    #[arg(long, value_name = "DIR", conflicts_with = "embedded")]
    data: Option<PathBuf>,

    /// Serve the world that commands without a profile use
    #[arg(long)]
    embedded: bool,

    /// Request limits: none, ten times production (as the Ministry's TEST had), or those of production
    #[arg(long, value_enum, default_value = "test")]
    limits: Limits,

    /// How long everything asynchronous takes, for instance 0s, 250ms or 5s
    #[arg(long, value_name = "TIME", value_parser = parse_latency)]
    latency: Option<Duration>,

    /// Script a fault; may be given several times
    #[arg(long, value_name = "FAULT", value_parser = parse_fault)]
    fault: Vec<Fault>,

    /// Stop the clock of the world at this instant
    #[arg(long, value_name = "INSTANT")]
    frozen_at: Option<Timestamp>,

    /// Draw keys, references and tokens from this number, so that a run can be repeated; for tests only
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Invoices that one set of filters of a search shows, instead of 10 000: to meet the seams with few
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    query_max: Option<u32>,

    /// Invoices of one exported package, instead of 10 000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    export_max: Option<u32>,

    /// Bytes of one part of an exported package, instead of 50 000 000
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..=50_000_000))]
    export_part_max: Option<u64>,

    /// Let every second invoice be found late, with a date of storing that others have overtaken, as KSeF does
    #[arg(long)]
    out_of_order: bool,

    /// Speak TLS, under a certificate made for localhost, the address and the names given
    #[arg(long)]
    tls: bool,

    /// One more host name or IP address of the certificate; may be given several times
    #[arg(long, value_name = "NAME", requires = "tls")]
    tls_name: Vec<String>,

    /// Write the certificate that clients have to trust to this file
    #[arg(long, value_name = "FILE", requires = "tls")]
    tls_ca: Option<PathBuf>,

    /// The address by which clients reach the sandbox, when it is another than the one they name
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Limits {
    Off,
    Test,
    Production,
}

/// Where a running sandbox is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    base_url: String,
    control_url: String,
    world_id: String,
    /// PEM of the authority that clients have to trust; none without TLS.
    tls_authority: Option<String>,
}

/// Serves until Ctrl-C or SIGTERM.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let address = SocketAddr::new(args.bind, args.port);
    if context.global.dry_run {
        context.printer.note(&text!(
            "would serve at {address}",
            "piaskownica działałaby pod adresem {address}"
        ));
        return Ok(Exit::Done);
    }
    // Before it is told that the sandbox is there, so that a signal right after that ends it in good order.
    let signal = tokio::spawn(stop::signal());
    let sandbox = start(context, args, address).await?;
    for fault in &args.fault {
        sandbox.add_fault(fault.clone());
    }
    announce(context, args, &sandbox);
    // A task that cannot wait for signals any more ends as a signal would.
    let _ = signal.await;
    context.printer.note(&text!("stopping", "zatrzymywanie"));
    sandbox.shutdown().await;
    Ok(Exit::Done)
}

async fn start(context: &Context, args: &Args, address: SocketAddr) -> Result<Sandbox> {
    let mut builder = Sandbox::builder().bind(address).limits(match args.limits {
        Limits::Off => LimitProfile::Off,
        Limits::Test => LimitProfile::Test,
        Limits::Production => LimitProfile::Production,
    });
    if let Some(latency) = args.latency {
        builder = builder.latency(Latency::uniform(latency));
    }
    if let Some(at) = args.frozen_at {
        builder = builder.frozen_at(at);
    }
    let usual = Bounds::default();
    builder = builder
        .stores_out_of_order(args.out_of_order)
        .bounds(Bounds {
            query_results_max: args.query_max.unwrap_or(usual.query_results_max),
            export_invoices_max: args.export_max.unwrap_or(usual.export_invoices_max),
            export_part_bytes_max: args.export_part_max.unwrap_or(usual.export_part_bytes_max),
            ..usual
        });
    if let Some(seed) = args.seed {
        builder = builder.seed(seed);
    }
    if let Some(url) = &args.public_url {
        builder = builder.public_url(url);
    }
    if args.tls {
        builder = builder.tls(tls(args));
    }
    let folder = if args.embedded {
        Some(context.home.sandbox_dir())
    } else {
        args.data.clone()
    };
    if let Some(folder) = folder {
        builder = builder.data_dir(folder);
    }
    builder.start().await.map_err(embedded::not_started)
}

fn tls(args: &Args) -> Tls {
    let named = args.tls_name.iter().fold(Tls::new(), Tls::with_name);
    match &args.tls_ca {
        Some(file) => named.with_authority_file(file),
        None => named,
    }
}

fn announce(context: &Context, args: &Args, sandbox: &Sandbox) {
    let shown = Shown {
        base_url: sandbox.base_url(),
        control_url: sandbox.control_url(),
        world_id: sandbox.world_id().to_string(),
        tls_authority: sandbox.tls_authority().map(str::to_owned),
    };
    let printer = &context.printer;
    printer.result(&shown, |printer| {
        let (base, control) = (&shown.base_url, &shown.control_url);
        printer.text(&text!(
            "KSeF sandbox at {base}",
            "Piaskownica KSeF działa pod adresem {base}"
        ));
        printer.line("");
        printer.line(format_args!("  ksef invoice send FILE --url {base}"));
        printer.line(format_args!(
            "  curl {base}/security/public-key-certificates"
        ));
        printer.line(format_args!("  curl {control}"));
        printer.line("");
    });
    printer.note(&text!(
        "a browser shows it at work: {control}",
        "podgląd w przeglądarce: {control}",
        control = shown.control_url
    ));
    announce_tls(context, args);
    let root = shown.base_url.trim_end_matches("/v2");
    printer.note(&text!(
        "a client that adds /v2 by itself takes {root}",
        "klient, który sam dopisuje /v2, przyjmuje adres {root}"
    ));
    if !args.bind.is_loopback() {
        printer.warn(&text!(
            "others can reach the sandbox; it protects nothing, and its control API answers this machine only",
            "piaskownica jest dostępna z innych komputerów; niczego nie chroni, a jej API sterujące odpowiada tylko temu komputerowi"
        ));
    }
    if args.data.is_none() && !args.embedded {
        printer.note(&text!(
            "the world ends with this command; keep it with --data DIR",
            "dane piaskownicy znikną po jej zatrzymaniu; zachowasz je opcją --data FOLDER"
        ));
    }
    printer.note(&text!(
        "stop it with Ctrl-C",
        "zatrzymasz ją klawiszami Ctrl-C"
    ));
}

fn announce_tls(context: &Context, args: &Args) {
    if !args.tls {
        return;
    }
    context.printer.note(&match &args.tls_ca {
        Some(file) => text!(
            "clients have to trust {file}, for instance by SSL_CERT_FILE={file}",
            "klienci muszą ufać certyfikatowi {file}, na przykład przez SSL_CERT_FILE={file}",
            file = file.display()
        ),
        None => text!(
            "clients have to trust its certificate: --tls-ca FILE writes it, --json shows it",
            "klienci muszą zaufać jej certyfikatowi: zapisze go --tls-ca PLIK, pokaże --json"
        ),
    });
}

fn parse_latency(text: &str) -> Result<Duration, String> {
    let expected = "write a time such as 0s, 250ms or 5s, at most an hour";
    let parsed: SignedDuration = text.parse().map_err(|_| expected.to_owned())?;
    let latency = Duration::try_from(parsed).map_err(|_| expected.to_owned())?;
    if latency > LATENCY_MAX {
        Err(expected.to_owned())
    } else {
        Ok(latency)
    }
}

fn parse_fault(text: &str) -> Result<Fault, String> {
    Fault::parse(text).map_err(|error| error.to_string())
}

const LATENCY_MAX: Duration = Duration::from_secs(3600);

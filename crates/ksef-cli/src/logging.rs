//! Diagnostics for those who look for a fault: on stderr, off unless asked for.
//!
//! Secrets are of types that show nothing, and no layer below logs bodies or `Authorization`, so that there is
//! nothing to filter here.

use std::io;

use tracing_subscriber::EnvFilter;

/// Starts logging as `KSEF_LOG` says (for instance `ksef_sdk=debug`), otherwise by the number of `-v`: one for
/// the calls to KSeF, two for the sandbox too, three for everything. Without either, nothing is logged.
pub(crate) fn start(verbosity: u8, colour: bool) {
    let filter = match std::env::var("KSEF_LOG") {
        Ok(directives) if !directives.is_empty() => EnvFilter::new(directives),
        _ if verbosity == 0 => return,
        _ => EnvFilter::new(match verbosity {
            1 => "ksef=debug,ksef_sdk=debug,info",
            2 => "ksef=debug,ksef_sdk=debug,ksef_sandbox=debug,info",
            _ => "ksef=trace,ksef_sdk=trace,ksef_sandbox=trace,debug",
        }),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colour)
        .init();
}

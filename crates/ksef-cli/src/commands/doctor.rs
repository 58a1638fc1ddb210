//! `ksef doctor`

mod check;
mod local;
mod self_check;
mod server;

use serde::Serialize;

use crate::connect::{Connection, Target};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::{Text, text};
use crate::printer::Printer;

use check::{Check, Level};

/// Arguments of `ksef doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Looks at this machine (configuration, folders, secrets, certificate), at the KSeF of the profile (reachable, clock, \
public keys, login), at what Latarnia says of it, and sends an example invoice through a sandbox of its own, in memory. Nothing is changed at KSeF \
except that a login is made. The exit code is 0 unless a check fails.

Examples:
  ksef doctor
  ksef doctor --profile firm
  ksef doctor --offline --json")]
pub(crate) struct Args {
    /// Do not talk to KSeF
    #[arg(long)]
    offline: bool,

    /// Leave the check on the sandbox out
    #[arg(long)]
    no_self_check: bool,
}

#[derive(Debug, Serialize)]
struct Document {
    healthy: bool,
    checks: Vec<ShownCheck>,
}

#[derive(Debug, Serialize)]
struct ShownCheck {
    check: &'static str,
    level: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<String>,
}

/// Checks everything.
pub(crate) async fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut report = Report::new(&context.printer);
    report.add(local::configuration(context));
    report.add(local::folders(context));
    report.add(local::secrets(context));
    match Target::resolve(context) {
        Ok(target) => {
            report.add(target_is(&target));
            report.add_all(local::login(context, &target));
            if !args.offline {
                remote(context, target, &mut report).await;
            }
        }
        Err(error) => report.add(Check::of_error("target", &error)),
    }
    if !args.no_self_check {
        let progress = context
            .printer
            .progress(0, &text!("self-check", "autotest"));
        let checks = self_check::run(context).await;
        drop(progress);
        report.add_all(checks);
    }
    Ok(report.finish())
}

async fn remote(context: &Context, target: Target, report: &mut Report<'_>) {
    match Connection::to(context, target).await {
        Ok(connection) => {
            let reached = server::server(context, &connection).await;
            report.add_all(server::latarnia(context, &connection).await);
            let is_reached = reached.iter().all(|check| check.level != Level::Fail);
            report.add_all(reached);
            if is_reached {
                report.add_all(server::public_keys(context, &connection).await);
                report.add(server::login(context, &connection).await);
            }
        }
        Err(error) => report.add(Check::of_error("server", &error)),
    }
}

fn target_is(target: &Target) -> Check {
    let place = &target.place;
    let who = target
        .context
        .map_or_else(|| "-".to_owned(), |who| who.to_string());
    let login = target.login.method();
    Check::ok(
        "target",
        match &target.profile {
            Some(profile) => text!(
                "profile {profile}: {place}, context {who}, login by {login}",
                "profil {profile}: {place}, kontekst {who}, logowanie: {login}"
            ),
            None => text!(
                "no profile: {place}, context {who}, login by {login}",
                "bez profilu: {place}, kontekst {who}, logowanie: {login}"
            ),
        },
    )
}

/// Prints checks as they come, or all at the end as one document.
struct Report<'a> {
    printer: &'a Printer,
    checks: Vec<Check>,
}

impl<'a> Report<'a> {
    fn new(printer: &'a Printer) -> Self {
        Self {
            printer,
            checks: Vec::new(),
        }
    }

    fn add(&mut self, check: Check) {
        if !self.printer.is_json() {
            check.print(self.printer);
        }
        self.checks.push(check);
    }

    fn add_all(&mut self, checks: impl IntoIterator<Item = Check>) {
        for check in checks {
            self.add(check);
        }
    }

    fn finish(self) -> Exit {
        let lang = self.printer.lang();
        let said = |text: &Text| text.in_lang(lang).to_owned();
        let count = |level| {
            self.checks
                .iter()
                .filter(|check| check.level == level)
                .count()
        };
        let (warnings, failures) = (count(Level::Warn), count(Level::Fail));
        if self.printer.is_json() {
            let shown = |check: &Check| ShownCheck {
                check: check.name,
                level: check.level.name(),
                message: said(&check.message),
                hints: check.hints.iter().map(said).collect(),
            };
            self.printer.json(&Document {
                healthy: failures == 0,
                checks: self.checks.iter().map(shown).collect(),
            });
        } else {
            self.printer.line("");
            self.printer.text(&match (failures, warnings) {
                (0, 0) => text!("everything is in order", "wszystko w porządku"),
                (0, warnings) => text!(
                    "in order, with {warnings} warning(s)",
                    "w porządku, ostrzeżenia: {warnings}"
                ),
                (failures, _) => text!(
                    "{failures} check(s) failed",
                    "nieudane sprawdzenia: {failures}"
                ),
            });
        }
        self.checks
            .iter()
            .fold(Exit::Done, |exit, check| exit.worse(check.exit))
    }
}

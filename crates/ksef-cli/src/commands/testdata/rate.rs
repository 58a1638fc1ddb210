//! `ksef testdata rate`

use ksef_api::operation::RateGroup;
use ksef_api::ops::limits::{GetRateLimits, RateValues};
use ksef_api::ops::testdata::{
    RateLimitsOverride, ResetRateLimits, SetProductionRateLimits, SetRateLimits,
};
use ksef_core::context::ContextIdentifier;
use serde_json::json;

use super::Change;
use crate::connect::{Connection, Ksef};
use crate::context::Context;
use crate::error::Result;
use crate::exit::Exit;
use crate::lang::text;

/// The commands of the group.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Change limits of requests of the context
    Set(SetArgs),
    /// Restore the limits of requests of the environment
    Reset(ResetArgs),
    /// Apply the limits of requests of production
    Production(ProductionArgs),
}

/// Arguments of `ksef testdata rate set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Groups that are not named keep their limits. Where a limit is off, that of production is set: KSeF wants a number \
everywhere.

Groups: onlineSession, batchSession, invoiceSend, invoiceStatus, sessionList, sessionInvoiceList, sessionMisc, \
invoiceMetadata, invoiceExport, invoiceExportStatus, invoiceDownload, collectiveIdentifier, other.

Examples:
  ksef testdata rate set --limit invoiceSend=10/30/180
  ksef testdata rate set --limit other=1/5/20 --limit sessionMisc=2/10/60 --env test --context 5265877635")]
pub(crate) struct SetArgs {
    /// Requests of a group in a second, a minute and an hour; may be given several times
    #[arg(long, value_name = "GROUP=S/MIN/H", required = true, value_parser = parse_limit)]
    limit: Vec<Limit>,
}

/// Arguments of `ksef testdata rate reset`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata rate reset")]
pub(crate) struct ResetArgs {}

/// Arguments of `ksef testdata rate production`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef testdata rate production")]
pub(crate) struct ProductionArgs {}

/// New limits of a group.
#[derive(Clone, Copy, Debug)]
struct Limit {
    group: RateGroup,
    values: RateValues,
}

/// Runs a command of the group.
pub(crate) async fn run(context: &Context, command: Command) -> Result<Exit> {
    let connection = Connection::open(context).await?;
    let who = connection.who(context)?;
    let ksef = connection.ksef_for(context, who)?;
    match command {
        Command::Set(args) => set(context, &args, &ksef, who).await,
        Command::Reset(_) => {
            Change {
                request: ResetRateLimits,
                result: json!({ "context": who, "rateLimits": null }),
                would: text!(
                    "would restore the limits of requests of {who}",
                    "przywrócono by limity żądań kontekstu {who}"
                ),
                done: text!(
                    "restored the limits of requests of {who}",
                    "przywrócono limity żądań kontekstu {who}"
                ),
            }
            .make_at(context, &ksef)
            .await
        }
        Command::Production(_) => {
            Change {
                request: SetProductionRateLimits,
                result: json!({ "context": who, "rateLimits": "production" }),
                would: text!(
                    "would give {who} the limits of requests of production",
                    "kontekst {who} dostałby limity żądań produkcji"
                ),
                done: text!(
                    "{who} has the limits of requests of production",
                    "kontekst {who} ma limity żądań produkcji"
                ),
            }
            .make_at(context, &ksef)
            .await
        }
    }
}

async fn set(
    context: &Context,
    args: &SetArgs,
    ksef: &Ksef,
    who: ContextIdentifier,
) -> Result<Exit> {
    let mut limits = RateLimitsOverride::of(&ksef.call(&GetRateLimits).await?);
    for Limit { group, values } in &args.limit {
        // The parser lets no other groups through.
        limits = limits.with_group(*group, *values).unwrap_or(limits);
    }
    Change {
        request: SetRateLimits::new(limits),
        result: json!({ "context": who, "rateLimits": limits }),
        would: text!(
            "would change the limits of requests of {who}",
            "zmieniono by limity żądań kontekstu {who}"
        ),
        done: text!(
            "changed the limits of requests of {who}",
            "zmieniono limity żądań kontekstu {who}"
        ),
    }
    .make_at(context, ksef)
    .await
}

fn parse_limit(text: &str) -> Result<Limit, String> {
    let expected = "a limit looks like invoiceSend=10/30/180: per second, minute and hour";
    let (name, numbers) = text.split_once('=').ok_or(expected)?;
    let group = RateGroup::ALL
        .iter()
        .copied()
        .filter(|group| is_changeable(*group))
        .find(|group| group.as_str().eq_ignore_ascii_case(name))
        .ok_or_else(|| {
            let known: Vec<&str> = RateGroup::ALL
                .iter()
                .filter(|group| is_changeable(**group))
                .map(|group| group.as_str())
                .collect();
            format!(
                "no group that can be changed; known are {}",
                known.join(", ")
            )
        })?;
    let numbers = numbers
        .split('/')
        .map(|number| number.parse::<i32>().ok().filter(|number| *number > 0))
        .collect::<Option<Vec<i32>>>();
    let Some([per_second, per_minute, per_hour]) = numbers.as_deref() else {
        return Err(expected.to_owned());
    };
    let values = RateValues {
        per_second: *per_second,
        per_minute: *per_minute,
        per_hour: *per_hour,
    };
    Ok(Limit { group, values })
}

fn is_changeable(group: RateGroup) -> bool {
    !matches!(
        group,
        RateGroup::OnlineSessionClose | RateGroup::BatchSessionClose | RateGroup::Anonymous
    )
}

//! `ksef invoice rules`: the catalogue of rules.

use ksef_invoice::rule::Rule;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Fields, Table};
use crate::validate::{severity, severity_name};

/// List the rules that invoices are judged by, or explain one
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ksef invoice rules
  ksef invoice rules nip-checksum
  ksef invoice rules --json | jq -r '.rules[].rule'")]
pub(crate) struct Args {
    /// The rule to explain
    #[arg(value_name = "RULE")]
    rule: Option<String>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &Args) -> Result<Exit> {
    match &args.rule {
        None => list(context),
        Some(id) => explain(context, find(id)?),
    }
    Ok(Exit::Done)
}

fn find(id: &str) -> Result<Rule> {
    let wanted = id.trim().trim_matches(['[', ']']).to_lowercase();
    Rule::from_id(&wanted).ok_or_else(|| {
        Error::usage(text!("there is no rule \"{id}\"", "nie ma reguły „{id}”")).hint(text!(
            "ksef invoice rules lists them all",
            "wszystkie wypisze ksef invoice rules"
        ))
    })
}

fn list(context: &Context) {
    let printer = &context.printer;
    let rules: Vec<Value> = Rule::ALL.iter().copied().map(rule_json).collect();
    printer.result(&json!({ "rules": rules }), |printer| {
        let mut table = Table::titled(
            printer,
            &[("rule", "reguła"), ("severity", "waga"), ("KSeF", "KSeF")],
        );
        for rule in Rule::ALL {
            let (_, severity) = severity(rule.severity(), printer.lang());
            let status = rule
                .refusal()
                .map_or_else(|| "-".to_owned(), |refusal| refusal.code().to_string());
            table.row([rule.id().to_owned(), severity.to_owned(), status]);
        }
        table.print(printer);
    });
}

fn explain(context: &Context, rule: Rule) {
    context.printer.result(&rule_json(rule), |printer| {
        let lang = printer.lang();
        let mut fields = Fields::new(printer);
        let (_, severity) = severity(rule.severity(), lang);
        fields.add(("rule", "reguła"), rule.id());
        fields.add(("severity", "waga"), severity);
        if let Some(refusal) = rule.refusal() {
            fields.add(("status at KSeF", "status w KSeF"), refusal.code());
        }
        fields.print();
    });
}

fn rule_json(rule: Rule) -> Value {
    json!({
        "rule": rule.id(),
        "severity": severity_name(rule.severity()),
        "statusCode": rule.refusal().map(|refusal| refusal.code()),
    })
}

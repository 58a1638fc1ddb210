//! `ksef invoice rules`: the catalogue of rules.

use ksef_invoice::finding::Language;
use ksef_invoice::rule::Rule;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::lang::text;
use crate::printer::{Printer, Style, Styled, Table, terminal_columns, wrapped};
use crate::validate::{language, severity, severity_name};

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
            &[
                ("rule", "reguła"),
                ("severity", "waga"),
                ("KSeF", "KSeF"),
                ("what is wrong", "co jest nie tak"),
            ],
        );
        for rule in Rule::ALL {
            let (_, severity) = severity(rule.severity(), printer.lang());
            let status = rule
                .refusal()
                .map_or_else(|| "-".to_owned(), |refusal| refusal.code().to_string());
            let title = rule.explanation().title(language(printer.lang()));
            table.row([
                rule.id().to_owned(),
                severity.to_owned(),
                status,
                title.to_owned(),
            ]);
        }
        table.print(printer);
    });
}

fn explain(context: &Context, rule: Rule) {
    context.printer.result(&rule_json(rule), |printer| {
        let lang = printer.lang();
        let language = language(lang);
        let explanation = rule.explanation();
        let (style, label) = severity(rule.severity(), lang);
        let title = explanation.title(language);
        printer.styled(
            &Styled::new()
                .with(style, format!("{label}[{}]", rule.id()))
                .with(Style::Strong, format!(": {title}")),
        );
        let refusal = match rule.refusal() {
            Some(refusal) => {
                let code = refusal.code();
                text!("KSeF refuses: {code}", "KSeF odrzuca: {code}")
            }
            None => text!("KSeF accepts", "KSeF przyjmuje"),
        };
        printer.text(&refusal);
        printer.line("");
        paragraph(printer, explanation.text(language));
        printer.line("");
        paragraph(printer, explanation.repair(language));
        if let Some(excerpt) = explanation.excerpt() {
            printer.line("");
            for line in excerpt.lines() {
                printer.line(format_args!("    {line}"));
            }
        }
        printer.line("");
        let source = explanation.source();
        printer.labelled(lang.pick("Source: ", "Źródło: "), source);
    });
    let id = rule.id();
    context.printer.hint(&text!(
        "with examples: docs/reference/rules/{id}.md",
        "z przykładami: docs/reference/rules/{id}.md"
    ));
}

/// A text in lines that are easy to read.
fn paragraph(printer: &Printer, text: &str) {
    let width = terminal_columns().map_or(LINE_MAX, |columns| columns.min(LINE_MAX));
    for line in wrapped(text, width) {
        printer.line(line);
    }
}

fn rule_json(rule: Rule) -> Value {
    let explanation = rule.explanation();
    let both = |text: &dyn Fn(Language) -> &'static str| json!({"en": text(Language::English), "pl": text(Language::Polish)});
    json!({
        "rule": rule.id(),
        "severity": severity_name(rule.severity()),
        "statusCode": rule.refusal().map(|refusal| refusal.code()),
        "title": both(&|language| explanation.title(language)),
        "text": both(&|language| explanation.text(language)),
        "repair": both(&|language| explanation.repair(language)),
        "source": explanation.source(),
    })
}

const LINE_MAX: usize = 100;

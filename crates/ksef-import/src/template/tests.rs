use jiff::Timestamp;

use super::*;
use crate::{Format, Mapping, Options, Source, import};

fn xml(template_of: Template, format: Format) -> Vec<String> {
    let bytes = template(template_of).unwrap();
    let source = Source {
        name: "template",
        bytes: &bytes,
        format: Some(format),
    };
    let now: Timestamp = "2026-02-02T10:00:00Z".parse().unwrap();
    let imported = import(source, None, &Options::at(now));
    let problems: Vec<String> = imported.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, Vec::<String>::new());
    imported
        .invoices
        .iter()
        .map(|invoice| invoice.document.write())
        .collect()
}

#[test]
fn all_templates_make_the_same_two_invoices() {
    let json = xml(Template::Json, Format::Json);
    assert_eq!(json.len(), 2);
    assert_eq!(xml(Template::Csv, Format::Csv), json);
    assert_eq!(xml(Template::Xlsx, Format::Xlsx), json);
}

#[test]
fn the_mapping_changes_nothing_until_it_is_edited() {
    let bytes = template(Template::Mapping).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let mapping = Mapping::parse("m.toml", &text).unwrap();
    assert!(mapping.columns.is_empty() && mapping.values.is_empty());
    // Every setting that is commented out is a right one.
    let edited: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if is_setting(setting) => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let mapping = Mapping::parse("m.toml", &edited).unwrap();
    assert_eq!(mapping.columns.len(), 3);
    assert_eq!(mapping.values.len(), 2);
    assert_eq!(mapping.decimal_mark, crate::DecimalMark::Comma);
    assert!(mapping.invoice.unwrap().get("seller").is_some());
    assert!(mapping.line.unwrap().get("vatRate").is_some());
}

fn is_setting(text: &str) -> bool {
    text.starts_with('[')
        || text.split_once(" = ").is_some_and(|(key, value)| {
            !key.contains(' ') && value.starts_with(['"', '[', '{', '1', 't', 'f'])
                || key.starts_with('"')
        })
}

#[test]
fn the_template_of_the_workbook_is_the_same_every_time() {
    assert_eq!(
        template(Template::Xlsx).unwrap(),
        template(Template::Xlsx).unwrap()
    );
}

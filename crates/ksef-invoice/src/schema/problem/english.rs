//! The sentences in English.

use super::{Form, SchemaProblem, Side, TypeFault, Unexpected, Unit, ValueFault};

pub(super) fn message(problem: &SchemaProblem) -> String {
    match problem {
        SchemaProblem::UnknownRoot {
            name,
            namespace,
            expected,
        } => format!(
            "the schema has no root element \"{name}\" in namespace \"{namespace}\"; expected: {}",
            names(expected, "or")
        ),
        SchemaProblem::Missing {
            alternatives,
            further,
            parent,
            before,
        } => {
            let place = match before {
                Some(next) => format!("before \"{next}\""),
                None => format!("at the end of \"{parent}\""),
            };
            if !further.is_empty() {
                let either = alternatives.join(" | ");
                let all: Vec<_> = std::iter::once(&either).chain(further).cloned().collect();
                format!(
                    "required elements {} are missing {place}",
                    names(&all, "and")
                )
            } else if alternatives.len() > 1 {
                let list = names(alternatives, "or");
                format!("one of the required elements is missing {place}: {list}")
            } else {
                format!(
                    "required element {} is missing {place}",
                    names(alternatives, "or")
                )
            }
        }
        SchemaProblem::TooFew { name, least, found } => {
            format!("element \"{name}\" must come at least {least} times, it came {found}")
        }
        SchemaProblem::Unexpected {
            name,
            reason,
            expected,
        } => unexpected(name, reason, expected),
        SchemaProblem::WrongNamespace {
            name,
            found,
            expected,
        } if found.is_empty() => {
            format!("element \"{name}\" is in no namespace, it must be in \"{expected}\"")
        }
        SchemaProblem::WrongNamespace {
            name,
            found,
            expected,
        } => {
            format!("element \"{name}\" is in namespace \"{found}\", it must be in \"{expected}\"")
        }
        SchemaProblem::Misplaced { name, side, other } => {
            let side = match side {
                Side::Before => "before",
                Side::After => "after",
            };
            format!("element \"{name}\" must come {side} \"{other}\"")
        }
        SchemaProblem::Repeated { name, limit } => format!(
            "element \"{name}\" may come at most {limit} {} here",
            if *limit == 1 { "time" } else { "times" }
        ),
        SchemaProblem::Text { parent, text } => {
            format!("text \"{text}\" is not allowed between the elements of \"{parent}\"")
        }
        SchemaProblem::NotEmpty { name, is_nil } => format!(
            "element \"{name}\" must be empty{}",
            if *is_nil { ", for it has xsi:nil" } else { "" }
        ),
        SchemaProblem::Value {
            name,
            is_attribute,
            value,
            fault,
            suggestion,
        } => value_message(name, *is_attribute, value, fault, suggestion.as_deref()),
        SchemaProblem::Limit(limit) => {
            format!("there are more than {limit} findings of the schema; the rest is left out")
        }
        other => rare(other),
    }
}

/// What invoices hardly ever have.
fn rare(problem: &SchemaProblem) -> String {
    match problem {
        SchemaProblem::AttributeMissing {
            name,
            element,
            fixed,
        } => {
            let value = fixed
                .as_ref()
                .map(|value| format!(" with the value \"{value}\""))
                .unwrap_or_default();
            format!("element \"{element}\" needs the attribute \"{name}\"{value}")
        }
        SchemaProblem::AttributeUnexpected {
            name,
            element,
            suggestion,
        } => {
            let hint = did_you_mean(suggestion.as_deref());
            format!("element \"{element}\" cannot have the attribute \"{name}\"{hint}")
        }
        SchemaProblem::NotNillable { name } => {
            format!("element \"{name}\" cannot have the attribute xsi:nil")
        }
        SchemaProblem::Type {
            name,
            type_name,
            reason,
        } => match reason {
            TypeFault::Unknown => {
                format!("the schema has no type \"{type_name}\" (xsi:type of element \"{name}\")")
            }
            TypeFault::NotDerived => format!(
                "type \"{type_name}\" (xsi:type) cannot replace the type of element \"{name}\""
            ),
            TypeFault::Abstract => {
                format!("the type of element \"{name}\" is abstract; xsi:type is needed")
            }
        },
        SchemaProblem::Undeclared { name, is_attribute } => format!(
            "the schema does not know the {} \"{name}\", and only known ones may stand here",
            if *is_attribute {
                "attribute"
            } else {
                "element"
            }
        ),
        SchemaProblem::NotUnique { constraint, values } => format!(
            "the value {} comes twice, it must be unique ({constraint})",
            names(values, "and")
        ),
        SchemaProblem::KeyIncomplete { constraint } => {
            format!("a value that the key {constraint} needs is missing")
        }
        SchemaProblem::DanglingReference { id } => {
            format!("a reference to the identifier \"{id}\", which the document does not have")
        }
        _ => String::new(),
    }
}

fn unexpected(name: &str, reason: &Unexpected, expected: &[String]) -> String {
    let here = format!("element \"{name}\" is not expected here");
    let list = if expected.is_empty() {
        String::new()
    } else {
        format!("; expected: {}", names(expected, "or"))
    };
    match reason {
        Unexpected::Unknown { suggestion, forms } => {
            let forms = if forms.is_empty() {
                String::new()
            } else {
                format!(" (it belongs to the form {})", forms.join(", "))
            };
            match suggestion {
                Some(_) => format!("{here}{forms}{}", did_you_mean(suggestion.as_deref())),
                None => format!("{here}{forms}{list}"),
            }
        }
        Unexpected::Instead => format!("{here}{list}"),
        Unexpected::Conflict(other) => {
            format!("element \"{name}\" cannot stand together with \"{other}\"")
        }
        Unexpected::InText(parent) => {
            format!("element \"{name}\" is not allowed: \"{parent}\" may hold text only")
        }
        Unexpected::Abstract => {
            format!("element \"{name}\" is abstract and cannot stand in a document")
        }
    }
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion
        .map(|found| format!("; did you mean \"{found}\"?"))
        .unwrap_or_default()
}

fn value_message(
    name: &str,
    is_attribute: bool,
    value: &str,
    fault: &ValueFault,
    suggestion: Option<&str>,
) -> String {
    let owner = if is_attribute { "attribute" } else { "element" };
    if matches!(fault, ValueFault::Empty) {
        return format!("{owner} \"{name}\" must not be empty");
    }
    let hint = did_you_mean(suggestion);
    format!(
        "\"{value}\" is not a valid value of {owner} \"{name}\": {}{hint}",
        fault_words(fault)
    )
}

fn fault_words(fault: &ValueFault) -> String {
    match fault {
        ValueFault::Empty => "it is empty".to_owned(),
        ValueFault::Form(form) => form_words(*form),
        ValueFault::NotListed { allowed, total } => {
            let rest = if *total > allowed.len() {
                format!(", … ({total} in all)")
            } else {
                String::new()
            };
            let list: Vec<_> = allowed.iter().map(|value| format!("\"{value}\"")).collect();
            format!("the allowed values are {}{rest}", list.join(", "))
        }
        ValueFault::Pattern {
            meaning: Some((_, english)),
            ..
        } => format!("expected: {english}"),
        ValueFault::Pattern { pattern, .. } => format!("it does not match the pattern {pattern}"),
        ValueFault::Length {
            expected,
            actual,
            unit,
        } => format!("it must have {}, it has {actual}", count(*expected, *unit)),
        ValueFault::TooShort {
            least,
            actual,
            unit,
        } => format!(
            "it must have at least {}, it has {actual}",
            count(*least, *unit)
        ),
        ValueFault::TooLong { most, actual, unit } => {
            format!(
                "at most {} are allowed, it has {actual}",
                count(*most, *unit)
            )
        }
        ValueFault::TotalDigits(limit) => format!("at most {limit} digits are allowed"),
        ValueFault::FractionDigits(0) => "only whole numbers are allowed".to_owned(),
        ValueFault::FractionDigits(limit) => format!(
            "at most {limit} decimal {} allowed",
            if *limit == 1 {
                "place is"
            } else {
                "places are"
            }
        ),
        ValueFault::BelowMin {
            bound,
            is_inclusive,
            needs_zone,
        } => {
            let limit = if *is_inclusive {
                format!("the least allowed value is {bound}")
            } else {
                format!("it must be greater than {bound}")
            };
            limit + zone_words(*needs_zone)
        }
        ValueFault::AboveMax {
            bound,
            is_inclusive,
            needs_zone,
        } => {
            let limit = if *is_inclusive {
                format!("the greatest allowed value is {bound}")
            } else {
                format!("it must be less than {bound}")
            };
            limit + zone_words(*needs_zone)
        }
        ValueFault::Fixed(expected) => format!("the only allowed value is \"{expected}\""),
        ValueFault::Taken => "the identifier stands in the document already".to_owned(),
        ValueFault::Item { number, fault } => format!("item {number}: {}", fault_words(fault)),
    }
}

const fn zone_words(needs_zone: bool) -> &'static str {
    if needs_zone {
        "; without a time zone that cannot be decided, add \"Z\" or an offset"
    } else {
        ""
    }
}

fn form_words(form: Form) -> String {
    match form {
        Form::Decimal => {
            "it is not a number (digits, decimals after a point, no spaces)".to_owned()
        }
        Form::Integer => "it is not a whole number".to_owned(),
        Form::Boolean => "true, false, 1 and 0 are allowed".to_owned(),
        Form::Date => "it is not a date of the form YYYY-MM-DD".to_owned(),
        Form::DateTime => "it is not a date with time of the form YYYY-MM-DDThh:mm:ss".to_owned(),
        Form::Time => "it is not a time of the form hh:mm:ss".to_owned(),
        Form::Base64 => "it is not Base64".to_owned(),
        Form::Hex => "it is not hexadecimal digits".to_owned(),
        Form::Uri => "it is not a URI".to_owned(),
        Form::Language => "it is not a language tag".to_owned(),
        Form::Name => "it is not an XML name".to_owned(),
        Form::Other(name) => format!("it is not a value of type {name}"),
    }
}

fn count(number: u32, unit: Unit) -> String {
    let (one, many) = match unit {
        Unit::Characters => ("character", "characters"),
        Unit::Octets => ("byte", "bytes"),
        Unit::Items => ("item", "items"),
    };
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `"a", "b" or "c"`.
fn names(list: &[String], last: &str) -> String {
    match list {
        [] => "nothing".to_owned(),
        [only] => format!("\"{only}\""),
        [head @ .., tail] => {
            let head: Vec<_> = head.iter().map(|name| format!("\"{name}\"")).collect();
            format!("{} {last} \"{tail}\"", head.join(", "))
        }
    }
}

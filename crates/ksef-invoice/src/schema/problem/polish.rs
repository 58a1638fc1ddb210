//! The sentences in Polish.

use super::{Form, SchemaProblem, Side, TypeFault, Unexpected, Unit, ValueFault};

pub(super) fn message(problem: &SchemaProblem) -> String {
    match problem {
        SchemaProblem::UnknownRoot {
            name,
            namespace,
            expected,
        } => format!(
            "schemat nie zna elementu głównego „{name}” w przestrzeni nazw „{namespace}”; oczekiwano: {}",
            names(expected, "lub")
        ),
        SchemaProblem::Missing {
            alternatives,
            further,
            parent,
            before,
        } => {
            let place = match before {
                Some(next) => format!("przed „{next}”"),
                None => format!("na końcu „{parent}”"),
            };
            if !further.is_empty() {
                let either = alternatives.join(" | ");
                let all: Vec<_> = std::iter::once(&either).chain(further).cloned().collect();
                format!("brak wymaganych elementów {} {place}", names(&all, "i"))
            } else if alternatives.len() > 1 {
                let list = names(alternatives, "albo");
                format!("brak jednego z wymaganych elementów {place}: {list}")
            } else {
                format!(
                    "brak wymaganego elementu {} {place}",
                    names(alternatives, "albo")
                )
            }
        }
        SchemaProblem::TooFew { name, least, found } => format!(
            "element „{name}” musi wystąpić co najmniej {least} {}, a wystąpił {found}",
            plural(u64::from(*least), "raz", "razy", "razy")
        ),
        SchemaProblem::Unexpected {
            name,
            reason,
            expected,
        } => unexpected(name, reason, expected),
        SchemaProblem::WrongNamespace {
            name,
            found,
            expected,
        } if found.is_empty() => format!(
            "element „{name}” nie należy do żadnej przestrzeni nazw, a powinien do „{expected}”"
        ),
        SchemaProblem::WrongNamespace {
            name,
            found,
            expected,
        } => format!(
            "element „{name}” jest w przestrzeni nazw „{found}”, a powinien być w „{expected}”"
        ),
        SchemaProblem::Misplaced { name, side, other } => {
            let side = match side {
                Side::Before => "przed",
                Side::After => "po",
            };
            let other = match side {
                "po" => format!("elemencie „{other}”"),
                _ => format!("„{other}”"),
            };
            format!("element „{name}” musi wystąpić {side} {other}")
        }
        SchemaProblem::Repeated { name, limit } => format!(
            "element „{name}” może tu wystąpić najwyżej {limit} {}",
            plural(u64::from(*limit), "raz", "razy", "razy")
        ),
        SchemaProblem::Text { parent, text } => {
            format!("tekst „{text}” jest niedozwolony w elemencie „{parent}” między elementami")
        }
        SchemaProblem::NotEmpty { name, is_nil } => format!(
            "element „{name}” musi być pusty{}",
            if *is_nil { ", bo ma xsi:nil" } else { "" }
        ),
        SchemaProblem::Value {
            name,
            is_attribute,
            value,
            fault,
            suggestion,
        } => value_message(name, *is_attribute, value, fault, suggestion.as_deref()),
        SchemaProblem::Limit(limit) => {
            format!("jest więcej niż {limit} uwag do schematu; pozostałych nie podano")
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
                .map(|value| format!(" o wartości „{value}”"))
                .unwrap_or_default();
            format!("element „{element}” wymaga atrybutu „{name}”{value}")
        }
        SchemaProblem::AttributeUnexpected {
            name,
            element,
            suggestion,
        } => {
            let hint = did_you_mean(suggestion.as_deref());
            format!("element „{element}” nie może mieć atrybutu „{name}”{hint}")
        }
        SchemaProblem::NotNillable { name } => {
            format!("element „{name}” nie może mieć atrybutu xsi:nil")
        }
        SchemaProblem::Type {
            name,
            type_name,
            reason,
        } => match reason {
            TypeFault::Unknown => {
                format!("typ „{type_name}” elementu „{name}” (xsi:type) nie istnieje w schemacie")
            }
            TypeFault::NotDerived => {
                format!("typ „{type_name}” (xsi:type) nie może zastąpić typu elementu „{name}”")
            }
            TypeFault::Abstract => {
                format!("typ elementu „{name}” jest abstrakcyjny; wymagany jest xsi:type")
            }
        },
        SchemaProblem::Undeclared { name, is_attribute } => format!(
            "schemat nie zna {} „{name}”, a w tym miejscu wymaga znanych",
            if *is_attribute {
                "atrybutu"
            } else {
                "elementu"
            }
        ),
        SchemaProblem::NotUnique { constraint, values } => format!(
            "wartość {} powtarza się, a musi być niepowtarzalna ({constraint})",
            names(values, "i")
        ),
        SchemaProblem::KeyIncomplete { constraint } => {
            format!("brak wartości wymaganej przez klucz {constraint}")
        }
        SchemaProblem::DanglingReference { id } => {
            format!("odwołanie do identyfikatora „{id}”, którego nie ma w dokumencie")
        }
        _ => String::new(),
    }
}

fn unexpected(name: &str, reason: &Unexpected, expected: &[String]) -> String {
    let here = format!("element „{name}” jest w tym miejscu niedozwolony");
    let list = if expected.is_empty() {
        String::new()
    } else {
        format!("; oczekiwano: {}", names(expected, "lub"))
    };
    match reason {
        Unexpected::Unknown { suggestion, forms } => {
            let forms = if forms.is_empty() {
                String::new()
            } else {
                format!(" (należy do formularza {})", forms.join(", "))
            };
            match suggestion {
                Some(_) => format!("{here}{forms}{}", did_you_mean(suggestion.as_deref())),
                None => format!("{here}{forms}{list}"),
            }
        }
        Unexpected::Instead => format!("{here}{list}"),
        Unexpected::Conflict(other) => {
            format!("element „{name}” nie może wystąpić razem z „{other}”")
        }
        Unexpected::InText(parent) => {
            format!("element „{name}” jest niedozwolony: „{parent}” może zawierać tylko tekst")
        }
        Unexpected::Abstract => {
            format!("element „{name}” jest abstrakcyjny i nie może wystąpić w dokumencie")
        }
    }
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion
        .map(|found| format!("; czy chodziło o „{found}”?"))
        .unwrap_or_default()
}

fn value_message(
    name: &str,
    is_attribute: bool,
    value: &str,
    fault: &ValueFault,
    suggestion: Option<&str>,
) -> String {
    let owner = if is_attribute { "atrybut" } else { "element" };
    let hint = did_you_mean(suggestion);
    if matches!(fault, ValueFault::Empty) {
        return format!("{owner} „{name}” nie może być pusty");
    }
    let what = format!(
        "„{value}” nie jest poprawną wartością {} „{name}”",
        if is_attribute { "atrybutu" } else { "elementu" }
    );
    format!("{what}: {}{hint}", fault_words(fault))
}

fn fault_words(fault: &ValueFault) -> String {
    match fault {
        ValueFault::Empty => "wartość jest pusta".to_owned(),
        ValueFault::Form(form) => form_words(*form),
        ValueFault::NotListed { allowed, total } => {
            let rest = if *total > allowed.len() {
                format!(", … (razem {total})")
            } else {
                String::new()
            };
            let list: Vec<_> = allowed.iter().map(|value| format!("„{value}”")).collect();
            format!("dozwolone wartości to {}{rest}", list.join(", "))
        }
        ValueFault::Pattern {
            meaning: Some((polish, _)),
            ..
        } => format!("oczekiwano: {polish}"),
        ValueFault::Pattern { pattern, .. } => format!("nie pasuje do wzorca {pattern}"),
        ValueFault::Length {
            expected,
            actual,
            unit,
        } => format!(
            "wymagana długość to {}, a jest {actual}",
            count(*expected, *unit)
        ),
        ValueFault::TooShort {
            least,
            actual,
            unit,
        } => format!(
            "wymagane co najmniej {}, a jest {actual}",
            count(*least, *unit)
        ),
        ValueFault::TooLong { most, actual, unit } => {
            format!(
                "dozwolone najwyżej {}, a jest {actual}",
                count(*most, *unit)
            )
        }
        ValueFault::TotalDigits(limit) => format!(
            "dozwolone najwyżej {limit} {}",
            plural(u64::from(*limit), "cyfra", "cyfry", "cyfr")
        ),
        ValueFault::FractionDigits(0) => "dozwolone są tylko liczby całkowite".to_owned(),
        ValueFault::FractionDigits(limit) => format!(
            "dozwolone najwyżej {limit} {} po przecinku",
            plural(u64::from(*limit), "miejsce", "miejsca", "miejsc")
        ),
        ValueFault::BelowMin {
            bound,
            is_inclusive,
            needs_zone,
        } => {
            let limit = if *is_inclusive {
                format!("najmniejsza dozwolona wartość to {bound}")
            } else {
                format!("wartość musi być większa niż {bound}")
            };
            limit + zone_words(*needs_zone)
        }
        ValueFault::AboveMax {
            bound,
            is_inclusive,
            needs_zone,
        } => {
            let limit = if *is_inclusive {
                format!("największa dozwolona wartość to {bound}")
            } else {
                format!("wartość musi być mniejsza niż {bound}")
            };
            limit + zone_words(*needs_zone)
        }
        ValueFault::Fixed(expected) => format!("jedyna dozwolona wartość to „{expected}”"),
        ValueFault::Taken => "ten identyfikator już wystąpił w dokumencie".to_owned(),
        ValueFault::Item { number, fault } => format!("pozycja {number}: {}", fault_words(fault)),
    }
}

const fn zone_words(needs_zone: bool) -> &'static str {
    if needs_zone {
        "; bez strefy czasowej nie da się tego rozstrzygnąć, dopisz „Z” lub przesunięcie"
    } else {
        ""
    }
}

fn form_words(form: Form) -> String {
    match form {
        Form::Decimal => {
            "to nie jest liczba (cyfry, część dziesiętna po kropce, bez spacji)".to_owned()
        }
        Form::Integer => "to nie jest liczba całkowita".to_owned(),
        Form::Boolean => "dozwolone są true, false, 1 i 0".to_owned(),
        Form::Date => "to nie jest data w postaci RRRR-MM-DD".to_owned(),
        Form::DateTime => "to nie jest data z godziną w postaci RRRR-MM-DDTgg:mm:ss".to_owned(),
        Form::Time => "to nie jest godzina w postaci gg:mm:ss".to_owned(),
        Form::Base64 => "to nie są dane Base64".to_owned(),
        Form::Hex => "to nie są cyfry szesnastkowe".to_owned(),
        Form::Uri => "to nie jest adres URI".to_owned(),
        Form::Language => "to nie jest kod języka".to_owned(),
        Form::Name => "to nie jest nazwa XML".to_owned(),
        Form::Other(name) => format!("to nie jest wartość typu {name}"),
    }
}

fn count(number: u32, unit: Unit) -> String {
    let (one, few, many) = match unit {
        Unit::Characters => ("znak", "znaki", "znaków"),
        Unit::Octets => ("bajt", "bajty", "bajtów"),
        Unit::Items => ("pozycja", "pozycje", "pozycji"),
    };
    format!("{number} {}", plural(u64::from(number), one, few, many))
}

/// The form of a Polish noun after a number.
fn plural<'w>(number: u64, one: &'w str, few: &'w str, many: &'w str) -> &'w str {
    match (number, number % 10, number % 100) {
        (1, _, _) => one,
        (_, 2..=4, 0..=11 | 15..=99) => few,
        _ => many,
    }
}

/// `„a”, „b” lub „c”`.
fn names(list: &[String], last: &str) -> String {
    match list {
        [] => "nic".to_owned(),
        [only] => format!("„{only}”"),
        [head @ .., tail] => {
            let head: Vec<_> = head.iter().map(|name| format!("„{name}”")).collect();
            format!("{} {last} „{tail}”", head.join(", "))
        }
    }
}

//! Polish.

use ksef_invoice::Language;

use super::{json_expected, shown};
use crate::fault::Fault;

pub(super) fn message(fault: &Fault, value: Option<&str>) -> String {
    let value = value.map(shown).unwrap_or_default();
    match fault {
        Fault::Form { .. }
        | Fault::NotOneOf { .. }
        | Fault::NotANumber
        | Fault::NotADate
        | Fault::AmbiguousDate
        | Fault::NumberAsDate { .. }
        | Fault::AmbiguousNumber { .. }
        | Fault::WrongDecimalMark { .. }
        | Fault::AmbiguousRate { .. }
        | Fault::DateOutOfRange { .. }
        | Fault::TooManyDigits { .. }
        | Fault::TooPrecise { .. }
        | Fault::LostDigits
        | Fault::CodeAsNumber
        | Fault::NipChecksum
        | Fault::WrongType { .. }
        | Fault::TooLong { .. }
        | Fault::Blank => of_value(fault, &value),
        Fault::JsonSyntax { .. }
        | Fault::JsonDepth { .. }
        | Fault::JsonKeys { .. }
        | Fault::DuplicateKey { .. }
        | Fault::UnknownKey { .. }
        | Fault::Missing { .. }
        | Fault::Excluded { .. }
        | Fault::TooMany { .. }
        | Fault::TooFew { .. }
        | Fault::Meaning { .. } => of_shape(fault),
        _ => of_file(fault, &value),
    }
}

fn of_value(fault: &Fault, value: &str) -> String {
    match fault {
        Fault::Form { polish, .. } => format!("„{value}” to nie jest {polish}"),
        Fault::NotOneOf { .. } => format!("„{value}” nie jest dozwoloną wartością"),
        Fault::NotANumber => format!("„{value}” nie jest liczbą"),
        Fault::NotADate => format!("„{value}” nie jest datą"),
        Fault::AmbiguousDate => format!("datę „{value}” można odczytać na dwa sposoby"),
        Fault::NumberAsDate { date: Some(date) } => {
            format!("komórka zawiera liczbę {value} zamiast daty (jako liczba dni byłby to {date})")
        }
        Fault::NumberAsDate { date: None } => {
            format!("komórka zawiera liczbę {value} zamiast daty")
        }
        Fault::AmbiguousNumber {
            as_decimal,
            as_thousands,
        } => format!("„{value}” może znaczyć {as_decimal} albo {as_thousands}"),
        Fault::WrongDecimalMark { mark } => {
            format!("„{value}” nie jest liczbą ze znakiem dziesiętnym „{mark}” z pliku mapowania")
        }
        Fault::AmbiguousRate { options } => format!(
            "stawka „{value}” jest niejednoznaczna: {}",
            options.join(" czy ")
        ),
        Fault::DateOutOfRange { date } => {
            format!("data {date} leży poza latami 1990–2050, które przyjmuje faktura")
        }
        Fault::TooManyDigits { limit } => {
            format!("liczba „{value}” ma więcej niż {limit} cyfr")
        }
        Fault::TooPrecise { limit } => {
            format!("liczba „{value}” ma więcej niż {limit} miejsc po przecinku")
        }
        Fault::LostDigits => {
            format!("liczba {value} ma więcej niż 15 cyfr, więc arkusz nie zachował jej dokładnie")
        }
        Fault::CodeAsNumber => {
            format!("„{value}” zapisano jako liczbę; zera na początku i dalsze cyfry mogły zginąć")
        }
        Fault::NipChecksum => format!("NIP „{value}” ma błędną cyfrę kontrolną"),
        Fault::WrongType { expected } => format!(
            "„{value}” ma zły typ; oczekiwano: {}",
            expected
                .iter()
                .map(|name| json_type(name))
                .collect::<Vec<_>>()
                .join(" albo ")
        ),
        Fault::TooLong { limit } => format!("tekst „{value}” ma więcej niż {limit} znaków"),
        Fault::Blank => "wartość jest pusta".to_owned(),
        _ => String::new(),
    }
}

fn of_shape(fault: &Fault) -> String {
    match fault {
        Fault::JsonSyntax { expected, found } => {
            let expected = json_expected(*expected, Language::Polish);
            match found {
                Some(found) => format!(
                    "to nie jest poprawny JSON: znak „{}” zamiast {expected}",
                    shown(&found.to_string())
                ),
                None => format!("to nie jest poprawny JSON: tekst się kończy zamiast {expected}"),
            }
        }
        Fault::JsonDepth { limit } => format!("zagnieżdżenie jest głębsze niż {limit} poziomów"),
        Fault::JsonKeys { limit } => format!("obiekt ma więcej niż {limit} kluczy"),
        Fault::DuplicateKey { key } => format!("klucz „{}” występuje dwa razy", shown(key)),
        Fault::UnknownKey { key, suggestion } => match suggestion {
            Some(suggestion) => format!("nieznany klucz „{}”; może „{suggestion}”?", shown(key)),
            None => format!("nieznany klucz „{}”", shown(key)),
        },
        Fault::Missing { keys, columns } if columns.is_empty() => {
            format!("brak wymaganej wartości „{}”", keys.join("” albo „"))
        }
        Fault::Missing { columns, .. } => {
            format!(
                "brak wymaganej wartości: kolumna „{}”",
                columns.join("” albo „")
            )
        }
        Fault::Excluded { keys } => format!("wartości „{}” wykluczają się", keys.join("” i „")),
        Fault::TooMany { limit } => format!("lista ma więcej niż {limit} elementów"),
        Fault::TooFew { limit } => format!("lista ma mniej elementów niż {limit}"),
        Fault::Meaning { polish, .. } => polish.clone(),
        _ => String::new(),
    }
}

fn of_file(fault: &Fault, value: &str) -> String {
    match fault {
        Fault::FormatUnknown => "nie wiadomo, czy to JSON, CSV czy XLSX".to_owned(),
        Fault::Empty => "plik jest pusty".to_owned(),
        Fault::FileTooLarge { limit, actual } => {
            format!("plik ma {actual} bajtów, a dozwolone jest {limit}")
        }
        Fault::TooManyInvoices { limit } => format!("plik zawiera więcej niż {limit} faktur"),
        Fault::TooManyRows { limit } => format!("arkusz ma więcej niż {limit} wierszy"),
        Fault::TooManyCells { limit } => format!("arkusz ma więcej niż {limit} komórek"),
        Fault::TooManyProblems { limit } => {
            format!("błędów jest więcej niż {limit}; dalszych nie pokazano")
        }
        Fault::NotAWorkbook => "to nie jest skoroszyt XLSX".to_owned(),
        Fault::OldOrEncryptedWorkbook => {
            "skoroszyt jest zaszyfrowany hasłem albo w starym formacie XLS".to_owned()
        }
        Fault::BrokenWorkbook { reason } => {
            format!("skoroszytu nie da się odczytać: {}", shown(reason))
        }
        Fault::WorkbookTooLarge { limit } => {
            format!("rozpakowany skoroszyt ma więcej niż {limit} bajtów")
        }
        Fault::SheetMissing { sheet, sheets } => format!(
            "nie ma arkusza „{}”; są: {}",
            shown(sheet),
            sheets
                .iter()
                .map(|name| shown(name))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        Fault::HeaderMissing => "brak wiersza nagłówka z nazwami kolumn".to_owned(),
        Fault::MergedCells { range } => {
            format!("komórki {range} są scalone; wartość ma tylko pierwsza z nich")
        }
        Fault::FormulaWithoutValue => {
            "komórka zawiera formułę, której wyniku nie zapisano w pliku".to_owned()
        }
        Fault::ErrorCell => format!("komórka zawiera błąd {value}"),
        Fault::NotInEncoding { encoding } => {
            format!("plik nie jest tekstem w kodowaniu {encoding}")
        }
        Fault::AmbiguousEncoding => {
            "nie wiadomo, czy plik jest w kodowaniu Windows-1250, czy ISO-8859-2".to_owned()
        }
        Fault::DelimiterUnclear => {
            "nie wiadomo, jaki znak rozdziela kolumny: „;”, „,” czy tabulator".to_owned()
        }
        Fault::QuoteUnclosed => "cudzysłów otwarty tutaj nie jest nigdzie zamknięty".to_owned(),
        Fault::TextAfterQuote => {
            "po zamykającym cudzysłowie stoi tekst zamiast znaku rozdzielającego".to_owned()
        }
        Fault::MappingSyntax { reason } => {
            format!("plik mapowania nie jest poprawnym TOML: {}", reason.trim())
        }
        Fault::MappingValue { allowed } => format!(
            "„{value}” nie jest tu dozwolone; dozwolone: {}",
            allowed.join(", ")
        ),
        Fault::MappedColumnMissing { header, suggestion } => match suggestion {
            Some(near) => format!(
                "w tabeli nie ma kolumny „{}” z pliku mapowania; może „{}”?",
                shown(header),
                shown(near)
            ),
            None => format!(
                "w tabeli nie ma kolumny „{}” z pliku mapowania",
                shown(header)
            ),
        },
        Fault::UnknownColumn { header, suggestion } => match suggestion {
            Some(near) => format!("nieznana kolumna „{}”; może „{near}”?", shown(header)),
            None => format!("nieznana kolumna „{}”", shown(header)),
        },
        Fault::DuplicateColumn { first } => format!("ta kolumna znaczy to samo co kolumna {first}"),
        Fault::ColumnWithoutHeader => format!("wartość „{value}” stoi w kolumnie bez nagłówka"),
        Fault::ColumnMissing { polish, .. } => format!("brak kolumny „{polish}”"),
        Fault::RowWithoutNumber { summary: true } => {
            "wiersz bez numeru faktury wygląda na podsumowanie".to_owned()
        }
        Fault::RowWithoutNumber { summary: false } => "wiersz nie ma numeru faktury".to_owned(),
        Fault::Contradiction { row, value: first } => format!(
            "„{value}” przeczy wierszowi {row} tej samej faktury, gdzie jest „{}”",
            shown(first)
        ),
        Fault::DuplicateNumber { first } => {
            format!("faktura o tym numerze już jest w pliku ({first})")
        }
        _ => String::new(),
    }
}

pub(super) fn advice(fault: &Fault) -> Option<String> {
    advice_on_file(fault)
        .map(str::to_owned)
        .or_else(|| advice_on_value(fault))
}

fn advice_on_file(fault: &Fault) -> Option<&'static str> {
    Some(match fault {
        Fault::FormatUnknown => "podaj format albo nazwij plik z końcówką .json, .csv lub .xlsx",
        Fault::FileTooLarge { .. }
        | Fault::TooManyInvoices { .. }
        | Fault::TooManyRows { .. }
        | Fault::TooManyCells { .. }
        | Fault::WorkbookTooLarge { .. } => "podziel dane na kilka plików",
        Fault::TooManyProblems { .. } => "popraw pokazane i uruchom ponownie",
        Fault::NotAWorkbook | Fault::BrokenWorkbook { .. } => {
            "zapisz plik w Excelu lub LibreOffice jako „Skoroszyt programu Excel (.xlsx)”"
        }
        Fault::OldOrEncryptedWorkbook => "zdejmij hasło i zapisz plik jako .xlsx",
        Fault::SheetMissing { .. } => "popraw „sheet” w pliku mapowania",
        Fault::HeaderMissing => {
            "pierwszy wiersz ma zawierać nazwy kolumn; inny wskaż przez „header_row”"
        }
        Fault::MergedCells { .. } => "rozdziel komórki i wpisz wartość w każdym wierszu",
        Fault::FormulaWithoutValue => {
            "otwórz i zapisz plik w programie, który liczy formuły, albo wpisz wartość"
        }
        Fault::ErrorCell => "popraw formułę albo wpisz wartość",
        Fault::NotInEncoding { .. } | Fault::AmbiguousEncoding => {
            "ustaw „encoding” w pliku mapowania: utf-8, windows-1250 albo iso-8859-2"
        }
        Fault::DelimiterUnclear => "ustaw „delimiter” w pliku mapowania",
        Fault::QuoteUnclosed | Fault::TextAfterQuote => {
            "cudzysłów wewnątrz wartości zapisz podwójnie: \"\""
        }
        Fault::DuplicateKey { .. } => "zostaw jeden z nich",
        _ => return None,
    })
}

fn advice_on_value(fault: &Fault) -> Option<String> {
    let text = match fault {
        Fault::UnknownColumn { .. } => {
            "zmień nagłówek, przypisz kolumnę w [columns] pliku mapowania albo wpisz ją do „ignore_columns”"
        }
        Fault::DuplicateColumn { .. } => {
            "usuń jedną z kolumn albo wpisz jej nagłówek do „ignore_columns”"
        }
        Fault::ColumnWithoutHeader => "nazwij kolumnę albo usuń wartość",
        Fault::ColumnMissing { .. } => {
            "dodaj kolumnę, przypisz inną w [columns] albo podaj stałą w [invoice] pliku mapowania"
        }
        Fault::RowWithoutNumber { summary: true } => {
            "usuń wiersz albo wpisz jego początek do „ignore_rows” w pliku mapowania"
        }
        Fault::RowWithoutNumber { summary: false } => {
            "wpisz numer albo ustaw „continue_number = true” w pliku mapowania"
        }
        Fault::Contradiction { .. } => "wiersze jednej faktury muszą mieć te same dane nagłówka",
        Fault::DuplicateNumber { .. } => "nadaj fakturze inny numer",
        Fault::NotANumber => "zapisz liczbę jak 1234,56 bez waluty i jednostki",
        Fault::AmbiguousNumber { .. } | Fault::WrongDecimalMark { .. } => {
            "ustaw „decimal_mark” w pliku mapowania: \",\" albo \".\""
        }
        Fault::TooPrecise { .. } => "zaokrąglij wartość",
        Fault::LostDigits | Fault::CodeAsNumber => {
            "sformatuj komórki jako tekst i wpisz wartość ponownie"
        }
        Fault::NotADate => "zapisz datę jak 2026-11-21 albo 21.11.2026",
        Fault::AmbiguousDate => {
            "ustaw „date_formats” w pliku mapowania, na przykład [\"%d/%m/%Y\"]"
        }
        Fault::NumberAsDate { .. } => "sformatuj komórkę jako datę",
        Fault::AmbiguousRate { .. } => {
            "wpisz jedną z nich albo przypisz ją w [values.vatRate] pliku mapowania"
        }
        Fault::NipChecksum => "sprawdź cyfry",
        Fault::NotOneOf {
            allowed,
            suggestion,
        } => {
            let list = shortened(allowed);
            return Some(match suggestion {
                Some(near) => format!("może „{near}”? dozwolone: {list}"),
                None => format!("dozwolone: {list}"),
            });
        }
        _ => return None,
    };
    Some(text.to_owned())
}

fn shortened(allowed: &[String]) -> String {
    let mut list = allowed
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if allowed.len() > 20 {
        list.push_str(", …");
    }
    list
}

fn json_type(name: &str) -> &str {
    match name {
        "string" => "tekst",
        "number" => "liczba",
        "integer" => "liczba całkowita",
        "boolean" => "true lub false",
        "object" => "obiekt {…}",
        "array" => "lista […]",
        other => other,
    }
}

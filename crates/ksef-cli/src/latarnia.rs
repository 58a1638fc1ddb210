//! What Latarnia says, for people.

use ksef_sdk::latarnia::{Message, SystemState};

use crate::lang::{Text, text};
use crate::printer::moment;

/// The state of the system in words.
pub(crate) fn state(state: &SystemState) -> Text {
    match state {
        SystemState::Available => text!("KSeF is available", "KSeF jest dostępny"),
        SystemState::Maintenance => text!("maintenance is going on", "trwają prace serwisowe"),
        SystemState::Failure => text!("KSeF has failed", "trwa awaria KSeF"),
        SystemState::TotalFailure => {
            text!("KSeF has failed totally", "trwa awaria całkowita KSeF")
        }
        other => Text::verbatim(other),
    }
}

/// A message on one line, in the words of the Ministry.
pub(crate) fn message(message: &Message) -> String {
    let Message {
        title, text, start, ..
    } = message;
    let end = message.end.map_or_else(|| "…".to_owned(), moment);
    format!("{title} ({start} – {end}): {text}", start = moment(*start))
}

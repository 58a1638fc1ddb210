//! Lines of which parts are coloured on a terminal.

use std::borrow::Cow;

use super::printable;

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// An error.
    Error,
    /// A warning.
    Warning,
    /// Something to know.
    Note,
    /// What frames the rest: line numbers, bars, arrows.
    Frame,
    /// What stands out without meaning more.
    Strong,
    /// All is well.
    Good,
}

/// A line of a result, some parts of it styled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Styled {
    parts: Vec<(Option<Style>, String)>,
}

impl Styled {
    /// An empty line.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// With plain text after it.
    #[must_use]
    pub(crate) fn plain(mut self, text: impl Into<String>) -> Self {
        self.parts.push((None, text.into()));
        self
    }

    /// With styled text after it.
    #[must_use]
    pub(crate) fn with(mut self, style: Style, text: impl Into<String>) -> Self {
        self.parts.push((Some(style), text.into()));
        self
    }

    /// The line for a terminal that shows colours, or for anything else.
    pub(super) fn render(&self, has_colour: bool) -> String {
        let mut line = String::new();
        for (style, text) in &self.parts {
            let text: Cow<'_, str> = printable(text);
            match style {
                Some(style) if has_colour => {
                    line.push_str("\u{1b}[");
                    line.push_str(style.code());
                    line.push('m');
                    line.push_str(&text);
                    line.push_str("\u{1b}[0m");
                }
                _ => line.push_str(&text),
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Error => "1;31",
            Self::Warning => "1;33",
            Self::Note => "1;36",
            Self::Frame => "1;34",
            Self::Strong => "1",
            Self::Good => "1;32",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_only_where_they_are_shown() {
        let line = Styled::new()
            .with(Style::Error, "error")
            .plain(": a\u{1b}[2J ");
        assert_eq!(line.render(false), "error: a\u{fffd}[2J");
        assert_eq!(
            line.render(true),
            "\u{1b}[1;31merror\u{1b}[0m: a\u{fffd}[2J"
        );
    }
}

//! The XML writer: elements in the order they are given, escaped text, the same bytes every time.

/// How a document is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Layout {
    /// One element a line, two spaces a level, a line feed at the end.
    #[default]
    Indented,
    /// No white space between elements: the smallest file.
    Compact,
}

/// Builds a document in a string.
#[derive(Debug)]
pub(crate) struct Writer {
    out: String,
    layout: Layout,
    depth: usize,
    /// Whether the element opened last has no content yet.
    is_empty: bool,
}

impl Writer {
    /// A document with its declaration.
    pub(crate) fn new(layout: Layout) -> Self {
        let mut out = String::with_capacity(4096);
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        Self {
            out,
            layout,
            depth: 0,
            is_empty: false,
        }
    }

    /// An element with child elements, written by `content`.
    pub(crate) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Self),
    ) {
        self.start(name, attributes);
        self.depth += 1;
        self.is_empty = true;
        content(self);
        self.depth -= 1;
        if !self.is_empty {
            self.new_line();
        }
        self.end(name);
        self.is_empty = false;
    }

    /// An element with text.
    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    /// An element with attributes and text.
    pub(crate) fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.start(name, attributes);
        escape(text, false, &mut self.out);
        self.end(name);
        self.is_empty = false;
    }

    /// The document.
    pub(crate) fn finish(mut self) -> String {
        if self.layout == Layout::Indented {
            self.out.push('\n');
        }
        self.out
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.new_line();
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(value, true, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn new_line(&mut self) {
        if self.layout == Layout::Indented {
            self.out.push('\n');
            for _ in 0..self.depth {
                self.out.push_str("  ");
            }
        }
    }
}

/// Appends `text` so that a reader gets the same characters back: a reader turns carriage returns into
/// line feeds, and in attributes white space into spaces, unless they are references.
fn escape(text: &str, is_attribute: bool, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '"' if is_attribute => out.push_str("&quot;"),
            '\n' if is_attribute => out.push_str("&#10;"),
            '\t' if is_attribute => out.push_str("&#9;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(layout: Layout) -> String {
        let mut writer = Writer::new(layout);
        writer.element("a", &[("x", "<\"\n")], |a| {
            a.leaf("b", "1 > 0 & 0 < 1\r\n");
            a.element("c", &[], |_| {});
        });
        writer.finish()
    }

    #[test]
    fn layouts() {
        assert_eq!(
            sample(Layout::Indented),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a x=\"&lt;&quot;&#10;\">\n  \
             <b>1 &gt; 0 &amp; 0 &lt; 1&#13;\n</b>\n  <c></c>\n</a>\n"
        );
        assert_eq!(
            sample(Layout::Compact),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a x=\"&lt;&quot;&#10;\">\
             <b>1 &gt; 0 &amp; 0 &lt; 1&#13;\n</b><c></c></a>"
        );
    }
}

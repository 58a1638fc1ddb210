//! An excerpt on a line of limited width, with the mark under the right columns.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::excerpt::Excerpt;

/// A line of a file as shown, and what to write below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Canvas {
    /// The line, without tabs and control characters.
    pub(crate) line: String,
    /// White space up to the mark, then the mark.
    pub(crate) indent: usize,
    /// How many columns are marked, at least one.
    pub(crate) marked: usize,
}

impl Canvas {
    /// Fits an excerpt into `columns`.
    pub(crate) fn new(excerpt: &Excerpt, columns: usize) -> Self {
        let columns = columns.max(COLUMNS_MIN);
        let mut before = visible(&excerpt.before);
        let mut marked = visible(&excerpt.marked);
        let mut after = visible(&excerpt.after);
        let mut starts_cut = excerpt.is_cut_before;
        let mut ends_cut = excerpt.is_cut_after;
        let wanted = before.width() + marked.width() + after.width();
        if wanted + usize::from(starts_cut) + usize::from(ends_cut) > columns {
            if starts_cut || before.width() + marked.width() + 1 > columns * 3 / 4 {
                let kept = tail(&before, columns / 3);
                starts_cut |= kept.len() < before.len();
                before = kept;
            }
            let used = before.width() + usize::from(starts_cut);
            let kept = head(&marked, columns.saturating_sub(used + 1));
            if kept.len() < marked.len() {
                ends_cut = true;
                after.clear();
            }
            marked = kept;
            let used = used + marked.width();
            let room = columns.saturating_sub(used);
            if after.width() + usize::from(ends_cut) > room {
                after = head(&after, room.saturating_sub(1));
                ends_cut = true;
            }
        }
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        let left = cut(starts_cut);
        Self {
            indent: left.width() + before.width(),
            marked: marked.width().max(1),
            line: format!("{left}{before}{marked}{after}{}", cut(ends_cut)),
        }
    }
}

/// What a terminal shows as it is: tabs become spaces, and characters that would steer the terminal, or that nobody
/// would see, become U+FFFD.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => shown.push_str(TAB),
            hidden if is_hidden(hidden) => shown.push('\u{fffd}'),
            other => shown.push(other),
        }
    }
    shown
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00ad}'
                | '\u{061c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fdd0}'..='\u{fdef}'
        )
}

/// The first characters, at most this many columns.
fn head(text: &str, columns: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used <= columns
        })
        .collect()
}

/// The last characters, at most this many columns.
fn tail(text: &str, columns: usize) -> String {
    let mut used = 0;
    let kept = text
        .chars()
        .rev()
        .take_while(|character| {
            used += character.width().unwrap_or(0);
            used <= columns
        })
        .count();
    let skipped = text.chars().count() - kept;
    text.chars().skip(skipped).collect()
}

const TAB: &str = "    ";
/// No line is made narrower: a mark needs some surroundings.
const COLUMNS_MIN: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(before: &str, marked: &str, after: &str) -> Excerpt {
        Excerpt {
            line: 1,
            before: before.to_owned(),
            marked: marked.to_owned(),
            marked_bytes: marked.len(),
            after: after.to_owned(),
            is_cut_before: false,
            is_cut_after: false,
        }
    }

    #[test]
    fn wide_combining_and_invisible_characters_keep_the_mark_in_place() {
        let canvas = Canvas::new(
            &excerpt("\t<P_7>東京 e\u{301}\u{200b}", "żółw", "</P_7>"),
            80,
        );
        assert_eq!(canvas.line, "    <P_7>東京 e\u{301}\u{fffd}żółw</P_7>");
        assert_eq!((canvas.indent, canvas.marked), (4 + 5 + 4 + 1 + 1 + 1, 4));
        let empty = Canvas::new(&excerpt("<P_2>", "", "</P_2>"), 80);
        assert_eq!((empty.indent, empty.marked), (5, 1));
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let long = excerpt(&"b".repeat(500), "MARK", &"a".repeat(500));
        for columns in [20, 40, 79, 120] {
            let canvas = Canvas::new(&long, columns);
            assert!(canvas.line.width() <= columns, "{columns}");
            let shown: String = canvas.line.chars().skip(canvas.indent).take(4).collect();
            assert_eq!(shown, "MARK", "{columns}");
            assert!(canvas.line.starts_with('…') && canvas.line.ends_with('…'));
        }
        let long_mark = Canvas::new(&excerpt("<P_7>", &"x".repeat(300), "</P_7>"), 60);
        assert!(long_mark.line.starts_with("<P_7>xxx") && long_mark.line.ends_with("x…"));
        assert_eq!(long_mark.indent + long_mark.marked + 1, 60);
    }
}

//! Tables with numbers to the right, of which one column takes what room there is.

use unicode_width::UnicodeWidthStr as _;

use crate::printer::wrapped;

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// To the left.
    Left,
    /// To the right, as numbers do.
    Right,
    /// To the left, and broken into lines where the table would be too wide.
    Flexible,
}

/// A table.
#[derive(Debug)]
pub(super) struct Grid {
    stands: Vec<Stand>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// With these columns: heading and stand.
    pub(super) fn new(columns: &[(&str, Stand)]) -> Self {
        Self {
            stands: columns.iter().map(|(_, stand)| *stand).collect(),
            rows: vec![
                columns
                    .iter()
                    .map(|(title, _)| (*title).to_owned())
                    .collect(),
            ],
        }
    }

    /// One more row.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether there are rows under the headings.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// The lines, the first one with the headings. Columns that are empty everywhere are left out. `None` when the
    /// flexible column would have too little room.
    pub(super) fn lines(&self, width: usize) -> Option<Vec<String>> {
        let columns: Vec<usize> = (0..self.stands.len())
            .filter(|column| self.is_used(*column))
            .collect();
        let natural = |column: &usize| self.natural(*column);
        let mut widths: Vec<usize> = columns.iter().map(natural).collect();
        let gaps = GAP * columns.len().saturating_sub(1);
        let wanted = widths.iter().sum::<usize>() + gaps;
        if wanted > width {
            let flexible = columns
                .iter()
                .position(|column| self.stands.get(*column) == Some(&Stand::Flexible))?;
            let room = widths.get_mut(flexible)?;
            *room = room
                .checked_sub(wanted - width)
                .filter(|room| *room >= FLEXIBLE_MIN)?;
        }
        let columns: Vec<(usize, usize)> = columns.into_iter().zip(widths).collect();
        Some(
            self.rows
                .iter()
                .flat_map(|row| self.row_lines(row, &columns))
                .collect(),
        )
    }

    fn row_lines(&self, row: &[String], columns: &[(usize, usize)]) -> Vec<String> {
        let cells: Vec<Vec<String>> = columns
            .iter()
            .map(|(column, width)| {
                let cell = row.get(*column).map_or("", String::as_str);
                match self.stands.get(*column) {
                    Some(Stand::Flexible) => broken(cell, *width),
                    _ => vec![cell.to_owned()],
                }
            })
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        let line = |index: usize| {
            let mut line = String::new();
            for ((column, width), parts) in columns.iter().zip(&cells) {
                if !line.is_empty() {
                    line.push_str(&" ".repeat(GAP));
                }
                let part = parts.get(index).map_or("", String::as_str);
                let padding = " ".repeat(width.saturating_sub(part.width()));
                if self.stands.get(*column) == Some(&Stand::Right) {
                    line.push_str(&padding);
                    line.push_str(part);
                } else {
                    line.push_str(part);
                    line.push_str(&padding);
                }
            }
            line.truncate(line.trim_end().len());
            line
        };
        (0..height).map(line).collect()
    }

    fn is_used(&self, column: usize) -> bool {
        let cells = self.rows.iter().skip(1).filter_map(|row| row.get(column));
        cells.into_iter().any(|cell| !cell.is_empty())
    }

    fn natural(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    }
}

/// A text in lines of at most `width` columns, between words where that goes and inside them where it must.
pub(super) fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in wrapped(text, width) {
        if part.width() <= width {
            lines.push(part);
            continue;
        }
        let mut line = String::new();
        for character in part.chars() {
            line.push(character);
            if line.width() > width && line.pop().is_some() {
                lines.push(std::mem::take(&mut line));
                line.push(character);
            }
        }
        lines.push(line);
    }
    lines
}

const GAP: usize = 2;
/// A narrower column is no table any more.
const FLEXIBLE_MIN: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let mut grid = Grid::new(&[
            ("no", Stand::Right),
            ("name", Stand::Flexible),
            ("unit", Stand::Left),
            ("net", Stand::Right),
        ]);
        grid.row(["1", "Rower 東京 dla dorosłych i dzieci", "", "1 230,00"].map(str::to_owned));
        grid.row(["12", "Dętka", "", "9,50"].map(str::to_owned));
        grid
    }

    #[test]
    fn numbers_stand_right_and_empty_columns_are_left_out() {
        assert_eq!(
            grid().lines(80).unwrap(),
            [
                "no  name                                    net",
                " 1  Rower 東京 dla dorosłych i dzieci  1 230,00",
                "12  Dętka                                  9,50",
            ]
        );
        assert_eq!(
            grid().lines(32).unwrap(),
            [
                "no  name                     net",
                " 1  Rower 東京 dla      1 230,00",
                "    dorosłych i dzieci",
                "12  Dętka                   9,50",
            ]
        );
        assert_eq!(grid().lines(29), None);
    }

    #[test]
    fn a_word_that_is_too_long_is_broken() {
        assert_eq!(broken("aaaaaaa bb", 3), ["aaa", "aaa", "a", "bb"]);
        assert_eq!(broken("東京都", 4), ["東京", "都"]);
        assert_eq!(broken("", 4), [""]);
    }
}

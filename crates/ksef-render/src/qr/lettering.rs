//! Letters for labels in images of pixels: capitals, digits and the hyphen, drawn by strokes of a round pen, so that no
//! font is needed. All of one width, in whole numbers.

use std::sync::OnceLock;

use super::label::Label;

/// Where a label goes: below the quiet zone, as large as its longest line allows.
#[derive(Debug)]
pub(super) struct Band<'a> {
    label: &'a Label,
    /// Height of capitals.
    pub(super) cap: u32,
    /// Height of the whole band.
    pub(super) height: u32,
}

impl<'a> Band<'a> {
    /// Under a code that is so many modules wide (quiet zone included), with a module of `unit`, which is the measure of
    /// all that follows.
    pub(super) fn new(label: &'a Label, modules: u32, unit: u32) -> Self {
        let longest = label.lines().iter().map(|line| line.len()).max();
        let longest = u32::try_from(longest.unwrap_or(1).max(1)).unwrap_or(u32::MAX);
        let room = modules.saturating_sub(2 * SIDE_MODULES) * unit;
        let fitting = room * CAP / (longest * ADVANCE);
        let cap = fitting.min(CAP_MODULES_MAX * unit).max(1);
        let lines = u32::try_from(label.line_count()).unwrap_or(1);
        Self {
            label,
            cap,
            height: lines.saturating_sub(1) * line_pitch(cap) + cap + BOTTOM_MODULES * unit,
        }
    }

    /// The lines with their baselines, from the top of the band.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&'a str, u32)> {
        let cap = self.cap;
        let lines = self.label.lines().into_iter();
        lines
            .filter(|line| !line.is_empty())
            .zip(0..)
            .map(move |(line, index)| (line, cap + index * line_pitch(cap)))
    }
}

/// From baseline to baseline.
const fn line_pitch(cap: u32) -> u32 {
    cap * 5 / 3
}

/// Letters of one height, as runs of dark pixels.
#[derive(Debug)]
pub(super) struct Lettering {
    advance: usize,
    gap: usize,
    glyphs: Vec<(char, Vec<Run>)>,
}

/// Dark pixels side by side.
#[derive(Debug, Clone, Copy)]
struct Run {
    x: usize,
    y: usize,
    length: usize,
}

impl Lettering {
    /// The letters whose capitals have so many pixels; those of usual heights are made once.
    pub(super) fn of(cap: u32) -> Kept {
        match KEPT.get(cap as usize) {
            Some(place) => Kept::Always(place.get_or_init(|| Self::make(cap))),
            None => Kept::Once(Box::new(Self::make(cap))),
        }
    }

    fn make(cap: u32) -> Self {
        let glyphs = GLYPHS
            .iter()
            .map(|(letter, strokes)| (*letter, rasterised(strokes, i64::from(cap))))
            .collect();
        Self {
            advance: (cap * ADVANCE / CAP) as usize,
            gap: (cap * (ADVANCE - WIDTH) / CAP) as usize,
            glyphs,
        }
    }

    /// Pixels that a line takes, without the space after its last letter.
    pub(super) fn width(&self, line: &str) -> usize {
        (line.len() * self.advance).saturating_sub(self.gap)
    }

    /// Gives every run of a line: x and y of its first pixel and its length, from the top left of the line.
    pub(super) fn draw(&self, line: &str, mut darken: impl FnMut(usize, usize, usize)) {
        for (index, letter) in line.chars().enumerate() {
            let glyph = self.glyphs.iter().find(|(known, _)| *known == letter);
            for run in glyph.into_iter().flat_map(|(_, runs)| runs) {
                darken(index * self.advance + run.x, run.y, run.length);
            }
        }
    }
}

/// Letters that are kept, or not.
pub(super) enum Kept {
    Always(&'static Lettering),
    Once(Box<Lettering>),
}

impl std::ops::Deref for Kept {
    type Target = Lettering;

    fn deref(&self) -> &Lettering {
        match self {
            Self::Always(lettering) => lettering,
            Self::Once(lettering) => lettering,
        }
    }
}

/// A point, in parts of a pixel.
type Point = (i64, i64);

/// The pixels whose centres the pen covers.
fn rasterised(strokes: &str, cap: i64) -> Vec<Run> {
    // The pen is a whole number of pixels wide and stays within the letter's box; its ends lie so that upright and
    // level strokes fill whole pixels.
    let pen = ((2 * cap + PEN_PARTS / 2) / PEN_PARTS).max(1);
    let radius = pen * FINE / 2;
    let offset = radius % FINE;
    let scaled = |value: i64, range: u32, box_px: i64| {
        let exact = radius + value * (box_px * FINE - 2 * radius) / i64::from(range);
        (exact - offset + FINE / 2) / FINE * FINE + offset
    };
    let box_width = cap * i64::from(WIDTH) / i64::from(CAP);
    let segments = segments(strokes, |x, y| {
        (scaled(x, WIDTH, box_width), scaled(y, CAP, cap))
    });
    let mut runs = Vec::new();
    for y in 0..cap {
        let is_dark = |x: i64| {
            let centre = (x * FINE + FINE / 2, y * FINE + FINE / 2);
            segments
                .iter()
                .any(|(from, to)| is_within(centre, *from, *to, radius))
        };
        let mut x = 0;
        while x < box_width {
            let start = x;
            while x < box_width && is_dark(x) {
                x += 1;
            }
            if x > start {
                // Not negative.
                let place = |value: i64| usize::try_from(value).unwrap_or_default();
                runs.push(Run {
                    x: place(start),
                    y: place(y),
                    length: place(x - start),
                });
            }
            x += 1;
        }
    }
    runs
}

/// Straight pieces of a letter. Its strokes are written as in SVG: `M x y`, `L x y`, `Q cx cy x y`.
fn segments(strokes: &str, scaled: impl Fn(i64, i64) -> Point) -> Vec<(Point, Point)> {
    let mut pieces = Vec::new();
    let mut pen = (0, 0);
    let mut words = strokes.split(' ');
    while let Some(command) = words.next() {
        let mut point = || {
            let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
            let x = number();
            scaled(x, number())
        };
        match command {
            "M" => pen = point(),
            "L" => {
                let to = point();
                pieces.push((pen, to));
                pen = to;
            }
            // "Q"
            _ => {
                let (control, to) = (point(), point());
                let start = pen;
                for step in 1..=CURVE_PIECES {
                    let next = (
                        on_curve(start.0, control.0, to.0, step),
                        on_curve(start.1, control.1, to.1, step),
                    );
                    pieces.push((pen, next));
                    pen = next;
                }
            }
        }
    }
    pieces
}

/// One coordinate of a quadratic curve after `step` of its pieces.
const fn on_curve(from: i64, control: i64, to: i64, step: i64) -> i64 {
    let rest = CURVE_PIECES - step;
    (rest * rest * from + 2 * rest * step * control + step * step * to)
        / (CURVE_PIECES * CURVE_PIECES)
}

/// Whether a point is at most `radius` from a segment.
const fn is_within(point: Point, from: Point, to: Point, radius: i64) -> bool {
    let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
    let (x, y) = (point.0 - from.0, point.1 - from.1);
    let length = along_x * along_x + along_y * along_y;
    let projected = x * along_x + y * along_y;
    if projected <= 0 || length == 0 {
        return x * x + y * y <= radius * radius;
    }
    if projected >= length {
        let (x, y) = (point.0 - to.0, point.1 - to.1);
        return x * x + y * y <= radius * radius;
    }
    let across = x * along_y - y * along_x;
    // The square is compared in 128 bits: letters may be large.
    (across as i128) * (across as i128) <= (radius as i128) * (radius as i128) * (length as i128)
}

/// Heights up to which letters are kept.
const KEPT_MAX: usize = 64;
static KEPT: [OnceLock<Lettering>; KEPT_MAX] = [const { OnceLock::new() }; KEPT_MAX];

/// Height of capitals in the grid of [`GLYPHS`].
const CAP: u32 = 12;
/// Width of a letter in it.
const WIDTH: u32 = 8;
/// From letter to letter.
const ADVANCE: u32 = 11;
/// The pen is two of so many parts of the height of capitals wide.
const PEN_PARTS: i64 = 15;
/// Parts of a pixel.
const FINE: i64 = 64;
/// Straight pieces of a curve.
const CURVE_PIECES: i64 = 6;
/// Capitals have at most so many modules: 2 mm in the default size.
const CAP_MODULES_MAX: u32 = 4;
/// Kept free at the left and at the right of a label.
const SIDE_MODULES: u32 = 1;
/// Kept free below it.
const BOTTOM_MODULES: u32 = 2;

/// The letters as strokes in a grid of 8 by 12, y from the top.
const GLYPHS: [(char, &str); 37] = [
    ('-', "M 1 6 L 7 6"),
    (
        '0',
        "M 4 0 Q 7 0 7 4 L 7 8 Q 7 12 4 12 Q 1 12 1 8 L 1 4 Q 1 0 4 0",
    ),
    ('1', "M 1 3 L 4 0 L 4 12 M 1 12 L 7 12"),
    ('2', "M 0 3 Q 0 0 4 0 Q 8 0 8 3 Q 8 5 5 7 L 0 12 L 8 12"),
    (
        '3',
        "M 0 2 Q 1 0 4 0 Q 8 0 8 3 Q 8 6 3 6 Q 8 6 8 9 Q 8 12 4 12 Q 1 12 0 10",
    ),
    ('4', "M 6 12 L 6 0 L 0 9 L 8 9"),
    (
        '5',
        "M 7 0 L 1 0 L 0 5 Q 2 4 4 4 Q 8 4 8 8 Q 8 12 4 12 Q 1 12 0 10",
    ),
    (
        '6',
        "M 7 1 Q 6 0 4 0 Q 0 0 0 6 L 0 8 Q 0 12 4 12 Q 8 12 8 8 Q 8 5 4 5 Q 0 5 0 8",
    ),
    ('7', "M 0 0 L 8 0 L 3 12"),
    (
        '8',
        "M 4 6 Q 0 6 0 3 Q 0 0 4 0 Q 8 0 8 3 Q 8 6 4 6 Q 0 6 0 9 Q 0 12 4 12 Q 8 12 8 9 Q 8 6 4 6",
    ),
    (
        '9',
        "M 1 11 Q 2 12 4 12 Q 8 12 8 6 L 8 4 Q 8 0 4 0 Q 0 0 0 4 Q 0 7 4 7 Q 8 7 8 4",
    ),
    ('A', "M 0 12 L 4 0 L 8 12 M 1 9 L 7 9"),
    (
        'B',
        "M 0 6 L 4 6 Q 8 6 8 3 Q 8 0 4 0 L 0 0 L 0 12 L 4 12 Q 8 12 8 9 Q 8 6 4 6",
    ),
    (
        'C',
        "M 8 2 Q 7 0 4 0 Q 0 0 0 4 L 0 8 Q 0 12 4 12 Q 7 12 8 10",
    ),
    ('D', "M 0 0 L 3 0 Q 8 0 8 5 L 8 7 Q 8 12 3 12 L 0 12 L 0 0"),
    ('E', "M 8 0 L 0 0 L 0 12 L 8 12 M 0 6 L 6 6"),
    ('F', "M 8 0 L 0 0 L 0 12 M 0 6 L 6 6"),
    (
        'G',
        "M 8 2 Q 7 0 4 0 Q 0 0 0 4 L 0 8 Q 0 12 4 12 Q 8 12 8 8 L 8 7 L 5 7",
    ),
    ('H', "M 0 0 L 0 12 M 8 0 L 8 12 M 0 6 L 8 6"),
    ('I', "M 4 0 L 4 12 M 1 0 L 7 0 M 1 12 L 7 12"),
    ('J', "M 8 0 L 8 8 Q 8 12 4 12 Q 0 12 0 8"),
    ('K', "M 0 0 L 0 12 M 8 0 L 0 7 M 3 4 L 8 12"),
    ('L', "M 0 0 L 0 12 L 8 12"),
    ('M', "M 0 12 L 0 0 L 4 7 L 8 0 L 8 12"),
    ('N', "M 0 12 L 0 0 L 8 12 L 8 0"),
    (
        'O',
        "M 4 0 Q 8 0 8 5 L 8 7 Q 8 12 4 12 Q 0 12 0 7 L 0 5 Q 0 0 4 0",
    ),
    ('P', "M 0 12 L 0 0 L 4 0 Q 8 0 8 3 Q 8 7 4 7 L 0 7"),
    (
        'Q',
        "M 4 0 Q 8 0 8 5 L 8 7 Q 8 12 4 12 Q 0 12 0 7 L 0 5 Q 0 0 4 0 M 5 9 L 8 12",
    ),
    (
        'R',
        "M 0 12 L 0 0 L 4 0 Q 8 0 8 3 Q 8 7 4 7 L 0 7 M 4 7 L 8 12",
    ),
    (
        'S',
        "M 8 2 Q 7 0 4 0 Q 0 0 0 3 Q 0 6 4 6 Q 8 6 8 9 Q 8 12 4 12 Q 1 12 0 10",
    ),
    ('T', "M 0 0 L 8 0 M 4 0 L 4 12"),
    ('U', "M 0 0 L 0 8 Q 0 12 4 12 Q 8 12 8 8 L 8 0"),
    ('V', "M 0 0 L 4 12 L 8 0"),
    ('W', "M 0 0 L 2 12 L 4 4 L 6 12 L 8 0"),
    ('X', "M 0 0 L 8 12 M 8 0 L 0 12"),
    ('Y', "M 0 0 L 4 6 L 8 0 M 4 6 L 4 12"),
    ('Z', "M 0 0 L 8 0 L 0 12 L 8 12"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The letter as a picture.
    fn picture(letter: char, cap: u32) -> Vec<String> {
        let width = (cap * WIDTH / CAP) as usize;
        let mut rows = vec![vec!['.'; width]; cap as usize];
        Lettering::of(cap).draw(&letter.to_string(), |x, y, length| {
            rows[y][x..x + length].fill('#');
        });
        rows.into_iter().map(String::from_iter).collect()
    }

    #[test]
    fn letters_as_drawn() {
        let expected = [
            "##########",
            "##########",
            "##........",
            "##........",
            "##........",
            "##........",
            "##........",
            "########..",
            "########..",
            "##........",
            "##........",
            "##........",
            "##........",
            "##........",
            "##........",
        ];
        assert_eq!(picture('F', 15), expected);
    }

    #[test]
    fn every_character_of_a_label_has_its_own_shape_within_its_box() {
        for cap in [8, 10, 17, 24, 70] {
            let mut seen = Vec::new();
            for letter in "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars() {
                let shape = picture(letter, cap);
                assert!(shape.iter().any(|row| row.contains('#')), "{letter}");
                assert!(!seen.contains(&shape), "{letter} at {cap}");
                seen.push(shape);
            }
        }
    }

    #[test]
    fn every_stroke_is_a_command_with_its_numbers() {
        for (letter, strokes) in GLYPHS {
            let mut words = strokes.split(' ');
            while let Some(command) = words.next() {
                let numbers = match command {
                    "M" | "L" => 2,
                    "Q" => 4,
                    other => panic!("{letter}: {other}"),
                };
                for index in 0..numbers {
                    let number: i64 = words.next().unwrap().parse().unwrap();
                    assert!((0..=if index % 2 == 0 { 8 } else { 12 }).contains(&number));
                }
            }
        }
    }

    #[test]
    fn a_label_fits_under_its_code() {
        let number = "5265877635-20250826-010000-1AF629-AF".parse().unwrap();
        for label in [Label::Number(number), Label::Offline, Label::Certificate] {
            for (modules, unit) in [(49, 6), (53, 3), (53, 100), (93, 7)] {
                let band = Band::new(&label, modules, unit);
                let lettering = Lettering::of(band.cap);
                for (line, baseline) in band.lines() {
                    assert!(lettering.width(line) <= (modules * unit) as usize, "{line}");
                    assert!(baseline <= band.height);
                }
            }
        }
    }
}

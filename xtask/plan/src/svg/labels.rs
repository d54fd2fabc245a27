//! Where the words beside a chart's points go: where they cover the least.

use super::text;

/// Width of a figure and of a letter, and height of a line, in the widest font seen.
const FIGURE: f64 = 7.2;
const LETTER: f64 = 8.4;
const LINE: f64 = 13.0;

/// Costs of covering other words, a point or a bit of path, and of leaving the chart.
const WORDS: f64 = 20.0;
const MARK: f64 = 1.0;
const OUTSIDE: f64 = 100.0;

/// Left, top, right, bottom.
type Area = [f64; 4];

/// Words that were placed, and what they had better not cover.
pub(super) struct Labels {
    within: Area,
    words: Vec<Area>,
    marks: Vec<[f64; 2]>,
}

impl Labels {
    /// For a chart with this path.
    pub(super) fn beside(path: &[[f64; 2]], within: Area) -> Self {
        let steps = path.windows(2).flat_map(|ends| {
            let [[x, y], [to_x, to_y]] = [ends[0], ends[1]];
            (0..10).map(move |step| {
                let share = f64::from(step) / 10.0;
                [x + (to_x - x) * share, y + (to_y - y) * share]
            })
        });
        Self {
            within,
            words: Vec::new(),
            marks: steps.chain(path.last().copied()).collect(),
        }
    }

    /// Words beside a point: above it if that is as good as any other place.
    pub(super) fn place(&mut self, class: &str, [x, y]: [f64; 2], words: &str) -> String {
        let each = |letter: char| {
            if letter.is_alphabetic() {
                LETTER
            } else {
                FIGURE
            }
        };
        let width: f64 = words.chars().map(each).sum();
        let (middle, left, right) = (x - width / 2.0, x - 8.0 - width, x + 8.0);
        let candidates = [
            (middle, y - 8.0),
            (middle, y + 18.0),
            (left, y - 3.0),
            (right, y + 4.0),
            (left, y + 4.0),
            (right, y + 14.0),
            (middle, y - 21.0),
            (middle, y + 31.0),
            (middle, y - 34.0),
        ];
        let area = |(left, base): (f64, f64)| [left, base - LINE + 3.0, left + width, base + 2.0];
        let cost = |candidate: &(f64, f64)| self.cost(area(*candidate));
        let best = candidates
            .into_iter()
            .min_by(|one, other| cost(one).total_cmp(&cost(other)))
            .unwrap_or((middle, y));
        self.words.push(area(best));
        let place = [best.0 + width / 2.0, best.1];
        text(&format!("{class} at-middle"), place, words)
    }

    fn cost(&self, area: Area) -> f64 {
        let [left, top, right, bottom] = area;
        let words = self
            .words
            .iter()
            .filter(|[l, t, r, b]| left < *r && *l < right && top < *b && *t < bottom);
        let marks = self.marks.iter().filter(|[x, y]| {
            (left - 3.0..right + 3.0).contains(x) && (top - 3.0..bottom + 3.0).contains(y)
        });
        let [l, t, r, b] = self.within;
        let outside = left < l || right > r || top < t || bottom > b;
        words.count() as f64 * WORDS
            + marks.count() as f64 * MARK
            + if outside { OUTSIDE } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lonely_point_has_its_words_above() {
        let mut labels = Labels::beside(&[[100.0, 100.0]], [0.0, 0.0, 200.0, 200.0]);
        assert_eq!(
            labels.place("c", [100.0, 100.0], "1.1"),
            text("c at-middle", [100.0, 92.0], "1.1")
        );
    }

    #[test]
    fn words_of_eighteen_points_in_a_row_do_not_cover_each_other() {
        let row: Vec<[f64; 2]> = (0..18)
            .map(|at| [60.0 + 18.0 * f64::from(at), 250.0])
            .collect();
        let within = [40.0, 0.0, 400.0, 260.0];
        let mut labels = Labels::beside(&row, within);
        for place in &row {
            labels.place("c", *place, "1.1");
        }
        for (at, one) in labels.words.iter().enumerate() {
            let [left, top, right, bottom] = *one;
            assert!(left >= within[0] && right <= within[2] && bottom <= within[3]);
            for [l, t, r, b] in &labels.words[..at] {
                assert!(right <= *l || *r <= left || bottom <= *t || *b <= top);
            }
        }
    }
}

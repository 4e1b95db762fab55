//! Where a value first rises above zero along a stretch, found to a part of it with few questions, for every question is dear.
//!
//! The stretch is cut into [`PARTS`] parts. Asked is only at their ends, so that where the value rises above zero once the answer is that
//! of halving, whatever was asked on the way. Where to ask tells a parabola through what is known, but it may cost [`FREE`] questions more
//! than halving at most, as in the ITP method (Oliveira & Takahashi 2020).

/// Parts of a stretch: halved so many times over, one is left.
const PARTS: u32 = 1 << HALVINGS;
const HALVINGS: u32 = 6;
/// Questions that may be asked beyond those of halving.
const FREE: u32 = 2;

/// What is known, and what to ask next.
#[derive(Clone, Debug)]
pub(super) struct Crossing {
    ends: (f64, f64),
    /// The last part's end that is not above zero; the stretch's beginning is taken to be so.
    low: u32,
    /// The first that is.
    high: Option<u32>,
    /// Places and values, those outside the stretch with them.
    known: Vec<(f64, f64)>,
    /// Questions since the last change of stretch or since a place above zero is known.
    asked: u32,
}

impl Crossing {
    /// A stretch from where the value is not above zero, with some values on or before it.
    pub(super) fn new(ends: (f64, f64), known: Vec<(f64, f64)>) -> Self {
        Self {
            ends,
            low: 0,
            high: None,
            known,
            asked: 0,
        }
    }

    /// The same search along the stretch behind this one.
    pub(super) fn beyond(&self, end: f64) -> Self {
        Self::new((self.ends.1, end), self.known.clone())
    }

    /// Where the value is wanted next; none if the search is over.
    pub(super) fn next(&self) -> Option<f64> {
        self.part().map(|part| self.place(part))
    }

    /// The value at the place that was wanted.
    pub(super) fn tell(&mut self, value: f64) {
        let part = self.part().expect("a place was wanted");
        self.known.push((self.place(part), value));
        self.asked += 1;
        if value > 0.0 {
            if self.high.is_none() {
                self.asked = 0;
            }
            self.high = Some(part);
        } else {
            self.low = part;
        }
    }

    /// The end of the part in which the value rises above zero; none if it was never found above.
    pub(super) fn found(&self) -> Option<f64> {
        self.high.map(|part| self.place(part))
    }

    /// The part at whose end to ask.
    fn part(&self) -> Option<u32> {
        let Some(high) = self.high else {
            let zero = self.zero(f64::INFINITY).filter(|_| self.asked < FREE);
            let guess = zero.map_or(PARTS, |zero| zero.min(f64::from(PARTS)).ceil() as u32);
            return (self.low < PARTS).then(|| guess.clamp(self.low + 1, PARTS));
        };
        if high - self.low <= 1 {
            return None;
        }
        // As many parts as questions that are left can halve, on either side.
        let reach = 1 << (HALVINGS + FREE).saturating_sub(self.asked + 1).min(HALVINGS);
        let guess = match self.zero(f64::from(high)).map(|zero| zero.ceil() as u32) {
            // It is expected to be above zero there already: only what is before is in question.
            Some(part) if part >= high => high - 1,
            Some(part) => part,
            None => (self.low + high) / 2,
        };
        let least = (self.low + 1).max(high.saturating_sub(reach));
        Some(guess.clamp(least, (high - 1).min(self.low + reach).max(least)))
    }

    /// Where the value is expected to cross zero between the last part known not to be above it and `most`, in parts: by a parabola through
    /// the ends of what is in question and the value nearest to zero elsewhere, or by a straight line.
    fn zero(&self, most: f64) -> Option<f64> {
        let mut known: Vec<(f64, f64)> = self.known.clone();
        known.retain(|(_, value)| value.is_finite());
        known.sort_by(|x, y| x.1.abs().total_cmp(&y.1.abs()));
        let ends = [Some(self.low), self.high].map(|part| part.map(|part| self.place(part)));
        known.sort_by_key(|(at, _)| !ends.contains(&Some(*at)));
        known
            .iter_mut()
            .for_each(|(at, _)| *at = (*at - self.ends.0) / (self.ends.1 - self.ends.0) * f64::from(PARTS));
        let inside = |zero: &f64| *zero > f64::from(self.low) && *zero <= most;
        let parabola = match known[..] {
            [a, b, c, ..] => parabola(a, b, c).into_iter().find(inside),
            _ => None,
        };
        let line = match known[..] {
            [a, b, ..] => Some(a.0 - a.1 * (b.0 - a.0) / (b.1 - a.1)).filter(inside),
            _ => None,
        };
        parabola.or(line)
    }

    /// The end of a part, as halving would have come to it.
    fn place(&self, part: u32) -> f64 {
        let (mut low, mut high) = ((0, self.ends.0), (PARTS, self.ends.1));
        loop {
            if part == low.0 {
                return low.1;
            }
            if part == high.0 {
                return high.1;
            }
            let middle = ((low.0 + high.0) / 2, (low.1 + high.1) / 2.0);
            if part < middle.0 {
                high = middle;
            } else {
                low = middle;
            }
        }
    }
}

/// Where the parabola through three places with their values crosses zero; the nearer to the first place first.
fn parabola((a, x): (f64, f64), (b, y): (f64, f64), (c, z): (f64, f64)) -> [f64; 2] {
    let (first, second) = ((y - x) / (b - a), (z - x) / (c - a));
    let bend = (second - first) / (c - b);
    let slope = first - bend * (b - a);
    // The form that loses no digits where the parabola is nearly straight.
    let root = (slope * slope - 4.0 * bend * x).sqrt();
    let [near, far] = if slope < 0.0 {
        [slope - root, slope + root]
    } else {
        [slope + root, slope - root]
    };
    [near, far].map(|divisor| a - 2.0 * x / divisor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The answer of halving, as long as the end of the stretch is above zero.
    fn halved(ends: (f64, f64), value: impl Fn(f64) -> f64) -> Option<f64> {
        let (mut low, mut high) = ends;
        if value(high).is_nan() || value(high) <= 0.0 {
            return None;
        }
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            if value(middle) > 0.0 {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(high)
    }

    /// What is found, and with how many questions.
    fn searched(mut crossing: Crossing, value: impl Fn(f64) -> f64) -> (Option<f64>, usize) {
        let mut asked = 0;
        while let Some(at) = crossing.next() {
            crossing.tell(value(at));
            asked += 1;
        }
        (crossing.found(), asked)
    }

    #[test]
    fn smooth_curves_take_few_questions() {
        type Curve = fn(f64) -> f64;
        let curves: [(&str, Curve, usize); 7] = [
            ("line", |x| x - 0.37, 3),
            ("line that ends above", |x| x - 0.995, 2),
            ("parabola", |x| x * x - 0.3, 4),
            ("root", |x| x.max(0.0).sqrt() - 0.3, 6),
            ("cubic", |x| x * x * x - 0.5, 5),
            ("saturating", |x| x / (0.2 + x) - 0.4, 6),
            ("never", |x| x - 2.0, 1),
        ];
        for (name, curve, most) in curves {
            let (found, asked) = searched(Crossing::new((0.0, 1.0), vec![(0.0, curve(0.0))]), curve);
            assert_eq!(found, halved((0.0, 1.0), curve), "{name}");
            assert!(asked <= most, "{name}: {asked} questions");
        }
    }

    #[test]
    fn what_lies_beyond_is_found_without_going_to_the_end() {
        let curve = |x: f64| x - 1.7;
        let mut crossing = Crossing::new((0.0, 1.0), vec![(0.0, curve(0.0))]);
        crossing.tell(curve(1.0));
        assert_eq!((crossing.next(), crossing.found()), (None, None));
        let (found, asked) = searched(crossing.beyond(20.0), curve);
        assert_eq!(found, halved((1.0, 20.0), curve));
        assert!(asked <= 2, "{asked}");
    }

    proptest! {
        /// Curves that rise once, smooth, stepped or broken, with or without a value to begin with.
        #[test]
        fn the_answer_is_that_of_halving(
            at in -0.1_f64..1.1,
            bend in 0.1_f64..8.0,
            step in 1_u32..40,
            kind in 0_u32..4,
            begun in any::<bool>(),
            end in 1.0_f64..30.0,
        ) {
            let at = at * end;
            let curve = |x: f64| {
                let (way, sign) = ((x - at).abs() / end, (x - at).signum());
                match kind {
                    0 => sign * way,
                    1 => sign * (way * bend + way * way * way * bend * bend),
                    2 => sign * (way * f64::from(step)).floor(),
                    _ => if x > at { 1.0 } else { f64::NAN },
                }
            };
            let known = if begun { vec![(0.0, curve(0.0).min(0.0))] } else { Vec::new() };
            let (found, asked) = searched(Crossing::new((0.0, end), known), curve);
            prop_assert_eq!(found, halved((0.0, end), curve));
            // The end, two guesses before it, and the halvings.
            prop_assert!(asked <= (1 + 2 * FREE + HALVINGS) as usize, "{} questions", asked);
        }
    }
}

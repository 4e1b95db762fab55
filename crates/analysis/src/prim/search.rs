//! The search for one box after another over columns that are sorted once.
//!
//! A row's state is how many of the box's sides it lies beyond, and which one if it is one only. A move of a side then touches
//! only the rows between its old and new place; rows beyond one side only are what the quasi-p values and pasting ask for.
//!
//! Most of the time goes into walks from the ends of a column inwards, over rows that lie anywhere: what a walk asks of a row is one byte,
//! and all rows' bytes stay in the nearest cache.

use std::borrow::Cow;

use super::{Inside, Limit, Objective, PrimBox, PrimOptions};
use crate::numbers::special::beta_cdf;
use crate::slices::{Factor, Sorted};

/// A side of the box: twice the factor, plus one from above.
type Side = u32;

pub(super) struct Search<'a> {
    columns: Vec<Column<'a>>,
    /// Columns in the order in which candidates are tried.
    order: Vec<usize>,
    interest: Vec<bool>,
    /// Rows not yet in a box found.
    remaining: Vec<bool>,
    /// Of each row [`INSIDE`] and [`OF_INTEREST`], or nothing outside the box.
    inside: Vec<u8>,
    /// How many sides a row lies beyond.
    beyond: Vec<u32>,
    /// The sum of those sides: where there is one, the side itself.
    sides: Vec<u64>,
    /// Rows beyond this side only, and how many of them are of interest.
    only: Vec<(usize, usize)>,
    total: usize,
    pub(super) interesting: usize,
    in_box: usize,
    of_interest: usize,
}

/// A row inside the box.
const INSIDE: u8 = 1;
/// A row of interest inside the box.
const OF_INTEREST: u8 = 2;

/// Rows counted, and how many of them are of interest: together, so that a walk adds once.
#[derive(Clone, Copy, Default)]
struct Tally(u64);

impl Tally {
    fn add(&mut self, inside: u8) {
        self.0 += u64::from(inside & INSIDE) | u64::from(inside & OF_INTEREST) << 31;
    }

    fn futures(self) -> usize {
        (self.0 & u64::from(u32::MAX)) as usize
    }

    fn of_interest(self) -> usize {
        (self.0 >> 32) as usize
    }
}

enum Column<'a> {
    Ordered(Ordered<'a>),
    Named {
        codes: Cow<'a, [u32]>,
        all: Vec<u32>,
        inside: Vec<bool>,
    },
}

struct Ordered<'a> {
    whole: bool,
    values: Cow<'a, [f64]>,
    /// Rows by value, all of them.
    sorted: Cow<'a, [u32]>,
    /// The same with rows beyond some side thinned out now and then; none before the first time.
    thinned: Option<Vec<u32>>,
    range: (f64, f64),
    limits: (f64, f64),
    /// Positions in `sorted` of the first row inside the limits and of the first beyond them.
    at: (usize, usize),
}

/// A box that differs from the present one in one factor.
struct Candidate {
    column: usize,
    change: Change,
    futures: usize,
    of_interest: usize,
}

enum Change {
    Low(f64),
    High(f64),
    Drop(u32),
    Add(u32),
}

impl<'a> Search<'a> {
    pub(super) fn new(factors: &[&'a Sorted], of_interest: &[Option<bool>], rows: &[usize]) -> Self {
        // Rows are numbered among those searched.
        const LEFT_OUT: u32 = u32::MAX;
        let all = rows.len() == of_interest.len();
        let mut number = Vec::new();
        if !all {
            number = vec![LEFT_OUT; of_interest.len()];
            rows.iter().zip(0..).for_each(|(&row, at)| number[row] = at);
        }
        let ordered = |whole: bool, x: &'a [f64], order: &'a [u32]| {
            if all {
                return Column::Ordered(Ordered::new(whole, x.into(), order.into()));
            }
            let order = order.iter().map(|&row| number[row as usize]);
            let order: Vec<u32> = order.filter(|&at| at != LEFT_OUT).collect();
            let values: Vec<f64> = rows.iter().map(|&r| x[r]).collect();
            Column::Ordered(Ordered::new(whole, values.into(), order.into()))
        };
        let columns: Vec<Column> = factors
            .iter()
            .map(|sorted| match sorted.factor {
                Factor::Numeric(x) => ordered(false, x, &sorted.order),
                Factor::Integer(x) => ordered(true, x, &sorted.order),
                Factor::Categorical { codes, categories } => {
                    let codes: Cow<[u32]> = if all {
                        codes.into()
                    } else {
                        rows.iter().map(|&r| codes[r]).collect()
                    };
                    let mut seen = vec![false; categories as usize];
                    codes.iter().for_each(|&c| seen[c as usize] = true);
                    let all = (0..categories).filter(|&c| seen[c as usize]).collect();
                    Column::Named {
                        codes,
                        all,
                        inside: seen,
                    }
                }
            })
            .collect();
        let kind = |c: usize| match &columns[c] {
            Column::Ordered(o) => u8::from(o.whole),
            Column::Named { .. } => 2,
        };
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|&c| kind(c));
        let interest: Vec<bool> = rows.iter().map(|&r| of_interest[r] == Some(true)).collect();
        let interesting = interest.iter().filter(|i| **i).count();
        Search {
            order,
            only: vec![(0, 0); 2 * columns.len()],
            columns,
            remaining: vec![true; rows.len()],
            inside: vec![0; rows.len()],
            beyond: vec![0; rows.len()],
            sides: vec![0; rows.len()],
            total: rows.len(),
            interesting,
            in_box: rows.len(),
            of_interest: interesting,
            interest,
        }
    }

    /// Futures of interest not yet in a box found.
    pub(super) fn interesting_left(&self) -> usize {
        self.interest
            .iter()
            .zip(&self.remaining)
            .filter(|(i, r)| **i && **r)
            .count()
    }

    pub(super) fn ranges(&self) -> Vec<Limit> {
        let inside = |c: &Column| match c {
            Column::Ordered(o) => Inside::Range {
                low: o.range.0,
                high: o.range.1,
            },
            Column::Named { all, .. } => Inside::Categories(all.clone()),
        };
        let limit = |(factor, c)| Limit {
            factor,
            inside: inside(c),
            quasi_p_low: None,
            quasi_p_high: None,
        };
        self.columns.iter().enumerate().map(limit).collect()
    }

    /// Peels from everything that remains, then pastes.
    pub(super) fn trajectory(&mut self, options: &PrimOptions) -> Vec<PrimBox> {
        self.open();
        let mut boxes = vec![self.describe()];
        while let Some(best) = self.best(self.peels(options.peel_alpha), options) {
            if best.futures >= self.in_box {
                break;
            }
            self.apply(&best);
            self.thin();
            boxes.push(self.describe());
        }
        while let Some(best) = self.best(self.pastes(options.paste_alpha), options) {
            let rises = mean(best.of_interest, best.futures) > mean(self.of_interest, self.in_box);
            if best.futures <= self.in_box || !rises {
                break;
            }
            self.apply(&best);
            boxes.push(self.describe());
        }
        boxes
    }

    /// Takes the rows inside a box out of the search.
    pub(super) fn take_out(&mut self, found: &PrimBox) {
        let mut inside = self.remaining.clone();
        for limit in &found.limits {
            match (&self.columns[limit.factor], &limit.inside) {
                (Column::Ordered(o), Inside::Range { low, high }) => {
                    inside
                        .iter_mut()
                        .zip(o.values.iter())
                        .for_each(|(i, x)| *i &= low <= x && x <= high);
                }
                (Column::Named { codes, .. }, Inside::Categories(set)) => {
                    inside
                        .iter_mut()
                        .zip(codes.iter())
                        .for_each(|(i, c)| *i &= set.contains(c));
                }
                _ => unreachable!("a limit is of the kind of its factor"),
            }
        }
        self.remaining.iter_mut().zip(&inside).for_each(|(r, i)| *r &= !i);
    }

    /// The box of everything that remains. Rows taken out are beyond a side that no factor has.
    fn open(&mut self) {
        let gone = u64::from(u32::MAX);
        for row in 0..self.total {
            let out = !self.remaining[row];
            self.beyond[row] = u32::from(out);
            self.sides[row] = if out { gone } else { 0 };
            self.inside[row] = self.seen_from_inside(row);
        }
        self.only.fill((0, 0));
        self.in_box = self.remaining.iter().filter(|r| **r).count();
        self.of_interest = self.interesting_left();
        for column in &mut self.columns {
            match column {
                Column::Ordered(o) => {
                    o.limits = o.range;
                    o.at = (0, o.sorted.len());
                    o.thinned = None;
                }
                Column::Named { all, inside, .. } => all.iter().for_each(|&c| inside[c as usize] = true),
            }
        }
    }

    /// The byte of a row.
    fn seen_from_inside(&self, row: usize) -> u8 {
        match (self.beyond[row], self.interest[row]) {
            (0, true) => INSIDE | OF_INTEREST,
            (0, false) => INSIDE,
            _ => 0,
        }
    }

    /// Drops rows outside the box from the lists to walk, once they are the greater part.
    fn thin(&mut self) {
        for column in &mut self.columns {
            if let Column::Ordered(o) = column
                && o.active().len() > 2 * self.in_box
            {
                let mut rows = o.thinned.take().unwrap_or_else(|| o.sorted.to_vec());
                // Every row is written and the next one over those that do not stay: no branch to be guessed.
                let mut kept = 0;
                for at in 0..rows.len() {
                    let row = rows[at];
                    rows[kept] = row;
                    kept += usize::from(self.inside[row as usize] & INSIDE);
                }
                rows.truncate(kept);
                o.thinned = Some(rows);
            }
        }
    }

    fn peels(&self, alpha: f64) -> Vec<Candidate> {
        let mut all = Vec::with_capacity(2 * self.columns.len());
        for &c in &self.order {
            match &self.columns[c] {
                Column::Ordered(o) if o.whole => {
                    let inside = |r: &u32| self.inside[*r as usize] != 0;
                    let down = || o.active().iter().rev().copied().filter(inside);
                    let up = || o.active().iter().copied().filter(inside);
                    let n = self.in_box;
                    let high = edge(&o.values, down(), n, 1.0 - alpha);
                    let low = edge(&o.values, up(), n, alpha);
                    let high = whole_edge(&o.values, down(), high, o.limits.1, |x, limit| x <= limit);
                    all.push(self.without(c, Change::High(high), down(), |x| x > high, o));
                    let low = whole_edge(&o.values, up(), low, o.limits.0, |x, limit| x >= limit);
                    all.push(self.without(c, Change::Low(low), up(), |x| x < low, o));
                }
                Column::Ordered(o) => {
                    let (rows, n) = (o.active(), self.in_box);
                    let last = rows.len().wrapping_sub(1);
                    let (high, lost) = self.end(o, |at| rows[last - at], near(n, 1.0 - alpha).0);
                    all.push(self.less(c, Change::High(high), lost));
                    let (low, lost) = self.end(o, |at| rows[at], near(n, alpha).0);
                    all.push(self.less(c, Change::Low(low), lost));
                }
                Column::Named { codes, inside, .. } => {
                    if inside.iter().filter(|i| **i).count() < 2 {
                        continue;
                    }
                    let mut by_code = vec![Tally::default(); inside.len()];
                    for (&code, &row) in codes.iter().zip(&self.inside) {
                        by_code[code as usize].add(row);
                    }
                    for code in (0..inside.len()).filter(|&c| inside[c]) {
                        all.push(self.less(c, Change::Drop(code as u32), by_code[code]));
                    }
                }
            }
        }
        all
    }

    /// Where a peel of a numeric column cuts (see [`edge`]), and what lies beyond it: from the active rows by value, the end's own first,
    /// and the number of rows inside that stand before the one to be cut at.
    fn end(&self, of: &Ordered, row: impl Fn(usize) -> u32, near: usize) -> (f64, Tally) {
        let count = of.active().len();
        let mut walked = Tally::default();
        let mut at = 0;
        while at < count {
            walked.add(self.inside[row(at) as usize]);
            if walked.futures() > near {
                break;
            }
            at += 1;
        }
        if at == count {
            return (f64::NAN, Tally::default());
        }
        let value = |at: usize| of.values[row(at) as usize];
        let a = value(at);
        // Equal values go together: those already walked and those to come.
        let mut equal = Tally::default();
        for before in (0..=at).rev().take_while(|&before| value(before) == a) {
            equal.add(self.inside[row(before) as usize]);
        }
        let beyond = Tally(walked.0 - equal.0);
        let mut b = a;
        for next in at + 1..count {
            let inside = self.inside[row(next) as usize];
            if inside != 0 {
                if value(next) != a {
                    b = value(next);
                    break;
                }
                equal.add(inside);
            }
        }
        let cut = (a + b) / 2.0;
        // Between neighbouring numbers lies none: the middle may be the value itself, which then stays.
        let lost = if cut == a {
            beyond
        } else {
            Tally(beyond.0 + equal.0)
        };
        (cut, lost)
    }

    /// The candidate that loses so many rows.
    fn less(&self, column: usize, change: Change, lost: Tally) -> Candidate {
        Candidate {
            column,
            change,
            futures: self.in_box - lost.futures(),
            of_interest: self.of_interest - lost.of_interest(),
        }
    }

    /// The candidate that loses the rows from an end as long as they are `lost`.
    fn without(
        &self,
        column: usize,
        change: Change,
        rows: impl Iterator<Item = u32>,
        lost: impl Fn(f64) -> bool,
        of: &Ordered,
    ) -> Candidate {
        let (mut futures, mut of_interest) = (self.in_box, self.of_interest);
        for row in rows.take_while(|&r| lost(of.values[r as usize])) {
            futures -= 1;
            of_interest -= usize::from(self.interest[row as usize]);
        }
        Candidate {
            column,
            change,
            futures,
            of_interest,
        }
    }

    fn pastes(&self, alpha: f64) -> Vec<Candidate> {
        let mut all = Vec::new();
        for &c in &self.order {
            match &self.columns[c] {
                Column::Ordered(o) if o.limits != o.range => {
                    let side = |from_above: bool| 2 * c as u64 + u64::from(from_above);
                    // Rows that would be inside if this side were not there, from the side outwards.
                    let free = move |s: u64| {
                        move |r: &u32| {
                            let r = *r as usize;
                            self.beyond[r] == 0 || (self.beyond[r] == 1 && self.sides[r] == s)
                        }
                    };
                    let upto = o.sorted.partition_point(|&r| o.values[r as usize] <= o.limits.0);
                    let down = || o.sorted[..upto].iter().rev().copied().filter(free(side(false)));
                    let from = o.sorted.partition_point(|&r| o.values[r as usize] < o.limits.1);
                    let up = || o.sorted[from..].iter().copied().filter(free(side(true)));
                    let low = match down().count() {
                        0 => o.range.0,
                        n => edge(&o.values, down(), n, 1.0 - alpha),
                    };
                    let high = match up().count() {
                        0 => o.range.1,
                        n => edge(&o.values, up(), n, alpha),
                    };
                    all.push(self.with(
                        c,
                        Change::Low(low),
                        down().take_while(|&r| o.values[r as usize] >= low),
                    ));
                    all.push(self.with(
                        c,
                        Change::High(high),
                        up().take_while(|&r| o.values[r as usize] <= high),
                    ));
                }
                Column::Ordered(_) => {}
                Column::Named {
                    codes,
                    all: every,
                    inside,
                    ..
                } => {
                    let s = 2 * c as u64;
                    for &code in every.iter().filter(|&&code| !inside[code as usize]) {
                        let back = (0..self.total as u32).filter(|&r| {
                            let r = r as usize;
                            codes[r] == code && self.beyond[r] == 1 && self.sides[r] == s
                        });
                        all.push(self.with(c, Change::Add(code), back));
                    }
                }
            }
        }
        all
    }

    /// The candidate that takes in rows now outside.
    fn with(&self, column: usize, change: Change, rows: impl Iterator<Item = u32>) -> Candidate {
        let (mut futures, mut of_interest) = (self.in_box, self.of_interest);
        for row in rows.map(|r| r as usize).filter(|&r| self.beyond[r] > 0) {
            futures += 1;
            of_interest += usize::from(self.interest[row]);
        }
        Candidate {
            column,
            change,
            futures,
            of_interest,
        }
    }

    /// The best candidate, if its box is large enough and better at all.
    fn best(&self, candidates: Vec<Candidate>, options: &PrimOptions) -> Option<Candidate> {
        let restricted = (0..self.columns.len()).filter(|&c| self.restricted(c)).count();
        let mut best: Option<(f64, usize, Candidate)> = None;
        for candidate in candidates {
            let score = self.score(&candidate, options.objective);
            let others = restricted - usize::from(self.restricted(candidate.column));
            let dimensions = others + usize::from(self.restricts(&candidate));
            let better = best
                .as_ref()
                .is_none_or(|(s, d, _)| score > *s || (score == *s && dimensions < *d));
            if better {
                best = Some((score, dimensions, candidate));
            }
        }
        let (score, _, candidate) = best?;
        let mass = candidate.futures as f64 / self.total as f64;
        (mass >= options.mass_min && score > 0.0).then_some(candidate)
    }

    fn score(&self, candidate: &Candidate, objective: Objective) -> f64 {
        let (old, new) = (
            mean(self.of_interest, self.in_box),
            mean(candidate.of_interest, candidate.futures),
        );
        let change = self.in_box.abs_diff(candidate.futures) as f64;
        match objective {
            Objective::Original if candidate.futures == 0 => -1.0,
            Objective::Original => new,
            _ if old == new || change == 0.0 => 0.0,
            Objective::Lenient1 => (new - old) / change,
            Objective::Lenient2 => candidate.futures as f64 * (new - old) / change,
        }
    }

    fn restricted(&self, column: usize) -> bool {
        match &self.columns[column] {
            Column::Ordered(o) => o.limits != o.range,
            Column::Named { all, inside, .. } => all.iter().any(|&c| !inside[c as usize]),
        }
    }

    /// Whether the candidate's box restricts the factor it changes.
    fn restricts(&self, candidate: &Candidate) -> bool {
        match (&self.columns[candidate.column], &candidate.change) {
            (Column::Ordered(o), Change::Low(low)) => (*low, o.limits.1) != o.range,
            (Column::Ordered(o), Change::High(high)) => (o.limits.0, *high) != o.range,
            (_, Change::Drop(_)) => true,
            (Column::Named { all, inside, .. }, Change::Add(code)) => {
                all.iter().any(|c| c != code && !inside[*c as usize])
            }
            _ => unreachable!("a change is of the kind of its factor"),
        }
    }

    fn apply(&mut self, candidate: &Candidate) {
        let side = 2 * candidate.column as Side;
        let (rows, leave, side): (Vec<u32>, bool, Side) =
            match (&mut self.columns[candidate.column], &candidate.change) {
                (Column::Ordered(o), Change::Low(low)) => {
                    let to = o.sorted.partition_point(|&r| o.values[r as usize] < *low);
                    let (from, leave) = (o.at.0, to > o.at.0);
                    o.at.0 = to;
                    o.limits.0 = *low;
                    (o.sorted[from.min(to)..from.max(to)].to_vec(), leave, side)
                }
                (Column::Ordered(o), Change::High(high)) => {
                    let to = o.sorted.partition_point(|&r| o.values[r as usize] <= *high);
                    let (from, leave) = (o.at.1, to < o.at.1);
                    o.at.1 = to;
                    o.limits.1 = *high;
                    (o.sorted[from.min(to)..from.max(to)].to_vec(), leave, side + 1)
                }
                (Column::Named { codes, inside, .. }, Change::Drop(code) | Change::Add(code)) => {
                    let leave = matches!(candidate.change, Change::Drop(_));
                    inside[*code as usize] = !leave;
                    (
                        (0..self.total as u32)
                            .filter(|&r| codes[r as usize] == *code)
                            .collect(),
                        leave,
                        side,
                    )
                }
                _ => unreachable!("a change is of the kind of its factor"),
            };
        for row in rows {
            self.move_row(row as usize, side, leave);
        }
        debug_assert_eq!(
            (self.in_box, self.of_interest),
            (candidate.futures, candidate.of_interest)
        );
    }

    /// Moves a row beyond a side or back.
    fn move_row(&mut self, row: usize, side: Side, leaves: bool) {
        self.count(row, false);
        if leaves {
            self.beyond[row] += 1;
            self.sides[row] += u64::from(side);
        } else {
            self.beyond[row] -= 1;
            self.sides[row] -= u64::from(side);
        }
        self.inside[row] = self.seen_from_inside(row);
        self.count(row, true);
    }

    /// Adds a row to the count it belongs to, or takes it out.
    fn count(&mut self, row: usize, add: bool) {
        let interest = usize::from(self.interest[row]);
        let (n, h) = match self.beyond[row] {
            0 => (&mut self.in_box, &mut self.of_interest),
            1 => match self.only.get_mut(self.sides[row] as usize) {
                Some((n, h)) => (n, h),
                // Taken out with a box found before.
                None => return,
            },
            _ => return,
        };
        if add {
            *n += 1;
            *h += interest;
        } else {
            *n -= 1;
            *h -= interest;
        }
    }

    fn describe(&self) -> PrimBox {
        let limits = (0..self.columns.len())
            .filter(|&c| self.restricted(c))
            .map(|c| self.limit(c))
            .collect();
        PrimBox {
            coverage: self.of_interest as f64 / self.interesting.max(1) as f64,
            density: mean(self.of_interest, self.in_box),
            mass: self.in_box as f64 / self.total.max(1) as f64,
            futures: self.in_box,
            of_interest: self.of_interest,
            limits,
        }
    }

    fn limit(&self, column: usize) -> Limit {
        let quasi_p = |side: usize| {
            let (n, h) = self.only[side];
            at_least(
                self.of_interest,
                self.in_box,
                mean(self.of_interest + h, self.in_box + n),
            )
        };
        match &self.columns[column] {
            Column::Ordered(o) => Limit {
                factor: column,
                inside: Inside::Range {
                    low: o.limits.0,
                    high: o.limits.1,
                },
                quasi_p_low: (o.limits.0 != o.range.0).then(|| quasi_p(2 * column)),
                quasi_p_high: (o.limits.1 != o.range.1).then(|| quasi_p(2 * column + 1)),
            },
            Column::Named { all, inside, .. } => Limit {
                factor: column,
                inside: Inside::Categories(all.iter().copied().filter(|&c| inside[c as usize]).collect()),
                quasi_p_low: Some(quasi_p(2 * column)),
                quasi_p_high: None,
            },
        }
    }
}

impl<'a> Ordered<'a> {
    /// `sorted` has the rows by value.
    fn new(whole: bool, values: Cow<'a, [f64]>, sorted: Cow<'a, [u32]>) -> Self {
        let value = |row: Option<&u32>| row.map_or(0.0, |&row| values[row as usize]);
        let range = (value(sorted.first()), value(sorted.last()));
        Ordered {
            whole,
            thinned: None,
            range,
            limits: range,
            at: (0, sorted.len()),
            sorted,
            values,
        }
    }

    /// Rows by value: at least all that lie inside the box.
    fn active(&self) -> &[u32] {
        self.thinned.as_deref().unwrap_or(&self.sorted)
    }
}

/// Where a quantile of `n` values lies: how many values stand before the nearer of the two order statistics about `(n - 1) q`, counted from
/// the end that is nearer, and whether they are two.
fn near(n: usize, q: f64) -> (usize, bool) {
    let at = (n.max(1) - 1) as f64 * q;
    let near = if q > 0.5 {
        n.max(1) - 1 - at.ceil() as usize
    } else {
        at.floor() as usize
    };
    (near, at.ceil() != at.floor())
}

/// The middle of the two order statistics about `(n - 1) q`, walking outwards over equal values. `rows` come from the nearer end.
fn edge(values: &[f64], mut rows: impl Iterator<Item = u32>, n: usize, q: f64) -> f64 {
    let (near, apart) = near(n, q);
    let Some(a) = rows.nth(near).map(|r| values[r as usize]) else {
        return f64::NAN;
    };
    let mut rows = rows.map(|r| values[r as usize]);
    let b = if apart { rows.next().unwrap_or(a) } else { a };
    let b = if a == b {
        rows.find(|x| *x != a).unwrap_or(a)
    } else {
        b
    };
    (a + b) / 2.0
}

/// The new limit of a whole-numbered factor: the outermost value that stays when the edge is cut to a whole number, or the next
/// value when that would be the present limit.
fn whole_edge(
    values: &[f64],
    rows: impl Iterator<Item = u32>,
    edge: f64,
    limit: f64,
    within: impl Fn(f64, f64) -> bool,
) -> f64 {
    let cut = edge.trunc();
    let stays = |x: &f64| {
        if cut == limit {
            *x != limit
        } else {
            within(*x, cut)
        }
    };
    // Where nothing would stay there is nothing to peel.
    rows.map(|r| values[r as usize]).find(stays).unwrap_or(limit)
}

fn mean(of_interest: usize, futures: usize) -> f64 {
    if futures == 0 {
        0.0
    } else {
        of_interest as f64 / futures as f64
    }
}

/// The chance of at least `k` in `n` at a chance of `p` each.
fn at_least(k: usize, n: usize, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    beta_cdf(p, k as f64, (n - k) as f64 + 1.0)
}

//! Forests: many trees on resampled futures, whose splits together score the factors.
//!
//! Random forests (Breiman, 2001) try the best split of some factors drawn anew at every node; extra trees (Geurts, Ernst and Wehenkel,
//! 2006, "Extremely randomized trees") one random split of each. A factor's importance is the impurity its splits take away, as a share
//! of all that is taken away. Every tree has its own random numbers, so the result does not depend on the number of threads.

use serde::{Deserialize, Serialize};

use super::{Table, Target, TreeCounts, TreeError};
use crate::numbers::random::Stream;
use crate::slices::Factor;

/// Values closer than this are not split, as in scikit-learn.
const ALIKE: f32 = 1e-7;

/// Which forest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForestKind {
    /// A random split of each factor tried.
    ExtraTrees,
    /// The best split of each factor tried.
    RandomForest,
}

/// How to grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForestOptions {
    /// Which forest.
    pub kind: ForestKind,
    /// How many trees.
    pub trees: usize,
    /// Features tried at a node; by default a third of them for extra trees, the root of their number for a random forest.
    pub tried: Option<usize>,
    /// The least number of different futures on each side of a split; by default the root of their number over that of 1,000 for extra
    /// trees, 1 for a random forest.
    pub leaf: Option<usize>,
    /// Any number, 0 too.
    pub seed: u64,
    /// Threads to grow with; 0 counts as 1. The result does not depend on it.
    pub threads: usize,
}

impl Default for ForestOptions {
    fn default() -> Self {
        ForestOptions {
            kind: ForestKind::ExtraTrees,
            trees: 100,
            tried: None,
            leaf: None,
            seed: 0,
            threads: 1,
        }
    }
}

/// What a forest says of the factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    /// What became of the futures.
    pub counts: TreeCounts,
    /// One share per factor; they sum to one, or are all zero when no tree found a split.
    pub importance: Vec<f64>,
    /// On futures that a tree has not seen: the share of right verdicts, or of variance explained; none where it cannot be said.
    pub score: Option<f64>,
}

/// Grows a forest and scores the factors.
pub fn forest(factors: &[Factor], target: &Target, options: &ForestOptions) -> Result<Forest, TreeError> {
    let table = Table::new(factors, target)?;
    if options.trees == 0 {
        return Err(TreeError::NoTree);
    }
    let n = table.counts.used;
    let d = table.features.len();
    let root = |x: usize| (x as f64).sqrt();
    let tried = options.tried.unwrap_or(match options.kind {
        ForestKind::ExtraTrees => (d as f64 / 3.0).round() as usize,
        ForestKind::RandomForest => root(d) as usize,
    });
    let leaf = options.leaf.unwrap_or(match options.kind {
        ForestKind::ExtraTrees => (root(n) / root(1_000)).round() as usize,
        ForestKind::RandomForest => 1,
    });
    let plan = Plan {
        matrix: Matrix::new(&table),
        table: &table,
        kind: options.kind,
        tried: tried.clamp(1, d),
        leaf: leaf.max(1),
        seed: options.seed,
    };
    let threads = options.threads.clamp(1, options.trees);
    let mut grown: Vec<Option<Grown>> = (0..options.trees).map(|_| None).collect();
    let share = options.trees.div_ceil(threads);
    std::thread::scope(|scope| {
        for (thread, part) in grown.chunks_mut(share).enumerate() {
            let plan = &plan;
            scope.spawn(move || {
                for (i, slot) in part.iter_mut().enumerate() {
                    *slot = Some(plan.grow((thread * share + i) as u64));
                }
            });
        }
    });
    let mut importance = vec![0.0; factors.len()];
    let (mut sums, mut votes) = (vec![0.0; n], vec![0_u32; n]);
    for tree in grown.iter().flatten() {
        let total: f64 = tree.importance.iter().sum();
        for (feature, part) in tree.importance.iter().enumerate().filter(|_| total > 0.0) {
            importance[table.of[feature].factor] += part / total;
        }
        for &(row, value) in &tree.unseen {
            sums[row as usize] += f64::from(value);
            votes[row as usize] += 1;
        }
    }
    let total: f64 = importance.iter().sum();
    if total > 0.0 {
        importance.iter_mut().for_each(|i| *i /= total);
    }
    let voted = (0..n).filter(|&r| votes[r] > 0);
    let score = table.score(voted, |r| sums[r] / f64::from(votes[r]));
    Ok(Forest {
        counts: table.counts,
        importance,
        score,
    })
}

struct Plan<'a> {
    table: &'a Table,
    matrix: Matrix,
    kind: ForestKind,
    tried: usize,
    leaf: usize,
    seed: u64,
}

/// What is kept of a tree: impurity taken away by feature, and its word on the futures it has not seen.
struct Grown {
    importance: Vec<f64>,
    unseen: Vec<(u32, f32)>,
}

/// Features side by side in one instruction.
const LANES: usize = 8;
/// Rows looked at before the next features are: they stay in the nearest cache.
const BLOCK: usize = 128;

/// A node of at most so many rows has them copied together: it and all below it are then looked at without waiting for memory.
const WINDOW: usize = 2_048;
/// A count of rows beside their weight in one number: exact, for a block's weights stay far below it.
const ONE: f32 = 65_536.0;

/// The features of a row side by side: a node's rows lie apart, and one row in one place costs one wait for memory, not one for each
/// feature.
struct Matrix {
    /// Features and the zeros that fill up the last lanes.
    stride: usize,
    values: Vec<f32>,
    /// The mean of the target, taken away where single precision is enough.
    centre: f64,
    /// Brings the target within reach of single precision.
    scale: f64,
}

/// What lies left of a threshold: different futures, their weight, the sum of their centred targets.
#[derive(Clone, Copy, Default)]
struct Left {
    count: f64,
    weight: f64,
    sum: f64,
}

/// The rows of a tree and their weights, those of a node side by side.
struct Rows {
    /// Where its features are: its row of the matrix or, in a small node of extra trees, of the window.
    place: Vec<u32>,
    /// How often each was drawn.
    weight: Vec<f32>,
    /// Weight times target.
    product: Vec<f64>,
    spare: Vec<(u32, f32, f64)>,
    values: Vec<f32>,
}

/// The features of a small node's rows, copied together.
#[derive(Default)]
struct Window {
    start: usize,
    end: usize,
    values: Vec<f32>,
}

/// What a search needs, kept from node to node.
#[derive(Default)]
struct Scratch {
    low: Vec<f32>,
    high: Vec<f32>,
    thresholds: Vec<f32>,
    only: Vec<f32>,
    lefts: Vec<Left>,
    drawn: Vec<usize>,
}

struct Found {
    feature: usize,
    threshold: f32,
}

/// A node's rows, and their weight and sum of targets.
type Node = ((usize, usize), (f64, f64));

impl Plan<'_> {
    fn grow(&self, tree: u64) -> Grown {
        let n = self.table.counts.used;
        let drawn = Stream::new(self.seed, 2 * tree);
        let mut times = vec![0_u32; n];
        (0..n as u64).for_each(|i| times[drawn.below(i, n)] += 1);
        let row: Vec<u32> = (0..n as u32).filter(|&r| times[r as usize] > 0).collect();
        let weight: Vec<f32> = row.iter().map(|&r| times[r as usize] as f32).collect();
        let drawn = |r: u32| f64::from(times[r as usize]) * self.table.target[r as usize];
        let product = row.iter().map(|&r| drawn(r)).collect();
        let size = row.len();
        let mut rows = Rows {
            place: row,
            weight,
            product,
            spare: Vec::new(),
            values: Vec::new(),
        };
        // Futures the tree has not drawn go down with the others, to be spoken of by the leaf they reach.
        let mut unseen: Vec<u32> = (0..n as u32).filter(|&r| times[r as usize] == 0).collect();
        let outside = unseen.len();
        let mut spare = Vec::new();
        let mut said = Vec::with_capacity(outside);
        let stream = Stream::new(self.seed, 2 * tree + 1);
        let mut counter = 0;
        let mut features: Vec<usize> = (0..self.table.features.len()).collect();
        let mut importance = vec![0.0; features.len()];
        let mut window = Window::default();
        let mut scratch = Scratch::default();
        let mut waiting = vec![((0, size), (0, outside))];
        while let Some(((start, end), (first, last))) = waiting.pop() {
            // What is below a node comes before what is beside it, so a window serves until its node is done.
            let mut inside = start >= window.start && end <= window.end;
            if !inside && end - start <= WINDOW && self.kind == ForestKind::ExtraTrees {
                self.matrix.open(&mut rows, (start, end), &mut window);
                inside = true;
            }
            let values = if inside {
                &window.values
            } else {
                &self.matrix.values
            };
            let (weight, total) = rows.sums(start, end);
            let found = (end - start >= 2 * self.leaf && !rows.alike(start, end, total / weight))
                .then(|| {
                    let node = ((start, end), (weight, total));
                    match self.kind {
                        ForestKind::ExtraTrees => self.find_random(
                            &rows,
                            values,
                            node,
                            &mut features,
                            (stream, &mut counter),
                            &mut scratch,
                        ),
                        ForestKind::RandomForest => {
                            self.find_best(&mut rows, node, &mut features, (stream, &mut counter))
                        }
                    }
                })
                .flatten();
            let Some(found) = found else {
                let mean = (total / weight) as f32;
                said.extend(unseen[first..last].iter().map(|&r| (r, mean)));
                continue;
            };
            let x = &self.table.features[found.feature];
            let middle = rows.divide(start, end, found.threshold, |place| {
                values[place as usize * self.matrix.stride + found.feature]
            });
            // Summed anew in full precision: the search may have been content with less.
            let (below, sum) = rows.sums(start, middle);
            let explained = sum * sum / below + (total - sum) * (total - sum) / (weight - below);
            importance[found.feature] += (explained - total * total / weight).max(0.0);
            let between = first
                + divide(&mut unseen[first..last], &mut spare, |r| {
                    x[r as usize] <= found.threshold
                });
            waiting.push(((middle, end), (between, last)));
            waiting.push(((start, middle), (first, between)));
        }
        Grown {
            importance,
            unseen: said,
        }
    }

    /// The best of one random threshold for each of the features tried, all looked at in one go over the rows. Features are drawn until
    /// enough that vary have been tried and one split was possible.
    fn find_random(
        &self,
        rows: &Rows,
        values: &[f32],
        ((start, end), (weight, total)): Node,
        features: &mut [usize],
        (stream, counter): (Stream, &mut u64),
        scratch: &mut Scratch,
    ) -> Option<Found> {
        let matrix = &self.matrix;
        let Scratch {
            low,
            high,
            thresholds,
            only,
            lefts,
            drawn,
        } = scratch;
        let places = &rows.place[start..end];
        matrix.ranges(values, places, low, high);
        // A threshold below everything: nothing lies left, so the split is not possible.
        thresholds.clear();
        thresholds.resize(matrix.stride, f32::NEG_INFINITY);
        drawn.clear();
        for k in 0..features.len() {
            *counter += 1;
            let pick = k + stream.below(*counter, features.len() - k);
            features.swap(k, pick);
            let feature = features[k];
            if high[feature] <= low[feature] + ALIKE {
                continue;
            }
            *counter += 1;
            let (low, high) = (low[feature], high[feature]);
            let at = f64::from(low) + stream.uniform(*counter) * (f64::from(high) - f64::from(low));
            thresholds[feature] = if at as f32 >= high { low } else { at as f32 };
            drawn.push(feature);
        }
        // Those beyond the number to be tried are looked at only if none of the first can be split.
        let (first, others) = drawn.split_at(self.tried.min(drawn.len()));
        only.clone_from(thresholds);
        others.iter().for_each(|&f| only[f] = f32::NEG_INFINITY);
        let total = (total - weight * matrix.centre) * matrix.scale;
        let n = (end - start) as f64;
        let explained = |left: Left| {
            let rest = total - left.sum;
            let possible = left.count >= self.leaf as f64 && n - left.count >= self.leaf as f64;
            possible.then(|| left.sum * left.sum / left.weight + rest * rest / (weight - left.weight))
        };
        let of = (&rows.weight[start..end], &rows.product[start..end]);
        matrix.lefts(values, places, of, only, lefts);
        let mut best: Option<(f64, usize)> = None;
        for &feature in first {
            if let Some(explained) = explained(lefts[feature])
                && best.is_none_or(|(b, _)| explained > b)
            {
                best = Some((explained, feature));
            }
        }
        if best.is_none() && !others.is_empty() {
            matrix.lefts(values, places, of, thresholds, lefts);
            best = others.iter().find_map(|&f| explained(lefts[f]).map(|e| (e, f)));
        }
        best.map(|(_, feature)| Found {
            feature,
            threshold: thresholds[feature],
        })
    }

    /// The best threshold of each feature.
    fn find_best(
        &self,
        rows: &mut Rows,
        ((start, end), (weight, total)): Node,
        features: &mut [usize],
        (stream, counter): (Stream, &mut u64),
    ) -> Option<Found> {
        let mut best: Option<(f64, Found)> = None;
        let mut tried = 0;
        for k in 0..features.len() {
            if tried >= self.tried && best.is_some() {
                break;
            }
            *counter += 1;
            let pick = k + stream.below(*counter, features.len() - k);
            features.swap(k, pick);
            let feature = features[k];
            let (low, high) = rows.gather(start, end, &self.table.features[feature]);
            if high <= low + ALIKE {
                continue;
            }
            tried += 1;
            if let Some((explained, threshold)) = rows.best(start, (weight, total), self.leaf)
                && best.as_ref().is_none_or(|(b, _)| explained > *b)
            {
                best = Some((explained, Found { feature, threshold }));
            }
        }
        best.map(|(_, found)| found)
    }
}

impl Matrix {
    fn new(table: &Table) -> Self {
        let stride = table.features.len().next_multiple_of(LANES);
        let n = table.counts.used;
        let mut values = vec![0.0; stride * n];
        for (feature, x) in table.features.iter().enumerate() {
            x.iter()
                .enumerate()
                .for_each(|(row, x)| values[row * stride + feature] = *x);
        }
        let centre = crate::numbers::sum::mean(&table.target);
        let far = table
            .target
            .iter()
            .map(|t| (t - centre).abs())
            .fold(0.0, f64::max);
        Matrix {
            stride,
            values,
            centre,
            scale: if far > 0.0 { 1.0 / far } else { 1.0 },
        }
    }

    /// Copies the features of a node's rows together.
    fn open(&self, rows: &mut Rows, (start, end): (usize, usize), window: &mut Window) {
        (window.start, window.end) = (start, end);
        window.values.clear();
        for place in &mut rows.place[start..end] {
            let from = *place as usize * self.stride;
            *place = (window.values.len() / self.stride) as u32;
            window
                .values
                .extend_from_slice(&self.values[from..from + self.stride]);
        }
    }

    /// The values of some features of a row.
    fn lanes<'v>(&self, values: &'v [f32], place: u32, at: usize) -> &'v [f32; LANES] {
        let start = place as usize * self.stride + at;
        values[start..start + LANES]
            .try_into()
            .expect("a row is a multiple of the lanes long")
    }

    /// The least and the largest value of every feature.
    fn ranges(&self, values: &[f32], places: &[u32], low: &mut Vec<f32>, high: &mut Vec<f32>) {
        low.clear();
        low.resize(self.stride, f32::INFINITY);
        high.clear();
        high.resize(self.stride, f32::NEG_INFINITY);
        for block in places.chunks(BLOCK) {
            for at in (0..self.stride).step_by(LANES) {
                let mut least: [f32; LANES] = std::array::from_fn(|i| low[at + i]);
                let mut most: [f32; LANES] = std::array::from_fn(|i| high[at + i]);
                for &place in block {
                    let x = self.lanes(values, place, at);
                    for i in 0..LANES {
                        least[i] = if x[i] < least[i] { x[i] } else { least[i] };
                        most[i] = if x[i] > most[i] { x[i] } else { most[i] };
                    }
                }
                low[at..at + LANES].copy_from_slice(&least);
                high[at..at + LANES].copy_from_slice(&most);
            }
        }
    }

    /// What lies left of a threshold, for every feature. Sums within a block of rows are in single precision, which is enough to choose
    /// between splits; counts and weights are exact.
    fn lefts(
        &self,
        values: &[f32],
        places: &[u32],
        (weights, products): (&[f32], &[f64]),
        thresholds: &[f32],
        all: &mut Vec<Left>,
    ) {
        all.clear();
        all.resize(self.stride, Left::default());
        let (mut sums, mut counted) = ([0.0_f32; BLOCK], [0.0_f32; BLOCK]);
        for (b, block) in places.chunks(BLOCK).enumerate() {
            let weights = &weights[b * BLOCK..][..block.len()];
            let products = &products[b * BLOCK..][..block.len()];
            for (i, (product, weight)) in products.iter().zip(weights).enumerate() {
                sums[i] = ((product - f64::from(*weight) * self.centre) * self.scale) as f32;
                counted[i] = ONE + weight;
            }
            for at in (0..self.stride).step_by(LANES) {
                let threshold: [f32; LANES] = std::array::from_fn(|i| thresholds[at + i]);
                if threshold.iter().all(|t| *t == f32::NEG_INFINITY) {
                    continue;
                }
                let (mut below, mut sum) = ([0.0_f32; LANES], [0.0_f32; LANES]);
                for ((&place, &c), &s) in block.iter().zip(&counted).zip(&sums) {
                    let x = self.lanes(values, place, at);
                    for i in 0..LANES {
                        let left = x[i] <= threshold[i];
                        below[i] += if left { c } else { 0.0 };
                        sum[i] += if left { s } else { 0.0 };
                    }
                }
                for i in 0..LANES {
                    let left = &mut all[at + i];
                    let count = (below[i] / ONE).floor();
                    left.count += f64::from(count);
                    left.weight += f64::from(below[i] - count * ONE);
                    left.sum += f64::from(sum[i]);
                }
            }
        }
    }
}

impl Rows {
    /// Weight and weighed targets of some rows, summed side by side: one sum waits for each of its additions.
    fn sums(&self, start: usize, end: usize) -> (f64, f64) {
        const SIDE: usize = 8;
        let (mut weight, mut total) = ([0.0; SIDE], [0.0; SIDE]);
        let (w, p) = (
            self.weight[start..end].chunks_exact(SIDE),
            self.product[start..end].chunks_exact(SIDE),
        );
        for (i, (w, p)) in w.remainder().iter().zip(p.remainder()).enumerate() {
            weight[i] += f64::from(*w);
            total[i] += p;
        }
        for (w, p) in w.zip(p) {
            for i in 0..SIDE {
                weight[i] += f64::from(w[i]);
                total[i] += p[i];
            }
        }
        (weight.iter().sum(), total.iter().sum())
    }

    /// Whether all targets are the same, but for rounding.
    fn alike(&self, start: usize, end: usize, mean: f64) -> bool {
        let bound = 1e-12 * mean.abs().max(1e-300);
        let same = |i: usize| (self.product[i] / f64::from(self.weight[i]) - mean).abs() <= bound;
        (start..end).all(same)
    }

    /// Fetches a feature's values and their extremes.
    fn gather(&mut self, start: usize, end: usize, x: &[f32]) -> (f32, f32) {
        self.values.clear();
        self.values
            .extend(self.place[start..end].iter().map(|&r| x[r as usize]));
        let mut low = [f32::INFINITY; 8];
        let mut high = [f32::NEG_INFINITY; 8];
        let chunks = self.values.chunks_exact(8);
        for (i, &v) in chunks.remainder().iter().enumerate() {
            low[i] = low[i].min(v);
            high[i] = high[i].max(v);
        }
        for chunk in chunks {
            for i in 0..8 {
                low[i] = if chunk[i] < low[i] { chunk[i] } else { low[i] };
                high[i] = if chunk[i] > high[i] { chunk[i] } else { high[i] };
            }
        }
        (
            low.into_iter().fold(f32::INFINITY, f32::min),
            high.into_iter().fold(f32::NEG_INFINITY, f32::max),
        )
    }

    /// The best split of the fetched values.
    fn best(&self, start: usize, (weight, total): (f64, f64), leaf: usize) -> Option<(f64, f32)> {
        let n = self.values.len();
        let mut order: Vec<u32> = (0..n as u32).collect();
        order.sort_unstable_by(|&a, &b| {
            self.values[a as usize]
                .total_cmp(&self.values[b as usize])
                .then(a.cmp(&b))
        });
        let (mut below, mut sum) = (0.0, 0.0);
        let mut best: Option<(f64, f32)> = None;
        for k in 1..n {
            let before = order[k - 1] as usize;
            below += f64::from(self.weight[start + before]);
            sum += self.product[start + before];
            let (low, high) = (self.values[before], self.values[order[k] as usize]);
            if k < leaf || n - k < leaf || high <= low + ALIKE {
                continue;
            }
            let explained = sum * sum / below + (total - sum) * (total - sum) / (weight - below);
            if best.is_none_or(|(b, _)| explained > b) {
                let middle = low / 2.0 + high / 2.0;
                best = Some((explained, if middle >= high { low } else { middle }));
            }
        }
        best
    }

    /// Puts the rows up to the threshold first, each side in its old order; returns where the others begin.
    fn divide(&mut self, start: usize, end: usize, threshold: f32, value: impl Fn(u32) -> f32) -> usize {
        self.spare
            .resize(self.spare.len().max(end - start), (0, 0.0, 0.0));
        let (mut at, mut right) = (start, 0);
        for i in start..end {
            let (place, weight, product) = (self.place[i], self.weight[i], self.product[i]);
            // Written to both sides, and kept by the one that moves on: no branch.
            (self.place[at], self.weight[at], self.product[at]) = (place, weight, product);
            self.spare[right] = (place, weight, product);
            let left = usize::from(value(place) <= threshold);
            at += left;
            right += 1 - left;
        }
        for (i, &(place, weight, product)) in self.spare[..right].iter().enumerate() {
            (self.place[at + i], self.weight[at + i], self.product[at + i]) = (place, weight, product);
        }
        at
    }
}

/// Puts the rows that belong left first, each side in its old order; returns how many they are.
fn divide(rows: &mut [u32], spare: &mut Vec<u32>, left: impl Fn(u32) -> bool) -> usize {
    spare.resize(spare.len().max(rows.len()), 0);
    let (mut at, mut right) = (0, 0);
    for i in 0..rows.len() {
        let row = rows[i];
        rows[at] = row;
        spare[right] = row;
        let left = usize::from(left(row));
        at += left;
        right += 1 - left;
    }
    rows[at..].copy_from_slice(&spare[..right]);
    at
}

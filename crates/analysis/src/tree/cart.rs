//! CART: one tree of yes-or-no questions, each the one that leaves the two sides most alike inside (Breiman et al., 1984).
//!
//! A split lies half way between two neighbouring values; of equal splits the first factor and the lowest value win (scikit-learn
//! draws lots). A node is split until no split leaves enough futures on both sides or all its futures are alike.

use serde::{Deserialize, Serialize};

use super::{Feature, Table, Target, TreeCounts, TreeError};
use crate::prim::Inside;
use crate::slices::Factor;

/// Values closer than this are not split, as in scikit-learn.
const ALIKE: f32 = 1e-7;

/// How to grow.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CartOptions {
    /// The least share of all futures on each side of a split.
    pub mass_min: f64,
    /// The most questions in a row; none for no limit.
    pub depth: Option<usize>,
}

impl Default for CartOptions {
    fn default() -> Self {
        CartOptions {
            mass_min: 0.05,
            depth: None,
        }
    }
}

/// A grown tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cart {
    /// What became of the futures.
    pub counts: TreeCounts,
    /// Nodes from the root, each before its left side and that before its right.
    pub nodes: Vec<Node>,
    /// The leaves as boxes, in the order of the nodes.
    pub leaves: Vec<Leaf>,
    /// The impurity of the leaves, weighted by their futures.
    pub impurity: f64,
    /// On the futures learned from: the share of right verdicts, or of variance explained; none where the target does not vary.
    pub score: Option<f64>,
}

/// One node.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Futures inside.
    pub futures: usize,
    /// The mean target: the density of futures of interest, or the mean number.
    pub mean: f64,
    /// Gini's impurity of a verdict, or the variance of a number.
    pub impurity: f64,
    /// The question; none for a leaf.
    pub split: Option<Split>,
}

/// A question and where its answers lead.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Position of the factor.
    pub factor: usize,
    /// Numbers: up to this to the left, above it to the right. Categories: one half.
    pub threshold: f64,
    /// Categories: this one to the right, all others to the left.
    pub category: Option<u32>,
    /// The left node.
    pub left: usize,
    /// The right node.
    pub right: usize,
}

/// A leaf as a box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leaf {
    /// Its node.
    pub node: usize,
    /// Its share of the futures.
    pub mass: f64,
    /// The mean target inside.
    pub mean: f64,
    /// Its share of the futures of interest; none for a number.
    pub coverage: Option<f64>,
    /// Its limits on the factors it restricts: the factor and what is inside (a lower limit from a threshold is itself outside).
    pub limits: Vec<(usize, Inside)>,
}

/// Grows a tree.
pub fn cart(factors: &[Factor], target: &Target, options: &CartOptions) -> Result<Cart, TreeError> {
    let table = Table::new(factors, target)?;
    let n = table.counts.used;
    let least = ((n as f64 * options.mass_min) as usize).max(1);
    let mut growth = Growth::new(&table);
    let mut nodes: Vec<Node> = Vec::new();
    // Ranges of rows still to be split, with their depth, and the node and side that wait for them.
    let mut waiting = vec![(0, n, 0, None::<(usize, bool)>)];
    let mut prediction = vec![0.0; n];
    while let Some((start, end, depth, parent)) = waiting.pop() {
        let id = nodes.len();
        if let Some((parent, right)) = parent
            && let Some(split) = &mut nodes[parent].split
        {
            *(if right { &mut split.right } else { &mut split.left }) = id;
        }
        let mut node = growth.describe(start, end);
        let size = end - start;
        let deeper = options.depth.is_none_or(|most| depth < most);
        let found = (deeper && size >= 2 * least && node.impurity > f64::EPSILON)
            .then(|| growth.best(start, end, least))
            .flatten();
        if let Some((feature, threshold)) = found {
            let middle = growth.divide(start, end, feature, threshold);
            let Feature { factor, category } = table.of[feature];
            node.split = Some(Split {
                factor,
                threshold,
                category,
                left: 0,
                right: 0,
            });
            waiting.push((middle, end, depth + 1, Some((id, true))));
            waiting.push((start, middle, depth + 1, Some((id, false))));
        } else {
            growth.sorted[0][start..end]
                .iter()
                .for_each(|&r| prediction[r as usize] = node.mean);
        }
        nodes.push(node);
    }
    let weighted = nodes
        .iter()
        .filter(|node| node.split.is_none())
        .map(|node| node.impurity * node.futures as f64);
    let impurity = weighted.sum::<f64>() / n as f64;
    let leaves = leaves(&nodes, factors, &table);
    let score = table.score(0..n, |r| prediction[r]);
    Ok(Cart {
        counts: table.counts,
        nodes,
        leaves,
        impurity,
        score,
    })
}

/// Rows sorted by every feature once; splits keep each node's rows together in all of them.
struct Growth<'a> {
    table: &'a Table,
    sorted: Vec<Vec<u32>>,
    left: Vec<bool>,
    spare: Vec<u32>,
}

impl<'a> Growth<'a> {
    fn new(table: &'a Table) -> Self {
        let n = table.counts.used as u32;
        let sort = |x: &Vec<f32>| {
            let mut order: Vec<u32> = (0..n).collect();
            order.sort_by(|&a, &b| x[a as usize].total_cmp(&x[b as usize]));
            order
        };
        let sorted = table.features.iter().map(sort).collect();
        Growth {
            table,
            sorted,
            left: vec![false; n as usize],
            spare: Vec::new(),
        }
    }

    fn describe(&self, start: usize, end: usize) -> Node {
        let values: Vec<f64> = self.sorted[0][start..end]
            .iter()
            .map(|&r| self.table.target[r as usize])
            .collect();
        let mean = crate::numbers::sum::mean(&values);
        let variance = crate::numbers::sum::squares(&values, mean) / values.len() as f64;
        // Gini's impurity of two classes is twice the variance of 0 and 1.
        let impurity = if self.table.binary {
            2.0 * variance
        } else {
            variance
        };
        Node {
            futures: end - start,
            mean,
            impurity,
            split: None,
        }
    }

    /// The feature and threshold that leave least variance inside the two sides.
    fn best(&self, start: usize, end: usize, least: usize) -> Option<(usize, f64)> {
        let n = end - start;
        let total: f64 = self.sorted[0][start..end]
            .iter()
            .map(|&r| self.table.target[r as usize])
            .sum();
        let mut best: Option<(f64, usize, f64)> = None;
        for (feature, x) in self.table.features.iter().enumerate() {
            let rows = &self.sorted[feature][start..end];
            let mut below = 0.0;
            for k in 1..n {
                below += self.table.target[rows[k - 1] as usize];
                let (low, high) = (x[rows[k - 1] as usize], x[rows[k] as usize]);
                if k < least || n - k < least || high <= low + ALIKE {
                    continue;
                }
                let above = total - below;
                let explained = below * below / k as f64 + above * above / (n - k) as f64;
                if best.is_none_or(|(b, ..)| explained > b) {
                    let middle = f64::from(low) / 2.0 + f64::from(high) / 2.0;
                    let threshold = if middle == f64::from(high) {
                        f64::from(low)
                    } else {
                        middle
                    };
                    best = Some((explained, feature, threshold));
                }
            }
        }
        best.map(|(_, feature, threshold)| (feature, threshold))
    }

    /// Puts the rows up to the threshold first, in every order; returns where the others begin.
    fn divide(&mut self, start: usize, end: usize, feature: usize, threshold: f64) -> usize {
        let x = &self.table.features[feature];
        let mut count = 0;
        for &row in &self.sorted[0][start..end] {
            let left = f64::from(x[row as usize]) <= threshold;
            self.left[row as usize] = left;
            count += usize::from(left);
        }
        for sorted in &mut self.sorted {
            self.spare.clear();
            let mut at = start;
            for i in start..end {
                let row = sorted[i];
                if self.left[row as usize] {
                    sorted[at] = row;
                    at += 1;
                } else {
                    self.spare.push(row);
                }
            }
            sorted[at..end].copy_from_slice(&self.spare);
        }
        start + count
    }
}

/// Follows every path from the root and turns the answers on it into limits.
fn leaves(nodes: &[Node], factors: &[Factor], table: &Table) -> Vec<Leaf> {
    let n = table.counts.used as f64;
    let interesting = nodes[0].mean * n;
    let whole: Vec<Inside> = factors
        .iter()
        .enumerate()
        .map(|(f, factor)| {
            let features = || {
                table
                    .of
                    .iter()
                    .zip(&table.features)
                    .filter(move |(of, _)| of.factor == f)
            };
            match factor {
                Factor::Categorical { .. } => {
                    let seen = features()
                        .filter(|(_, x)| x.contains(&1.0))
                        .filter_map(|(of, _)| of.category);
                    Inside::Categories(seen.collect())
                }
                _ => {
                    let x = || features().flat_map(|(_, x)| x).map(|x| f64::from(*x));
                    Inside::Range {
                        low: x().fold(f64::INFINITY, f64::min),
                        high: x().fold(f64::NEG_INFINITY, f64::max),
                    }
                }
            }
        })
        .collect();
    let mut all = Vec::new();
    let mut waiting = vec![(0, whole.clone())];
    while let Some((id, limits)) = waiting.pop() {
        let node = &nodes[id];
        let Some(split) = node.split else {
            let mass = node.futures as f64 / n;
            let coverage =
                (table.binary && interesting > 0.0).then(|| node.mean * node.futures as f64 / interesting);
            let restricted = limits
                .into_iter()
                .enumerate()
                .filter(|(f, l)| *l != whole[*f])
                .collect();
            all.push(Leaf {
                node: id,
                mass,
                mean: node.mean,
                coverage,
                limits: restricted,
            });
            continue;
        };
        let (mut left, mut right) = (limits.clone(), limits);
        match (&mut left[split.factor], &mut right[split.factor], split.category) {
            (Inside::Categories(l), Inside::Categories(r), Some(category)) => {
                l.retain(|c| *c != category);
                r.retain(|c| *c == category);
            }
            (Inside::Range { high, .. }, Inside::Range { low, .. }, None) => {
                *high = high.min(split.threshold);
                *low = low.max(split.threshold);
            }
            _ => unreachable!("a split is of the kind of its factor"),
        }
        waiting.push((split.right, right));
        waiting.push((split.left, left));
    }
    all
}

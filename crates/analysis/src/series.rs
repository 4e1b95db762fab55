//! Clusters of series by shape, with one series to stand for each.

use serde::{Deserialize, Serialize};

/// Groups of series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clusters {
    /// The group of each series, counted from 0 in the order in which they appear; none for a series with a gap.
    pub group: Vec<Option<usize>>,
    /// How many series each group holds.
    pub sizes: Vec<usize>,
    /// The series of each group that is nearest to all others in it.
    pub representatives: Vec<usize>,
    /// Series left out because a value is missing.
    pub left_out: usize,
}

/// Why series cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// A series has another length.
    #[error("series {series} has {found} values where the first has {expected}")]
    Length {
        /// Position of the series.
        series: usize,
        /// Values of the first.
        expected: usize,
        /// Values found.
        found: usize,
    },
    /// More groups than series, or none.
    #[error("{groups} groups cannot be made of {series} series")]
    Groups {
        /// Groups asked for.
        groups: usize,
        /// Series without a gap.
        series: usize,
    },
}

/// The distance that does not favour smooth series (Batista et al., 2014, "CID: an efficient complexity-invariant distance for time
/// series"): Euclid's, times the larger complexity over the smaller, where complexity is the length of the series' steps. A series that
/// never changes is infinitely far from one that does.
pub fn cid_distances(series: &[&[f64]]) -> Result<Vec<Vec<f64>>, SeriesError> {
    let expected = series.first().map_or(0, |s| s.len());
    for (i, s) in series.iter().enumerate() {
        if s.len() != expected {
            return Err(SeriesError::Length {
                series: i,
                expected,
                found: s.len(),
            });
        }
    }
    let complexity: Vec<f64> = series
        .iter()
        .map(|s| {
            s.windows(2)
                .map(|w| (w[1] - w[0]) * (w[1] - w[0]))
                .sum::<f64>()
                .sqrt()
        })
        .collect();
    let mut distances = vec![vec![0.0; series.len()]; series.len()];
    for i in 0..series.len() {
        for j in 0..i {
            let (larger, smaller) = (complexity[i].max(complexity[j]), complexity[i].min(complexity[j]));
            let ratio = if larger == smaller { 1.0 } else { larger / smaller };
            let distance = euclid(series[i], series[j]) * ratio;
            distances[i][j] = distance;
            distances[j][i] = distance;
        }
    }
    Ok(distances)
}

/// Euclid's distance, in four sums side by side in a fixed order.
fn euclid(a: &[f64], b: &[f64]) -> f64 {
    let mut parts = [0.0; 4];
    let (x, y) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = x
        .remainder()
        .iter()
        .zip(y.remainder())
        .map(|(a, b)| (a - b) * (a - b))
        .sum();
    for (x, y) in x.zip(y) {
        for i in 0..4 {
            parts[i] += (x[i] - y[i]) * (x[i] - y[i]);
        }
    }
    ((parts[0] + parts[1]) + (parts[2] + parts[3]) + rest).sqrt()
}

/// Groups series by [`cid_distances`]: the two groups of least mean distance are joined until `groups` are left (average linkage,
/// Sokal and Michener, 1958).
pub fn clusters(series: &[&[f64]], groups: usize) -> Result<Clusters, SeriesError> {
    let whole: Vec<usize> = (0..series.len())
        .filter(|&i| series[i].iter().all(|v| v.is_finite()))
        .collect();
    if groups == 0 || groups > whole.len() {
        return Err(SeriesError::Groups {
            groups,
            series: whole.len(),
        });
    }
    let chosen: Vec<&[f64]> = whole.iter().map(|&i| series[i]).collect();
    let distances = cid_distances(&chosen)?;
    let members = join(distances.clone(), groups);
    let mut group = vec![None; series.len()];
    let mut representatives = Vec::with_capacity(groups);
    for (g, members) in members.iter().enumerate() {
        members.iter().for_each(|&m| group[whole[m]] = Some(g));
        let far = |&&m: &&usize| members.iter().map(|&o| distances[m][o]).sum::<f64>();
        let middle = members.iter().min_by(|a, b| far(a).total_cmp(&far(b)));
        representatives.extend(middle.map(|&m| whole[m]));
    }
    let sizes = members.iter().map(Vec::len).collect();
    Ok(Clusters {
        group,
        sizes,
        representatives,
        left_out: series.len() - whole.len(),
    })
}

/// Joins until so many groups are left; returns their members, groups by their first member.
fn join(mut distances: Vec<Vec<f64>>, groups: usize) -> Vec<Vec<usize>> {
    let n = distances.len();
    let mut members: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
    let mut alive: Vec<usize> = (0..n).collect();
    // Each group's nearest among those after it, found again only when it may have changed.
    let nearest = |of: usize, alive: &[usize], distances: &[Vec<f64>]| {
        let others = alive.iter().copied().filter(|&o| o > of);
        others.min_by(|&a, &b| distances[of][a].total_cmp(&distances[of][b]))
    };
    let mut near: Vec<Option<usize>> = (0..n).map(|i| nearest(i, &alive, &distances)).collect();
    while alive.len() > groups {
        let distance = |i: usize| near[i].map_or(f64::INFINITY, |j| distances[i][j]);
        let pairs = alive.iter().copied().filter(|&i| near[i].is_some());
        let Some(a) = pairs.min_by(|&i, &j| distance(i).total_cmp(&distance(j))) else {
            break;
        };
        let Some(b) = near[a] else { break };
        let (size_a, size_b) = (members[a].len() as f64, members[b].len() as f64);
        for &o in alive.iter().filter(|o| **o != a && **o != b) {
            let mean = (size_a * distances[a][o] + size_b * distances[b][o]) / (size_a + size_b);
            distances[a][o] = mean;
            distances[o][a] = mean;
        }
        let moved = std::mem::take(&mut members[b]);
        members[a].extend(moved);
        alive.retain(|o| *o != b);
        for &o in &alive {
            if o == a || near[o] == Some(a) || near[o] == Some(b) {
                near[o] = nearest(o, &alive, &distances);
            } else if o < a && near[o].is_none_or(|n| distances[o][a] < distances[o][n]) {
                near[o] = Some(a);
            }
        }
    }
    alive
        .into_iter()
        .map(|a| std::mem::take(&mut members[a]))
        .collect()
}

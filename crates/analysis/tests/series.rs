//! Distances and clusters of series against a published implementation.

mod reference;

use analysis::series::{SeriesError, cid_distances, clusters};
use reference::{Goldens, array, close, json, numbers, size};

fn series() -> Vec<Vec<f64>> {
    let text = include_str!("data/discovery/flu_no_policy.cid_clusters.series.csv");
    text.lines()
        .map(|line| {
            line.split(',')
                .map(|cell| cell.parse().expect("a number"))
                .collect()
        })
        .collect()
}

#[test]
fn distances_and_groups() {
    let _count = Goldens::of("set c: CID");
    let golden = json(include_str!("data/discovery/flu_no_policy.cid_clusters.json"));
    let series = series();
    let slices: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    assert_eq!(
        (slices.len(), slices[0].len()),
        (size(&golden["n"]), size(&golden["T"]))
    );
    let distances = cid_distances(&slices).expect("equal lengths");
    for (found, expected) in distances[0].iter().zip(numbers(&golden["distance_first_row"])) {
        close("distance", *found, expected, 0.0, 1e-10);
    }
    let upper: Vec<f64> = (0..slices.len())
        .flat_map(|i| distances[i][i + 1..].to_vec())
        .collect();
    close(
        "sum",
        upper.iter().sum(),
        reference::number(&golden["distance_sum_upper"]),
        0.0,
        1e-10,
    );
    let largest = upper.iter().copied().fold(0.0, f64::max);
    close(
        "largest",
        largest,
        reference::number(&golden["distance_max"]),
        0.0,
        1e-10,
    );

    let found = clusters(&slices, size(&golden["k"])).expect("enough series");
    let labels: Vec<usize> = array(&golden["labels"]).iter().map(size).collect();
    // Equal up to names: two series share a group here when they do there.
    for i in 0..labels.len() {
        for j in 0..i {
            assert_eq!(
                found.group[i] == found.group[j],
                labels[i] == labels[j],
                "series {i} and {j}"
            );
        }
    }
    let mut sizes = found.sizes.clone();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(
        sizes,
        array(&golden["sizes_sorted"])
            .iter()
            .map(size)
            .collect::<Vec<_>>()
    );
    for (group, &representative) in found.representatives.iter().enumerate() {
        assert_eq!(found.group[representative], Some(group));
    }
}

#[test]
fn gaps_constants_and_refusals() {
    let (rising, falling) = ([0.0, 1.0, 2.0], [2.0, 1.0, 0.0]);
    let (flat, other_flat, gap) = ([1.0; 3], [1.5; 3], [0.0, f64::NAN, 1.0]);
    let all: [&[f64]; 5] = [&rising, &falling, &gap, &flat, &other_flat];
    let found = clusters(&all, 2).expect("four whole series");
    assert_eq!(
        (found.group, found.left_out),
        (vec![Some(0), Some(0), None, Some(1), Some(1)], 1)
    );
    assert_eq!(found.sizes, [2, 2]);
    let one = clusters(&all, 1).expect("one group");
    assert_eq!(one.sizes, [4]);
    assert_eq!(
        clusters(&all, 5),
        Err(SeriesError::Groups { groups: 5, series: 4 })
    );
    assert_eq!(
        clusters(&all, 0),
        Err(SeriesError::Groups { groups: 0, series: 4 })
    );
    let error = cid_distances(&[&rising, &rising[..2]]).expect_err("two lengths");
    assert_eq!(error.to_string(), "series 1 has 2 values where the first has 3");
    assert_eq!(
        cid_distances(&[&flat, &other_flat]).expect("equal lengths")[0][1],
        0.75_f64.sqrt()
    );
}

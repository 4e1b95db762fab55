//! How long the analyses take on tables of the sizes we promise: `cargo bench -p analysis [NAME]`.
//!
//! Prints the best and the median of a few runs. Name the machine when you quote them.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints"
)]

use std::hint::black_box;
use std::time::Instant;

use analysis::decision::{JointOptions, information, joint_flips};
use analysis::designs::{self, LatinOptions, Scramble};
use analysis::prim::{PrimOptions, prim};
use analysis::sensitivity::{DeltaOptions, SobolOptions, delta, pawn, rbd_fast, sobol_indices};
use analysis::series::cid_distances;
use analysis::tree::{CartOptions, ForestOptions, Target, cart, forest};
use analysis::{
    Column, Direction, Factor, Outcomes, RobustnessOptions, flips, hinges, leads, pairs, regret_from_best,
    robustness,
};

/// Times `work` a few times, if its name holds the word asked for.
fn time<T>(name: &str, work: impl Fn() -> T) {
    let wanted = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .all(|word| name.contains(&word));
    if !wanted {
        return;
    }
    let mut seconds: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!(
        "{name:<55} best {:>9.2} ms   median {:>9.2} ms",
        1e3 * seconds[0],
        1e3 * seconds[2]
    );
}

fn uniform(rows: usize, columns: usize, seed: u64) -> Vec<Vec<f64>> {
    designs::latin_hypercube(
        rows,
        columns,
        &LatinOptions {
            seed,
            ..Default::default()
        },
    )
    .expect("well formed")
}

fn main() {
    time("designs: sobol 100,000 x 20", || {
        designs::sobol(100_000, 20, 0, Scramble::None)
    });
    time("designs: sobol owen 100,000 x 20", || {
        designs::sobol(100_000, 20, 0, Scramble::Owen { seed: 0 })
    });
    time("designs: saltelli 8,192 x 20", || {
        designs::saltelli(8_192, 20, true, 0, Scramble::None)
    });
    time("designs: latin hypercube 100,000 x 20", || {
        uniform(100_000, 20, 0)
    });

    let futures = 1_000_000;
    let columns = uniform(futures, 8, 1);
    let outcomes = Outcomes::new(columns.iter().map(|c| Column::ran(c)).collect(), Direction::Lower);
    time("robustness: 8 options x 1,000,000", || {
        robustness(&outcomes, &RobustnessOptions::default())
    });
    time("regret: 8 options x 1,000,000", || regret_from_best(&outcomes));
    time("leads: 8 options x 1,000,000", || leads(&outcomes));
    time("pairs: 8 options x 1,000,000", || pairs(&outcomes));

    let inputs = uniform(10_000, 40, 2);
    let factors: Vec<Factor> = inputs.iter().map(|c| Factor::Numeric(c)).collect();
    let few: Vec<Vec<f64>> = columns.iter().map(|c| c[..10_000].to_vec()).collect();
    let outcomes = Outcomes::new(few.iter().map(|c| Column::ran(c)).collect(), Direction::Lower);
    time("hinges: 40 factors x 10,000", || {
        hinges(&outcomes, (0, 1), &factors, None)
    });
    time("flips: 40 factors x 10,000 x 8 options", || {
        flips(&outcomes, &factors, &[0.5; 40], None)
    });

    let single: Vec<Vec<usize>> = (0..40).map(|f| vec![f]).collect();
    let pairs: Vec<Vec<usize>> = (0..8).flat_map(|a| (0..a).map(move |b| vec![a, b])).collect();
    time("decision: evppi of 40 factors x 10,000 x 8 options", || {
        information(&outcomes, &factors, &single)
    });
    time("decision: evppi of 28 pairs x 10,000 x 8 options", || {
        information(&outcomes, &factors, &pairs)
    });
    let reference = [0.5; 40];
    time("decision: joint flips 40 factors x 10,000 x 8 options", || {
        joint_flips(&outcomes, &factors, &reference, &JointOptions::default())
    });

    let design = designs::saltelli(8_192, 20, true, 0, Scramble::None).expect("well formed");
    let y: Vec<f64> = (0..design[0].len())
        .map(|i| design.iter().map(|c| c[i] * c[i]).product())
        .collect();
    time("sensitivity: sobol 8,192 x 20, 100 resamples", || {
        sobol_indices(&y, 20, &SobolOptions::default())
    });
    let columns: Vec<&[f64]> = inputs.iter().take(20).map(Vec::as_slice).collect();
    let y: Vec<f64> = (0..10_000)
        .map(|i| inputs[0][i] + inputs[1][i] * inputs[2][i])
        .collect();
    time("sensitivity: pawn 10,000 x 20", || pawn(&columns, &y, 10));
    time("sensitivity: delta 10,000 x 20, 100 resamples", || {
        delta(&columns, &y, &DeltaOptions::default())
    });
    time("sensitivity: rbd-fast 10,000 x 20", || rbd_fast(&columns, &y, 10));

    let series = uniform(130, 1_000, 4);
    let series: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    time("series: distances of 1,000 series of 130", || {
        cid_distances(&series)
    });

    let inputs = uniform(100_000, 20, 5);
    let y: Vec<f64> = (0..100_000)
        .map(|i| inputs[0][i] + inputs[1][i] * inputs[2][i])
        .collect();
    let factors: Vec<Factor> = inputs.iter().map(|c| Factor::Numeric(c)).collect();
    let options = ForestOptions {
        threads: 2,
        ..ForestOptions::default()
    };
    time("trees: 100 extra trees on 100,000 x 20, 2 threads", || {
        forest(&factors, &Target::Number(&y), &options)
    });
    time("trees: cart on 100,000 x 20", || {
        cart(&factors, &Target::Number(&y), &CartOptions::default())
    });

    for rows in [100_000, 1_000_000] {
        let inputs = uniform(rows, 20, 3);
        let failing: Vec<Option<bool>> = (0..rows)
            .map(|i| Some(inputs[0][i] + 0.5 * inputs[1][i] > 1.1 && inputs[2][i] < 0.6))
            .collect();
        let factors: Vec<Factor> = inputs.iter().map(|c| Factor::Numeric(c)).collect();
        time(&format!("prim: {rows} x 20"), || {
            prim(&factors, &failing, &PrimOptions::default())
        });
    }
}

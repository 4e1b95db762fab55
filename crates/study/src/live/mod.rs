//! What a live memo carries of a run: the model as a module, what the page must know, some outcomes, a record to check itself.
//!
//! In: a bound case, its model, the futures and results of a run. Out: a [`Live`], plain texts and bytes; `docs/live-memo.md`
//! describes each. This module refuses to know how a page packs, runs or shows them.

mod catalogue;
mod drawing;
mod outcomes;
mod program;

#[cfg(test)]
mod tests;

use engine::wasm::{self, Form, Layout};
use model::Model;
use serde_json::json;

use crate::case::DesignKind;
use crate::design;
use crate::results::{Futures, OptionId, Results};
use crate::run::RunError;
use crate::study::Study;

pub use program::{Shared, Source, share};

/// Futures whose outcomes are embedded, at most.
pub const EMBEDDED: usize = 1_000;
/// Runs whose outcomes are embedded, at most: many options have fewer futures each, so that the memo fits into an e-mail.
pub const EMBEDDED_RUNS: usize = 9_000;
/// Futures of the record, at most.
pub const RECORDED: usize = 64;
/// Futures of one call of a module.
const CAPACITY: u32 = 64;

/// What a live memo carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Live {
    /// What the page shows and evaluates, as JSON: `Catalogue` of `types.ts`.
    pub catalogue: String,
    /// How the modules are called and futures are drawn, as JSON.
    pub machine: String,
    /// The module with vector instructions.
    pub simd: Vec<u8>,
    /// Its twin without.
    pub scalar: Vec<u8>,
    /// Rounded outcomes of the first futures.
    pub outcomes: Vec<u8>,
    /// For each option and each future of the record a hash of all measures, in little-endian words of 32 bits.
    pub record: Vec<u8>,
}

/// Why a memo cannot be live.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotLive {
    /// The model cannot be lowered for all options at once.
    #[error(transparent)]
    Lower(#[from] RunError),
    /// The program cannot be written as a module.
    #[error("the model cannot be written as a module: {0}")]
    Missing(#[from] wasm::Missing),
    /// The run was not finished, or was drawn by another version.
    #[error("the futures of the run are not those that its design draws")]
    Futures,
    /// No future was run.
    #[error("no future was run")]
    Nothing,
}

/// The rows whose outcomes are embedded, of a run with so many options.
pub fn embedded(futures: &Futures, options: usize) -> Vec<usize> {
    let accepted = (0..futures.ids.len()).filter(|&row| futures.rejected[row].is_none());
    let most = EMBEDDED.min(EMBEDDED_RUNS / options.max(1)).max(RECORDED);
    accepted.take(most).collect()
}

/// What a memo of a run carries to be live. Its modules compute exactly: of a run with fast numerics, `results` must hold the exact
/// numbers of the [`embedded`] rows.
pub fn live(
    study: &Study,
    model: &Model,
    futures: &Futures,
    results: &Results,
    settings: &design::Settings,
) -> Result<Live, NotLive> {
    let accepted = embedded(futures, results.options.len());
    if accepted.is_empty() || results.options.is_empty() {
        return Err(NotLive::Nothing);
    }
    // A hypercube has as many strata as futures were drawn; that is true of a finished run only.
    let strata = match settings.design {
        DesignKind::LatinHypercube => futures.ids.len() as u64,
        _ => 0,
    };
    if !drawing::drawn_again(study, futures, &accepted, settings, strata) {
        return Err(NotLive::Futures);
    }
    let shared = share(study, model, &results.options)?;
    let steps = shared.schedule_steps();
    let module = |form| {
        let settings = wasm::Settings {
            form,
            capacity: CAPACITY,
            schedule_steps: steps,
        };
        wasm::write(&shared.program, &settings)
    };
    let (simd, scalar) = (module(Form::Simd)?, module(Form::Scalar)?);
    let recorded = &accepted[..accepted.len().min(RECORDED)];
    let (outcomes, scales) = outcomes::rounded(study, results, &accepted);
    let ids: Vec<u64> = accepted.iter().map(|&row| futures.ids[row]).collect();
    let machine = json!({
        "simd": layout(&simd.layout),
        "scalar": layout(&scalar.layout),
        "inputs": shared.inputs.iter().map(|source| source_json(source, results.options.len())).collect::<Vec<_>>(),
        "factors": drawing::factors(&study.case, settings),
        "futures": compact(&ids),
        "recorded": recorded.len(),
        "outcomes": scales,
    });
    let run = catalogue::Run {
        results,
        settings,
        design: settings.design.word(),
        strata,
        embedded: accepted.len(),
        end: simd.layout.times.last().copied(),
    };
    let catalogue = catalogue::catalogue(study, model, &run);
    Ok(Live {
        catalogue: catalogue.to_string(),
        machine: machine.to_string(),
        simd: simd.bytes,
        scalar: scalar.bytes,
        outcomes,
        record: record(results, recorded),
    })
}

/// Addresses; an input's is that of its number, column or schedule, or null.
fn layout(layout: &Layout) -> serde_json::Value {
    use engine::wasm::InputPlace;
    let place = |place: &InputPlace| match *place {
        InputPlace::Unused => None,
        InputPlace::Uniform { at } | InputPlace::PerFuture { at } | InputPlace::Schedule { at } => Some(at),
    };
    json!({
        "capacity": layout.capacity,
        "seed": layout.seed,
        "futures": layout.futures,
        "inputs": layout.inputs.iter().map(place).collect::<Vec<_>>(),
        "metrics": layout.metrics,
        "status": layout.status,
        "series": layout.series,
        "times": layout.times,
    })
}

/// What an input of the program is.
fn source_json(source: &Source, options: usize) -> serde_json::Value {
    match source {
        Source::Factor(factor) => json!({ "factor": factor }),
        Source::Part { split, part } => json!({ "split": split, "part": part }),
        Source::Value(values) => json!({ "value": values[..options] }),
        Source::Steps(steps) => json!({ "steps": steps[..options] }),
    }
}

/// Rising numbers, those that follow each other as one pair of first and count.
fn compact(ids: &[u64]) -> Vec<(u64, u64)> {
    let mut all: Vec<(u64, u64)> = Vec::new();
    for &id in ids {
        match all.last_mut() {
            Some((first, count)) if *first + *count == id => *count += 1,
            _ => all.push((id, 1)),
        }
    }
    all
}

/// A hash of all measures of each run: options outside, futures inside.
pub fn record(results: &Results, rows: &[usize]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for values in &results.values {
        for &row in rows {
            let measures = values.iter().map(|column| column[row]);
            bytes.extend(fingerprint(measures).to_le_bytes());
        }
    }
    bytes
}

/// FNV-1a (32 bits) over the bits of numbers, least byte first. NaN has one pattern here.
pub fn fingerprint(values: impl IntoIterator<Item = f64>) -> u32 {
    let bytes = values
        .into_iter()
        .flat_map(|value| engine::math::canonical_nan(value).to_le_bytes());
    bytes.fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Where an option stands among those that were run.
fn place(options: &[OptionId], option: OptionId) -> Option<usize> {
    options.iter().position(|known| *known == option)
}

//! How long reading and compiling take: `cargo bench -p engine --bench reading`.
//!
//! Medians of five, on one thread, by the clock: a model of 50,000 lines, one with arrays of 100 x 100 elements, a list of a million
//! terms. Absolute figures drift from machine to machine.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and tells what it found"
)]

use std::time::Instant;

use engine::{Request, lower};
use model::{FileError, Files, Model, Sources, VariableKind};

struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }
}

const CONTROL: &str = "INITIAL TIME = 0 ~~|\nFINAL TIME = 10 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

/// Five lines for each variable, as Vensim writes them: stocks, flows, auxiliaries, tables and constants that use each other.
fn fifty_thousand_lines() -> String {
    let mut text = String::from(CONTROL);
    for number in 0..2_000 {
        let before = if number == 0 { 0 } else { number - 1 };
        text.push_str(&format!(
            "stock {number} = INTEG(\n\tinflow {number} - outflow {number},\n\t\t100)\n\t~\tPerson\n\t~\tA stock.\t|\n\
             inflow {number} =\n\tstock {before} * rate {number} * effect {number}(stock {number} / 100)\n\t~\tPerson/Day\n\t~\tA flow.\n\t|\n\
             outflow {number} =\n\tIF THEN ELSE(stock {number} > 50, stock {number} / lifetime {number}, 0)\n\t~\tPerson/Day\n\t~\tA flow.\n\t|\n\
             rate {number} =\n\t0.0{number}\n\t~\t1/Day [0,1]\n\t~\tA constant.\n\t|\n\
             lifetime {number} =\n\tSMOOTH(10 + MIN(Time, {number}), 5)\n\t~\tDay\n\t~\tAn auxiliary.\t|\n\
             effect {number}(\n\t[(0,0)-(2,2)],(0,2),(1,1),(2,0.5))\n\t~\tDmnl\n\t~\tA table.\t|\n"
        ));
    }
    text
}

fn arrays() -> String {
    format!(
        "{CONTROL}row: (r1-r100) ~~|\ncolumn: (c1-c100) ~~|\nflow[row,column] = stock[row,column] * rate[row] + total[row] / 100 ~~|\n\
         stock[row,column] = INTEG(flow[row,column], row + column) ~~|\nrate[row] = 0.01 * row ~~|\n\
         total[row] = SUM(stock[row,column!]) ~~|\nall = SUM(stock[row!,column!]) ~~|\n\
         share[row,column] = ZIDZ(stock[row,column], all) ~~|\n"
    )
}

fn long_sum() -> String {
    format!(
        "{CONTROL}y = 2 ~~|\nx = 1{} ~~|\n",
        " + 1.5 * y".repeat(1_000_000)
    )
}

fn read(text: &str) -> Model {
    let (model, diagnostics) = model::read("model.mdl", text.as_bytes(), &Nothing, &mut Sources::new());
    model.unwrap_or_else(|| panic!("{:?}", diagnostics.items.first()))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    for (name, text) in [
        ("50,000 lines", fifty_thousand_lines()),
        ("arrays of 100 x 100", arrays()),
        ("a sum of 1,000,000 terms", long_sum()),
    ] {
        let (mut reading, mut lowering) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let start = Instant::now();
            let model = read(&text);
            reading.push(start.elapsed().as_secs_f64());
            let series = model
                .variables
                .ids()
                .filter(|id| model.variables[*id].kind != VariableKind::Lookup)
                .collect();
            let request = Request {
                series,
                ..Request::default()
            };
            let start = Instant::now();
            let program = lower(&model, &request);
            lowering.push(start.elapsed().as_secs_f64());
            assert!(program.is_ok());
        }
        println!(
            "{name}: {} lines, {:.1} MB; read in {:.3} s, compiled in {:.3} s",
            text.lines().count(),
            text.len() as f64 / 1e6,
            median(reading),
            median(lowering)
        );
    }
}

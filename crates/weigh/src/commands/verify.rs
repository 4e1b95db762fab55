//! `weigh memo RUN --verify`: the model that a memo carries, run by an interpreter and compared with the run's tables.
//!
//! Both forms of the module replay the futures of the record under every option; every measure must have the bits of the
//! table. The record must be that of the table, and everything else that the memo carries must be what the tables give.

use std::path::Path;

use serde::Deserialize;
use study::Study;
use study::live::{self, Live};
use study::results::{Futures, Results, Status};
use wasmi::{Engine, Linker, Memory, Module, Store, TypedFunc};

use crate::browser::{self, drive::Page};
use crate::commands::run_folder;
use crate::commands::stored::Stored;
use crate::exit::{Exit, Failure};
use crate::files::{self, LARGEST_TEXT};
use crate::render::number::counted;
use crate::render::verdict;
use crate::terminal::Terminal;
use crate::weighing;

/// Waits until the page has checked itself or given up, and gives what it says then.
const CHECKED: &str = "new Promise((done) => { const look = () => { const { live, checked } = document.documentElement.dataset; \
    if (live === 'still' || checked) done(document.querySelector('.s-live .note')?.textContent ?? ''); else setTimeout(look, 50); }; look(); })";

/// Checks a memo against its run.
pub(crate) fn run(run: &Path, memo: &Path, stored: &Stored, terminal: &Terminal) -> Result<Exit, Failure> {
    let plan = stored.plan(run, 1)?;
    let (futures, results, _) = stored.tables(run)?;
    let bound = &stored.bound;
    let exact = weighing::exact(&bound.study, &bound.model, (&futures, &results), &plan)?;
    if exact.as_ref().map(|exact| &exact.deviation) != stored.record.fast.as_ref() {
        return Err(Failure::new(
            Exit::Check,
            "`run.json` does not tell how far fast numerics moved the run's tables",
        )
        .help("the run was written by another version, or changed since: run it again"));
    }
    // The memo's model computes exactly, also where the tables were computed fast.
    let fast = exact.is_some();
    let results = exact.map_or(results, |exact| exact.results);
    let html = String::from_utf8_lossy(&files::read(memo, LARGEST_TEXT)?).into_owned();
    if let Some(why) = memo::carried(&html, "missing") {
        return Err(Failure::new(
            Exit::Check,
            format!("the memo carries no model: {}", String::from_utf8_lossy(&why)),
        ));
    }
    let expected = run_folder::live(&stored.bound, &futures, &results, &plan.design)
        .map_err(|why| Failure::new(Exit::Check, format!("the run cannot be replayed: {why}")))?;
    let rows: Vec<usize> = (0..futures.ids.len())
        .filter(|&row| futures.rejected[row].is_none())
        .take(live::RECORDED)
        .collect();
    let carried = carried(&html)?;
    let replay = Replay {
        study: &stored.bound.study,
        futures: &futures,
        results: &results,
        rows: &rows,
        seed: plan.design.seed,
        calls: serde_json::from_slice(carried.machine.as_bytes())
            .map_err(|error| not_so("calls", &format!("they cannot be read ({error})")))?,
    };
    for (form, module) in [("simd", &carried.simd), ("scalar", &carried.scalar)] {
        replay.form(form, module)?;
    }
    if carried.record != live::record(&results, &rows) {
        return Err(not_so("record", "it is not that of the run's tables"));
    }
    let parts: [(&str, &[u8], &[u8]); 5] = [
        (
            "catalogue",
            carried.catalogue.as_bytes(),
            expected.catalogue.as_bytes(),
        ),
        ("calls", carried.machine.as_bytes(), expected.machine.as_bytes()),
        ("outcomes", &carried.outcomes, &expected.outcomes),
        ("simd", &carried.simd, &expected.simd),
        ("scalar", &carried.scalar, &expected.scalar),
    ];
    for (part, found, expected) in parts {
        if found != expected {
            return Err(not_so(part, "this version writes another one for the same run"));
        }
    }
    let runs = rows.len() * results.options.len();
    terminal.print(&format!(
        "The memo's model gives the run's {}numbers, bit for bit: {} futures under {} ({runs} runs), with vector \
         instructions and without.\n",
        if fast { "exact " } else { "" },
        rows.len(),
        counted(results.options.len() as u64, "option")
    ))?;
    match browser::chromium() {
        Ok(chromium) => {
            let said = replay.in_browser(&mut Page::open(&chromium, &html)?)?;
            terminal.print(&format!(
                "So does the page in Chromium, in both forms. It says of itself: {said}\n"
            ))?;
        }
        Err(_) => terminal
            .print("No Chromium was found (`CHROMIUM` may name one): the page itself was not opened.\n")?,
    }
    if let Some(deviation) = &stored.record.fast {
        terminal.print(&format!("{}\n", verdict::deviation(deviation)))?;
    }
    Ok(Exit::Done)
}

fn carried(html: &str) -> Result<Live, Failure> {
    let part = |name: &str| memo::carried(html, name).ok_or_else(|| not_so(name, "it is missing or damaged"));
    let text = |name: &str| String::from_utf8(part(name)?).map_err(|_| not_so(name, "it is no text"));
    Ok(Live {
        catalogue: text("catalogue")?,
        machine: text("calls")?,
        simd: part("simd")?,
        scalar: part("scalar")?,
        outcomes: part("outcomes")?,
        record: part("record")?,
    })
}

fn not_so(part: &str, why: &str) -> Failure {
    Failure::new(
        Exit::Check,
        format!("the memo's `{part}` is not that of the run: {why}"),
    )
    .help("`weigh memo RUN -o memo.html` writes the memo again")
}

/// The part `calls` of a memo, as far as a replay needs it.
#[derive(Deserialize)]
struct Calls {
    simd: Layout,
    scalar: Layout,
    inputs: Vec<Source>,
}

#[derive(Deserialize)]
struct Layout {
    capacity: u32,
    seed: u32,
    futures: u32,
    inputs: Vec<Option<u32>>,
    metrics: u32,
    status: u32,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Factor { factor: usize },
    Part { split: usize, part: usize },
    Value { value: Vec<f64> },
    Steps { steps: Vec<Vec<(Option<f64>, f64)>> },
}

/// What is replayed, and with what it is compared.
struct Replay<'a> {
    study: &'a Study,
    futures: &'a Futures,
    results: &'a Results,
    rows: &'a [usize],
    seed: u64,
    calls: Calls,
}

impl Replay<'_> {
    /// Every option in one form of the module.
    fn form(&self, form: &str, module: &[u8]) -> Result<(), Failure> {
        let layout = if form == "simd" {
            &self.calls.simd
        } else {
            &self.calls.scalar
        };
        let broken = |why: String| not_so(form, &why);
        let mut running =
            Running::new(module).map_err(|error| broken(format!("it cannot be run ({error})")))?;
        for option in 0..self.results.options.len() {
            for rows in self.rows.chunks(layout.capacity.max(1) as usize) {
                let found = self
                    .rows_of(&mut running, layout, option, rows)
                    .map_err(|error| broken(format!("it cannot be run ({error})")))?;
                if let Some(row) = self.first_difference(option, rows, &found) {
                    let name = study::store::option_name(&self.study.case, self.results.options[option]);
                    return Err(broken(format!(
                        "future {} under `{name}` comes out otherwise",
                        self.futures.ids[row]
                    )));
                }
            }
        }
        Ok(())
    }

    /// The page's own machine, in both forms, and what the page says of the check that it makes when it is opened.
    fn in_browser(&self, page: &mut Page) -> Result<String, Failure> {
        let said = page.evaluate(CHECKED)?;
        if page.evaluate("document.documentElement.dataset.live")? != "ready" {
            return Err(not_so("page", &format!("it says: {said}")));
        }
        for form in ["simd", "scalar"] {
            for option in 0..self.results.options.len() {
                let words = page.evaluate(&format!("weighhouse.replay(\"{form}\", {option})"))?;
                let numbers = words
                    .split_ascii_whitespace()
                    .map(|word| u64::from_str_radix(word, 16).map(f64::from_bits));
                let numbers: Vec<f64> = numbers
                    .collect::<Result<_, _>>()
                    .map_err(|_| not_so("page", "it answers with no numbers"))?;
                let found: Vec<(Vec<f64>, bool)> = numbers
                    .chunks(self.results.measures.max(1))
                    .map(|values| (values.to_vec(), !values.iter().all(|value| value.is_nan())))
                    .collect();
                let wrong = self.first_difference(option, self.rows, &found);
                if found.len() != self.rows.len() || wrong.is_some() {
                    let name = study::store::option_name(&self.study.case, self.results.options[option]);
                    return Err(not_so(
                        "page",
                        &format!("in Chromium futures under `{name}` come out otherwise ({form})"),
                    ));
                }
            }
        }
        Ok(said)
    }

    /// For each row all measures, and whether it is sound.
    fn rows_of(
        &self,
        running: &mut Running,
        layout: &Layout,
        option: usize,
        rows: &[usize],
    ) -> Result<Vec<(Vec<f64>, bool)>, wasmi::Error> {
        running.write(layout.seed, &self.seed.to_le_bytes())?;
        for (source, place) in self.calls.inputs.iter().zip(&layout.inputs) {
            let Some(place) = *place else { continue };
            let words: Vec<u64> = match source {
                Source::Factor { factor } => self.column(rows, |draw| draw(*factor)),
                Source::Part { split, part } => {
                    let split = self.study.case.splits.get(*split);
                    let split =
                        split.ok_or_else(|| wasmi::Error::new("a split that the case does not have"))?;
                    self.column(rows, |draw| split.value(*part, draw))
                }
                Source::Value { value } => {
                    let value = value.get(option).copied().unwrap_or(f64::NAN);
                    vec![value.to_bits()]
                }
                Source::Steps { steps } => {
                    let steps = steps.get(option).map_or(&[][..], Vec::as_slice);
                    let pairs = steps.iter().flat_map(|(time, value)| {
                        [time.unwrap_or(f64::NEG_INFINITY).to_bits(), value.to_bits()]
                    });
                    [steps.len() as u64].into_iter().chain(pairs).collect()
                }
            };
            running.write_words(place, &words)?;
        }
        let ids: Vec<u64> = rows.iter().map(|&row| self.futures.ids[row]).collect();
        running.write_words(layout.futures, &ids)?;
        running.run(rows.len())?;
        let column = 8 * layout.capacity;
        let columns: Vec<Vec<f64>> = (0..self.results.measures as u32)
            .map(|measure| running.read(layout.metrics + column * measure, rows.len()))
            .collect::<Result<_, _>>()?;
        let status = running.read(layout.status, rows.len())?;
        let row = |at: usize| {
            (
                columns.iter().map(|column| column[at]).collect(),
                status[at] == 0.0,
            )
        };
        Ok((0..rows.len()).map(row).collect())
    }

    fn column(&self, rows: &[usize], value: impl Fn(&dyn Fn(usize) -> f64) -> f64) -> Vec<u64> {
        let of_row = |&row: &usize| {
            value(&|factor| {
                self.futures
                    .columns
                    .get(factor)
                    .map_or(f64::NAN, |column| column[row])
            })
            .to_bits()
        };
        rows.iter().map(of_row).collect()
    }

    /// The first row whose numbers are not those of the table.
    fn first_difference(&self, option: usize, rows: &[usize], found: &[(Vec<f64>, bool)]) -> Option<usize> {
        let mut pairs = rows.iter().zip(found);
        let same = |row: usize, values: &[f64], sound: bool| {
            let status = self.results.status[option][row] == Status::Ok;
            let expected = self.results.values[option].iter().map(|column| column[row]);
            status == sound
                && live::fingerprint(values.iter().copied()) == live::fingerprint(expected.clone())
                && values.iter().zip(expected).all(|(found, expected)| {
                    found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan()
                })
        };
        pairs
            .find(|(row, (values, sound))| !same(**row, values, *sound))
            .map(|(row, _)| *row)
    }
}

/// A module in an interpreter.
struct Running {
    store: Store<()>,
    memory: Memory,
    prepare: TypedFunc<(), ()>,
    run: TypedFunc<(i32, i32), ()>,
}

impl Running {
    fn new(module: &[u8]) -> Result<Self, wasmi::Error> {
        let engine = Engine::default();
        let module = Module::new(&engine, module)?;
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
        let memory = instance
            .get_memory(&store, "memory")
            .ok_or_else(|| wasmi::Error::new("it exports no memory"))?;
        let prepare = instance.get_typed_func(&store, "prepare")?;
        let run = instance.get_typed_func(&store, "run")?;
        Ok(Self {
            store,
            memory,
            prepare,
            run,
        })
    }

    fn write(&mut self, place: u32, bytes: &[u8]) -> Result<(), wasmi::Error> {
        let written = self.memory.write(&mut self.store, place as usize, bytes);
        written.map_err(|_| wasmi::Error::new("an address outside of its memory"))
    }

    fn write_words(&mut self, place: u32, words: &[u64]) -> Result<(), wasmi::Error> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.write(place, &bytes)
    }

    fn read(&self, place: u32, count: usize) -> Result<Vec<f64>, wasmi::Error> {
        let mut bytes = vec![0; 8 * count];
        self.memory
            .read(&self.store, place as usize, &mut bytes)
            .map_err(|_| wasmi::Error::new("an address outside of its memory"))?;
        let (words, _) = bytes.as_chunks::<8>();
        Ok(words.iter().map(|word| f64::from_le_bytes(*word)).collect())
    }

    fn run(&mut self, count: usize) -> Result<(), wasmi::Error> {
        self.prepare.call(&mut self.store, ())?;
        self.run.call(&mut self.store, (count as i32, 0))
    }
}

//! Programs run as WebAssembly modules, by an interpreter.

#![allow(dead_code, reason = "each test file uses a part")]

use engine::wasm::{self, Form, InputPlace, Module, Settings};
use engine::{Batch, Outputs, Program, RunStatus, Value};
use wasmi::{Engine, Linker, Memory, Store, TypedFunc};

/// Futures of one call: few, so that batches are cut.
const CAPACITY: u32 = 10;

/// A module ready to be called.
pub(crate) struct Running {
    store: Store<()>,
    memory: Memory,
    prepare: TypedFunc<(), ()>,
    run: TypedFunc<(i32, i32), ()>,
    module: Module,
}

impl Running {
    pub(crate) fn new(module: Module) -> Self {
        let engine = Engine::default();
        let compiled = wasmi::Module::new(&engine, &module.bytes).expect("a valid module");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &compiled)
            .expect("a module without imports");
        let memory = instance.get_memory(&store, "memory").expect("its memory");
        let prepare = instance.get_typed_func(&store, "prepare").expect("its functions");
        let run = instance.get_typed_func(&store, "run").expect("its functions");
        Self {
            store,
            memory,
            prepare,
            run,
            module,
        }
    }

    fn write(&mut self, place: u32, bytes: &[u8]) {
        self.memory
            .write(&mut self.store, place as usize, bytes)
            .expect("a place in memory");
    }

    fn read(&self, place: u32, count: usize) -> Vec<f64> {
        let mut bytes = vec![0; 8 * count];
        self.memory
            .read(&self.store, place as usize, &mut bytes)
            .expect("a place in memory");
        let word = |bytes: &[u8]| f64::from_bits(u64::from_le_bytes(bytes.try_into().expect("eight bytes")));
        bytes.chunks(8).map(word).collect()
    }

    /// The outputs of a batch; where a future broke is not told, and stands as `NonFinite` at NaN.
    pub(crate) fn outputs(&mut self, batch: &Batch, metrics: usize, series: usize) -> Outputs {
        let layout = self.module.layout.clone();
        let futures = batch.futures.len();
        let mut outputs = Outputs {
            metrics: vec![Vec::new(); metrics],
            status: Vec::new(),
            series: vec![vec![0.0; futures * layout.times.len()]; series],
            times: layout.times.clone(),
        };
        self.write(layout.seed, &batch.seed.to_le_bytes());
        for (value, place) in batch.inputs.iter().zip(&layout.inputs) {
            match (value, place) {
                (Value::Uniform(value), InputPlace::Uniform { at }) => self.write(*at, &value.to_le_bytes()),
                (Value::Schedule(schedule), InputPlace::Schedule { at }) => {
                    self.write(*at, &(schedule.times.len() as u32).to_le_bytes());
                    for (step, (time, value)) in schedule.times.iter().zip(&schedule.values).enumerate() {
                        let place = at + 8 + 16 * step as u32;
                        self.write(place, &time.to_le_bytes());
                        self.write(place + 8, &value.to_le_bytes());
                    }
                }
                _ => {}
            }
        }
        self.prepare.call(&mut self.store, ()).expect("no trap");
        for start in (0..futures).step_by(layout.capacity as usize) {
            let rows = start..futures.min(start + layout.capacity as usize);
            let numbers: Vec<u8> = batch.futures[rows.clone()]
                .iter()
                .flat_map(|future| future.to_le_bytes())
                .collect();
            self.write(layout.futures, &numbers);
            for (value, place) in batch.inputs.iter().zip(&layout.inputs) {
                if let (Value::PerFuture(column), InputPlace::PerFuture { at }) = (value, place) {
                    let bytes: Vec<u8> = column[rows.clone()]
                        .iter()
                        .flat_map(|value| value.to_le_bytes())
                        .collect();
                    self.write(*at, &bytes);
                }
            }
            self.run
                .call(&mut self.store, (rows.len() as i32, 1))
                .expect("no trap");
            let column = 8 * layout.capacity;
            for (number, metric) in outputs.metrics.iter_mut().enumerate() {
                metric.extend(self.read(layout.metrics + column * number as u32, rows.len()));
            }
            for status in self.read(layout.status, rows.len()) {
                outputs.status.push(match status {
                    0.0 => RunStatus::Ok,
                    _ => broken(),
                });
            }
            let times = layout.times.len();
            for (number, table) in outputs.series.iter_mut().enumerate() {
                for time in 0..times {
                    let place = layout.series + column * (number * times + time) as u32;
                    for (row, value) in rows.clone().zip(self.read(place, rows.len())) {
                        table[row * times + time] = value;
                    }
                }
            }
        }
        outputs
    }
}

fn broken() -> RunStatus {
    RunStatus::NonFinite {
        variable: model::VarId(0),
        time: f64::NAN,
    }
}

/// What a module can tell of a reference's outputs, as bits.
pub(crate) fn bits(outputs: &Outputs) -> (Vec<Vec<u64>>, Vec<bool>) {
    let columns = outputs
        .metrics
        .iter()
        .chain(&outputs.series)
        .chain([&outputs.times]);
    let columns = columns
        .map(|column| column.iter().map(|value| value.to_bits()).collect())
        .collect();
    let sound = outputs.status.iter().map(|status| *status == RunStatus::Ok);
    (columns, sound.collect())
}

/// Compares both forms of a program with the reference's outputs; false where the program cannot be written because its times
/// depend on inputs.
pub(crate) fn agrees(
    program: &Program,
    batch: &Batch,
    expected: &Outputs,
    name: impl Fn() -> String,
) -> bool {
    let steps = batch.inputs.iter().map(|value| match value {
        Value::Schedule(schedule) => schedule.times.len() as u32,
        _ => 0,
    });
    let schedule_steps = steps.max().unwrap_or(0);
    for form in [Form::Simd, Form::Scalar] {
        let settings = Settings {
            form,
            capacity: CAPACITY,
            schedule_steps,
        };
        let module = match wasm::write(program, &settings) {
            Ok(module) => module,
            Err(wasm::Missing::TimeControls | wasm::Missing::Carriers) => return false,
            Err(missing) => panic!("{}: {missing}", name()),
        };
        let mut running = Running::new(module);
        let found = running.outputs(batch, expected.metrics.len(), expected.series.len());
        let ((found, found_sound), (wanted, wanted_sound)) = (bits(&found), bits(expected));
        let column = found
            .iter()
            .zip(&wanted)
            .position(|(found, wanted)| found != wanted);
        let pairs = column.map(|column| {
            let pairs = found[column].iter().zip(&wanted[column]).enumerate();
            let differ = pairs.filter(|(_, (found, wanted))| found != wanted).take(4);
            let value = |bits: &u64| f64::from_bits(*bits);
            (
                column,
                differ
                    .map(|(row, (found, wanted))| (row, value(found), value(wanted)))
                    .collect::<Vec<_>>(),
            )
        });
        assert!(
            pairs.is_none() && found_sound == wanted_sound,
            "as a module ({form:?}) column and values (found, expected) {pairs:?}, sound {found_sound:?} {wanted_sound:?}: {}",
            name()
        );
    }
    true
}

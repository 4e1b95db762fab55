//! A run of the toy case to bytes and back.

use std::collections::BTreeMap;

use model::{Model, Sources};

use super::*;
use crate::case::DesignKind;
use crate::results::{Futures, OptionId, Results, Status};
use crate::run::{self, Progress};
use crate::study::Study;
use crate::{bind, design, testing};

struct Run {
    study: Study,
    model: Model,
    sources: Sources,
    futures: Futures,
    results: Results,
    triggers: Vec<(OptionId, String, Vec<Option<bool>>)>,
    record: RunRecord,
}

impl Run {
    fn context(&self) -> Context<'_> {
        Context {
            study: &self.study,
            model: &self.model,
            sources: &self.sources,
            case_path: "toy/case.toml",
            record: &self.record,
        }
    }
}

struct Silent;

impl Progress for Silent {
    fn done(&self, _: u64, _: u64) {}
}

fn toy_run(count: u64, design: DesignKind) -> Run {
    let (case, mut sources) = testing::toy();
    let text = testing::TOY[2].1;
    let (model, notes) = model::read(
        "toy/model.mdl",
        text.as_bytes(),
        &testing::toy_with(&[]),
        &mut sources,
    );
    let model = model.unwrap_or_else(|| panic!("{}", testing::render(&notes, &sources)));
    let (study, notes) = bind::bind(case, &model);
    let study = study.unwrap_or_else(|| panic!("{}", testing::render(&notes, &sources)));
    let settings = design::Settings {
        futures: count,
        design,
        ..design::Settings::of(&study.case)
    };
    let futures = study.sample(&settings).unwrap();
    let how = run::Settings {
        seed: settings.seed,
        threads: 2,
        options: Vec::new(),
        fans: 5,
        every_addon: false,
        engine: engine::Choice::Auto,
        numerics: engine::Numerics::Exact,
    };
    let run::Outcome {
        mut results,
        triggers,
        ..
    } = run::run(&study, &model, &futures, &how, &Silent).unwrap();
    // The toy model breaks nowhere: break one future by hand, so that such rows travel too.
    let row = futures.rejected.iter().position(Option::is_none).unwrap();
    let variable = model.find("Water Lost").unwrap();
    results.status[1][row] = Status::NonFinite {
        variable: variable.0,
        time: 3.25,
    };
    results.values[1]
        .iter_mut()
        .for_each(|column| column[row] = f64::NAN);
    let files = files(testing::TOY.map(|(path, text)| (path, text.as_bytes())));
    let record = RunRecord::new(
        &study.case,
        files,
        &settings,
        &results.options,
        Counts::of(&futures, &results),
    );
    Run {
        study,
        model,
        sources,
        futures,
        results,
        triggers,
        record,
    }
}

fn bits(results: &Results) -> Vec<u64> {
    results
        .values
        .iter()
        .flatten()
        .flatten()
        .map(|value| value.to_bits())
        .collect()
}

#[test]
fn a_run_comes_back_bit_for_bit() {
    let run = toy_run(50, DesignKind::MonteCarlo);
    let context = run.context();
    assert!(
        run.futures.accepted() == 50 && run.futures.ids.len() > 50,
        "some are rejected"
    );
    let there = |table: &Table| read_parquet(parquet(table)).unwrap();

    let table = futures(&context, &run.futures);
    assert_eq!(there(&table), table);
    let back = read_futures(&run.study.case, &there(&table)).unwrap();
    assert_eq!(back, run.futures);

    let table = outcomes(&context, &run.futures, &run.results, &run.triggers);
    let (mut results, triggers) = read_outcomes(&run.study, &run.model, &back, &there(&table)).unwrap();
    assert_eq!(triggers, run.triggers);
    assert_eq!(bits(&results), bits(&run.results));
    assert_eq!(results.status, run.results.status);
    assert_eq!(results.options, run.results.options);

    assert!(!run.results.series.is_empty() && !run.results.experiments.is_empty());
    let table = series(&context, &run.futures, &run.results);
    read_series(&run.study, &run.model, &back, &there(&table), &mut results).unwrap();
    assert_eq!(results.series, run.results.series);
    assert_eq!(results.experiments, run.results.experiments);
}

#[test]
fn units_and_origins_are_in_the_metadata() {
    let run = toy_run(10, DesignKind::Sobol);
    let context = run.context();
    let about = |table: &Table, column: &str| -> Vec<String> {
        let table = read_parquet(parquet(table)).unwrap();
        let about: &BTreeMap<String, String> =
            &table.column(column).unwrap_or_else(|| panic!("{column}")).about;
        about
            .iter()
            .map(|(key, value)| format!("{key}: {value}"))
            .collect()
    };
    let draws = futures(&context, &run.futures);
    let results = outcomes(&context, &run.futures, &run.results, &run.triggers);
    let mut text = String::new();
    for (table, column) in [
        (&draws, "mending_gained"),
        (&draws, "demand_2024"),
        (&draws, "households"),
        (&results, "shortage"),
        (&results, "leaks@3..7"),
        (&results, "fired:Emergency"),
    ] {
        text += &format!("{column}\n  {}\n", about(table, column).join("\n  "));
    }
    insta::assert_snapshot!(text);
    let record: RunRecord = serde_json::from_str(&draws.about["weighhouse.run"]).unwrap();
    assert_eq!(record, run.record);
}

#[test]
fn the_record_holds_what_determines_the_run() {
    let run = toy_run(10, DesignKind::LatinHypercube);
    let mut record = serde_json::to_value(&run.record).unwrap();
    record["version"] = "0".into();
    for file in record["files"].as_array_mut().unwrap() {
        assert_eq!(file["sha256"].as_str().unwrap().len(), 64);
        file["sha256"] = "...".into();
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&record).unwrap());
    assert_eq!(
        sha256(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn csv_reads_back_to_the_same_bits() {
    let table = Table {
        columns: vec![
            Column::new("future", Cells::Counts(vec![0, 1, 2])),
            Column::new(
                "a \"name\", with signs",
                Cells::Numbers(vec![0.1 + 0.2, f64::NAN, 1e-300]),
            ),
            Column::new(
                "word",
                Cells::Words(vec![Some("x,y".to_owned()), None, Some("z".to_owned())]),
            ),
            Column::new("flag", Cells::Flags(vec![Some(true), None, Some(false)])),
            Column::new("number", Cells::Numbers(vec![3.0, f64::INFINITY, -0.0])),
        ],
        about: BTreeMap::new(),
    };
    let expected = "future,\"a \"\"name\"\", with signs\",word,flag,number\n0,0.30000000000000004,\"x,y\",true,3\n1,,,,inf\n2,1e-300,z,false,-0\n";
    assert_eq!(csv(&table), expected);
}

#[test]
fn row_groups_are_cut_at_fixed_futures() {
    let table = |ids: Vec<u64>| Table {
        columns: vec![Column::new("future", Cells::Counts(ids))],
        about: BTreeMap::new(),
    };
    let groups = |table: &Table| {
        let bytes = bytes::Bytes::from(parquet(table));
        let reader = ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        reader
            .metadata()
            .row_groups()
            .iter()
            .map(|group| group.num_rows())
            .collect::<Vec<i64>>()
    };
    assert_eq!(groups(&table((0..10_000).collect())), [4096, 4096, 1808]);
    assert_eq!(groups(&table((4000..4200).collect())), [96, 104]);
    let empty = read_parquet(parquet(&table(Vec::new()))).unwrap();
    assert_eq!(empty.rows(), 0);
}

#[test]
fn the_same_run_is_the_same_bytes() {
    let (a, b) = (
        toy_run(40, DesignKind::LatinHypercube),
        toy_run(40, DesignKind::LatinHypercube),
    );
    let bytes = |run: &Run| {
        let context = run.context();
        [
            parquet(&futures(&context, &run.futures)),
            parquet(&outcomes(&context, &run.futures, &run.results, &run.triggers)),
            parquet(&series(&context, &run.futures, &run.results)),
        ]
    };
    assert!(bytes(&a) == bytes(&b));
}

#[test]
fn what_is_no_table_of_this_case_is_said() {
    let run = toy_run(10, DesignKind::MonteCarlo);
    let context = run.context();
    assert!(matches!(
        read_parquet(b"no table".to_vec()),
        Err(ParquetError::Damaged(_))
    ));
    let mut table = futures(&context, &run.futures);
    table.columns.retain(|column| column.name != "mending_gained");
    assert_eq!(
        read_futures(&run.study.case, &table),
        Err(TableError::Column("mending_gained".to_owned()))
    );
    let mut table = outcomes(&context, &run.futures, &run.results, &run.triggers);
    if let Cells::Words(cells) = &mut table.columns[1].cells {
        cells[0] = Some("nobody".to_owned());
    }
    let said = read_outcomes(&run.study, &run.model, &run.futures, &table)
        .unwrap_err()
        .to_string();
    assert_eq!(
        said,
        "the table speaks of `nobody`, which the case does not have (policy)"
    );
    let mut fewer = run.futures.clone();
    fewer.ids.pop();
    let table = outcomes(&context, &run.futures, &run.results, &run.triggers);
    let error = read_outcomes(&run.study, &run.model, &fewer, &table).unwrap_err();
    assert_eq!(error, TableError::Rows);
}

//! Vensim's functions that move things by steps, by hand: cohorts, batches, conveyors, schedules. What the scalar reference gives, the
//! blocks give bit for bit.

#[path = "../support/text.rs"]
mod text;

use engine::{Batch, Binding, Input, InputTarget, Request, Value, lower, scalar};
use model::{Integration, Model};
use text::{close, in_both, request, run};

fn read(text: &str, stop: f64, step: f64) -> Model {
    let text = format!(
        "{text}\nINITIAL TIME = 0 ~~|\nFINAL TIME = {stop} ~~|\nTIME STEP = {step} ~~|\nSAVEPER = TIME STEP ~~|\n"
    );
    text::model("model.mdl", &text)
}

/// The elements of `y` at each time, with steps of this length.
fn check_steps(text: &str, step: f64, expected: &[&[f64]]) {
    let stop = (expected[0].len() - 1) as f64 * step;
    let model = read(text, stop, step);
    for integration in [Integration::Euler, Integration::Rk4] {
        let request = Request {
            integration: Some(integration),
            ..request(&model, &["y"])
        };
        let found = run(&model, &request);
        assert_eq!(found.len(), expected.len(), "{text}");
        for (found, expected) in found.iter().zip(expected) {
            close(text, found, expected);
        }
    }
}

fn check(text: &str, expected: &[f64]) {
    check_steps(text, 1.0, &[expected]);
}

const FLAT: &str = "flat((0,1),(1,1)) ~~|\n";

#[test]
fn cohorts_move_on_when_the_condition_holds() {
    let people = |accumulate: &str| {
        format!(
            "age: a0, a1, a2 ~~|\nx[a0] = INTEG(4, 8) ~~|\nx[a1] = INTEG(0, 4) ~~|\nx[a2] = INTEG(-1, 2) ~~|\n\
             out = SHIFT IF TRUE(x[a0], MODULO(Time, 2) = 0, ELMCOUNT(age), {accumulate}, 1) ~~|"
        )
    };
    let model = read(&people("0"), 4.0, 1.0);
    let found = run(&model, &request(&model, &["x", "out"]));
    // At 0, 2 and 4 all go one on; what comes in or goes out in that step comes on top.
    close("a0", &found[0], &[8.0, 5.0, 9.0, 5.0, 9.0]);
    close("a1", &found[1], &[4.0, 8.0, 8.0, 9.0, 9.0]);
    close("a2", &found[2], &[2.0, 3.0, 2.0, 7.0, 6.0]);
    close("out", &found[3], &[2.0, 0.0, 2.0, 0.0, 6.0]);
    // The last one keeps what it had.
    let model = read(&people("1"), 4.0, 1.0);
    let found = run(&model, &request(&model, &["x", "out"]));
    close("a2", &found[2], &[2.0, 5.0, 4.0, 11.0, 10.0]);
    close("out", &found[3], &[0.0; 5]);
    // It moves by whole steps.
    let problems = lower(
        &model,
        &Request {
            integration: Some(Integration::Rk4),
            ..request(&model, &["x"])
        },
    )
    .expect_err("RK4 looks within steps");
    assert_eq!(problems.items[0].code, "conveyor-method");
}

#[test]
fn cohorts_of_several_countries_move_by_themselves() {
    // Only two of three ages are moved, and only where it is time.
    let text = "age: a0, a1, a2 ~~|\nland: u, m ~~|\nold: a1, a2 ~~|\nx[land,a0] = INTEG(0, 1) ~~|\n\
                x[land,old] = INTEG(0, 10) ~~|\nwhen[land] = 1, 3 ~~|\n\
                out[land] = SHIFT IF TRUE(x[land,a0], Time = when[land], 2, 0, 5) ~~|";
    let model = read(text, 4.0, 1.0);
    let found = run(&model, &request(&model, &["x", "out"]));
    close("u a0", &found[0], &[1.0, 1.0, 5.0, 5.0, 5.0]);
    close("u a1", &found[1], &[10.0, 10.0, 1.0, 1.0, 1.0]);
    close("u a2", &found[2], &[10.0; 5]);
    close("m a0", &found[3], &[1.0, 1.0, 1.0, 1.0, 5.0]);
    close("m a1", &found[4], &[10.0, 10.0, 10.0, 10.0, 1.0]);
    close("out u", &found[6], &[0.0, 10.0, 0.0, 0.0, 0.0]);
    close("out m", &found[7], &[0.0, 0.0, 0.0, 10.0, 0.0]);
}

#[test]
fn what_cannot_be_shifted_is_refused() {
    for (call, message) in [
        ("SHIFT IF TRUE(x[a0], 1, 4, 0, 0)", "move 4 elements"),
        ("SHIFT IF TRUE(x[a1], 1, 3, 0, 0)", "there are 2"),
        ("SHIFT IF TRUE(x[a0], 1, Time, 0, 0)", "known before the run"),
        (
            "SHIFT IF TRUE(x[a0], 1, 2, 0, 0) + SHIFT IF TRUE(x[a1], 1, 2, 0, 0)",
            "`x[a1]` is moved by more than one",
        ),
    ] {
        let model = read(
            &format!("age: a0, a1, a2 ~~|\nx[age] = INTEG(1, 1) ~~|\ny = {call} ~~|"),
            4.0,
            1.0,
        );
        let problems = lower(&model, &request(&model, &["x"])).map(|_| ());
        let problems = if call.contains("Time") || call.contains('4') || call.contains("a1], 1, 3") {
            problems.or_else(|_| lower(&model, &request(&model, &["x", "y"])).map(|_| ()))
        } else {
            problems
        };
        let problems = problems.expect_err(call);
        assert!(
            problems.items[0].message.contains(message),
            "{call}: {problems:?}"
        );
    }
}

#[test]
fn batches_come_out_one_after_the_other() {
    check(
        "y = DELAY BATCH(10, 25, 2, 0, 0, 0) ~~|",
        &[0.0, 0.0, 0.0, 0.0, 0.0, 25.0, 0.0, 25.0, 0.0, 0.0, 25.0],
    );
    // The batch that is there at the start, and what waits behind it.
    check(
        "y = DELAY BATCH(0, 20, 3, 100, 2, 45) ~~|",
        &[0.0, 0.0, 100.0, 0.0, 0.0, 20.0, 0.0, 0.0, 20.0, 0.0, 0.0, 0.0],
    );
    check(
        "y = DELAY BATCH(0, 20, 3, 100, 0, 20) ~~|",
        &[100.0, 0.0, 0.0, 20.0, 0.0],
    );
    // What comes out with a step of a half is all of a batch in that step; size and time are those of its start.
    check_steps(
        "y = DELAY BATCH(8, 4 + STEP(4, 1), 1 + STEP(1, 1), 0, 0, 0) ~~|",
        0.5,
        &[&[0.0, 0.0, 0.0, 8.0, 0.0, 0.0, 0.0, 16.0, 0.0, 0.0, 0.0, 16.0]],
    );
    // Every batch takes a step at least.
    check(
        "y = DELAY BATCH(3, 3, 0, 0, 0, 0) ~~|",
        &[0.0, 0.0, 3.0, 3.0, 3.0],
    );
    // A total that is not a number is not made up.
    let model = read("y = DELAY BATCH(1 / (Time - 1), 3, 1, 0, 0, 0) ~~|", 3.0, 1.0);
    let found = run(&model, &request(&model, &["y"])).remove(0);
    assert!(found[2].is_nan() && found[3].is_nan(), "{found:?}");
}

#[test]
fn a_conveyor_gives_what_was_laid_on_it() {
    check(
        &format!("{FLAT}y = DELAY CONVEYOR(7, 4, 0, flat, 40, 4) ~~|"),
        &[10.0, 10.0, 10.0, 10.0, 7.0, 7.0, 7.0],
    );
    // As a delay of a fixed time.
    let model = read(
        &format!(
            "{FLAT}x = SIN(Time) ~~|\ny = DELAY CONVEYOR(x, 1.5, 0, flat, 3, 1.5) ~~|\nz = DELAY FIXED(x, 1.5, 2) ~~|"
        ),
        10.0,
        0.125,
    );
    let found = run(&model, &request(&model, &["y", "z"]));
    close("as a fixed delay", &found[0], &found[1]);
    // A profile that rises: 1, 3, 5 and 7 parts of sixteen; its own units do not matter.
    check(
        "up((10,0),(30,5)) ~~|\ny = DELAY CONVEYOR(0, 4, 0, up, 16, 4) ~~|",
        &[1.0, 3.0, 5.0, 7.0, 0.0, 0.0],
    );
    // The last piece of a way that is no whole number of steps is shorter, and a piece is cut where a step ends.
    check(
        &format!("{FLAT}y = DELAY CONVEYOR(2, 2.5, 0, flat, 10, 2.5) ~~|"),
        &[4.0, 4.0, 3.0, 2.0, 2.0],
    );
    // A time below a step is a step.
    check(
        &format!("{FLAT}y = DELAY CONVEYOR(Time, 0.1, 0, flat, 0, 1) ~~|"),
        &[0.0, 0.0, 1.0, 2.0],
    );
}

#[test]
fn a_faster_conveyor_loses_nothing() {
    // After two steps, all that lies on it takes half the time.
    let text = format!(
        "{FLAT}x = 12 * PULSE(0, 4) ~~|\ny = DELAY CONVEYOR(x, 4 - STEP(2, 2), 0, flat, 0, 4) ~~|\nall = INTEG(x - y, 0) ~~|"
    );
    let model = read(&text, 8.0, 1.0);
    let found = run(&model, &request(&model, &["y", "all"]));
    // Three quarters of the way lie behind what came first; then two pieces of a quarter at a time.
    close("y", &found[0], &[0.0, 0.0, 0.0, 12.0, 24.0, 12.0, 0.0, 0.0, 0.0]);
    close("all", &found[1][6..], &[0.0, 0.0, 0.0]);
    let slower = text
        .replace("4 - STEP(2, 2)", "2 + STEP(2, 2)")
        .replace("0, 4) ~~|\nall", "0, 2) ~~|\nall");
    let model = read(&slower, 12.0, 1.0);
    let found = run(&model, &request(&model, &["y", "all"]));
    let out: f64 = found[0].iter().sum();
    close("all of it", &[out, found[1][12]], &[48.0, 0.0]);
}

#[test]
fn what_leaks_from_a_conveyor_is_what_the_manual_says() {
    let text = format!(
        "{FLAT}x = 20 * PULSE(1, 2) ~~|\ny = DELAY CONVEYOR(x, 3, 0.2, flat, 30, 3) ~~|\n\
         there = INTEG(x - y - leaks, 30) ~~|\nahead = there + TIME STEP * (x - y) ~~|\nleaks = ahead * 0.2 ~~|"
    );
    let model = read(&text, 10.0, 0.25);
    let found = run(&model, &request(&model, &["y", "there"]));
    // What is left at the end is nothing, as the stock beside it shows.
    close("there", &found[1][24..], &[0.0; 17]);
    close("first", &found[0][..2], &[10.0, 9.5]);
    // After three units of time a piece has leaked twelve times.
    let left = (0..12).fold(20.0, |left, _| left * 0.95);
    close("came", &[found[0][16]], &[left]);
}

#[test]
fn a_conveyor_that_is_told_nonsense_says_so() {
    for call in [
        "DELAY CONVEYOR(1 / (Time - 1), 2, 0, flat, 0, 2)",
        "DELAY CONVEYOR(1, 2 / (Time - 1) * 0, 0, flat, 0, 2)",
        "DELAY CONVEYOR(1, 2, 0, flat, 5, 1e9)",
    ] {
        let model = read(&format!("{FLAT}y = {call} ~~|"), 5.0, 1.0);
        let found = run(&model, &request(&model, &["y"])).remove(0);
        assert!(found[5].is_nan(), "{call}: {found:?}");
    }
    let model = read(
        "low((0,1),(1,-1)) ~~|\ny = DELAY CONVEYOR(1, 2, 0, low, 5, 2) ~~|",
        5.0,
        1.0,
    );
    let problems = lower(&model, &request(&model, &["y"])).expect_err("a profile below zero");
    assert_eq!(problems.items[0].code, "lookup-table");
}

#[test]
fn a_schedule_writes_off_all_that_was_spent() {
    let text = |call: &str| {
        format!(
            "year: y1, y2, y3 ~~|\nplan[year] = 50, 30, 20 ~~|\nnone = 0 ~~|\nbefore[year] = 50, 20, 0 ~~|\ny = {call} ~~|"
        )
    };
    check(
        &text("DEPRECIATE BY SCHEDULE(100 * PULSE(0, 1), plan[y1], none, 3, Time)"),
        &[50.0, 30.0, 20.0, 0.0, 0.0],
    );
    // With what is left of the years before, as much as is spent.
    check(
        &text("DEPRECIATE BY SCHEDULE(100, plan[y1], before[y1], 3, INITIAL TIME)"),
        &[100.0; 6],
    );
    // Fiscal periods of two steps.
    check(
        &text("DEPRECIATE BY SCHEDULE(30 * PULSE(1, 1), plan[y1], none, 6, Time)"),
        &[0.0, 15.0, 4.5, 4.5, 3.0, 3.0, 0.0],
    );
    // The first one begins within the run.
    check(
        &text("DEPRECIATE BY SCHEDULE(20 * PULSE(0, 1), plan[y1], none, 6, 5)"),
        &[10.0, 3.0, 3.0, 2.0, 2.0, 0.0],
    );
    // The second element and those behind it are a schedule of two.
    check(
        &text("DEPRECIATE BY SCHEDULE(100 * PULSE(0, 1), plan[y2], none, 2, Time)"),
        &[60.0, 40.0, 0.0],
    );
    check_steps(
        &text("DEPRECIATE BY SCHEDULE(100 * PULSE(0, 1), plan[y1], none, 3, Time)"),
        0.5,
        &[&[50.0, 50.0, 30.0, 30.0, 20.0, 20.0, 0.0, 0.0]],
    );
    for (call, message) in [
        ("(100, plan[y1], before[y1], 6, Time)", "one unit of time"),
        ("(100, plan[y1], before[y2], 3, Time)", "as many elements"),
        ("(100, plan[y1], 7, 3, Time)", "as many elements"),
    ] {
        let model = read(&text(&format!("DEPRECIATE BY SCHEDULE{call}")), 5.0, 1.0);
        let problems = lower(&model, &request(&model, &["y"])).expect_err(call);
        assert!(
            problems.items[0].message.contains(message),
            "{call}: {problems:?}"
        );
    }
}

/// What is seen of the queue `q`, and the queue itself, at each time.
fn check_queue(queue: &str, seen: &str, content: &[f64], expected: &[f64]) {
    for (seen, expected) in [(seen, expected), ("q", content)] {
        check(&format!("{FLAT}q = {queue} ~~|\ny = {seen} ~~|"), expected);
    }
}

#[test]
fn a_queue_knows_the_age_of_what_is_in_it() {
    let queue = "QUEUE FIFO(10, STEP(5, 2), flat, 0, 3)";
    let content = [0.0, 10.0, 20.0, 25.0, 30.0];
    check_queue(queue, "QUEUE AGE OLDEST(q)", &content, &[0.0, 1.0, 2.0, 3.0, 3.0]);
    check_queue(
        queue,
        "QUEUE AGE AVERAGE(q, 0)",
        &content,
        &[0.0, 1.0, 1.5, 1.8, 2.0],
    );
    // Of the five that are there longest, and of ten.
    check_queue(
        queue,
        "QUEUE AGE AVERAGE(q, 5)",
        &content,
        &[0.0, 1.0, 2.0, 3.0, 3.0],
    );
    check_queue(
        queue,
        "QUEUE AGE AVERAGE(q, 10)",
        &content,
        &[0.0, 1.0, 2.0, 2.5, 3.0],
    );
    check_queue(
        queue,
        "QUEUE AGE IN RANGE(q, 2, :NA:)",
        &content,
        &[0.0, 0.0, 10.0, 15.0, 20.0],
    );
    check_queue(
        queue,
        "QUEUE AGE IN RANGE(q, :NA:, 2)",
        &content,
        &[0.0, 10.0, 20.0, 20.0, 20.0],
    );
    check_queue(
        queue,
        "QUEUE AGE IN RANGE(q, 2, 2)",
        &content,
        &[0.0, 0.0, 10.0, 10.0, 10.0],
    );
    // What is there at the start has ages from a step to a step more than the range, as the profile says.
    let start = "QUEUE FIFO(0, 0, flat, 60, 3)";
    check_queue(start, "QUEUE AGE AVERAGE(q, -1)", &[60.0; 3], &[2.5, 3.5, 4.5]);
    check_queue(start, "QUEUE AGE OLDEST(q)", &[60.0; 3], &[4.0, 5.0, 6.0]);
    check_queue(
        start,
        "QUEUE AGE IN RANGE(q, 2, 3)",
        &[60.0; 3],
        &[40.0, 30.0, 10.0],
    );
}

#[test]
fn a_queue_is_a_stock_whatever_flows() {
    // More goes than is there: what is owed has the age of a step, and what comes pays it back first.
    let owed = "QUEUE FIFO(10 * PULSE(2, 2), 5 * PULSE(0, 2), flat, 5, 0)";
    let content = [5.0, 0.0, -5.0, 5.0, 15.0];
    check_queue(owed, "QUEUE AGE OLDEST(q)", &content, &[1.0, 0.0, 1.0, 1.0, 2.0]);
    check_queue(
        owed,
        "QUEUE AGE IN RANGE(q, 1, 1)",
        &content,
        &[5.0, 0.0, -5.0, 5.0, 10.0],
    );
    // Flows that go backwards are their opposites.
    check_queue(
        "QUEUE FIFO(-2, -7, flat, 0, 0)",
        "QUEUE AGE AVERAGE(q, 0)",
        &[0.0, 5.0, 10.0, 15.0],
        &[0.0, 1.0, 1.3, 1.6],
    );
    // What is served is what has waited long enough: the manual's example.
    let text = format!(
        "{FLAT}work = QUEUE FIFO(orders, y, flat, 0, 3) ~~|\norders = 6 + STEP(6, 2) ~~|\n\
         y = MIN(9, QUEUE AGE IN RANGE(work, 2, 1e9) / TIME STEP) ~~|"
    );
    check(&text, &[0.0, 0.0, 6.0, 6.0, 9.0, 9.0, 9.0]);
}

#[test]
fn a_queue_knows_the_attributes_of_what_is_in_it() {
    // What comes at 1 with the attribute 7, which changes by 2 in a unit of time.
    check_steps(
        &format!(
            "{FLAT}q = QUEUE FIFO ATTRIB(PULSE(1, 0), 0, 7, 2, flat, flat, 0, 0, 0) ~~|\ny = QUEUE ATTRIB AVERAGE(q, 0) ~~|"
        ),
        0.5,
        &[&[0.0, 0.0, 0.0, 8.0, 9.0, 10.0]],
    );
    let queue =
        format!("{FLAT}q = QUEUE FIFO ATTRIB(10, STEP(5, 3), 1 + Time, 0, flat, flat, 0, 0, 0) ~~|\n");
    let check_seen = |seen: &str, expected: &[f64]| check(&format!("{queue}y = {seen} ~~|"), expected);
    check_seen("q", &[0.0, 10.0, 20.0, 30.0, 35.0]);
    check_seen("QUEUE AGE OLDEST(q)", &[0.0, 1.0, 2.0, 3.0, 4.0]);
    check_seen("QUEUE ATTRIB AVERAGE(q, -1)", &[0.0, 1.0, 1.5, 2.0, 95.0 / 35.0]);
    check_seen("QUEUE ATTRIB AVERAGE(q, 10)", &[0.0, 1.0, 1.0, 1.0, 1.5]);
    // As many of the oldest as make up a total of twenty: where there is less, all.
    check_seen("QUEUE ATTRIB QUANTITY(q, 20)", &[0.0, 10.0, 15.0, 15.0, 12.5]);
    // At the start the attribute follows its own profile, from the youngest to the oldest.
    let start = "up((0,1),(1,3)) ~~|\nq = QUEUE FIFO ATTRIB(0, 0, 0, 1, flat, up, 60, 2, 2) ~~|\n";
    check(
        &format!("{FLAT}{start}y = QUEUE ATTRIB AVERAGE(q, 0) ~~|"),
        &[4.0, 5.0, 6.0],
    );
    check(
        &format!("{FLAT}{start}y = QUEUE ATTRIB AVERAGE(q, 15) ~~|"),
        &[6.0, 7.0, 8.0],
    );
    let model = read(
        &format!("{FLAT}q = QUEUE FIFO(1, 0, flat, 0, 3) ~~|\ny = QUEUE ATTRIB AVERAGE(q, 0) ~~|"),
        5.0,
        1.0,
    );
    let problems = lower(&model, &request(&model, &["y"])).expect_err("it has no attribute");
    assert!(
        problems.items[0].message.contains("`QUEUE FIFO ATTRIB` defines"),
        "{problems:?}"
    );
}

#[test]
fn queues_of_arrays_and_what_is_no_queue() {
    let text = format!(
        "{FLAT}r: a, b ~~|\nin[r] = 1, 2 ~~|\nq[r] = QUEUE FIFO(in[r], 0, flat, in[r], 0) ~~|\nold[r] = QUEUE AGE AVERAGE(q[r], in[r]) ~~|\n\
         y[r] = QUEUE AGE IN RANGE(q[b], in[r], 9) + old[r] ~~|"
    );
    check_steps(&text, 1.0, &[&[3.0, 6.0, 9.0, 12.0], &[1.0, 4.0, 7.0, 10.0]]);
    for (call, message) in [
        ("QUEUE AGE OLDEST(x)", "no variable that `QUEUE FIFO` defines"),
        ("QUEUE AGE OLDEST(3)", "no variable that `QUEUE FIFO` defines"),
        (
            "QUEUE AGE AVERAGE(q, Time)",
            "what `QUEUE AGE AVERAGE` asks about must not change",
        ),
    ] {
        let model = read(
            &format!("{FLAT}q = QUEUE FIFO(1, 0, flat, 0, 3) ~~|\nx = INTEG(1, 0) ~~|\ny = {call} ~~|"),
            5.0,
            1.0,
        );
        let problems = lower(&model, &request(&model, &["y"])).expect_err(call);
        assert!(
            problems.items[0].message.contains(message),
            "{call}: {problems:?}"
        );
    }
}

/// Whatever these functions are told, a run ends, and tells the same twice.
#[test]
fn awkward_numbers_end_in_a_result() {
    let awkward = [
        "0", "-1", "1e-300", "1e300", "-1e300", "0 / 0", "1 / 0", "Time - 3", "0.3",
    ];
    let calls: [(&str, &[&str], &str); 7] = [
        (
            "QUEUE FIFO ATTRIB",
            &["7", "5", "2", "1", "flat", "flat", "40", "3", "2"],
            "",
        ),
        (
            "QUEUE ATTRIB QUANTITY",
            &["q", "3"],
            "q = QUEUE FIFO ATTRIB(7, 6, Time - 3, 1, flat, flat, 40, 3, 2) ~~|\n",
        ),
        ("DELAY BATCH", &["10", "25", "2", "7", "1", "3"], ""),
        ("DELAY CONVEYOR", &["7", "4", "0.1", "flat", "40", "4"], ""),
        ("QUEUE FIFO", &["7", "5", "flat", "40", "3"], ""),
        (
            "DEPRECIATE BY SCHEDULE",
            &["7", "plan[y1]", "none", "4", "Time"],
            "",
        ),
        (
            "QUEUE AGE AVERAGE",
            &["q", "3"],
            "q = QUEUE FIFO(7, 6, flat, 40, 3) ~~|\n",
        ),
    ];
    for (name, args, more) in calls {
        for at in (0..args.len()).filter(|at| args[*at].parse::<f64>().is_ok() || args[*at] == "Time") {
            for number in awkward {
                let mut args = args.to_vec();
                args[at] = number;
                let text = format!(
                    "{FLAT}{more}year: y1, y2 ~~|\nplan[year] = 3, 1 ~~|\nnone = 0 ~~|\ny = {name}({}) ~~|",
                    args.join(", ")
                );
                let model = read(&text, 12.0, 1.0);
                let Ok(program) = lower(&model, &request(&model, &["y"])) else {
                    // What asks about a queue must not change in time.
                    assert!(args[0] == "q" && number.contains("Time"), "{text}");
                    continue;
                };
                let batch = Batch {
                    seed: 0,
                    futures: &[0],
                    inputs: &[],
                };
                let bits =
                    |series: &[f64]| -> Vec<u64> { series.iter().map(|value| value.to_bits()).collect() };
                let (one, other) = (scalar::run(&program, &batch), scalar::run(&program, &batch));
                assert_eq!(bits(&one.series[0]), bits(&other.series[0]), "{text}");
            }
        }
    }
}

/// Futures that differ in all that these functions are told run as if each ran alone.
#[test]
fn many_futures_are_as_many_runs() {
    let text = format!(
        "{FLAT}age: a0, a1, a2 ~~|\nway = 3 ~~|\npart = 0.1 ~~|\nsize = 4 ~~|\nspeed = 5 ~~|\nx = speed + SIN(Time) ~~|\n\
         plan[age] = 3, 2, 1 ~~|\nnone = 0 ~~|\npeople[age] = INTEG(-part * people[age], speed) ~~|\n\
         gone = SHIFT IF TRUE(people[a0], SIN(Time * way) > 0, 3, 0, size) ~~|\n\
         a = DELAY CONVEYOR(x, way, part, flat, speed * 2, way) ~~|\nb = DELAY BATCH(x, size, way, speed, way, size) ~~|\n\
         c = DEPRECIATE BY SCHEDULE(x, plan[a0], none, way, Time) ~~|\n\
         q = QUEUE FIFO(x, MIN(speed, d), flat, speed, way) ~~|\nd = QUEUE AGE IN RANGE(q, way, :NA:) + QUEUE AGE AVERAGE(q, size) ~~|"
    );
    let model = read(&text, 20.0, 0.25);
    let names = ["way", "part", "size", "speed"];
    let inputs = names.iter().map(|name| Input {
        target: InputTarget::Variable(model.find(name).expect("it is there")),
        binding: Binding::PerFuture,
    });
    let request = Request {
        inputs: inputs.collect(),
        ..request(&model, &["a", "b", "c", "people", "gone", "q", "d"])
    };
    let program = lower(&model, &request).expect("it can be lowered");
    let futures: Vec<u64> = (0..64).collect();
    let column = |low: f64, high: f64, stride: usize| -> Vec<f64> {
        (0..64)
            .map(|future| low + (high - low) * ((future * stride) % 64) as f64 / 64.0)
            .collect()
    };
    let columns = [
        column(1.0, 6.0, 7),
        column(0.0, 0.5, 11),
        column(1.0, 20.0, 13),
        column(1.0, 9.0, 17),
    ];
    let inputs: Vec<Value> = columns.iter().map(|column| Value::PerFuture(column)).collect();
    let batch = Batch {
        seed: 0,
        futures: &futures,
        inputs: &inputs,
    };
    for series in &in_both(&program, &batch).series {
        assert!(series.iter().all(|value| value.is_finite()));
    }
}

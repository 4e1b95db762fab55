//! What is on a belt, or in a line, is what came less what went, whatever the flows are made of.

use super::belt::Belt;
use super::line::Line;
use super::{Clock, Load};
use model::{Conveyor, ConveyorPart, QueuePart};

const CLOCK: Clock = Clock {
    length: 0.25,
    steps: 400,
};

fn conveyor(leaks: u8, exponential: bool, integers: u32) -> Conveyor {
    Conveyor {
        leaks,
        exponential,
        discrete: false,
        integers,
    }
}

#[test]
fn a_belt_holds_what_came_less_what_went() {
    for (exponential, integers, held_back) in [
        (false, 0, 1.0),
        (true, 0, 1.0),
        (false, 0, 0.6),
        (true, 0, 0.3),
        (false, 2, 1.0),
        (true, 1, 0.5),
    ] {
        let kind = conveyor(2, exponential, integers);
        let start = [3.0, 0.2, 0.0, 1.0, 0.3, 0.25, 0.75, 40.0];
        let mut belt = Belt::new(kind, &start, CLOCK);
        let mut content = 40.0;
        assert!((belt.part(ConveyorPart::Content) - content).abs() < 1e-9);
        for step in 0..CLOCK.steps {
            let way = 1.0 + (step % 13) as f64 / 4.0;
            let come = if step < 200 { (step % 7) as f64 } else { 0.0 };
            // Flows that take only a part of what they could.
            let rate = |part: f64| held_back * part / CLOCK.length;
            let share = if exponential { 0.05 } else { 1.0 };
            let part = |leak: u8| {
                if exponential {
                    ConveyorPart::Zone(leak)
                } else {
                    ConveyorPart::Leak(leak)
                }
            };
            let lose: Vec<f64> = [0, 1].map(|leak| rate(share * belt.part(part(leak)))).into();
            let exit_zones = belt.part(ConveyorPart::ExitZone(0)) + belt.part(ConveyorPart::ExitZone(1));
            let out = rate(
                (belt.part(ConveyorPart::Exit) - if exponential { share * exit_zones } else { 0.0 }).max(0.0),
            );
            let (even, alike) = (come / 3.0, come / 5.0);
            belt.step(
                &[way, 0.0, out, come, even, alike, lose[0], 0.2, lose[1], 0.3],
                CLOCK.length,
            );
            content += CLOCK.length * (come + even + alike - out - lose[0] - lose[1]);
            let found = belt.part(ConveyorPart::Content);
            assert!(
                (found - content).abs() < 1e-8,
                "{kind:?} at {step}: {found}, not {content}"
            );
        }
    }
}

#[test]
fn a_belt_that_is_told_nonsense_says_so() {
    for way in [f64::NAN, f64::INFINITY] {
        let mut belt = Belt::new(conveyor(0, false, 0), &[2.0, 4.0], CLOCK);
        assert_eq!(belt.part(ConveyorPart::Exit), 0.5);
        belt.step(&[way, 0.0, 2.0, 1.0, 0.0, 0.0], CLOCK.length);
        assert!(belt.part(ConveyorPart::Exit).is_nan());
    }
    // A way beyond the end of the run is as good as none that ends; one of no length takes a step.
    let mut belt = Belt::new(conveyor(0, false, 0), &[1e9, 0.0], CLOCK);
    belt.step(&[1e9, 0.0, 0.0, 8.0, 0.0, 0.0], CLOCK.length);
    assert_eq!(belt.part(ConveyorPart::Content), 2.0);
    belt.step(&[-1.0, 0.0, 0.0, 8.0, 0.0, 0.0], CLOCK.length);
    assert_eq!(belt.part(ConveyorPart::Exit), 2.0);
    // What cannot be spread is not made up.
    assert!(
        Belt::new(conveyor(0, false, 0), &[1e9, 5.0], CLOCK)
            .part(ConveyorPart::Exit)
            .is_nan()
    );
}

#[test]
fn a_line_gives_batches_in_order() {
    let mut line = Load::Line(Line::new(&[3.0, 0.0, 5.0]));
    let part = |line: &Load, part| line.part(super::Part::Queue(part));
    assert_eq!(part(&line, QueuePart::Content), 8.0);
    assert_eq!(part(&line, QueuePart::Front), 3.0);
    line.step(&[8.0, 4.0, 0.0, 2.0], 0.5);
    // Four went: all of the first batch and one of the second.
    assert_eq!(part(&line, QueuePart::Front), 4.0);
    assert_eq!(part(&line, QueuePart::Content), 7.0);
    line.step(&[100.0, 0.0, 0.0, 0.0], 0.5);
    assert_eq!(part(&line, QueuePart::Content), 0.0);
    assert_eq!(part(&line, QueuePart::Front), 0.0);
}

//! The batches of `DELAY BATCH`: material is collected until there is enough for one, and one at a time is worked on.

/// What waits, and the batch that is worked on.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    /// What waits.
    backlog: f64,
    /// What is worked on: the rate that it will come out with for a step, and the time left until then.
    work: Option<(f64, f64)>,
    /// What comes out now.
    out: f64,
}

impl Batch {
    /// Inputs: the rate of the first batch, the time at which it comes out, what waits, and the time now. `length` is that of a step.
    pub(super) fn new(inputs: &[f64], length: f64) -> Self {
        let &[rate, time, backlog, now] = inputs else {
            unreachable!("batches have four inputs at the start")
        };
        let mut batch = Self {
            backlog,
            work: (rate != 0.0).then_some((rate, time - now)),
            out: 0.0,
        };
        batch.come_out(length);
        batch
    }

    /// Inputs: what comes in, the size of a batch, and the time that one takes.
    pub(super) fn step(&mut self, inputs: &[f64], length: f64) {
        let &[input, size, time] = inputs else {
            unreachable!("batches have three inputs at a step")
        };
        if self.work.is_none() {
            // A batch of no size is one of all that there is: it can hold nothing back.
            let taken = if size > 0.0 { size } else { self.backlog };
            // Sums of steps may miss a size by their last bits.
            if self.backlog >= taken * (1.0 - 1e-12) && self.backlog > 0.0 {
                let rest = self.backlog - taken;
                self.backlog = if rest > 0.0 { rest } else { 0.0 };
                self.work = Some((taken / length, time));
            }
        }
        self.backlog += input * length;
        // What is not a number shows at once, and from then on.
        if !self.backlog.is_finite() || size.is_nan() || time.is_nan() {
            self.backlog = f64::NAN;
            self.work = None;
            self.out = f64::NAN;
            return;
        }
        self.work = self.work.map(|(rate, left)| (rate, left - length));
        self.come_out(length);
    }

    fn come_out(&mut self, length: f64) {
        self.out = 0.0;
        if let Some((rate, left)) = self.work
            && left < length / 2.0
        {
            self.out = rate;
            self.work = None;
        }
    }

    pub(super) fn out(&self) -> f64 {
        self.out
    }
}

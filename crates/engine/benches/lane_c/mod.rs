//! A program as C over lanes, and what gcc makes of it: the honest limit that the back ends are compared with.
//!
//! The step is the very list of primitive operations that the native back end translates, one C statement for each, in one
//! loop over the futures of a block: either over doubles, which gcc turns into vector instructions where it sees how, or over
//! explicit vectors of eight. Tables are counted and gathered. The first values of everything are read from a file, so that C
//! does not even begin a run.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use engine::primitive::{
    self, Action, Advance, Binary, Fused, Graph, Id, Layout, Logic, Node, Observe, Place, Predicate, Routine,
    Start, Store, Taken, Target, Unary,
};
use engine::{Batch, Program};

/// A model in C, compiled.
pub(crate) struct LaneC {
    binary: PathBuf,
    data: PathBuf,
    out: PathBuf,
    metrics: usize,
    futures: usize,
}

/// What a run of it said.
pub(crate) struct Ran {
    pub(crate) seconds: f64,
    /// For each metric what it remembers at the end, by future.
    pub(crate) metrics: Vec<Vec<f64>>,
}

/// How to compile: futures of a block, and how they become vectors.
pub(crate) struct Options {
    pub(crate) width: usize,
    pub(crate) vectors: Vectors,
}

/// How futures become vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vectors {
    /// Not at all.
    None,
    /// As gcc sees fit.
    Automatic,
    /// Written as vectors.
    Explicit,
}

/// Writes and compiles a program with the first values of a batch; none where there is no gcc or the model is not for C.
pub(crate) fn compile(
    program: &Program,
    batch: &Batch,
    folder: &Path,
    name: &str,
    options: &Options,
) -> Option<LaneC> {
    let mut layout = Layout::default();
    let common = primitive::uniform(program, &mut layout);
    let advance = primitive::uniform_advance(program, &mut layout);
    // Once for the windows, then with every place that the routines use.
    let start = Start::new(program, &layout, batch).ok()?;
    let mut variants: BTreeMap<(Vec<u32>, bool), usize> = BTreeMap::new();
    let mut routines = Vec::new();
    let mut plan = Vec::new();
    for step in 0..=start.steps {
        let key = (start.seen(step), step == start.steps);
        let next = variants.len();
        plan.push(*variants.entry(key.clone()).or_insert_with(|| {
            let advance = if key.1 { Advance::Stay } else { Advance::Euler };
            let taken = |metric: u32| Taken { metric, always: true };
            let observe = Observe::Metrics(key.0.into_iter().map(taken).collect());
            routines.push(primitive::lanes(program, &mut layout, &observe, advance));
            next
        }));
    }
    let start = Start::new(program, &layout, batch).ok()?;
    let futures = batch.futures.len();
    let text = Text {
        layout: &layout,
        start: &start,
        futures,
        metrics: start.windows.len(),
        explicit: options.vectors == Vectors::Explicit,
    };
    let source = text.program(&common, &advance, &routines, &plan);
    std::fs::create_dir_all(folder).ok()?;
    let stem = format!("{name}-{}-{:?}", options.width, options.vectors);
    let path = |ending: &str| folder.join(format!("{stem}.{ending}"));
    std::fs::write(path("c"), source).ok()?;
    std::fs::write(path("data"), text.data()).ok()?;
    let mut gcc = Command::new("gcc");
    gcc.args([
        "-O3",
        "-march=native",
        "-ffp-contract=off",
        "-fno-math-errno",
        "-fno-trapping-math",
    ]);
    gcc.args(match options.vectors {
        Vectors::None => ["-fno-tree-vectorize", "-fno-tree-slp-vectorize"].as_slice(),
        Vectors::Automatic => &["-mprefer-vector-width=512", "-fno-vect-cost-model"],
        // Only C++ chooses between vectors by a vector.
        Vectors::Explicit => &["-x", "c++", "-fpermissive", "-flax-vector-conversions", "-w"],
    });
    gcc.arg(format!("-DW={}", options.width));
    gcc.arg(path("c")).arg("-o").arg(path("bin")).arg("-lm");
    if !gcc.status().ok()?.success() {
        return None;
    }
    Some(LaneC {
        binary: path("bin"),
        data: path("data"),
        out: path("out"),
        metrics: text.metrics,
        futures,
    })
}

impl LaneC {
    /// Runs all futures once.
    pub(crate) fn run(&self) -> Ran {
        let told = Command::new(&self.binary)
            .args([&self.data, &self.out])
            .output()
            .expect("a program that gcc made");
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let bytes = std::fs::read(&self.out).expect("what the program wrote");
        let numbers: Vec<f64> = bytes
            .chunks_exact(8)
            .map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight bytes")))
            .collect();
        assert_eq!(
            numbers.len(),
            self.metrics * self.futures,
            "a number for each metric and future"
        );
        Ran {
            seconds: told.trim().parse().expect("seconds"),
            metrics: numbers.chunks(self.futures).map(<[f64]>::to_vec).collect(),
        }
    }
}

struct Text<'a> {
    layout: &'a Layout,
    start: &'a Start,
    futures: usize,
    metrics: usize,
    explicit: bool,
}

const VECTORS: &str = r#"#include <immintrin.h>
typedef d V __attribute__((vector_size(64)));
typedef int64_t M __attribute__((vector_size(64)));
typedef uint64_t U __attribute__((vector_size(64)));
static inline V X(d x) { return V{x, x, x, x, x, x, x, x}; }
static inline U B(V x) { return (U)x; }
static inline V D(U x) { return (V)x; }
static inline V root(V x) { return (V)_mm512_sqrt_pd((__m512d)x); }
static inline V scaled(V x, V e) { return (V)_mm512_scalef_pd((__m512d)x, (__m512d)e); }
static inline V fmadd(V a, V b, V c) { return (V)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c); }
static inline V fmsub(V a, V b, V c) { return (V)_mm512_fmsub_pd((__m512d)a, (__m512d)b, (__m512d)c); }
static inline V fnmadd(V a, V b, V c) { return (V)_mm512_fnmadd_pd((__m512d)a, (__m512d)b, (__m512d)c); }
static inline V at(const d *t, M i) { return (V)_mm512_i64gather_pd((__m512i)i, t, 8); }
"#;

const HEAD: &str = r#"#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
typedef double d;
typedef uint64_t u;
static inline u B(d x) { u r; memcpy(&r, &x, 8); return r; }
static inline d D(u x) { d r; memcpy(&r, &x, 8); return r; }
static inline d fmadd(d a, d b, d c) { return fma(a, b, c); }
static inline d fmsub(d a, d b, d c) { return fma(a, b, -c); }
static inline d fnmadd(d a, d b, d c) { return fma(-a, b, c); }
static inline d power(d k) { return D(B(k + 0x1.8p52) + 1023 << 52); }
static inline d scaled(d x, d e) { d half = (e * 0.5 + 0x1.8p52) - 0x1.8p52; return x * power(half) * power(e - half); }
static double cpu(void) { struct timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return t.tv_sec + 1e-9 * t.tv_nsec; }
"#;

impl Text<'_> {
    fn program(&self, common: &Routine, advance: &Routine, routines: &[Routine], plan: &[usize]) -> String {
        let (places, row) = (self.layout.places().len(), self.layout.row().len().max(1));
        let (futures, steps) = (self.futures, self.start.steps);
        let mut out = HEAD.to_owned();
        if self.explicit {
            out.push_str(VECTORS);
        }
        for (number, table) in self.start.tables.iter().enumerate() {
            for (part, column) in ["x", "y", "s"].iter().zip(table) {
                let numbers: Vec<String> = column.iter().map(|x| format!("{x:e}")).collect();
                let _ = writeln!(
                    out,
                    "static const d T{number}{part}[] = {{{}}};",
                    numbers.join(",")
                );
            }
        }
        let _ = writeln!(out, "static d F[{places}][W] __attribute__((aligned(64)));");
        let _ = writeln!(
            out,
            "static d R[{row}], first[{places}][{futures}], out[{}][{futures}], first_row[{row}];",
            self.metrics.max(1)
        );
        let capacity = |delay: &primitive::Delayed| {
            let longest = delay
                .steps
                .iter()
                .copied()
                .filter(|steps| *steps <= self.start.steps)
                .max();
            longest.unwrap_or(1)
        };
        for (number, delay) in self.start.delays.iter().enumerate() {
            let _ = writeln!(
                out,
                "static d ring{number}[{}][W]; static int wait{number}[{futures}];",
                capacity(delay)
            );
        }
        let clockwork = self.start.clockwork.len();
        let _ = writeln!(out, "static d clockwork[{}][{}];", clockwork.max(1), steps + 1);
        let plan: Vec<String> = plan.iter().map(usize::to_string).collect();
        let _ = writeln!(out, "static const int plan[] = {{{}}};", plan.join(","));
        for (name, routine) in [("common", common), ("advance", advance)] {
            let _ = writeln!(out, "static void {name}(void) {{");
            self.body(&mut out, routine, false);
            out.push_str("}\n");
        }
        for (number, routine) in routines.iter().enumerate() {
            let stride = if self.explicit { 8 } else { 1 };
            let _ = writeln!(
                out,
                "static void __attribute__((noinline)) step{number}(void) {{\n#pragma GCC ivdep\nfor (int l = 0; l < W; l += {stride}) {{"
            );
            self.body(&mut out, routine, self.explicit);
            out.push_str("}}\n");
        }
        out.push_str("static void run(int b, int n) {\n");
        let _ = writeln!(
            out,
            "for (int p = 0; p < {places}; p++) for (int l = 0; l < W; l++) F[p][l] = first[p][l < n ? b + l : b];"
        );
        let _ = writeln!(
            out,
            "memcpy(R, first_row, sizeof R);\nfor (int k = 0; k <= {steps}; k++) {{"
        );
        for (number, (at, _)) in self.start.clockwork.iter().enumerate() {
            let _ = writeln!(out, "R[{at}] = clockwork[{number}][k];");
        }
        out.push_str("common();\nswitch (plan[k]) {\n");
        for number in 0..routines.len() {
            let _ = writeln!(out, "case {number}: step{number}(); break;");
        }
        let _ = writeln!(out, "}}\nif (k == {steps}) break;\nadvance();");
        for (number, delay) in self.start.delays.iter().enumerate() {
            let (entering, home, capacity) = (delay.entering, delay.home, capacity(delay));
            let _ = writeln!(
                out,
                "memcpy(ring{number}[k % {capacity}], F[{entering}], sizeof F[0]);\nfor (int l = 0; l < n; l++) {{ int w = wait{number}[b + l]; if (k + 1 >= w) F[{home}][l] = ring{number}[(k + 1 - w) % {capacity}][l]; }}"
            );
        }
        out.push_str("}\n");
        for metric in 0..self.metrics {
            if let Some(at) = self.layout.find(Place::Memory {
                metric: metric as u32,
                part: 0,
            }) {
                let _ = writeln!(out, "memcpy(&out[{metric}][b], F[{at}], n * 8);");
            }
        }
        out.push_str("}\nint main(int c, char **a) {\nFILE *f = fopen(a[1], \"rb\"); size_t s = 0;\n");
        out.push_str(
            "s += fread(first, 1, sizeof first, f); s += fread(first_row, 1, sizeof first_row, f);\n",
        );
        if clockwork > 0 {
            out.push_str("s += fread(clockwork, 1, sizeof clockwork, f);\n");
        }
        for number in 0..self.start.delays.len() {
            let _ = writeln!(out, "s += fread(wait{number}, 1, sizeof wait{number}, f);");
        }
        let _ = writeln!(
            out,
            "fclose(f);\nrun(0, W < {futures} ? W : {futures});\ndouble t = cpu();"
        );
        let _ = writeln!(
            out,
            "for (int b = 0; b < {futures}; b += W) run(b, W < {futures} - b ? W : {futures} - b);"
        );
        out.push_str("t = cpu() - t;\nf = fopen(a[2], \"wb\"); fwrite(out, 1, ");
        let _ = writeln!(
            out,
            "{}, f); fclose(f);\nprintf(\"%.9f\\n\", t);\nreturn s == 0; }}",
            self.metrics * futures * 8
        );
        out
    }

    fn data(&self) -> Vec<u8> {
        let start = self.start;
        let mut bytes = Vec::new();
        let clockwork = start.clockwork.iter().map(|(_, numbers)| numbers);
        let row = if start.row.is_empty() {
            vec![0.0]
        } else {
            start.row.clone()
        };
        for numbers in start.frames.iter().chain([&row]).chain(clockwork) {
            bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        for delay in &start.delays {
            bytes.extend(delay.steps.iter().flat_map(|steps| (*steps as i32).to_le_bytes()));
        }
        bytes
    }

    fn body(&self, out: &mut String, routine: &Routine, vectors: bool) {
        let graph = &routine.graph;
        for action in &routine.actions {
            match action {
                Action::Compute(id) => {
                    let kind = match (graph.node(*id).is_mask(), vectors) {
                        (true, true) => "M",
                        (false, true) => "V",
                        (true, false) => "int",
                        (false, false) => "d",
                    };
                    let _ = writeln!(out, "{kind} v{} = {};", id.0, self.value(graph, *id, vectors));
                }
                Action::Store(Store { target, value }) => {
                    let value = operand(graph, *value, vectors);
                    let _ = match target {
                        Target::Lane(at) if vectors => writeln!(out, "*(V *)&F[{at}][l] = {value};"),
                        Target::Lane(at) => writeln!(out, "F[{at}][l] = {value};"),
                        Target::Uniform(at) => writeln!(out, "R[{at}] = {value};"),
                    };
                }
            }
        }
    }

    fn value(&self, graph: &Graph, id: Id, vectors: bool) -> String {
        let at = |id: Id| operand(graph, id, vectors);
        let on_bits = |a: Id, sign: &str, b: Id| format!("D(B({}) {sign} B({}))", at(a), at(b));
        match graph.node(id) {
            Node::Constant(_) | Node::Uniform(_) | Node::Lane(_) => at(id),
            Node::Unary(Unary::Root, a) => format!("{}({})", if vectors { "root" } else { "sqrt" }, at(a)),
            Node::Unary(Unary::ShiftLeft(bits), a) => format!("D(B({}) << {bits})", at(a)),
            Node::Unary(Unary::ShiftRight(bits), a) => format!("D(B({}) >> {bits})", at(a)),
            Node::Binary(binary, a, b) => match binary {
                Binary::Add => format!("{} + {}", at(a), at(b)),
                Binary::Subtract => format!("{} - {}", at(a), at(b)),
                Binary::Multiply => format!("{} * {}", at(a), at(b)),
                Binary::Divide => format!("{} / {}", at(a), at(b)),
                Binary::Lesser => format!("{0} < {1} ? {0} : {1}", at(a), at(b)),
                Binary::Greater => format!("{0} > {1} ? {0} : {1}", at(a), at(b)),
                Binary::And => on_bits(a, "&", b),
                Binary::Or => on_bits(a, "|", b),
                Binary::Xor => on_bits(a, "^", b),
                Binary::IntegerAdd => on_bits(a, "+", b),
                Binary::IntegerSubtract => on_bits(a, "-", b),
                Binary::Scale => format!("scaled({}, {})", at(a), at(b)),
                Binary::MultiplyHalves => format!(
                    "D((B({}) & 0xffffffffull) * (B({}) & 0xffffffffull))",
                    at(a),
                    at(b)
                ),
            },
            Node::Fused(fused, a, b, c) => {
                let name = match fused {
                    Fused::Add => "fmadd",
                    Fused::Subtract => "fmsub",
                    Fused::SubtractFrom => "fnmadd",
                };
                format!("{name}({}, {}, {})", at(a), at(b), at(c))
            }
            Node::Lookup(table, x) if vectors => {
                let count: Vec<String> = (1..self.start.tables[table as usize][0].len())
                    .map(|point| format!("- (M)(X(T{table}x[{point}]) <= {})", at(x)))
                    .collect();
                let count = count.join(" ");
                format!(
                    "({{ M i = M{{}} {count}; at(T{table}y, i) + ({} - at(T{table}x, i)) * at(T{table}s, i); }})",
                    at(x)
                )
            }
            Node::Lookup(table, x) => {
                let count: Vec<String> = (1..self.start.tables[table as usize][0].len())
                    .map(|point| format!("(T{table}x[{point}] <= {} ? 1 : 0)", at(x)))
                    .collect();
                let count = if count.is_empty() {
                    "0".to_owned()
                } else {
                    count.join(" + ")
                };
                format!(
                    "({{ int64_t i = {count}; T{table}y[i] + ({} - T{table}x[i]) * T{table}s[i]; }})",
                    at(x)
                )
            }
            Node::Select(mask, yes, no) => format!("{} ? {} : {}", at(mask), at(yes), at(no)),
            Node::WordOf(mask) if vectors => format!("(V){}", at(mask)),
            Node::WordOf(mask) => format!("D({} ? ~0ull : 0ull)", at(mask)),
            Node::Compare(predicate, a, b) => {
                let (sign, not) = match predicate {
                    Predicate::NotLess if vectors => ("<", "~"),
                    Predicate::NotLessOrEqual if vectors => ("<=", "~"),
                    Predicate::NotEqual if vectors => ("==", "~"),
                    Predicate::Less => ("<", ""),
                    Predicate::LessOrEqual => ("<=", ""),
                    Predicate::Equal => ("==", ""),
                    Predicate::NotLess => ("<", "!"),
                    Predicate::NotLessOrEqual => ("<=", "!"),
                    Predicate::NotEqual => ("==", "!"),
                };
                let kind = if vectors { "(M)" } else { "" };
                format!("{not}{kind}({} {sign} {})", at(a), at(b))
            }
            Node::Logic(logic, a, b) => {
                let sign = match logic {
                    Logic::And => "&",
                    Logic::Or => "|",
                    Logic::Xor => "^",
                };
                format!("{} {sign} {}", at(a), at(b))
            }
            Node::Not(a) => format!("{}{}", if vectors { "~" } else { "!" }, at(a)),
        }
    }
}

fn operand(graph: &Graph, id: Id, vectors: bool) -> String {
    let spread = |number: String| if vectors { format!("X({number})") } else { number };
    match graph.node(id) {
        Node::Constant(bits) => {
            let number = f64::from_bits(bits);
            spread(if number.is_finite() && number.abs() > 1e-300 || bits == 0 {
                format!("({number:e})")
            } else {
                format!("D({bits}ull)")
            })
        }
        Node::Uniform(at) => spread(format!("R[{at}]")),
        Node::Lane(at) if vectors => format!("(*(V *)&F[{at}][l])"),
        Node::Lane(at) => format!("F[{at}][l]"),
        _ => format!("v{}", id.0),
    }
}

//! The functions that a module calls: kernels traced from the text of `math`, lookups, draws, schedules.

use std::cell::RefCell;

use wasm_encoder::{BlockType, Function, MemArg, ValType};

use super::Form;
use super::body::{Body, at};
use super::shared::{Routine, Shared};
use super::trace::{Callee, Traced};
use crate::ir::Code;
use crate::math::kernel;
use crate::noise::{self, truncated_quantile};
use crate::operation;

/// What a routine takes and gives.
pub(super) fn signature(routine: Routine, form: Form) -> (Vec<ValType>, ValType) {
    let word = form.word();
    match routine {
        Routine::Kernel(callee) => (vec![word; callee.arity()], word),
        Routine::Lookup => (vec![word, ValType::I32, ValType::I32], word),
        Routine::Draw { .. } => (vec![ValType::I32; 3], word),
        Routine::Philox => (vec![ValType::I64; 3], ValType::I64),
        Routine::Scheduled => (vec![ValType::I32, ValType::F64], ValType::F64),
    }
}

/// The body of a routine.
pub(super) fn body(routine: Routine, shared: &mut Shared) -> Function {
    let graph = RefCell::default();
    let form = shared.form;
    let params = signature(routine, form).0.len() as u32;
    let mut body = Body::new(form, shared, &graph, params);
    match routine {
        Routine::Kernel(callee) => {
            let operands: Vec<Traced> = (0..params).map(|local| body.of_local(local)).collect();
            let result = of_kernel(callee, &operands).id;
            body.section(&[result]);
            body.word(result);
        }
        Routine::Lookup => lookup(&mut body),
        Routine::Draw { open } => draw(&mut body, open),
        Routine::Philox => philox(&mut body),
        Routine::Scheduled => scheduled(&mut body),
    }
    body.finish()
}

fn of_kernel<'g>(callee: Callee, operands: &[Traced<'g>]) -> Traced<'g> {
    match callee {
        Callee::Kernel(code) if code < Code::Add => {
            operation::unary(code, operands[0]).expect("a kernel of one operand")
        }
        Callee::Kernel(code) => {
            operation::binary(code, operands[0], operands[1]).expect("a kernel of two operands")
        }
        Callee::Cdf => kernel::normal_cdf(operands[0]),
        Callee::InverseNormal => kernel::inverse_normal(operands[0]),
        Callee::Truncated => truncated_quantile(
            [operands[0], operands[1], operands[2], operands[3]],
            operands[4],
            |x| Traced::call(Callee::Cdf, &[x]),
            |p| Traced::call(Callee::InverseNormal, &[p]),
        ),
        Callee::Lookup(_) | Callee::Uniform(_) | Callee::OpenUniform(_) => {
            unreachable!("these have routines of their own")
        }
    }
}

/// `y[i] + (at - x[i]) * slope[i]` on the last segment that has begun, or the first: segments that have begun are counted, as the
/// reference does.
fn lookup(body: &mut Body) {
    const PLACE: u32 = 0;
    const TABLE: u32 = 1;
    const COUNT: u32 = 2;
    let (here, end) = (body.local(ValType::I32), body.local(ValType::I32));
    let lanes = body.form.lanes();
    let begun = match body.form {
        Form::Simd => body.local(ValType::V128),
        Form::Scalar => body.local(ValType::I32),
    };
    let simd = body.form == Form::Simd;
    let mut sink = body.sink();
    sink.local_get(TABLE).local_tee(here);
    sink.local_get(COUNT)
        .i32_const(3)
        .i32_shl()
        .i32_add()
        .local_set(end);
    sink.loop_(BlockType::Empty);
    // A comparison of vectors gives -1 where it holds.
    sink.local_get(begun).local_get(here);
    if simd {
        sink.v128_load64_splat(at(0))
            .local_get(PLACE)
            .f64x2_le()
            .i64x2_sub();
    } else {
        sink.f64_load(at(0)).local_get(PLACE).f64_le().i32_add();
    }
    sink.local_set(begun);
    sink.local_get(here).i32_const(8).i32_add().local_tee(here);
    sink.local_get(end).i32_lt_u().br_if(0);
    sink.end();
    // From here on `here` is the address of a lane's segment, and `end` the distance between columns.
    sink.local_get(COUNT).i32_const(3).i32_shl().local_set(end);
    let parts = [body.word_local(), body.word_local(), body.word_local()];
    let mut sink = body.sink();
    for lane in 0..lanes as u8 {
        sink.local_get(begun);
        if simd {
            sink.i64x2_extract_lane(lane).i32_wrap_i64();
        }
        sink.local_tee(here).i32_eqz();
        sink.if_(BlockType::Empty).i32_const(1).local_set(here).end();
        sink.local_get(here)
            .i32_const(1)
            .i32_sub()
            .i32_const(3)
            .i32_shl()
            .local_get(TABLE)
            .i32_add()
            .local_set(here);
        for (column, part) in parts.into_iter().enumerate() {
            sink.local_get(here);
            if simd {
                sink.local_get(part).v128_load64_lane(at(0), lane).local_set(part);
            } else {
                sink.f64_load(at(0)).local_set(part);
            }
            if column < 2 {
                sink.local_get(here).local_get(end).i32_add().local_set(here);
            }
        }
    }
    let [x, y, slope] = parts;
    sink.local_get(y).local_get(PLACE).local_get(x);
    if simd {
        sink.f64x2_sub().local_get(slope).f64x2_mul().f64x2_add();
    } else {
        sink.f64_sub().local_get(slope).f64_mul().f64_add();
    }
}

/// See [`noise::Stream`]: the bits of each lane's future as a number.
fn draw(body: &mut Body, open: bool) {
    const ROW: u32 = 0;
    const STREAM: u32 = 1;
    const STEP: u32 = 2;
    let philox = body.shared.number(Routine::Philox);
    let (futures, keys) = (body.shared.futures, body.shared.keys);
    let (simd, lanes) = (body.form == Form::Simd, body.form.lanes());
    let per_two_to_53 = body.shared.pool((1.0_f64 / 9007199254740992.0).to_bits());
    let mut sink = body.sink();
    for lane in 0..lanes {
        sink.local_get(ROW).i64_load(at(futures + 8 * lane));
        sink.local_get(STEP).i64_extend_i32_u();
        sink.local_get(STREAM).i32_const(3).i32_shl().i64_load(at(keys));
        sink.call(philox);
        if open {
            sink.i64_const(12).i64_shr_u().i64_const(1).i64_shl();
            sink.i64_const(1).i64_or();
        } else {
            sink.i64_const(11).i64_shr_u();
        }
        sink.f64_convert_i64_u();
        sink.i32_const(0).f64_load(at(per_two_to_53)).f64_mul();
        match (simd, lane) {
            (true, 0) => {
                sink.f64x2_splat();
            }
            (true, lane) => {
                sink.f64x2_replace_lane(lane as u8);
            }
            (false, _) => {}
        }
    }
}

/// [`noise::philox`], of which the first two words are used: counter in two halves, key.
fn philox(body: &mut Body) {
    const LOW: u32 = 0;
    const HIGH: u32 = 1;
    const KEY: u32 = 2;
    const HALF: i64 = 0xffff_ffff;
    let [c0, c1, c2, c3, k0, k1, a, b] = std::array::from_fn(|_| body.local(ValType::I64));
    let round = body.local(ValType::I32);
    let mut sink = body.sink();
    for (word, [low, high]) in [(LOW, [c0, c1]), (HIGH, [c2, c3]), (KEY, [k0, k1])] {
        sink.local_get(word).i64_const(HALF).i64_and().local_set(low);
        sink.local_get(word).i64_const(32).i64_shr_u().local_set(high);
    }
    let [first, second] = noise::MULTIPLIERS.map(i64::from);
    let weyl = noise::WEYL.map(i64::from);
    sink.loop_(BlockType::Empty);
    sink.local_get(c0).i64_const(first).i64_mul().local_set(a);
    sink.local_get(c2).i64_const(second).i64_mul().local_set(b);
    sink.local_get(b).i64_const(32).i64_shr_u();
    sink.local_get(c1).i64_xor().local_get(k0).i64_xor().local_set(c0);
    sink.local_get(b).i64_const(HALF).i64_and().local_set(c1);
    sink.local_get(a).i64_const(32).i64_shr_u();
    sink.local_get(c3).i64_xor().local_get(k1).i64_xor().local_set(c2);
    sink.local_get(a).i64_const(HALF).i64_and().local_set(c3);
    for (key, weyl) in [k0, k1].into_iter().zip(weyl) {
        sink.local_get(key).i64_const(weyl).i64_add();
        sink.i64_const(HALF).i64_and().local_set(key);
    }
    sink.local_get(round).i32_const(1).i32_add().local_tee(round);
    sink.i32_const(10).i32_lt_u().br_if(0);
    sink.end();
    sink.local_get(c1).i64_const(32).i64_shl().local_get(c0).i64_or();
}

/// The value of the last step of a schedule that begins before a time; NaN if there is none. At its place lie the number of steps,
/// then pairs of time and value.
fn scheduled(body: &mut Body) {
    const PLACE: u32 = 0;
    const UNTIL: u32 = 1;
    let (left, value) = (body.local(ValType::I32), body.local(ValType::F64));
    let nan = body.shared.pool(f64::NAN.to_bits());
    let mut sink = body.sink();
    sink.i32_const(0).f64_load(at(nan)).local_set(value);
    sink.local_get(PLACE)
        .i32_load(MemArg { align: 2, ..at(0) })
        .local_set(left);
    sink.block(BlockType::Empty).loop_(BlockType::Empty);
    sink.local_get(left).i32_eqz().br_if(1);
    sink.local_get(PLACE).f64_load(at(8)).local_get(UNTIL).f64_lt();
    sink.i32_eqz().br_if(1);
    sink.local_get(PLACE).f64_load(at(16)).local_set(value);
    sink.local_get(PLACE).i32_const(16).i32_add().local_set(PLACE);
    sink.local_get(left).i32_const(1).i32_sub().local_set(left);
    sink.br(0).end().end();
    sink.local_get(value);
}

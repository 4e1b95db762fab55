//! Graphs as instructions: the body of one function.
//!
//! In: a [`Graph`] and the nodes that are wanted. Out: bytes of code. A node that is used once is written where it is used; one
//! that is used more often is kept in a local variable from its first use on. In the form with vectors every word is a
//! `v128`. In the form without, a word is an `f64` where arithmetic makes it, an `i64` where integer work does, and a mask is an
//! `i32` that is 1 or 0: the words that they stand for are the same.

use std::cell::RefCell;
use std::collections::HashMap;

use wasm_encoder::{InstructionSink, MemArg, MemArgTarget, ValType};

use super::Form;
use super::shared::Shared;
use super::trace::{Base, Callee, Graph, Node, NodeId, One, Spread, Traced, Two};

/// Chains of operations longer than this are cut, so that writing them needs no deep recursion.
const LONGEST_CHAIN: u32 = 200;

/// How a word is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A `v128`, or an `f64`.
    Word,
    /// An `i64`, in the form without vectors.
    Bits,
    /// An `i32` that is 1 for all ones and 0 for all zeros, in the form without vectors.
    Truth,
}

/// A function in the making.
pub(super) struct Body<'m> {
    pub(super) form: Form,
    pub(super) shared: &'m mut Shared,
    pub(super) graph: &'m RefCell<Graph>,
    code: Vec<u8>,
    params: u32,
    locals: Vec<ValType>,
    held: HashMap<NodeId, (u32, Kind)>,
    uses: Vec<u32>,
    /// Local variables that tell a draw which future and which step it is for.
    pub(super) row: u32,
    pub(super) step: u32,
}

/// An access of eight-byte numbers.
pub(super) fn at(offset: u32) -> MemArg {
    MemArg {
        offset: u64::from(offset),
        align: 3,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

impl<'m> Body<'m> {
    pub(super) fn new(form: Form, shared: &'m mut Shared, graph: &'m RefCell<Graph>, params: u32) -> Self {
        Self {
            form,
            shared,
            graph,
            code: Vec::new(),
            params,
            locals: Vec::new(),
            held: HashMap::new(),
            uses: Vec::new(),
            row: 0,
            step: 0,
        }
    }

    /// To write single instructions.
    pub(super) fn sink(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    pub(super) fn local(&mut self, kind: ValType) -> u32 {
        self.locals.push(kind);
        self.params + self.locals.len() as u32 - 1
    }

    pub(super) fn word_local(&mut self) -> u32 {
        let kind = self.value_type(Kind::Word);
        self.local(kind)
    }

    fn value_type(&self, kind: Kind) -> ValType {
        match (kind, self.form) {
            (Kind::Word, form) => form.word(),
            (Kind::Bits, _) => ValType::I64,
            (Kind::Truth, _) => ValType::I32,
        }
    }

    pub(super) fn finish(mut self) -> wasm_encoder::Function {
        self.sink().end();
        let mut function = wasm_encoder::Function::new_with_locals_types(self.locals);
        function.raw(self.code);
        function
    }

    // Nodes of the graph.

    pub(super) fn lane(&self, id: NodeId) -> Traced<'m> {
        Traced::at(self.graph, id)
    }

    pub(super) fn constant(&self, value: f64) -> Traced<'m> {
        Traced::of(self.graph, Node::Constant(value.to_bits()))
    }

    pub(super) fn of_local(&self, local: u32) -> Traced<'m> {
        Traced::of(self.graph, Node::Local(local))
    }

    pub(super) fn load(&self, base: Base, offset: u32, spread: Spread) -> Traced<'m> {
        Traced::of(self.graph, Node::Load(base, offset, spread))
    }

    // A section: code that runs from its start to its end, in which what is held stays true.

    /// Begins a section in which these nodes are wanted, as often as they are named.
    pub(super) fn section(&mut self, wanted: &[NodeId]) {
        self.held.clear();
        let graph = self.graph.borrow();
        self.uses = vec![0; graph.nodes.len()];
        for id in wanted {
            self.uses[id.index()] += 1;
        }
        let mut anchors = Vec::new();
        for at in (0..graph.nodes.len()).rev() {
            if self.uses[at] == 0 {
                continue;
            }
            let id = NodeId(at as u32);
            for operand in graph.node(id).operands() {
                self.uses[operand.index()] += 1;
            }
            if graph.depths[at] > 0 && graph.depths[at].is_multiple_of(LONGEST_CHAIN) {
                anchors.push(id);
            }
        }
        drop(graph);
        for id in anchors.into_iter().rev() {
            self.hold(id);
        }
    }

    /// What is held now, to be restored after code that may be skipped.
    pub(super) fn snapshot(&self) -> HashMap<NodeId, (u32, Kind)> {
        self.held.clone()
    }

    /// Forgets what was held since a snapshot.
    pub(super) fn restore(&mut self, held: HashMap<NodeId, (u32, Kind)>) {
        self.held = held;
    }

    fn uses(&self, id: NodeId) -> u32 {
        self.uses[id.index()]
    }

    /// Computes a node now, to be had from a local variable later.
    pub(super) fn hold(&mut self, id: NodeId) {
        let node = self.graph.borrow().node(id);
        if self.held.contains_key(&id) || matches!(node, Node::Constant(_) | Node::Local(_)) {
            return;
        }
        let kind = self.write(node);
        let kind_of_local = self.value_type(kind);
        let local = self.local(kind_of_local);
        self.sink().local_set(local);
        self.held.insert(id, (local, kind));
    }

    /// Computes nodes and gives them to local variables, all at once.
    pub(super) fn assign(&mut self, values: &[(NodeId, u32)]) {
        for (id, _) in values {
            self.word(*id);
        }
        for (_, local) in values.iter().rev() {
            self.sink().local_set(*local);
        }
    }

    /// Leaves a node on the stack as a word.
    pub(super) fn word(&mut self, id: NodeId) {
        self.push(id, Kind::Word);
    }

    fn push(&mut self, id: NodeId, wanted: Kind) {
        let node = self.graph.borrow().node(id);
        if let (Node::Constant(bits), Form::Scalar) = (node, self.form) {
            match wanted {
                Kind::Word => {}
                Kind::Bits if bits.cast_signed().unsigned_abs() < 1 << 20 => {
                    self.sink().i64_const(bits.cast_signed());
                    return;
                }
                Kind::Bits => {
                    let place = self.shared.pool(bits);
                    self.sink().i32_const(0).i64_load(at(place));
                    return;
                }
                Kind::Truth => {
                    self.sink().i32_const(i32::from(bits != 0));
                    return;
                }
            }
        }
        let found = match self.held.get(&id).copied() {
            Some((local, kind)) => {
                self.sink().local_get(local);
                kind
            }
            None => {
                let kind = self.write(node);
                let enough = match node {
                    Node::Local(_) => u32::MAX,
                    Node::Constant(_) | Node::Load(..) => 3,
                    _ => 2,
                };
                if self.uses(id) >= enough {
                    let of_local = self.value_type(kind);
                    let local = self.local(of_local);
                    self.sink().local_tee(local);
                    self.held.insert(id, (local, kind));
                }
                kind
            }
        };
        self.convert(found, wanted);
    }

    fn convert(&mut self, found: Kind, wanted: Kind) {
        if self.form == Form::Simd || found == wanted {
            return;
        }
        let mut sink = self.sink();
        match found {
            Kind::Word => sink.i64_reinterpret_f64(),
            Kind::Bits => &mut sink,
            Kind::Truth => sink.i64_extend_i32_u().i64_const(-1).i64_mul(),
        };
        match wanted {
            Kind::Word => sink.f64_reinterpret_i64(),
            Kind::Bits => &mut sink,
            Kind::Truth => sink.i64_const(0).i64_ne(),
        };
    }

    /// Writes a node, and says how it is held then.
    fn write(&mut self, node: Node) -> Kind {
        match node {
            Node::Constant(bits) => {
                let place = self.shared.pool(bits);
                self.load_word(Base::Zero, place, Spread::One);
                Kind::Word
            }
            Node::Local(local) => {
                self.sink().local_get(local);
                Kind::Word
            }
            Node::Load(base, offset, spread) => {
                self.load_word(base, offset, spread);
                Kind::Word
            }
            Node::One(operation, a) => {
                self.word(a);
                let simd = self.form == Form::Simd;
                let mut sink = self.sink();
                match (operation, simd) {
                    (One::Negate, true) => sink.f64x2_neg(),
                    (One::Negate, false) => sink.f64_neg(),
                    (One::Root, true) => sink.f64x2_sqrt(),
                    (One::Root, false) => sink.f64_sqrt(),
                    (One::Trunc, true) => sink.f64x2_trunc(),
                    (One::Trunc, false) => sink.f64_trunc(),
                };
                Kind::Word
            }
            Node::Two(operation, a, b) => match self.form {
                Form::Simd => self.two_vectors(operation, a, b),
                Form::Scalar => self.two_scalars(operation, a, b),
            },
            Node::Select(mask, yes, no) => {
                self.select(mask, yes, no);
                Kind::Word
            }
            Node::ShiftLeft(a, bits) | Node::ShiftRight(a, bits) => {
                let left = matches!(node, Node::ShiftLeft(..));
                self.push(a, Kind::Bits);
                let simd = self.form == Form::Simd;
                let mut sink = self.sink();
                match (left, simd) {
                    (true, true) => sink.i32_const(bits as i32).i64x2_shl(),
                    (false, true) => sink.i32_const(bits as i32).i64x2_shr_u(),
                    (true, false) => sink.i64_const(i64::from(bits)).i64_shl(),
                    (false, false) => sink.i64_const(i64::from(bits)).i64_shr_u(),
                };
                Kind::Bits
            }
            Node::Call(callee, operands) => {
                for operand in &operands[..callee.arity()] {
                    self.word(*operand);
                }
                self.call(callee);
                Kind::Word
            }
        }
    }

    pub(super) fn load_word(&mut self, base: Base, offset: u32, spread: Spread) {
        let simd = self.form == Form::Simd;
        let mut sink = self.sink();
        match base {
            Base::Zero => sink.i32_const(0),
            Base::Local(local) => sink.local_get(local),
        };
        match (simd, spread) {
            (true, Spread::One) => sink.v128_load64_splat(at(offset)),
            (true, Spread::Each) => sink.v128_load(at(offset)),
            (false, _) => sink.f64_load(at(offset)),
        };
    }

    /// Stores the word on the stack at the address below it.
    pub(super) fn store_word(&mut self, offset: u32) {
        let simd = self.form == Form::Simd;
        let mut sink = self.sink();
        if simd {
            sink.v128_store(at(offset));
        } else {
            sink.f64_store(at(offset));
        }
    }

    fn bits_of(&self, id: NodeId) -> Option<u64> {
        match self.graph.borrow().node(id) {
            Node::Constant(bits) => Some(bits),
            _ => None,
        }
    }

    fn two_vectors(&mut self, operation: Two, a: NodeId, b: NodeId) -> Kind {
        self.word(a);
        if operation == Two::And && self.bits_of(b) == Some(!SIGN) {
            self.sink().f64x2_abs();
            return Kind::Word;
        }
        if operation == Two::Xor && self.bits_of(b) == Some(!0) {
            self.sink().v128_not();
            return Kind::Word;
        }
        self.word(b);
        let mut sink = self.sink();
        match operation {
            Two::Add => sink.f64x2_add(),
            Two::Subtract => sink.f64x2_sub(),
            Two::Multiply => sink.f64x2_mul(),
            Two::Divide => sink.f64x2_div(),
            Two::Min => sink.f64x2_min(),
            Two::Max => sink.f64x2_max(),
            Two::Less => sink.f64x2_lt(),
            Two::LessOrEqual => sink.f64x2_le(),
            Two::Equal => sink.f64x2_eq(),
            Two::NotEqual => sink.f64x2_ne(),
            Two::And => sink.v128_and(),
            Two::Or => sink.v128_or(),
            Two::Xor => sink.v128_xor(),
            Two::IntegerAdd => sink.i64x2_add(),
            Two::IntegerSubtract => sink.i64x2_sub(),
        };
        Kind::Word
    }

    fn two_scalars(&mut self, operation: Two, a: NodeId, b: NodeId) -> Kind {
        let of_masks = {
            let graph = self.graph.borrow();
            (graph.is_mask(a), graph.is_mask(b))
        };
        match (operation, of_masks) {
            (Two::Xor, (true, true)) if self.bits_of(b) == Some(!0) => {
                self.push(a, Kind::Truth);
                self.sink().i32_eqz();
                return Kind::Truth;
            }
            (Two::And | Two::Or | Two::Xor, (true, true)) => {
                self.push(a, Kind::Truth);
                self.push(b, Kind::Truth);
                let mut sink = self.sink();
                match operation {
                    Two::And => sink.i32_and(),
                    Two::Or => sink.i32_or(),
                    _ => sink.i32_xor(),
                };
                return Kind::Truth;
            }
            (Two::And, (true, false) | (false, true)) => {
                let (mask, word) = if of_masks.0 { (a, b) } else { (b, a) };
                self.word(word);
                let zero = self.shared.pool(0);
                self.load_word(Base::Zero, zero, Spread::One);
                self.push(mask, Kind::Truth);
                self.sink().select();
                return Kind::Word;
            }
            (Two::And, _) if self.bits_of(b) == Some(!SIGN) => {
                self.word(a);
                self.sink().f64_abs();
                return Kind::Word;
            }
            _ => {}
        }
        let operands = match operation {
            Two::And | Two::Or | Two::Xor | Two::IntegerAdd | Two::IntegerSubtract => Kind::Bits,
            _ => Kind::Word,
        };
        self.push(a, operands);
        self.push(b, operands);
        let mut sink = self.sink();
        match operation {
            Two::Add => sink.f64_add(),
            Two::Subtract => sink.f64_sub(),
            Two::Multiply => sink.f64_mul(),
            Two::Divide => sink.f64_div(),
            Two::Min => sink.f64_min(),
            Two::Max => sink.f64_max(),
            Two::Less => sink.f64_lt(),
            Two::LessOrEqual => sink.f64_le(),
            Two::Equal => sink.f64_eq(),
            Two::NotEqual => sink.f64_ne(),
            Two::And => sink.i64_and(),
            Two::Or => sink.i64_or(),
            Two::Xor => sink.i64_xor(),
            Two::IntegerAdd => sink.i64_add(),
            Two::IntegerSubtract => sink.i64_sub(),
        };
        match operation {
            Two::Less | Two::LessOrEqual | Two::Equal | Two::NotEqual => Kind::Truth,
            _ => operands,
        }
    }

    fn select(&mut self, mask: NodeId, yes: NodeId, no: NodeId) {
        if self.form == Form::Scalar {
            self.word(yes);
            self.word(no);
            self.push(mask, Kind::Truth);
            self.sink().select();
            return;
        }
        if self.bits_of(no) == Some(0) {
            self.word(yes);
            self.word(mask);
            self.sink().v128_and();
        } else if self.bits_of(yes) == Some(0) {
            self.word(no);
            self.word(mask);
            self.sink().v128_andnot();
        } else {
            self.word(yes);
            self.word(no);
            self.word(mask);
            self.sink().v128_bitselect();
        }
    }

    /// Calls a function whose words are on the stack.
    fn call(&mut self, callee: Callee) {
        let function = self.shared.routine(callee);
        match callee {
            Callee::Lookup(table) => {
                let (place, count) = self.shared.table(table);
                self.sink().i32_const(place as i32).i32_const(count as i32);
            }
            Callee::Uniform(stream) | Callee::OpenUniform(stream) => {
                let (row, step) = (self.row, self.step);
                self.sink()
                    .local_get(row)
                    .i32_const(stream as i32)
                    .local_get(step);
            }
            _ => {}
        }
        self.sink().call(function);
    }
}

/// The sign bit of a double.
const SIGN: u64 = 1 << 63;

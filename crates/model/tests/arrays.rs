//! Subscripts: which element of what each equation takes.

mod support;

use model::{Definition, Expr, Model, Subscript, print_equations};
use support::{read_bytes, read_sound, rendered};

const CONTROL: &str = "INITIAL TIME = 0 ~~|\nFINAL TIME = 9 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n";

/// Where a reduction stands: the values of its indices.
type Indices = Vec<(u32, u32)>;

/// The value of an expression of numbers, `+ - *` and reductions for one element: what the engine does, made small.
fn value(model: &Model, id: model::ExprId, own: &[u32], indices: &Indices) -> f64 {
    let below = |id: model::ExprId| value(model, id, own, indices);
    let at = |subscript: &Subscript| match subscript {
        Subscript::Element(position) => *position,
        Subscript::Follows { left, positions } => positions[own[*left as usize] as usize],
        Subscript::Reduced { index, positions } => {
            let (_, value) = indices
                .iter()
                .find(|(other, _)| other == index)
                .expect("an index that runs");
            positions[*value as usize]
        }
    };
    match &model.exprs[id] {
        Expr::Number(value) => *value,
        Expr::Position(subscript) => f64::from(at(subscript)) + 1.0,
        Expr::Variable { variable, subscripts } => {
            let positions: Vec<u32> = subscripts.iter().map(at).collect();
            element(model, *variable, &positions)
        }
        Expr::Binary { op, left, right } => {
            let (left, right) = (below(*left), below(*right));
            match op {
                model::BinaryOp::Add => left + right,
                model::BinaryOp::Subtract => left - right,
                model::BinaryOp::Multiply => left * right,
                model::BinaryOp::Equal => f64::from(left == right),
                other => panic!("not in these tests: {other:?}"),
            }
        }
        Expr::Reduce {
            reduction,
            over,
            body,
        } => {
            let count: u32 = over.iter().map(|index| index.length).product();
            let values = (0..count).map(|mut number| {
                let mut indices = indices.clone();
                for index in over.iter().rev() {
                    indices.push((index.index, number % index.length));
                    number /= index.length;
                }
                value(model, *body, own, &indices)
            });
            let combine = |one: f64, two: f64| match reduction {
                model::Reduction::Sum => one + two,
                model::Reduction::Product => one * two,
                model::Reduction::Minimum => one.min(two),
                model::Reduction::Maximum => one.max(two),
            };
            values.reduce(combine).expect("a dimension has elements")
        }
        other => panic!("not in these tests: {other:?}"),
    }
}

fn element(model: &Model, variable: model::VarId, positions: &[u32]) -> f64 {
    let mut equations = model.variables[variable].equations.iter().filter(|equation| {
        equation
            .region
            .iter()
            .zip(positions)
            .all(|(region, position)| region.contains(position))
    });
    let equation = equations.next().expect("each element has an equation");
    assert!(equations.next().is_none(), "each element has one equation");
    match &equation.definition {
        Definition::Expression(root) => value(model, *root, positions, &Vec::new()),
        other => panic!("not in these tests: {other:?}"),
    }
}

/// The values of all elements of `x`, in row-major order.
fn check(text: &str, expected: &[f64]) {
    let model = read_sound(&format!("{text}\n{CONTROL}"));
    let x = model.find("x").expect("in the model");
    let mut all = vec![Vec::new()];
    for dimension in &model.variables[x].dimensions {
        let size = model.dimensions[*dimension].elements.len() as u32;
        all = all
            .iter()
            .flat_map(|before: &Vec<u32>| {
                (0..size).map(move |position| [before.as_slice(), &[position]].concat())
            })
            .collect();
    }
    let found: Vec<f64> = all
        .iter()
        .map(|positions| element(&model, x, positions))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn lists_fill_in_order() {
    check("r: a, b, c ~~|\nx[r] = 1, -2, + 3 ~~|", &[1.0, -2.0, 3.0]);
    check(
        "r: a, b ~~|\ns: c, d, e ~~|\nx[r,s] = 1, 2, 3; 4, 5, 6; ~~|",
        &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    );
    check(
        "r: a, b ~~|\ns: c, d ~~|\nx[r,c] = 1, 2 ~~|\nx[r,d] = 3, 4 ~~|",
        &[1.0, 3.0, 2.0, 4.0],
    );
    check(
        "r: a, b ~~|\ns: c, d ~~|\nt: e, f ~~|\nx[r,s,e] = 1, 2; 3, 4; ~~|\nx[r,s,f] = 5, 6; 7, 8; ~~|",
        &[1.0, 5.0, 2.0, 6.0, 3.0, 7.0, 4.0, 8.0],
    );
}

#[test]
fn elements_and_dimensions_are_followed() {
    let base = "r: a, b, c ~~|\nsub: b, c ~~|\ny[r] = 1, 2, 3 ~~|\n";
    check(&format!("{base}x[r] = y[r] * 10 ~~|"), &[10.0, 20.0, 30.0]);
    check(&format!("{base}x[sub] = y[sub] ~~|"), &[2.0, 3.0]);
    check(&format!("{base}x[sub] = y[a] + y[sub] ~~|"), &[3.0, 4.0]);
    check(
        &format!("{base}x[a] = 7 ~~|\nx[sub] = y[sub] + x[a] ~~|"),
        &[7.0, 9.0, 10.0],
    );
    check(&format!("{base}x = y[c] ~~|"), &[3.0]);
    check(&format!("{base}x[c] = 5 ~~|\nx[a] = 4 ~~|"), &[4.0, 5.0]);
    // Forward references, names without regard to case, blanks and underscores.
    check(
        "x[The R] = y[the_r] ~~|\ny[the r] = 1, 2 ~~|\nthe R: a, B b ~~|",
        &[1.0, 2.0],
    );
    check(
        "m[r,s] = 1, 2; 3, 4; ~~|\nr: a, b ~~|\ns: c, d ~~|\nx[s,r] = m[r,s] ~~|",
        &[1.0, 3.0, 2.0, 4.0],
    );
    check(
        "m[r,s] = 1, 2; 3, 4; ~~|\nr: a, b ~~|\ns: a, b ~~|\nx[r] = m[a,a] + m[r,b] ~~|",
        &[3.0, 5.0],
    );
}

#[test]
fn dimensions_are_built() {
    check("r: (a1-a3), b ~~|\nx[r] = r ~~|", &[1.0, 2.0, 3.0, 4.0]);
    check(
        "r: a, s, z ~~|\ns: b, t ~~|\nt: (c08-c10) ~~|\nx[r] = 1, 2, 3, 4, 5, 6 ~~|",
        &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    );
    check(
        "x = ELMCOUNT(r) + ELMCOUNT(s) * 10 ~~|\nr: (a1-a30) ~~|\ns <-> r ~~|",
        &[330.0],
    );
    check(
        "r: a, b ~~|\ns <-> r ~~|\ny[s] = 1, 2 ~~|\nx[r] = y[r] ~~|",
        &[1.0, 2.0],
    );
    check(
        "r: a, b ~~|\ns <-> r ~~|\nx[r,s] = 10 * r + s ~~|",
        &[11.0, 12.0, 21.0, 22.0],
    );
}

#[test]
fn subscripts_are_numbers() {
    check("r: a, s ~~|\ns: b, c ~~|\nx[s] = s ~~|", &[2.0, 3.0]);
    check("r: a, b, c ~~|\nx[r] = r = b ~~|", &[0.0, 1.0, 0.0]);
    check(
        "r: a, b, c ~~|\ns: c, a ~~|\nx[r,s] = r = s ~~|",
        &[0.0, 1.0, 0.0, 0.0, 1.0, 0.0],
    );
}

#[test]
fn mappings_lead_from_one_dimension_to_another() {
    let base = "y[s] = 1, 2, 3 ~~|\n";
    check(
        &format!("{base}r: a, b, c ~~|\ns: d, e, f -> r ~~|\nx[r] = y[s] ~~|"),
        &[1.0, 2.0, 3.0],
    );
    check(
        &format!("{base}r: a, b, c -> s ~~|\ns: d, e, f ~~|\nx[r] = y[s] ~~|"),
        &[1.0, 2.0, 3.0],
    );
    check(
        &format!("{base}r: a, b, c ~~|\ns: d, e, f -> (r: c, b, a) ~~|\nx[r] = y[s] ~~|"),
        &[3.0, 2.0, 1.0],
    );
    check(
        &format!(
            "{base}r: a, b, c, g ~~|\npart: a, g ~~|\ns: d, e, f -> (r: part, b, c), t ~~|\nt: h, i, j ~~|\nx[r] = y[s] ~~|"
        ),
        &[1.0, 2.0, 3.0, 1.0],
    );
    check(
        &format!("{base}r: a, b, c ~~|\ns: d, e, f -> (r: c, b, a) ~~|\nx[r] = y[s] ~~:SUP|")
            .replace(" ~~:SUP", " ~~"),
        &[3.0, 2.0, 1.0],
    );
}

#[test]
fn exceptions_leave_elements_out() {
    let base = "r: a, b, c ~~|\ns: d, e ~~|\n";
    check(
        &format!("{base}x[r] :EXCEPT: [b] = 1 ~~|\nx[b] = 2 ~~|"),
        &[1.0, 2.0, 1.0],
    );
    check(
        &format!("{base}x[r,s] :EXCEPT: [b,d], [c,e] = 10 * r + s ~~|\nx[b,d] = 1 ~~|\nx[c,e] = 2 ~~|"),
        &[11.0, 12.0, 1.0, 22.0, 31.0, 2.0],
    );
    check(
        &format!("{base}sub: a, b ~~|\nx[r,s] :EXCEPT: [sub,d] = 1 ~~|\nx[sub,d] = 2 ~~|"),
        &[2.0, 1.0, 2.0, 1.0, 1.0, 1.0],
    );
}

#[test]
fn reductions_run() {
    let base =
        "r: a, b, c ~~|\ns: d, e ~~|\nsub: b, c ~~|\ny[r] = 1, 2, 3 ~~|\nm[r,s] = 1, 2; 3, 4; 5, 6; ~~|\n";
    check(&format!("{base}x = SUM(y[r!]) ~~|"), &[6.0]);
    check(&format!("{base}x = SUM(y[sub!]) ~~|"), &[5.0]);
    check(
        &format!("{base}x = SUM(y[r!] * m[r!,d]) ~~|"),
        &[1.0 + 6.0 + 15.0],
    );
    check(&format!("{base}x[s] = SUM(y[r!] * m[r!,s]) ~~|"), &[22.0, 28.0]);
    check(&format!("{base}x = SUM(m[r!,s!]) ~~|"), &[21.0]);
    check(
        &format!("{base}x[r] = PROD(m[r,s!]) + VMAX(y[sub!]) - VMIN(m[r!,e]) ~~|"),
        &[3.0, 13.0, 31.0],
    );
    check(
        &format!("{base}x[r] = SUM(y[r] * SUM(m[r!,s!]) + m[r,s!]) ~~|"),
        &[45.0, 91.0, 137.0],
    );
}

#[test]
fn equations_are_printed_with_their_subscripts() {
    let text = "r: a, b, c ~~|\nsub: b, c ~~|\ns: d, e -> sub ~~|\nm[r,s] = 1, 2; 3, 4; 5, 6; ~~|\n\
        t[a]((0,0),(1,1)) ~~|\nt[sub]((0,0),(1,2)) ~~|\n\
        x[a] = t[a](m[a,d]) ~~|\nx[sub] = SUM(m[sub,s!] * 2) + sub - m[sub,s] ~~|\n\
        y[r,d] = INTEG(SUM(x[r!]), m[b,d]) ~~|\ny[r,e] = INTEG(x[r], 3) ~~|";
    let model = read_sound(&format!("{text}\n{CONTROL}"));
    let all: Vec<String> = model
        .variables
        .ids()
        .map(|id| print_equations(&model, id))
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}

/// One snapshot for each case.
macro_rules! messages {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            let text = $text;
            let whole = format!("{text}\n{CONTROL}");
            let (model, diagnostics) = read_bytes("model.mdl", whole.as_bytes());
            assert_eq!(model.is_none(), diagnostics.has_errors());
            insta::assert_snapshot!(format!("{text}\n----\n{}", rendered(&whole, &diagnostics)));
        })*
    };
}

messages! {
    undefined_subscript: "region: north, south ~~|\nx[regoin] = 1 ~~|\ny[south, east] = 1 ~~|\nz[region] = 1 ~~|\nw = z[sout] ~~|";
    subscript_count: "r: a, b ~~|\nx[r] = 1 ~~|\ny = x ~~|\nz = x[a,b] ~~|\nw = y[a] ~~|\nv[r] = 1 ~~|\nv[a,b] = 2 ~~|\n\
        u[r] :EXCEPT: [a,b] = 3 ~~|";
    array_redefined: "r: a, b ~~|\nr: c ~~|\nx[r] = 1 ~~|\nx[b] = 2 ~~|\ny[a] = 1 ~~|\ny = 3 ~~|\nz: a, b ~~|\nz = 3 ~~|";
    incomplete_array: "r: a, b ~~|\ns: c, d ~~|\nx[a,c] = 1 ~~|\nx[b,d] = 2 ~~|";
    bad_list: "r: a, b ~~|\ns: c, d ~~|\nx[r] = 1, 2, 3 ~~|\ny[r,s] = 1, 2, 3, 4 ~~|\nz[r] = 1, r ~~|\nw = 1, 2 ~~|\n\
        v[r,s,r] = 1, 2 ~~|\nu[r] :EXCEPT: [a] = 1, 2 ~~|";
    misplaced_reduction: "r: a, b ~~|\nx[r] = 1 ~~|\ny[r!] = 2 ~~|\nz = x[r!] ~~|\nw = SUM(x[a]) ~~|\nv = SUM(x[a!]) ~~|\nu = SUM(1, 2) ~~|";
    subscript_not_on_left: "r: a, b ~~|\ns: c, d ~~|\nx[r] = 1 ~~|\ny = x[r] ~~|\nz[s] = x[r] ~~|\nw[a] = x[r] ~~|\nv = r ~~|";
    undefined_element: "r: a, b, c ~~|\nsub: a, b ~~|\nx[sub] = 1 ~~|\ny[r] = x[r] ~~|\nz = x[c] ~~|\nw = SUM(x[r!]) ~~|";
    element_twice: "r: a, b, a ~~|\nx[r] = 1 ~~|";
    dimension_loop: "r: a, s ~~|\ns: b, r ~~|\nx[r] = 1 ~~|";
    dimension_too_large: "r: (a1-a999), (b1-b100000) ~~|\nx[r] = 1 ~~|";
    array_too_large: "r: (a1-a9999) ~~|\ns: (b1-b9999) ~~|\nx[r,s] = 1 ~~|";
    bad_element_range: "r: (a1-b3) ~~|\ns: (a3-a1) ~~|\nt: (a-c) ~~|\nu: (a1-a999999) ~~|";
    bad_mapping: "r: a, b ~~|\ns: c, d, e -> r ~~|\nt: f, g -> (r: a, q) ~~|\nu: h, i -> v ~~|\n\
        part: a, b ~~|\nw: j, k -> (r: part, part) ~~|\ny[w] = 1 ~~|\nx[r] = y[w] ~~|";
    expected_dimension: "r: a, b ~~|\nx = ELMCOUNT(3) + ELMCOUNT(a) + ELMCOUNT(r, r) ~~|";
    mixed_array: "r: a, b ~~|\nx[a] = INTEG(1, 0) ~~|\nx[b] = 3 ~~|";
    loop_of_elements: "r: a, b, c ~~|\nx[a] = 1 ~~|\nx[b] = x[a] ~~|\nx[c] = x[b] ~~|\ny[a] = y[b] ~~|\ny[b] = y[c] * 2 ~~|\n\
        y[c] = SUM(y[r!]) ~~|\nz[r] = z[r] + w ~~|\nw = 1 ~~|";
    expected_vector: "r: a, b ~~|\ns: c, d, e ~~|\nx[r] = 1 ~~|\nz[s] = 1 ~~|\ny[r] = VECTOR RANK(3, 1) ~~|\nw = VECTOR RANK(x[r], 1) ~~|\n\
        v[r] = VECTOR RANK(x[a], 1) ~~|\nu[r] = VECTOR REORDER(x[r], z[s]) ~~|\nt = VECTOR ELM MAP(w, 1) ~~|\n\
        q[r] = ALLOCATE AVAILABLE(x[r], x[r], 3) ~~|\np = VECTOR SELECT(x[a], x[a], 0, 0, 0) ~~|\no[r] = VECTOR RANK(x[r]) ~~|\n\
        m = MARKETP(x[r], x[a], 2, 1, 1) ~~|\nl = MARKETP(x[a], x[a], 3, 1, 1) ~~|\nk = FIND MARKET PRICE(x[a], x[a], x[a], x[a]) ~~|\n\
        j[r] = DEMAND AT PRICE(x[r], x[r], 1) ~~|";
    bad_argument: "d ~~|\nt((0,0),(1,1)) ~~|\na = GET DATA BETWEEN TIMES(d, Time, 2) ~~|\nb = GET DATA BETWEEN TIMES(t, Time, 1) ~~|\n\
        i = GET TIME VALUE(2, 0, 1) ~~|\nj = GET TIME VALUE(0) ~~|\nc = LOOKUP FORWARD(d, 1) ~~|\ne = LOOKUP FORWARD(3, 1) ~~|\nf = LOOKUP FORWARD(g, 1) ~~|\nh = LOOKUP FORWARD(t) ~~|";
    undefined_elements_that_are_used: "r: a, b, c ~~|\ns: d, e ~~|\nx[a,d] = 1 ~~|\nx[b,e] = 2 ~~|\ny = x[a,d] + x[b,e] ~~|\n\
        z = x[a,e] ~~|\nw[s] = SUM(x[r!,s]) ~~|\npart: a, b ~~|\nv[part] = x[part,d] ~~|";
    tabbed_array: "r: a, b ~~|\ns: d, e ~~|\nx[r,s] = TABBED ARRAY(\n1 2\n3 -4) ~~|\ny[r,s] = TABBED ARRAY(1 2 3 4) ~~|\nz[r] = TABBED ARRAY(1 a) ~~|\nu = x[a,d] ~~|";
    unsupported_array_functions: "r: a, b ~~|\nx[r] = 1 ~~|\ny = VECTOR SELECT(x[r!], x[r!], 0, 0, 0) ~~|\ns: GET XLS SUBSCRIPT('a.xls', 'b', 'c', 'd', 'e') ~~|";
}

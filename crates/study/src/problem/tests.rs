//! Both forms of a problem, SALib's meanings, and messages.

use super::*;
use model::Sources;

fn problem(path: &str, text: &str) -> Problem {
    let (problem, notes) = read(path, text, &mut Sources::new());
    assert!(notes.is_empty(), "{notes:?}");
    problem.expect("a problem")
}

/// The messages and the words they point at.
fn wrong(path: &str, text: &str) -> String {
    let mut sources = Sources::new();
    let (problem, notes) = read(path, text, &mut sources);
    assert!(problem.is_none());
    let said = |d: &model::Diagnostic| {
        let at: Vec<String> = d
            .labels
            .iter()
            .map(|l| format!("`{}` {}", sources.slice(l.span), l.text))
            .collect();
        format!(
            "{}: {} [{}] {}",
            d.code,
            d.message,
            at.join("; "),
            d.help.join("; ")
        )
    };
    notes.items.iter().map(said).collect::<Vec<_>>().join("\n")
}

const OURS: &str = r#"
[inputs]
rate = [0.1, 0.4]
"the delay" = { distribution = "triangular", low = 2, mode = 3, high = 8 }
count = { distribution = "integer", low = 1, high = 6 }

[correlation]
method = "copula"
pairs = [["rate", "the delay", 0.5]]
"#;

#[test]
fn ours() {
    let p = problem("p.toml", OURS);
    let names: Vec<&str> = p.inputs.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(names, ["rate", "the delay", "count"]);
    assert_eq!(p.inputs[0].range(), (0.1, 0.4));
    assert_eq!(
        p.inputs[1].distribution,
        Distribution::Triangular {
            low: 2.0,
            mode: 3.0,
            high: 8.0
        }
    );
    let c = p.correlation.expect("a correlation");
    assert_eq!(
        (c.method, c.matrix[0][1], c.matrix[1][0], c.matrix[0][2]),
        (Method::Copula, 0.5, 0.5, 0.0)
    );
}

/// The values that SALib 1.6 gives at 0.1, 0.5 and 0.9 (`_nonuniform_scale_samples`, SciPy 1.18).
#[test]
fn salib_means_by_bounds_what_it_means() {
    let p = problem(
        "p.json",
        r#"{"num_vars": 9, "names": ["u", "l", "t", "t2", "n", "c", "e", "w", "w3"],
            "bounds": [[1, 3], [0.1, 1000], [1, 3, 0.5], [3, 0.5], [2, 0.5], [0, 4, 1, 2], [0.5, 0.25], [1.5, 2], [1.5, 2, 10]],
            "dists": ["unif", "logunif", "triang", "triang", "norm", "truncnorm", "lognorm", "weibull", "weibull"],
            "groups": null, "sample_scaled": true, "outputs": ["Y"]}"#,
    );
    for (input, row) in p.inputs.iter().zip(SALIB_VALUES) {
        for (u, value) in [0.1, 0.5, 0.9].into_iter().zip(row) {
            let found = input.quantile(u);
            assert!(
                (found - value).abs() <= 1e-12 * value.abs(),
                "{} at {u}: {found} for {value}",
                input.name
            );
        }
    }
}

const SALIB_VALUES: [[f64; 3]; 9] = [
    [1.2, 2.0, 2.8],
    [0.25118864315095807, 9.999999999999998, 398.10717055349727],
    [1.4472135954999579, 2.0, 2.552786404500042],
    [0.6708203932499369, 1.5, 2.3291796067500634],
    [1.3592242172276998, 2.0, 2.6407757827723],
    [0.3416042511668591, 1.6155076422979913, 3.2596714362576424],
    [1.1967530628741607, 1.6487212707001282, 2.2713807156931205],
    [0.4461510512738342, 1.5664395375493025, 3.4874430271928234],
    [10.446151051273834, 11.566439537549302, 13.487443027192823],
];

#[test]
fn groups_are_numbered_as_they_appear() {
    let p = problem(
        "p.toml",
        "names = ['a', 'b', 'c']\nbounds = [[0, 1], [0, 1], [0, 1]]\ngroups = ['g2', 'g1', 'g2']\n",
    );
    assert_eq!(
        (p.groups.clone(), p.group_of()),
        (vec!["g2".to_owned(), "g1".to_owned()], vec![0, 1, 0])
    );
    assert_eq!(p.index_names(), ["g2", "g1"]);
}

#[test]
fn messages() {
    insta::assert_snapshot!(
        [
            wrong("p.toml", "inptus = 1\n"),
            wrong("p.toml", "[inputs]\na = [1]\nb = [3, 2]\nc = 'x'\nd = { distribution = 'nromal', mean = 0, sd = 1 }\n"),
            wrong("p.toml", "[inputs]\na = { distribution = 'normal', mean = 0, low = 1 }\nb = { low = 0, high = 1, group = 'g' }\n"),
            wrong("p.toml", "names = ['a', 'a']\nbounds = [[0, 1], [0, 1]]\nnum_vars = 3\n"),
            wrong("p.toml", "names = ['a', 'b']\nbounds = [[0, 1]]\n"),
            wrong("p.toml", "names = ['a']\nbounds = [[0, 1, 7]]\ndists = ['triang']\n"),
            wrong("p.toml", "names = ['a']\nbounds = [[0, 1]]\ndists = ['norml']\n"),
            wrong("p.toml", "[inputs]\na = [0, 1]\nb = [0, 1]\n[correlation]\npairs = [['a', 'c', 0.5]]\n"),
            wrong("p.toml", "[inputs]\na = [0, 1]\nb = [0, 1]\nc = [0, 1]\n[correlation]\npairs = [['a', 'b', 0.9], ['b', 'c', 0.9], ['a', 'c', -0.9]]\n"),
            wrong("p.toml", "[inputs\na = 1"),
            wrong("p.json", "{\"names\": [\"a\"], \"bounds\": [[0, 1]}"),
            wrong("p.json", "{\"names\": [a]}"),
            wrong("p.json", "[1, 2]"),
        ]
        .join("\n---\n")
    );
}

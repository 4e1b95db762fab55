//! Tables and problems from which nothing can be told, with the message that a user sees: what stands in the way, and what to do.

use crate::scratch::Scratch;

/// A good table, to be spoiled.
fn table() -> String {
    let mut text = String::from("a,b,y\n");
    for i in 0..40_u32 {
        text.push_str(&format!("{},{},{}\n", i % 7, i % 5, i % 7 + i % 5));
    }
    text
}

/// The table, what is typed, and what is said.
fn said(name: &str, table: &str, arguments: &str) -> String {
    let scratch = Scratch::new(&format!("table-{name}"));
    scratch.write("t.csv", table);
    scratch.write("p.toml", "[inputs]\na = [0, 6]\nb = [0, 4]\n");
    scratch.write(
        "one.toml",
        "[inputs]\na = [0, 1]\nb = { distribution = 'normal', mean = 0, sd = 1 }\n",
    );
    scratch.write(
        "wrong.toml",
        "[inputs]\na = [0, 1]\nb = { distribution = 'nromal', mean = 0 }\n",
    );
    let words: Vec<&str> = arguments
        .split('~')
        .flat_map(|part| part.split_whitespace().collect::<Vec<_>>())
        .collect();
    // A word with blanks is written with underscores.
    let words: Vec<String> = words.iter().map(|w| w.replace('_', " ")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let said = scratch.weigh(&words);
    format!("$ weigh {}\n{}", words.join(" "), said.all())
}

macro_rules! wrong_tables {
    ($($name:ident: $table:expr, $arguments:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(said(stringify!($name), &$table, $arguments));
        }
    )*};
}

wrong_tables! {
    a_constant_outcome: "a,b,y\n1,2,5\n2,1,5\n3,2,5\n4,5,5\n", "analyze pawn t.csv";
    a_constant_input_among_others: table().replace(",0,", ",1,").replace(",2,", ",1,").replace(",3,", ",1,").replace(",4,", ",1,"), "analyze pawn t.csv";
    nothing_but_constant_inputs: "a,b,y\n1,2,5\n1,2,6\n1,2,7\n", "analyze pawn t.csv";
    all_of_interest: table(), "analyze prim t.csv --outcome y>=0";
    none_of_interest: table(), "analyze prim t.csv --outcome y>99";
    a_number_where_a_verdict_is_needed: table(), "analyze prim t.csv --outcome y";
    a_verdict_where_a_number_is_needed: table(), "analyze pawn t.csv --outcome y>3";
    nothing_but_nan: "a,b,y\n1,2,NaN\n2,3,\n3,1,NaN\n", "analyze delta t.csv";
    a_number_of_rows_that_fits_no_design: table(), "analyze sobol t.csv --problem p.toml";
    inputs_that_are_no_saltelli_design: table(), "analyze sobol t.csv --problem p.toml --outcome y --no-second-order";
    a_design_whose_inputs_are_not_said: table(), "analyze sobol t.csv";
    rows_that_are_no_trajectories: table().lines().take(40).map(|l| format!("{l}\n")).collect::<String>(), "analyze morris t.csv --problem p.toml";
    one_row: "a,b,y\n1,2,3\n", "analyze pawn t.csv";
    no_row: "a,b,y\n", "analyze pawn t.csv";
    text_where_numbers_belong: table().replacen("3,3,6", "3,3,six", 1), "analyze pawn t.csv --outcome y";
    text_in_an_input: table().replacen("3,3,6", "3,three,6", 1), "analyze pawn t.csv --inputs a,b --outcome y";
    categories_where_numbers_are_needed: "a,b,y\nx,1,1\ny,2,2\nz,3,4\n", "analyze pawn t.csv --inputs a,b --outcome y";
    an_unknown_outcome: table().replace("a,b,y", "rate,delay,damage"), "analyze pawn t.csv --outcome damge";
    an_unknown_input: table().replace("a,b,y", "rate,delay,damage"), "analyze pawn t.csv --inputs rate,dellay --outcome damage";
    an_outcome_that_is_not_said: table().replace("a,b,y", "rate,delay,damage"), "analyze pawn t.csv";
    an_expression_that_cannot_be_read: table(), "analyze prim t.csv --outcome y>>3";
    a_row_that_is_too_short: table().replacen("3,3,6", "3,3", 1), "analyze pawn t.csv";
    too_few_rows_for_the_method: "a,b,y\n1,2,3\n2,3,4\n4,4,1\n", "analyze delta t.csv";
    options_in_which_no_end_is_better: table(), "analyze robustness t.csv --options a,b";
    an_option_that_is_not_there: table(), "analyze regret t.csv --options a,c --better lower";
    one_option: table(), "analyze regret t.csv --options a --better lower";
    an_unknown_table: table(), "analyze regret u.csv --options a --better lower";
    an_empty_file: "", "analyze pawn t.csv";
    two_columns_of_one_name: "a,a,y\n1,2,3\n", "analyze pawn t.csv";
    a_quote_that_is_not_closed: "a,b,y\n1,\"2,3\n", "analyze pawn t.csv";
    decimal_commas: "a;b;y\n0,5;1;2\n0,7;2;3\n0,1;3;4\n", "analyze pawn t.csv --inputs a,b --outcome y";
    one_future_under_two_options: "a,b\n1,2\n", "analyze regret t.csv --options a,b --better lower";
    a_problem_that_cannot_be_understood: table(), "sample lhs --problem wrong.toml -n 10 -o x.csv";
    a_distribution_without_ends: table(), "sample sobol --scramble none --problem one.toml -n 10 -o x.csv";
    too_few_points_for_efast: table(), "sample efast --problem p.toml -n 60 -o x.csv";
    a_design_that_fits_no_table: table(), "sample factorial --problem p.toml -n 1000000 -o x.csv";
}

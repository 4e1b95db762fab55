//! Every message of the XMILE reader with the text that causes it, as a reader sees them.

mod support;

use support::{read_bytes, rendered};

const SPECS: &str = "<sim_specs><start>0</start><stop>9</stop><dt>1</dt></sim_specs>";

/// The text and all that is said of it.
fn told(text: &str) -> String {
    let (model, diagnostics) = read_bytes("model.xmile", text.as_bytes());
    assert_eq!(model.is_none(), diagnostics.has_errors());
    assert!(!diagnostics.is_empty(), "nothing is said of {text}");
    format!("{text}\n----\n{}", rendered(text, &diagnostics))
}

/// A file with these variables.
fn file(variables: &str) -> String {
    format!("<xmile>\n{SPECS}\n<model><variables>\n{variables}\n</variables></model>\n</xmile>")
}

/// A file with these variables, the dimension `d` (a, b) and the macro `twice`.
fn array(variables: &str) -> String {
    format!(
        "<xmile>\n{SPECS}\n<dimensions><dim name=\"d\"><elem name=\"a\"/><elem name=\"b\"/></dim></dimensions>\n\
         <macro name=\"twice\"><parm>x</parm><eqn>2 * x</eqn></macro>\n<model><variables>\n{variables}\n</variables></model>\n</xmile>"
    )
}

/// One snapshot for each case.
macro_rules! messages {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(told(&$text));
        })*
    };
}

messages! {
    xml_syntax: "<xmile>\n<model>\n<!-- no end\n</model></xmile>";
    xml_syntax_tag: "<xmile>\n<model name=\"a\n</model></xmile>";
    xml_outside: format!("<xmile>{SPECS}<model/></xmile>\nmore\n<second/>");
    xml_unclosed: format!("<xmile>\n{SPECS}\n<model>\n<variables>\n<aux name=\"a\"><eqn>1</aux>\n</variables>\n</xmile>");
    xml_unclosed_variable: file("<flow name=\"f\">\n<eqn>1</eqn>\n<stock name=\"s\"><eqn>0</eqn><inflow>f</inflow></stock>");
    xml_unclosed_at_the_end: "<xmile>\n<model>";
    xml_unopened: file("<aux name=\"a\"><eqn>1</eqn></aux></flow>");
    xml_nesting: "<a>".repeat(300);
    xml_reference: file("<aux name=\"a\"><eqn>1 & 2</eqn></aux>\n<aux name=\"b\"><eqn>&lol;</eqn></aux>\n<aux name=\"c&#x;\"><eqn>1</eqn></aux>");
    xml_attribute: file("<aux name=a><eqn>1</eqn></aux>\n<aux name=\"b\" name=\"c\"><eqn>1</eqn></aux>");
    xml_prefix: file("<isee:thing/><isee:thing/><aux name=\"a\"><eqn>TIME</eqn></aux>");
    signs_of_other_programs: file(
        "<aux name=\"a\"><eqn>TIME != 2</eqn></aux>\n<aux name=\"b\"><eqn>IF TIME == 2 THEN 1 ELSE 0</eqn></aux>\n<aux name=\"c\"><eqn>IF THEN ELSE(a = 2, 1, 0)</eqn></aux>\n\
         <aux name=\"d\"><eqn>a = 1 &amp;&amp; b = 1</eqn></aux>\n<aux name=\"e\"><eqn>3,5</eqn></aux>\n<aux name=\"f\"><eqn>2 ** 3</eqn></aux>\n<aux name=\"g\"><eqn>(1 + 2))</eqn></aux>\n\
         <aux name=\"h\"><eqn>IF TIME => 2 THEN 1 ELSE 0</eqn></aux>"
    );
    comparisons_in_a_row: file("<aux name=\"a\"><eqn>IF 0 &lt; TIME &lt; 2 THEN 1 ELSE 0</eqn></aux>");
    xmile_root: "<html><body/></html>";
    no_model: format!("<xmile>{SPECS}</xmile>");
    no_specs: "<xmile><model/></xmile>";
    empty_specs: "<xmile><sim_specs/><model/></xmile>";
    wrong_specs: "<xmile><sim_specs method=\"Gear\"><start>now</start><stop></stop><dt>0</dt><dt>1</dt></sim_specs><model/></xmile>";
    wrong_reciprocal: "<xmile><sim_specs><start>0</start><stop>1</stop><dt reciprocal=\"maybe\">4</dt></sim_specs><model/></xmile>";
    negative_reciprocal: "<xmile><sim_specs><start>0</start><stop>1</stop><dt reciprocal=\"true\">-4</dt></sim_specs><model/></xmile>";
    other_method: "<xmile><sim_specs method=\"Gear, RK4\"><start>0</start><stop>1</stop></sim_specs><model/></xmile>";
    include: format!("<xmile><include resource=\"macros.xml\"/>{SPECS}<model/></xmile>");
    missing_names: file("<aux><eqn>1</eqn></aux>\n<stock name=\" \"><eqn>1</eqn></stock>\n<module/>");
    misspelt_elements: file("<stock name=\"s\"><eqn>1</eqn><inflows>f</inflows><Outflow>f</Outflow><nonnegative/><pts/><doc/><isee:inflov/></stock>\n<flow name=\"f\"><eqn>1</eqn></flow>");
    missing_equations: file("<aux name=\"a\"/>\n<flow name=\"f\"><eqn>{later}</eqn></flow>\n<stock name=\"s\"><eqn/><inflow>f</inflow></stock>");
    equation_twice: file("<aux name=\"a\"><eqn>1</eqn><eqn>2</eqn></aux>\n<aux name=\"b\"><eqn>a</eqn></aux>");
    redefinition: file("<aux name=\"birth rate\"><eqn>1</eqn></aux>\n<aux name=\"Birth_Rate\"><eqn>2</eqn></aux>");
    name_is_taken: file("<aux name=\"time\"><eqn>1</eqn></aux>\n<aux name=\"DT\"><eqn>2</eqn></aux>");
    wrong_non_negative: file("<flow name=\"f\"><eqn>1</eqn><non_negative>perhaps</non_negative></flow>");
    missing_flow: file("<stock name=\"s\"><eqn>1</eqn><inflow>births</inflow><outflow>s 2</outflow></stock>");
    flow_twice: file("<stock name=\"s\"><eqn>1</eqn><inflow>f</inflow><inflow>f</inflow></stock>\n<flow name=\"f\"><eqn>1</eqn></flow>");
    undefined_names: file("<aux name=\"birth rate\"><eqn>2</eqn></aux>\n<aux name=\"a\"><eqn>birth_rte + tme + nothing_like_it</eqn></aux>");
    undefined_functions: file("<aux name=\"a\"><eqn>SMTH(1, 2) + foo(3)</eqn></aux>");
    unsupported_functions: file("<aux name=\"a\"><eqn>NEGBINOMIAL(1, 0.5) + HISTORY(a, 2)\n + NEGBINOMIAL(3, 0.5)</eqn></aux>");
    argument_counts: file("<aux name=\"a\"><eqn>ABS() + MAX(1) + SMTH1(1) + PULSE(1) + NORMAL(1,2,3,4,5,6)</eqn></aux>");
    syntax_errors: file(
        "<aux name=\"a\"><eqn>1 +</eqn></aux>\n<aux name=\"b\"><eqn>(1 + 2</eqn></aux>\n<aux name=\"c\"><eqn>a b</eqn></aux>\n\
         <aux name=\"d\"><eqn>IF a THEN b</eqn></aux>\n<aux name=\"e\"><eqn>1 ? 2</eqn></aux>\n<aux name=\"f\"><eqn>{open</eqn></aux>\n\
         <aux name=\"g\"><eqn>\"open</eqn></aux>\n<aux name=\"h\"><eqn>2nd</eqn></aux>\n<aux name=\"i\"><eqn>a. + 1</eqn></aux>\n\
         <aux name=\"j\"><eqn>a &lt;&lt; 3</eqn></aux>\n<aux name=\"k\"><eqn>MAX(1, 2]</eqn></aux>\n<aux name=\"l\"><eqn>a 3</eqn></aux>"
    );
    nesting: file(&format!("<aux name=\"a\"><eqn>{}</eqn></aux>", "(".repeat(600)));
    loops: file("<aux name=\"a\"><eqn>b</eqn></aux>\n<aux name=\"b\"><eqn>a + 1</eqn></aux>");
    graphical_functions: file(
        "<gf name=\"no points\"/>\n<gf name=\"no scale\"><ypts>1,2</ypts></gf>\n<gf name=\"counts\"><xpts>1,2,3</xpts><ypts>1,2</ypts></gf>\n\
         <gf name=\"words\"><xpts>1,two</xpts><ypts>1,2</ypts></gf>\n<gf name=\"type\" type=\"cubic\"><xscale min=\"0\" max=\"1\"/><ypts>1,2</ypts></gf>\n\
         <gf name=\"empty\"><xscale min=\"0\" max=\"1\"/><ypts></ypts></gf>\n<gf name=\"twice\"><xpts>1,1</xpts><ypts>1,2</ypts></gf>"
    );
    graphical_function_as_number: file("<gf name=\"g\"><xscale min=\"0\" max=\"1\"/><ypts>1,2</ypts></gf>\n<aux name=\"a\"><eqn>g + 1</eqn></aux>\n<aux name=\"b\"><eqn>LOOKUP(a, 1)</eqn></aux>\n<aux name=\"c\"><eqn>a(3)</eqn></aux>");
    modules: format!(
        "<xmile>\n{SPECS}\n<model>\n<variables>\n<aux name=\"x\"><eqn>1</eqn></aux>\n<module name=\"none\"/>\n\
         <module name=\"m\">\n<connect to=\"m.wrong\" from=\"x\"/>\n<connect to=\"m.input\" from=\"y\"/>\n<connect to=\"input\" from=\"x\"/>\n<connect to=\"input\"/>\n</module>\n\
         <module name=\"far\" resource=\"other.xmile\"/>\n</variables>\n</model>\n\
         <model name=\"m\">\n<variables>\n<aux name=\"input\"><eqn></eqn></aux>\n<aux name=\"free\" access=\"input\"><eqn></eqn></aux>\n<module name=\"m\"/>\n</variables>\n</model>\n\
         <model name=\"M\"/>\n<model/>\n</xmile>"
    );
    macros: format!(
        "<xmile>\n<macro name=\"twice\"><parm>x</parm><eqn>2 * x</eqn></macro>\n<macro name=\"again\"><parm>x</parm><eqn>again(x)</eqn></macro>\n\
         <macro name=\"empty\"/>\n{SPECS}\n<model>\n<variables>\n<aux name=\"a\"><eqn>twice()</eqn></aux>\n<aux name=\"b\"><eqn>again(1)</eqn></aux>\n</variables>\n</model>\n</xmile>"
    );
    unsupported_parts: file(
        "<stock name=\"heat\"><eqn>1</eqn><oven/></stock>\n<stock name=\"row\"><eqn>1</eqn><queue purge_after_age=\"true\"/></stock>\n\
         <stock name=\"line\"><eqn>1</eqn><inflow>in</inflow><conveyor fifo=\"true\"><len>TIME</len></conveyor></stock>\n\
         <flow name=\"in\" isee:spreadflow=\"dist\"><eqn>1</eqn></flow>\n\
         <stock name=\"yard\"><eqn>1</eqn><outflow>load</outflow><queue/></stock>\n<flow name=\"load\"/>\n\
         <stock name=\"train\"><eqn>1</eqn><inflow>load</inflow><conveyor batch_integrity=\"true\" one_at_a_time=\"false\"><len>1</len><capacity>1</capacity></conveyor></stock>"
    );
    multiplier_into_a_conveyor: file("<stock name=\"belt\"><eqn>1</eqn><inflow>in</inflow><outflow>out</outflow><conveyor><len>3</len></conveyor></stock>\n<flow name=\"in\"><eqn>1</eqn><multiplier>2</multiplier></flow>\n<flow name=\"out\"/>");
    conveyors: file(
        "<stock name=\"both\"><eqn>1</eqn><conveyor><len>3</len></conveyor><queue/></stock>\n<stock name=\"no way\"><eqn>1</eqn><conveyor/></stock>\n\
         <stock name=\"empty way\"><eqn>1</eqn><conveyor><len/></conveyor></stock>\n\
         <stock name=\"two ways\"><eqn>1</eqn><outflow>a</outflow><outflow>b</outflow><conveyor><len>3</len></conveyor></stock>\n<flow name=\"a\"/>\n<flow name=\"b\"/>\n\
         <stock name=\"only leaks\"><eqn>1</eqn><outflow>c</outflow><conveyor><len>3</len></conveyor></stock>\n<flow name=\"c\"><eqn>1</eqn><leak/></flow>\n\
         <flow name=\"alone\"><eqn>1</eqn><leak/></flow>\n<flow name=\"over\"><eqn>1</eqn><overflow/></flow>\n\
         <stock name=\"first over\"><eqn>1</eqn><outflow>d</outflow><queue/></stock>\n<flow name=\"d\"><overflow/></flow>\n\
         <stock name=\"odd zone\"><eqn>1</eqn><outflow>e</outflow><outflow>g</outflow><conveyor><len>3</len></conveyor></stock>\n<flow name=\"e\"/>\n\
         <flow name=\"g\" leak_start=\"0.7\" leak_end=\"0.3\"><eqn>1</eqn><leak/></flow>\n\
         <stock name=\"no fraction\"><eqn>1</eqn><outflow>h</outflow><outflow>i</outflow><conveyor discrete=\"perhaps\"><len>1 +</len></conveyor></stock>\n<flow name=\"h\"/>\n\
         <flow name=\"i\" leak_end=\"2\"><leak/></flow>"
    );
    unsupported_subscripts: array(
        "<aux name=\"x\"><dimensions><dim name=\"d\"/></dimensions><eqn>1, 2</eqn></aux>\n<aux name=\"y\"><eqn>x[*] + SUM(x[1:2] * x[1:1]) + x[1:TIME] + x[@1] + RANK(x[1:2], 1)</eqn></aux>\n\
         <aux name=\"z\"><dimensions><dim name=\"d\"/></dimensions><eqn>SUM(x[*] * twice(x[d]))</eqn></aux>\n\
         <stock name=\"s\"><dimensions><dim name=\"d\"/></dimensions><eqn>1, 2, 3, 4</eqn></stock>"
    );
    ranges_of_subscripts: array(
        "<aux name=\"x\"><dimensions><dim name=\"d\"/></dimensions><eqn>1, 2</eqn></aux>\n<aux name=\"y\"><eqn>SUM(x[2:1]) + SUM(x[a:c]) + SUM(x[1:3])</eqn></aux>\n\
         <aux name=\"z\"><dimensions><dim name=\"d\"/></dimensions><eqn>x[2:2]</eqn></aux>"
    );
    choices_without_end: array(
        "<aux name=\"x\"><dimensions><dim name=\"m\"/><dim name=\"n\"/></dimensions><eqn>x[m + 1, n - 1]</eqn></aux>"
    )
    .replace("</dimensions>\n<macro", "<dim name=\"m\" size=\"90\"/><dim name=\"n\" size=\"90\"/></dimensions>\n<macro");
    wrong_subscripts: array(
        "<aux name=\"x\"><dimensions><dim name=\"d\"/></dimensions><eqn>1, 2</eqn></aux>\n<aux name=\"y\"><eqn>x[3] + x[e] + x[a, b] + x</eqn></aux>\n\
         <aux name=\"z\"><dimensions><dim name=\"f\"/></dimensions><eqn>1</eqn></aux>\n\
         <aux name=\"w\"><dimensions><dim name=\"d\"/></dimensions><element><eqn>1</eqn></element><element subscript=\"a\"><eqn/></element></aux>\n\
         <aux name=\"v\"><dimensions><dim name=\"d\"/></dimensions><element subscript=\"a\"><eqn>1</eqn></element><element subscript=\"3\"><eqn>1</eqn></element></aux>\n<aux name=\"u\"><eqn>SUM(3)</eqn></aux>"
    );
    parts_with_a_time_of_their_own: format!(
        "<xmile>\n{SPECS}\n<macro name=\"loop\"><parm>x</parm><eqn>x</eqn><sim_specs><start>1</start><stop>x</stop></sim_specs></macro>\n\
         <macro name=\"non negative\" filter=\"flow\"><parm>x</parm><parm>on</parm><eqn>MAX(x, 0)</eqn></macro>\n<macro name=\"loop\"><parm>y</parm><eqn>y</eqn></macro>\n\
         <model><variables><module name=\"fast\"/><module name=\"same\"/></variables></model>\n\
         <model name=\"fast\"><sim_specs><start>0</start><stop>9</stop><dt reciprocal=\"true\">4</dt></sim_specs></model>\n\
         <model name=\"same\"><sim_specs><start>0</start><stop>9</stop><dt>1</dt></sim_specs></model>\n</xmile>"
    );
    parts_elsewhere: format!(
        "<xmile>\n<header><includes><include resource=\"library.xml\"/></includes></header>\n{SPECS}\n<data><import resource=\"a.csv\"/><import enabled=\"false\" resource=\"b.csv\"/></data>\n\
         <model><variables><module name=\"closed\"/><module name=\"far\"/>\n\
         <stock name=\"s\"><eqn>1</eqn><event_poster><threshold value=\"3\"><event/><event sim_action=\"stop\"/></threshold></event_poster></stock></variables></model>\n\
         <model name=\"closed\" encryption-scheme=\"AES-128,CBC,SHA256\" iv=\"A\" hmac=\"B\">QUJD</model>\n<model name=\"far\" resource=\"far.xmile\"/>\n</xmile>"
    );
    wrong_dimensions: format!("<xmile>{SPECS}<dimensions>\n<dim name=\"d\"/>\n<dim size=\"3\"/>\n<dim name=\"e\" size=\"few\"/>\n<dim name=\"f\" size=\"-1\"/>\n</dimensions><model/></xmile>");
    varying_delay: file("<aux name=\"a\"><eqn>DELAY(TIME, TIME + 1)</eqn></aux>");
    unsupported_order: file("<aux name=\"a\"><eqn>SMTHN(TIME, 3, n)</eqn></aux>\n<aux name=\"n\"><eqn>3</eqn></aux>");
    control_variable: file("<aux name=\"TIME STEP\"><eqn>0.5</eqn></aux>");
    non_negative_shared: file("<stock name=\"s\"><eqn>1</eqn><outflow>f</outflow><non_negative/></stock>\n<stock name=\"t\"><eqn>1</eqn><outflow>f</outflow></stock>\n<flow name=\"f\"><eqn>1</eqn></flow>");
    non_negative_loop: file("<stock name=\"s\"><eqn>1</eqn><inflow>back</inflow><outflow>out</outflow><non_negative/></stock>\n<flow name=\"out\"><eqn>1</eqn></flow>\n<flow name=\"back\"><eqn>out / 2</eqn></flow>");
    non_negative_rk4: format!("<xmile><sim_specs method=\"RK4\"><start>0</start><stop>9</stop></sim_specs>\n<model>\n<stock name=\"s\"><eqn>1</eqn><outflow>out</outflow><non_negative/></stock>\n<flow name=\"out\"><eqn>1</eqn></flow></model></xmile>");
}

#[test]
fn an_entity_bomb_ends_in_a_message() {
    let mut text = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE bomb [\n<!ENTITY a0 \"boom\">\n");
    for level in 1..60 {
        let inner = format!("&a{};", level - 1).repeat(10);
        text.push_str(&format!("<!ENTITY a{level} \"{inner}\">\n"));
    }
    text.push_str(&format!(
        "]>\n<xmile>{SPECS}<model><aux name=\"a\"><eqn>&a59;</eqn></aux></model></xmile>"
    ));
    let (model, diagnostics) = read_bytes("bomb.xmile", text.as_bytes());
    assert!(model.is_none());
    let codes: Vec<&str> = diagnostics.items.iter().map(|item| item.code).collect();
    assert_eq!(codes, ["xmile-missing-equation", "xml-reference"]);
}

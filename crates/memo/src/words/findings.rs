//! What the findings say: verdicts, maps, regret, hinges, camps, changes, fans.

sentences! {
    in_hundred(count) = "{count} of 100", "{count} de cada 100";
    under_one() = "fewer than 1 of 100", "menos de 1 de cada 100";
    over_ninety_nine() = "more than 99 of 100", "más de 99 de cada 100";
    none_judged() = "none that could be judged", "ninguno que se pudiera juzgar";
    or() = "or", "o";
    or_quoted() = "” or “", "» o «";

    compared_at(addon) = "Every option is compared with the same add-on: {addon}.", "Todas las opciones se comparan con el mismo complemento: {addon}.";
    margin_share(parts) = "{parts} parts in 100 of the baseline’s result", "{parts} partes de cada 100 del resultado de base";
    margin_share_one() = "1 part in 100 of the baseline’s result", "1 parte de cada 100 del resultado de base";
    verdict_leads(name, count, close, margin) =
        "<strong>{name} leads:</strong> it is best by more than the margin ({margin}) in {count} futures tested. In {close}, no option is.",
        "<strong>{name} va a la cabeza:</strong> es la mejor por más del margen ({margin}) en {count} futuros probados. En {close}, ninguna lo es.";
    verdict_leads_always(name, count, margin) =
        "<strong>{name} leads:</strong> it is best by more than the margin ({margin}) in {count} futures tested. There are no close calls.",
        "<strong>{name} va a la cabeza:</strong> es la mejor por más del margen ({margin}) en {count} futuros probados. No hay empates técnicos.";
    verdict_mostly(name, count, close, margin) =
        "<strong>Most often too close to call:</strong> in {close} futures tested no option is best by more than the margin ({margin}). When one is, it is most often {name}: {count}.",
        "<strong>Las más de las veces, empate técnico:</strong> en {close} futuros probados ninguna opción es mejor por más del margen ({margin}). Cuando alguna lo es, suele ser {name}: {count}.";
    verdict_tie(first, second, first_count, second_count, close, margin) =
        "<strong>Too close to call:</strong> {first} leads in {first_count} futures tested and {second} in {second_count}. In {close}, no option is best by more than the margin ({margin}).",
        "<strong>Empate técnico:</strong> {first} va a la cabeza en {first_count} futuros probados y {second} en {second_count}. En {close}, ninguna opción es mejor por más del margen ({margin}).";
    verdict_nobody(close, margin) =
        "<strong>Too close to call:</strong> in {close} futures tested no option is best by more than the margin ({margin}).",
        "<strong>Empate técnico:</strong> en {close} futuros probados ninguna opción es mejor por más del margen ({margin}).";
    change_to(name, condition) = "The lead passes to {name} when {condition}.", "La cabeza pasa a {name} cuando {condition}.";
    change_to_tie(condition) = "It becomes too close to call when {condition}.", "Se vuelve empate técnico cuando {condition}.";
    no_change() = "No single assumption, moved alone, flips it.", "Ningún supuesto, movido por sí solo, lo cambia.";
    above(label, value) = "“{label}” is above {value}", "«{label}» está por encima de {value}";
    below(label, value) = "“{label}” is below {value}", "«{label}» está por debajo de {value}";
    equals(label, value) = "“{label}” is “{value}”", "«{label}» es «{value}»";
    lead_bar_title(outcome) = "How 100 futures divide: {outcome}", "Cómo se reparten 100 futuros: {outcome}";
    list_item(name, count) = "{name}: {count}", "{name}: {count}";
    close_calls_item(count) = "Close calls: {count}", "Empate técnico: {count}";
    short_caption() = "In short", "En breve";
    short_who() = "Who does best", "A quién le va mejor";
    short_hinges() = "What it hinges on", "De qué depende";
    short_flips() = "What would change it", "Qué lo cambiaría";
    short_camps() = "Each camp by its own lights", "Cada postura a su manera";
    short_leads(name, outcomes) = "{name} leads on {outcomes}.", "{name} va a la cabeza en {outcomes}.";
    short_mostly(name, outcomes) = "Most often too close to call, with {name} ahead when one is: {outcomes}.",
        "Las más de las veces empate técnico, con {name} adelante cuando alguna lo está: {outcomes}.";
    short_tie(first, second, outcomes) = "Too close to call between {first} and {second}: {outcomes}.", "Empate técnico entre {first} y {second}: {outcomes}.";
    short_nobody(outcomes) = "Too close to call: {outcomes}.", "Empate técnico: {outcomes}.";
    short_counted(outcome, count) = "{outcome} ({count})", "{outcome} ({count})";
    short_quoted(label) = "“{label}”", "«{label}»";
    short_judged(label) = "“{label}” (not measured)", "«{label}» (sin medir)";
    short_flip(outcome, before, after, label, from, to) = "{outcome}: with every assumption at its middle {before} is ahead; {after} is if “{label}” goes from {from} to {to}", "{outcome}: con todo supuesto a su mitad va adelante {before}; si «{label}» va de {from} a {to}, {after}";
    short_no_flip() = "No single assumption, moved alone within its range, changes who leads.", "Ningún supuesto, movido por sí solo en su rango, cambia quién va a la cabeza.";
    short_camp(name, camps) = "{name} is best for {camps}", "{name} es la mejor para {camps}";
    short_camp_mostly(name, camps) = "most often too close to call, with {name} ahead when one is, for {camps}",
        "las más de las veces empate técnico, con {name} adelante cuando alguna lo está, para {camps}";
    short_camp_tie(camps) = "too close to call for {camps}", "empate técnico para {camps}";
    enough(count) = "More futures would not move these counts by more than 2 of 100; {count} are enough for that.",
        "Más futuros no moverían estos conteos más de 2 de cada 100; bastan {count} para eso.";
    not_enough(count) = "These counts may still move by more than 2 of 100. About {count} futures would settle them.",
        "Estos conteos todavía pueden moverse más de 2 de cada 100. Con unos {count} futuros quedarían firmes.";

    map_intro() =
        "Each square holds the futures with similar values of two assumptions. Its letter is the option that leads there.",
        "Cada cuadro reúne los futuros con valores parecidos de dos supuestos. Su letra es la opción que ahí va a la cabeza.";
    map_hatch() =
        "Hatching marks a close call. A letter on hatching is the option ahead when any is. White squares hold too few futures.",
        "El rayado marca un empate técnico. Una letra sobre el rayado es la opción que va adelante cuando hay alguna. Los cuadros blancos tienen muy pocos futuros.";
    map_title(outcome) = "Who leads where: {outcome}", "Quién va a la cabeza y dónde: {outcome}";
    map_up(label) = "Upwards: {label}", "Hacia arriba: {label}";
    map_across(label) = "Across: {label}", "Hacia la derecha: {label}";
    map_of(all, list) = "Of {all} squares: {list}.", "De {all} cuadros: {list}.";
    map_leads(name, count) = "{name} leads in {count}", "{name} va a la cabeza en {count}";
    map_leads_and(name, count, hatched) = "{name} leads in {count} and is ahead in {hatched} hatched ones",
        "{name} va a la cabeza en {count} y adelante en {hatched} rayados";
    map_ahead(name, count) = "{name} is ahead in {count} hatched ones", "{name} va adelante en {count} rayados";
    map_ties(count) = "{count} are too close to call", "{count} son empate técnico";
    map_few(count) = "{count} hold too few futures", "{count} tienen muy pocos futuros";
    map_nobody() = "Nobody leads anywhere here: whatever these two assumptions are, the best options stay within the margin.",
        "Nadie va a la cabeza aquí: valgan lo que valgan estos dos supuestos, las mejores opciones no se separan más que el margen.";
    map_table(across, up) = "Who leads by third of the range. Columns: {across}. Rows: {up}.", "Quién va a la cabeza por tercio del rango. Columnas: {across}. Filas: {up}.";
    third_low() = "low third", "tercio bajo";
    third_middle() = "middle third", "tercio medio";
    third_high() = "high third", "tercio alto";
    key(value, meaning) = "{value} = {meaning}", "{value} = {meaning}";
    strips_heading() = "Along one assumption at a time", "Un supuesto a la vez";
    strips_intro() =
        "Each strip runs from the low end to the high end of one assumption; all others vary freely. A thick mark shows where the leader changes.",
        "Cada tira va del extremo bajo al alto de un supuesto; los demás varían libremente. Una marca gruesa señala dónde cambia quién va a la cabeza.";
    strips_steady(labels) = "The same all along these: {labels}.", "Sin cambios a lo largo de estos: {labels}.";
    strip_title(label, outcome) = "{outcome}, along: {label}", "{outcome}, a lo largo de: {label}";
    strip_part(low, high, name) = "{low} to {high}: {name}", "{low} a {high}: {name}";
    strip_value(value, name) = "{value}: {name}", "{value}: {name}";
    strip_ahead(name) = "mostly close calls, {name} ahead", "casi siempre empate, {name} adelante";
    strip_few() = "too few futures", "muy pocos futuros";

    robust_intro() =
        "One dot is one of 100 futures, coloured by the option that leads in it. Hatched dots are close calls.",
        "Cada punto es uno de 100 futuros, con el color de la opción que va a la cabeza. Los puntos rayados son empates técnicos.";
    regret_intro() =
        "The strips show regret: what an option loses against the best one. Mark: middle future. Bar: up to 9 in 10 futures. Line: worst future.",
        "Las tiras muestran el arrepentimiento: lo que una opción pierde frente a la mejor. Marca: futuro de en medio. Barra: hasta 9 de cada 10 futuros. Línea: el peor futuro.";
    lower_better() = "lower is better", "menos es mejor";
    higher_better() = "higher is better", "más es mejor";
    tail_note() = "Rare and bad: read the worst future, not the middle one.", "Raro y grave: lea el peor futuro, no el de en medio.";
    dots_title(outcome) = "Best in how many of 100 futures tested: {outcome}", "La mejor en cuántos de 100 futuros probados: {outcome}";
    column_option() = "Option", "Opción";
    tied_best(names) = "Nobody leads: several are best together, within the margin in so many of 100: {names}.",
        "Nadie va a la cabeza: varias son las mejores a la vez, dentro del margen en tantos de 100: {names}.";
    column_near() = "Best or within the margin", "La mejor o dentro del margen";
    column_median_regret() = "Middle", "Medio";
    column_ninety_regret() = "9 in 10", "9 de 10";
    column_worst_regret() = "Worst", "Peor";
    regret_caption(unit) = "Regret ({unit})", "Arrepentimiento ({unit})";
    regret_caption_pure() = "Regret", "Arrepentimiento";
    pair_caption(outcome) = "In how many of 100 futures tested the row’s option beats the column’s: {outcome}",
        "En cuántos de 100 futuros probados la opción de la fila le gana a la de la columna: {outcome}";
    addons_heading() = "With another add-on", "Con otro complemento";
    addons_intro(plain, changed, all) = "Each add-on is joined to every option alike. On {changed} of {all} outcomes some add-on changes who is in front: those listed here. “Same”: the same option as with “{plain}”.",
        "Cada complemento se suma igual a todas las opciones. En {changed} de {all} resultados alguno cambia quién va adelante: los de esta lista. «Igual»: la misma opción que con «{plain}».";
    addons_same() = "same", "igual";
    addons_none() = "Each add-on was joined to every option alike. None changes who is in front, on any outcome.",
        "Cada complemento se sumó igual a todas las opciones. Ninguno cambia quién va adelante, en ningún resultado.";
    column_addon() = "Add-on", "Complemento";
    repeat_heading() = "The headline again, drawn another way", "El veredicto otra vez, con otro sorteo";
    repeat_log() = "Ranges drawn evenly by ratio instead of by difference.", "Rangos sorteados por proporción, no por diferencia.";
    repeat_seed() = "Drawn again with a second seed.", "Sorteado de nuevo con una segunda semilla.";
    repeat_monte() = "Drawn at random instead of evenly spread.", "Sorteado al azar, no repartido de manera uniforme.";
    repeat_centred() = "Ranges drawn closer to their middle: the ends come up less often.", "Rangos sorteados más cerca de su mitad: los extremos salen menos.";
    repeat_other(name) = "Second way of drawing: {name}.", "Segunda forma de sortear: {name}.";
    repeat_same() = "The same options are in front, in so many of 100 futures of the first and of the second draw:",
        "Van adelante las mismas opciones, en tantos de cada 100 futuros del primer sorteo y del segundo:";
    repeat_pair(outcome, name, first, second) = "{outcome}: {name} {first}, {second}", "{outcome}: {name} {first}, {second}";
    repeat_first() = "First draw", "Primer sorteo";
    repeat_second() = "Second draw", "Segundo sorteo";
    leads_short(name, count) = "{name} ({count})", "{name} ({count})";
    mostly_short(name, count) = "mostly close calls; {name} best in {count}", "casi siempre empate; {name} mejor en {count}";
    tie_short(first, second) = "{first} and {second} too close to call", "empate técnico entre {first} y {second}";
    nobody_short() = "Close call", "Empate técnico";

    hinges_intro() =
        "Bars show how far one assumption moves the gap between two options. Open dot: its lowest values. Full dot: its highest. Zero is in the middle.",
        "Las barras muestran cuánto mueve un supuesto la diferencia entre dos opciones. Punto abierto: sus valores más bajos. Punto lleno: los más altos. El cero está en medio.";
    hinges_pair(outcome, first, second) = "{outcome}: {first} against {second}", "{outcome}: {first} contra {second}";
    hinges_sides(unit, first, second) = "{unit}; right of the middle is better for {first}, left of it for {second}",
        "{unit}; a la derecha del centro es mejor para {first}, a la izquierda para {second}";
    column_assumption() = "Assumption", "Supuesto";
    column_gap_low() = "Gap, lowest values", "Diferencia, valores bajos";
    column_gap_high() = "Gap, highest values", "Diferencia, valores altos";
    gap_relative() = "Gap in parts of 100 of the baseline’s result", "Diferencia en partes de 100 del resultado de base";
    gap_unit(unit) = "Gap in {unit}", "Diferencia en {unit}";
    gap_plain() = "Gap in the outcome’s own scale", "Diferencia en la escala del resultado";
    column_share() = "Share of the gap’s spread", "Parte de la variación";
    column_change() = "Leader changes at", "Cambia la cabeza en";
    never_changes() = "nowhere", "en ningún punto";
    hinges_rest() = "Assumptions not listed move the gap less; all were moved and all are in the ledger.",
        "Los supuestos que no se listan la mueven menos; todos se movieron y todos están en el registro.";
    spread_note() = "The share of the gap’s spread is the part of its variance that the assumption explains by itself, from 0 to 1.",
        "La parte de la variación es la fracción de la varianza que el supuesto explica por sí solo, de 0 a 1.";

    camps_intro() =
        "Each camp is scored in the futures that fit its own beliefs, by its own weights. No camp is the starting point.",
        "Cada postura se califica en los futuros que concuerdan con lo que cree, con sus propios pesos. Ninguna es el punto de partida.";
    camps_table_intro() =
        "Regret is in points of 100 lost against the best option; darker is worse. “Best in” counts futures of 100. The best of a row is framed.",
        "El arrepentimiento va en puntos de 100 perdidos frente a la mejor opción; más oscuro es peor. «Mejor en» cuenta futuros de 100. Lo mejor de cada fila va enmarcado.";
    camp_fits(count, of) = "{count} of {of} futures tested fit this view.", "{count} de {of} futuros probados concuerdan con esta postura.";
    camp_believes() = "Believes", "Cree";
    camp_values() = "What each camp values: weights, of 100 in all", "Qué valora cada postura: pesos, de 100 en total";
    camp_no_beliefs() = "the whole tested range of every assumption", "el rango completo de todos los supuestos";
    camp_rules_out() = "Rules out by law", "Descarta por ley";
    camp_rules_nothing() = "nothing", "nada";
    camp_divides() = "The belief that decides most", "La creencia que más decide";
    range(low, high) = "{low} to {high}", "{low} a {high}";
    row_regret_law() = "Regret, its legal view", "Arrepentimiento, su visión legal";
    row_best_law() = "Best in, its legal view", "Mejor en, su visión legal";
    row_regret_all() = "Regret, all options", "Arrepentimiento, todas";
    row_best_all() = "Best in, all options", "Mejor en, todas";
    camps_caption() = "Camps by options", "Posturas por opciones";
    column_row() = "Camp and measure", "Postura y medida";
    struck_out() = "struck out", "descartada";
    camps_agree(name) = "Every camp’s best option is the same: {name}.", "La mejor opción de todas las posturas es la misma: {name}.";
    camps_differ() = "The camps’ best options differ.", "Las mejores opciones de las posturas difieren.";
    struck_note(mark) = "{mark} struck out by the camp’s own legal view and not ranked in that row.",
        "{mark} descartada por la visión legal de la propia postura; no compite en esa fila.";

    changes_intro() =
        "Start from the middle of every range and move one assumption alone. The nearest change of leader comes first. It is 50 steps from the middle to an end.",
        "Parta de la mitad de cada rango y mueva un solo supuesto. Primero va el cambio de cabeza más cercano. De la mitad a un extremo hay 50 pasos.";
    column_outcome() = "Outcome", "Resultado";
    column_at() = "Where it changes", "Dónde cambia";
    column_below() = "Below", "Por debajo";
    column_above() = "Above", "Por encima";
    column_distance() = "Steps from the middle", "Pasos desde la mitad";
    distance(parts) = "{parts} of 50", "{parts} de 50";
    no_change_on(outcome) = "{outcome}: no single change flips it.", "{outcome}: ningún cambio por sí solo lo altera.";
    changes_more(count) = "{count} changes farther out are not shown.", "No se muestran {count} cambios más lejanos.";

    futures_intro(baseline) =
        "All options share one scale. Dark band: half of the futures. Pale band: 9 in 10 futures. Solid line: middle future. Dashed line: middle future of {baseline}.",
        "Todas las opciones comparten una escala. Banda oscura: la mitad de los futuros. Banda clara: 9 de cada 10 futuros. Línea continua: futuro de en medio. Línea punteada: futuro de en medio de {baseline}.";
    futures_dots() = "Dots are what was observed.", "Los puntos son lo observado.";
    futures_axis(unit) = "Numbers below are {unit} from the start of the options (upright line).",
        "Abajo se cuentan {unit} desde el inicio de las opciones (línea vertical).";
    fan_desc(low, middle, high) = "{middle} ({low} to {high})", "{middle} ({low} a {high})";
    past_inside(inside, all) = "{inside} of {all} observed points lie inside the 9-in-10 band.", "{inside} de {all} puntos observados están dentro de la banda de 9 de cada 10.";
    past_held() = "That is about as many as such a band should hold.", "Son más o menos los que esa banda debe contener.";
    past_short() = "That is fewer than such a band should hold.", "Son menos de los que esa banda debe contener.";
    past_missed() = "That is far fewer than such a band should hold: the model misses this past.", "Son muchos menos de los que esa banda debe contener: el modelo no acierta en este pasado.";
    past_line() = "One line without a band: only its errors are told.", "Una sola línea sin banda: solo se dicen sus errores.";
    past_points(inside, all) = "{inside} of {all} points inside.", "{inside} de {all} puntos dentro.";
    past_error_one(mean) = "Middle future off by {mean} parts in 100 on average.", "El futuro de en medio se desvía {mean} partes de cada 100 en promedio.";
    past_error(mean, size) = "Middle future off by {mean} parts in 100 on average ({size} in size).", "El futuro de en medio se desvía {mean} partes de cada 100 en promedio ({size} en tamaño).";
    fan_behind(count) = "{count} futures are behind each fan.", "Cada abanico reúne {count} futuros.";
    fan_at_end() = "At the end", "Al final";
    column_low() = "low", "bajo";
    column_middle() = "middle", "medio";
    column_high() = "high", "alto";
    fan_unit(outcome, unit) = "{outcome} ({unit})", "{outcome} ({unit})";
    futures_others() = "The other outcomes stand in Appendix D.", "Los demás resultados están en el Anexo D.";
    what_if_heading() = "What if?", "¿Y si…?";
    hindcast_heading() = "Does the model reproduce the past?", "¿Reproduce el modelo el pasado?";
    hindcast_intro() = "The same draws, started earlier. Dots are what was observed. A model that misses the past deserves less trust. Points that a test was given are drawn, not counted.",
        "Los mismos sorteos, desde antes. Los puntos son lo observado. Un modelo que no acierta en el pasado merece menos confianza. Los puntos que se dieron a una prueba se dibujan y no se cuentan.";
    hindcast_none() = "This case has no test against the past.", "Este caso no tiene prueba con el pasado.";
}

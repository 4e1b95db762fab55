//! What the memo says of the decision maker's own questions.

sentences! {
    heading_fails() = "Where each option fails", "Dónde falla cada opción";
    enough_camps(count, names) =
        "Counts in a camp’s futures rest on fewer of them. For {names} they may be off by more than 2 of 100; {count} futures would do.",
        "Los conteos en los futuros de una postura reúnen menos. Para {names} pueden variar más de 2 de cada 100; bastarían {count} futuros.";

    worth_heading() = "What it would be worth to know", "Cuánto valdría saber";
    worth_intro() =
        "The gain from choosing after learning, averaged over the futures tested with equal weight. It is no sum of money and no forecast; ± is its standard error.",
        "Lo que se ganaría al elegir después de saber, en promedio de los futuros probados con igual peso. No es dinero ni pronóstico; ± es su error estándar.";
    worth_sample(used, of) = "Parts and pairs were estimated on {used} of {of} futures.", "Las partes y los pares se estimaron con {used} de {of} futuros.";
    worth_all() = "everything", "todo";
    worth_pair(a, b) = "{a} and {b}", "{a} y {b}";
    worth_caption(outcome, unit) = "{outcome}: gain in {unit}", "{outcome}: ganancia en {unit}";
    worth_caption_pure(outcome) = "{outcome}: gain", "{outcome}: ganancia";
    column_known() = "Learning", "Al saber";
    column_gain() = "Gain", "Ganancia";
    column_within() = "±", "±";

    smallest_heading() = "The smallest change from the middle", "El cambio más pequeño desde la mitad";
    smallest_intro() =
        "Every assumption stands at the middle of its range; luck is as drawn. Distance is the largest change, in parts of 100 of its range.",
        "Cada supuesto está en la mitad de su rango; el azar, como se sorteó. La distancia es el mayor cambio, en partes de 100 de su rango.";
    smallest_how() =
        "Changes were found by a fit over the futures and then tried in the model until the lead just passed.",
        "Los cambios se hallaron con un ajuste a los futuros y luego se probaron en el modelo hasta que la cabeza pasó.";
    smallest_one() = "one assumption", "un supuesto";
    smallest_several() = "several at once", "varios a la vez";
    smallest_none() = "none within the ranges tested", "ninguno dentro de los rangos probados";
    smallest_more(count) = "and {count} more", "y {count} más";
    change_from_to(label, from, to) = "{label}: {from} → {to}", "{label}: {from} → {to}";
    trial_model() = "yes", "sí";
    trial_fit() = "no, only by the fit", "no, solo según el ajuste";
    trial_untried() = "not tried, by the fit only", "sin probar, solo según el ajuste";
    trial_already() = "it leads there already", "ahí ya va a la cabeza";
    column_changes() = "Changes", "Cambios";
    column_far() = "Distance", "Distancia";
    column_then() = "Then leads", "Pasa a la cabeza";
    column_holds() = "So in the model?", "¿Así en el modelo?";

    quarrels_heading() = "Facts or values?", "¿Hechos o valores?";
    quarrels_intro() =
        "What two camps would lose, by their own lights, under each other’s choice, in points of 100. Then what sharing beliefs or weights takes away.",
        "Lo que dos posturas perderían, según cada una, con la elección de la otra, en puntos de 100. Luego, lo que quita compartir creencias o pesos.";
    quarrels_more(count) = "{count} pairs less far apart are not listed.", "No se listan {count} pares menos distantes.";
    quarrels_note() = "Both orders of sharing are averaged. No option is struck out here. Camps that would choose alike are left out.",
        "Se promedian ambos órdenes. Aquí no se excluye ninguna opción. Se omiten las posturas que elegirían igual.";
    quarrels_none() = "All camps would choose the same option.", "Todas las posturas elegirían la misma opción.";
    column_pair() = "Camps and their choices", "Posturas y su elección";
    column_apart() = "Apart", "Distancia";
    column_beliefs() = "Beliefs take away", "Quitan las creencias";
    column_weights() = "Weights take away", "Quitan los pesos";

    weights_heading() = "Which values speak for which option", "Qué valores hablan por cada opción";
    weights_intro(draws) =
        "Weights over all outcomes, drawn evenly {draws} times: in how many of 100 draws each option comes first, and what those who put it first weigh most.",
        "Pesos sobre todos los resultados, sorteados por igual {draws} veces: en cuántos de cada 100 queda primera cada opción, y qué pesan más quienes la prefieren.";
    column_first() = "First", "Primera";
    column_last() = "Last", "Última";
    column_weigh() = "Weighed most by those who put it first", "Lo que más pesan quienes la ponen primera";
    weigh(outcome, parts) = "{outcome} {parts}", "{outcome} {parts}";

    rankings_heading() = "Does it depend on how robustness is measured?", "¿Depende de cómo se mide la solidez?";
    rankings_intro() =
        "Measures of robustness that the literature uses, and by how many each option ranks first. Agreement is 1 where all rank alike, 0 where rankings are unrelated.",
        "Medidas de solidez que usa la literatura, y según cuántas queda primera cada opción. El acuerdo es 1 si todas ordenan igual y 0 si no guardan relación.";
    column_agreement() = "Agreement", "Acuerdo";

    fails_intro() =
        "An option fails where another is better by more than the margin. Each line says in how many of 100 futures tested, then under which assumptions more often; in brackets, how many of 100 of its failures these cover.",
        "Una opción falla donde otra es mejor por más del margen. Cada línea dice en cuántos de 100 futuros probados, y luego bajo qué supuestos más; entre paréntesis, cuántas de 100 de sus fallas abarcan.";
    fails_sample(used, of) = "Limits were sought in {used} of {of} futures and counted in all.", "Los límites se buscaron en {used} de {of} futuros y se contaron en todos.";
    box_beaten(inside, limits, everywhere, covers) =
        "fails in {everywhere}; in {inside} with {limits} ({covers} of 100 of its failures).",
        "falla en {everywhere}; en {inside} con {limits} ({covers} de cada 100 de sus fallas).";
    box_none(everywhere) = "fails in {everywhere}; no simple limits say where.", "falla en {everywhere}; ningún límite sencillo dice dónde.";
    box_holds(inside, limits, covers) =
        "Holds in {inside} of 100 with {limits}; there lie {covers} of 100 of the futures in which it holds.",
        "Se cumple en {inside} de cada 100 con {limits}; ahí están {covers} de cada 100 de los futuros en que se cumple.";
    box_fails(inside, limits, covers) =
        "Fails in {inside} with {limits}; there lie {covers} of 100 of those in which it fails.",
        "No se cumple en {inside} con {limits}; ahí están {covers} de cada 100 de aquellos en que no se cumple.";
    limit_above(label, value) = "“{label}” above {value}", "«{label}» por encima de {value}";
    limit_below(label, value) = "“{label}” below {value}", "«{label}» por debajo de {value}";
    limit_between(label, low, high) = "“{label}” from {low} to {high}", "«{label}» de {low} a {high}";
    limit_kinds(label, values) = "“{label}”: {values}", "«{label}»: {values}";
    and() = " and ", " y ";
}

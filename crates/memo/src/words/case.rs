//! What the case brings: options, claims, the model, what is left out, the ledger.

sentences! {
    options_key() = "The options compared", "Las opciones que se comparan";
    options_order() = "Letters, colours and order follow the case file. They never follow a result.",
        "Letras, colores y orden siguen el archivo del caso. Nunca siguen un resultado.";
    options_caption() = "What each option includes, leaves out and costs", "Qué incluye, qué deja fuera y qué cuesta cada opción";
    column_includes() = "Includes", "Incluye";
    column_excludes() = "Leaves out", "Deja fuera";
    column_cost() = "Cost", "Costo";
    column_law() = "Law", "Derecho";
    options_law(section) = "What each option needs in law, and why, stands in “{section}”.", "Qué pide en derecho cada opción, y por qué, va en «{section}».";
    addons_caption() = "Add-ons, joined to every option alike", "Complementos, que se suman igual a todas las opciones";
    baseline_mark() = "baseline", "base";
    not_run_mark() = "not run", "no se probó";
    near_clone(name) = "Nearly the same as {name}", "Casi igual que {name}";
    met() = "met", "se cumple";
    contested() = "contested", "en disputa";
    not_met() = "not met", "no se cumple";
    no_label() = "no label in this case", "sin etiqueta en este caso";

    claims_intro() = "Each claim is put as a test that a future passes or fails. Evidence for and against stands in Appendix B, the tests in Appendix E.",
        "Cada afirmación se escribe como una prueba que un futuro pasa o no pasa. La evidencia a favor y en contra está en el Anexo B; las pruebas, en el Anexo E.";
    claims_note() = "Whose claim it is and who said it stand in brackets; without a name the authors of this case put it into words. “Holds” and “does not hold” judge all futures together; in brackets stand the two sides that were compared.",
        "Entre paréntesis va de quién es y quién lo dijo; sin nombre, la redactaron quienes hicieron este caso. «Se cumple» y «no se cumple» juzgan todos los futuros juntos; entre paréntesis van los dos lados que se compararon.";
    said_by(who, date) = "{who}, {date}", "{who}, {date}";
    claim_of_nobody() = "no camp", "ninguna postura";
    claim_undecided(count) = "{count} futures could not be judged.", "{count} futuros no se pudieron juzgar.";
    claim_true() = "holds", "se cumple";
    claim_false() = "does not hold", "no se cumple";
    claim_sides(left, right) = "({left} against {right})", "({left} contra {right})";
    claim_shown() = "shown, not simulated", "se muestra, no se simula";
    column_claim() = "Claim", "Afirmación";
    column_all() = "All futures", "Todos los futuros";
    claims_caption() = "In how many of 100 futures tested each claim holds: all futures, then the futures of each camp",
        "En cuántos de 100 futuros probados se cumple cada afirmación: en todos, y en los de cada postura";
    claim_moved() = "Moved most by:", "Lo que más la mueve:";
    claim_for() = "For:", "A favor:";
    claim_against() = "Against:", "En contra:";
    no_evidence() = "none in this case", "ninguna en este caso";

    model_intro(variables, stocks, sectors) =
        "The model has {variables} variables in {sectors} sectors. {stocks} of them are stocks: things that build up or run down.",
        "El modelo tiene {variables} variables en {sectors} sectores. {stocks} de ellas son existencias: cosas que se acumulan o se agotan.";
    model_steps(step, unit) = "Its time step is {step} ({unit}).", "Su paso de tiempo es de {step} ({unit}).";
    model_names() = "Names of variables and notes are as in the model file.", "Los nombres de variables y las notas van como en el archivo del modelo, en inglés.";
    model_picture() = "Which sector feeds which", "Qué sector alimenta a cuál";
    model_picture_note() = "Numbers stand for the sectors below. An arrow means: used in. Thicker arrows carry more links.",
        "Los números son los sectores de abajo. Una flecha significa: se usa en. Las más gruesas llevan más vínculos.";
    model_feeds(sector, list) = "{sector} feeds {list}", "{sector} alimenta a {list}";
    model_stocks() = "Stocks:", "Existencias:";
    model_levers() = "Levers of the options:", "Palancas de las opciones:";
    model_outcomes() = "Outcomes measured here:", "Resultados que se miden aquí:";
    model_counts(variables, uncertain) = "{variables} variables, {uncertain} of them uncertain inputs", "{variables} variables; {uncertain} son insumos inciertos";
    model_feeds_label() = "Feeds", "Alimenta a";
    model_loops() = "Feedback loops, the shortest first", "Ciclos de retroalimentación, primero los más cortos";
    model_loops_note() = "In a loop each feeds the next, and the last feeds the first: a change comes back to where it began.",
        "En un ciclo cada uno alimenta al siguiente y el último al primero: un cambio regresa a donde empezó.";
    model_more_loops(count) = "{count} longer loops are not listed.", "No se listan {count} ciclos más largos.";
    model_other() = "Other variables", "Otras variables";
    model_continues() = "The fans above show how the futures go on from recent history.", "Los abanicos de arriba muestran cómo los futuros continúan la historia reciente.";

    outside_law() = "Law and ethics stand outside the score", "El derecho y la ética quedan fuera de la calificación";
    outside_law_text() =
        "The score weighs outcomes only. Whether an option is lawful or right is not a number here. These labels say what each option needs.",
        "La calificación solo pondera resultados. Si una opción es legal o correcta no es un número aquí. Estas etiquetas dicen qué necesita cada una.";
    column_needs() = "What is needed", "Qué se necesita";
    column_status() = "Status", "Situación";
    column_options() = "Options", "Opciones";
    outside_list() = "Not in the model", "No está en el modelo";
    dissent_heading() = "Dissent", "Disenso";
    dissent_none() = "No dissent has been entered in this case.", "No se ha registrado ningún disenso en este caso.";
    fairness_heading() = "What a sceptic should know", "Lo que debe saber quien dude";
    fairness_none() = "The fairness checks found nothing to report.", "Las revisiones de equidad no encontraron nada que reportar.";
    trigger_fires(option, trigger, count) = "{option}: the trigger “{trigger}” fires in {count} futures tested.",
        "{option}: el disparador «{trigger}» se activa en {count} futuros probados.";
    clone_note(option, other) = "{option} is nearly the same as {other}; the two can split each other’s leads.",
        "{option} es casi igual que {other}; las dos pueden quitarse la cabeza entre sí.";
    extreme_rest(list) = "Where the other options lead most often, in futures tested: {list}.", "Dónde van a la cabeza más a menudo las demás, en futuros probados: {list}.";
    extreme_on(option, outcome, count) = "{option} on “{outcome}” ({count})", "{option} en «{outcome}» ({count})";
    extreme_share(option, outcome, count) = "{option} leads most often on “{outcome}”: in {count} futures tested.",
        "{option} va a la cabeza sobre todo en «{outcome}»: en {count} futuros probados.";
    extreme_never(option) = "{option} is never best by more than the margin on any outcome, in any future tested.",
        "{option} nunca es la mejor por más del margen en ningún resultado, en ningún futuro probado.";
    extreme_cause(label, low, high) = "The range of “{label}” does most to cause this: {low} in its lowest tenth, {high} in its highest.",
        "El rango de «{label}» es lo que más lo causa: {low} en su décimo más bajo y {high} en el más alto.";
    extreme_no_cause() = "No single range causes this.", "Ningún rango por sí solo lo causa.";

    ledger_intro(count) = "All {count} uncertain numbers, with range, source and grade.", "Los {count} números inciertos, con rango, fuente y grado.";
    ledger_grades() =
        "Grades: A, peer-reviewed or official; B, news or research reporting it; C, aggregator or partisan site; J, judgement.",
        "Grados: A, arbitrado u oficial; B, prensa o investigación que lo reporta; C, compilador o sitio partidista; J, juicio propio.";
    ledger_uniform_note() = "Ranges are drawn evenly unless the cell says otherwise. The name in the model stands in code type.",
        "Los rangos se sortean de manera uniforme, salvo que la celda diga otra cosa. El nombre en el modelo va en letra de código.";
    ledger_camps(names) = "Camps: {names}.", "Posturas: {names}.";
    ledger_neutral_note() = "The neutral value is the one at which a disputed effect is absent.", "El valor neutro es aquel en que un efecto en disputa no existe.";
    column_range() = "Range tested", "Rango probado";
    column_neutral() = "Neutral", "Neutro";
    column_grade() = "Grade", "Grado";
    column_sources() = "Sources", "Fuentes";
    column_favours() = "Helped by high or low values", "A quién ayudan valores altos o bajos";
    chance_heading() = "Luck", "Azar";
    chance_text() = "These draws decide whether an event happens at its stated chance. They are tested, but nobody’s view.",
        "Estos sorteos deciden si un suceso ocurre con la frecuencia declarada. Se prueban, pero no son postura de nadie.";
    high_favours(camps) = "high: {camps}", "alto: {camps}";
    low_favours(camps) = "low: {camps}", "bajo: {camps}";
    contested_by(camps) = "contested: {camps}", "en disputa: {camps}";
    uniform(range) = "{range}", "{range}";
    log_uniform(range) = "log-uniform, {range}", "log-uniforme, {range}";
    triangular(range, mode) = "triangular, {range}, mode {mode}", "triangular, {range}, moda {mode}";
    pert(range, mode) = "PERT, {range}, mode {mode}", "PERT, {range}, moda {mode}";
    truncated_normal(range, mean, sd) = "normal, mean {mean}, SD {sd}, cut to {range}", "normal, media {mean}, DE {sd}, recortada a {range}";
    integer(range) = "whole numbers, {range}", "números enteros, {range}";
    categorical(list) = "one of: {list}", "uno de: {list}";
    split_of(split) = "shared out from a measured total: {split}", "repartido de un total medido: {split}";
    constraints_heading() = "Rules that reject a future", "Reglas que rechazan un futuro";

    statements_intro() = "Every statement of the debate has a place in this case, or is marked as context.",
        "Cada frase del debate tiene un lugar en este caso, o se marca como contexto.";
    statements_caption() = "Statements and their places", "Frases y sus lugares";
    column_statement() = "Statement", "Frase";
    column_said_by() = "Said by", "Quién lo dice";
    column_places() = "Place in this case", "Lugar en este caso";
    place_context() = "context", "contexto";
    place_policy(name) = "option: {name}", "opción: {name}";
    place_addon(name) = "add-on: {name}", "complemento: {name}";
    place_outcome(name) = "outcome: {name}", "resultado: {name}";
    place_uncertainty(name) = "assumption: {name}", "supuesto: {name}";
    place_claim(number) = "claim {number}", "afirmación {number}";
    place_authority(name) = "law: {name}", "derecho: {name}";
    place_camp(name) = "camp: {name}", "postura: {name}";
}

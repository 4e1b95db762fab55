//! The frame: language switch, status line, headings, reproduction, glossary.

sentences! {
    skip() = "Skip to the memo", "Ir al memo";
    in_this_language(command) = "Scripts are off, so this page stands still. In English: <code>{command}</code>",
        "Sin scripts, esta página no se mueve. En español: <code>{command}</code>";
    contents() = "Contents", "Contenido";
    as_of(date) = "Evidence up to {date}", "Evidencia hasta el {date}";
    version(version) = "weigh {version}", "weigh {version}";
    seed(seed) = "seed {seed}", "semilla {seed}";
    model_hash(hash) = "model {hash}", "modelo {hash}";
    tested(count) = "{count} futures tested", "{count} futuros probados";
    card_lead() = "Which option leads, in how many of 100 futures tested", "Qué opción va a la cabeza, en cuántos de 100 futuros probados";
    card_close() = "Close call: no option is best by more than a margin that the memo gives.", "Empate técnico: ninguna opción es mejor por más de un margen que el memo indica.";
    card_more(count) = "{count} futures tested; the memo shows what the answer hinges on.", "{count} futuros probados; el memo muestra de qué depende la respuesta.";
    not_a_forecast() = "Not a forecast", "No es un pronóstico";
    what_it_is() = "Counts say in how many of 100 futures tested each option does best. They do not say which future will come.",
        "Los conteos dicen en cuántos de 100 futuros probados le va mejor a cada opción. No dicen cuál futuro llegará.";
    heading_question() = "The question", "La pregunta";
    heading_verdict() = "The verdict", "El veredicto";
    heading_options() = "The options in full", "Las opciones en detalle";
    heading_map() = "Which option is best under which assumptions?", "¿Qué opción es mejor bajo qué supuestos?";
    heading_robust() = "How sturdy is each option?", "¿Qué tan firme es cada opción?";
    heading_hinges() = "What does the answer hinge on?", "¿De qué depende la respuesta?";
    heading_camps() = "Who is right when?", "¿Quién tiene razón y cuándo?";
    heading_changes() = "What would change my mind?", "¿Qué me haría cambiar de opinión?";
    heading_futures() = "What could happen?", "¿Qué podría pasar?";
    heading_claims() = "The claims, tested", "Las afirmaciones, a prueba";
    heading_model() = "How the model works", "Cómo funciona el modelo";
    heading_outside() = "What the model leaves out", "Lo que el modelo deja fuera";
    heading_reproduce() = "Reproduce this memo", "Reproducir este memo";
    heading_glossary() = "Words used here", "Palabras que usamos";
    heading_ledger() = "Appendix A. The evidence ledger", "Anexo A. Registro de la evidencia";
    heading_tests() = "Appendix B. Evidence for and against the claims", "Anexo B. Evidencia a favor y en contra de las afirmaciones";
    heading_statements() = "Appendix C. The debate, statement by statement", "Anexo C. El debate, frase por frase";
    heading_others() = "Appendix D. The other outcomes", "Anexo D. Los demás resultados";
    heading_propositions() = "Appendix E. The claims as tests", "Anexo E. Las afirmaciones como pruebas";
    heading_sources() = "Appendix F. Sources", "Anexo F. Fuentes";
    show_table() = "Show the numbers", "Ver los números";

    reproduce_how() = "This command makes the same numbers again, on any machine. The word after <code>run</code> stands for the folder of the case:",
        "Esta orden produce los mismos números en cualquier máquina. La palabra después de <code>run</code> representa la carpeta del caso:";
    fast_numerics(futures, share, outcome, otherwise) =
        "The run used fast numerics: cheaper operations, whose last digits differ. {futures} futures were also run exactly: no outcome moved by more than {share} of its range (most of all: {outcome}), and {otherwise} runs ended otherwise.",
        "La corrida usó aritmética rápida: operaciones más baratas, cuyos últimos dígitos difieren. {futures} futuros se corrieron también de manera exacta: ningún resultado se movió más de {share} de su rango (el que más: {outcome}) y {otherwise} corridas terminaron de otro modo.";
    fast_live() = " The model in this page computes exactly.", " El modelo de esta página calcula de manera exacta.";
    reproduce_facts() = "What fixes the result", "Lo que determina el resultado";
    fact() = "Fact", "Dato";
    fact_value() = "Value", "Valor";
    fact_version() = "Version of weigh", "Versión de weigh";
    fact_case() = "Case (hash)", "Caso (hash)";
    fact_model() = "Model (hash)", "Modelo (hash)";
    fact_seed() = "Seed", "Semilla";
    fact_design() = "Design", "Diseño";
    fact_asked() = "Futures asked for", "Futuros pedidos";
    fact_drawn() = "Futures drawn", "Futuros sorteados";
    fact_rejected() = "Rejected by a stated rule", "Rechazados por una regla declarada";
    fact_broken() = "Broken in at least one option", "Con fallas en al menos una opción";
    fact_compared() = "Compared under every option", "Comparados bajo todas las opciones";
    cite() = "How to cite", "Cómo citar";
    citation(title, date, version, hash, seed) =
        "“{title}”. Weighhouse memo, evidence up to {date}. weigh {version}, case {hash}, seed {seed}.",
        "«{title}». Memo de Weighhouse, evidencia hasta el {date}. weigh {version}, caso {hash}, semilla {seed}.";
    tally_rejected(count) = "{count} futures broke a stated rule and were not simulated.", "{count} futuros no cumplían una regla declarada y no se simularon.";
    tally_broken(count) = "{count} futures broke down in at least one option and are left out of every comparison.",
        "{count} futuros fallaron en al menos una opción y quedan fuera de toda comparación.";

    future() = "future", "futuro";
    future_meaning() = "One value for every uncertain number. Each option is tried in the same futures.",
        "Un valor para cada número incierto. Cada opción se prueba en los mismos futuros.";
    option() = "option", "opción";
    option_meaning() = "One way to act. It fixes the levers of the model, such as how much is done and when.",
        "Una manera de actuar. Fija las palancas del modelo, como cuánto se hace y cuándo.";
    addon() = "add-on", "complemento";
    addon_meaning() = "A measure that can be joined to any option, at the same budget.", "Una medida que se puede sumar a cualquier opción, con el mismo presupuesto.";
    outcome() = "outcome", "resultado";
    outcome_meaning() = "Something that counts in the end, measured in its own unit.", "Algo que importa al final, medido en su propia unidad.";
    assumption() = "assumption", "supuesto";
    assumption_meaning() = "A number nobody knows well. We try the whole range that the evidence allows.",
        "Un número que nadie conoce bien. Probamos todo el rango que la evidencia permite.";
    leads() = "leads", "va a la cabeza";
    leads_meaning() = "An option leads in a future if it is best there by more than the margin.",
        "Una opción va a la cabeza en un futuro si ahí es la mejor por más del margen.";
    close_call() = "close call", "empate técnico";
    close_call_meaning() = "No option is best by more than the margin. Hatched in the charts.",
        "Ninguna opción es mejor por más del margen. En las gráficas va rayado.";
    regret() = "regret", "arrepentimiento";
    regret_meaning() = "What an option loses, in one future, against the best option there. Zero is best.",
        "Lo que una opción pierde, en un futuro, frente a la mejor opción en ese futuro. Cero es lo mejor.";
    robust() = "sturdy (robust)", "firme (robusta)";
    robust_meaning() = "An option whose regret stays small in most futures, even if it is rarely the best.",
        "Una opción cuyo arrepentimiento es pequeño en la mayoría de los futuros, aunque rara vez sea la mejor.";
    hinge() = "hinge", "supuesto clave";
    hinge_meaning() = "An assumption that moves the gap between two options a lot.", "Un supuesto que mueve mucho la diferencia entre dos opciones.";
    camp() = "camp", "postura";
    camp_meaning() = "A view in the debate: what it believes (ranges) and what it values (weights).",
        "Una visión en el debate: lo que cree (rangos) y lo que valora (pesos).";
    hindcast() = "hindcast", "prueba con el pasado";
    hindcast_meaning() = "The model started in the past and compared with what then happened.", "El modelo arranca en el pasado y se compara con lo que pasó después.";
    fan() = "fan", "abanico";
    fan_meaning() = "Bands that show how far the futures spread over time.", "Bandas que muestran cuánto se abren los futuros con el tiempo.";
}

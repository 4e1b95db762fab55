// What the live page says in its own name, in English and Spanish: one line for each text, checked by type and by test.

import type { Language } from "../language.ts";

type Line = readonly [en: string, es: string];

/** Every text; `{name}` is filled in. Shares are counts in 100 futures and never called chances. */
export const LINES = {
  heading: ["Try it yourself", "Pruébelo usted"],
  intro: [
    "Hold an assumption at a value, and the model runs again here, in this page. What you do not hold varies over its whole range.",
    "Fije un supuesto en un valor y el modelo corre otra vez aquí, en esta página. Lo que no fija varía en todo su rango.",
  ],
  checking: [
    "The page ran {futures} futures again and got the file’s numbers, bit for bit, under {options} of {of} options; the others follow.",
    "La página corrió otra vez {futures} futuros y obtuvo los números del archivo, bit por bit, con {options} de {of} opciones; siguen las demás.",
  ],
  checked: [
    "The page ran {futures} futures again under each of {of} options and got the file’s numbers, bit for bit.",
    "La página corrió otra vez {futures} futuros con cada una de {of} opciones y obtuvo los números del archivo, bit por bit.",
  ],
  check_failed: [
    "The model in this page did not give the file’s numbers again. The page stays as it was written, without controls.",
    "El modelo de esta página no volvió a dar los números del archivo. La página queda como se escribió, sin controles.",
  ],
  no_wasm: [
    "This browser does not run the model. The page stays as it was written, without controls.",
    "Este navegador no corre el modelo. La página queda como se escribió, sin controles.",
  ],
  no_payload: [
    "This memo carries no model that can run. The page stays as it was written, without controls.",
    "Este memo no lleva un modelo que pueda correr. La página queda como se escribió, sin controles.",
  ],
  verdict: ["Verdict as set", "Veredicto con lo fijado"],
  nothing_held: [
    "Nothing is held: every assumption varies over its whole range. No camp is the starting point.",
    "Nada está fijo: cada supuesto varía en todo su rango. Ninguna postura es el punto de partida.",
  ],
  held: ["As set: {list}. Everything else varies.", "Con lo fijado: {list}. Todo lo demás varía."],
  weighed: ["You weigh: {list}.", "Usted pondera: {list}."],
  is: ["{label} {value}", "{label} {value}"],
  within: ["{label} {low} to {high}", "{label} de {low} a {high}"],
  basis: [
    "{futures} futures simulated under each of {options} options. In brackets: how far chance may have moved the count, 95 times in 100.",
    "{futures} futuros simulados con cada una de {options} opciones. Entre paréntesis: cuánto pudo mover el azar la cuenta, 95 de cada 100 veces.",
  ],
  glance: ["A first look; more follow.", "Primer vistazo; siguen más."],
  more: ["Simulate more: {futures} futures", "Simular más: {futures} futuros"],
  growing: ["{futures} of {of} futures so far…", "{futures} de {of} futuros hasta ahora…"],
  leads: [
    "{name} leads in {count} of 100 ({low} to {high})",
    "{name} va a la cabeza en {count} de cada 100 ({low} a {high})",
  ],
  mostly: [
    "Most often a close call ({close} of 100); {name} leads in {count} ({low} to {high})",
    "Las más de las veces, empate técnico ({close} de cada 100); {name} va a la cabeza en {count} ({low} a {high})",
  ],
  too_close: [
    "Too close to call: {first} leads in {count} of 100 ({low} to {high}), {second} in {other}",
    "Empate técnico: {first} va a la cabeza en {count} de cada 100 ({low} a {high}), {second} en {other}",
  ],
  nobody: ["Too close to call: no option leads", "Empate técnico: ninguna opción va a la cabeza"],
  broken: ["{count} futures broke and are left out.", "{count} futuros fallaron y quedan fuera."],
  whole: ["Over the whole range: {list}", "En todo el rango: {list}"],
  close_calls: ["close calls {count}", "empate técnico {count}"],
  by_values: ["By your values", "Según sus valores"],
  judged_by: ["Strips and map show", "Las tiras y el mapa muestran"],
  with_addon: ["With", "Con"],
  main: ["Two assumptions that matter most here", "Los dos supuestos que más importan aquí"],
  strip_note: [
    "Under each slider: who leads along it, all else as set. Hatched: mostly close calls; a letter on it: who leads in the rest. Thick mark: the lead changes.",
    "Bajo cada control: quién va a la cabeza a lo largo de él, con lo demás como está. Rayado: casi siempre empate técnico; una letra encima: quién va a la cabeza en lo demás. Marca gruesa: cambia la cabeza.",
  ],
  varies: ["varies", "varía"],
  let_vary: ["Let it vary", "Dejar que varíe"],
  let_vary_label: ["Let “{label}” vary again", "Dejar que «{label}» varíe otra vez"],
  narrowed: ["kept between {low} and {high}", "entre {low} y {high}"],
  kept_values: ["kept at {values}", "en {values}"],
  now_unknown: ["strip not computed yet", "tira aún sin calcular"],
  changes_at: ["changes at {values}", "cambia en {values}"],
  no_changes: ["no change along it", "no cambia a lo largo"],
  strip_title: ["Who leads along: {label}", "Quién va a la cabeza a lo largo de: {label}"],
  ahead: ["mostly close calls, else {name}", "casi siempre empate técnico; si no, {name}"],
  close: ["close call", "empate técnico"],
  few: ["too few futures", "muy pocos futuros"],
  part: ["{low} to {high}: {front}", "{low} a {high}: {front}"],
  all_assumptions: ["All {count} assumptions that someone contests", "Los {count} supuestos que alguien disputa"],
  all_note: [
    "What nobody argues about, and luck, has no control here: it varies in every future. That includes what a campaign consists of.",
    "Lo que nadie discute, y el azar, no tiene control aquí: varía en cada futuro. Eso incluye en qué consiste una campaña.",
  ],
  narrow: ["Narrow the range", "Estrechar el rango"],
  from: ["from", "de"],
  to: ["to", "a"],
  from_label: ["{label}: least value", "{label}: valor mínimo"],
  to_label: ["{label}: greatest value", "{label}: valor máximo"],
  filter: ["Find an assumption", "Buscar un supuesto"],
  fit: [
    "{count} of {of} futures in the file fit your ranges; the others keep their place within them.",
    "{count} de {of} futuros del archivo caben en sus rangos; los demás conservan su lugar dentro de ellos.",
  ],
  values: ["Your values", "Sus valores"],
  values_note: [
    "How much each outcome counts for you. This is about what matters, not about what is true: no simulation runs.",
    "Cuánto cuenta cada resultado para usted. Se trata de lo que importa, no de lo que es cierto: no corre ninguna simulación.",
  ],
  weight_value: ["{weight} ({share} of 100)", "{weight} ({share} de 100)"],
  no_weight: ["not counted", "no cuenta"],
  quarrels: ["Facts or values? Who is how far apart", "¿Hechos o valores? Quién está a qué distancia"],
  quarrels_note: [
    "What two sides would lose, by their own lights, under each other’s choice, in points of 100. Then how much sharing beliefs takes away (full bar), and sharing weights (hatched). Below zero: it drives them further apart. Both orders of sharing are averaged; nothing is struck out by law.",
    "Lo que dos partes perderían, según cada una, con la elección de la otra, en puntos de 100. Luego, cuánto quita compartir creencias (barra llena) y compartir pesos (rayada). Bajo cero: los aleja más. Se promedian ambos órdenes; la ley no excluye nada aquí.",
  ],
  quarrels_busy: ["What each side believes is being simulated…", "Se simula lo que cree cada parte…"],
  quarrels_basis: [
    "{futures} futures simulated for each side under every option. ±: how far chance may have moved the number, 95 times in 100.",
    "{futures} futuros simulados para cada parte con cada opción. ±: cuánto pudo mover el azar el número, 95 de cada 100 veces.",
  ],
  what_is_set: ["What you have set above", "Lo que fijó arriba"],
  set_for_all: ["holds for everyone", "vale para todos"],
  set_mine: ["is what you believe, not the camps", "lo cree usted, no las posturas"],
  you: ["You", "Usted"],
  alike: ["would choose alike", "elegirían igual"],
  pair: ["Sides and their choices", "Partes y su elección"],
  apart: ["Apart", "Distancia"],
  by_beliefs: ["Beliefs take away", "Quitan las creencias"],
  by_weights: ["Weights take away", "Quitan los pesos"],
  camps: ["Start from a camp’s view", "Partir de la visión de una postura"],
  camps_note: [
    "None is set. Each button sets a camp’s beliefs and values; you may take only one of the two.",
    "Ninguna está puesta. Cada botón pone las creencias y los valores de una postura; puede tomar sólo lo uno o lo otro.",
  ],
  take_both: ["Beliefs and values", "Creencias y valores"],
  take_beliefs: ["Beliefs only", "Sólo creencias"],
  take_values: ["Values only", "Sólo valores"],
  take_label: ["{name}: {what}", "{name}: {what}"],
  struck: [
    "By law, this camp rules out {list}; here they compete all the same.",
    "Por ley, esta postura descarta {list}; aquí compiten igual.",
  ],
  map: ["Win map of two assumptions", "Mapa de dos supuestos"],
  map_note: [
    "Each square runs the model again with both assumptions held there, all else as set. Hatched: mostly close calls; a letter on it: who leads in the rest.",
    "Cada cuadro corre el modelo con ambos supuestos fijos ahí, lo demás como está. Rayado: casi siempre empate técnico; una letra encima: quién va a la cabeza en lo demás.",
  ],
  across: ["Across", "Hacia la derecha"],
  up: ["Upwards", "Hacia arriba"],
  map_table: ["The map in words", "El mapa en palabras"],
  from_to: ["{low} to {high}", "{low} a {high}"],
  as_csv: ["Data (CSV)", "Datos (CSV)"],
  as_png: ["Picture (PNG)", "Imagen (PNG)"],
  runs: ["These futures and their outcomes", "Estos futuros y sus resultados"],
  map_busy: ["The map is being computed…", "El mapa se está calculando…"],
  map_leads: ["{name} leads in {count} of {of} squares", "{name} va a la cabeza en {count} de {of} cuadros"],
  map_close: ["{count} are close calls", "{count} son empate técnico"],
  map_futures: ["{futures} futures in each square.", "{futures} futuros en cada cuadro."],
  never_best: ["Never best anywhere on this map: {list}.", "Nunca la mejor en este mapa: {list}."],
  marker: [
    "You stand at {x} across and {y} upwards. Arrow keys move you.",
    "Usted está en {x} hacia la derecha y {y} hacia arriba. Las flechas lo mueven.",
  ],
  marker_free: [
    "You hold neither of the two. Arrow keys hold both and move you.",
    "No fija los dos. Las flechas los fijan y lo mueven.",
  ],
  hinges: ["What your answer hinges on", "De qué depende su respuesta"],
  hinges_note: [
    "How far each assumption moves the gap between {a} and {b} within your ranges. Open dot: lowest values; full dot: highest. Right is better for {a}.",
    "Cuánto mueve cada supuesto la diferencia entre {a} y {b} dentro de sus rangos. Punto abierto: valores bajos; lleno: altos. A la derecha es mejor para {a}.",
  ],
  hinges_none: [
    "Too few futures in the file fit your ranges to say.",
    "Muy pocos futuros del archivo caben en sus rangos para decirlo.",
  ],
  share_spread: ["Share of the gap’s spread", "Parte de la variación"],
  assumption: ["Assumption", "Supuesto"],
  moves: ["Moves the gap", "Mueve la diferencia"],
  flips: ["Smallest changes that move the lead", "Los cambios más pequeños que mueven la cabeza"],
  flips_note: [
    "From where you stand, one assumption at a time; nearest first.",
    "Desde donde está usted, un supuesto a la vez; primero el más cercano.",
  ],
  flips_find: ["Look for them", "Buscarlos"],
  flips_busy: ["Looking along {count} assumptions…", "Buscando a lo largo de {count} supuestos…"],
  flips_none: [
    "None of the {count} strongest assumptions, moved alone, moves the lead.",
    "Ninguno de los {count} supuestos más fuertes, movido por sí solo, mueve la cabeza.",
  ],
  flip_to: ["{front} when “{label}” passes {value}", "{front} cuando «{label}» pasa de {value}"],
  lead_of: ["{name} leads", "{name} va a la cabeza"],
  steps: ["{steps} of 100 of its range away", "a {steps} de 100 de su rango"],
  fans: ["Your view over time", "Su visión en el tiempo"],
  fans_note: [
    "All options on one scale. Bands hold 5 to 95 and 25 to 75 of 100 of {futures} futures; the line is the middle one. Across: {unit} since the start. Upwards: {measure}.",
    "Todas las opciones en una escala. Las bandas abarcan de 5 a 95 y de 25 a 75 de cada 100 de {futures} futuros; la línea es el de en medio. A la derecha: {unit} desde el inicio. Hacia arriba: {measure}.",
  ],
  fans_draw: ["Draw them", "Dibujarlos"],
  fans_outcome: ["Outcome", "Resultado"],
  fan_end: [
    "{name}: at the end {low}, {middle}, {high} (low, middle, high)",
    "{name}: al final {low}, {middle}, {high} (bajo, medio, alto)",
  ],
  claims: ["The claims in your futures", "Las afirmaciones en sus futuros"],
  claims_note: [
    "Each claim is judged again in your futures. Its numbers are thresholds: move them. Of a ratio, 0.8 is a fifth lower and 1.05 a twentieth higher.",
    "Cada afirmación se juzga otra vez en sus futuros. Sus números son umbrales: muévalos. En una razón, 0.8 es una quinta parte menos y 1.05 una vigésima más.",
  ],
  claim_holds: ["Holds in {count} of 100 ({low} to {high})", "Se cumple en {count} de cada 100 ({low} a {high})"],
  claim_undecided: ["Cannot be judged", "No se puede juzgar"],
  threshold: ["threshold {at}", "umbral {at}"],
  threshold_label: ["Claim {claim}, threshold {at}", "Afirmación {claim}, umbral {at}"],
  ledger_find: ["Find in the ledger", "Buscar en el registro"],
  ledger_grade: ["Grade", "Calidad"],
  ledger_any: ["any", "cualquiera"],
  ledger_sort: ["Order", "Orden"],
  ledger_case: ["as in the case", "como en el caso"],
  ledger_name: ["by name", "por nombre"],
  ledger_shown: ["{count} of {of} shown", "se muestran {count} de {of}"],
  share: ["Send me your view", "Mándeme su visión"],
  share_note: [
    "What you have set is in the address of this page. Whoever has this file can paste the code below.",
    "Lo que ha fijado está en la dirección de esta página. Quien tenga este archivo puede pegar el código de abajo.",
  ],
  code: ["Code of your view", "Código de su visión"],
  copy: ["Copy", "Copiar"],
  copied: ["Copied.", "Copiado."],
  use: ["Use this code", "Usar este código"],
  reset: ["Reset everything", "Restablecer todo"],
} satisfies Record<string, Line>;

export type Name = keyof typeof LINES;

/** A text in a language, its places filled in. */
export function words(language: Language, name: Name, places: Record<string, string | number> = {}): string {
  return LINES[name][language === "en" ? 0 : 1].replace(/\{(\w+)\}/g, (_, place: string) => String(places[place] ?? ""));
}

/** The same as nodes: a place may hold an element. */
export function phrase(language: Language, name: Name, places: Record<string, string | number | Node>): DocumentFragment {
  const piece = document.createDocumentFragment();
  for (const part of LINES[name][language === "en" ? 0 : 1].split(/(\{\w+\})/)) {
    const place = /^\{(\w+)\}$/.exec(part);
    const found = place ? places[place[1]] : part;
    if (found instanceof Node) piece.append(found.cloneNode(true));
    else piece.append(String(found ?? ""));
  }
  return piece;
}

// What the live page says in its own name, in English and Spanish: one line for each text, checked by type and by test.

import type { Language } from "../language.ts";

type Line = { en: string; es: string };

/** Every text; `{name}` is filled in. Shares are counts in 100 futures and never called chances. */
export const LINES = {
  heading: { en: "Try it yourself", es: "Pruébelo usted" },
  intro: {
    en: "Hold an assumption at a value, and the model runs again here, in this page. What you do not hold varies over its whole range.",
    es: "Fije un supuesto en un valor y el modelo corre otra vez aquí, en esta página. Lo que no fija varía en todo su rango.",
  },
  loading: { en: "The model is being unpacked and checked…", es: "El modelo se desempaca y se revisa…" },
  checked: {
    en: "The page ran {futures} futures under every option again and got the file’s numbers, bit for bit.",
    es: "La página corrió otra vez {futures} futuros con cada opción y obtuvo los números del archivo, bit por bit.",
  },
  check_failed: {
    en: "The model in this page did not give the file’s numbers again. The page stays as it was written, without controls.",
    es: "El modelo de esta página no volvió a dar los números del archivo. La página queda como se escribió, sin controles.",
  },
  no_wasm: {
    en: "This browser does not run the model. The page stays as it was written, without controls.",
    es: "Este navegador no corre el modelo. La página queda como se escribió, sin controles.",
  },
  no_payload: {
    en: "This memo carries no model that can run. The page stays as it was written, without controls.",
    es: "Este memo no lleva un modelo que pueda correr. La página queda como se escribió, sin controles.",
  },
  verdict: { en: "Verdict as set", es: "Veredicto con lo fijado" },
  nothing_held: {
    en: "Nothing is held: every assumption varies over its whole range. No camp is the starting point.",
    es: "Nada está fijo: cada supuesto varía en todo su rango. Ninguna postura es el punto de partida.",
  },
  held: { en: "As set: {list}. Everything else varies.", es: "Con lo fijado: {list}. Todo lo demás varía." },
  is: { en: "{label} {value}", es: "{label} {value}" },
  within: { en: "{label} {low} to {high}", es: "{label} de {low} a {high}" },
  basis: {
    en: "{futures} futures simulated under each of {options} options. In brackets: how far chance may have moved the count, 95 times in 100.",
    es: "{futures} futuros simulados con cada una de {options} opciones. Entre paréntesis: cuánto pudo mover el azar la cuenta, 95 de cada 100 veces.",
  },
  glance: { en: "A first look at {futures} futures; more follow.", es: "Primer vistazo con {futures} futuros; siguen más." },
  leads: { en: "{name} leads in {count} of 100 ({low} to {high})", es: "{name} va a la cabeza en {count} de cada 100 ({low} a {high})" },
  mostly: {
    en: "Most often a close call ({close} of 100); {name} leads in {count} ({low} to {high})",
    es: "Las más de las veces, empate técnico ({close} de cada 100); {name} va a la cabeza en {count} ({low} a {high})",
  },
  too_close: {
    en: "Too close to call: {first} leads in {count} of 100 ({low} to {high}), {second} in {other}",
    es: "Empate técnico: {first} va a la cabeza en {count} de cada 100 ({low} a {high}), {second} en {other}",
  },
  nobody: { en: "Too close to call: no option leads", es: "Empate técnico: ninguna opción va a la cabeza" },
  broken: { en: "{count} futures broke and are left out.", es: "{count} futuros fallaron y quedan fuera." },
  whole: { en: "Over the whole range: {list}", es: "En todo el rango: {list}" },
  close_calls: { en: "close calls {count}", es: "empate técnico {count}" },
  by_values: { en: "By your values", es: "Según sus valores" },
  by_values_hint: { en: "Give weights under “Your values” to add this line.", es: "Dé pesos en «Sus valores» para agregar este renglón." },
  judged_by: { en: "Strips and map show", es: "Las tiras y el mapa muestran" },
  with_addon: { en: "With", es: "Con" },
  main: { en: "Two assumptions that matter most here", es: "Los dos supuestos que más importan aquí" },
  strip_note: {
    en: "Under each slider: who leads along it, all else as set. Hatched: a close call. Thick mark: the lead changes.",
    es: "Bajo cada control: quién va a la cabeza a lo largo de él, con lo demás fijo como está. Rayado: empate técnico. Marca gruesa: cambia la cabeza.",
  },
  varies: { en: "varies", es: "varía" },
  let_vary: { en: "Let it vary", es: "Dejar que varíe" },
  let_vary_label: { en: "Let “{label}” vary again", es: "Dejar que «{label}» varíe otra vez" },
  hold: { en: "Hold", es: "Fijar" },
  range: { en: "case’s range {low} to {high}", es: "rango del caso {low} a {high}" },
  narrowed: { en: "kept between {low} and {high}", es: "entre {low} y {high}" },
  kept_values: { en: "kept at {values}", es: "en {values}" },
  now_leads: { en: "{name} leads here", es: "aquí va a la cabeza {name}" },
  now_close: { en: "close call here", es: "aquí, empate técnico" },
  now_unknown: { en: "strip not computed yet", es: "tira aún sin calcular" },
  changes_at: { en: "changes at {values}", es: "cambia en {values}" },
  no_changes: { en: "no change along it", es: "no cambia a lo largo" },
  strip_title: { en: "Who leads along: {label}", es: "Quién va a la cabeza a lo largo de: {label}" },
  ahead: { en: "close call, {name} ahead", es: "empate técnico, {name} adelante" },
  close: { en: "close call", es: "empate técnico" },
  few: { en: "too few futures", es: "muy pocos futuros" },
  part: { en: "{low} to {high}: {front}", es: "{low} a {high}: {front}" },
  all_assumptions: { en: "All {count} assumptions that someone contests", es: "Los {count} supuestos que alguien disputa" },
  all_note: {
    en: "What nobody argues about, and luck, has no control here: it varies in every future. That includes what a campaign consists of.",
    es: "Lo que nadie discute, y el azar, no tiene control aquí: varía en cada futuro. Eso incluye en qué consiste una campaña.",
  },
  narrow: { en: "Narrow the range", es: "Estrechar el rango" },
  from: { en: "from", es: "de" },
  to: { en: "to", es: "a" },
  from_label: { en: "{label}: least value", es: "{label}: valor mínimo" },
  to_label: { en: "{label}: greatest value", es: "{label}: valor máximo" },
  filter: { en: "Find an assumption", es: "Buscar un supuesto" },
  fit: {
    en: "{count} of {of} futures in the file fit your ranges; the others keep their place within them.",
    es: "{count} de {of} futuros del archivo caben en sus rangos; los demás conservan su lugar dentro de ellos.",
  },
  values: { en: "Your values", es: "Sus valores" },
  values_note: {
    en: "How much each outcome counts for you. This is about what matters, not about what is true: no simulation runs.",
    es: "Cuánto cuenta cada resultado para usted. Se trata de lo que importa, no de lo que es cierto: no corre ninguna simulación.",
  },
  weight_of: { en: "Weight of: {name}", es: "Peso de: {name}" },
  weight_value: { en: "{weight} ({share} of 100)", es: "{weight} ({share} de 100)" },
  no_weight: { en: "not counted", es: "no cuenta" },
  camps: { en: "Start from a camp’s view", es: "Partir de la visión de una postura" },
  camps_note: {
    en: "None is set. Each button sets a camp’s beliefs and values; you may take only one of the two.",
    es: "Ninguna está puesta. Cada botón pone las creencias y los valores de una postura; puede tomar sólo lo uno o lo otro.",
  },
  take_both: { en: "Beliefs and values", es: "Creencias y valores" },
  take_beliefs: { en: "Beliefs only", es: "Sólo creencias" },
  take_values: { en: "Values only", es: "Sólo valores" },
  take_label: { en: "{name}: {what}", es: "{name}: {what}" },
  struck: {
    en: "By law, this camp rules out {list}; here they compete all the same.",
    es: "Por ley, esta postura descarta {list}; aquí compiten igual.",
  },
  map: { en: "Win map of two assumptions", es: "Mapa de dos supuestos" },
  map_note: {
    en: "Each square runs the model again with both assumptions held there, all else as set. Hatched: a close call.",
    es: "Cada cuadro corre el modelo con ambos supuestos fijos ahí, lo demás como está. Rayado: empate técnico.",
  },
  across: { en: "Across", es: "Hacia la derecha" },
  up: { en: "Upwards", es: "Hacia arriba" },
  map_busy: { en: "The map is being computed…", es: "El mapa se está calculando…" },
  map_leads: { en: "{name} leads in {count} of {of} squares", es: "{name} va a la cabeza en {count} de {of} cuadros" },
  map_close: { en: "{count} are close calls", es: "{count} son empate técnico" },
  map_futures: { en: "{futures} futures in each square.", es: "{futures} futuros en cada cuadro." },
  never_best: { en: "Never best anywhere on this map: {list}.", es: "Nunca la mejor en este mapa: {list}." },
  marker: {
    en: "You stand at {x} across and {y} upwards. Arrow keys move you.",
    es: "Usted está en {x} hacia la derecha y {y} hacia arriba. Las flechas lo mueven.",
  },
  marker_free: {
    en: "You hold neither of the two. Arrow keys hold both and move you.",
    es: "No fija los dos. Las flechas los fijan y lo mueven.",
  },
  hinges: { en: "What your answer hinges on", es: "De qué depende su respuesta" },
  hinges_note: {
    en: "How far each assumption moves the gap between {a} and {b} within your ranges. Open dot: lowest values; full dot: highest. Right is better for {a}.",
    es: "Cuánto mueve cada supuesto la diferencia entre {a} y {b} dentro de sus rangos. Punto abierto: valores bajos; lleno: altos. A la derecha es mejor para {a}.",
  },
  hinges_none: { en: "Too few futures in the file fit your ranges to say.", es: "Muy pocos futuros del archivo caben en sus rangos para decirlo." },
  share_spread: { en: "Share of the gap’s spread", es: "Parte de la dispersión" },
  assumption: { en: "Assumption", es: "Supuesto" },
  moves: { en: "Moves the gap", es: "Mueve la diferencia" },
  flips: { en: "Smallest changes that move the lead", es: "Los cambios más pequeños que mueven la cabeza" },
  flips_note: {
    en: "From where you stand, one assumption at a time; nearest first.",
    es: "Desde donde está usted, un supuesto a la vez; primero el más cercano.",
  },
  flips_find: { en: "Look for them", es: "Buscarlos" },
  flips_busy: { en: "Looking along {count} assumptions…", es: "Buscando a lo largo de {count} supuestos…" },
  flips_none: {
    en: "None of the {count} strongest assumptions, moved alone, moves the lead.",
    es: "Ninguno de los {count} supuestos más fuertes, movido por sí solo, mueve la cabeza.",
  },
  flip_to: { en: "{front} when “{label}” passes {value}", es: "{front} cuando «{label}» pasa de {value}" },
  lead_of: { en: "{name} leads", es: "{name} va a la cabeza" },
  steps: { en: "{steps} of 100 of its range away", es: "a {steps} de 100 de su rango" },
  fans: { en: "Your view over time", es: "Su visión en el tiempo" },
  fans_note: {
    en: "All options on one scale. Bands hold 5 to 95 and 25 to 75 of 100 of {futures} futures; the line is the middle one.",
    es: "Todas las opciones en una escala. Las bandas abarcan de 5 a 95 y de 25 a 75 de cada 100 de {futures} futuros; la línea es el de en medio.",
  },
  fans_draw: { en: "Draw them", es: "Dibujarlos" },
  fans_outcome: { en: "Outcome", es: "Resultado" },
  fan_end: { en: "{name}: at the end {low}, {middle}, {high} (low, middle, high)", es: "{name}: al final {low}, {middle}, {high} (bajo, medio, alto)" },
  claims: { en: "The claims in your futures", es: "Las afirmaciones en sus futuros" },
  claims_note: {
    en: "Each claim is judged again in your futures. Its numbers are thresholds: move them.",
    es: "Cada afirmación se juzga otra vez en sus futuros. Sus números son umbrales: muévalos.",
  },
  claim_holds: { en: "holds in {count} of 100 ({low} to {high})", es: "se cumple en {count} de cada 100 ({low} a {high})" },
  claim_undecided: { en: "cannot be judged", es: "no se puede juzgar" },
  threshold: { en: "threshold {at}", es: "umbral {at}" },
  threshold_label: { en: "Claim {claim}, threshold {at}", es: "Afirmación {claim}, umbral {at}" },
  ledger_find: { en: "Find in the ledger", es: "Buscar en el registro" },
  ledger_grade: { en: "Grade", es: "Calidad" },
  ledger_any: { en: "any", es: "cualquiera" },
  ledger_sort: { en: "Order", es: "Orden" },
  ledger_case: { en: "as in the case", es: "como en el caso" },
  ledger_name: { en: "by name", es: "por nombre" },
  ledger_shown: { en: "{count} of {of} shown", es: "se muestran {count} de {of}" },
  share: { en: "Send me your view", es: "Mándeme su visión" },
  share_note: {
    en: "What you have set is in the address of this page. Whoever has this file can paste the code below.",
    es: "Lo que ha fijado está en la dirección de esta página. Quien tenga este archivo puede pegar el código de abajo.",
  },
  code: { en: "Code of your view", es: "Código de su visión" },
  copy: { en: "Copy", es: "Copiar" },
  copied: { en: "Copied.", es: "Copiado." },
  use: { en: "Use this code", es: "Usar este código" },
  reset: { en: "Reset everything", es: "Restablecer todo" },
} satisfies Record<string, Line>;

export type Name = keyof typeof LINES;

/** A text in a language, its places filled in. */
export function words(language: Language, name: Name, places: Record<string, string | number> = {}): string {
  return LINES[name][language].replace(/\{(\w+)\}/g, (_, place: string) => String(places[place] ?? ""));
}

/** The same as nodes: a place may hold an element. */
export function phrase(language: Language, name: Name, places: Record<string, string | number | Node>): DocumentFragment {
  const piece = document.createDocumentFragment();
  for (const part of LINES[name][language].split(/(\{\w+\})/)) {
    const place = /^\{(\w+)\}$/.exec(part);
    const found = place ? places[place[1]] : part;
    if (found instanceof Node) piece.append(found.cloneNode(true));
    else piece.append(String(found ?? ""));
  }
  return piece;
}

// The claims, judged again in the reader's futures, with the numbers in them as thresholds that move.

import type { Language } from "../language.ts";
import type { Claim, Proposition, Quantity } from "../types.ts";
import { type Desk, busy } from "../reader/desk.ts";
import { type Run, partOf, request } from "../reader/ensemble.ts";
import { interval } from "../reader/judge.ts";
import { perHundred } from "../reader/number.ts";
import { holds } from "../reader/proposition.ts";
import { h } from "../page/dom.ts";
import { words } from "../page/words.ts";

/** The panel. Only claims that are judged future by future are in it. */
export function claims(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const rows = catalogue.claims.flatMap((claim, at) => (claim.kind === "outcome" && claim.proposition ? [row(desk, language, claim, at)] : []));
  const show = () => rows.forEach(({ show }) => show());
  const element = h(
    "details",
    { class: "judged", ontoggle: () => void busy(async () => (show(), await others(desk), show())) },
    h("summary", {}, words(language, "claims")),
    h("p", { class: "note" }, words(language, "claims_note")),
    ...rows.map(({ element }) => element),
  );
  desk.listen((change) => {
    if (!element.open) return;
    if (change !== "settled") show();
    else void busy(async () => (await others(desk), show()));
  });
  return element;
}

function row(desk: Desk, language: Language, claim: Claim, at: number): { element: HTMLElement; show: () => void } {
  const says = h("output");
  // One number that stands in several places is one threshold.
  const known = [...new Set(claim.thresholds)];
  const inputs = known.map((threshold, k) =>
    h("input", {
      type: "number",
      step: "any",
      value: threshold,
      "aria-label": words(language, "threshold_label", { claim: at + 1, at: k + 1 }),
      onchange: () => {
        const values = claim.thresholds.map((threshold) => Number(inputs[known.indexOf(threshold)].value));
        const same = values.every((value, k) => value === claim.thresholds[k]);
        if (!values.every(Number.isFinite)) return;
        desk.change((view) => (same ? view.thresholds.delete(at) : view.thresholds.set(at, values)));
      },
    }),
  );
  const show = () => {
    const thresholds = desk.view.thresholds.get(at) ?? claim.thresholds;
    inputs.forEach((input, k) => (input.value = String(thresholds[claim.thresholds.indexOf(known[k])])));
    if (!desk.run) return;
    const [count, of] = judged(desk, desk.run, claim, thresholds);
    const [low, high] = interval(count, of);
    says.textContent =
      of === 0
        ? words(language, "claim_undecided")
        : words(language, "claim_holds", { count: perHundred(count, of), low: Math.round(100 * low), high: Math.round(100 * high) });
  };
  const fields = inputs.flatMap((input, k) => [h("label", {}, `${words(language, "threshold", { at: inputs.length > 1 ? k + 1 : "" }).trim()} `, input), " "]);
  return { element: h("div", { class: "claim" }, h("p", {}, `${at + 1}. ${claim.text[language]} `, h("strong", {}, says)), h("p", { class: "small" }, ...fields)), show };
}

/** Results of a run's futures under options of other add-ons, which some claims speak of. */
const beside = new WeakMap<Run, Map<number, Float64Array>>();

/** Simulates what the claims need beside the options that are compared. */
async function others(desk: Desk): Promise<void> {
  const { run, live } = desk;
  if (!run || !desk.settled || beside.has(run)) return;
  const wanted = new Set<number>();
  for (const { proposition } of live.catalogue.claims) if (proposition) spoken(proposition, wanted);
  const missing = [...wanted].filter((option) => !run.options.includes(option));
  const results = await live.simulate(request(missing, run.futures));
  beside.set(run, new Map(missing.map((option, at) => [option, results[at]])));
}

/** The options that a proposition speaks of. */
function spoken(piece: Proposition | Quantity, found: Set<number>): void {
  if ("measure" in piece) found.add(piece.option);
  for (const inner of Object.values(piece)) {
    for (const part of Array.isArray(inner) ? inner : [inner]) if (part && typeof part === "object") spoken(part as Proposition, found);
  }
}

/** In how many of the run's futures a claim holds, of those in which it is decided. */
function judged(desk: Desk, run: Run, claim: Claim, thresholds: number[]): [number, number] {
  const { catalogue } = desk.live;
  const factors = catalogue.factors.length;
  const more = beside.get(run);
  const position = new Map(run.options.map((option, at) => [option, at]));
  let count = 0;
  let of = 0;
  for (let future = 0; future < run.rows; future++) {
    const inputs = run.futures.inputs.subarray(future * factors, (future + 1) * factors);
    const found = holds(claim.proposition as NonNullable<Claim["proposition"]>, {
      threshold: (at) => thresholds[at],
      measure: (measure, option) => {
        const at = position.get(option);
        const other = more?.get(option);
        if (at === undefined && !other) return NaN;
        const value = at === undefined ? (other as Float64Array)[future * catalogue.measures.length + measure] : run.value(at, measure, future);
        const end = catalogue.measures[measure].censoredAt;
        return value === Infinity && end !== null ? end : value;
      },
      factor: (factor) => inputs[factor],
      part: (split, part) => partOf(catalogue, inputs, split, part),
    });
    if (found === null) continue;
    of += 1;
    if (found) count += 1;
  }
  return [count, of];
}

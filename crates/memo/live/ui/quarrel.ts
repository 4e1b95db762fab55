// Facts or values: how far every two camps, and the reader and each camp, are apart in the reader's world, and whether sharing
// beliefs or sharing weights would bring them together. Moving a weight simulates nothing.

import type { Language } from "../language.ts";
import { type Desk, busy } from "../reader/desk.ts";
import { type Run, futuresOf, optionsOf, simulated } from "../reader/ensemble.ts";
import { type Quarrel, type Sums, judged, sums } from "../reader/quarrel.ts";
import { type View, hasWeights, open } from "../reader/view.ts";
import { badge, fresh, h } from "../page/dom.ts";
import { rowsOf, take } from "../page/download.ts";
import { NUMERALS } from "./camps.ts";
import { words } from "../page/words.ts";

/** Futures of each side's beliefs, under every option. */
const FUTURES = 256;
/** Sides less far apart than this, in points of 100, would choose alike. */
const ALIKE = 0.05;

/** The panel: simulated when it is opened. */
export function quarrels(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const you = catalogue.camps.length;
  const id = fresh();
  const body = h("tbody");
  const note = h("p", { class: "note", role: "status" });
  const table = h(
    "table",
    { class: "numbers" },
    h("thead", {}, h("tr", {}, ...(["pair", "apart", "by_beliefs", "by_weights"] as const).map((name) => h("th", { scope: "col" }, words(language, name))))),
    body,
  );
  const menu = h(
    "select",
    { id, onchange: () => void busy(compute) },
    h("option", { value: "all" }, words(language, "set_for_all")),
    h("option", { value: "mine" }, words(language, "set_mine")),
  );
  let runs: Run[] = [];
  let known = "";
  let stop: AbortController | null = null;

  /** What a side believes: its camp's beliefs, and what the reader has set, if that holds for everyone. */
  const believed = (side: number): View => {
    const { pins, ranges, addon } = desk.view;
    const shared = side === you || menu.value === "all";
    const own = (catalogue.camps[side]?.beliefs ?? []).map(({ factor, between, oneOf }) => [factor, between ? { between } : { oneOf: oneOf ?? [] }] as const);
    return { ...open(catalogue), addon, pins: new Map(shared ? pins : []), ranges: new Map([...own, ...(shared ? ranges : [])]) };
  };
  const compute = async () => {
    const { view } = desk;
    const key = JSON.stringify([menu.value, [...view.pins], [...view.ranges], view.addon]);
    if (key === known) return draw();
    stop?.abort();
    const mine = (stop = new AbortController());
    note.textContent = words(language, "quarrels_busy");
    try {
      const found: Run[] = [];
      for (let side = 0; side <= you; side++) {
        found.push(await simulated(desk.live, futuresOf(desk.live, believed(side), FUTURES), view.addon, null, { signal: mine.signal }));
        if (mine.signal.aborted) return;
      }
      [runs, known] = [found, key];
      draw();
    } catch (error) {
      if (!mine.signal.aborted) throw error;
    }
  };
  const draw = () => {
    if (runs.length === 0) return;
    const { policies } = optionsOf(catalogue, runs[0].addon);
    const weights = [...catalogue.camps.map((camp) => weightsOf(desk, camp.values)), desk.view.weights];
    const added = new Map<number, Sums>();
    const of = (beliefs: number, values: number): Sums => {
      const at = beliefs * weights.length + values;
      let found = added.get(at);
      if (!found) added.set(at, (found = sums(catalogue, runs[beliefs], weights[values])));
      return found;
    };
    const sides = [...(hasWeights(desk.view) ? [you] : []), ...catalogue.camps.keys()];
    const pairs = sides.flatMap((a, at) => sides.slice(at + 1).map((b) => ({ a, b, ...judged(of, a, b) })));
    const most = Math.max(...pairs.map(({ found }) => found.total), Number.MIN_VALUE);
    const side = (of: number, prefers: number) => {
      const name = of === you ? words(language, "you") : `${NUMERALS[of] ?? of + 1}. ${catalogue.camps[of].name[language]}`;
      return [badge(policies[prefers]), ` ${name}`];
    };
    body.replaceChildren(
      ...pairs.map(({ a, b, found, errors }) => {
        const name = h("th", { scope: "row" }, ...side(a, found.prefers[0]), h("br"), ...side(b, found.prefers[1]));
        if (100 * found.total < ALIKE) return h("tr", {}, name, h("td", { colspan: 3 }, words(language, "alike")));
        return h("tr", {}, name, h("td", {}, points(found.total, errors.total), split(found, most)), h("td", {}, points(found.facts, errors.facts)), h("td", {}, points(found.values, errors.values)));
      }),
    );
    note.textContent = words(language, "quarrels_basis", { futures: Math.min(...runs.map(({ rows }) => rows)) });
  };
  const element = h(
    "details",
    { class: "quarrel", ontoggle: () => element.open && desk.settled && void busy(compute) },
    h("summary", {}, words(language, "quarrels")),
    h("p", { class: "note" }, words(language, "quarrels_note")),
    h("p", {}, h("label", { for: id }, words(language, "what_is_set")), " ", menu),
    table,
    note,
    take(language, words(language, "quarrels"), () => rowsOf(table)),
  );
  desk.listen((change) => {
    if (!element.open) return;
    if (change === "settled") void busy(compute);
    else if (change === "view") draw();
  });
  return element;
}

/** A camp's weights for all outcomes. */
function weightsOf(desk: Desk, values: { outcome: number; weight: number }[]): number[] {
  const all = desk.live.catalogue.outcomes.map(() => 0);
  for (const { outcome, weight } of values) all[outcome] = weight;
  return all;
}

/** Points of 100, and how far chance may have moved them, 95 times in 100. */
function points(score: number, error: number): string {
  const rounded = (100 * score).toFixed(1).replace(/^-0\.0$/, "0.0");
  return `${rounded} ± ${(196 * error).toFixed(1)}`.replace("-", "−");
}

/** The distance as a bar of two parts: full for what beliefs take away, hatched for weights. */
function split({ total, facts, values }: Quarrel, most: number): HTMLElement {
  const [one, other] = [Math.max(0, facts), Math.max(0, values)];
  const part = (share: number, name: string) => h("i", { class: name, style: `flex:${(share / (one + other || 1)).toFixed(3)}` });
  return h("span", { class: "split", style: `width:${Math.round((100 * total) / most)}%`, "aria-hidden": "true" }, part(one, ""), part(other, "h"));
}

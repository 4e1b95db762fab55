// What the reader's answer hinges on, and the smallest changes that move the lead from where they stand.

import type { Language } from "../language.ts";
import { type Desk, busy, question, sampled } from "../reader/desk.ts";
import { optionsOf } from "../reader/ensemble.ts";
import { type Hinge, flips, hinges as found, lead } from "../reader/hinge.ts";
import { type Front, leaders, tally, topTwo } from "../reader/judge.ts";
import { controlled } from "./assumptions.ts";
import { h, named } from "../page/dom.ts";
import { type Rows, take } from "../page/download.ts";
import { valueText } from "./slider.ts";
import { stripOf } from "./strip.ts";
import { phrase, words } from "../page/words.ts";

/** This many hinges are shown, and looked along for changes. */
const SHOWN = 8;
/** Places along an assumption, and futures at each, where changes are looked for. */
const PLACES = 16;
const FUTURES = 32;
/** Half the width of a bar, as the style sheet has it. */
const HALF = 82;

/** The hinges of the chosen outcome among the embedded futures that fit, and the pair of policies (positions). */
export function ranked(desk: Desk): { pair: [number, number]; items: Hinge[] } {
  const { table, leads, fits } = sampled(desk);
  const pair = topTwo(tally(leads, table.policies.length, fits).leads);
  if (pair[1] < 0) return { pair, items: [] };
  return { pair, items: found(desk.live, table, question(desk), pair, fits, controlled(desk)) };
}

/** Bars of the strongest hinges. */
export function hinges(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const body = h("tbody");
  const table = h(
    "table",
    {},
    h("thead", {}, h("tr", {}, ...(["assumption", "moves", "share_spread"] as const).map((name) => h("th", { scope: "col" }, words(language, name))))),
    body,
  );
  const note = h("p", { class: "note" });
  const draw = () => {
    const { pair, items } = ranked(desk);
    const { policies } = optionsOf(catalogue, desk.view.addon);
    table.hidden = items.length === 0;
    if (table.hidden) {
      note.textContent = words(language, "hinges_none");
      return;
    }
    const shown = items.slice(0, SHOWN);
    const reach = Math.max(...shown.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)])) || 1;
    const [a, b] = pair.map((position) => named(catalogue, policies[position], language));
    note.replaceChildren(phrase(language, "hinges_note", { a, b }));
    body.replaceChildren(
      ...shown.map(({ factor, share, low, high }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, catalogue.factors[factor].label[language]),
          h("td", {}, h("u", { class: "gap", style: `--a:${at(low, reach)};--b:${at(high, reach)}` })),
          h("td", {}, Math.max(0, share).toFixed(2)),
        ),
      ),
    );
  };
  const rows = (): Rows => {
    const { policies } = optionsOf(catalogue, desk.view.addon);
    const { pair, items } = ranked(desk);
    const names = pair.map((position) => (position < 0 ? "" : catalogue.policies[policies[position]].name[language]));
    return [
      ["assumption", `gap of ${names.join(" over ")} at low values`, "gap at high values", "share of spread"],
      ...items.map(({ factor, share, low, high }) => [catalogue.factors[factor].label[language], low, high, share]),
    ];
  };
  const element = h("details", { class: "pivot", ontoggle: () => element.open && draw() }, h("summary", {}, words(language, "hinges")), note, table, take(language, words(language, "hinges"), rows));
  desk.listen((change) => change === "settled" && element.open && draw());
  return element;
}

const at = (gap: number, reach: number): number => Math.round(90 + (HALF * gap) / reach);

/** The nearest changes of the lead, looked for when asked. */
export function smallest(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const list = h("ol");
  const state = h("p", { class: "note", role: "status" });
  let stop: AbortController | null = null;
  const look = async () => {
    stop?.abort();
    const mine = (stop = new AbortController());
    list.replaceChildren();
    const factors = ranked(desk).items.slice(0, SHOWN).map(({ factor }) => factor);
    for (const pinned of desk.view.pins.keys()) if (!factors.includes(pinned)) factors.push(pinned);
    state.textContent = words(language, "flips_busy", { count: factors.length });
    const { policies } = optionsOf(catalogue, desk.view.addon);
    const near: { away: number; factor: number; at: number; front: Front }[] = [];
    try {
      for (const factor of factors) {
        const slices = await stripOf(desk, factor, mine.signal, PLACES, FUTURES);
        if (mine.signal.aborted) return;
        const { low, high, middle, distribution } = catalogue.factors[factor];
        // The values of a category have no order in which one passes another.
        if (distribution.kind === "categorical") continue;
        const here = desk.view.pins.get(factor) ?? middle;
        for (const { at, below, above } of flips(slices)) near.push({ away: Math.abs(at - here) / (high - low), factor, at, front: at > here ? above : below });
      }
    } catch (error) {
      if (mine.signal.aborted) return;
      throw error;
    }
    near.sort((a, b) => a.away - b.away || a.factor - b.factor);
    state.textContent = near.length ? "" : words(language, "flips_none", { count: factors.length });
    list.replaceChildren(
      ...near.slice(0, SHOWN).map(({ away, factor, at, front }) => {
        const who = lead(front) >= 0 ? phrase(language, "lead_of", { name: named(catalogue, policies[lead(front)], language) }) : words(language, "close");
        const item = h("li", {}, phrase(language, "flip_to", { front: who, label: catalogue.factors[factor].label[language], value: valueText(desk, factor, at, language) }));
        item.append(` (${words(language, "steps", { steps: Math.round(100 * away) })})`);
        return item;
      }),
    );
  };
  desk.listen((change) => {
    if (change !== "view") return;
    stop?.abort();
    list.replaceChildren();
    state.textContent = "";
  });
  return h(
    "details",
    { class: "flips" },
    h("summary", {}, words(language, "flips")),
    h("p", { class: "note" }, words(language, "flips_note")),
    h("button", { type: "button", onclick: () => void busy(look) }, words(language, "flips_find")),
    state,
    list,
  );
}

/** The two assumptions that move the chosen outcome most: the map's axes until the reader chooses. */
export function strongest(desk: Desk): [number, number] {
  const { live } = desk;
  const { table } = sampled(desk);
  const leads = leaders(live.catalogue, table, question(desk));
  const pair = topTwo(tally(leads, table.policies.length).leads);
  const factors = controlled(desk);
  const items = pair[1] < 0 ? [] : found(live, table, question(desk), pair, () => true, factors);
  const order = [...items.map(({ factor }) => factor), ...factors];
  const first = order[0] ?? -1;
  return [first, order.find((factor) => factor !== first) ?? -1];
}

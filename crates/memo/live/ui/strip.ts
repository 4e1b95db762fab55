// The strip under a slider: who leads along an assumption, close calls hatched, the places of change marked.

import { type Desk, question, sampled } from "../reader/desk.ts";
import { fitting, grid, simulated } from "../reader/ensemble.ts";
import { type Slice, flips, lead, slicesOf, strip } from "../reader/hinge.ts";
import { type Front, front, leaders, tally } from "../reader/judge.ts";
import { number } from "../reader/number.ts";
import type { Language } from "../language.ts";
import { h, mark, paint } from "../page/dom.ts";
import { words } from "../page/words.ts";

/** Places along a strip, and futures at each. */
const PLACES = 24;
const FUTURES = 48;
/** Slices of a strip that is counted from the embedded futures. */
const SLICES = 12;
/** With fewer embedded futures a slice the strip is simulated. */
const ENOUGH = 40;

/** Who leads along a factor, all else as set: from the embedded futures while nothing else is held, else simulated. */
export async function stripOf(desk: Desk, factor: number, signal: AbortSignal, places = PLACES, each = FUTURES): Promise<Slice[]> {
  const { live, view } = desk;
  const { catalogue } = live;
  const others = [...view.pins.keys()].some((pinned) => pinned !== factor);
  if (!others) {
    const { table, leads } = sampled(desk);
    const fits = fitting(live, { ...view, ranges: new Map([...view.ranges].filter(([other]) => other !== factor)) });
    let enough = 0;
    for (let row = 0; row < table.rows; row++) if (fits(row)) enough += 1;
    if (enough >= ENOUGH * SLICES) return strip(live, table, leads, factor, fits, SLICES);
  }
  const slices = slicesOf(catalogue, factor, places);
  const whole = catalogue.factors[factor].distribution.kind === "integer";
  const points = slices.map(([low, high]) => [whole ? Math.round((low + high) / 2) : (low + high) / 2]);
  const { futures, point } = grid(live, view, [factor], points, each);
  const run = await simulated(live, futures, view.addon, null, { signal });
  const leads = leaders(catalogue, run, question(desk));
  return slices.map(([low, high], at) => ({ low, high, front: front(tally(leads, run.policies.length, (row) => point[row] === at)) }));
}

/** The strip as a row of coloured parts; equal neighbours are one. */
export function drawStrip(slices: Slice[], policies: number[]): HTMLElement {
  const row = h("div", { class: "lead strip", "aria-hidden": "true" });
  for (const { from, to, front } of runs(slices)) {
    const part = h("span", { style: `flex:${to - from};background:${background(front, policies)}`, class: front.kind === "clear" ? `o${policies[front.position]}` : "h" });
    if ((to - from) / slices.length > 0.06) part.append(mark(front, policies));
    const before = from > 0 ? slices[from - 1].front : front;
    if (from > 0 && lead(before) !== lead(front)) part.classList.add("flip");
    row.append(part);
  }
  return row;
}

/** HTML has no patterns: hatching is the style sheet's. */
const background = (front: Front, policies: number[]): string => (front.kind === "clear" || front.kind === "few" ? paint(front, policies) : "");

function runs(slices: Slice[]): { from: number; to: number; front: Front }[] {
  const found: { from: number; to: number; front: Front }[] = [];
  slices.forEach(({ front }, at) => {
    const last = found.at(-1);
    if (last && JSON.stringify(last.front) === JSON.stringify(front)) last.to = at + 1;
    else found.push({ from: at, to: at + 1, front });
  });
  return found;
}

/** Who is in front, in words. */
export function frontWords(front: Front, desk: Desk, policies: number[], language: Language): string {
  const name = () => desk.live.catalogue.policies[policies[(front as { position: number }).position]].name[language];
  switch (front.kind) {
    case "clear":
      return words(language, "lead_of", { name: name() });
    case "ahead":
      return words(language, "ahead", { name: name() });
    case "tie":
      return words(language, "close");
    case "few":
      return words(language, "few");
  }
}

/** The strip in words, for those who do not see it: "0.1 to 0.4: A leads; ...". */
export function stripWords(slices: Slice[], desk: Desk, policies: number[], language: Language): string {
  return runs(slices)
    .map(({ from, to, front }) =>
      words(language, "part", { low: number(slices[from].low), high: number(slices[to - 1].high), front: frontWords(front, desk, policies, language) }),
    )
    .join("; ");
}

/** Where the lead changes, in words. */
export function changeWords(slices: Slice[], language: Language): string {
  const places = flips(slices).map(({ at }) => number(at));
  return places.length ? words(language, "changes_at", { values: places.join(", ") }) : words(language, "no_changes");
}

// From values to judgements, by the same rules as the crates `analysis` and `memo`: who leads a future by more than the
// margin, the Wilson interval of a share, when a lead is a lead.

import type { Catalogue, Outcome } from "../types.ts";

/** What is asked of the futures: one outcome, or the reader's weights over all of them. */
export type Question = { outcome: number } | { weights: number[] };

/** Measures of a set of futures under the policies of one add-on: NaN where a run broke. */
export interface Table {
  rows: number;
  /** Positions of the policies, in the order of the case. */
  policies: number[];
  /** A measure of a policy (position in `policies`) in a row. */
  value(position: number, measure: number, row: number): number;
}

/** Who leads in how many futures. */
export interface Tally {
  /** Futures that broke under no policy. */
  compared: number;
  /** For each position: futures in which it is best by more than the margin. */
  leads: number[];
}

/** The smallest baseline a share is taken of. */
const NO_BASELINE = 1e-200;
const Z = 1.959963984540054;
/** Fewer futures than this say nothing. */
const FEW = 10;

/** Ends of the 95 % Wilson interval of a share. */
export function interval(count: number, of: number): [number, number] {
  if (of === 0) return [0, 1];
  const p = count / of;
  const z2 = Z * Z;
  const centre = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
  return [count === 0 ? 0 : centre - half, count === of ? 1 : centre + half];
}

/** Merits of all policies in a row, to be compared with `margin`: more is better. Null if one of them has no number. */
export interface Merit {
  margin: number;
  of(row: number): Float64Array | null;
}

/** How a question orders the policies of a table. */
export function merit(catalogue: Catalogue, table: Table, question: Question): Merit {
  const { policies } = table;
  const baseline = policies.indexOf(catalogue.baseline);
  const found = new Float64Array(policies.length);
  if ("outcome" in question) {
    const { outcome } = question;
    const of = catalogue.outcomes[outcome];
    const sign = of.higherIsBetter ? 1 : -1;
    const relative = "shareOfBaseline" in of.closeCall && baseline >= 0;
    const margin = "absolute" in of.closeCall ? of.closeCall.absolute : relative ? of.closeCall.shareOfBaseline : 0;
    return {
      margin,
      of(row) {
        const size = relative ? Math.max(Math.abs(table.value(baseline, outcome, row)), NO_BASELINE) : 1;
        for (let p = 0; p < policies.length; p++) {
          found[p] = (sign * censored(catalogue, outcome, table.value(p, outcome, row))) / size;
          if (!Number.isFinite(found[p])) return null;
        }
        return found;
      },
    };
  }
  const { weights } = question;
  const { total, used } = weighed(weights);
  const margin = used.reduce((sum, { weight, outcome }) => {
    const of = catalogue.outcomes[outcome];
    return sum + ((weight / total) * scoreMargin(of, outcome, table, baseline)) / Math.abs(of.best - of.worst);
  }, 0);
  return { margin, of: scores(catalogue, table, weights) };
}

/** The outcomes that count, and the sum of their weights. */
function weighed(weights: number[]): { total: number; used: { weight: number; outcome: number }[] } {
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return { total, used: weights.map((weight, outcome) => ({ weight, outcome })).filter(({ weight }) => weight > 0) };
}

/** Scores of all policies in a row by some weights; null if one of them has none. The same array each time. */
export function scores(catalogue: Catalogue, table: Table, weights: number[]): (row: number) => Float64Array | null {
  const { total, used } = weighed(weights);
  const found = new Float64Array(table.policies.length);
  return (row) => {
    for (let p = 0; p < found.length; p++) {
      let score = 0;
      for (const { weight, outcome } of used) {
        const { worst, best } = catalogue.outcomes[outcome];
        score += (weight / total) * ((censored(catalogue, outcome, table.value(p, outcome, row)) - worst) / (best - worst));
      }
      found[p] = score;
      if (!Number.isFinite(score)) return null;
    }
    return found;
  };
}

/** A time that never came counts as the end of its window. */
function censored(catalogue: Catalogue, measure: number, value: number): number {
  const end = catalogue.measures[measure].censoredAt;
  return value === Infinity && end !== null ? end : value;
}

/** An outcome's margin in its unit; a relative one is taken of the middle future's baseline. */
function scoreMargin(of: Outcome, outcome: number, table: Table, baseline: number): number {
  if ("absolute" in of.closeCall) return of.closeCall.absolute;
  if (baseline < 0) return 0;
  const sizes: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const value = Math.abs(table.value(baseline, outcome, row));
    if (Number.isFinite(value)) sizes.push(value);
  }
  sizes.sort((a, b) => a - b);
  return of.closeCall.shareOfBaseline * (sizes.length ? quantileOfSorted(sizes, 0.5) : 0);
}

/** A quantile of sorted values, between the two nearest ones. */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** The policy (position) that leads, -1 if nobody does by more than the margin. */
export function leader(merits: ArrayLike<number>, margin: number): number {
  let best = -1;
  let first = -Infinity;
  let second = -Infinity;
  for (let p = 0; p < merits.length; p++) {
    if (merits[p] > first) {
      second = first;
      first = merits[p];
      best = p;
    } else if (merits[p] > second) {
      second = merits[p];
    }
  }
  return first - second > margin ? best : -1;
}

/** Who leads in each row: a position, -1 for a close call, -2 for a future that broke. `struck` policies do not compete. */
export function leaders(catalogue: Catalogue, table: Table, question: Question, struck: ReadonlySet<number> = new Set()): Int8Array {
  const all = new Int8Array(table.rows);
  const by = merit(catalogue, table, question);
  const out = table.policies.map((policy) => struck.has(policy));
  for (let row = 0; row < table.rows; row++) {
    const merits = by.of(row);
    if (!merits) {
      all[row] = -2;
      continue;
    }
    for (let p = 0; p < out.length; p++) if (out[p]) merits[p] = -Infinity;
    all[row] = leader(merits, by.margin);
  }
  return all;
}

/** Counts who leads in some of the rows. */
export function tally(leaders: Int8Array, positions: number, only?: (row: number) => boolean): Tally {
  const counted: Tally = { compared: 0, leads: new Array<number>(positions).fill(0) };
  leaders.forEach((leads, row) => {
    if (leads === -2 || (only && !only(row))) return;
    counted.compared += 1;
    if (leads >= 0) counted.leads[leads] += 1;
  });
  return counted;
}

/** Who is in front in a part of the futures. */
export type Front = { kind: "few" | "tie" } | { kind: "ahead" | "clear"; position: number };

/** Judges a part of the futures by its counts; the first two are a tie when their intervals overlap. */
export function front({ compared, leads }: Tally): Front {
  if (compared < FEW) return { kind: "few" };
  const [first, second] = topTwo(leads);
  if (interval(leads[first], compared)[0] <= interval(second < 0 ? 0 : leads[second], compared)[1]) return { kind: "tie" };
  const close = compared - leads.reduce((sum, count) => sum + count, 0);
  return { kind: close >= leads[first] ? "ahead" : "clear", position: first };
}

/** Positions of the two with most leads; the earlier one where they are equal. */
export function topTwo(leads: number[]): [number, number] {
  const order = leads.map((_, position) => position).sort((a, b) => leads[b] - leads[a] || a - b);
  return [order[0] ?? -1, order[1] ?? -1];
}

/** The verdict on some futures. */
export type Headline =
  | { kind: "leads"; first: number }
  | { kind: "mostly"; first: number }
  | { kind: "tie"; first: number; second: number }
  | { kind: "nobody" };

/** Judges a verdict: a lead within the interval of the next is too close to call. */
export function headline({ compared, leads }: Tally): Headline {
  const [first, second] = topTwo(leads);
  if (first < 0 || leads[first] === 0) return { kind: "nobody" };
  const overlaps = second >= 0 && interval(leads[first], compared)[0] <= interval(leads[second], compared)[1];
  if (overlaps) return { kind: "tie", first, second };
  const close = compared - leads.reduce((sum, count) => sum + count, 0);
  return leads[first] > close ? { kind: "leads", first } : { kind: "mostly", first };
}

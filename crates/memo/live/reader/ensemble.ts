// Futures that fit a view: those of the run, with what the reader has set put in its place.

import type { Catalogue, Live, Manner, Request } from "../types.ts";
import type { Table } from "./judge.ts";
import { holds } from "./proposition.ts";
import type { Belief, View } from "./view.ts";

/** Some futures: their numbers in the run (on which their noise depends) and the values of all factors in each. */
export interface Futures {
  count: number;
  ids: Float64Array;
  inputs: Float64Array;
}

/** At most this many futures of the run are tried for each one that is wanted: constraints may reject some. */
const TRIES = 4;

/**
 * The first futures that fit a view. A future of the run whose value lies outside a narrowed range keeps its place in the
 * distribution, within that range; an assumption that is held has one value in all. Constraints are judged again.
 */
export function futuresOf(live: Live, view: View, wanted: number, held: ReadonlyMap<number, number> = view.pins): Futures {
  const { catalogue, embedded } = live;
  const factors = catalogue.factors.length;
  const ids = new Float64Array(wanted);
  const inputs = new Float64Array(wanted * factors);
  const moved = [...view.ranges].filter(([factor]) => !held.has(factor)).map(([factor, belief]) => mover(live, factor, belief));
  const changed = moved.length > 0 || held.size > 0;
  let count = 0;
  const last = embedded.futures > 0 ? embedded.ids[embedded.futures - 1] : -1;
  for (let at = 0; count < wanted && at < wanted * TRIES; at++) {
    const known = at < embedded.futures;
    const id = known ? embedded.ids[at] : last + 1 + at - embedded.futures;
    if (id >= live.most) break;
    const row = inputs.subarray(count * factors, (count + 1) * factors);
    row.set(known ? live.inputs(at) : live.draw(id));
    for (const move of moved) move(row);
    for (const [factor, value] of held) row[factor] = value;
    // Futures of the run that stay as they are have been judged.
    if ((changed || !known) && !accepted(catalogue, row)) continue;
    ids[count] = id;
    count += 1;
  }
  return { count, ids: ids.subarray(0, count), inputs: inputs.subarray(0, count * factors) };
}

/** Puts a factor's value into the part of its range that is believed. */
function mover(live: Live, factor: number, belief: Belief): (row: Float64Array) => void {
  if ("oneOf" in belief) {
    const known = new Set(belief.oneOf);
    let next = 0;
    return (row) => {
      if (!known.has(row[factor])) row[factor] = belief.oneOf[next++ % belief.oneOf.length];
    };
  }
  const [low, high] = belief.between;
  const whole = live.catalogue.factors[factor].distribution.kind === "integer";
  const from = shareBelow(live, factor, low);
  const to = shareBelow(live, factor, high);
  return (row) => {
    const value = row[factor];
    if (value >= low && value <= high) return;
    const found = live.quantile(factor, from + shareBelow(live, factor, value) * (to - from));
    row[factor] = Math.min(high, Math.max(low, whole ? Math.round(found) : found));
  };
}

/** The share of a factor's distribution below a value. */
function shareBelow(live: Live, factor: number, value: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 24; step++) {
    const middle = (low + high) / 2;
    if (live.quantile(factor, middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Whether every rule of the case holds for these values. */
function accepted(catalogue: Catalogue, row: Float64Array): boolean {
  return catalogue.constraints.every(({ rule, thresholds }) =>
    holds(rule, {
      threshold: (at) => thresholds[at],
      measure: () => NaN,
      factor: (factor) => row[factor],
      part: (split, part) => partOf(catalogue, row, split, part),
    }),
  );
}

/** What a part of a split gets: the total times its weight by the sum of weights. */
export function partOf(catalogue: Catalogue, row: ArrayLike<number>, split: number, part: number): number {
  const { total, parts } = catalogue.splits[split];
  const sum = parts.reduce((sum, { weight }) => sum + row[weight], 0);
  return (row[total] * row[parts[part].weight]) / sum;
}

/** Places of the options of an add-on, one for each policy that has one. */
export function optionsOf(catalogue: Catalogue, addon: number): { options: number[]; policies: number[] } {
  const options: number[] = [];
  const policies: number[] = [];
  catalogue.options.forEach((option, at) => {
    if (option.addon !== addon) return;
    options.push(at);
    policies.push(option.policy);
  });
  return { options, policies };
}

/** Exact results of futures under the options of an add-on. */
export interface Run extends Table {
  futures: Futures;
  options: number[];
  addon: number;
  /** For each option, as the machine gives them. */
  results: Float64Array[];
}

/** Simulates futures over Workers; those of `known`, the first of them, are not run again. */
export async function simulated(live: Live, futures: Futures, addon: number, known: Run | null, manner?: Manner): Promise<Run> {
  const { options } = optionsOf(live.catalogue, addon);
  const from = known && known.addon === addon && known.rows <= futures.count ? known.rows : 0;
  const factors = live.catalogue.factors.length;
  const rest = { count: futures.count - from, ids: futures.ids.subarray(from), inputs: futures.inputs.subarray(from * factors) };
  let results = await live.simulate(request(options, rest), manner);
  if (known && from > 0) results = results.map((more, p) => joined(known.results[p], more));
  return runOf(live.catalogue, futures, addon, results);
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** The request for some options. */
export function request(options: number[], { inputs, ids, count }: Futures): Request {
  return { options, inputs, count, seedRows: ids };
}

/** What futures came to, as a table. */
export function runOf(catalogue: Catalogue, futures: Futures, addon: number, results: Float64Array[]): Run {
  const measures = catalogue.measures.length;
  const { options, policies } = optionsOf(catalogue, addon);
  return { rows: futures.count, futures, options, policies, addon, results, value: (p, measure, row) => results[p][row * measures + measure] };
}

/** The embedded futures as a table: rounded, for what is drawn and never for the verdict. */
export function embeddedTable(live: Live, addon: number): Table {
  const { options, policies } = optionsOf(live.catalogue, addon);
  const measures = live.catalogue.measures.length;
  const columns = new Map<number, Float64Array>();
  return {
    rows: live.embedded.futures,
    policies,
    value(p, measure, row) {
      const key = p * measures + measure;
      let column = columns.get(key);
      if (!column) columns.set(key, (column = live.embedded.column(options[p], measure)));
      return column[row];
    },
  };
}

/** Which embedded futures fit the narrowed ranges of a view. */
export function fitting(live: Live, view: View): (row: number) => boolean {
  const ranges = [...view.ranges];
  return (row) => {
    const inputs = live.inputs(row);
    return ranges.every(([factor, belief]) => {
      const value = inputs[factor];
      return "between" in belief ? value >= belief.between[0] && value <= belief.between[1] : belief.oneOf.includes(value);
    });
  };
}

/** Futures at points of one or more axes: the same futures at every point, so that points differ by nothing else. */
export interface Grid {
  futures: Futures;
  /** Point of each row. */
  point: Int32Array;
}

/** Futures of a view with the factors of `axes` held at each of `points` in turn. */
export function grid(live: Live, view: View, axes: number[], points: number[][], each: number): Grid {
  const held = new Map(view.pins);
  for (const axis of axes) held.delete(axis);
  const free = { ...view, ranges: new Map([...view.ranges].filter(([factor]) => !axes.includes(factor))) };
  const base = futuresOf(live, free, each, held);
  const factors = live.catalogue.factors.length;
  const room = base.count * points.length;
  const ids = new Float64Array(room);
  const inputs = new Float64Array(room * factors);
  const point = new Int32Array(room);
  let count = 0;
  points.forEach((values, at) => {
    for (let future = 0; future < base.count; future++) {
      const row = inputs.subarray(count * factors, (count + 1) * factors);
      row.set(base.inputs.subarray(future * factors, (future + 1) * factors));
      axes.forEach((axis, k) => (row[axis] = values[k]));
      if (!accepted(live.catalogue, row)) continue;
      ids[count] = base.ids[future];
      point[count] = at;
      count += 1;
    }
  });
  return { futures: { count, ids: ids.subarray(0, count), inputs: inputs.subarray(0, count * factors) }, point: point.subarray(0, count) };
}

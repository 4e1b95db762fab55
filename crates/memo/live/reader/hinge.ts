// What the answer hinges on and who leads along one assumption, from the embedded futures.

import type { Catalogue, Live } from "../types.ts";
import { type Front, type Question, type Table, front, merit, tally } from "./judge.ts";

/** How far an assumption moves the gap between two policies. */
export interface Hinge {
  factor: number;
  /** Share of the gap's variance that it explains alone. */
  share: number;
  /** Mean gap in its lowest and in its highest tenth, positive where the first policy does better. */
  low: number;
  high: number;
}

/** Slices for the share of variance, and the tenths of the bars. */
const SLICES = 10;

/** Hinges of the gap between two policies (positions) among rows that fit, the strongest first. */
export function hinges(
  live: Live,
  table: Table,
  question: Question,
  [a, b]: [number, number],
  fits: (row: number) => boolean,
  factors: number[],
): Hinge[] {
  const by = merit(live.catalogue, table, question);
  const rows: number[] = [];
  const gaps: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    const merits = fits(row) ? by.of(row) : null;
    if (!merits) continue;
    rows.push(row);
    gaps.push(merits[a] - merits[b]);
  }
  const n = rows.length;
  if (n < 3 * SLICES) return [];
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / n;
  const total = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0);
  if (total === 0) return [];
  const values = new Map(factors.map((factor) => [factor, new Float64Array(n)]));
  rows.forEach((row, at) => {
    const inputs = live.inputs(row);
    for (const [factor, column] of values) column[at] = inputs[factor];
  });
  const found: Hinge[] = [];
  for (const [factor, column] of values) {
    const order = Array.from(column.keys()).sort((x, y) => column[x] - column[y] || x - y);
    let within = 0;
    const means: number[] = [];
    for (let slice = 0; slice < SLICES; slice++) {
      const part = order.slice(Math.floor((slice * n) / SLICES), Math.floor(((slice + 1) * n) / SLICES));
      const middle = part.reduce((sum, at) => sum + gaps[at], 0) / part.length;
      means.push(middle);
      within += part.reduce((sum, at) => sum + (gaps[at] - middle) ** 2, 0);
    }
    // Chance alone makes the slices differ: Kelley's correction takes that out.
    const share = 1 - within / (n - SLICES) / (total / (n - 1));
    found.push({ factor, share, low: means[0], high: means[SLICES - 1] });
  }
  return found.sort((x, y) => y.share - x.share || x.factor - y.factor);
}

/** A part of a strip: a slice of an assumption's range, or one of its values. */
export interface Slice {
  low: number;
  high: number;
  front: Front;
}

/** Ends of slices along a factor; a category has its values. */
export function slicesOf(catalogue: Catalogue, factor: number, count: number): [number, number][] {
  const { distribution, low, high } = catalogue.factors[factor];
  if (distribution.kind === "categorical") {
    return [...distribution.values].sort((a, b) => a - b).map((value) => [value, value]);
  }
  if (distribution.kind === "integer" && high - low < count) {
    return Array.from({ length: high - low + 1 }, (_, k) => [low + k, low + k]);
  }
  // A sum of steps would leave a crumb where zero is meant.
  const end = (k: number) => (low * (count - k) + high * k) / count;
  return Array.from({ length: count }, (_, k) => [end(k), end(k + 1)]);
}

/** Who leads in each slice of a factor among the rows that fit. */
export function strip(
  live: Live,
  table: Table,
  leads: Int8Array,
  factor: number,
  fits: (row: number) => boolean,
  count: number,
): Slice[] {
  const slices = slicesOf(live.catalogue, factor, count);
  const inside: Set<number>[] = slices.map(() => new Set());
  for (let row = 0; row < table.rows; row++) {
    if (!fits(row)) continue;
    const value = live.inputs(row)[factor];
    const at = slices.findIndex(([low, high]) => (low === high ? value === low : value <= high));
    if (at >= 0) inside[at].add(row);
  }
  return slices.map(([low, high], at) => ({
    low,
    high,
    front: front(tally(leads, table.policies.length, (row) => inside[at].has(row))),
  }));
}

/** Values at which the front changes, each with what stands below and above. */
export function flips(slices: Slice[]): { at: number; below: Front; above: Front }[] {
  const found: { at: number; below: Front; above: Front }[] = [];
  for (let k = 1; k < slices.length; k++) {
    const [below, above] = [slices[k - 1].front, slices[k].front];
    if (lead(below) !== lead(above)) found.push({ at: (slices[k - 1].high + slices[k].low) / 2, below, above });
  }
  return found;
}

/** Who leads clearly in a part; -1 if nobody does. */
export const lead = (front: Front): number => (front.kind === "clear" ? front.position : -1);

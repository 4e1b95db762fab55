// Facts or values: how far two sides are apart, and what sharing beliefs or weights takes away. The rules are those of
// `analysis::decision::disagreement`.

import type { Catalogue } from "../types.ts";
import { type Table, scores } from "./judge.ts";

/** How far two sides are apart, in units of score; positions of the options that they prefer. */
export interface Quarrel {
  prefers: [number, number];
  total: number;
  facts: number;
  values: number;
}

/** What splits a quarrel: mean scores of all options in the futures of side `beliefs`, by the weights of side `values`. */
export type Means = (beliefs: number, values: number) => number[];

/** Splits the quarrel of two sides. Sharing may be on either side's terms: both are tried, and the mean is taken. */
export function quarrel(means: Means, a: number, b: number): Quarrel {
  const apart = (one: number[], other: number[]) => loss(one, preferred(other)) + loss(other, preferred(one));
  const [aa, ab, ba, bb] = [means(a, a), means(a, b), means(b, a), means(b, b)];
  const total = apart(aa, bb);
  const beliefsShared = (apart(aa, ab) + apart(ba, bb)) / 2;
  const valuesShared = (apart(aa, ba) + apart(ab, bb)) / 2;
  return {
    prefers: [preferred(aa), preferred(bb)],
    total,
    facts: (total - beliefsShared + valuesShared) / 2,
    values: (total - valuesShared + beliefsShared) / 2,
  };
}

/** The option of the largest mean, the first of equals. */
function preferred(means: number[]): number {
  return means.reduce((best, mean, option) => (mean > means[best] ? option : best), 0);
}

const loss = (means: number[], option: number): number => means[preferred(means)] - means[option];

/** Parts of the futures that are left out in turn, to see how far chance moves a quarrel. */
export const PARTS = 10;

/** Sums of scores over futures in which every option has one, apart for each of `PARTS` parts. */
export interface Sums {
  counts: number[];
  sums: number[][];
}

/** Adds up the scores of a table by some weights. */
export function sums(catalogue: Catalogue, table: Table, weights: number[]): Sums {
  const of = scores(catalogue, table, weights);
  const found: Sums = { counts: new Array<number>(PARTS).fill(0), sums: Array.from({ length: PARTS }, () => table.policies.map(() => 0)) };
  for (let row = 0; row < table.rows; row++) {
    const score = of(row);
    if (!score) continue;
    const part = row % PARTS;
    found.counts[part] += 1;
    score.forEach((value, position) => (found.sums[part][position] += value));
  }
  return found;
}

/** Means over all parts but one (-1: over all). */
export function mean({ counts, sums }: Sums, without: number): number[] {
  const kept = counts.map((_, part) => part).filter((part) => part !== without);
  const count = kept.reduce((sum, part) => sum + counts[part], 0);
  return sums[0].map((_, position) => kept.reduce((sum, part) => sum + sums[part][position], 0) / count);
}

/** A quarrel and the jackknife's standard errors of its three numbers. */
export function judged(of: (beliefs: number, values: number) => Sums, a: number, b: number): { found: Quarrel; errors: Quarrel } {
  const without = (part: number) => quarrel((beliefs, values) => mean(of(beliefs, values), part), a, b);
  const found = without(-1);
  const others = Array.from({ length: PARTS }, (_, part) => without(part));
  const error = (of: (quarrel: Quarrel) => number) => {
    const middle = others.reduce((sum, one) => sum + of(one), 0) / PARTS;
    return Math.sqrt(((PARTS - 1) / PARTS) * others.reduce((sum, one) => sum + (of(one) - middle) ** 2, 0));
  };
  const errors = { prefers: found.prefers, total: error(({ total }) => total), facts: error(({ facts }) => facts), values: error(({ values }) => values) };
  return { found, errors };
}

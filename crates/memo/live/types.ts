// The live memo's machine, as the page sees it: what a memo carries (the catalogue, as JSON) and what can be asked of
// it (`Live`). All indices are places in the catalogue's lists, which follow the order of the case. An example of the
// catalogue stands in `catalogue.example.json`.

import type { Design as Drawing } from "./draw.ts";

/** A text in both languages of the memo. */
export interface Text {
  en: string;
  es: string;
}

/** Everything the page needs to know beside the numbers. */
export interface Catalogue {
  /** Version of this shape. */
  schema: 1;
  case: { id: string; title: Text; asOf: string; start: number; end: number };
  /** Seed of draws and noise, in decimal digits: it may exceed 2^53. */
  seed: string;
  design: Design;
  /** One for each column of inputs. */
  factors: Factor[];
  /** Names of the factors' sectors, where the case gives them one. */
  sectors: Record<string, Text>;
  /** Known totals split by weights; the constants they set are computed from three or more factors. */
  splits: Split[];
  policies: Policy[];
  addons: Policy[];
  /** Index into `policies`: the one that others are compared with. */
  baseline: number;
  /** The options, in the order of all results: policies within add-ons. The first add-on is the headline's. */
  options: Option[];
  /** Outcomes come first: `measures[o]` is the outcome `outcomes[o]`, over its own window. */
  measures: Measure[];
  outcomes: Outcome[];
  /** Indices into `outcomes`, of the first sentences. */
  headline: number[];
  camps: Camp[];
  claims: Claim[];
  /** A future for which one of these does not hold, or cannot be judged, is rejected. */
  constraints: { id: string; text: Text; rule: Proposition; thresholds: number[] }[];
  /** Variables over time, for fans. */
  series: Series[];
  /** How many futures are embedded, and which measures of them (indices). */
  embedded: { futures: number; measures: number[] };
}

/** How futures were drawn. */
export interface Design extends Drawing {
  /** Accepted futures of the whole run, of which the memo embeds the first. */
  futures: number;
}

/** An uncertainty. */
export interface Factor {
  id: string;
  label: Text;
  /** Group in ledger and sliders. */
  sector: string;
  unit: string;
  distribution: Distribution;
  /** The ends of the range; of a category the least and the greatest value. */
  low: number;
  high: number;
  /** The value in the middle of the distribution: where the page opens. */
  middle: number;
  /** The value at which the contested effect is absent. */
  neutral: number | null;
  role: "assumption" | "chance";
  grade: "A" | "B" | "C" | "J";
  /** Camps whose argument gains with high values. */
  highFavours: number[];
  /** Camps whose argument gains with low values. */
  lowFavours: number[];
  /** Camps that contest the range. */
  contestedBy: number[];
  /** Whether the model takes it directly; otherwise it is the total or a weight of a split. */
  direct: boolean;
}

export type Distribution =
  | { kind: "uniform"; low: number; high: number }
  | { kind: "log_uniform"; low: number; high: number }
  | { kind: "triangular"; low: number; mode: number; high: number }
  | { kind: "pert"; low: number; mode: number; high: number }
  | { kind: "truncated_normal"; mean: number; sd: number; low: number; high: number }
  | { kind: "integer"; low: number; high: number }
  | { kind: "categorical"; values: number[]; labels: Text[] };

export interface Split {
  id: string;
  /** Factor. */
  total: number;
  /** Each gets total x weight / sum of weights; `weight` is a factor. */
  parts: { id: string; weight: number }[];
}

export interface Policy {
  id: string;
  name: Text;
  nearCloneOf: number | null;
}

export interface Option {
  policy: number;
  addon: number;
}

/** What is measured in every run. */
export interface Measure {
  /** As in the tables of a run: `us_deaths`, or with a claim's window `us_deaths@21..72`. */
  id: string;
  name: Text;
  unit: string;
  /** Whether more is better; null for quantities of claims. */
  higherIsBetter: boolean | null;
  /** A time that never came is infinite: it counts as this time, the end of its window (null: no such measure, or no end). */
  censoredAt: number | null;
}

export interface Outcome {
  id: string;
  name: Text;
  unit: string;
  higherIsBetter: boolean;
  /** The outcome that scores 0, and the one that scores 1; scores go on beyond both. */
  worst: number;
  best: number;
  /** Differences up to this are ties: in the unit, or as a share of the baseline policy's magnitude in the same future. */
  closeCall: { absolute: number } | { shareOfBaseline: number };
  tail: boolean;
  /** Index into `series`. */
  series: number;
}

export interface Camp {
  id: string;
  name: Text;
  /** Narrowed ranges: `between`, ends included, or one of some values. */
  beliefs: { factor: number; between?: [number, number]; oneOf?: number[] }[];
  /** Weights over outcomes, as written; only their proportions matter. */
  values: { outcome: number; weight: number }[];
  /** Policies that its legal view strikes out. */
  struckOut: { policy: number; law: string }[];
}

export interface Claim {
  id: string;
  text: Text;
  /** Whose claim it is. */
  camp: number | null;
  kind: "outcome" | "ensemble" | "evidence";
  /** None for evidence. */
  proposition: Proposition | null;
  /** The numbers in it that a reader may move, as written, from left to right. */
  thresholds: number[];
}

/**
 * True, false or undecided (Kleene): a number that is missing leaves its comparison undecided; `or` is true if one is
 * true, else undecided if one is; `and` alike with false.
 */
export type Proposition =
  | { or: Proposition[] }
  | { and: Proposition[] }
  | { not: Proposition }
  | { compare: "<" | "<=" | ">" | ">="; sides: [Quantity, Quantity] };

export type Quantity =
  /** Index into the claim's `thresholds`. */
  | { threshold: number }
  | { negate: Quantity }
  | { abs: Quantity }
  | { op: "+" | "-" | "*" | "/" | "max" | "min"; sides: [Quantity, Quantity] }
  /** A measure under an option, in one future. */
  | { measure: number; option: number }
  /** A factor's value in one future. */
  | { factor: number }
  /** The value of a part of a split in one future. */
  | { split: number; part: number }
  // The rest speaks of all futures at once, in claims of kind `ensemble` only.
  /** The share of futures in which it holds, of those in which it is decided. */
  | { share: Proposition }
  /** The share of futures in which an option leads on an outcome among the options of its add-on. */
  | { leads: number; outcome: number }
  /** The share of futures in which the first option beats the second by more than the margin. */
  | { beats: [number, number]; outcome: number }
  /** The share of the variance of the gap between two options that a factor explains. */
  | { hinge: number; outcome: number; options: [number, number] };

export interface Series {
  /** As in the model. */
  variable: string;
  unit: string;
}

/** Which runs to make: some futures under some options. */
export interface Request {
  /** Indices into `options`. */
  options: number[];
  /** `inputs[row * factors + factor]`, values of factors (not of parts: the machine splits totals). */
  inputs: Float64Array;
  count: number;
  /** The number of each future, on which its noise depends; left out: 0, 1, 2 ... Models without noise do not care. */
  seedRows?: ArrayLike<number>;
}

/** Outcomes of the first futures of the run, rounded: for filtering and re-scoring, never for the verdict's numbers. */
export interface Embedded {
  futures: number;
  /** The number of each future in the run: what `draw` takes and `seedRows` wants. */
  ids: Float64Array;
  /** Indices of the measures that are embedded: the outcomes. */
  measures: number[];
  /** A value, NaN where the future broke under that option. */
  outcome(option: number, measure: number, row: number): number;
  /** All rows of it; the page must not write into it. */
  column(option: number, measure: number): Float64Array;
}

export interface SeriesResult {
  times: Float64Array;
  /** For each option `values[(row * series + s) * times.length + t]`, `s` as in the catalogue. */
  values: Float64Array[];
}

export interface Verification {
  ok: boolean;
  /** Futures that were replayed under each of these options. */
  futures: number;
  options: number;
  /** What they came to, as `simulate` has it. */
  results: Float64Array[];
  /** The first run whose numbers are not those of the record. */
  firstDifference?: { option: number; future: number };
}

/** How runs are made: before others that wait, until a signal. */
export interface Manner {
  urgent?: boolean;
  signal?: AbortSignal;
}

/** The machine in the page. Made by `load`. */
export interface Live {
  catalogue: Catalogue;
  /** Units as the case writes them, in words; empty for pure numbers. That of time is under `@time`. */
  units: Record<string, Text>;
  /** Which module runs: with vector instructions, or its twin without. */
  backend: "simd" | "scalar";
  embedded: Embedded;
  /** The values of all factors in an embedded future; the same array each time, not to be written into. */
  inputs(row: number): Float64Array;
  /** The values of all factors in any future of the run's design, by number below `most`; not to be written into. */
  draw(future: number): Float64Array;
  /** A grid has only so many futures. */
  most: number;
  /** The value below which a share (0 to 1) of a factor's distribution lies. */
  quantile(factor: number, share: number): number;
  /**
   * Runs over Workers (on this thread, in slices, where there are none): for each option `result[row * measures + measure]`,
   * exact; a broken future has NaN in all measures. Rejects with the signal's reason when aborted.
   */
  simulate(request: Request, manner?: Manner): Promise<Float64Array[]>;
  /** Variables over time, at every saved step; NaN after a future broke. */
  series(request: Request, manner?: Manner): Promise<SeriesResult>;
  /** Replays the record of the first futures under some options (else under every one) and compares bit by bit. */
  verify(settings?: { options?: number[]; urgent?: boolean }): Promise<Verification>;
  /** The recorded futures under an option, on this thread: for those who compare from outside. */
  recorded(option: number): Float64Array;
}

/**
 * Why there is no live machine: the page stays what it is without JavaScript, and says so. `reason` is `wasm` (the
 * browser forbids or lacks WebAssembly), `payload` (the memo carries none, or it is damaged) or `inflate`.
 */
export class LiveError extends Error {
  constructor(
    readonly reason: "wasm" | "payload" | "inflate",
    message: string,
  ) {
    super(message);
    this.name = "LiveError";
  }
}

/** `load` of `payload.ts`: reads what the document carries; rejects with a `LiveError`. */
export type Load = (doc: Document) => Promise<Live>;

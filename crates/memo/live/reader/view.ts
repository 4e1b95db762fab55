// What the reader has set, and how it is written in an address: `#coop_drop=0.45&size=0.1..0.4&w.us_deaths=60&by=homicides`.

import type { Catalogue, Factor } from "../types.ts";

/** Futures for every option behind the verdict. */
export const SETTLED = 512;
/** The most that a reader may ask for. */
export const MOST = 8192;

/** A narrowed range, or some values of a category. */
export type Belief = { between: [number, number] } | { oneOf: number[] };

/** The reader's view. Nothing set is the view from the whole range. */
export interface View {
  /** Assumptions held at a value, by factor. */
  pins: Map<number, number>;
  /** Assumptions kept in a part of their range, by factor. */
  ranges: Map<number, Belief>;
  /** Weights over outcomes; all zero until the reader gives some. */
  weights: number[];
  /** The outcome that strips and map show; -1 is the reader's values. */
  by: number;
  /** Assumptions across and upwards on the map; the strongest, until the reader chooses. */
  axes: [number, number];
  chosen: boolean;
  addon: number;
  /** Thresholds of claims that were moved, by claim. */
  thresholds: Map<number, number[]>;
  /** Futures that the verdict shall rest on. */
  futures: number;
}

/** The view from which every page opens. */
export function open(catalogue: Catalogue): View {
  return {
    pins: new Map(),
    ranges: new Map(),
    weights: catalogue.outcomes.map(() => 0),
    by: catalogue.headline[0] ?? 0,
    axes: [-1, -1],
    chosen: false,
    addon: 0,
    thresholds: new Map(),
    futures: SETTLED,
  };
}

/** Whether the reader has set anything that changes results. */
export function isSet(view: View): boolean {
  return view.pins.size > 0 || view.ranges.size > 0 || hasWeights(view) || view.addon !== 0;
}

/** Whether the reader has given any weight. */
export const hasWeights = (view: View): boolean => view.weights.some((weight) => weight > 0);

/**
 * Whether a reader may set this assumption: somebody contests it or argues from it, and nobody's luck decides it. What no
 * camp argues about (such as what a campaign consists of) stays an uncertainty, never a choice.
 */
export function hasControl(catalogue: Catalogue, factor: number): boolean {
  const { role, direct, contestedBy, highFavours, lowFavours }: Factor = catalogue.factors[factor];
  if (role !== "assumption" || !direct) return false;
  if (catalogue.camps.length === 0) return true;
  const argued = contestedBy.length + highFavours.length + lowFavours.length > 0;
  return argued || catalogue.camps.some((camp) => camp.beliefs.some((belief) => belief.factor === factor));
}

/** The view as the part of an address behind `#`; empty for the opening view. */
export function written(catalogue: Catalogue, view: View): string {
  const parts: string[] = [];
  const { factors, outcomes } = catalogue;
  for (const [factor, at] of sorted(view.pins)) parts.push(`${factors[factor].id}=${at}`);
  for (const [factor, belief] of sorted(view.ranges)) {
    parts.push(`${factors[factor].id}=${"between" in belief ? belief.between.join("..") : belief.oneOf.join(",") + ","}`);
  }
  view.weights.forEach((weight, outcome) => weight > 0 && parts.push(`w.${outcomes[outcome].id}=${weight}`));
  const first = open(catalogue);
  if (view.by !== first.by) parts.push(`by=${view.by < 0 ? "values" : outcomes[view.by].id}`);
  if (view.chosen) parts.push(`map=${view.axes.map((axis) => factors[axis].id).join(",")}`);
  if (view.addon > 0) parts.push(`with=${catalogue.addons[view.addon].id}`);
  for (const [claim, values] of sorted(view.thresholds)) parts.push(`t.${catalogue.claims[claim].id}=${values.join(",")}`);
  if (view.futures !== SETTLED) parts.push(`futures=${view.futures}`);
  return parts.map((part) => part.replaceAll(" ", "+")).join("&");
}

/** The view that an address tells; what it does not know or may not set is left out. */
export function read(catalogue: Catalogue, text: string): View {
  const view = open(catalogue);
  const { factors, outcomes } = catalogue;
  const place = <T extends { id: string }>(list: T[], id: string) => list.findIndex((item) => item.id === id);
  for (const written of text.replace(/^#/, "").split("&")) {
    const part = decoded(written);
    const at = part.indexOf("=");
    if (at < 0) continue;
    const key = part.slice(0, at).replaceAll("+", " ");
    const value = part.slice(at + 1);
    const numbers = value.split(/\.\.|,/).filter((piece) => piece !== "").map(Number);
    if (key === "by") {
      view.by = value === "values" ? -1 : Math.max(0, place(outcomes, value));
    } else if (key === "map") {
      const axes = value.replaceAll("+", " ").split(",").map((id) => place(factors, id));
      if (axes.length === 2 && axes.every((axis) => axis >= 0 && hasControl(catalogue, axis))) {
        view.axes = [axes[0], axes[1]];
        view.chosen = true;
      }
    } else if (key === "with") {
      view.addon = Math.max(0, place(catalogue.addons, value));
    } else if (key === "futures") {
      if (numbers[0] > 0) view.futures = Math.min(MOST, Math.max(SETTLED, Math.round(numbers[0])));
    } else if (key.startsWith("w.")) {
      const outcome = place(outcomes, key.slice(2));
      if (outcome >= 0 && numbers[0] >= 0) view.weights[outcome] = Math.min(100, numbers[0]);
    } else if (key.startsWith("t.")) {
      const claim = place(catalogue.claims, key.slice(2));
      if (claim >= 0 && numbers.length === catalogue.claims[claim].thresholds.length && numbers.every(Number.isFinite)) {
        view.thresholds.set(claim, numbers);
      }
    } else {
      const factor = place(factors, key);
      if (factor < 0 || !hasControl(catalogue, factor) || !numbers.length || !numbers.every(Number.isFinite)) continue;
      const { low, high } = factors[factor];
      const inside = numbers.map((x) => Math.min(high, Math.max(low, x)));
      if (value.includes("..") && inside.length === 2) view.ranges.set(factor, { between: [Math.min(...inside), Math.max(...inside)] });
      else if (value.endsWith(",")) view.ranges.set(factor, { oneOf: inside });
      else view.pins.set(factor, inside[0]);
    }
  }
  return view;
}

/** Text as an address has it, decoded; as it is where it cannot be. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function sorted<T>(map: Map<number, T>): [number, T][] {
  return [...map].sort(([a], [b]) => a - b);
}

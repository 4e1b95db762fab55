// Claims and constraints, judged in one future: true, false, or null where a number is missing.

import type { Proposition, Quantity } from "../types.ts";

/** What a future answers when a proposition asks. NaN is a missing number. */
export interface Future {
  threshold(at: number): number;
  measure(measure: number, option: number): number;
  factor(factor: number): number;
  part(split: number, part: number): number;
}

/** Whether a proposition holds in a future. */
export function holds(proposition: Proposition, future: Future): boolean | null {
  if ("or" in proposition) return either(proposition.or, future, true);
  if ("and" in proposition) return either(proposition.and, future, false);
  if ("not" in proposition) {
    const inner = holds(proposition.not, future);
    return inner === null ? null : !inner;
  }
  const [left, right] = proposition.sides.map((side) => value(side, future));
  if (Number.isNaN(left) || Number.isNaN(right)) return null;
  switch (proposition.compare) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

/** One that is `wanted` decides; else one that is undecided leaves all undecided. */
function either(all: Proposition[], future: Future, wanted: boolean): boolean | null {
  let undecided = false;
  for (const one of all) {
    const found = holds(one, future);
    if (found === wanted) return wanted;
    undecided ||= found === null;
  }
  return undecided ? null : !wanted;
}

function value(quantity: Quantity, future: Future): number {
  if ("threshold" in quantity) return future.threshold(quantity.threshold);
  if ("negate" in quantity) return -value(quantity.negate, future);
  if ("abs" in quantity) return Math.abs(value(quantity.abs, future));
  if ("measure" in quantity) return future.measure(quantity.measure, quantity.option);
  if ("factor" in quantity) return future.factor(quantity.factor);
  if ("split" in quantity) return future.part(quantity.split, quantity.part);
  if ("op" in quantity) {
    const [left, right] = quantity.sides.map((side) => value(side, future));
    switch (quantity.op) {
      case "+":
        return left + right;
      case "-":
        return left - right;
      case "*":
        return left * right;
      case "/":
        return left / right;
      case "max":
        return Math.max(left, right);
      case "min":
        return Math.min(left, right);
    }
  }
  // Quantities of the whole ensemble are not judged future by future.
  return NaN;
}

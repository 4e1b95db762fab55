// The reader's desk: the view they have set, the futures simulated for it, and who wants to know when either changes.

import type { Live } from "../types.ts";
import { type Run, embeddedTable, fitting, futuresOf, simulated, simulatedMany } from "./ensemble.ts";
import { type Question, type Table, leaders } from "./judge.ts";
import { type View, hasWeights, isSet, written } from "./view.ts";

/** Futures for every option while a slider moves. */
export const DRAGGING = 64;
/** Futures for every option behind the verdict. */
export const SETTLED = 512;
/** How long after a move the verdict waits for the next one, in milliseconds. */
const PAUSE = 120;

/** What has changed: what is set, what was simulated, or that nothing moves any more. */
export type Change = "view" | "run" | "settled";

let working = 0;
/** Runs something that takes a while; the page says that it is busy. */
export async function busy<T>(work: () => Promise<T>): Promise<T> {
  working += 1;
  document.documentElement.setAttribute("data-busy", "");
  try {
    return await work();
  } finally {
    working -= 1;
    if (working === 0) document.documentElement.removeAttribute("data-busy");
  }
}

export interface Desk {
  readonly live: Live;
  view: View;
  /** Exact results of the view; from fewer futures while something moves. None before the first. */
  run: Run | null;
  settled: boolean;
  /** Exact results of the whole range, to be shown beside. */
  whole: Run | null;
  /** Changes what is set. `moving`: a slider that is still held. */
  change(edit: (view: View) => void, moving?: boolean): void;
  /** Puts another view in the place of this one. */
  replace(view: View): void;
  listen(listener: (change: Change) => void): void;
  /** Forgets the listeners: the page is drawn anew. */
  deaf(): void;
}

/** A desk with nothing simulated yet. */
export function desk(live: Live, view: View, remember: (hash: string) => void): Desk {
  let listeners: ((change: Change) => void)[] = [];
  let frame = 0;
  let timer = 0;
  let stop: AbortController | null = null;
  const tell = (change: Change) => listeners.forEach((listener) => listener(change));

  /** What a simulation depends on. */
  const key = (view: View) => JSON.stringify([[...view.pins], [...view.ranges], view.addon]);
  let simulatedKey = "";

  const whole = async () => {
    const start = { ...view, pins: new Map(), ranges: new Map() } as View;
    return simulatedMany(live, futuresOf(live, start, SETTLED), desk.view.addon);
  };
  const settle = async () => {
    stop?.abort();
    const mine = (stop = new AbortController());
    const began = performance.now();
    try {
      if (!desk.whole || desk.whole.addon !== desk.view.addon) desk.whole = await whole();
      const { pins, ranges } = desk.view;
      const run =
        pins.size + ranges.size === 0
          ? desk.whole
          : await simulatedMany(live, futuresOf(live, desk.view, SETTLED), desk.view.addon, mine.signal);
      if (mine.signal.aborted) return;
      desk.run = run;
      desk.settled = true;
      performance.measure("verdict", { start: began, end: performance.now() });
      tell("run");
      tell("settled");
    } catch (error) {
      if (!mine.signal.aborted) throw error;
    }
  };
  const glance = () => {
    frame = 0;
    const began = performance.now();
    desk.run = simulated(live, futuresOf(live, desk.view, DRAGGING), desk.view.addon);
    desk.settled = false;
    tell("run");
    performance.measure("drag", { start: began, end: performance.now() });
  };

  const desk: Desk = {
    live,
    view,
    run: null,
    settled: false,
    whole: null,
    change(edit, moving = false) {
      edit(desk.view);
      remember(written(live.catalogue, desk.view));
      // On paper the reader's view is printed if there is one.
      document.documentElement.toggleAttribute("data-set", isSet(desk.view));
      tell("view");
      const now = key(desk.view);
      if (now === simulatedKey && desk.run && desk.settled) {
        tell("run");
        if (!moving) tell("settled");
        return;
      }
      stop?.abort();
      clearTimeout(timer);
      if (now !== simulatedKey) frame ||= requestAnimationFrame(glance);
      simulatedKey = now;
      if (!moving) timer = window.setTimeout(() => void busy(settle), PAUSE);
    },
    replace(view) {
      desk.change(() => (desk.view = view));
    },
    listen: (listener) => void listeners.push(listener),
    deaf: () => void (listeners = []),
  };
  return desk;
}

/** What strips and map ask: the chosen outcome, or the reader's values. */
export function question({ view }: Desk): Question {
  return view.by < 0 && hasWeights(view) ? { weights: view.weights } : { outcome: Math.max(0, view.by) };
}

/** The embedded futures as a table, who leads in each, and which fit the view's narrowed ranges. */
export function sampled(desk: Desk): { table: Table; leads: Int8Array; fits: (row: number) => boolean } {
  const table = embeddedTable(desk.live, desk.view.addon);
  return { table, leads: leaders(desk.live.catalogue, table, question(desk)), fits: fitting(desk.live, desk.view) };
}


// The reader's desk: the view they have set, the futures simulated for it, and who wants to know when either changes.

import type { Live } from "../types.ts";
import { type Run, embeddedTable, fitting, futuresOf, simulated } from "./ensemble.ts";
import { type Question, type Table, leaders } from "./judge.ts";
import { MOST, SETTLED, type View, hasWeights, isSet, open, written } from "./view.ts";

/** Futures for every option while a slider moves. */
export const DRAGGING = 64;
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
  /** Simulates more futures of the view, four times as many. */
  more(): void;
  listen(listener: (change: Change) => void): void;
  /** Forgets the listeners: the page is drawn anew. */
  deaf(): void;
}

/** A desk; `first` is what is already known of the view. */
export function desk(live: Live, view: View, first: Run | null, remember: (hash: string) => void): Desk {
  let listeners: ((change: Change) => void)[] = [];
  let timer = 0;
  let stop: AbortController | null = null;
  const tell = (change: Change) => listeners.forEach((listener) => listener(change));

  /** What a simulation depends on. */
  const key = (view: View) => JSON.stringify([[...view.pins], [...view.ranges], view.addon]);
  let simulatedKey = first ? key(view) : "";
  /** The key of `desk.run`: more futures of the same view go on from there. */
  let runKey = simulatedKey;

  let changed = performance.now();
  const settle = async () => {
    stop?.abort();
    const mine = (stop = new AbortController());
    const manner = { urgent: true, signal: mine.signal };
    const { view } = desk;
    const now = key(view);
    try {
      do {
        const known = runKey === now ? desk.run : null;
        // Step by step, so that the reader sees the count grow and the page stays alive.
        const count = Math.min(view.futures, Math.max(SETTLED, (known?.rows ?? 0) + SETTLED));
        const run = await simulated(live, futuresOf(live, view, count), view.addon, known, manner);
        if (mine.signal.aborted) return;
        const all = run.rows < count;
        [desk.run, runKey] = [run, now];
        if (view.pins.size + view.ranges.size === 0) desk.whole = run;
        else if (desk.whole?.addon !== view.addon) {
          const start = { ...open(live.catalogue), addon: view.addon };
          desk.whole = await simulated(live, futuresOf(live, start, SETTLED), view.addon, null, manner);
          if (mine.signal.aborted) return;
        }
        desk.settled = all || run.rows >= view.futures;
        if (run.rows <= SETTLED) performance.measure("verdict", { start: changed, end: performance.now() });
        tell("run");
      } while (!desk.settled);
      tell("settled");
    } catch (error) {
      if (!mine.signal.aborted) throw error;
    }
  };

  /** When the first move came that no glance has answered yet; 0 if there is none. */
  let asked = 0;
  let looking = false;
  const glance = async () => {
    if (looking) return;
    looking = true;
    while (asked > 0) {
      const start = asked;
      asked = 0;
      const { view } = desk;
      const now = key(view);
      const run = await simulated(live, futuresOf(live, view, DRAGGING), view.addon, null, { urgent: true });
      // The verdict may have come first.
      if (desk.settled) continue;
      [desk.run, runKey] = [run, now];
      tell("run");
      performance.measure("drag", { start, end: performance.now() });
    }
    looking = false;
  };

  const desk: Desk = {
    live,
    view,
    run: first,
    settled: false,
    whole: null,
    change(edit, moving = false) {
      const { view } = desk;
      const before = key(view);
      edit(view);
      // Another question begins with few futures again; a view that was put here has its own number.
      if (desk.view === view && key(view) !== before) view.futures = SETTLED;
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
      changed = performance.now();
      if (now !== simulatedKey) {
        desk.settled = false;
        asked ||= performance.now();
        void busy(glance);
      }
      simulatedKey = now;
      if (!moving) timer = window.setTimeout(() => void busy(settle), PAUSE);
    },
    replace(view) {
      desk.change(() => (desk.view = view));
    },
    more() {
      desk.view.futures = Math.min(MOST, 4 * desk.view.futures);
      remember(written(live.catalogue, desk.view));
      desk.settled = false;
      void busy(settle);
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


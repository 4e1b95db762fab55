// The reader's view over time: fans of all options on one scale, for the outcome they choose.

import type { Language } from "../language.ts";
import { type Desk, busy } from "../reader/desk.ts";
import { futuresOf, optionsOf, request } from "../reader/ensemble.ts";
import { quantileOfSorted } from "../reader/judge.ts";
import { number } from "../reader/number.ts";
import { badge, fill, fresh, h, s } from "../page/dom.ts";
import { type Rows, take } from "../page/download.ts";
import { words } from "../page/words.ts";

const FUTURES = 96;
/** Times that are drawn, and the shares of futures below the bands' edges. */
const TIMES = 26;
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95];
const WIDE = 168;
const HIGH = 110;
const LEFT = 46;

interface Fan {
  policy: number;
  times: number[];
  bands: number[][];
}

/** The panel: drawn when asked. */
export function fans(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const id = fresh();
  const note = h("p", { class: "note" });
  const panels = h("div", { class: "panels" });
  const menu = h("select", { id, onchange: () => void busy(draw) }, ...catalogue.outcomes.map((outcome, at) => h("option", { value: at }, outcome.name[language])));
  let stop: AbortController | null = null;
  let drawn = false;
  let shown: Fan[] = [];
  const draw = async () => {
    stop?.abort();
    const mine = (stop = new AbortController());
    drawn = true;
    const { series } = catalogue.outcomes[Number(menu.value)];
    const { options, policies } = optionsOf(catalogue, desk.view.addon);
    const futures = futuresOf(desk.live, desk.view, FUTURES);
    try {
      const { times, values } = await desk.live.series(request(options, futures), { signal: mine.signal });
      if (mine.signal.aborted) return;
      const found: Fan[] = policies.map((policy, at) => ({ policy, ...quantiles(times, values[at], series, catalogue.series.length, futures.count) }));
      shown = found;
      taken.hidden = false;
      const all = found.flatMap(({ bands }) => [...bands[0], ...bands[4]]).filter(Number.isFinite);
      const [low, high] = [Math.min(0, ...all), Math.max(...all)];
      note.textContent = words(language, "fans_note", {
        futures: futures.count,
        unit: desk.live.units["@time"][language],
        measure: desk.live.units[catalogue.series[series].unit]?.[language] || "1",
      });
      panels.replaceChildren(...found.map((fan) => panel(desk, language, fan, [low, high > low ? high : low + 1])));
    } catch (error) {
      if (!mine.signal.aborted) throw error;
    }
  };
  const name = () => `${words(language, "fans")}: ${catalogue.outcomes[Number(menu.value)].name[language]}`;
  const rows = (): Rows => [
    ["option", "time", ...SHARES.map((share) => `${100 * share} of 100 below`)],
    ...shown.flatMap(({ policy, times, bands }) => times.map((time, at) => [catalogue.policies[policy].name[language], time, ...bands.map((band) => band[at])])),
  ];
  const taken = take(language, words(language, "fans"), rows, () => ({
    title: name(),
    note: note.textContent ?? "",
    parts: [...panels.querySelectorAll("svg")].map((svg, at) => ({ title: catalogue.policies[shown[at].policy].name[language], svg })),
  }));
  taken.hidden = true;
  const element = h(
    "details",
    { class: "fans" },
    h("summary", {}, words(language, "fans")),
    h("p", {}, h("label", { for: id }, words(language, "fans_outcome")), " ", menu, " ", h("button", { type: "button", onclick: () => void busy(draw) }, words(language, "fans_draw"))),
    note,
    panels,
    taken,
  );
  desk.listen((change) => change === "settled" && drawn && element.open && void busy(draw));
  return element;
}

/** Quantiles of a variable at evenly spread times. */
function quantiles(times: Float64Array, values: Float64Array, series: number, all: number, futures: number): { times: number[]; bands: number[][] } {
  const count = Math.min(TIMES, times.length);
  const kept = Array.from({ length: count }, (_, k) => Math.round((k * (times.length - 1)) / Math.max(1, count - 1)));
  const bands: number[][] = SHARES.map(() => []);
  for (const k of kept) {
    const column: number[] = [];
    for (let row = 0; row < futures; row++) {
      const value = values[(row * all + series) * times.length + k];
      if (Number.isFinite(value)) column.push(value);
    }
    column.sort((a, b) => a - b);
    SHARES.forEach((share, at) => bands[at].push(column.length ? quantileOfSorted(column, share) : NaN));
  }
  return { times: kept.map((k) => times[k]), bands };
}

function panel(desk: Desk, language: Language, { policy, times, bands }: Fan, [low, high]: [number, number]): HTMLElement {
  const { catalogue } = desk.live;
  const x = (time: number) => LEFT + ((time - times[0]) / (times[times.length - 1] - times[0])) * (WIDE - LEFT - 4);
  const y = (value: number) => HIGH - 16 - ((value - low) / (high - low)) * (HIGH - 24);
  const path = (band: number[]) => band.map((value, at) => `${x(times[at]).toFixed(1)} ${y(value).toFixed(1)}`);
  const area = (below: number, above: number) => `M${path(bands[above]).join("L")}L${path(bands[below]).reverse().join("L")}z`;
  const name = catalogue.policies[policy].name[language];
  const last = bands.map((band) => number(band[band.length - 1]));
  const title = words(language, "fan_end", { name, low: last[0], middle: last[2], high: last[4] });
  const paint = { style: `fill:${fill(policy)}`, stroke: "#161616", "stroke-width": ".6" };
  return h(
    "figure",
    {},
    h("figcaption", {}, badge(policy), " ", h("small", {}, name)),
    s(
      "svg",
      { role: "img", "aria-label": title, width: WIDE, height: HIGH },
      s("path", { d: area(0, 4), ...paint, "fill-opacity": ".35" }),
      s("path", { d: area(1, 3), ...paint }),
      s("path", { d: `M${path(bands[2]).join("L")}`, fill: "none", stroke: "#161616", "stroke-width": "2" }),
      s("path", { d: `M${LEFT} ${HIGH - 16}H${WIDE - 4}`, stroke: "#161616" }),
      s("text", { class: "y", x: LEFT - 4, y: y(high) + 10 }, number(high)),
      s("text", { class: "y", x: LEFT - 4, y: y(low) }, number(low)),
      s("text", { x: LEFT, y: HIGH - 2 }, number(times[0] - catalogue.case.start)),
      s("text", { class: "y", x: WIDE - 4, y: HIGH - 2 }, number(times[times.length - 1] - catalogue.case.start)),
    ),
  );
}

// The win map of any two assumptions: who leads where, close calls hatched, and a marker where the reader stands.

import type { Language } from "../language.ts";
import { type Desk, busy, question } from "../reader/desk.ts";
import { type Run, grid, optionsOf, simulated } from "../reader/ensemble.ts";
import { slicesOf } from "../reader/hinge.ts";
import { type Front, front, leaders, tally } from "../reader/judge.ts";
import { significant } from "../reader/number.ts";
import { controlled } from "./assumptions.ts";
import { badge, fresh, h, mark, paint, s } from "../page/dom.ts";
import { type Rows, take } from "../page/download.ts";
import { valueText } from "./slider.ts";
import { stripWords } from "./strip.ts";
import { phrase, words } from "../page/words.ts";

/** Squares along each side, and futures in each: a first map soon, a surer one after it. */
const SIDE = 12;
const PASSES = [16, 40];
const LEFT = 54;
const TOP = 8;
const BOTTOM = 26;
const HATCHED = "url(#hatch)";

interface Drawn {
  axes: [number, number];
  columns: [number, number][];
  rows: [number, number][];
  run: Run;
  point: Int32Array;
  each: number;
}

/** The map's panel. */
export function map(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const factors = controlled(desk);
  const says = fresh();
  const said = h("p", { class: "note", id: says });
  const state = h("p", { class: "note" });
  const marker = h("button", { type: "button", class: "marker", onkeydown: ((event: KeyboardEvent) => step(event)) as EventListener });
  // The marker stays in the page while the map under it is drawn again: it may have the focus.
  const sheet = h("div");
  const picture = h("div", { class: "plane" }, sheet, marker);
  let drawn: Drawn | null = null;
  let plot = 240;
  let stop: AbortController | null = null;
  let known = "";
  let shown: Front[] = [];
  const body = h("tbody");
  const twin = h(
    "details",
    {},
    h("summary", {}, words(language, "map_table")),
    h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words(language, "up")), h("th", { scope: "col" }, words(language, "across")))), body),
  );

  const menus = ([0, 1] as const).map((axis) => {
    const id = fresh();
    const select = h("select", {
      id,
      onchange: () => {
        desk.change((view) => {
          const axes: [number, number] = [...view.axes];
          const other = axes[1 - axis];
          axes[axis] = Number(select.value);
          if (axes[axis] === other) axes[1 - axis] = view.axes[axis];
          view.axes = axes;
          view.chosen = true;
        });
      },
    }, ...factors.map((factor) => h("option", { value: factor }, catalogue.factors[factor].label[language])));
    return { select, element: h("p", {}, h("label", { for: id }, words(language, axis === 0 ? "across" : "up")), " ", select) };
  });

  const compute = async () => {
    const { view } = desk;
    const [x, y] = view.axes;
    if (x < 0 || y < 0) return;
    const held = [...view.pins].filter(([factor]) => factor !== x && factor !== y);
    const key = JSON.stringify([x, y, held, [...view.ranges], view.addon]);
    if (key === known && drawn) return draw();
    stop?.abort();
    const mine = (stop = new AbortController());
    state.textContent = words(language, "map_busy");
    try {
      const columns = slicesOf(catalogue, x, SIDE);
      const rows = slicesOf(catalogue, y, SIDE);
      const points = rows.flatMap(([c, d]) => columns.map(([a, b]) => [middle(x, a, b), middle(y, c, d)]));
      for (const each of PASSES) {
        const { futures, point } = grid(desk.live, view, [x, y], points, each);
        const run = await simulated(desk.live, futures, view.addon, null, { signal: mine.signal });
        if (mine.signal.aborted) return;
        drawn = { axes: [x, y], columns, rows, run, point, each };
        draw();
      }
      known = key;
      state.textContent = "";
    } catch (error) {
      if (!mine.signal.aborted) throw error;
    }
  };
  const middle = (factor: number, low: number, high: number) =>
    catalogue.factors[factor].distribution.kind === "integer" ? Math.round((low + high) / 2) : (low + high) / 2;

  const draw = () => {
    if (!drawn) return;
    const { axes, columns, rows, run, point, each } = drawn;
    const { policies } = optionsOf(catalogue, run.addon);
    const leads = leaders(catalogue, run, question(desk));
    const of = columns.length * rows.length;
    const inside: number[][] = Array.from({ length: of }, () => []);
    point.forEach((at, row) => inside[at].push(row));
    const fronts = inside.map((members) => {
      const some = new Int8Array(members.map((row) => leads[row]));
      return front(tally(some, policies.length));
    });
    shown = fronts;
    plot = Math.max(200, Math.min(440, picture.clientWidth - LEFT - 8));
    sheet.replaceChildren(svg(fronts, policies, title(axes)));
    const clear = policies.map((_, position) => fronts.filter((front) => front.kind === "clear" && front.position === position).length);
    const told: Node[] = [];
    clear.forEach((count, position) => {
      if (count > 0) told.push(phrase(language, "map_leads", { name: badge(policies[position]), count, of }));
    });
    const close = fronts.filter((front) => front.kind === "tie" || front.kind === "ahead").length;
    told.push(document.createTextNode(words(language, "map_close", { count: close })));
    said.replaceChildren();
    told.forEach((piece, at) => said.append(at > 0 ? "; " : "", piece));
    said.append(`. ${words(language, "map_futures", { futures: each })} `);
    const never = h("span");
    policies.forEach((policy, position) => {
      const ahead = fronts.some((front) => "position" in front && front.position === position);
      if (!ahead) never.append(never.childNodes.length ? " " : "", badge(policy));
    });
    if (never.childNodes.length) said.append(phrase(language, "never_best", { list: never }));
    inWords(fronts, policies);
    stand();
  };
  const title = (axes: [number, number]) => {
    const [across, up] = axes.map((axis) => catalogue.factors[axis].label[language]);
    return `${words(language, "map")}. ${words(language, "across")}: ${across}. ${words(language, "up")}: ${up}`;
  };
  /** The map in words, from the top row down: who leads from where to where. */
  const inWords = (fronts: Front[], policies: number[]) => {
    const { axes, columns, rows } = drawn as Drawn;
    const ends = (factor: number, low: number, high: number) =>
      low === high ? valueText(desk, factor, low, language) : words(language, "from_to", { low: significant(low, 3), high: valueText(desk, factor, high, language) });
    body.replaceChildren(
      ...rows
        .map(([low, high], row) => {
          const slices = columns.map(([low, high], column) => ({ low, high, front: fronts[row * columns.length + column] }));
          return h("tr", {}, h("th", { scope: "row" }, ends(axes[1], low, high)), h("td", {}, stripWords(slices, desk, policies, language)));
        })
        .reverse(),
    );
  };
  /** The map's squares, for a spreadsheet. */
  const squares = (): Rows => {
    if (!drawn) return [];
    const { axes, columns, rows, run, each } = drawn;
    const { policies } = optionsOf(catalogue, run.addon);
    const head = axes.flatMap((axis) => ["from", "to"].map((end) => `${catalogue.factors[axis].label[language]} (${end})`));
    return [
      [...head, "front", "option", "futures"],
      ...shown.map((front, at) => {
        const name = "position" in front ? catalogue.policies[policies[front.position]].name[language] : "";
        const ends = [...columns[at % columns.length], ...rows[Math.floor(at / columns.length)]].map((end) => Number(end.toPrecision(6)));
        return [...ends, front.kind, name, each];
      }),
    ];
  };
  /** Squares in one path for each kind: the runs of equal ones along each row. */
  const svg = (fronts: Front[], policies: number[], title: string): SVGElement => {
    const { columns, rows, axes } = drawn as Drawn;
    const [wide, high] = [plot / columns.length, plot / rows.length];
    const areas = new Map<string, string>();
    const letters: SVGElement[] = [];
    for (let row = 0; row < rows.length; row++) {
      const y = TOP + plot - (row + 1) * high;
      for (let from = 0; from < columns.length; ) {
        const here = fronts[row * columns.length + from];
        const colour = paint(here, policies);
        const letter = mark(here, policies);
        let to = from + 1;
        while (to < columns.length) {
          const next = fronts[row * columns.length + to];
          if (paint(next, policies) !== colour || mark(next, policies) !== letter) break;
          to += 1;
        }
        const d = `M${round(LEFT + from * wide)} ${round(y)}h${round((to - from) * wide)}v${round(high)}h${round((from - to) * wide)}z`;
        areas.set(colour, (areas.get(colour) ?? "") + d);
        if (letter) letters.push(s("text", { class: "l h", x: round(LEFT + ((from + to) / 2) * wide), y: round(y + high / 2 + 4.5) }, letter));
        from = to;
      }
    }
    const names = [catalogue.factors[axes[0]], catalogue.factors[axes[1]]];
    return s(
      "svg",
      { role: "img", "aria-describedby": says, width: LEFT + plot + 8, height: TOP + plot + BOTTOM, onpointerdown: point as EventListener, onpointermove: point as EventListener, onpointerup: point as EventListener },
      s("title", {}, title),
      ...[...areas].map(([colour, d]) => s("path", { d, style: `fill:${colour}`, stroke: colour === HATCHED ? "none" : "#161616", "stroke-width": ".6" })),
      s("path", { d: `M${LEFT} ${TOP}h${plot}v${plot}h${-plot}z`, fill: "none", stroke: "#161616" }),
      ...letters,
      s("text", { x: LEFT, y: TOP + plot + 18 }, significant(names[0].low, 3)),
      s("text", { class: "y", x: LEFT + plot, y: TOP + plot + 18 }, significant(names[0].high, 3)),
      s("text", { class: "y", x: LEFT - 6, y: TOP + plot }, significant(names[1].low, 3)),
      s("text", { class: "y", x: LEFT - 6, y: TOP + 11 }, significant(names[1].high, 3)),
    );
  };
  /** Puts the marker where the reader stands, and says where that is. */
  const stand = () => {
    const [x, y] = desk.view.axes;
    if (x < 0 || y < 0) return;
    const [at, up] = [desk.view.pins.get(x), desk.view.pins.get(y)];
    const free = at === undefined || up === undefined;
    const place = (factor: number, value: number) => {
      const { low, high } = catalogue.factors[factor];
      return high > low ? (value - low) / (high - low) : 0.5;
    };
    marker.classList.toggle("free", free);
    marker.style.left = `${LEFT + plot * place(x, at ?? catalogue.factors[x].middle)}px`;
    marker.style.top = `${TOP + plot * (1 - place(y, up ?? catalogue.factors[y].middle))}px`;
    marker.setAttribute(
      "aria-label",
      free
        ? words(language, "marker_free")
        : words(language, "marker", { x: valueText(desk, x, at, language), y: valueText(desk, y, up, language) }),
    );
  };
  /** Holds both assumptions at a place of the plane, in parts of its sides. */
  const go = (across: number, upwards: number, moving: boolean) => {
    const [x, y] = desk.view.axes;
    desk.change((view) => {
      view.pins.set(x, nearest(x, across));
      view.pins.set(y, nearest(y, upwards));
    }, moving);
  };
  const nearest = (factor: number, part: number): number => {
    const { low, high, distribution } = catalogue.factors[factor];
    const value = low + Math.min(1, Math.max(0, part)) * (high - low);
    if (distribution.kind === "integer") return Math.round(value);
    if (distribution.kind !== "categorical") return Number(value.toPrecision(4));
    return distribution.values.reduce((best, known) => (Math.abs(known - value) < Math.abs(best - value) ? known : best));
  };
  const point = (event: PointerEvent) => {
    const down = event.type === "pointerdown";
    const target = event.currentTarget as SVGElement;
    if (down) target.setPointerCapture(event.pointerId);
    else if (!target.hasPointerCapture(event.pointerId)) return;
    const box = target.getBoundingClientRect();
    go((event.clientX - box.left - LEFT) / plot, 1 - (event.clientY - box.top - TOP) / plot, event.type !== "pointerup");
    event.preventDefault();
  };
  const step = (event: KeyboardEvent) => {
    const by: Record<string, [number, number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const move = by[event.key];
    if (!move) return;
    event.preventDefault();
    const [x, y] = desk.view.axes;
    const part = (factor: number, direction: number) => {
      const { low, high, middle, distribution } = catalogue.factors[factor];
      const stride = distribution.kind === "categorical" || distribution.kind === "integer" ? 1 / Math.max(1, high - low) : 1 / (2 * SIDE);
      return ((desk.view.pins.get(factor) ?? middle) - low) / (high - low || 1) + direction * stride;
    };
    go(part(x, move[0]), part(y, move[1]), false);
    marker.focus();
  };

  desk.listen((change) => {
    if (!picture.isConnected) return;
    const [x, y] = desk.view.axes;
    menus[0].select.value = String(x);
    menus[1].select.value = String(y);
    if (change === "view") stand();
    if (change === "settled") void busy(compute);
  });
  return h(
    "div",
    { class: "winmap" },
    h("h3", {}, words(language, "map")),
    h("p", { class: "note" }, words(language, "map_note")),
    h("div", { class: "menus" }, menus[0].element, menus[1].element),
    picture,
    said,
    state,
    twin,
    take(language, words(language, "map"), squares, () => ({ title: title(drawn?.axes ?? desk.view.axes), note: said.textContent ?? "", parts: [...sheet.querySelectorAll("svg")].map((svg) => ({ title: "", svg })) })),
  );
}

const round = (x: number): number => Math.round(x * 10) / 10;

// What a reader takes away: the data behind a chart as CSV, and the chart as PNG. Both are made here and saved from a blob: the
// page asks nobody for anything. A canvas is drawn upon by hand, because no picture may be loaded.

import type { Language } from "../language.ts";
import { h } from "./dom.ts";
import { words } from "./words.ts";

/** Rows of a table: texts and numbers. */
export type Rows = (string | number)[][];

/** A chart of one or more drawings, each with a title above. */
export interface Picture {
  title: string;
  /** What stands below the title. */
  note: string;
  parts: { title: string; svg: SVGSVGElement }[];
}

/** Dots for each CSS pixel. */
const SCALE = 2;
const EDGE = 16;
const FONT = "system-ui, sans-serif";

/** Two buttons: the drawing and its data. `name` names the files and the buttons. */
export function take(language: Language, name: string, rows: () => Rows, picture?: () => Picture): HTMLElement {
  const file = name.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60);
  const button = (what: "as_csv" | "as_png", get: () => Blob | Promise<Blob>, end: string) =>
    h("button", { type: "button", "aria-label": `${words(language, what)}: ${name}`, onclick: async () => save(await get(), `${file}.${end}`) }, words(language, what));
  return h(
    "p",
    { class: "take" },
    button("as_csv", () => new Blob([csv(rows())], { type: "text/csv" }), "csv"),
    picture ? " " : null,
    picture ? button("as_png", () => png(picture()), "png") : null,
  );
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Comma-separated values; what holds a comma, a quote or a line's end stands in quotes. */
export function csv(rows: Rows): string {
  const cell = (value: string | number) => {
    const text = typeof value === "number" && !Number.isFinite(value) ? "" : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** What a table in the page says. */
export const rowsOf = (table: HTMLTableElement): Rows =>
  [...table.rows].map((row) => [...row.cells].map((cell) => (cell.textContent ?? "").trim().replace(/\s+/g, " ").replaceAll("−", "-")));

/** Draws SVG elements on a canvas: as much of SVG as our charts use. */
async function png({ title, note, parts }: Picture): Promise<Blob> {
  const sizes = parts.map(({ svg }) => svg.getBoundingClientRect());
  const across = Math.min(parts.length, 4);
  const [wide, high] = [Math.max(...sizes.map(({ width }) => width)), Math.max(...sizes.map(({ height }) => height))];
  const canvas = document.createElement("canvas");
  const width = Math.max(across * (wide + EDGE) + EDGE, 420);
  const on = canvas.getContext("2d") as CanvasRenderingContext2D;
  const texts = [[title, `700 16px ${FONT}`], [note, `13px ${FONT}`]].flatMap(([text, font]) => wrapped(on, text, font, width - 2 * EDGE).map((line) => ({ line, font })));
  const head = EDGE + 20 * texts.length;
  canvas.width = SCALE * width;
  canvas.height = SCALE * (head + Math.ceil(parts.length / across) * (high + 24 + EDGE));
  on.fillStyle = "#fff";
  on.fillRect(0, 0, canvas.width, canvas.height);
  const place = (x: number, y: number) => new DOMMatrix([SCALE, 0, 0, SCALE, SCALE * x, SCALE * y]);
  const say = (text: string, x: number, y: number, font: string) => {
    on.setTransform(place(x, y));
    on.fillStyle = "#161616";
    on.textAlign = "left";
    on.font = font;
    on.fillText(text, 0, 0);
  };
  texts.forEach(({ line, font }, at) => say(line, EDGE, EDGE + 12 + 20 * at, font));
  parts.forEach(({ title, svg }, at) => {
    const x = EDGE + (at % across) * (wide + EDGE);
    const y = head + Math.floor(at / across) * (high + 24 + EDGE);
    say(wrapped(on, title, `13px ${FONT}`, wide)[0] ?? "", x, y + 16, `13px ${FONT}`);
    paint(on, svg, place(x, y + 24));
  });
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture")))));
}

/** Lines that are no wider. */
function wrapped(on: CanvasRenderingContext2D, text: string, font: string, width: number): string[] {
  on.font = font;
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && on.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function paint(on: CanvasRenderingContext2D, element: Element, to: DOMMatrix): void {
  for (const child of element.children) {
    if (!(child instanceof SVGGraphicsElement)) continue;
    const style = getComputedStyle(child);
    if (style.display === "none" || style.visibility === "hidden") continue;
    const own = child.transform?.baseVal.consolidate()?.matrix;
    const here = own ? to.multiply(new DOMMatrix([own.a, own.b, own.c, own.d, own.e, own.f])) : to;
    const of = (name: string) => Number(child.getAttribute(name) ?? 0);
    if (child instanceof SVGTextElement) {
      on.setTransform(here);
      on.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      on.textAlign = style.textAnchor === "end" ? "right" : style.textAnchor === "middle" ? "center" : "left";
      if (style.paintOrder.startsWith("stroke") && style.stroke !== "none") {
        [on.strokeStyle, on.lineWidth, on.lineJoin] = [style.stroke, parseFloat(style.strokeWidth), "round"];
        on.strokeText(child.textContent ?? "", of("x"), of("y"));
      }
      on.fillStyle = style.fill;
      on.fillText(child.textContent ?? "", of("x"), of("y"));
      continue;
    }
    const path = outline(child, of);
    if (!path) {
      paint(on, child, here);
      continue;
    }
    on.setTransform(here);
    const opacity = Number(style.opacity);
    if (style.fill !== "none") {
      on.globalAlpha = opacity * Number(style.fillOpacity);
      on.fillStyle = filling(on, style.fill);
      on.fill(path);
    }
    if (style.stroke !== "none") {
      on.globalAlpha = opacity * Number(style.strokeOpacity);
      [on.strokeStyle, on.lineWidth] = [style.stroke, parseFloat(style.strokeWidth)];
      on.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(/[ ,]+/).map(parseFloat));
      on.stroke(path);
    }
    on.globalAlpha = 1;
  }
}

function outline(element: SVGElement, of: (name: string) => number): Path2D | null {
  const path = new Path2D(element.getAttribute("d") ?? "");
  if (element instanceof SVGPathElement) return path;
  if (element instanceof SVGRectElement) path.rect(of("x"), of("y"), of("width"), of("height"));
  else if (element instanceof SVGCircleElement) path.arc(of("cx"), of("cy"), of("r"), 0, 2 * Math.PI);
  else if (element instanceof SVGLineElement) {
    path.moveTo(of("x1"), of("y1"));
    path.lineTo(of("x2"), of("y2"));
  } else return null;
  return path;
}

/** A colour, or one of the page's patterns drawn on a small canvas. */
function filling(on: CanvasRenderingContext2D, fill: string): string | CanvasPattern {
  const pattern = document.getElementById(/^url\("?#([^")]+)/.exec(fill)?.[1] ?? "");
  if (!(pattern instanceof SVGPatternElement)) return fill;
  const tile = document.createElement("canvas");
  tile.width = SCALE * pattern.width.baseVal.value;
  tile.height = SCALE * pattern.height.baseVal.value;
  paint(tile.getContext("2d") as CanvasRenderingContext2D, pattern, new DOMMatrix([SCALE, 0, 0, SCALE, 0, 0]));
  const made = on.createPattern(tile, "repeat");
  const turned = pattern.patternTransform.baseVal.consolidate()?.matrix;
  const own = new DOMMatrix(turned ? [turned.a, turned.b, turned.c, turned.d, turned.e, turned.f] : []);
  made?.setTransform(own.scale(1 / SCALE));
  return made ?? fill;
}

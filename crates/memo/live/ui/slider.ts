// The signature control: a slider that sits on its own result. A native range input does the work; the strip under it shows
// who leads along it, and the same is said in its value text.

import type { Slice } from "../reader/hinge.ts";
import { type Desk, busy } from "../reader/desk.ts";
import { optionsOf } from "../reader/ensemble.ts";
import { significant } from "../reader/number.ts";
import type { Language } from "../language.ts";
import { fresh, h } from "../page/dom.ts";
import { changeWords, drawStrip, frontWords, stripOf, stripWords } from "./strip.ts";
import { words } from "../page/words.ts";

/** A value of a factor as text: with its unit, or the name of the category. */
export function valueText(desk: Desk, factor: number, value: number, language: Language): string {
  const { distribution } = desk.live.catalogue.factors[factor];
  if (distribution.kind === "categorical") {
    const at = distribution.values.indexOf(value);
    if (at >= 0) return distribution.labels[at][language];
  }
  return `${significant(value, 3)} ${unitText(desk, factor, language)}`.trim();
}

/** The unit of a factor in words; nothing for a plain number. */
export function unitText(desk: Desk, factor: number, language: Language): string {
  const { unit } = desk.live.catalogue.factors[factor];
  return desk.live.units[unit]?.[language] ?? unit;
}

/** A slider for a factor. `strip`: whether the strip is drawn at once, or when the slider gets the focus. */
export function slider(desk: Desk, factor: number, language: Language, strip: "now" | "focus"): HTMLElement {
  const { catalogue } = desk.live;
  const { label, low, high, middle, distribution } = catalogue.factors[factor];
  const id = fresh();
  const output = h("output", { for: id });
  const free = h("button", {
    type: "button",
    "aria-label": words(language, "let_vary_label", { label: label[language] }),
    onclick: () => {
      desk.change((view) => view.pins.delete(factor));
      control.focus();
    },
  }, words(language, "let_vary"));
  const holder = h("div", { class: "track" });
  const said = h("p", { class: "vh" });
  let slices: Slice[] | null = null;
  const wholes = distribution.kind === "integer";
  const control = distribution.kind === "categorical" ? choice() : range();

  function range(): HTMLInputElement {
    const step = wholes ? 1 : (high - low) / 100;
    const set = (moving: boolean) => () => {
      const at = Number(input.value);
      desk.change((view) => view.pins.set(factor, Number(at.toPrecision(6))), moving);
    };
    const input = h("input", { type: "range", id, min: low, max: high, step, oninput: set(true), onchange: set(false) });
    return input;
  }
  function choice(): HTMLSelectElement {
    const { values, labels } = distribution as { values: number[]; labels: { en: string; es: string }[] };
    const select = h("select", {
      id,
      onchange: () => desk.change((view) => (select.value === "" ? view.pins.delete(factor) : view.pins.set(factor, Number(select.value)))),
    }, h("option", { value: "" }, words(language, "varies")), ...values.map((value, at) => h("option", { value }, labels[at][language])));
    return select;
  }

  const show = () => {
    const { view } = desk;
    const { policies } = optionsOf(catalogue, view.addon);
    const pinned = view.pins.get(factor);
    const belief = view.ranges.get(factor);
    control.value = pinned === undefined ? (distribution.kind === "categorical" ? "" : String(middle)) : String(pinned);
    control.classList.toggle("free", pinned === undefined);
    free.hidden = pinned === undefined;
    const text =
      pinned !== undefined
        ? valueText(desk, factor, pinned, language)
        : belief && "between" in belief
          ? words(language, "narrowed", { low: significant(belief.between[0], 3), high: significant(belief.between[1], 3) })
          : belief && "oneOf" in belief
            ? words(language, "kept_values", { values: belief.oneOf.map((value) => valueText(desk, factor, value, language)).join(", ") })
            : words(language, "varies");
    output.textContent = text;
    const pieces = [text];
    if (slices) {
      const here = pinned === undefined ? null : slices.find((slice) => pinned >= slice.low && pinned <= slice.high);
      if (here) pieces.push(frontWords(here.front, desk, policies, language));
      if (distribution.kind !== "categorical") pieces.push(changeWords(slices, language));
    } else {
      pieces.push(words(language, "now_unknown"));
    }
    if (control instanceof HTMLInputElement) control.setAttribute("aria-valuetext", pieces.join("; "));
  };
  let stop: AbortController | null = null;
  let known = "";
  const compute = async () => {
    const { view } = desk;
    const others = [...view.pins].filter(([other]) => other !== factor);
    const key = JSON.stringify([others, [...view.ranges], view.weights, view.by, view.addon]);
    if (key === known) return;
    stop?.abort();
    const mine = (stop = new AbortController());
    try {
      slices = await stripOf(desk, factor, mine.signal);
    } catch (error) {
      if (mine.signal.aborted) return;
      throw error;
    }
    if (mine.signal.aborted) return;
    known = key;
    const { policies } = optionsOf(catalogue, view.addon);
    holder.replaceChildren(drawStrip(slices, policies));
    said.textContent = `${words(language, "strip_title", { label: label[language] })}. ${stripWords(slices, desk, policies, language)}`;
    show();
  };
  let wanted = strip === "now";
  const element = h(
    "div",
    { class: "slider", "data-factor": catalogue.factors[factor].id, onfocusin: () => { wanted = true; if (desk.settled) void busy(compute); } },
    h("div", { class: "row" }, h("label", { for: id }, label[language]), output, free),
    control,
    holder,
    distribution.kind === "categorical" ? null : h("p", { class: "ends", "aria-hidden": "true" }, h("span", {}, significant(low, 3)), h("span", {}, significant(high, 3))),
    said,
  );
  desk.listen((change) => {
    if (!element.isConnected) return;
    if (change === "view") show();
    if (change === "settled" && wanted) void busy(compute);
  });
  show();
  return element;
}

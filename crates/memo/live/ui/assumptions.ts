// All assumptions that a reader may set, by the part of the model they belong to: hold one at a value, or narrow its range.

import type { Language } from "../language.ts";
import type { Desk } from "../reader/desk.ts";
import { fitting } from "../reader/ensemble.ts";
import { significant } from "../reader/number.ts";
import { type View, hasControl } from "../reader/view.ts";
import { fresh, h } from "../page/dom.ts";
import { slider, unitText } from "./slider.ts";
import { words } from "../page/words.ts";

/** The assumptions with a control, in the order of the case. */
export function controlled(desk: Desk): number[] {
  const { catalogue } = desk.live;
  return catalogue.factors.map((_, factor) => factor).filter((factor) => hasControl(catalogue, factor));
}

/** A closed block, filled when it is first opened: there may be a hundred sliders in it. */
export function assumptions(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const factors = controlled(desk);
  const fit = h("p", { class: "note" });
  const holder = h("div");
  const id = fresh();
  const filter = h("input", {
    type: "search",
    id,
    oninput: () => {
      const wanted = filter.value.trim().toLowerCase();
      for (const item of holder.querySelectorAll<HTMLElement>(".one")) item.hidden = !(item.dataset.name ?? "").includes(wanted);
      for (const group of holder.querySelectorAll<HTMLElement>(".group")) group.hidden = !group.querySelector(".one:not([hidden])");
    },
  });
  const show = () => {
    fit.hidden = desk.view.ranges.size === 0;
    if (fit.hidden) return;
    const fits = fitting(desk.live, desk.view);
    let count = 0;
    for (let row = 0; row < desk.live.embedded.futures; row++) if (fits(row)) count += 1;
    fit.textContent = words(language, "fit", { count: significant(count, 6), of: significant(desk.live.embedded.futures, 6) });
  };
  const fill = () => {
    if (holder.childElementCount > 0) return;
    const sectors = [...new Set(factors.map((factor) => catalogue.factors[factor].sector))];
    for (const sector of sectors) {
      const inside = factors.filter((factor) => catalogue.factors[factor].sector === sector);
      holder.append(
        h("div", { class: "group" }, catalogue.sectors[sector] ? h("h4", {}, catalogue.sectors[sector][language]) : h("h4", { lang: "en" }, sector), ...inside.map((factor) => one(desk, factor, language))),
      );
    }
  };
  desk.listen((change) => change === "view" && show());
  show();
  return h(
    "details",
    { class: "all", ontoggle: fill },
    h("summary", {}, words(language, "all_assumptions", { count: factors.length })),
    h("p", { class: "note" }, words(language, "all_note")),
    h("p", {}, h("label", { for: id }, words(language, "filter")), " ", filter),
    fit,
    holder,
  );
}

function one(desk: Desk, factor: number, language: Language): HTMLElement {
  const { label, distribution } = desk.live.catalogue.factors[factor];
  const name = label[language];
  return h(
    "div",
    { class: "one", "data-name": name.toLowerCase() },
    slider(desk, factor, language, "focus"),
    distribution.kind === "categorical" ? null : narrow(desk, factor, name, language),
  );
}

/** Two numbers that narrow a range. */
function narrow(desk: Desk, factor: number, name: string, language: Language): HTMLElement {
  const { low, high } = desk.live.catalogue.factors[factor];
  const step = Number(((high - low) / 100).toPrecision(1));
  const set = () => {
    const [from, to] = [least, most].map((input) => Number(input.value));
    const whole = from <= low && to >= high;
    desk.change((view: View) => {
      if (whole || !(from <= to)) view.ranges.delete(factor);
      else view.ranges.set(factor, { between: [Math.max(low, from), Math.min(high, to)] });
    });
  };
  const field = (which: "from_label" | "to_label", value: number) =>
    h("input", { type: "number", min: low, max: high, step: step > 0 ? step : "any", value, "aria-label": words(language, which, { label: name }), onchange: set });
  const least = field("from_label", low);
  const most = field("to_label", high);
  const show = () => {
    const belief = desk.view.ranges.get(factor);
    const [from, to] = belief && "between" in belief ? belief.between : [low, high];
    least.value = String(from);
    most.value = String(to);
  };
  desk.listen((change) => change === "view" && show());
  show();
  return h("p", { class: "narrow small" }, `${words(language, "narrow")}: ${words(language, "from")} `, least, ` ${words(language, "to")} `, most, ` ${unitText(desk, factor, language)}`);
}

// The reader's values, apart from the facts: a weight for each outcome. Moving one simulates nothing.

import type { Language } from "../language.ts";
import type { Desk } from "../reader/desk.ts";
import { perHundred } from "../reader/number.ts";
import { fresh, h } from "../page/dom.ts";
import { words } from "../page/words.ts";

/** The panel of weights. */
export function values(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const rows = catalogue.outcomes.map((outcome, at) => {
    const id = fresh();
    const output = h("output", { for: id });
    const set = (moving: boolean) => () => {
      const weight = Number(input.value);
      desk.change((view) => {
        const first = view.weights.every((weight) => weight === 0);
        view.weights[at] = weight;
        // The first weight is a question: strips and map answer it.
        if (first && weight > 0) view.by = -1;
        if (view.by < 0 && view.weights.every((weight) => weight === 0)) view.by = catalogue.headline[0] ?? 0;
      }, moving);
    };
    const input = h("input", { type: "range", id, min: 0, max: 100, step: 1, oninput: set(true), onchange: set(false) });
    const show = () => {
      const weight = desk.view.weights[at];
      const total = desk.view.weights.reduce((sum, weight) => sum + weight, 0);
      input.value = String(weight);
      const text = weight > 0 ? words(language, "weight_value", { weight, share: perHundred(weight, total) }) : words(language, "no_weight");
      output.textContent = text;
      input.setAttribute("aria-valuetext", text);
    };
    desk.listen((change) => change === "view" && show());
    show();
    return h("div", { class: "slider" }, h("div", { class: "row" }, h("label", { for: id }, outcome.name[language]), output), input);
  });
  return h(
    "details",
    { class: "values" },
    h("summary", {}, words(language, "values")),
    h("p", { class: "note" }, words(language, "values_note")),
    ...rows,
  );
}

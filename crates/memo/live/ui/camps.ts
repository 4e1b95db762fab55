// Camps as presets: what a camp believes and what it values, together or apart. None is set when the page opens.

import type { Language } from "../language.ts";
import type { Camp } from "../types.ts";
import type { Desk } from "../reader/desk.ts";
import { type View, hasControl } from "../reader/view.ts";
import { badge, h } from "../page/dom.ts";
import { phrase, words } from "../page/words.ts";

/** Camps are numbered. */
export const NUMERALS = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];

/** The panel of camps. */
export function camps(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const cards = catalogue.camps.map((camp, at) => {
    const name = `${NUMERALS[at] ?? at + 1}. ${camp.name[language]}`;
    const take = (what: "take_both" | "take_beliefs" | "take_values", edit: (view: View) => void) =>
      h(
        "button",
        { type: "button", "aria-label": words(language, "take_label", { name, what: words(language, what) }), onclick: () => desk.change(edit) },
        words(language, what),
      );
    const believe = (view: View) => beliefs(desk, view, camp);
    const weigh = (view: View) => weights(view, camp);
    const struck = h("span");
    camp.struckOut.forEach(({ policy }, at) => struck.append(at > 0 ? " " : "", badge(policy)));
    return h(
      "div",
      { class: "preset" },
      h("h4", {}, name),
      h(
        "p",
        {},
        take("take_both", (view) => {
          believe(view);
          weigh(view);
        }),
        " ",
        take("take_beliefs", believe),
        " ",
        take("take_values", weigh),
      ),
      camp.struckOut.length ? h("p", { class: "note" }, phrase(language, "struck", { list: struck })) : null,
    );
  });
  return h(
    "details",
    { class: "presets" },
    h("summary", {}, words(language, "camps")),
    h("p", { class: "note" }, words(language, "camps_note")),
    h("div", { class: "grid" }, ...cards),
  );
}

/** Puts a camp's beliefs in the place of what was set. */
function beliefs(desk: Desk, view: View, camp: Camp): void {
  view.pins.clear();
  view.ranges.clear();
  for (const { factor, between, oneOf } of camp.beliefs) {
    if (!hasControl(desk.live.catalogue, factor)) continue;
    if (between) view.ranges.set(factor, { between: [between[0], between[1]] });
    else if (oneOf) view.ranges.set(factor, { oneOf: [...oneOf] });
  }
}

/** Puts a camp's weights in the place of the reader's, the heaviest at 100 at most. */
function weights(view: View, camp: Camp): void {
  view.weights.fill(0);
  const total = camp.values.reduce((sum, { weight }) => sum + weight, 0) || 1;
  for (const { outcome, weight } of camp.values) view.weights[outcome] = Number(((100 * weight) / total).toPrecision(3));
  view.by = -1;
}

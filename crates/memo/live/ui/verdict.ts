// The verdict as set: a line for each headline outcome and one for the reader's values, with what the whole range says beside.

import type { Language } from "../language.ts";
import type { Desk } from "../reader/desk.ts";
import type { Run } from "../reader/ensemble.ts";
import { type Question, type Tally, headline, interval, leaders, tally } from "../reader/judge.ts";
import { perHundred, significant } from "../reader/number.ts";
import { MOST, SETTLED, hasWeights } from "../reader/view.ts";
import { badge, h, named } from "../page/dom.ts";
import { type Rows, take } from "../page/download.ts";
import { valueText } from "./slider.ts";
import { phrase, words } from "../page/words.ts";

/** How long nothing must move before the verdict is read out, in milliseconds. */
const QUIET = 500;

/** The verdict's panel. */
export function verdict(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const held = h("p", { class: "held" });
  const lines = h("div", { class: "lines" });
  const basis = h("p", { class: "note" });
  const spoken = h("p", { class: "vh", role: "status" });
  const more = h("button", { type: "button", hidden: true, onclick: () => desk.more() });
  const whole = (count: number) => significant(count, 6);
  /** Every run that the verdict rests on: what was assumed, and what came of it. */
  const runs = (): Rows => {
    const { run, live } = desk;
    if (!run) return [];
    const { factors, measures } = catalogue;
    return [
      ["future", "option", ...factors.map(({ id }) => id), ...measures.map(({ id }) => id)],
      ...run.options.flatMap((option, p) => {
        const { policy, addon } = live.catalogue.options[option];
        const name = [catalogue.policies[policy].id, ...(addon > 0 ? [catalogue.addons[addon].id] : [])].join("+");
        return Array.from({ length: run.rows }, (_, row) => [
          run.futures.ids[row],
          name,
          ...run.futures.inputs.subarray(row * factors.length, (row + 1) * factors.length),
          ...run.results[p].subarray(row * measures.length, (row + 1) * measures.length),
        ]);
      }),
    ];
  };
  let timer = 0;

  const draw = () => {
    const { run, view } = desk;
    held.textContent = heldText(desk, language);
    if (!run) return;
    const asked: { name: string; question: Question; of: number }[] = catalogue.headline.map((outcome) => ({
      name: catalogue.outcomes[outcome].name[language],
      question: { outcome },
      of: outcome,
    }));
    if (view.by >= 0 && !catalogue.headline.includes(view.by)) {
      asked.push({ name: catalogue.outcomes[view.by].name[language], question: { outcome: view.by }, of: view.by });
    }
    if (hasWeights(view)) asked.push({ name: words(language, "by_values"), question: { weights: view.weights }, of: -1 });
    lines.replaceChildren(...asked.map(({ name, question, of }) => line(desk, language, name, question, run, desk.whole, of === view.by)));
    const broken = run.rows - counted(desk, run, asked[0].question).compared;
    const grown = Math.min(MOST, 4 * view.futures);
    more.hidden = desk.settled ? run.rows < view.futures || grown <= run.rows : !more.matches(":focus");
    more.textContent = words(language, "more", { futures: whole(grown) });
    basis.replaceChildren(
      words(language, "basis", { futures: whole(run.rows), options: run.options.length }),
      desk.settled ? "" : run.rows < SETTLED ? ` ${words(language, "glance")}` : ` ${words(language, "growing", { futures: whole(run.rows), of: whole(view.futures) })}`,
      broken > 0 ? ` ${words(language, "broken", { count: broken })}` : "",
    );
  };
  desk.listen((change) => {
    draw();
    if (change !== "settled") return;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      spoken.textContent = [...lines.querySelectorAll("p.says")].map((p) => `${p.previousElementSibling?.textContent}: ${p.textContent}`).join(". ");
    }, QUIET);
  });
  draw();
  return h("div", { class: "now" }, h("h3", {}, words(language, "verdict")), held, lines, basis, h("p", { class: "more" }, more), take(language, words(language, "runs"), runs), spoken);
}

/** What is set, in words. */
export function heldText(desk: Desk, language: Language): string {
  const { view, live } = desk;
  const name = (factor: number) => live.catalogue.factors[factor].label[language];
  const pins = [...view.pins].map(([factor, value]) => words(language, "is", { label: name(factor), value: valueText(desk, factor, value, language) }));
  const ranges = [...view.ranges]
    .filter(([factor]) => !view.pins.has(factor))
    .map(([factor, belief]) =>
      "between" in belief
        ? words(language, "within", {
            label: name(factor),
            low: valueText(desk, factor, belief.between[0], language),
            high: valueText(desk, factor, belief.between[1], language),
          })
        : words(language, "is", { label: name(factor), value: belief.oneOf.map((value) => valueText(desk, factor, value, language)).join(", ") }),
    );
  const all = [...pins, ...ranges];
  const weights = view.weights.flatMap((weight, outcome) => (weight > 0 ? [`${live.catalogue.outcomes[outcome].name[language]} ${weight}`] : []));
  const held = all.length ? words(language, "held", { list: all.join("; ") }) : words(language, "nothing_held");
  return weights.length ? `${held} ${words(language, "weighed", { list: weights.join("; ") })}` : held;
}

const counted = (desk: Desk, run: Run, question: Question): Tally => tally(leaders(desk.live.catalogue, run, question), run.policies.length);

function line(desk: Desk, language: Language, name: string, question: Question, run: Run, whole: Run | null, chosen: boolean): HTMLElement {
  const counts = counted(desk, run, question);
  const parts: Node[] = [
    h("h4", {}, name),
    h("p", { class: "says" }, sentence(desk, language, counts, run.policies)),
    leadBar(counts, run.policies),
    legend(counts, run.policies, language),
  ];
  if (whole && whole !== run) {
    const all = counted(desk, whole, question);
    parts.push(h("p", { class: "note whole" }, phrase(language, "whole", { list: list(all, whole.policies, language) })));
  }
  return h("div", { class: chosen ? "line chosen" : "line" }, ...parts);
}

/** Who leads, in how many of 100, and how sure that is. */
export function sentence(desk: Desk, language: Language, counts: Tally, policies: number[]): Node {
  const { compared, leads } = counts;
  const name = (position: number) => named(desk.live.catalogue, policies[position], language);
  const share = (position: number) => {
    const [low, high] = interval(leads[position], compared);
    return { count: perHundred(leads[position], compared), low: Math.round(100 * low), high: Math.round(100 * high) };
  };
  const found = headline(counts);
  switch (found.kind) {
    case "leads":
      return phrase(language, "leads", { name: name(found.first), ...share(found.first) });
    case "mostly": {
      const close = compared - leads.reduce((sum, count) => sum + count, 0);
      return phrase(language, "mostly", { name: name(found.first), close: perHundred(close, compared), ...share(found.first) });
    }
    case "tie":
      return phrase(language, "too_close", {
        first: name(found.first),
        second: name(found.second),
        ...share(found.first),
        other: perHundred(leads[found.second], compared),
      });
    case "nobody":
      return phrase(language, "nobody", {});
  }
}

/** How the futures divide, as a bar. */
function leadBar({ compared, leads }: Tally, policies: number[]): HTMLElement {
  const bar = h("div", { class: "lead", "aria-hidden": "true" });
  const close = compared - leads.reduce((sum, count) => sum + count, 0);
  leads.forEach((count, position) => {
    if (count > 0) bar.append(h("span", { class: `o${policies[position]}`, style: `flex:${count}` }));
  });
  if (close > 0) bar.append(h("span", { class: "h", style: `flex:${close}` }));
  return bar;
}

/** The counts that the bar shows, as a list. */
function legend(counts: Tally, policies: number[], language: Language): HTMLElement {
  return h("p", { class: "small counts" }, list(counts, policies, language));
}

function list({ compared, leads }: Tally, policies: number[], language: Language): Node {
  const piece = document.createDocumentFragment();
  leads.forEach((count, position) => {
    if (count > 0) piece.append(h("span", {}, badge(policies[position]), ` ${perHundred(count, compared)}`), " ");
  });
  const close = compared - leads.reduce((sum, count) => sum + count, 0);
  piece.append(h("span", {}, words(language, "close_calls", { count: perHundred(close, compared) })));
  return piece;
}

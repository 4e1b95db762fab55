// Brings the page to life: loads the machine, lets it check itself, and puts the controls into the article that is shown.

import { type Language, current, offerLanguages, shown } from "./language.ts";
import { DRAGGING, type Desk, busy, desk as atDesk, question } from "./reader/desk.ts";
import { futuresOf, optionsOf, runOf } from "./reader/ensemble.ts";
import { leaders, tally } from "./reader/judge.ts";
import { read } from "./reader/view.ts";
import type { Live, Load } from "./types.ts";
import { assumptions } from "./ui/assumptions.ts";
import { camps } from "./ui/camps.ts";
import { claims } from "./ui/claims.ts";
import { fresh, h } from "./page/dom.ts";
import { fans } from "./ui/fans.ts";
import { hinges, smallest, strongest } from "./ui/hinges.ts";
import { ledger } from "./ui/ledger.ts";
import { map } from "./ui/map.ts";
import { quarrels } from "./ui/quarrel.ts";
import { share } from "./ui/share.ts";
import { slider } from "./ui/slider.ts";
import { values } from "./ui/values.ts";
import { sentence, verdict } from "./ui/verdict.ts";
import { type Name, words } from "./page/words.ts";
import css from "./live.css";

/** What came of loading: a desk, or the words that say why the page stands still. */
type Outcome = { desk: Desk; checked: Checked } | { why: Name };

/** Of how many options the page has replayed the record. */
interface Checked {
  futures: number;
  options: number;
}

/** What works without the model: languages, and the ledger's filter. */
export function goStill(): void {
  document.head.append(h("style", {}, css));
  offerLanguages(ledger);
  ledger(current(), shown());
}

/** Starts the page. `load` fetches the machine from the document. */
export async function goLive(load: Load): Promise<void> {
  document.head.append(h("style", {}, css));
  let outcome: Outcome | null = null;
  const dress = (article: HTMLElement, language: Language) => {
    ledger(article, language);
    if (outcome) put(article, language, outcome);
  };
  offerLanguages(dress);
  ledger(current(), shown());
  outcome = await loaded(load);
  put(current(), shown(), outcome);
  // Ready: the controls answer, and the verdict stands on futures that were just run here and are those of the record.
  document.documentElement.dataset.live = "desk" in outcome ? "ready" : "still";
  performance.mark("ready");
  if (!("desk" in outcome)) return;
  const { desk, checked } = outcome;
  desk.change(() => {});
  window.addEventListener("hashchange", () => {
    if (location.hash.includes("=")) desk.replace(read(desk.live.catalogue, location.hash));
  });
  await busy(async () => {
    const rest = desk.live.catalogue.options.map((_, option) => option).filter((option) => !optionsOf(desk.live.catalogue, desk.view.addon).options.includes(option));
    const verified = await desk.live.verify({ options: rest });
    if (verified.ok) checked.options += verified.options;
    else outcome = { why: "check_failed" };
  });
  const note = document.querySelector(".s-live .checked");
  if ("why" in outcome) {
    document.documentElement.dataset.live = "still";
    put(current(), shown(), outcome);
  } else if (note) note.textContent = checkedWords(outcome, shown());
  document.documentElement.dataset.checked = String(checked.options);
  performance.mark("checked");
}

async function loaded(load: Load): Promise<Outcome> {
  let live: Live;
  try {
    live = await load(document);
  } catch (error) {
    const reason = (error as { reason?: string }).reason;
    return { why: reason === "wasm" ? "no_wasm" : "no_payload" };
  }
  performance.mark("loaded");
  const { catalogue } = live;
  const view = read(catalogue, location.hash);
  // First what is shown first; the other add-ons are checked as soon as the page can be used.
  const { ok, futures, options, results } = await live.verify({ options: optionsOf(catalogue, view.addon).options, urgent: true });
  if (!ok) return { why: "check_failed" };
  performance.mark("replayed");
  const held = view.pins.size + view.ranges.size > 0;
  const first = held || futures !== DRAGGING ? null : runOf(catalogue, futuresOf(live, view, DRAGGING), view.addon, results);
  const desk = atDesk(live, view, first, (hash) => {
    // An address that leads to a section stays while nothing is set.
    if (hash || location.hash.includes("=")) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  });
  return { desk, checked: { futures, options } };
}

/** How far the page has checked itself. */
function checkedWords({ desk, checked: { futures, options } }: { desk: Desk; checked: Checked }, language: Language): string {
  const of = desk.live.catalogue.options.length;
  return words(language, options < of ? "checking" : "checked", { futures, options, of });
}

/** Puts the live section behind the verdict of an article, in place of an older one. */
function put(article: HTMLElement, language: Language, outcome: Outcome): void {
  article.querySelector(".s-live")?.remove();
  const behind = article.querySelector(`#verdict-${language}`);
  const section = h("section", { class: "s-live", id: `live-${language}` });
  behind?.after(section);
  if ("why" in outcome) {
    section.append(h("p", { class: "note", role: "status" }, words(language, outcome.why)));
    return;
  }
  const { desk } = outcome;
  desk.deaf();
  follow(desk);
  section.append(
    h("h2", {}, words(language, "heading")),
    h("p", {}, words(language, "intro")),
    h("p", { class: "note checked" }, checkedWords(outcome, language)),
    verdict(desk, language),
    menus(desk, language),
    sticky(desk, language),
    main(desk, language),
    map(desk, language),
    camps(desk, language),
    assumptions(desk, language),
    values(desk, language),
    desk.live.catalogue.camps.length > 0 ? quarrels(desk, language) : "",
    hinges(desk, language),
    smallest(desk, language),
    fans(desk, language),
    claims(desk, language),
    share(desk, language),
  );
  if (desk.run) desk.change(() => {});
}

/** Keeps the map on the two strongest assumptions of what is asked, until the reader chooses. */
function follow(desk: Desk): void {
  let asked = "";
  const choose = () => {
    const { view } = desk;
    const key = JSON.stringify([view.by, view.by < 0 ? view.weights : [], view.addon]);
    if (view.chosen || key === asked) return;
    asked = key;
    view.axes = strongest(desk);
  };
  choose();
  desk.listen((change) => change === "view" && choose());
}

/** What strips and map show, and with which add-on. */
function menus(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const [by, addon] = [fresh(), fresh()];
  const outcomes = h(
    "select",
    { id: by, onchange: () => desk.change((view) => (view.by = Number(outcomes.value))) },
    ...catalogue.outcomes.map((outcome, at) => h("option", { value: at }, outcome.name[language])),
    h("option", { value: -1 }, words(language, "by_values")),
  );
  const addons = h(
    "select",
    { id: addon, onchange: () => desk.change((view) => (view.addon = Number(addons.value))) },
    ...catalogue.addons.map((one, at) => h("option", { value: at }, one.name[language])),
  );
  const show = () => {
    outcomes.value = String(desk.view.by);
    addons.value = String(desk.view.addon);
    const mine = outcomes.lastElementChild as HTMLOptionElement;
    mine.disabled = desk.view.weights.every((weight) => weight === 0);
  };
  desk.listen((change) => change === "view" && show());
  show();
  return h(
    "div",
    { class: "menus" },
    h("p", {}, h("label", { for: by }, words(language, "judged_by")), " ", outcomes),
    catalogue.addons.length > 1 ? h("p", {}, h("label", { for: addon }, words(language, "with_addon")), " ", addons) : null,
  );
}

/** The chosen line of the verdict, kept in sight while sliders and map are used. It says nothing that the verdict does not. */
function sticky(desk: Desk, language: Language): HTMLElement {
  const line = h("p", { class: "sticky", "aria-hidden": "true" });
  desk.listen(() => {
    if (!desk.run) return;
    const asked = question(desk);
    const counts = tally(leaders(desk.live.catalogue, desk.run, asked), desk.run.policies.length);
    const name = "outcome" in asked ? desk.live.catalogue.outcomes[asked.outcome].name[language] : words(language, "by_values");
    line.replaceChildren(h("strong", {}, `${name}: `), sentence(desk, language, counts, desk.run.policies));
  });
  return line;
}

/** The two main sliders: the map's axes. */
function main(desk: Desk, language: Language): HTMLElement {
  const holder = h("div", { class: "mains" });
  let axes = "";
  const show = () => {
    const key = desk.view.axes.join();
    if (key === axes) return;
    axes = key;
    holder.replaceChildren(...desk.view.axes.filter((axis) => axis >= 0).map((axis) => slider(desk, axis, language, "now")));
  };
  desk.listen((change) => change === "view" && show());
  show();
  return h("div", {}, h("h3", {}, words(language, "main")), h("p", { class: "note" }, words(language, "strip_note")), holder);
}

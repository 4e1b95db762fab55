// The evidence ledger's filter and order. It works on the table that stands in the page, and needs no model.

import type { Language } from "../language.ts";
import { fresh, h } from "../page/dom.ts";
import { words } from "../page/words.ts";

/** Puts a filter above the ledger of an article. */
export function ledger(article: HTMLElement, language: Language): void {
  const section = article.querySelector<HTMLElement>(`#ledger-${language}`);
  const body = section?.querySelector("table.ledger tbody");
  if (!section || !body || section.querySelector(".finder")) return;
  const rows = [...body.querySelectorAll("tr")];
  const isGroup = (row: HTMLTableRowElement) => row.cells.length === 1;
  const items = rows.filter((row) => !isGroup(row));
  const grade = (row: HTMLTableRowElement) => row.cells[3]?.textContent?.trim() ?? "";
  const [find, grades, order] = [fresh(), fresh(), fresh()];
  const text = h("input", { type: "search", id: find, oninput: () => apply() });
  const known = [...new Set(items.map(grade))].sort();
  const select = h("select", { id: grades, onchange: () => apply() }, h("option", { value: "" }, words(language, "ledger_any")), ...known.map((one) => h("option", { value: one }, one)));
  const sort = h(
    "select",
    { id: order, onchange: () => apply() },
    ...(["ledger_case", "ledger_name", "ledger_grade"] as const).map((name) => h("option", { value: name }, words(language, name))),
  );
  const shown = h("span", { class: "note", role: "status" });
  const apply = () => {
    const wanted = text.value.trim().toLowerCase();
    for (const row of items) row.hidden = !(row.textContent ?? "").toLowerCase().includes(wanted) || (select.value !== "" && grade(row) !== select.value);
    const plain = sort.value === "ledger_case";
    const name = (row: HTMLTableRowElement) => row.cells[0].textContent ?? "";
    const sorted = plain
      ? rows
      : [...items].sort((a, b) => (sort.value === "ledger_grade" ? grade(a).localeCompare(grade(b)) : 0) || name(a).localeCompare(name(b), language));
    body.append(...sorted);
    for (const row of rows.filter(isGroup)) {
      if (!plain) row.hidden = true;
      else {
        let next = row.nextElementSibling as HTMLTableRowElement | null;
        while (next && next.hidden && !isGroup(next)) next = next.nextElementSibling as HTMLTableRowElement | null;
        row.hidden = !next || isGroup(next);
      }
    }
    const count = items.filter((row) => !row.hidden).length;
    shown.textContent = words(language, "ledger_shown", { count, of: items.length });
  };
  const finder = h(
    "p",
    { class: "finder" },
    h("label", { for: find }, words(language, "ledger_find")), " ", text, " ",
    h("label", { for: grades }, words(language, "ledger_grade")), " ", select, " ",
    h("label", { for: order }, words(language, "ledger_sort")), " ", sort, " ", shown,
  );
  section.querySelector("h2")?.after(finder);
  apply();
}

// What is set, as a code to send and to take: it stands in the page's address as well.

import type { Language } from "../language.ts";
import type { Desk } from "../reader/desk.ts";
import { open, read, written } from "../reader/view.ts";
import { fresh, h } from "../page/dom.ts";
import { words } from "../page/words.ts";

/** The panel, with reset. */
export function share(desk: Desk, language: Language): HTMLElement {
  const { catalogue } = desk.live;
  const id = fresh();
  const code = h("input", { type: "text", id, autocomplete: "off", spellcheck: "false" });
  const state = h("span", { class: "note", role: "status" });
  const copy = async () => {
    code.select();
    try {
      await navigator.clipboard.writeText(code.value);
    } catch {
      // A page from a file may have no clipboard: the selected text is copied the old way, or by the reader.
      document.execCommand("copy");
    }
    state.textContent = words(language, "copied");
  };
  const show = () => (code.value = written(catalogue, desk.view));
  desk.listen((change) => change === "view" && show());
  show();
  return h(
    "div",
    { class: "share" },
    h("h3", {}, words(language, "share")),
    h("p", { class: "note" }, words(language, "share_note")),
    h("p", {}, h("label", { for: id }, words(language, "code")), " ", code),
    h(
      "p",
      {},
      h("button", { type: "button", onclick: () => void copy() }, words(language, "copy")),
      " ",
      h("button", { type: "button", onclick: () => desk.replace(read(catalogue, code.value)) }, words(language, "use")),
      " ",
      h("button", { type: "button", class: "reset", onclick: () => desk.replace({ ...open(catalogue), axes: desk.view.axes }) }, words(language, "reset")),
      " ",
      state,
    ),
  );
}

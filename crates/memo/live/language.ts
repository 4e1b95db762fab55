// The language switch: the memo in the other language is unpacked when it is first asked for.

import { unpackedText } from "./packed.ts";

/** A language of the memo. */
export type Language = "en" | "es";

const LANGUAGES: readonly Language[] = ["en", "es"];

/** Shows the switch, and changes the article when it is used; `shownNow` is told of each article that comes into sight. */
export function offerLanguages(shownNow: (article: HTMLElement, language: Language) => void): void {
  const articles = new Map<Language, HTMLElement>();
  articles.set(shown(), current());
  document.getElementById("still")?.remove();
  const switches = document.getElementById("languages");
  if (switches) switches.hidden = false;
  for (const language of LANGUAGES) {
    const radio = document.getElementById(`show-${language}`);
    radio?.addEventListener("change", () => void show(language, articles).then((article) => shownNow(article, language)));
  }
}

/** The language that is shown. */
export function shown(): Language {
  return document.documentElement.lang === "es" ? "es" : "en";
}

/** The article that is shown. */
export function current(): HTMLElement {
  const article = document.querySelector<HTMLElement>("main > article");
  if (!article) throw new Error("the page has no article");
  return article;
}

/** Puts the article of a language in the place of the other. The reader stays at the section they were reading. */
async function show(language: Language, articles: Map<Language, HTMLElement>): Promise<HTMLElement> {
  const before = current();
  let article = articles.get(language);
  if (!article) {
    const holder = document.createElement("template");
    holder.innerHTML = await unpackedText(`memo-${language}`);
    article = holder.content.querySelector("article") ?? undefined;
    if (!article) throw new Error(`the memo is not packed in ${language}`);
    articles.set(language, article);
  }
  const reading = [...before.querySelectorAll("section")].find((section) => section.getBoundingClientRect().bottom > 0);
  const above = reading?.getBoundingClientRect().top ?? 0;
  const scrolled = window.scrollY > 0;
  before.replaceWith(article);
  document.documentElement.lang = language;
  document.title = article.querySelector("h1")?.textContent ?? document.title;
  if (scrolled && reading) {
    const same = document.getElementById(reading.id.replace(/-(en|es)$/, `-${language}`));
    if (same) window.scrollBy(0, same.getBoundingClientRect().top - above);
  }
  return article;
}

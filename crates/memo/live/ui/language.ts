// The language switch: the memo in the other language is unpacked when it is first asked for.

import { unpackedText } from "../packed.ts";

/** A language of the memo. */
export type Language = "en" | "es";

const LANGUAGES: readonly Language[] = ["en", "es"];

/** Shows the switch, and changes the article when it is used. */
export function offerLanguages(): void {
  const articles = new Map<Language, HTMLElement>();
  articles.set(shown(), current());
  document.getElementById("still")?.remove();
  const switches = document.getElementById("languages");
  if (switches) switches.hidden = false;
  for (const language of LANGUAGES) {
    const radio = document.getElementById(`show-${language}`);
    radio?.addEventListener("change", () => void show(language, articles));
  }
}

/** The language that is shown. */
export function shown(): Language {
  return document.documentElement.lang === "es" ? "es" : "en";
}

function current(): HTMLElement {
  const article = document.querySelector<HTMLElement>("main > article");
  if (!article) throw new Error("the page has no article");
  return article;
}

/** Puts the article of a language in the place of the other. The reader stays at the section they were reading. */
async function show(language: Language, articles: Map<Language, HTMLElement>): Promise<void> {
  const before = current();
  let article = articles.get(language);
  if (!article) {
    const holder = document.createElement("template");
    holder.innerHTML = await unpackedText(`memo-${language}`);
    article = holder.content.querySelector("article") ?? undefined;
    if (!article) throw new Error(`the memo is not packed in ${language}`);
    articles.set(language, article);
  }
  before.replaceWith(article);
  document.documentElement.lang = language;
  document.title = article.querySelector("h1")?.textContent ?? document.title;
}

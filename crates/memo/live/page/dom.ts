// Elements, and the few shapes that every control draws.

import type { Catalogue } from "../types.ts";
import type { Front } from "../reader/judge.ts";

type Child = Node | string | null | undefined;
type Attributes = Record<string, string | number | boolean | EventListener | undefined>;

/** An HTML element: attributes, listeners (`onclick`), children. */
export function h<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  dress(element, attributes, children);
  return element;
}

/** An SVG element. */
export function s(name: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  dress(element, attributes, children);
  return element;
}

function dress(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined));
}

/** The letter of the option at this place in the case: A to Z, then AA, AB... */
export function letter(option: number): string {
  const last = String.fromCharCode(65 + (option % 26));
  return option < 26 ? last : letter(Math.floor(option / 26) - 1) + last;
}

/** The letter of a policy on its colour. */
export const badge = (policy: number): HTMLElement => h("b", { class: `o${policy}` }, letter(policy));

/** What an area of this option is filled with: the style sheet's colours; dots over them from the eighth on. */
export const fill = (option: number): string => (option < 7 ? `var(--o${option})` : `url(#dots${option})`);

/** What a part of the futures is painted with, by who is in front of it. */
export function paint(front: Front, policies: number[]): string {
  if (front.kind === "clear") return fill(policies[front.position]);
  return front.kind === "few" ? "#fff" : "url(#hatch)";
}

/** The letter that stands on it; empty for a tie. */
export const mark = (front: Front, policies: number[]): string =>
  front.kind === "clear" || front.kind === "ahead" ? letter(policies[front.position]) : "";

/** Letter and name of a policy. */
export function named(catalogue: Catalogue, policy: number, language: "en" | "es"): Node {
  const piece = document.createDocumentFragment();
  piece.append(badge(policy), " ", catalogue.policies[policy].name[language]);
  return piece;
}

let ids = 0;
/** An id that no other element has. */
export const fresh = (): string => `u${(ids += 1)}`;

// Is the live page neutral between camps? Two cases that differ only in which camp is which are opened side by side, the same
// controls are moved in both, and then both pages must be the same but for what was exchanged.
//
//     node symmetric.mjs WEIGH
//
// WEIGH is the command; the case is the one that `weigh new` writes. Prints "N passed, N failed" at the end.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const weigh = resolve(process.argv[2] ?? "");
const folder = mkdtempSync(join(tmpdir(), "symmetric-"));
const say = (...words) => execFileSync(weigh, words, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });

/** Writes the memo of a case, changed. */
function memo(name, change) {
  say("new", name);
  const path = join(folder, name, "case.toml");
  const before = readFileSync(path, "utf8");
  const after = change(before);
  if (after === null) throw new Error("the case that `weigh new` writes has not the camps that are looked for");
  writeFileSync(path, after);
  say("run", name, "--futures", "300", "--seed", "7", "--out", `run-${name}`);
  return join(folder, `run-${name}`, "memo.html");
}

const CAMPS = /\[\[camp\]\]\nid = "boat_owners"\n([\s\S]*?)\n\n\[\[camp\]\]\nid = "conservationists"\n([\s\S]*?)\n\n(?=#)/;
/** The camps in the other order: each keeps what it believes and values. */
const reordered = (text) => {
  const found = CAMPS.exec(text);
  return found && text.replace(CAMPS, () => `[[camp]]\nid = "conservationists"\n${found[2]}\n\n[[camp]]\nid = "boat_owners"\n${found[1]}\n\n`);
};
/** Two camps of one mind, under these names. */
const twins = (first, second) => (text) => {
  const found = CAMPS.exec(text);
  const named = (name) => found[1].replace(/^name = .*$/m, `name = { en = "${name}", es = "${name}" }`);
  return found && text.replace(CAMPS, () => `[[camp]]\nid = "boat_owners"\n${named(first)}\n\n[[camp]]\nid = "conservationists"\n${named(second)}\n\n`);
};

let passed = 0;
let failed = 0;
function check(name, found, expected) {
  if (found === expected) {
    passed += 1;
    console.log(`ok      ${name}`);
    return;
  }
  failed += 1;
  let at = 0;
  while (found[at] === expected[at]) at += 1;
  console.log(`failed  ${name}\n          here  …${found.slice(Math.max(0, at - 80), at + 120)}\n          there …${expected.slice(Math.max(0, at - 80), at + 120)}`);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
/** Opens a memo, moves controls, and gives the live section with everything open. `camp` is the name of the preset that is taken. */
async function moved(path, camp, language) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const quiet = async () => {
    await page.waitForTimeout(300);
    await page.waitForFunction(() => !document.querySelector("html[data-busy]"), null, { timeout: 120_000 });
  };
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector("html[data-checked]", { state: "attached", timeout: 60_000 });
  await page.check(`#show-${language}`);
  await page.waitForSelector(`#live-${language}`);
  await page.evaluate(() => document.querySelectorAll(".s-live details").forEach((details) => (details.open = true)));
  await page.locator(".preset", { has: page.locator("h4", { hasText: camp }) }).locator("button").first().click();
  await quiet();
  await page.locator(".mains input[type=range]").first().focus();
  await page.keyboard.press("PageUp");
  await page.keyboard.press("PageUp");
  await quiet();
  await page.locator(".values input[type=range]").nth(1).focus();
  await page.keyboard.press("PageUp");
  await quiet();
  await page.locator(".fans > p button").first().click();
  await page.locator(".flips > button").first().click();
  await quiet();
  await page.evaluate(() => document.activeElement.blur());
  const html = await page.evaluate(() => document.querySelector(".s-live").outerHTML);
  await page.close();
  // Numbers that only tie labels to their controls; the focus moves the strip that is drawn on it.
  return html.replace(/\bu\d+\b/g, "u");
}

try {
  const exchange = (text, a, b) => text.replaceAll(a, "\u0001").replaceAll(b, a).replaceAll("\u0001", b);
  const [there, back] = [memo("there", twins("Alders", "Beeches")), memo("back", twins("Beeches", "Alders"))];
  for (const language of ["en", "es"]) {
    // The same place on the page is another name: the preset that is taken is the first in both.
    const [one, other] = [await moved(there, "Alders", language), await moved(back, "Beeches", language)];
    check(`${language}: camps of one mind are shown alike after some moves`, exchange(other, "Alders", "Beeches"), one);
    check(`${language}: both names are shown`, String(/Alders/.test(one) && /Beeches/.test(one)), "true");
  }
  const [first, second] = [memo("first", (text) => CAMPS.test(text) ? text : null), memo("second", reordered)];
  const [one, other] = [await moved(first, "Boat owners", "en"), await moved(second, "Boat owners", "en")];
  check("camps stand in the order of the case", String(one === other), "false");
  // What speaks of camps by their place is taken apart and sorted; everything else must be the same as it is.
  const without = (html) => html.replace(/<details class="presets"[\s\S]*?<\/details>/, "").replace(/<details class="quarrel"[\s\S]*?<\/details>/, "");
  check("the order of camps moves nothing but their cards", without(other), without(one));
  const texts = (html, part, split) => {
    const block = new RegExp(`<details class="${part}"[\\s\\S]*?</details>`).exec(html)?.[0] ?? "";
    const pieces = block.split(split).map((piece) => piece.replace(/\b(i|ii)\. /g, "").replace(/<[^>]*>/g, "\n").split("\n").map((line) => line.trim()).filter(Boolean).sort().join("|"));
    return pieces.sort().join("\n");
  };
  check("the cards say the same", texts(other, "presets", /<div class="preset"/), texts(one, "presets", /<div class="preset"/));
  check("the quarrels are the same", texts(other, "quarrel", /<tr>/), texts(one, "quarrel", /<tr>/));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

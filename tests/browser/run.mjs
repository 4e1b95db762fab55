// Opens a memo in a browser and checks what a reader relies on.
//
//     node run.mjs MEMO.html [SPANISH.html]
//
// The second is the same memo written with `--lang es`: what a reader without scripts gets in Spanish.
// Prints a line for each check and "N passed, N failed" at the end. CHROMIUM names the browser; default: chromium.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const LARGEST = 500_000; // bytes
const SMALLEST_TEXT = 12; // CSS pixels
// Milliseconds until the controls answer and the verdict stands on futures that the page has just run and found to be those of the file.
// The best of some loads counts: what is tested is the page, not what else the machine does.
const READY = 1000;
const LOADS = 9;
const DRAGGED = "64 futures under every option";
// An uncertainty, never a choice: what a campaign of strikes consists of.
const UNCONTROLLED = "share of strikes|parte de los ataques";
const MOST_PAGES = 14; // of paper, without the appendices
// Points: what is read on paper is no smaller than this. Tables, notes and cards come between the text and the charts' labels.
const PRINTED = { text: 9.5, table: 8, label: 7.5 };
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };
const LANGUAGES = ["en", "es"];
const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; worker-src blob:; base-uri 'none'; form-action 'none'";
// Letter paper less the margins of the print style, in CSS pixels.
const PAPER = { width: Math.floor((215.9 - 2 * 10) / 25.4 * 96), height: Math.floor((279.4 - 2 * 9) / 25.4 * 96) };

const path = process.argv[2];
if (!path || !existsSync(path)) {
  console.error("usage: node run.mjs MEMO.html");
  process.exit(2);
}
const address = pathToFileURL(resolve(path)).href;
const still = { en: path, es: process.argv[3] };

let passed = 0;
let failed = 0;
/** Counts a check; `problems` is a list of what is wrong, empty if nothing is. */
function check(name, problems) {
  if (problems.length === 0) {
    passed += 1;
    console.log(`ok      ${name}`);
  } else {
    failed += 1;
    console.log(`failed  ${name}`);
    for (const problem of problems.slice(0, 8)) console.log(`          ${problem}`);
    if (problems.length > 8) console.log(`          and ${problems.length - 8} more`);
  }
}
const unless = (holds, problem) => (holds ? [] : [problem]);

function browserPath() {
  const name = process.env.CHROMIUM || "chromium";
  if (name.includes("/")) return name;
  return execFileSync("which", [name], { encoding: "utf8" }).trim();
}
// Chromium refuses its sandbox to the root user of a container.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = await chromium.launch({ executablePath: browserPath(), args });

/** A page with the memo in a language, and what it asked for and complained of. */
async function open(language, viewport, options = {}) {
  const { address: to = address, ...settings } = options;
  const context = await browser.newContext({ viewport, ...settings });
  const page = await context.newPage();
  const asked = [];
  const complaints = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(to);
  if (options.javaScriptEnabled !== false) {
    await page.waitForSelector("#languages:not([hidden])");
    await page.check(`#show-${language}`);
    await page.waitForSelector(`main > article[lang=${language}]`);
  }
  return { page, asked, complaints, close: () => context.close() };
}

// --- The file itself ------------------------------------------------------------------------------------------------
const text = readFileSync(path, "utf8");
const sizes = Object.values(still).filter(Boolean).map((file) => statSync(file).size);
check(`at most ${LARGEST} bytes (${sizes.join(", ")})`, sizes.filter((size) => size > LARGEST).map((size) => `${size} bytes`));
check("no script, style sheet, picture or frame from elsewhere", [
  ...(text.match(/<(link|img|iframe|object|embed|video|audio|base)\b[^>]*>|<script[^>]*src/gi) ?? []),
  ...(text.match(/@import|url\((?!#)[^)]*\)/gi) ?? []),
]);
check("no share of futures is called likely or given in percent", text.match(/[^.<>]{0,40}(%|per ?cent|por ciento)[^.<>]{0,12}(futur|likely|probab)[^.<>]{0,20}/gi) ?? []);

// --- Opening it -------------------------------------------------------------------------------------------------------
{
  const { page, asked, complaints, close } = await open("en", DESK);
  await page.waitForTimeout(300);
  check("asks for nothing but itself", asked.filter((url) => url !== address && !url.startsWith("blob:")));
  check("the browser complains of nothing", complaints);
  const policy = await page.getAttribute("meta[http-equiv=Content-Security-Policy]", "content");
  check("the content security policy allows only what the page holds", unless(policy === POLICY, String(policy)));
  await close();
}

// --- Each language ------------------------------------------------------------------------------------------------------
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** What axe-core finds wrong with a page. */
async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((violation) => `${violation.id}: ${violation.help} (${violation.nodes.length}, e.g. ${violation.nodes[0].html.slice(0, 90)})`);
}

/** What sticks out to the right of the window. */
const overflow = (width) => {
  const out = [];
  if (document.documentElement.scrollWidth > width) out.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  for (const element of document.querySelectorAll("main *")) {
    const box = element.getBoundingClientRect();
    const hidden = element.closest(".vh, .sheet") || (element.ownerSVGElement && element.tagName !== "use");
    if (box.width > 0 && box.right > width + 1 && !hidden) out.push(`${element.tagName.toLowerCase()} reaches ${Math.round(box.right)} px in ${element.closest("section")?.id}: ${element.textContent.slice(0, 40)}`);
  }
  return out;
};

/** Texts smaller than `least` pixels, in the page and in its drawings. */
const smallTexts = (least) => {
  const small = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || ["TITLE", "DESC", "STYLE"].includes(element.tagName.toUpperCase())) continue;
    const drawn = element.closest(".sheet") !== null;
    if (!drawn && element.getClientRects().length === 0) continue;
    const pixels = parseFloat(getComputedStyle(element).fontSize);
    if (pixels < least) small.add(`${pixels} px: ${node.data.trim().slice(0, 40)}`);
  }
  for (const svg of document.querySelectorAll("svg[viewBox]")) small.add(`scaled drawing ${svg.id}`);
  return [...small];
};

/** What is printed smaller than it may be, in points: text, tables and notes, labels of charts. A label's size comes down to its drawing as --t. */
const tinyPrint = ({ text, table, label }) => {
  const tiny = new Set();
  const lettered = (drawing) => drawing.querySelector("text") !== null || [...drawing.querySelectorAll("use")].some((use) => lettered(document.querySelector(use.getAttribute("href"))));
  const points = (pixels, element) => Math.round(pixels * element.currentCSSZoom * 0.75 * 10) / 10;
  const main = document.querySelector("main > article");
  for (const element of main.querySelectorAll("section:not(.appendix) :is(p, li, dd, td, th, h3, h4)")) {
    if (element.getClientRects().length === 0 || !element.textContent.trim()) continue;
    const running = element.tagName === "P" && !element.closest(".note, .axis, .card, .sectors, table, figure");
    const size = points(parseFloat(getComputedStyle(element).fontSize), element);
    if (size < (running ? text : table)) tiny.add(`${size} pt: ${element.tagName} ${element.textContent.trim().slice(0, 40)}`);
  }
  for (const use of main.querySelectorAll("svg > use")) {
    if (use.getClientRects().length === 0 || !lettered(document.querySelector(use.getAttribute("href")))) continue;
    const size = points(parseFloat(getComputedStyle(use).getPropertyValue("--t") || "12"), use);
    if (size < label) tiny.add(`${size} pt: labels of ${use.getAttribute("href")}`);
  }
  return [...tiny];
};

/** The height of each section that scripts do not add to: all but the ledger, which gets its sorting. */
const heights = () =>
  [...document.querySelectorAll("main > article > section:not(.s-live, .s-ledger)")].map((section) => `${section.id} ${Math.round(section.getBoundingClientRect().height)}`);

/** Links that lead nowhere, ids that are there twice. */
const brokenLinks = () => {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `twice: ${id}`);
  const known = new Set(ids);
  const uses = [...document.querySelectorAll("a[href^='#'], use")].map((element) => element.getAttribute("href").slice(1));
  const labels = ["aria-describedby", "aria-labelledby", "aria-controls", "for"].flatMap((name) =>
    [...document.querySelectorAll(`[${name}]`)].flatMap((element) => element.getAttribute(name).split(" ")),
  );
  return [...twice, ...[...uses, ...labels].filter((id) => !known.has(id)).map((id) => `nowhere: ${id}`)];
};

/** How many of each kind of element the article has. */
const parts = () => {
  const article = document.querySelector("main > article");
  return ["section", "h2", "h3", "figure", "svg", "table", "tr", "details", "li", "input", "select", "button"].map((name) => {
    // What is live comes later, is checked by itself, and is not there in both when this is asked.
    const found = [...article.querySelectorAll(name)].filter((element) => !element.closest(".s-live"));
    return `${name} ${found.length}`;
  });
};

/** Waits until the machine is in the page or the page says why not. */
const alive = (page) => page.waitForSelector("html[data-live]", { timeout: 20_000, state: "attached" }).then(() => page.getAttribute("html", "data-live"));

const visible = {};
const made = {};
for (const language of LANGUAGES) {
  const other = LANGUAGES.find((name) => name !== language);
  {
    const { page, close } = await open(language, PHONE);
    check(`${language}, phone: nothing overflows`, await page.evaluate(overflow, PHONE.width));
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    check(`${language}, phone: nothing overflows with every table open`, await page.evaluate(overflow, PHONE.width));
    check(`${language}, phone: no text under ${SMALLEST_TEXT} px`, await page.evaluate(smallTexts, SMALLEST_TEXT));
    check(`${language}, phone: axe finds nothing`, await violations(page));
    await close();
  }
  {
    const { page, close } = await open(language, { width: 320, height: 640 });
    // Tables of numbers need their columns side by side; everything else has to fit.
    const wide = (await page.evaluate(overflow, 320)).filter((line) => !/^(table|caption|thead|tbody|tr|t[hd]|b|span|the page) /.test(line));
    check(`${language}, 320 px: texts and charts fit`, wide);
    await close();
  }
  {
    const { page, close } = await open(language, DESK);
    check(`${language}, desk: nothing overflows`, await page.evaluate(overflow, DESK.width));
    check(`${language}, desk: no text under ${SMALLEST_TEXT} px`, await page.evaluate(smallTexts, SMALLEST_TEXT));
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    check(`${language}, desk: axe finds nothing`, await violations(page));
    visible[language] = await page.innerText("main");
    made[language] = await page.evaluate(parts);
    check(`${language}: every link inside the page leads somewhere, every id is there once`, await page.evaluate(brokenLinks));
    check(`${language}: the other language is out of sight`, unless((await page.locator(`main > article[lang=${other}]`).count()) === 0, `${other} is there`));
    check(
      `${language}: headings, tables and charts are named`,
      await page.evaluate(() => {
        const bare = [...document.querySelectorAll("svg[role=img]")].filter((svg) => !svg.querySelector("title")?.textContent || !(svg.querySelector("desc") ?? document.getElementById(svg.getAttribute("aria-describedby")))?.textContent);
        const empty = [...document.querySelectorAll("h1, h2, h3, h4, th, dt, figcaption, summary, caption")].filter((element) => !element.textContent.trim());
        return [...bare, ...empty].map((element) => element.outerHTML.slice(0, 80));
      }),
    );
    await page.emulateMedia({ media: "print" });
    check(`${language}, print: axe finds nothing`, await violations(page));
    await close();
  }
  {
    // Playwright presses keys in a page without scripts as well; what is shown is read from the picture of the page.
    const file = still[language];
    if (!file) {
      check(`${language}: complete without scripts`, ["no memo written in this language was given"]);
      continue;
    }
    const { page, close } = await open(language, DESK, { javaScriptEnabled: false, address: pathToFileURL(resolve(file)).href });
    const shown = await page.innerText("main");
    const wanted = visible[language].length;
    const problems = unless(shown.length > 0.5 * wanted, `${shown.length} characters without scripts, ${wanted} with them and all tables open`);
    problems.push(...unless(await page.isVisible(`header [lang=${other}] code`), "it does not say how to get the other language"));
    problems.push(...unless(!(await page.isVisible("#languages")), "a switch that cannot work is shown"));
    for (const id of ["question", "verdict", "options", "map", "robust", "hinges", "camps", "changes", "futures", "outside", "ledger"]) {
      if (!(await page.isVisible(`#${id}-${language}`))) problems.push(`no ${id}`);
    }
    check(`${language}: complete without scripts`, problems);
    const alone = await page.evaluate(heights);
    await close();
    const live = await open(language, DESK, { address: pathToFileURL(resolve(file)).href });
    await alive(live.page);
    const beside = await live.page.evaluate(heights);
    check(`${language}: what is live leaves the rest of the page as it is`, alone.filter((section, at) => section !== beside[at]).map((section) => `${section} without scripts`));
    await live.close();
  }
  {
    const { page, close } = await open(other, DESK);
    await page.focus(`#show-${other}`);
    await page.keyboard.press(language === "es" ? "ArrowRight" : "ArrowLeft");
    const switched = await page.waitForSelector(`main > article[lang=${language}]`, { timeout: 2000 }).catch(() => null);
    const problems = unless(switched !== null, "arrow keys do not switch the language");
    problems.push(...unless((await page.evaluate(() => document.activeElement?.id)) === `show-${language}`, "the switch loses the focus"));
    const summary = page.locator(`main > article[lang=${language}] section:not(.s-live) summary`).first();
    if ((await summary.count()) > 0) {
      await summary.focus();
      await page.keyboard.press("Enter");
      if (!(await summary.evaluate((element) => element.parentElement.open))) problems.push("Enter does not open a table");
    }
    check(`${language}: language and tables by keyboard`, problems);
    await close();
  }
  {
    const { page, close } = await open(language, { width: PAPER.width, height: PAPER.height });
    await page.emulateMedia({ media: "print" });
    const verdict = await page.locator(`#verdict-${language}`).boundingBox();
    const end = Math.round(verdict.y + verdict.height);
    check(`${language}, print: the verdict ends on the first page`, unless(end <= PAPER.height, `it ends at ${end} px of ${PAPER.height}`));
    check(
      `${language}, print: no chart is taller than a page or may be split`,
      await page.evaluate((height) => {
        const charts = [...document.querySelectorAll("main figure, main svg")].filter((element) => element.getClientRects().length > 0);
        const kept = (element) => element !== null && (getComputedStyle(element).breakInside === "avoid" || kept(element.parentElement));
        return charts.filter((chart) => chart.getBoundingClientRect().height > height || !kept(chart)).map((chart) => chart.outerHTML.slice(0, 80));
      }, PAPER.height),
    );
    check(`${language}, print: text, tables and labels of charts are large enough to read`, await page.evaluate(tinyPrint, PRINTED));
    const all = pages(await page.pdf({ format: "Letter", preferCSSPageSize: false }));
    await page.addStyleTag({ content: ".appendix{display:none}" }).catch(() => {});
    await page.evaluate(() => document.querySelectorAll(".appendix").forEach((section) => section.remove()));
    const body = pages(await page.pdf({ format: "Letter", preferCSSPageSize: false }));
    check(`${language}, print: at most ${MOST_PAGES} pages before the appendices (${body}, ${all} in all)`, unless(body <= MOST_PAGES, `${body} pages`));
    await close();
  }
}
// --- The live page ------------------------------------------------------------------------------------------------------
/** Waits until nothing is simulated any more. */
const quiet = async (page) => {
  await page.waitForTimeout(250);
  await page.waitForFunction(() => !document.querySelector("html[data-busy]"), null, { timeout: 240_000 });
};
const openAll = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
const lines = (page) => page.innerText(".s-live .lines");

{
  const waits = [];
  const checks = [];
  // A load that is quick enough ends it.
  while (waits.length < LOADS && !(Math.min(...waits) <= READY)) {
    const { page, close } = await open("en", DESK);
    await alive(page);
    await page.waitForSelector("html[data-checked]", { timeout: 60_000, state: "attached" });
    const at = (name) => page.evaluate((name) => Math.round(performance.getEntriesByName(name)[0].startTime), name);
    waits.push(await at("ready"));
    checks.push(await at("checked"));
    await close();
  }
  console.log(`        every option replayed after ${checks.join(", ")} ms`);
  const best = Math.min(...waits);
  check(`live: ready within ${READY} ms (${waits.join(", ")})`, unless(best <= READY, `${best} ms`));
}
{
  const { page, asked, complaints, close } = await open("en", DESK);
  const state = await alive(page);
  check("live: the page checks itself and comes to life", unless(state === "ready", `${state}: ${await page.innerText(".s-live").catch(() => "")}`));
  await quiet(page);
  const first = await page.innerText(".s-live .now");
  const futures = Number(/([\d,]+) futures simulated/.exec(first)?.[1].replace(",", ""));
  check("live: the verdict rests on 500 futures or more and says how far chance may move it", [
    ...unless(futures >= 500, `${futures} futures`),
    ...unless(/\(\d+ to \d+\)/.test(first), "no interval"),
  ]);
  check("live: no camp is set and nothing is held when the page opens", unless(/Nothing is held/.test(first), first.slice(0, 80)));

  const replayed = await page.waitForSelector("html[data-checked]", { timeout: 60_000, state: "attached" }).then(() => page.innerText(".checked"));
  const [, ran64, of] = /ran (\d+) futures again under each of (\d+) options/.exec(replayed) ?? [];
  check("live: all options were replayed in the end", unless(ran64 === "64" && Number(of) === Number(await page.getAttribute("html", "data-checked")), replayed));

  // The signature slider by keyboard.
  const slider = page.locator(".mains input[type=range]").first();
  const problems = [];
  await slider.focus();
  const before = await slider.inputValue();
  await page.keyboard.press("ArrowRight");
  const stepped = await slider.inputValue();
  if (stepped === before) problems.push("an arrow key does not move it");
  await page.keyboard.press("PageUp");
  if (Math.abs((await slider.inputValue()) - stepped) <= Math.abs(stepped - before)) problems.push("PageUp is no longer a step than an arrow key");
  await page.keyboard.press("Home");
  if ((await slider.inputValue()) !== (await slider.getAttribute("min"))) problems.push("Home does not go to the least value");
  await page.keyboard.press("PageUp");
  await quiet(page);
  const told = await slider.getAttribute("aria-valuetext");
  if (!/;.*(changes? at|no change|leads|close call)/.test(told)) problems.push(`its value text is "${told}"`);
  if ((await page.locator(".mains .strip span").count()) === 0) problems.push("there is no strip");
  check("live: the slider by keyboard, with the change of lead in its value text", problems);
  const set = await lines(page);
  check("live: the whole range stands beside what is set", unless(/Over the whole range/.test(set), set.slice(0, 120)));

  // The map by keyboard.
  const hash = await page.evaluate(() => location.hash);
  await page.focus(".marker");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowLeft");
  await quiet(page);
  check("live: the map's marker by keyboard", [
    ...unless((await page.evaluate(() => location.hash)) !== hash, "the marker does not move"),
    ...unless(await page.evaluate(() => document.activeElement.classList.contains("marker")), "it loses the focus"),
    ...unless((await page.locator(".plane svg path").count()) > 0, "there is no map"),
  ]);

  // The map in words, and what can be taken away.
  await page.locator(".winmap > details > summary").click();
  const said = await page.innerText(".winmap > details tbody");
  const rows = await page.locator(".winmap > details tbody tr").count();
  const squares = await page.locator(".plane svg path").count();
  check("live: the map in words", unless(rows >= 2 && said.trim().split("\n").length >= rows && /(leads|close call|too few futures)/.test(said) && squares > 1, `${rows} rows: ${said.slice(0, 120)}`));
  const download = async (selector) => {
    const [taken] = await Promise.all([page.waitForEvent("download", { timeout: 20_000 }), page.locator(selector).click()]);
    return { name: taken.suggestedFilename(), bytes: readFileSync(await taken.path()) };
  };
  const table = await download(".winmap .take button >> nth=0");
  const cells = table.bytes.toString("utf8").trim().split("\r\n");
  const png = await download(".winmap .take button >> nth=1");
  check("live: the map's data and picture can be saved", [
    ...unless(/\.csv$/.test(table.name) && cells.length === 1 + rows * Math.round((cells.length - 1) / rows) && cells.length > 50, `${table.name}: ${cells.length} lines`),
    // A PNG of some size: its first bytes, its width and height, and not all of one colour.
    ...unless(/\.png$/.test(png.name) && png.bytes.subarray(1, 4).toString() === "PNG" && png.bytes.readUInt32BE(16) > 600 && png.bytes.length > 8000, `${png.name}: ${png.bytes.length} bytes`),
  ]);

  // More futures narrow the interval.
  const count = async () => Number(/([\d,]+) futures simulated/.exec(await page.innerText(".s-live .now"))?.[1].replace(",", ""));
  const few = await count();
  await page.locator(".more button").click();
  await quiet(page);
  check("live: more futures when asked", unless((await count()) >= 2 * few, `${few}, then ${await count()}`));
  const runsTable = await download(".now .take button");
  const lengths = runsTable.bytes.toString("utf8").trim().split("\r\n").length - 1;
  check("live: the futures themselves can be saved", unless(lengths % (await count()) === 0 && lengths >= 2 * (await count()), `${lengths} rows`));

  // What is set outlives a change of language and a new window.
  const english = (await lines(page)).match(/\d+/g).join();
  const address = await page.evaluate(() => location.href);
  await page.check("#show-es");
  await page.waitForSelector(".s-live[id=live-es] .lines .line");
  await quiet(page);
  check("live: the other language keeps what is set", unless((await lines(page)).match(/\d+/g).join() === english, "other numbers"));
  await page.check("#show-en");
  await quiet(page);
  {
    const other = await open("en", DESK, { address });
    await alive(other.page);
    await quiet(other.page);
    check("live: the address restores what is set", unless((await lines(other.page)).match(/\d+/g).join() === english, `${await lines(other.page)}`));
    await other.close();
  }

  // Values: nothing is simulated.
  const runs = () => page.evaluate(() => performance.getEntriesByName("drag").length);
  const ran = await runs();
  await page.locator(".values > summary").click();
  await page.locator(".values input").first().focus();
  await page.keyboard.press("PageUp");
  await quiet(page);
  check("live: a weight adds a verdict by values and simulates nothing", [
    ...unless(/By your values/.test(await lines(page)), "no verdict by values"),
    ...unless((await runs()) === ran, "it simulated"),
  ]);
  // Facts or values: the reader and each camp, each two camps; weights move it and simulate nothing.
  await page.locator(".quarrel > summary").click();
  await quiet(page);
  const apart = await page.innerText(".quarrel tbody");
  const camps = await page.locator(".preset").count();
  const pairs = await page.locator(".quarrel tbody tr").count();
  await page.locator(".values input").nth(1).focus();
  for (let k = 0; k < 4; k++) await page.keyboard.press("PageUp");
  const moved = await page.innerText(".quarrel tbody");
  check("live: facts or values, moved by weights", [
    ...unless(pairs === (camps * (camps + 1)) / 2, `${pairs} pairs of ${camps} camps and the reader`),
    ...unless(/± /.test(apart) && moved !== apart, moved.slice(0, 120)),
  ]);
  await page.locator(".values input").nth(1).focus();
  await page.keyboard.press("Home");
  // A camp's view, then reset.
  await page.locator(".presets > summary").click();
  const cards = await page.locator(".preset").count();
  await page.locator(".preset button").first().click();
  await quiet(page);
  const camp = await page.innerText(".held");
  await page.locator("button.reset").click();
  await quiet(page);
  check("live: a camp is a preset, and reset undoes it", [
    ...unless(cards >= 2, `${cards} camps`),
    ...unless(/As set/.test(camp), camp),
    ...unless(/Nothing is held/.test(await page.innerText(".held")), "reset leaves something"),
  ]);
  const times = (name) => page.evaluate((name) => performance.getEntriesByName(name).map((entry) => Math.round(entry.duration)), name);
  console.log(`        slider: ${DRAGGED} while moving [${await times("drag")}] ms, the verdict [${await times("verdict")}] ms`);
  check("live: asks for nothing but itself", asked.filter((url) => url !== address && !url.startsWith("blob:") && url.split("#")[0] !== address.split("#")[0]));
  check("live: the browser complains of nothing", complaints);
  await close();
}
for (const language of LANGUAGES) {
  for (const [name, viewport] of [["desk", DESK], ["phone", PHONE]]) {
    const { page, close } = await open(language, viewport);
    await alive(page);
    await quiet(page);
    await openAll(page);
    await page.waitForTimeout(300);
    check(`${language}, ${name}, live: nothing overflows with everything open`, await page.evaluate(overflow, viewport.width));
    check(`${language}, ${name}, live: no text under ${SMALLEST_TEXT} px`, await page.evaluate(smallTexts, SMALLEST_TEXT));
    check(`${language}, ${name}, live: axe finds nothing`, await violations(page));
    if (name === "desk") {
      const text = await page.innerText(".s-live");
      check(`${language}, live: no share is called likely or given in percent`, text.match(/.{0,30}(%|likely|probable).{0,20}/gi) ?? []);
      check(`${language}, live: what a campaign consists of has no control`, await page.evaluate((forbidden) => {
        const names = [...document.querySelectorAll(".s-live label, .s-live option, .s-live [aria-label]")].map((element) => element.getAttribute("aria-label") ?? element.textContent);
        return names.filter((name) => new RegExp(forbidden, "i").test(name));
      }, UNCONTROLLED));
      check(`${language}, live: every control can be reached by Tab`, await page.evaluate(() => {
        const bad = [];
        for (const element of document.querySelectorAll(".s-live :is(input, select, button, summary)")) {
          if (element.getClientRects().length > 0 && (element.tabIndex < 0 || element.disabled)) bad.push(element.outerHTML.slice(0, 80));
        }
        return bad;
      }));
      const small = await page.evaluate(() => [...document.querySelectorAll(".s-live :is(input, select, button, summary)")].filter((element) => element.getClientRects().length > 0 && element.getBoundingClientRect().height < 24).map((element) => element.outerHTML.slice(0, 80)));
      check(`${language}, live: every control is 24 px high or more`, small);
    }
    await close();
  }
}
{
  const context = await browser.newContext({ viewport: DESK });
  await context.addInitScript(() => delete globalThis.WebAssembly);
  const page = await context.newPage();
  await page.goto(address);
  const state = await alive(page);
  check("without WebAssembly the page stays as it is and says so", [
    ...unless(state === "still", state),
    ...unless(/does not run the model/.test(await page.innerText(".s-live")), "it does not say so"),
    ...unless((await page.locator(".s-live :is(input, select, button)").count()) === 0, "there are controls"),
  ]);
  await context.close();
}
check(
  "both languages have the same sections, charts, tables and controls",
  made.en.filter((line, at) => line !== made.es[at]).map((line) => `${line} in English, ${made.es[made.en.indexOf(line)]} in Spanish`),
);
check("the two languages differ", unless(visible.en !== visible.es, "the same text in both"));

/** Number of pages of a PDF as Chromium writes it. */
function pages(pdf) {
  return (pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
}

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

// Tests of the scripts that need no browser, and whether the committed bundles are what their sources give.
//
//     node test.mjs
//
// Prints what fails and "N passed, N failed" at the end.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const bundle = await build({
  stdin: {
    contents: `export * as judge from "./reader/judge.ts"; export * as number from "./reader/number.ts";
      export * as view from "./reader/view.ts"; export * as proposition from "./reader/proposition.ts";
      export * as hinge from "./reader/hinge.ts"; export * as ensemble from "./reader/ensemble.ts";
      export * as draw from "./draw.ts"; export * as quarrel from "./reader/quarrel.ts"; export { csv } from "./page/download.ts";
      export { LINES } from "./page/words.ts"; export { letter } from "./page/dom.ts";`,
    resolveDir: new URL(".", import.meta.url).pathname,
  },
  bundle: true,
  format: "esm",
  write: false,
});
const folder = mkdtempSync(join(tmpdir(), "memo-"));
writeFileSync(join(folder, "bundle.mjs"), bundle.outputFiles[0].text);
const { judge, number, view, proposition, hinge, ensemble, draw, quarrel, csv, LINES, letter } = await import(pathToFileURL(join(folder, "bundle.mjs")).href);
rmSync(folder, { recursive: true });

let passed = 0;
let failed = 0;
function check(name, found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a === b) passed += 1;
  else {
    failed += 1;
    console.log(`failed  ${name}\n          found    ${a}\n          expected ${b}`);
  }
}
const round = (x) => Math.round(x * 1e4) / 1e4;

// --- Numbers and words, as the crate writes them ------------------------------------------------------------------
for (const [x, text] of [[0, "0"], [0.1, "0.1"], [0.07096, "0.071"], [999.6, "1,000"], [73690, "73,700"], [-1234567, "−1,230,000"], [0.0001234, "0.000123"], [NaN, "–"]]) {
  check(`number ${x}`, number.number(x), text);
}
check("shares of 100", [[1, 3], [5, 1000], [1, 1000], [999, 1000], [0, 0]].map(([a, b]) => number.perHundred(a, b)), ["33", "1", "<1", ">99", "–"]);
check("letters", [0, 25, 26, 53].map(letter), ["A", "Z", "AA", "BB"]);
const wrong = Object.entries(LINES).flatMap(([name, [en, es]]) => {
  const holes = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
  const bad = [];
  if (!en || !es || holes(en) !== holes(es)) bad.push(`${name}: the languages differ`);
  if (/%|likely|probab|[oó]ptim/i.test(en + es)) bad.push(`${name}: promises`);
  const long = [en, es].some((text) => text.split(/[.:;?]/).some((sentence) => sentence.trim().split(/\s+/).length > 24));
  if (long) bad.push(`${name}: a long sentence`);
  return bad;
});
check("every text is there in both languages, promises nothing and is short", wrong, []);

// --- Who leads -------------------------------------------------------------------------------------------------------
check("Wilson's interval of 15 in 50, as printed", judge.interval(15, 50).map(round), [0.191, 0.4375]);
check("the interval is exact at its ends", [judge.interval(0, 9)[0], judge.interval(9, 9)[1], judge.interval(0, 0)], [0, 1, [0, 1]]);
const catalogue = {
  ...JSON.parse(readFileSync(new URL("catalogue.example.json", import.meta.url), "utf8")),
};
const table = (rows) => ({ rows: rows.length, policies: [0, 1], value: (p, _, row) => rows[row][p] });
// Fewer deaths are better; ties reach to 1 of 100 of the first policy's deaths.
const rows = [[100, 90], [100, 99.5], [100, 100.99], [100, 102], [NaN, 5], [100, 100.9]];
check("who leads each future", [...judge.leaders(catalogue, table(rows), { outcome: 0 })], [1, -1, -1, 0, -2, -1]);
check("counts", judge.tally(judge.leaders(catalogue, table(rows), { outcome: 0 }), 2), { compared: 5, leads: [1, 1] });
check("by values the better score leads", [...judge.leaders(catalogue, table([[200000, 150000], [200000, 199999]]), { weights: [3] })], [1, -1]);
check("a policy that is struck out does not compete", [...judge.leaders(catalogue, table([[100, 90]]), { outcome: 0 }, new Set([1]))], [0]);
const front = (compared, leads) => judge.front({ compared, leads });
check(
  "parts of the futures, as the crate judges them",
  [front(9, [9, 0]), front(100, [30, 29, 0]), front(100, [0, 0, 0]), front(100, [10, 60, 5]), front(100, [20, 2, 0]), front(100, [1, 1, 50])],
  [{ kind: "few" }, { kind: "tie" }, { kind: "tie" }, { kind: "clear", position: 1 }, { kind: "ahead", position: 0 }, { kind: "clear", position: 2 }],
);
const headline = (compared, leads) => judge.headline({ compared, leads });
check(
  "verdicts: a lead inside the interval of the next is too close to call",
  [headline(512, [300, 100]), headline(512, [120, 60]), headline(512, [110, 100]), headline(512, [0, 0])],
  [{ kind: "leads", first: 0 }, { kind: "mostly", first: 0 }, { kind: "tie", first: 0, second: 1 }, { kind: "nobody" }],
);
// Two options that change places change places in the verdict and nowhere else.
const there = judge.leaders(catalogue, { ...table(rows), value: (p, _, row) => rows[row][p] + 1e3 }, { outcome: 0 });
const back = judge.leaders({ ...catalogue, baseline: 1 }, { ...table(rows), value: (p, _, row) => rows[row][1 - p] + 1e3 }, { outcome: 0 });
check("no option is favoured by its place", [...back].map((lead) => (lead < 0 ? lead : 1 - lead)), [...there]);

// --- Statistics: what `analysis` makes of a table, from the snapshot of the crate --------------------------------------------
{
  const held = readFileSync(new URL("../tests/snapshots/statistics__statistics_as_the_page_has_to_make_them.snap", import.meta.url), "utf8");
  const part = (name) => JSON.parse(new RegExp(`^${name} (.*)$`, "m").exec(held)[1]);
  const [options, factors] = [part("options"), part("factors")];
  const whole = {
    ...catalogue,
    outcomes: [{ ...catalogue.outcomes[0], higherIsBetter: true, closeCall: { absolute: part("margin") } }],
    measures: [{ ...catalogue.measures[0], censoredAt: null }],
  };
  const made = { rows: options[0].length, policies: [0, 1, 2], value: (p, _, row) => options[p][row] ?? NaN };
  const led = judge.leaders(whole, made, { outcome: 0 });
  check("who leads each future, as `analysis` finds", [...led], part("leaders"));
  check("counts of the verdict, as `analysis` finds", judge.tally(led, 3).leads, part("leads"));
  const sound = options[0].filter((x) => x !== null).sort((a, b) => a - b);
  check("quantiles, as `analysis` finds", part("quantiles").map(([q]) => judge.quantileOfSorted(sound, q).toPrecision(13)), part("quantiles").map(([, x]) => x.toPrecision(13)));
  check("intervals, as `analysis` finds", part("intervals").map(([count, of]) => judge.interval(count, of).map((x) => x.toFixed(13))), part("intervals").map(([, , ...ends]) => ends.map((x) => x.toFixed(13))));
  // Sums in another order may differ in their last digits.
  const live = { catalogue: whole, inputs: (row) => factors.map((values) => values[row]) };
  for (const { pair, factor, share, low, high } of part("hinges")) {
    const found = hinge.hinges(live, made, { outcome: 0 }, pair, () => true, [0, 1, 2]).find((one) => one.factor === factor);
    check(`hinge ${factor} of ${pair}, as \`analysis\` finds`, [found.share, found.low, found.high].map((x) => x.toFixed(11)), [share, low, high].map((x) => x.toFixed(11)));
  }
}

// --- Claims -----------------------------------------------------------------------------------------------------------
const future = (values) => ({ threshold: () => 0.95, measure: (m, option) => values[option], factor: () => 1, part: () => 1 });
const claim = catalogue.claims[0].proposition;
check("a claim", [proposition.holds(claim, future([100, 95])), proposition.holds(claim, future([100, 96])), proposition.holds(claim, future([NaN, 1]))], [true, false, null]);
const yes = { compare: "<", sides: [{ threshold: 0 }, { factor: 0 }] };
const none = { compare: "<", sides: [{ measure: 0, option: 0 }, { factor: 0 }] };
check("what is missing leaves open what it could decide", [{ or: [none, yes] }, { and: [none, yes] }, { and: [none, { not: yes }] }, { not: none }].map((p) => proposition.holds(p, future([NaN]))), [true, null, false, null]);
check("a split", ensemble.partOf(catalogue, [0, 200, 0.3, 0.5], 0, 1), 125);

// --- The reader's view ----------------------------------------------------------------------------------------------------
const set = view.open(catalogue);
check("nothing set is nothing written", view.written(catalogue, set), "");
check("nothing set is nothing set", view.isSet(set), false);
set.pins.set(0, 0.45);
set.weights[0] = 60;
set.by = -1;
set.thresholds.set(0, [0.9]);
const text = view.written(catalogue, set);
check("a view written", text, "coop_drop=0.45&w.us_deaths=60&by=values&t.s1=0.9");
check("a view read again", view.written(catalogue, view.read(catalogue, `#${text}`)), text);
check("the number of futures is kept, within its bounds", ["futures=2048", "futures=512", "futures=9e9", "futures=-3", "futures=x"].map((text) => view.written(catalogue, view.read(catalogue, text))), ["futures=2048", "", "futures=8192", "", ""]);
check("a range read again", view.written(catalogue, view.read(catalogue, "coop_drop=0.2..0.4")), "coop_drop=0.2..0.4");
check("what cannot be is left out", view.written(catalogue, view.read(catalogue, "#nobody=1&coop_drop=x&losses_2022=200&verdict-en&%zz=1")), "");
check("a value beyond the range is brought back", view.written(catalogue, view.read(catalogue, "coop_drop=7")), "coop_drop=0.95");
const argued = { ...catalogue.factors[0] };
const silent = { ...argued, contestedBy: [], highFavours: [], lowFavours: [] };
const controls = (factor, camps = catalogue.camps) => view.hasControl({ ...catalogue, camps, factors: [factor] }, 0);
check("luck, parts of a total and what nobody argues about have no control", [
  controls(argued),
  controls({ ...argued, role: "chance" }),
  controls({ ...argued, direct: false }),
  controls(silent, catalogue.camps.map((camp) => ({ ...camp, beliefs: [] }))),
], [true, false, false, false]);

// --- Strips ---------------------------------------------------------------------------------------------------------------
const clear = (position) => ({ kind: "clear", position });
check("where the lead changes", hinge.flips([{ low: 0, high: 1, front: clear(0) }, { low: 1, high: 2, front: clear(0) }, { low: 2, high: 3, front: { kind: "tie" } }, { low: 3, high: 4, front: clear(1) }]).map(({ at }) => at), [2, 3]);

check("ends of slices leave no crumbs", hinge.slicesOf({ factors: [{ low: -0.1, high: 0.5, distribution: { kind: "uniform" } }] }, 0, 12)[1][1], 0);

// --- Facts or values: the examples of `analysis` -------------------------------------------------------------------------------
// means[beliefs][values] of the two options.
const byHand = (means) => quarrel.quarrel((beliefs, values) => means[beliefs][values], 0, 1);
check("a mixed quarrel, worked by hand", byHand([[[4, 1], [2, 0]], [[0, 1], [0, 6]]]), { prefers: [0, 1], total: 9, facts: 7.5, values: 1.5 });
check("a quarrel about facts", byHand([[[1, 0], [1, 0]], [[0, 1], [0, 1]]]), { prefers: [0, 1], total: 2, facts: 2, values: 0 });
check("a quarrel about values", byHand([[[1, 0], [0, 0.5]], [[1, 0], [0, 0.5]]]), { prefers: [0, 1], total: 1.5, facts: 0, values: 1.5 });
const summed = quarrel.sums(catalogue, table([[200000, 150000], [200000, 150000], [NaN, 1]]), [3]);
const { worst, best } = catalogue.outcomes[0];
check("scores are added up where both options have one", quarrel.mean(summed, -1).map(round), [200000, 150000].map((x) => round((x - worst) / (best - worst))));
check("futures that are all alike leave nothing to chance", round(quarrel.judged(() => quarrel.sums(catalogue, table(Array(20).fill([200000, 150000])), [3]), 0, 1).errors.total), 0);

// --- Tables to take away ---------------------------------------------------------------------------------------------------------
check("what holds a comma stands in quotes", csv([["a", 1.5], ['say "b", c', NaN]]), 'a,1.5\r\n"say ""b"", c",\r\n');

// --- Draws: the bits that `study` has, from its snapshot ---------------------------------------------------------------------------
const bits = (x) => new BigUint64Array(new Float64Array([x]).buffer)[0].toString(16).padStart(16, "0");
const snapshot = readFileSync(new URL("../../study/src/live/snapshots/study__live__tests__draws_as_the_page_has_to_make_them.snap", import.meta.url), "utf8");
const shares = [0, 1e-9, 0.001, 0.1, 0.25, 0.5, 1 / 3, 0.6180339887498949, 0.9, 0.999, 1];
let design = null;
let compared = 0;
for (const line of snapshot.split("\n")) {
  const json = /\{.*\}/.exec(line)?.[0];
  if (line.startsWith("quantile ")) {
    const shape = JSON.parse(json);
    check(`quantiles of ${json}`, shares.map((share) => bits(draw.quantile(shape, share))).join(" "), line.slice(line.indexOf(json) + json.length + 1));
    compared += 1;
  } else if (line.startsWith("design ")) {
    const { kind, strata, seed, factors, distributions } = JSON.parse(json);
    design = { kind, drawn: draw.drawn({ kind, strata: kind === "latin_hypercube" ? strata : 0 }, draw.decimal(String(seed)), factors, distributions), factors, strata };
    if (/factorial|one_at/.test(kind)) check(`${kind}: its size`, design.drawn.most, strata);
  } else if (line.startsWith("future ")) {
    const [, id, ...values] = line.split(" ");
    check(`${design.kind}: future ${id}`, design.factors.map((_, factor) => bits(design.drawn.value(factor, Number(id)))).join(" "), values.join(" "));
    compared += 1;
  }
}
check("the snapshot holds quantiles and futures of every design", compared >= 9 + 6 * 4, true);
const few = draw.drawn({ kind: "latin_hypercube", strata: 100 }, [1, 0], [{ stream: "00000000000000ff" }], [{ kind: "uniform", low: 0, high: 1 }]);
check("futures beyond a hypercube's strata go on by chance", [100, 255, 256, 5000].every((id) => few.value(0, id) >= 0 && few.value(0, id) < 1), true);

// --- The bundles ------------------------------------------------------------------------------------------------------------
try {
  execFileSync(process.execPath, [new URL("build.mjs", import.meta.url).pathname, "--check"], { stdio: ["ignore", "inherit", "inherit"] });
  passed += 2;
} catch {
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

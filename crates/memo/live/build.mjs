// Builds the page's scripts into ../src, where the crate takes them from: cargo needs no Node.
//
//     node build.mjs           writes boot.js and live.js
//     node build.mjs --check   fails if they are not what the sources give

import { readFileSync, writeFileSync } from "node:fs";
import { build, transform } from "esbuild";

/** Style sheets become texts without blanks. */
const styles = {
  name: "styles",
  setup: (setup) =>
    setup.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    }),
};

const check = process.argv.includes("--check");
let passed = 0;
let failed = 0;
for (const [source, target] of [["boot.ts", "boot.js"], ["main.ts", "live.js"]]) {
  const path = new URL(`../src/${target}`, import.meta.url);
  const built = await build({
    entryPoints: [new URL(source, import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    plugins: [styles],
    write: false,
  });
  // The page's own end tag may not stand in a script.
  const text = built.outputFiles[0].text.replaceAll("</script", "<\\/script");
  if (!check) {
    writeFileSync(path, text);
    console.log(`${target}: ${Buffer.byteLength(text)} bytes`);
  } else if (readFileSync(path, "utf8") === text) {
    passed += 1;
  } else {
    failed += 1;
    console.log(`${target} is not what its sources give: run "npm run build" in crates/memo/live`);
  }
}
if (check) console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

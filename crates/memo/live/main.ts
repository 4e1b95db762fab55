// What runs in the page.

import { goLive } from "./live.ts";
import { load } from "./payload.ts";
import type { Live } from "./types.ts";

void goLive(load);

const machines = new Map<"simd" | "scalar", Promise<Live>>();
/** The bits of all measures of the recorded futures under an option, for `weigh memo --verify`, which opens the page and compares. */
async function replay(form: "simd" | "scalar", option: number): Promise<string> {
  if (!machines.has(form)) machines.set(form, load(document, form));
  const values = (await (machines.get(form) as Promise<Live>)).recorded(option);
  return [...new BigUint64Array(values.buffer)].map((word) => word.toString(16)).join(" ");
}
Object.assign(globalThis, { weighhouse: { replay } });

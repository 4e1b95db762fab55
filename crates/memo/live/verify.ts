// Replays the memo's record: the first futures of the run under every option, compared bit by bit.

import type { Catalogue, Live, Request, Verification } from "./types.ts";

const double = new Float64Array(1);
const bytes = new Uint8Array(double.buffer);

/** `study::live::fingerprint`: FNV-1a over the bits of numbers, NaN having one pattern. */
export function fingerprint(values: Float64Array, start: number, count: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < start + count; at += 1) {
    const value = values[at]!;
    double[0] = value;
    if (Number.isNaN(value)) bytes.set([0, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
    for (let byte = 0; byte < 8; byte += 1) hash = Math.imul(hash ^ bytes[byte]!, 0x01000193);
  }
  return hash >>> 0;
}

/** `record[option * futures + future]`; `request` gives the recorded futures under options. */
export async function verify(
  catalogue: Catalogue,
  record: Uint32Array,
  futures: number,
  request: (options: number[]) => Request,
  simulate: Live["simulate"],
  { options = catalogue.options.map((_, option) => option), urgent = false } = {},
): Promise<Verification> {
  const measures = catalogue.measures.length;
  const results = await simulate(request(options), { urgent });
  let firstDifference: { option: number; future: number } | undefined;
  results.forEach((values, at) => {
    for (let future = 0; future < futures && !firstDifference; future += 1) {
      const found = fingerprint(values, future * measures, measures);
      if (found !== record[options[at]! * futures + future]) firstDifference = { option: options[at]!, future };
    }
  });
  const ok = firstDifference === undefined && record.length === catalogue.options.length * futures && futures > 0;
  const all = { ok, futures, options: options.length, results };
  return firstDifference ? { ...all, firstDifference } : all;
}

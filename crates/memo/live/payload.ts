// Reads what a memo carries and makes the machine of it. The parts are those of `memo::carried`; see docs/live-memo.md.

import { type Drawing, decimal, drawn as design, quantile } from "./draw.ts";
import { type Calls, type Job, type Layout, type Manner, Pool, type Source, runner } from "./simulate.ts";
import { type Catalogue, type Embedded, type Live, LiveError, type Request, type Text } from "./types.ts";
import { verify } from "./verify.ts";

/** The part `calls`. */
interface CallsJson {
  simd: Layout;
  scalar: Layout;
  inputs: Source[];
  factors: Drawing[];
  /** The numbers of the embedded futures: first and count of each stretch. */
  futures: [number, number][];
  /** How many of them the record holds. */
  recorded: number;
  /**
   * For each outcome: least value, width of a step, and for each option the earlier ones that it is the difference from:
   * none, one, or three, of which the first two are added and the third is taken off.
   */
  outcomes: { low: number; step: number; from: number[][] }[];
}

/** Runs of one slice, about: some 30 ms of the flagship. */
const RUNS = 128;
/** Workers, at most. */
const MOST_WORKERS = 4;

/** Reads what the document carries; `only` chooses a module, which then runs on this thread. */
export async function load(doc: Document, only?: "simd" | "scalar"): Promise<Live> {
  if (typeof WebAssembly === "undefined") throw new LiveError("wasm", "the browser has no WebAssembly");
  if (typeof DecompressionStream === "undefined") throw new LiveError("inflate", "the browser cannot inflate");
  const missing = doc.getElementById("machine-missing");
  if (missing) throw new LiveError("payload", text(await unpacked(doc, "missing")));
  const cores = typeof navigator === "undefined" ? 1 : (navigator.hardwareConcurrency ?? 2);
  const pool = new Pool(only || typeof Worker === "undefined" ? 0 : Math.max(1, Math.min(cores, MOST_WORKERS)));
  const part = (name: string) => unpacked(doc, name);
  const chosen = async (): Promise<{ backend: "simd" | "scalar"; module: WebAssembly.Module }> => {
    const bytes = only === "scalar" ? null : await part("simd");
    if (bytes && (only || WebAssembly.validate(bytes))) return { backend: "simd", module: await compiled(bytes) };
    return { backend: "scalar", module: await compiled(await part("scalar")) };
  };
  const [{ backend, module }, catalogue, json, outcomes, record, units] = await Promise.all([
    chosen(),
    part("catalogue").then((bytes) => JSON.parse(text(bytes)) as Catalogue),
    part("calls").then((bytes) => JSON.parse(text(bytes)) as CallsJson),
    part("outcomes"),
    part("record").then(words),
    part("units").then((bytes) => JSON.parse(text(bytes)) as Record<string, Text>),
  ]);
  return make(catalogue, json, backend, module, outcomes, record, units, pool);
}

type Bytes = Uint8Array<ArrayBuffer>;

async function unpacked(doc: Document, part: string): Promise<Bytes> {
  const element = doc.getElementById(`machine-${part}`);
  if (!element) throw new LiveError("payload", `the memo carries no ${part}`);
  try {
    const letters = atob(element.textContent ?? "");
    const packed = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    throw new LiveError("payload", `the memo's ${part} is damaged: ${String(error)}`);
  }
}

function text(bytes: Bytes): string {
  return new TextDecoder().decode(bytes);
}

async function compiled(bytes: Bytes): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new LiveError("wasm", String(error));
  }
}

function words(bytes: Bytes): Uint32Array {
  const view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => view.getUint32(4 * at, true));
}

async function make(
  catalogue: Catalogue,
  json: CallsJson,
  backend: "simd" | "scalar",
  module: WebAssembly.Module,
  outcomes: Bytes,
  record: Uint32Array,
  units: Record<string, Text>,
  pool: Pool,
): Promise<Live> {
  const factors = catalogue.factors.length;
  const layout = json[backend];
  const calls: Calls = {
    layout,
    sources: json.inputs,
    splits: catalogue.splits.map(({ total, parts }) => ({ total, weights: parts.map((part) => part.weight) })),
    factors,
    measures: catalogue.measures.length,
    series: catalogue.series.length,
    seed: decimal(catalogue.seed),
  };
  const here = runner(await WebAssembly.instantiate(module), calls);
  pool.arm(module, calls, here);

  const { most, value } = design(catalogue.design, calls.seed, json.factors, catalogue.factors.map(({ distribution }) => distribution));
  const known = new Map<number, Float64Array>();
  const draw = (future: number): Float64Array => {
    let row = known.get(future);
    if (!row) known.set(future, (row = Float64Array.from(catalogue.factors, (_, factor) => value(factor, future))));
    return row;
  };
  const ids = Float64Array.from(
    json.futures.flatMap(([first, count]) => Array.from({ length: count }, (_, at) => first + at)),
  );
  const inputs = (row: number): Float64Array => draw(ids[row]!);

  const job = ({ options, inputs, count, seedRows }: Request): Job => ({
    options,
    inputs,
    count,
    ids: Float64Array.from({ length: count }, (_, row) => seedRows?.[row] ?? row),
  });
  const slice = ({ options, inputs, ids }: Job, start: number, count: number): Job => ({
    options,
    inputs: inputs.slice(start * factors, (start + count) * factors),
    count,
    ids: ids.slice(start, start + count),
  });
  /** Runs in slices over the pool: for each option `width` numbers for each future. */
  const sliced = async (all: Job, width: number, manner: Manner): Promise<Float64Array[]> => {
    manner.signal?.throwIfAborted();
    const results = all.options.map(() => new Float64Array(all.count * width));
    // A few for each Worker that take equally long, but none so long that what is urgent waits.
    const most = Math.max(2, Math.floor(RUNS / Math.max(1, all.options.length)));
    const rounds = Math.ceil(all.count / most / pool.size);
    const length = Math.max(2, 2 * Math.ceil(all.count / rounds / pool.size / 2));
    const starts = Array.from({ length: Math.ceil(all.count / length) || 0 }, (_, at) => at * length);
    await Promise.all(
      starts.map(async (start) => {
        const found = await pool.run(slice(all, start, Math.min(length, all.count - start)), manner);
        found.forEach((part, at) => results[at]!.set(part, start * width));
      }),
    );
    return results;
  };
  const simulate: Live["simulate"] = (request, manner = {}) => sliced(job(request), calls.measures, manner);
  const recorded = (options: number[]): Request => {
    const count = json.recorded;
    const flat = new Float64Array(count * factors);
    for (let row = 0; row < count; row += 1) flat.set(inputs(row), row * factors);
    return { options, inputs: flat, count, seedRows: ids };
  };
  return {
    catalogue,
    units,
    backend,
    embedded: embedded(catalogue, json, ids, outcomes),
    inputs,
    draw,
    most,
    quantile: (factor, u) => quantile(catalogue.factors[factor]!.distribution, u),
    simulate,
    series: async (request, manner) => {
      const times = Float64Array.from(layout.times);
      const width = catalogue.series.length * times.length;
      return { times, values: await sliced(job(request), width, { ...manner, series: true }) };
    },
    verify: (settings) => verify(catalogue, record, json.recorded, recorded, simulate, settings),
    recorded: (option) => here.metrics(job(recorded([option])))[0]!,
  };
}

/** `study::live::outcomes`: places above the least value, as differences from what earlier options let expect. */
function embedded(catalogue: Catalogue, json: CallsJson, ids: Float64Array, bytes: Bytes): Embedded {
  const futures = ids.length;
  const options = catalogue.options.length;
  const columns: Float64Array[] = [];
  json.outcomes.forEach(({ low, step, from }, outcome) => {
    const places: Uint16Array[] = [];
    for (let option = 0; option < options; option += 1) {
      const start = 2 * futures * (outcome * options + option);
      const [a, b, c] = from[option]!.map((earlier) => places[earlier]!);
      const column = Uint16Array.from({ length: futures }, (_, row) => {
        const packed = bytes[start + row]! | (bytes[start + futures + row]! << 8);
        if (!a) return packed;
        const expected = b && c ? a[row]! + b[row]! - c[row]! : a[row]!;
        return expected + ((packed >>> 1) ^ -(packed & 1));
      });
      places.push(column);
      columns.push(Float64Array.from(column, (place) => (place === 65535 ? NaN : low + place * step)));
    }
  });
  const column = (option: number, measure: number): Float64Array => {
    const found = columns[measure * options + option];
    if (!found) throw new RangeError(`measure ${measure} under option ${option} is not embedded`);
    return found;
  };
  return {
    futures,
    ids,
    measures: catalogue.embedded.measures,
    outcome: (option, measure, row) => column(option, measure)[row]!,
    column,
  };
}

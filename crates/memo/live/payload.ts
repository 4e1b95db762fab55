// Reads what a memo carries and makes the machine of it. The parts are those of `memo::carried`; see docs/live-memo.md.

import { decimal, hexadecimal, quantile, shares } from "./draw.ts";
import { type Calls, type Job, type Layout, Pool, type Source, runner } from "./simulate.ts";
import { type Catalogue, type Embedded, type Live, LiveError, type Request } from "./types.ts";
import { verify } from "./verify.ts";

/** The part `calls`. */
interface CallsJson {
  simd: Layout;
  scalar: Layout;
  inputs: Source[];
  /** For each factor the hash of its id, in hexadecimal digits. */
  factors: { stream: string }[];
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

/** Workers, at most. */
const MOST_WORKERS = 4;

/** Reads what the document carries; `only` chooses a module, for tests. */
export async function load(doc: Document, only?: "simd" | "scalar"): Promise<Live> {
  if (typeof WebAssembly === "undefined") throw new LiveError("wasm", "the browser has no WebAssembly");
  if (typeof DecompressionStream === "undefined") throw new LiveError("inflate", "the browser cannot inflate");
  const missing = doc.getElementById("machine-missing");
  if (missing) throw new LiveError("payload", text(await unpacked(doc, "missing")));
  const parts = ["catalogue", "calls", "simd", "scalar", "outcomes", "record"].map((part) => unpacked(doc, part));
  const [catalogueBytes, callsBytes, simd, scalar, outcomes, record] = (await Promise.all(parts)) as [
    Bytes, Bytes, Bytes, Bytes, Bytes, Bytes,
  ];
  const catalogue = JSON.parse(text(catalogueBytes)) as Catalogue;
  const json = JSON.parse(text(callsBytes)) as CallsJson;
  const backend = only ?? (WebAssembly.validate(simd) ? "simd" : "scalar");
  const module = await compiled(backend === "simd" ? simd : scalar);
  return make(catalogue, json, backend, module, outcomes, words(record));
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
  let pool: Pool | undefined;
  const workers = (): Pool => {
    const cores = typeof navigator === "undefined" ? 1 : (navigator.hardwareConcurrency ?? 2);
    const size = typeof Worker === "undefined" ? 0 : Math.max(1, Math.min(cores, MOST_WORKERS));
    pool ??= new Pool(module, calls, here, size);
    return pool;
  };

  const share = catalogue.factors.map((_, factor) =>
    shares(calls.seed, hexadecimal(json.factors[factor]!.stream), catalogue.design.strata),
  );
  const draw = (future: number): Float64Array =>
    Float64Array.from(catalogue.factors, (of, factor) => quantile(of.distribution, share[factor]!(future)));
  const ids = Float64Array.from(
    json.futures.flatMap(([first, count]) => Array.from({ length: count }, (_, at) => first + at)),
  );
  const drawn: (Float64Array | undefined)[] = [];
  const inputs = (row: number): Float64Array => (drawn[row] ??= draw(ids[row]!));

  const job = ({ option, inputs, count, seedRows }: Request): Job => ({
    option,
    inputs,
    count,
    ids: Float64Array.from({ length: count }, (_, row) => seedRows?.[row] ?? row),
  });
  const slice = (of: Job, start: number, count: number): Job => ({
    option: of.option,
    inputs: of.inputs.slice(start * factors, (start + count) * factors),
    count,
    ids: of.ids.slice(start, start + count),
  });
  /** Runs in slices over the pool, each result as long as `width` numbers for each future. */
  const sliced = async (all: Job, series: boolean, width: number, length: number, signal?: AbortSignal) => {
    const result = new Float64Array(all.count * width);
    const starts = Array.from({ length: Math.ceil(all.count / length) }, (_, at) => at * length);
    await Promise.all(
      starts.map(async (start) => {
        const part = slice(all, start, Math.min(length, all.count - start));
        result.set(await workers().run(part, series, signal), start * width);
      }),
    );
    return result;
  };
  const simulateMany: Live["simulateMany"] = async (requests, settings) => {
    settings?.signal?.throwIfAborted();
    const total = requests.reduce((sum, one) => sum + one.count, 0);
    // Some slices for each Worker, so that they end together; not so small that telling them costs more than the work.
    const even = Math.ceil(total / (3 * workers().size) / 2) * 2;
    const length = Math.max(16, Math.min(even, 256));
    return Promise.all(
      requests.map((one) => sliced(job(one), false, calls.measures, length, settings?.signal)),
    );
  };
  const recorded = (option: number): Request => {
    const count = json.recorded;
    const flat = new Float64Array(count * factors);
    for (let row = 0; row < count; row += 1) flat.set(inputs(row), row * factors);
    return { option, inputs: flat, count, seedRows: ids };
  };
  return {
    catalogue,
    backend,
    embedded: embedded(catalogue, json, ids, outcomes),
    inputs,
    draw,
    quantile: (factor, u) => quantile(catalogue.factors[factor]!.distribution, u),
    simulate: (request) => here.metrics(job(request)),
    simulateMany,
    series: async (request, settings) => {
      const times = Float64Array.from(layout.times);
      const width = catalogue.series.length * times.length;
      return { times, values: await sliced(job(request), true, width, 32, settings?.signal) };
    },
    verify: () => verify(catalogue, record, json.recorded, recorded, (requests) => simulateMany(requests)),
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

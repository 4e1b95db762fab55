// Runs the model: on this thread, and over Workers made from a blob.

/** Addresses of a module, as `engine::wasm::Layout` has them; an input's is null where nothing depends on it. */
export interface Layout {
  capacity: number;
  seed: number;
  futures: number;
  inputs: (number | null)[];
  metrics: number;
  status: number;
  series: number;
  times: number[];
}

/** What an input is: a factor, a part of a split, or a lever, with its value or its steps under each option. */
export type Source =
  | { factor: number }
  | { split: number; part: number }
  | { value: number[] }
  | { steps: [number | null, number][][] };

/** Everything a module needs beside its futures. */
export interface Calls {
  layout: Layout;
  sources: Source[];
  /** Indices of total and weights of each split. */
  splits: { total: number; weights: number[] }[];
  factors: number;
  measures: number;
  series: number;
  seed: [number, number];
}

/** Some futures under some options. */
export interface Job {
  options: number[];
  inputs: Float64Array;
  count: number;
  ids: Float64Array;
}

export interface Runner {
  /** For each option `result[row * measures + measure]`. */
  metrics(job: Job): Float64Array[];
  /** For each option `result[(row * series + s) * times + t]`. */
  series(job: Job): Float64Array[];
}

/** Calls a module. This function's text is also the Workers': it may refer to nothing outside of itself. */
export function runner(instance: WebAssembly.Instance, calls: Calls): Runner {
  const { layout, sources, splits, factors, measures, series, seed } = calls;
  const { memory, prepare, run } = instance.exports as unknown as {
    memory: WebAssembly.Memory;
    prepare: () => void;
    run: (count: number, save: number) => void;
  };
  const doubles = new Float64Array(memory.buffer);
  const words = new Uint32Array(memory.buffer);
  words.set(seed, layout.seed / 4);
  let prepared = -1;

  function choose(option: number): void {
    if (prepared === option) return;
    sources.forEach((source, input) => {
      const at = layout.inputs[input];
      if (at === null || at === undefined) return;
      if ("value" in source) {
        doubles[at / 8] = source.value[option]!;
      } else if ("steps" in source) {
        const steps = source.steps[option]!;
        words[at / 4] = steps.length;
        steps.forEach(([time, value], step) => {
          doubles[at / 8 + 1 + 2 * step] = time ?? -Infinity;
          doubles[at / 8 + 2 + 2 * step] = value;
        });
      }
    });
    prepare();
    prepared = option;
  }

  /** Puts some futures into the columns. */
  function fill(job: Job, start: number, count: number): void {
    for (let row = 0; row < count; row += 1) {
      const id = job.ids[start + row]!;
      words[layout.futures / 4 + 2 * row] = id % 4294967296;
      words[layout.futures / 4 + 2 * row + 1] = Math.floor(id / 4294967296);
    }
    const { inputs } = job;
    sources.forEach((source, input) => {
      const at = layout.inputs[input];
      if (at === null || at === undefined) return;
      const column = at / 8;
      if ("factor" in source) {
        for (let row = 0; row < count; row += 1) {
          doubles[column + row] = inputs[(start + row) * factors + source.factor]!;
        }
      } else if ("split" in source) {
        const split = splits[source.split]!;
        for (let row = 0; row < count; row += 1) {
          const first = (start + row) * factors;
          let sum = 0;
          for (const weight of split.weights) sum += inputs[first + weight]!;
          doubles[column + row] =
            (inputs[first + split.total]! * inputs[first + split.weights[source.part]!]!) / sum;
        }
      }
    });
  }

  /** Runs a job by so many futures at a time, all options of them; `take` is told which option and which futures ran. */
  function each(job: Job, save: number, take: (at: number, start: number, count: number) => void): void {
    for (let start = 0; start < job.count; start += layout.capacity) {
      const count = Math.min(layout.capacity, job.count - start);
      fill(job, start, count);
      job.options.forEach((option, at) => {
        choose(option);
        run(count, save);
        take(at, start, count);
      });
    }
  }

  return {
    metrics(job) {
      const results = job.options.map(() => new Float64Array(job.count * measures));
      each(job, 0, (at, start, count) => {
        const result = results[at]!;
        for (let measure = 0; measure < measures; measure += 1) {
          const column = layout.metrics / 8 + measure * layout.capacity;
          for (let row = 0; row < count; row += 1) {
            result[(start + row) * measures + measure] = doubles[column + row]!;
          }
        }
      });
      return results;
    },
    series(job) {
      const times = layout.times.length;
      const results = job.options.map(() => new Float64Array(job.count * series * times));
      each(job, 1, (at, start, count) => {
        const result = results[at]!;
        for (let s = 0; s < series; s += 1) {
          for (let t = 0; t < times; t += 1) {
            const column = layout.series / 8 + (s * times + t) * layout.capacity;
            for (let row = 0; row < count; row += 1) {
              const value = doubles[column + row]!;
              result[((start + row) * series + s) * times + t] = Number.isFinite(value) ? value : NaN;
            }
          }
        }
      });
      return results;
    },
  };
}

/** What a Worker is told: first the module, then jobs. */
type Told = { module: WebAssembly.Module; calls: Calls } | { job: Job; series: boolean };

/** The Workers' own text, around that of `runner`. */
function work(make: typeof runner): void {
  let ready: Runner | undefined;
  const scope = self as unknown as {
    onmessage: (event: MessageEvent<Told>) => void;
    postMessage(message: unknown, transfer: Transferable[]): void;
  };
  scope.onmessage = ({ data }) => {
    if ("module" in data) {
      ready = make(new WebAssembly.Instance(data.module), data.calls);
    } else if (ready) {
      const result = data.series ? ready.series(data.job) : ready.metrics(data.job);
      scope.postMessage(result, result.map(({ buffer }) => buffer));
    }
  };
}

/** What is done about a job: over time or at the end, before others or after them, until it is no longer wanted. */
export interface Manner {
  series?: boolean;
  urgent?: boolean;
  signal?: AbortSignal;
}

interface Task {
  job: Job;
  manner: Manner;
  done: (results: Float64Array[]) => void;
  failed: (reason: unknown) => void;
}

/** Tasks that a Worker has at most: it need not wait for this thread between two. */
const AHEAD = 2;

/** After something urgent, such as a slider's move, other work waits so long for the next, in milliseconds. */
const CALM = 250;

/** Some Workers and what waits for them; without Workers the same work is done here, slice by slice. */
export class Pool {
  private readonly workers: { worker: Worker; tasks: Task[] }[] = [];
  private waiting: Task[] = [];
  private alone = false;
  private here: Runner | undefined;
  /** Until when nothing but what is urgent is begun. */
  private calm = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Starts the Workers, before there is a module for them: starting takes them a while. */
  constructor(size: number) {
    try {
      const text = `(${work.toString()})(${runner.toString()})`;
      const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
      for (let at = 0; at < size; at += 1) {
        const one = { worker: new Worker(url), tasks: [] as Task[] };
        one.worker.onmessage = ({ data }: MessageEvent<Float64Array[]>) => {
          one.tasks.shift()?.done(data);
          this.go();
        };
        one.worker.onerror = () => this.giveUp();
        this.workers.push(one);
      }
    } catch {
      this.giveUp();
    }
    if (this.workers.length === 0) this.alone = true;
  }

  /** Gives everybody the module; `here` runs it on this thread. */
  arm(module: WebAssembly.Module, calls: Calls, here: Runner): void {
    this.here = here;
    for (const { worker } of this.workers) worker.postMessage({ module, calls });
    this.go();
  }

  get size(): number {
    return Math.max(this.workers.length, 1);
  }

  run(job: Job, manner: Manner): Promise<Float64Array[]> {
    return new Promise((done, failed) => {
      const task = { job, manner, done, failed };
      if (manner.urgent) this.calm = performance.now() + CALM;
      const behind = manner.urgent ? this.waiting.findIndex((other) => !other.manner.urgent) : -1;
      this.waiting.splice(behind < 0 ? this.waiting.length : behind, 0, task);
      this.go();
    });
  }

  private go(): void {
    const { here } = this;
    if (!here) return;
    if (this.alone) {
      // A pause between slices, so that the page stays alive.
      setTimeout(() => {
        const task = this.next();
        if (!task) return;
        task.done(task.manner.series ? here.series(task.job) : here.metrics(task.job));
        this.go();
      });
      return;
    }
    for (let ahead = 0; ahead < AHEAD; ahead += 1) {
      for (const { worker, tasks } of this.workers) {
        if (tasks.length > ahead) continue;
        const task = this.next();
        if (!task) return;
        tasks.push(task);
        worker.postMessage({ job: task.job, series: task.manner.series ?? false });
      }
    }
  }

  /** The next task that is still wanted and may begin. */
  private next(): Task | undefined {
    for (;;) {
      const task = this.waiting.shift();
      const signal = task?.manner.signal;
      if (signal?.aborted) {
        task?.failed(signal.reason);
        continue;
      }
      const wait = this.calm - performance.now();
      if (!task || task.manner.urgent || wait <= 0) return task;
      this.waiting.unshift(task);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.go(), wait);
      return undefined;
    }
  }

  /** Workers cannot be had, or broke: what they had goes on here. */
  private giveUp(): void {
    this.alone = true;
    const left = this.workers.flatMap(({ tasks }) => tasks);
    this.workers.forEach((one) => one.worker.terminate());
    this.workers.length = 0;
    this.waiting = [...left, ...this.waiting];
    this.go();
  }
}

// Draws the futures of a run again: the same bits as `study::design::draw`.
//
// A draw is a function of seed, factor and future. The functions here are those of `engine::noise` (Philox, permutations)
// and of `analysis::distribution` (quantiles), operation by operation; 64-bit words are two halves of 32 bits.

import type { Distribution } from "./types.ts";

/** A word of 64 bits: low half, high half, both unsigned. */
type Word = [number, number];

const TWO_TO_32 = 4294967296;

export function word(value: number): Word {
  return [value >>> 0, Math.floor(value / TWO_TO_32) >>> 0];
}

/** Decimal digits of any length below 2^64. */
export function decimal(digits: string): Word {
  const value = BigInt(digits);
  return [Number(value & 0xffffffffn), Number(value >> 32n)];
}

export function hexadecimal(digits: string): Word {
  return [parseInt(digits.slice(8), 16), parseInt(digits.slice(0, 8), 16)];
}

// The high half of a product of two 32-bit numbers; the low half is `Math.imul`.
function high(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a0 * b1 + a1 * b0 + Math.floor((a0 * b0) / 65536);
  return (a1 * b1 + Math.floor(middle / 65536)) >>> 0;
}

/** `engine::noise::philox`. */
export function philox(counter: [number, number, number, number], key: Word): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round += 1) {
    const [a, b] = [high(0xd2511f53, c0), high(0xcd9e8d57, c2)];
    const [low0, low2] = [Math.imul(0xd2511f53, c0) >>> 0, Math.imul(0xcd9e8d57, c2) >>> 0];
    c0 = (b ^ c1 ^ k0) >>> 0;
    c1 = low2;
    c2 = (a ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

function keyOf(seed: Word, variable: Word, purpose: number): Word {
  const [a, b] = philox([variable[0], variable[1], purpose, 0], seed);
  return [a, b];
}

// The step of splitmix64, of which only the low half is asked for.
function mixed(low: number, upper: number): number {
  let l = (low >>> 0) + 0x7f4a7c15;
  let h = upper + 0x9e3779b9 + (l >= TWO_TO_32 ? 1 : 0);
  l >>>= 0;
  h >>>= 0;
  l ^= (l >>> 30) | (h << 2);
  h ^= h >>> 30;
  [l, h] = times(l, h, 0x1ce4e5b9, 0xbf58476d);
  l ^= (l >>> 27) | (h << 5);
  h ^= h >>> 27;
  [l, h] = times(l, h, 0x133111eb, 0x94d049bb);
  return (l ^ ((l >>> 31) | (h << 1))) >>> 0;
}

function times(al: number, ah: number, bl: number, bh: number): Word {
  const upper = high(al >>> 0, bl) + Math.imul(al, bh) + Math.imul(ah, bl);
  return [Math.imul(al, bl) >>> 0, upper >>> 0];
}

/** `engine::noise::Permutation`, for counts below 2^32. */
class Permutation {
  private readonly lowBits: number;
  private readonly lowMask: number;
  private readonly highMask: number;
  private readonly roundKeys: Word[] = [];

  constructor(
    seed: Word,
    variable: Word,
    private readonly count: number,
  ) {
    const bits = Math.max(32 - Math.clz32(count > 0 ? count - 1 : 0), 8);
    this.lowBits = Math.floor(bits / 2);
    this.lowMask = 2 ** this.lowBits - 1;
    this.highMask = 2 ** (bits - this.lowBits) - 1;
    const key = keyOf(seed, variable, 1);
    for (let round = 0; round < 10; round += 1) {
      const [x, y] = philox([count >>> 0, 0, round, 0], key);
      this.roundKeys.push([x, y]);
    }
  }

  at(place: number): number {
    let value = place;
    do {
      let low = value & this.lowMask;
      let upper = value >>> this.lowBits;
      for (let round = 0; round < 10; round += 2) {
        const [even, odd] = [this.roundKeys[round]!, this.roundKeys[round + 1]!];
        low ^= mixed(upper ^ even[0], even[1]) & this.lowMask;
        upper ^= mixed(low ^ odd[0], odd[1]) & this.highMask;
      }
      value = ((upper << this.lowBits) | low) >>> 0;
    } while (value >= this.count);
    return value;
  }
}

/** `analysis::designs::latin_value`. */
function latinValue(stratum: number, count: number, within: number): number {
  const [low, end] = [stratum / count, (stratum + 1) / count];
  const value = (stratum + within) / count;
  return value < end ? value : low + (end - low) * 0.5;
}

/** What the page knows of how a factor is drawn. */
export interface Drawing {
  /** The hash of its id, in hexadecimal digits. */
  stream: string;
  /** In a Sobol' design: its dimension and the initial numbers of its directions. */
  dimension?: number;
  directions?: number[];
  /** In a grid: its levels. */
  levels?: number[];
}

/** How futures are chosen; `strata` is the number of strata of a Latin hypercube, else 0. */
export interface Design {
  kind: "latin_hypercube" | "monte_carlo" | "sobol" | "sobol_scrambled" | "full_factorial" | "one_at_a_time";
  strata: number;
}

/** A design made ready: how many futures it has at most, and the value of a factor in any of them. */
export interface Drawn {
  most: number;
  value(factor: number, future: number): number;
}

/** `study::design::Drawer`. */
export function drawn(design: Design, seed: Word, factors: Drawing[], distributions: Distribution[]): Drawn {
  if (design.kind === "full_factorial" || design.kind === "one_at_a_time") {
    const levels = factors.map((factor) => factor.levels ?? []);
    return design.kind === "full_factorial" ? fullFactorial(levels) : oneAtATime(levels, distributions);
  }
  const share = factors.map((factor) => {
    const { directions, dimension } = factor;
    if (directions && dimension !== undefined) return sobol(directions, design.kind === "sobol_scrambled" ? word64(seed, dimension) : null);
    return shares(seed, hexadecimal(factor.stream), design.strata);
  });
  return { most: factors[0]?.directions ? 2 ** factors[0].directions.length : Infinity, value: (factor, future) => quantile(distributions[factor]!, share[factor]!(future)) };
}

/** `analysis::designs::full_factorial`: the last factor changes fastest. */
function fullFactorial(levels: number[][]): Drawn {
  const repeat = levels.map((_, at) => levels.slice(at + 1).reduce((all, one) => all * one.length, 1));
  return {
    most: levels.reduce((all, one) => all * one.length, 1),
    value: (factor, future) => levels[factor]![Math.floor(future / repeat[factor]!) % levels[factor]!.length]!,
  };
}

/** `analysis::designs::one_at_a_time`: the middle, then each factor at each of its other levels. */
function oneAtATime(levels: number[][], distributions: Distribution[]): Drawn {
  const middle = distributions.map((distribution) => quantile(distribution, 0.5));
  const steps = levels.flatMap((of, factor) => of.filter((level) => level !== middle[factor]).map((level) => ({ factor, level })));
  return {
    most: steps.length + 1,
    value(factor, future) {
      const step = steps[future - 1];
      return step?.factor === factor ? step.level : middle[factor]!;
    },
  };
}

/** `analysis::designs::Sobol`: a point's coordinate, its digits turned by Owen's scrambling where there is a stream for it. */
function sobol(initial: number[], stream: ((counter: number) => number) | null): (future: number) => number {
  const directions = initial.map((m, k) => (m << (31 - k)) >>> 0);
  return (future) => {
    let bits = 0;
    directions.forEach((direction, k) => {
      if ((future ^ (future >>> 1)) & (1 << k)) bits ^= direction;
    });
    bits >>>= 0;
    if (!stream) return bits / TWO_TO_32;
    let flips = 0;
    for (let digit = 0; digit < 32; digit += 1) {
      // A leading one marks how many digits stand before this one.
      const before = 2 ** digit + (digit === 0 ? 0 : bits >>> (32 - digit));
      flips = (flips << 1) | (stream(before) >>> 31);
    }
    return (((bits ^ flips) >>> 0) + 0.5) / TWO_TO_32;
  };
}

/** `analysis::numbers::random::Stream`: the high halves of its words. */
function word64(seed: Word, stream: number): (counter: number) => number {
  const golden: Word = [0x7f4a7c15, 0x9e3779b9];
  const step = times(stream + 1, 0, 0xd192ed03, 0xd1b54a32);
  const key = finalised(sum(finalised(sum(seed, golden)), step));
  return (counter) => finalised(sum(key, times(counter >>> 0, 0, ...golden)))[1];
}

function sum(a: Word, b: Word): Word {
  const low = a[0] + b[0];
  return [low >>> 0, (a[1] + b[1] + (low >= TWO_TO_32 ? 1 : 0)) >>> 0];
}

/** The last steps of splitmix64. */
function finalised([l, h]: Word): Word {
  [l, h] = times((l ^ ((l >>> 30) | (h << 2))) >>> 0, (h ^ (h >>> 30)) >>> 0, 0x1ce4e5b9, 0xbf58476d);
  [l, h] = times((l ^ ((l >>> 27) | (h << 5))) >>> 0, (h ^ (h >>> 27)) >>> 0, 0x133111eb, 0x94d049bb);
  return [(l ^ ((l >>> 31) | (h << 1))) >>> 0, (h ^ (h >>> 31)) >>> 0];
}

/** A factor's share of probability in any future; a hypercube that has run out of strata goes on by chance. */
function shares(seed: Word, stream: Word, strata: number): (future: number) => number {
  const key = keyOf(seed, stream, 0);
  const uniform = (future: number, step: number): number => {
    const [low, upper] = word(future);
    const [a, b] = philox([low, upper, step, 0], key);
    return (b * 2097152 + (a >>> 11)) / 9007199254740992;
  };
  if (strata === 0) return (future) => uniform(future, 0);
  const order = new Permutation(seed, stream, strata);
  return (future) => (future < strata ? latinValue(order.at(future), strata, uniform(future, 1)) : uniform(future, 0));
}

/** `study::case::Distribution::quantile`. */
export function quantile(of: Distribution, u: number): number {
  if (of.kind === "categorical") {
    const at = Math.min(Math.trunc(u * of.values.length), of.values.length - 1);
    return of.values[Math.max(at, 0)]!;
  }
  const { low, high } = of;
  if (u <= 0) return low;
  if (u >= 1) return high;
  switch (of.kind) {
    case "uniform":
      return low + u * (high - low);
    case "log_uniform":
      return clamp(exp(ln(low) + u * (ln(high) - ln(low))), low, high);
    case "triangular": {
      const turn = (of.mode - low) / (high - low);
      return u < turn
        ? low + Math.sqrt(u * (high - low) * (of.mode - low))
        : high - Math.sqrt((1 - u) * (high - low) * (high - of.mode));
    }
    case "pert": {
      const a = 1 + (4 * (of.mode - low)) / (high - low);
      const b = 1 + (4 * (high - of.mode)) / (high - low);
      return low + (high - low) * root((x) => betaCdf(x, a, b) - u);
    }
    case "truncated_normal": {
      const [a, b] = [(low - of.mean) / of.sd, (high - of.mean) / of.sd];
      const z = a > 0 ? -between(-b, -a, 1 - u) : between(a, b, u);
      return clamp(of.mean + of.sd * z, low, high);
    }
    case "integer": {
      const count = high - low + 1;
      return low + Math.min(Math.floor(u * count), count - 1);
    }
  }
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

function between(a: number, b: number, u: number): number {
  const [p, q] = [normalCdf(a), normalCdf(b)];
  return clamp(normalQuantile(p + u * (q - p)), a, b);
}

// `analysis::numbers::special`: plain arithmetic, the same bits on every machine.

const LN2_HIGH = 6.931471803691238e-1;
const LN2_LOW = 1.9082149292705877e-10;
const SQRT_2PI = 2.5066282746310007;
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

function powerOfTwo(k: number): number {
  halves[0] = 0;
  halves[1] = (k + 1023) << 20;
  return double[0]!;
}

function rounded(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.79) return Infinity;
  if (x < -745.2) return 0;
  const k = rounded(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let series = 1;
  for (let term = 14; term >= 1; term -= 1) series = 1 + (series * r) / term;
  const half = Math.trunc(k / 2);
  return series * powerOfTwo(half) * powerOfTwo(k - half);
}

export function ln(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  const subnormal = x < 2.2250738585072014e-308;
  double[0] = subnormal ? x * powerOfTwo(54) : x;
  let exponent = (halves[1]! >>> 20) - 1023 - (subnormal ? 54 : 0);
  halves[1] = (halves[1]! & 0xfffff) | 0x3ff00000;
  let m = double[0]!;
  if (m > Math.SQRT2) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let series = 0;
  for (let term = 12; term >= 1; term -= 1) series = (series + 1 / (2 * term + 1)) * square;
  return exponent * LN2_HIGH + (2 * s + (2 * s * series + exponent * LN2_LOW));
}

function ln1p(x: number): number {
  const y = 1 + x;
  if (y === 1) return x;
  return y === Infinity ? y : ln(y) * (x / (y - 1));
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

function lnGamma(of: number): number {
  if (of < 0.5) return lnGamma(of + 1) - ln(of);
  const x = of - 1;
  const t = x + 7.5;
  let series = 0.9999999999998099;
  LANCZOS.forEach((c, at) => (series += c / (x + (at + 1))));
  return ln(SQRT_2PI) + (x + 0.5) * ln(t) - t + ln(series);
}

function normalDensity(x: number): number {
  return exp(-0.5 * x * x) / SQRT_2PI;
}

export function normalCdf(x: number): number {
  const a = Math.abs(x);
  let tail: number;
  if (a > 2.5) {
    let fraction = a;
    for (let k = 120; k >= 1; k -= 1) fraction = a + k / fraction;
    tail = normalDensity(a) / fraction;
  } else {
    let [term, total, k] = [a, a, 1];
    while (term > total * 1e-17) {
      k += 2;
      term *= (a * a) / k;
      total += term;
    }
    tail = 0.5 - normalDensity(a) * total;
  }
  return x > 0 ? 1 - tail : tail;
}

const A = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
  33430.57558358813, 2509.0809287301227,
];
const B = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
  5226.495278852854,
];
const C = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 7.745450142783414e-4,
];
const D = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  5.475938084995345e-4, 1.0507500716444169e-9,
];
const E = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  1.2426609473880784e-3, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const F = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 7.868691311456133e-4, 1.8463183175100548e-5,
  1.421511758316446e-7, 2.0442631033899398e-15,
];

function ratio(top: number[], bottom: number[], x: number): number {
  const value = (c: number[]): number => c.reduceRight((s, one) => s * x + one, 0);
  return value(top) / value(bottom);
}

export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(A, B, 0.180625 - q * q);
  const r = Math.sqrt(-ln(q < 0 ? p : 1 - p));
  const value = r <= 5 ? ratio(C, D, r - 1.6) : ratio(E, F, r - 5);
  return q < 0 ? -value : value;
}

export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(1 - x, b, a);
  const front = exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * ln(x) + b * ln1p(-x)) / a;
  const keep = (v: number): number => (Math.abs(v) < 1e-300 ? 1e-300 : v);
  let c = 1;
  let d = 1 / keep(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 2000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / keep(1 + even * d);
    c = keep(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / keep(1 + odd * d);
    c = keep(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return front * fraction;
}

// Where a rising function reaches zero between 0 and 1, by bisection to the last bit.
function root(f: (x: number) => number): number {
  let [low, upper] = [0, 1];
  for (let turn = 0; turn < 2000; turn += 1) {
    const middle = low + (upper - low) * 0.5;
    if (middle <= low || middle >= upper) break;
    if (f(middle) < 0) low = middle;
    else upper = middle;
  }
  return upper;
}

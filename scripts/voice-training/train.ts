/**
 * Trains the voice model and writes native/cpd/voice_model.inc.
 *
 *   node scripts/voice-training/train.ts OUT.inc POINTS.csv...
 *
 * POINTS come from dump-features. Networks of one hidden layer, tanh, trained with Adam on the cross entropy;
 * the same points and seeds give the same weights. A wrong answer about a person weighs PEOPLE_WEIGHT times as
 * much as one about a machine; a call weighs by the square root of its points.
 */
import { createReadStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Random } from './random.ts';

const HIDDEN = 24;
const SEEDS = [1, 2, 3];
const EPOCHS = 10;
const BATCH = 512;
const RATE = 3e-3;
const DECAY = 0.06;
const PEOPLE_WEIGHT = 2;
const CLIP = 4; // inputs further out, in standard deviations, are no news

interface Points {
  inputs: number;
  x: Float32Array; // points by inputs
  y: Float32Array;
  weight: Float32Array;
  count: number;
}

/** Moments at which something may be decided: in a pause, or after more than 1.2 s of speech. */
const decidable = (span: number, trail: number): boolean => (trail < 0.24 ? span > 1.2 : trail <= 1.6);

async function read(files: string[]): Promise<Points> {
  const x: number[] = [];
  const y: number[] = [];
  const call: number[] = [];
  const size: number[] = [];
  let inputs = 0;
  for (const file of files) {
    const first = size.length;
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const fields = line.split(',');
      if (!decidable(Number(fields[6]), Number(fields[7]))) continue;
      inputs = fields.length - 8;
      for (let i = 8; i < fields.length; i++) x.push(Number(fields[i]));
      y.push(Number(fields[1]));
      const id = first + Number(fields[0]);
      size[id] = (size[id] ?? 0) + 1;
      call.push(id);
    }
  }
  const weight = Float32Array.from(call, (id, n) => (y[n] ? 1 : PEOPLE_WEIGHT) / Math.sqrt(size[id] ?? 1));
  const mean = weight.reduce((a, b) => a + b, 0) / weight.length;
  return {
    inputs,
    x: Float32Array.from(x),
    y: Float32Array.from(y),
    weight: weight.map((w) => w / mean),
    count: y.length,
  };
}

/** Centre and scale (1 / standard deviation) of each input; the inputs are replaced. */
function standardise({ x, inputs, count }: Points): { centre: number[]; scale: number[] } {
  const centre: number[] = [];
  const scale: number[] = [];
  for (let i = 0; i < inputs; i++) {
    let sum = 0;
    let squares = 0;
    for (let n = 0; n < count; n++) {
      const v = x[n * inputs + i] ?? 0;
      sum += v;
      squares += v * v;
    }
    const mean = sum / count;
    const k = 1 / (Math.sqrt(Math.max(0, squares / count - mean * mean)) + 1e-6);
    for (let n = 0; n < count; n++) {
      const at = n * inputs + i;
      x[at] = Math.max(-CLIP, Math.min(CLIP, ((x[at] ?? 0) - mean) * k));
    }
    centre.push(mean);
    scale.push(k);
  }
  return { centre, scale };
}

/** Parameters in one array: hidden weights (unit by unit), hidden biases, output weights, output bias. */
function train({ x, y, weight, inputs, count }: Points, seed: number): Float64Array {
  const random = new Random(seed);
  const biases = HIDDEN * inputs;
  const outputs = biases + HIDDEN;
  const last = outputs + HIDDEN;
  const p = new Float64Array(last + 1);
  for (let i = 0; i < biases; i++) p[i] = random.normal() / Math.sqrt(inputs);
  for (let h = 0; h < HIDDEN; h++) p[outputs + h] = random.normal() / Math.sqrt(HIDDEN);
  const gradient = new Float64Array(p.length);
  const first = new Float64Array(p.length);
  const second = new Float64Array(p.length);
  const order = Uint32Array.from({ length: count }, (_, n) => n);
  const activity = new Float64Array(HIDDEN);
  const steps = EPOCHS * Math.floor(count / BATCH);
  let step = 0;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (let n = count - 1; n > 0; n--) {
      const m = Math.floor(random.next() * (n + 1));
      [order[n], order[m]] = [order[m] ?? 0, order[n] ?? 0];
    }
    for (let from = 0; from + BATCH <= count; from += BATCH) {
      gradient.fill(0);
      for (let k = from; k < from + BATCH; k++) {
        const n = order[k] ?? 0;
        const row = n * inputs;
        let z = p[last] ?? 0;
        for (let h = 0; h < HIDDEN; h++) {
          let a = p[biases + h] ?? 0;
          const w = h * inputs;
          for (let i = 0; i < inputs; i++) a += (p[w + i] as number) * (x[row + i] as number);
          activity[h] = Math.tanh(a);
          z += (activity[h] ?? 0) * (p[outputs + h] ?? 0);
        }
        const d = ((weight[n] ?? 0) * (1 / (1 + Math.exp(-z)) - (y[n] ?? 0))) / BATCH;
        gradient[last] = (gradient[last] ?? 0) + d;
        for (let h = 0; h < HIDDEN; h++) {
          const a = activity[h] ?? 0;
          gradient[outputs + h] = (gradient[outputs + h] ?? 0) + d * a;
          const dh = d * (p[outputs + h] ?? 0) * (1 - a * a);
          gradient[biases + h] = (gradient[biases + h] ?? 0) + dh;
          const w = h * inputs;
          for (let i = 0; i < inputs; i++) (gradient[w + i] as number) += dh * (x[row + i] as number);
        }
      }
      step++;
      const rate = RATE * (1 - step / steps) + 1e-5;
      const c1 = 1 - 0.9 ** step;
      const c2 = 1 - 0.999 ** step;
      for (let i = 0; i < p.length; i++) {
        const g = gradient[i] ?? 0;
        first[i] = 0.9 * (first[i] ?? 0) + 0.1 * g;
        second[i] = 0.999 * (second[i] ?? 0) + 0.001 * g * g;
        const shrink = i < biases || (i >= outputs && i < last) ? DECAY * (p[i] ?? 0) : 0;
        p[i] =
          (p[i] ?? 0) - rate * ((first[i] ?? 0) / c1 / (Math.sqrt((second[i] ?? 0) / c2) + 1e-8) + shrink);
      }
    }
  }
  return p;
}

const number = (v: number | undefined): string => {
  const text = (v ?? 0).toPrecision(4);
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
};
const list = (values: ArrayLike<number>): string => Array.from(values, number).join(', ');

function source(centre: number[], scale: number[], networks: Float64Array[]): string {
  const inputs = centre.length;
  const biases = HIDDEN * inputs;
  const outputs = biases + HIDDEN;
  const network = (p: Float64Array): string => {
    const hidden = Array.from(
      { length: HIDDEN },
      (_, h) => `{${list(p.subarray(h * inputs, (h + 1) * inputs))}}`,
    );
    return `    {{${hidden.join(',\n      ')}},\n     {${list(p.subarray(biases, outputs))}},\n     {${list(
      p.subarray(outputs, outputs + HIDDEN),
    )}},\n     ${number(p[p.length - 1])}},\n`;
  };
  return `// Written by scripts/voice-training/train.ts. Do not edit.
constexpr int kInputs = ${String(inputs)};
constexpr int kHidden = ${String(HIDDEN)};

struct Network {
  float hidden[kHidden][kInputs];
  float hiddenBias[kHidden];
  float output[kHidden];
  float outputBias;
};

constexpr float kCentre[kInputs] = {${list(centre)}};
constexpr float kScale[kInputs] = {${list(scale)}};
constexpr Network kNetworks[] = {
${networks.map(network).join('')}};
`;
}

const [out, ...files] = process.argv.slice(2);
if (!out || files.length === 0) throw new Error('train.ts OUT.inc POINTS.csv...');
const points = await read(files);
const { centre, scale } = standardise(points);
writeFileSync(
  out,
  source(
    centre,
    scale,
    SEEDS.map((seed) => train(points, seed)),
  ),
);
console.log(`${String(points.count)} points, ${String(points.inputs)} inputs -> ${out}`);

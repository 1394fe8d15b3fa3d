// What a clip of 8 kHz samples is worth: level, clipping, how much of it is voiced, and where it may be cut.

export const rateHz = 8000;
const frame = rateHz / 50;
const fullScale = 32768;

function frameRms(samples) {
  return Array.from({ length: Math.floor(samples.length / frame) }, (_, index) => {
    let sum = 0;
    for (const sample of samples.subarray(index * frame, (index + 1) * frame)) sum += sample * sample;
    return Math.sqrt(sum / frame);
  });
}

/** Strongest normalised autocorrelation at lags of 70 to 400 Hz over two frames: above 0.5 is voiced. */
function periodicity(samples, from) {
  const x = samples.subarray(from, from + 2 * frame);
  let best = 0;
  for (let lag = Math.floor(rateHz / 400); lag <= rateHz / 70; lag++) {
    let cross = 0;
    let first = 1;
    let second = 1;
    for (let i = 0; i + lag < x.length; i++) {
      cross += x[i] * x[i + lag];
      first += x[i] * x[i];
      second += x[i + lag] * x[i + lag];
    }
    best = Math.max(best, cross / Math.sqrt(first * second));
  }
  return best;
}

/** Active level in dBFS, share of samples at the rail, share of active frames that are voiced, seconds of sound. */
export function measure(samples) {
  const rms = frameRms(samples);
  const loudest = rms.reduce((most, value) => Math.max(most, value), 1);
  const active = rms.map((value, index) => ({ value, index })).filter(({ value }) => value > loudest / 20);
  const power = active.reduce((sum, { value }) => sum + value * value, 0) / Math.max(1, active.length);
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  let railed = 0;
  for (const sample of samples) if (Math.abs(sample) > peak * 0.99) railed++;
  const probes = active.filter((_, index) => index % 3 === 0);
  const voiced = probes.filter(({ index }) => periodicity(samples, index * frame) > 0.5);
  return {
    seconds: samples.length / rateHz,
    activeSeconds: (active.length * frame) / rateHz,
    levelDbfs: 10 * Math.log10(power / fullScale ** 2 + 1e-12),
    railedShare: peak > fullScale * 0.3 ? railed / samples.length : 0,
    voicedShare: voiced.length / Math.max(1, probes.length),
  };
}

/** Cuts a long recording in the middle of pauses of 240 ms or more into pieces of at most `mostSeconds`. */
export function splitAtPauses(samples, mostSeconds) {
  if (samples.length <= mostSeconds * rateHz) return [samples];
  const rms = frameRms(samples);
  const quiet = [...rms].sort((a, b) => a - b)[Math.floor(rms.length * 0.98)] / 25;
  const cuts = [0];
  let run = 0;
  rms.forEach((value, index) => {
    if (value < quiet) return void run++;
    if (run >= 12) cuts.push((index - Math.floor(run / 2)) * frame);
    run = 0;
  });
  cuts.push(samples.length);
  return cuts.slice(1).map((end, index) => samples.subarray(cuts[index], end));
}

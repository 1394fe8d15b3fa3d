import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { seconds } from '../axis-parts.ts';
import { askFile } from '../server.ts';
import { callWords } from './call-words.ts';
import { peaksOf, readMuLaw, type Sound } from './wav.ts';

const width = 960;
const height = 80;
const parts = 480;

/** The sound of the call, fetched when it is asked for: that somebody heard it is in the audit. */
export function RecordedSound({ id }: { id: string }) {
  const state = useSignal<{ sound: Sound | null; refusal: string; isBusy: boolean }>({
    sound: null,
    refusal: '',
    isBusy: false,
  });
  const fetchSound = async () => {
    state.value = { sound: null, refusal: '', isBusy: true };
    try {
      const sound = readMuLaw(await askFile(`/attempts/${encodeURIComponent(id)}/recording`));
      state.value = { sound, refusal: sound === null ? callWords.notSound : '', isBusy: false };
    } catch (error) {
      state.value = { sound: null, refusal: (error as Error).message, isBusy: false };
    }
  };
  const { isBusy, refusal, sound } = state.value;
  return (
    <section aria-labelledby="sound">
      <h2 id="sound">{callWords.sound}</h2>
      {sound === null ? (
        <p>
          <button type="button" disabled={isBusy} onClick={() => void fetchSound()}>
            {callWords.fetchSound}
          </button>{' '}
          {isBusy ? callWords.fetching : callWords.heardIsAudited}
        </p>
      ) : (
        <Player sound={sound} />
      )}
      <p role="alert" class="refusal">
        {refusal}
      </p>
    </section>
  );
}

function Player({ sound }: { sound: Sound }) {
  const play = useRef<HTMLButtonElement>(null);
  const { at, isPlaying, seek, toggle } = usePlaying(sound);
  const lengthS = sound.samples.length / sound.rateHz;
  useEffect(() => {
    play.current?.focus();
  }, []);
  const x = (at / lengthS) * width;
  return (
    <>
      <div class="choices">
        <button type="button" ref={play} onClick={toggle}>
          {isPlaying ? callWords.pause : callWords.play}
        </button>
        <label>
          {callWords.place}{' '}
          <input
            type="range"
            min="0"
            max={lengthS}
            step="0.1"
            value={at}
            aria-valuetext={seconds(at * 1_000)}
            onInput={({ currentTarget }) => {
              seek(Number(currentTarget.value));
            }}
          />
        </label>
        <span>
          {seconds(at * 1_000)} / {seconds(lengthS * 1_000)}
        </span>
      </div>
      <div class="table" tabIndex={0} role="region" aria-label={callWords.wave}>
        <svg class="axis" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
          <path class="wave" d={waveOf(sound)} />
          <line class="mark-line" x1={x} x2={x} y1={0} y2={height} />
        </svg>
      </div>
    </>
  );
}

function waveOf(sound: Sound): string {
  const step = width / parts;
  return peaksOf(sound, parts)
    .map((peak, part) => {
      const half = Math.max(0.5, peak * (height / 2));
      return `M${((part + 0.5) * step).toFixed(1)},${(height / 2 - half).toFixed(1)}v${(2 * half).toFixed(1)}`;
    })
    .join('');
}

/** Plays from where it was stopped. Times in s. */
function usePlaying({ rateHz, samples }: Sound) {
  const state = useSignal({ at: 0, isPlaying: false });
  const playing = useRef<{ context: AudioContext; source: AudioBufferSourceNode; from: number } | null>(null);
  const lengthS = samples.length / rateHz;
  const stop = () => {
    const now = playing.current;
    playing.current = null;
    if (now === null) return;
    now.source.onended = null;
    now.source.stop();
    void now.context.close();
  };
  const start = (at: number) => {
    stop();
    const context = new AudioContext();
    const buffer = context.createBuffer(1, samples.length, rateHz);
    buffer.copyToChannel(samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.onended = () => {
      stop();
      state.value = { at: 0, isPlaying: false };
    };
    source.start(0, at);
    playing.current = { context, source, from: at };
    state.value = { at, isPlaying: true };
  };
  const pause = () => {
    stop();
    state.value = { ...state.value, isPlaying: false };
  };
  useEffect(() => {
    const timer = setInterval(() => {
      const now = playing.current;
      if (now === null) return;
      state.value = { at: Math.min(lengthS, now.from + now.context.currentTime), isPlaying: true };
    }, 100);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);
  const { at, isPlaying } = state.value;
  return {
    at,
    isPlaying,
    toggle: () => {
      if (isPlaying) pause();
      else start(at);
    },
    seek: (to: number) => {
      if (isPlaying) start(to);
      else state.value = { at: to, isPlaying: false };
    },
  };
}

"""What dump-calls wrote, as arrays, and batches of it for training."""

import csv
import math

import numpy as np

FRAME_INPUTS = 23  # kVoiceInputs of native/cpd/voice/voice_input.h
FIGURES = 38  # kVoiceFeatures of native/cpd/voice/voice_features.h
SPAN, SPEECH, PAUSE, TRAIL, RUN, LEAD, PLATEAU, GATE = 0, 1, 3, 5, 4, 6, 10, 11
FAR_OUT = 4.0  # figures further out, in standard deviations, are no news
STEP = 2  # frames a step of the network

# What the inputs of a frame are divided by: about their standard deviations.
FRAME_SCALE = np.array([32, 40, 40, 50, 50] + [24] * 18, np.float32)
BANDS = slice(5, FRAME_INPUTS)

# Packages of games, whose actors speak in studios: they count half. As ACTORS of talk.ts.
ACTORS = ("0ad", "beneath", "boswars", "drascula", "fillets", "flight", "freedroid", "hedgewars", "megaglest", "nexuiz",
          "openarena", "pingus", "planetblupi", "trigger", "unknown-horizons", "warzone")
PERSON_WEIGHT = 2.0  # of a wrong answer about a person against one about a machine
ACTOR_WEIGHT = 0.5
NO_BEEP_WEIGHT = 1.8  # a third of the recordings that pause early have no beep, of the generated calls a fifth
DECISION_WEIGHT = 3.0  # of the moments at which most decisions fall ...
BRIEF_S = 2.1  # ... soon after a greeting of less than this, late after a longer one or while it goes on


def load(base):
    """Calls of BASE.csv, BASE.frames, BASE.points; each a dict with frames [T, FRAME_INPUTS] (int8), at [P]
    (frame of each moment), figures [P, FIGURES], machine (0 or 1), screening, weight [P]."""
    rows = list(csv.DictReader(open(base + ".csv")))
    frames = np.fromfile(base + ".frames", dtype=np.int8).reshape(-1, FRAME_INPUTS)
    points = np.fromfile(base + ".points", dtype=np.float32).reshape(-1, 3 + FIGURES)
    start = np.concatenate([[0], np.cumsum([int(r["frames"]) for r in rows])])
    call_of = points[:, 0].astype(int)
    calls = []
    for i, row in enumerate(rows):
        own = points[np.searchsorted(call_of, i) : np.searchsorted(call_of, i, side="right")]
        if len(own) == 0:
            continue
        call = {
            "row": row,
            "frames": frames[start[i] : start[i + 1]],
            "at": own[:, 1].astype(np.int64),
            "figures": own[:, 3:],
            "machine": float(row["label"] != "human"),
            "screening": float(row["label"] == "screening"),
            "speech": max(0, int(row["speech_start_ms"]) - int(row["answer_ms"])) // 20,
        }
        call["weight"] = weights(call)
        calls.append(call)
    return calls


def weights(call):
    pause, span = call["figures"][:, TRAIL], call["figures"][:, SPAN]
    decides = np.where(span < BRIEF_S, (pause > 0.34) & (pause < 0.8), (pause > 0.85) | (pause < 0.1))
    weight = np.where(decides, DECISION_WEIGHT, 1.0) / math.sqrt(len(pause))
    if call["machine"] == 0:
        weight *= PERSON_WEIGHT
        if call["row"]["speaker"].startswith(ACTORS):
            weight *= ACTOR_WEIGHT
    elif not call["row"]["beep_ms"]:
        weight *= NO_BEEP_WEIGHT
    return weight.astype(np.float32)


def model_inputs(figures):
    """As modelInputs() of native/cpd/voice/voice_features.cc."""
    f = figures.copy()
    f[:, SPAN], f[:, RUN] = np.log(f[:, SPAN] + 0.1), np.log(f[:, RUN] + 0.1)
    f[:, PAUSE] = np.minimum(f[:, PAUSE], 1.2)
    f[:, PLATEAU] = np.minimum(f[:, PLATEAU], 0.6)
    f[:, GATE] = np.clip(f[:, GATE], -5, 40)
    return f[:, [i for i in range(FIGURES) if i not in (SPEECH, LEAD)]]


def standardise(calls, centre_scale=None):
    """Gives each call its `shape` [P, 36]. Returns centre and scale: those given, or the calls' own."""
    inputs = [model_inputs(call["figures"]) for call in calls]
    if centre_scale is None:
        everything = np.concatenate(inputs)
        centre_scale = everything.mean(0), 1 / (everything.std(0) + 1e-6)
    centre, scale = centre_scale
    for call, x in zip(calls, inputs):
        call["shape"] = np.clip((x - centre) * scale, -FAR_OUT, FAR_OUT).astype(np.float32)
    return centre_scale


def batches(calls, size, rng=None):
    """Indices of calls of about the same length together; in another order each time with `rng`."""
    order = sorted(range(len(calls)), key=lambda i: len(calls[i]["frames"]) + (rng.random() * 30 if rng else 0))
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    if rng:
        rng.shuffle(groups)
    return groups


def vary(x, rng):
    """Another microphone for each call, now and then without some bands. x: [B, T, STEP, FRAME_INPUTS]."""
    place = np.arange(18) / 17
    colour = np.zeros((len(x), 18))
    for k in range(1, 4):
        phase = rng.random((len(x), 1)) * 2 * np.pi
        colour += rng.normal(size=(len(x), 1)) * 5 / k * np.cos(np.pi * k * place + phase)
    x[..., BANDS] += colour[:, None, None, :]
    x[..., 3] += rng.normal(size=(len(x), 1, 1)) * 4
    for one in x:
        if rng.random() < 0.4:
            first, count = 5 + rng.integers(0, 17), rng.integers(1, 4)
            one[..., first : first + count] = -36


def tensors(calls, batch, rng=None):
    """Inputs [B, T, STEP * FRAME_INPUTS], and of each moment: call in the batch, step, shape, machine, screening,
    weight. With `rng` varied, and mostly without the silence before the greeting."""
    sequences, of, step = [], [], []
    for k, i in enumerate(batch):
        call = calls[i]
        lead = call["speech"]
        if rng is not None and rng.random() >= 0.4:
            lead = min(lead, int(rng.integers(4, 50)))
        first = min(call["speech"] - lead, int(call["at"].min()))
        x = call["frames"][first : int(call["at"].max()) + 1].astype(np.float32)
        if len(x) % STEP:
            x = np.concatenate([x, x[-1:]])
        sequences.append(x.reshape(-1, STEP, FRAME_INPUTS))
        of.append(np.full(len(call["at"]), k))
        step.append(np.maximum(0, (call["at"] - first + 1) // STEP - 1))
    x = np.zeros((len(batch), max(map(len, sequences)), STEP, FRAME_INPUTS), np.float32)
    for k, own in enumerate(sequences):
        x[k, : len(own)] = own
    if rng is not None:
        vary(x, rng)
    x /= FRAME_SCALE

    def each(name):
        return np.concatenate([np.full(len(calls[i]["at"]), calls[i][name], np.float32) for i in batch])

    return (x.reshape(len(batch), -1, STEP * FRAME_INPUTS), np.concatenate(of), np.concatenate(step),
            np.concatenate([calls[i]["shape"] for i in batch]), each("machine"), each("screening"),
            np.concatenate([calls[i]["weight"] for i in batch]))

#!/usr/bin/python3
"""Trains the voice model and writes native/cpd/voice/voice_model.inc, and with --reference what native tests compare.

  train.py OUT.inc DUMP... [--seeds 1] [--epochs 8] [--calibrate SLOPE,OFFSET] [--reference FILE] [--save MODEL]
           [--start OTHER.inc [--share 0.6]]

DUMP are bases of what dump-calls wrote; one given twice counts twice. Needs Debian's python3-torch (1.13) and
python3-numpy. The same dumps and seeds give the same weights on the same machine.

The model: for each seed a recurrent network (GRU) over two frames at a time, and one hidden layer over its memory
and the figures of the greeting's shape. A wrong answer about a person weighs more than one about a machine
(voice_data.py). The detector takes the mean of the log odds over the seeds. MODEL is for operating_point.py;
what it says of calls from other sources, SLOPE and OFFSET of Platt's scaling, goes into the weights. With --start
training goes on from weights that were written before, at a lower rate, and their centre and scale stay; what is
written is the mean of both, SHARE of it the new ones: voices of the first training are not forgotten (M. Wortsman and
others, Robust fine-tuning of zero-shot models, 2022). What tells screening assistants from other machines is fitted last.
"""

import argparse
import re
import time

import numpy as np
import torch
from torch import nn

import voice_data as data

UNITS = 96  # kVoiceUnits
HIDDEN = 32  # JudgementWeights::kHidden
SHAPE = 36  # kModelInputs
BATCH, RATE, FURTHER_RATE, DECAY = 32, 3e-3, 1.5e-3, 1e-2
INPUT_STEPS, WEIGHT_STEPS, MEMORY_STEPS = 65536, 4096, 4096  # whole numbers to 1; voice_net_weights.h
SCREENING_WEIGHT = 3  # of a screening assistant more than of another machine, in training
SCREENING_SHARE = 0.08  # of machines, where their log odds are fitted last
LEFT_OUT = 0.15  # share of the figures that a training step does not see
cross_entropy = nn.functional.binary_cross_entropy_with_logits


class VoiceModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.memory = nn.GRU(data.STEP * data.FRAME_INPUTS, UNITS, batch_first=True)
        self.hidden = nn.Linear(SHAPE + UNITS, HIDDEN)
        self.machine = nn.Linear(HIDDEN, 1)
        self.screening = nn.Linear(HIDDEN, 1)
        self.alone = nn.Linear(UNITS, 1)  # what the memory says without the shape; for training only
        self.forget_units, self.forget_hidden = nn.Dropout(0.3), nn.Dropout(0.2)

    def judge(self, x, of, step, shape):
        """What the memory holds at each moment, and the hidden layer over it."""
        memory = self.memory(x)[0][of, step]
        hidden = torch.tanh(self.hidden(torch.cat([self.forget_units(memory), shape], 1)))
        return memory, self.forget_hidden(hidden)

    def forward(self, x, of, step, shape):
        memory, hidden = self.judge(x, of, step, shape)
        return self.machine(hidden)[:, 0], self.screening(hidden)[:, 0], self.alone(memory)[:, 0]


def read_weights(path):
    """A model and the centre and scale of what source() wrote for one seed."""
    text = open(path).read()
    numbers = re.findall(r"(?<![\w\[])-?\d+(?:\.\d*)?(?:e[-+]?\d+)?", text[text.index("= {") :].replace("kVoiceNets]", ""))
    values = np.array(numbers, np.float64)
    inputs = data.STEP * data.FRAME_INPUTS
    shapes = [(3 * UNITS, inputs), (3 * UNITS, UNITS), (3 * UNITS,), (UNITS,), (HIDDEN, SHAPE), (HIDDEN, UNITS),
              (HIDDEN,), (HIDDEN,), (HIDDEN,), (1,), (1,), (SHAPE,), (SHAPE,)]
    sizes = [int(np.prod(shape)) for shape in shapes]
    if len(values) != sum(sizes):
        raise SystemExit(f"{path}: {len(values)} numbers; expected {sum(sizes)}")
    parts = [part.reshape(shape) for part, shape in zip(np.split(values, np.cumsum(sizes)[:-1]), shapes)]
    w, u, bias, new_bias, figures, memory, hidden_bias, machine, screening, machine_bias, screening_bias, *rest = parts
    recall_bias = np.concatenate([np.zeros(2 * UNITS), new_bias])
    model = VoiceModel()
    for parameter, value in [
        (model.memory.weight_ih_l0, w / INPUT_STEPS * np.tile(data.FRAME_SCALE, data.STEP)),
        (model.memory.weight_hh_l0, u / WEIGHT_STEPS), (model.memory.bias_ih_l0, bias),
        (model.memory.bias_hh_l0, recall_bias), (model.hidden.weight, np.concatenate([memory, figures], 1)),
        (model.hidden.bias, hidden_bias), (model.machine.weight, machine[None]), (model.machine.bias, machine_bias),
        (model.screening.weight, screening[None]), (model.screening.bias, screening_bias),
    ]:
        parameter.data.copy_(torch.from_numpy(value))
    return model, rest


def train(calls, seed, epochs, start=None):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = VoiceModel()
    if start is not None:
        model.load_state_dict(start.state_dict())
    rate = RATE if start is None else FURTHER_RATE
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=DECAY)
    steps = len(data.batches(calls, BATCH)) * epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.15)
    started = time.time()
    for epoch in range(epochs):
        total = weighed = 0.0
        for batch in data.batches(calls, BATCH, rng):
            x, of, step, shape, machine, screening, weight = map(torch.from_numpy, data.tensors(calls, batch, rng))
            shape = shape * (torch.rand_like(shape) > LEFT_OUT)
            odds, odds_screening, odds_alone = model(x, of, step, shape)
            loss = (weight * cross_entropy(odds, machine, reduction="none")).sum() / weight.sum()
            total += loss.item() * weight.sum().item()
            weighed += weight.sum().item()
            loss = loss + 0.5 * (weight * cross_entropy(odds_alone, machine, reduction="none")).sum() / weight.sum()
            of_machines = weight * machine * (1 + SCREENING_WEIGHT * screening)
            if of_machines.sum() > 0:
                wrong = of_machines * cross_entropy(odds_screening, screening, reduction="none")
                loss = loss + 0.25 * wrong.sum() / of_machines.sum()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        print(f"seed {seed}, epoch {epoch + 1}: cross entropy {total / weighed:.4f}, {time.time() - started:.0f} s", flush=True)
    return model.eval()


@torch.no_grad()
def fit_screening(model, calls, steps=30, ridge=1.0):
    """Fits the log odds of a screening assistant among machines anew over the hidden layer, all else as it is (Newton's
    method): they are a few calls in a hundred, and what a mean of two trainings does to them is chance. They weigh
    SCREENING_SHARE of all machines, however many the dumps have."""
    machines = [call for call in calls if call["machine"] == 1]
    hidden, screening, weight = [], [], []
    for batch in data.batches(machines, BATCH):
        x, of, step, shape, _, is_screening, own = map(torch.from_numpy, data.tensors(machines, batch))
        hidden.append(model.judge(x, of, step, shape)[1])
        screening.append(is_screening)
        weight.append(own)
    screening, weight = torch.cat(screening).double(), torch.cat(weight).double()
    of_screening, of_others = (weight * screening).sum(), (weight * (1 - screening)).sum()
    if of_screening == 0:
        return
    weight *= 1 + screening * (SCREENING_SHARE / (1 - SCREENING_SHARE) * of_others / of_screening - 1)
    figures = torch.cat(hidden).double()
    figures = torch.cat([figures, torch.ones(len(figures), 1, dtype=torch.double)], 1)
    fitted = torch.cat([model.screening.weight[0], model.screening.bias]).double()
    for _ in range(steps):
        share = torch.sigmoid(figures @ fitted)
        gradient = figures.T @ (weight * (share - screening)) + ridge * fitted
        slope = figures.T @ (figures * (weight * share * (1 - share))[:, None]) + ridge * torch.eye(len(fitted)).double()
        fitted -= torch.linalg.solve(slope, gradient)
    model.screening.weight.copy_(fitted[None, :-1])
    model.screening.bias.copy_(fitted[-1:])


def decimal(value):
    text = f"{value:.4g}"
    return text + ("f" if "." in text or "e" in text else ".0f")


def braces(values):
    values = np.asarray(values)
    number = str if values.dtype == np.int16 else decimal
    return "{" + (", ".join(map(number, values)) if values.ndim == 1 else ",\n ".join(map(braces, values))) + "}"


def rounded(values):
    """As the C++ compiler reads them."""
    return np.vectorize(lambda v: np.float32(f"{v:.4g}"))(values).astype(np.float32)


def whole(values, steps, largest):
    """In whole steps. No weight may be beyond 16 bits, and no row's sum beyond 31 with figures up to `largest`."""
    whole = np.rint(values * steps)
    assert np.abs(whole).max() < 2**15 and np.abs(whole).sum(1).max() * largest < 2**31
    return whole.astype(np.int16)


def weights_of(model):
    """The arrays of VoiceNetWeights and of JudgementWeights, in their order, rounded."""
    gru = model.memory
    scale = np.tile(data.FRAME_SCALE, data.STEP)
    bias, memory_bias = gru.bias_ih_l0.detach().numpy().copy(), gru.bias_hh_l0.detach().numpy()
    bias[: 2 * UNITS] += memory_bias[: 2 * UNITS]
    hidden = model.hidden.weight.detach().numpy()
    net = [whole(gru.weight_ih_l0.detach().numpy() / scale, INPUT_STEPS, 128),
           whole(gru.weight_hh_l0.detach().numpy(), WEIGHT_STEPS, MEMORY_STEPS),
           rounded(bias), rounded(memory_bias[2 * UNITS :])]
    judgement = [hidden[:, UNITS:], hidden[:, :UNITS], model.hidden.bias.detach().numpy(),
                 model.machine.weight.detach().numpy()[0], model.screening.weight.detach().numpy()[0],
                 model.machine.bias.detach().numpy(), model.screening.bias.detach().numpy()]
    return net, [rounded(a) for a in judgement]


def source(models, centre_scale):
    nets, judgements = [], []
    for net, judgement in map(weights_of, models):
        nets.append("{" + ",\n".join(map(braces, net)) + "}")
        *rows, machine_bias, screening_bias = judgement
        biases = [decimal(machine_bias[0]), decimal(screening_bias[0])]
        judgements.append("{" + ",\n".join([*map(braces, rows), *biases]) + "}")
    centre, scale = centre_scale
    return (
        "// Written by scripts/voice-training/train.py. Do not edit.\n"
        + "const VoiceNetWeights kVoiceNetWeights[kVoiceNets] = {\n" + ",\n".join(nets) + "};\n"
        + "const JudgementWeights kJudgementWeights[kVoiceNets] = {\n" + ",\n".join(judgements) + "};\n"
        + f"const float kShapeCentre[kModelInputs] = {braces(centre)};\n"
        + f"const float kShapeScale[kModelInputs] = {braces(scale)};\n"
    )


def made_up_inputs(steps):
    """Inputs that a test can make again: whole numbers from a linear congruence."""
    state, rows = 1, []
    for _ in range(steps):
        row = []
        for _ in range(data.STEP * data.FRAME_INPUTS):
            state = (state * 1103515245 + 12345) % 2**31
            row.append(state // 65536 % 81 - 60)
        rows.append(row)
    return np.array(rows, np.float64)


def reference(models, centre_scale, steps=60):
    """Memory after made-up inputs, and the log odds of machine and screening with figures that are all 1."""
    x = made_up_inputs(steps)
    centre, scale = (rounded(a).astype(np.float64) for a in centre_scale)
    figures = model_inputs_of_ones()
    shape = np.clip((figures - centre) * scale, -data.FAR_OUT, data.FAR_OUT)
    memory, odds = [], np.zeros(2)
    for net, judgement in map(weights_of, models):
        w, u, b, nb = (a.astype(np.float64) for a in net)
        h = np.zeros(UNITS)
        for row in x:
            heard = w @ row / INPUT_STEPS + b
            recalled = u @ np.rint(h * MEMORY_STEPS) / (WEIGHT_STEPS * MEMORY_STEPS)
            reset = 1 / (1 + np.exp(-(heard[:UNITS] + recalled[:UNITS])))
            update = 1 / (1 + np.exp(-(heard[UNITS : 2 * UNITS] + recalled[UNITS : 2 * UNITS])))
            fresh = np.tanh(heard[2 * UNITS :] + reset * (recalled[2 * UNITS :] + nb))
            h = fresh + update * (h - fresh)
        memory.extend(h)
        s, m, b, machine, screening, machine_bias, screening_bias = (a.astype(np.float64) for a in judgement)
        hidden = np.tanh(s @ shape + m @ h + b)
        odds += np.array([machine @ hidden + machine_bias[0], screening @ hidden + screening_bias[0]]) / len(models)
    return memory, odds


def model_inputs_of_ones():
    return data.model_inputs(np.ones((1, data.FIGURES), np.float32))[0].astype(np.float64)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("dumps", nargs="+")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--calibrate", default="1,0")
    parser.add_argument("--reference")
    parser.add_argument("--save")
    parser.add_argument("--start")
    parser.add_argument("--share", type=float, default=1.0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    calls = [call for base in options.dumps for call in data.load(base)]
    start, centre_scale = read_weights(options.start) if options.start else (None, None)
    centre_scale = data.standardise(calls, centre_scale)
    models = [train(calls, seed, options.epochs, start) for seed in options.seeds]
    if start is not None:
        for model in models:
            for now, before in zip(model.parameters(), start.parameters()):
                now.data.mul_(options.share).add_(before.data, alpha=1 - options.share)
            fit_screening(model, calls)
    if options.save:
        torch.save({"models": [model.state_dict() for model in models], "centre_scale": centre_scale}, options.save)
    slope, offset = map(float, options.calibrate.split(","))
    for model in models:
        model.machine.weight.data *= slope
        model.machine.bias.data.mul_(slope).add_(offset)
    with open(options.out, "w") as file:
        file.write(source(models, centre_scale))
    if options.reference:
        memory, odds = reference(models, centre_scale)
        with open(options.reference, "w") as file:
            file.write("// Written by scripts/voice-training/train.py: what the trainer's own arithmetic gives.\n")
            file.write(f"constexpr double kReferenceMemory[] = {{{', '.join(f'{v:.6f}' for v in memory)}}};\n")
            file.write(f"constexpr double kReferenceOdds[] = {{{odds[0]:.5f}, {odds[1]:.5f}}};\n")
    print(f"{len(calls)} calls -> {options.out}")


if __name__ == "__main__":
    main()

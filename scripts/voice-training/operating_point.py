#!/usr/bin/python3
"""How many people are lost and machines found with given lines of the operating point, on calls that a model never heard.

  operating_point.py --fold MODEL DUMP [--fold MODEL DUMP...] --lines FILE [--choose OUT]

For each fold: MODEL that train.py --save wrote, and a dump of calls of the sources it was trained without. Prints
Platt's scaling of the log odds (J. Platt, 1999), and for each setting of the knob people lost by length of greeting
and weighted, machines found, and how soon people are decided: the mean over the folds and the worst of them.
The decision is that of verdict.cc, simplified: what the scores at every moment of the dump would have led to.
FILE has lines as in operating_point.cc, as JSON by setting of the knob. With --choose lines are looked for that find
most machines while no fold loses more people than the setting allows and people with short and medium greetings are
decided in time; FILE is where the search begins.
"""

import argparse
import copy
import json

import numpy as np
import torch

import voice_data as data
from train import VoiceModel

WEIGHTS = {"short": 0.55, "medium": 0.35, "long": 0.10}
LIMITS_S = (0.9, 2.0)
DEADLINE_S = 8.0
BATCH = 64


def scores(model_file, base):
    """Calls of a dump, each with `odds` [P]."""
    saved = torch.load(model_file)
    calls = data.load(base)
    data.standardise(calls, saved["centre_scale"])
    for call in calls:
        call["odds"] = np.zeros(len(call["at"]), np.float32)
    for state in saved["models"]:
        model = VoiceModel()
        model.load_state_dict(state)
        model.eval()
        with torch.no_grad():
            for batch in data.batches(calls, BATCH):
                x, of, step, shape, *_ = map(torch.from_numpy, data.tensors(calls, batch))
                odds = model(x, of, step, shape)[0].numpy()
                for k, i in enumerate(batch):
                    calls[i]["odds"] += odds[of.numpy() == k] / len(saved["models"])
    return calls


def length_of(call):
    seconds = (int(call["row"]["greeting_end_ms"]) - int(call["row"]["speech_start_ms"])) / 1000
    return "short" if seconds < LIMITS_S[0] else "medium" if seconds < LIMITS_S[1] else "long"


def platt(odds, machine, weight, steps=60):
    """Slope and offset by Newton's method."""
    a, b = 1.0, 0.0
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(a * odds + b, -30, 30)))
        g = weight * (p - machine)
        h = weight * p * (1 - p) + 1e-9
        gradient = np.array([(g * odds).sum(), g.sum()])
        hessian = np.array([[(h * odds * odds).sum(), (h * odds).sum()], [(h * odds).sum(), h.sum()]])
        a, b = np.array([a, b]) - np.linalg.solve(hessian + 1e-6 * np.eye(2), gradient)
    return a, b


# Lines at greetings of so many seconds; between them everything is interpolated.
GREETING_S = (0.6, 1.5, 3.0)
TALKING_S, IN_PAUSE_S, BEEP_HEARD_S = 3.2, 0.6, 0.12
PAUSE_S, LONGEST_S, VERY_LONG_S = 0.24, 5.4, 6.6


class Moments:
    """All moments of some calls in flat arrays, so that a decision is a matter of a few array operations."""

    def __init__(self, calls):
        self.calls = calls
        count = [len(call["at"]) for call in calls]
        self.start = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64)
        self.time = np.concatenate([call["at"] for call in calls]) * 0.02
        figures = np.concatenate([call["figures"] for call in calls])
        self.trail, self.span = figures[:, data.TRAIL], figures[:, data.SPAN]
        self.odds = np.concatenate([call["odds"] for call in calls])
        self.person = np.array([call["machine"] == 0 for call in calls])
        self.length = np.array([length_of(call) for call in calls])
        row = lambda name: np.array([float(call["row"].get(name) or "nan") / 1000 for call in calls])
        self.end, self.beep = row("greeting_end_ms"), row("beep_ms")
        self.answer = row("answer_ms")
        # People with voices behind, or a tone of their own line, are counted by npm run eval.
        self.plain = np.isnan(row("behind_db")) & np.isnan(row("own_tone_ms"))
        part = np.interp(self.span, GREETING_S, range(len(GREETING_S)))
        self.below = np.minimum(part.astype(int), len(GREETING_S) - 2)
        self.part = (part - self.below)[:, None]

    def mix(self, values):
        """Values [greetings, ...] at each moment's greeting."""
        values = np.asarray(values, float).reshape(len(GREETING_S), -1)
        return values[self.below] * (1 - self.part) + values[self.below + 1] * self.part

    def first(self, condition):
        index = np.where(condition, np.arange(len(condition)), len(condition))
        return np.minimum.reduceat(index, self.start)

    def decide(self, lines):
        """Whether each call is taken for a machine, and when (s from answer)."""
        silence, below = self.mix(lines["silence"]), self.mix(lines["live_below"])
        line = np.full(len(self.trail), -100.0)
        for i in range(silence.shape[1] - 1):
            inside = (self.trail >= silence[:, i]) & (self.trail < silence[:, i + 1])
            part = (self.trail - silence[:, i]) / np.maximum(silence[:, i + 1] - silence[:, i], 1e-6)
            line = np.where(inside, below[:, i] + part * (below[:, i + 1] - below[:, i]), line)
        at_end = self.trail >= silence[:, -1]
        end_line = self.mix(lines["machine_at_end"])[:, 0]
        pause_line = np.maximum(end_line, self.mix(lines["machine_in_pause"])[:, 0])
        talking = self.trail < PAUSE_S
        machine = np.where(
            talking,
            (self.span >= TALKING_S) & (self.odds >= lines["machine_while_talking"]),
            (self.trail >= IN_PAUSE_S) & (self.odds >= np.where(at_end, end_line, pause_line)),
        ) | ((self.span >= LONGEST_S) & (self.odds > 1.8)) | ((self.span >= VERY_LONG_S) & (self.odds > -0.5))
        live = ~talking & (self.trail >= silence[:, 0]) & ((self.odds < line) | at_end)
        to_machine, to_live = self.first(machine), self.first(live)
        last = len(self.trail)
        at = np.minimum(to_machine, to_live)
        when = np.where(at < last, self.time[np.minimum(at, last - 1)], DEADLINE_S)
        verdict = (to_machine <= to_live) & (to_machine < last)
        final = np.append(self.start[1:], last) - 1
        verdict = np.where(at == last, self.odds[final] >= end_line[final], verdict)
        beeped = np.nan_to_num(self.beep + BEEP_HEARD_S, nan=1e9) - self.answer
        verdict = np.where(beeped < when, True, verdict)
        when = np.where(beeped < when, beeped, when)
        return verdict, when

    def report(self, lines):
        verdict, when = self.decide(lines)
        found = {}
        after = when - (self.end - self.answer)
        for name in WEIGHTS:
            own = self.person & self.plain & (self.length == name)
            found[name] = verdict[own].mean()
        found["weighted"] = sum(weight * found[name] for name, weight in WEIGHTS.items())
        found["machines"] = verdict[~self.person].mean()
        brief = self.person & self.plain & (self.length != "long")
        found["p50"], found["p90"], found["p95"] = np.quantile(after[brief], [0.5, 0.9, 0.95])
        found["long p95"] = np.quantile(after[self.person & self.plain & (self.length == "long")], 0.95)
        return found


def worth(reports, knob):
    """Machines found, less what is wrong: people lost beyond the budgets of mean and worst fold, and time."""
    mean = {name: np.mean([report[name] for report in reports]) for name in reports[0]}
    total = mean["machines"] + 0.3 * min(report["machines"] for report in reports)
    for name, share in BUDGETS.items():
        worst = max(report[name] for report in reports)
        total -= PER_LOSS * WEIGHTS[name] * (max(0, mean[name] - share * knob) + 0.5 * max(0, worst - 1.6 * share * knob))
        total -= PER_LOSS / 20 * WEIGHTS[name] * mean[name]
    total -= 4 * max(0, mean["p90"] - IN_TIME_S) + 2 * max(0, mean["long p95"] - LONG_IN_TIME_S)
    return total - 0.05 * mean["p50"]


# Shares of the knob that each length of greeting may lose, what a person lost is worth in machines, and seconds.
BUDGETS = {"short": 0.25, "medium": 0.25, "long": 2.5}
# The tenth of people behind noise, echo or a breath whose greeting seems to end late may take longer.
PER_LOSS, IN_TIME_S, LONG_IN_TIME_S = 60.0, 0.66, 1.5


def moves(lines):
    """Every line that can be moved, and by how much."""
    for step in (1.0, -1.0, 0.4, -0.4):
        for g in range(len(GREETING_S)):
            yield "machine_at_end", g, None, step
            yield "machine_in_pause", g, None, step
            for i in range(len(lines["live_below"][g])):
                yield "live_below", g, i, step
        yield "machine_while_talking", None, None, step


def moved(lines, name, g, i, step):
    new = copy.deepcopy(lines)
    if g is None:
        new[name] += step
    elif i is None:
        new[name][g] += step
    else:
        row = new[name][g]
        row[i] += step
        # The lines rise with the silence.
        rest, bound = (range(i, len(row)), max) if step > 0 else (range(i + 1), min)
        for k in rest:
            row[k] = bound(row[k], row[i])
    return new


def choose(folds, lines, knob, rounds=4):
    best = worth([fold.report(lines) for fold in folds], knob)
    for _ in range(rounds):
        before = best
        for move in moves(lines):
            new = moved(lines, *move)
            value = worth([fold.report(new) for fold in folds], knob)
            if value > best + 1e-6:
                lines, best = new, value
        if best - before < 1e-4:
            break
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fold", nargs=2, action="append", required=True)
    parser.add_argument("--lines", required=True)
    parser.add_argument("--choose")
    options = parser.parse_args()
    torch.set_num_threads(1)
    folds = [Moments(scores(*fold)) for fold in options.fold]
    odds = np.concatenate([fold.odds for fold in folds])
    machine = np.concatenate([np.repeat(~f.person, np.diff(np.append(f.start, len(f.time)))) for f in folds])
    slope, offset = platt(odds, machine.astype(float), np.ones(len(odds)))
    print(f"Platt's scaling: slope {slope:.3f}, offset {offset:.3f}")
    lines = json.load(open(options.lines))
    if options.choose:
        lines = {knob: choose(folds, each, float(knob)) for knob, each in lines.items()}
        json.dump(lines, open(options.choose, "w"), indent=1)
    for knob, each in lines.items():
        reports = [fold.report(each) for fold in folds]
        cells = []
        for name in reports[0]:
            values = [report[name] for report in reports]
            worst = min(values) if name == "machines" else max(values)
            scale = 1 if "p" in name else 100
            cells.append(f"{name} {scale * np.mean(values):.2f} ({scale * worst:.2f})")
        print(f"knob {knob}: " + ", ".join(cells))


if __name__ == "__main__":
    main()

"""Fits the curves of native/cpd/beep/beep_curves.inc to what `sweep measures` printed; README.md has the commands.

    python3 fit.py --beeps FILE... --none FILE... [--music FILE...] --out beep_curves.inc [--check FILE...]

A logistic regression whose inputs are ramps between knots, so that each measure has a curve of straight lines;
a curve that must fall or rise may do nothing else. No randomness: the same files give the same curves.
"""

import argparse
import csv

import numpy as np
from scipy.optimize import minimize

# Knots, and what more of it says: +1 more like a beep, -1 less, 0 anything.
SHAPE = [
    ("clearness of the best frame, noise left aside", [3.5, 4.5, 5.5, 6.5, 7.8], 1),
    ("mean clearness, noise left aside", [2.5, 4, 5, 6.5, 7.8], 1),
    ("clearness of the best frame", [2, 3.5, 4.5, 6, 7.8], 1),
    ("drift", [0.2, 0.6, 1.2, 2.2, 4], -1),
    ("rise", [3, 3.5, 4, 4.5, 5.2], -1),
    ("fall", [3, 3.6, 4.2, 5, 5.9], -1),
    ("spread of the level, dB", [0.5, 1.5, 3, 6, 12], -1),
    ("length", [6.1, 6.6, 7.2, 8, 9.5], 1),
    ("frequency", [8.65, 9, 9.5, 10, 10.8], 0),
    ("overtones of a low tone", [0, 0.25, 0.5, 0.75, 1], -1),
    ("long, steady and sharp", [0, 0.25, 0.5, 0.75, 1], 1),
    ("modulation", [0.1, 0.25, 0.4, 0.6, 0.9], -1),
]
AROUND = [
    ("above what is before, dB", [0, 4, 8, 14, 25], 1),
    ("above what is after, dB", [0, 4, 8, 14, 25], 1),
    ("what is before above the noise, dB", [1, 3, 6, 10, 20], -1),
    ("what is after above the noise, dB", [1, 3, 6, 10, 20], -1),
]
CURVES = SHAPE + AROUND


# Kinds of the sweep that stand for much of what lines are like, and how much each call of theirs counts.
HEAVY = {"babble": 4.0, "usual": 2.0, "gain control": 2.0}


def heaviness(row):
    return HEAVY.get(row[0].split(":")[-1].split("/")[0], 1.0)


def rows(files):
    out = []
    for name in files:
        with open(name, newline="") as file:
            out += [[f"{name}:{row[0]}"] + row[1:] for row in csv.reader(file)]
    return out


def ramps(x):
    """Of n rows of measures: n rows of the part of each stretch between two knots that lies below the value."""
    columns = []
    for i, (_, at, _) in enumerate(CURVES):
        for low, high in zip(at, at[1:]):
            columns.append(np.clip((x[:, i] - low) / (high - low), 0, 1))
    return np.stack(columns, axis=1)


def values(chosen):
    return np.array([[float(v) for v in row[4:]] for row in chosen])


def fit(r, y, weight, ridge):
    signs = np.repeat([sign for _, _, sign in CURVES], 4)
    bounds = [(0, None) if s > 0 else (None, 0) if s < 0 else (None, None) for s in signs] + [(None, None)]
    r1 = np.hstack([r, np.ones((len(r), 1))])

    def loss(w):
        z = r1 @ w
        p = 1 / (1 + np.exp(-z))
        value = np.sum(weight * (np.logaddexp(0, z) - y * z)) + ridge * np.sum(w[:-1] ** 2)
        gradient = r1.T @ (weight * (p - y))
        gradient[:-1] += 2 * ridge * w[:-1]
        return value, gradient

    found = minimize(loss, np.zeros(r1.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 3000})
    return found.x


def main():
    ask = argparse.ArgumentParser()
    for name in ("beeps", "none", "music", "check"):
        ask.add_argument("--" + name, nargs="+", default=[])
    ask.add_argument("--out")
    ask.add_argument("--ridge", type=float, default=0.5)
    ask.add_argument("--none-weight", type=float, default=2.0)
    ask.add_argument("--music-weight", type=float, default=0.3)
    ask.add_argument("--offset", type=float, default=0.0)
    given = ask.parse_args()
    drawn, none, music = rows(given.beeps), rows(given.none), rows(given.music)
    other = [row for row in drawn if row[1] == "0"]
    # Of the tones of a beep the one that counts is the best; which that is, the fit before says.
    calls = {}
    for row in drawn:
        if row[1] == "1":
            calls.setdefault(row[0], []).append(row)
    best = [max(each, key=lambda row: float(row[3]) - float(row[2])) for each in calls.values()]
    w = None
    for _ in range(3):
        x = np.vstack([values(best), values(none + other), values(music)]) if music else np.vstack([values(best), values(none + other)])
        y = np.r_[np.ones(len(best)), np.zeros(len(none) + len(other) + len(music))]
        weight = np.r_[
            [heaviness(row) for row in best], np.full(len(none) + len(other), given.none_weight), np.full(len(music), given.music_weight)
        ]
        w = fit(ramps(x), y, weight, given.ridge)
        best = [each[int(np.argmax(ramps(values(each)) @ w[:-1]))] for each in calls.values()]
    w[-1] -= given.offset

    def score(chosen):
        return ramps(values(chosen)) @ w[:-1] + w[-1]

    def report(name, chosen):
        if not chosen:
            return
        groups = {}
        for row, s in zip(chosen, score(chosen)):
            key = (row[0], "beep") if row[1] == "1" else (row[0], row[2])
            groups[key] = max(groups.get(key, -99), s)
        s = np.array(list(groups.values()))
        print(name, len(s), " ".join(f"{t}: {np.mean(s > t):.4f} ({np.sum(s > t)})" for t in (-2, -1, 0, 1, 2, 3)))

    report("beeps", [row for row in drawn if row[1] == "1"])
    report("around beeps", other)
    report("none", none)
    report("music", music)
    for name in given.check:
        report(name + " beeps", [row for row in rows([name]) if row[1] == "1"])
        report(name + " none", [row for row in rows([name]) if row[1] == "0"])
    if not given.out:
        return
    steps = w[:-1].reshape(len(CURVES), 4)
    with open(given.out, "w") as out:
        out.write("// Written by scripts/beep-training/fit.py. Do not edit.\n")
        for name, first, curves in (("kShapeCurves[kShapeMeasures]", 0, SHAPE), ("kAroundCurves[kAroundMeasures]", len(SHAPE), AROUND)):
            out.write(f"constexpr Curve {name} = {{\n")
            for i, (what, at, _) in enumerate(curves):
                low = w[-1] if first + i == 0 else 0.0
                y = low + np.r_[0, np.cumsum(steps[first + i])]
                number = lambda v: f"{v:.4g}f" if "." in f"{v:.4g}" else f"{v:.4g}.0f"
                out.write(f"    // {what}\n")
                out.write(f"    {{{{{', '.join(number(v) for v in at)}}}, {{{', '.join(number(v) for v in y)}}}}},\n")
            out.write("};\n")


main()

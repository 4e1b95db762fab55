"""Holds the series of `weigh run` against PySD: the same futures, the same options, an independent simulator.

    python tests/pysd/compare.py WEIGH CASE [--futures 20] [--seed 1] [--folder DIR]

The draws come from `weigh` (futures.csv); what they and the levers set in the model is worked out here from the case file,
so that binding, splits and schedules are held to account, too. A series agrees if at every saved time it lies within a
relative 1e-6, or within 1e-9 of the range that the variable runs through.

A model has events: a flag that goes from 0 to 1 when a hazard passes a drawn luck. Where the draw lies on the edge, the last
bit decides, and two simulators may part ways for good. So where a series differs, PySD runs again with every draw moved by
one part in a billion: if PySD then differs from itself as much, the future is listed as lying on a knife edge, and not
counted against either.

Two simulators cannot draw the same random numbers, so in a model that draws them each call of a RANDOM function is
replaced by a sine of time, in a copy of the case that both read: what is compared is the rest.

The last line is "N passed, N failed", one for each future under each option.
"""

import argparse
import csv
import math
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import warnings
from pathlib import Path

import pandas
import pysd

RELATIVE = 1e-6
OF_RANGE = 1e-9
NUDGE = 1e-9


def read_case(folder):
    """The case file with what it includes."""
    case = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    for name in case.get("include", []):
        for key, value in tomllib.loads((folder / name).read_text(encoding="utf-8")).items():
            case.setdefault(key, []).extend(value)
    return case


def key_of(name):
    """A name as models compare it."""
    return " ".join(name.replace("_", " ").lower().split())


def id_of(name):
    """The id that an uncertainty has if the case gives it none."""
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def draws(case, row):
    """What a future sets in the model: constant -> value."""
    values = {}
    for uncertainty in case["uncertainty"]:
        values[key_of(uncertainty["name"])] = float(row[uncertainty.get("id", id_of(uncertainty["name"]))])
    for split in case.get("split", []):
        parts = [part["name"] for part in split["parts"]]
        ids = [part.get("id", id_of(part["name"])) for part in split["parts"]]
        weights = [float(row[f"{one}_weight"]) for one in ids]
        for name, weight in zip(parts, weights):
            values[key_of(name)] = float(row[split["id"]]) * weight / sum(weights)
    return values


def levers(case, policy, addon):
    """What an option sets in the model: constant -> number, or a list of (time, number) steps."""
    found = {}
    for kind, wanted in (("policy", policy), ("addon", addon)):
        # A case without add-ons has one that sets nothing.
        chosen = next((one for one in case.get(kind, []) if one["id"] == wanted), {})
        assert chosen or kind == "addon" and kind not in case, f"no {kind} {wanted}"
        for name, setting in chosen.get("levers", {}).items():
            if isinstance(setting, dict):
                found[key_of(name)] = setting["steps"] if "steps" in setting else setting["value"]
            else:
                found[key_of(name)] = setting
    return found


def without_chance(text):
    """A model whose random numbers are sines of time, and how many calls were replaced."""
    count = 0
    while found := re.search(r"\bRANDOM[ _]+\w+\s*\(", text, re.IGNORECASE):
        end, depth = found.end(), 1
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        count += 1
        text = f"{text[: found.start()]}(2 * SIN({count + 2} * Time)){text[end:]}"
    return text, count


class Model:
    """The case's model in PySD."""

    def __init__(self, path):
        warnings.simplefilter("ignore")
        self.model = pysd.load(str(path))
        self.names = {key_of(name): name for name in self.model.doc["Real Name"]}
        constants = self.model.components
        self.start = float(constants.initial_time())
        self.step = float(constants.time_step())
        self.steps = round((float(constants.final_time()) - self.start) / self.step)

    def setting(self, name, value):
        """A number as it is; steps as a series with a value at each time step, so that nothing is interpolated."""
        if not isinstance(value, list):
            return float(value)
        times = [self.start + k * self.step for k in range(self.steps + 1)]
        before = float(self.model[self.names[name]])
        held = []
        for time in times:
            reached = [number for at, number in value if at <= time]
            held.append(float(reached[-1]) if reached else before)
        return pandas.Series(held, index=times)

    def run(self, settings, variables):
        # Parameters stay from one run to the next unless the model is loaded again.
        self.model.reload()
        params = {self.names[name]: self.setting(name, value) for name, value in settings.items()}
        found = self.model.run(params=params, return_columns=[self.names[key_of(name)] for name in variables])
        found.columns = [key_of(name) for name in found.columns]
        return found


def difference(ours, theirs):
    """The worst difference as a multiple of what is allowed, over all variables, with its place."""
    worst = (0.0, None, None)
    for name in theirs.columns:
        series = theirs[name]
        span = float(series.max() - series.min())
        for time, value in series.items():
            mine = ours[name][round(float(time), 9)]
            if math.isnan(mine) or math.isnan(value):
                return (math.inf, name, time)
            allowed = max(RELATIVE * abs(value), OF_RANGE * span)
            gap = abs(mine - value)
            ratio = 0.0 if gap == 0 else (gap / allowed if allowed > 0 else math.inf)
            if ratio > worst[0]:
                worst = (ratio, name, time)
    return worst


def by_time(table):
    return {name: {round(float(time), 9): float(value) for time, value in table[name].items()} for name in table.columns}


def compare_option(job):
    """All futures under one option: a line for each."""
    model_path, case, option, rows, series, variables = job
    model = Model(model_path)
    lines = []
    for future, row in rows:
        settings = {**draws(case, row), **levers(case, *option)}
        theirs = model.run(settings, variables)
        ratio, name, time = difference(series[future], theirs)
        if ratio <= 1:
            lines.append(("agrees", future, option, ratio, name, time))
            continue
        edge = False
        for sign in (1, -1):
            nudged = {name: value * (1 + sign * NUDGE) for name, value in draws(case, row).items()}
            again = model.run({**nudged, **levers(case, *option)}, variables)
            edge = edge or difference(by_time(again), theirs)[0] > 1000
        lines.append(("edge" if edge else "differs", future, option, ratio, name, time))
    return lines


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("weigh")
    arguments.add_argument("case", type=Path)
    arguments.add_argument("--futures", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--folder", type=Path, help="where to work; default: a temporary folder")
    given = arguments.parse_args()
    case = read_case(given.case)
    work = Path(given.folder or tempfile.mkdtemp(prefix="weigh-pysd-"))
    work.mkdir(parents=True, exist_ok=True)
    copy = work / "case"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(given.case, copy)
    text, calls = without_chance((given.case / case["model"]).read_text(encoding="utf-8"))
    (copy / case["model"]).write_text(text, encoding="utf-8")
    if calls:
        print(f"{calls} random variables are sines of time here")
    run = work / "run"
    shutil.rmtree(run, ignore_errors=True)
    subprocess.run(
        [given.weigh, "run", copy, "--futures", str(given.futures), "--seed", str(given.seed),
         "--design", "monte_carlo", "--series", "--csv", "--out", run],
        check=True, stdout=subprocess.DEVNULL,
    )
    model_path = work / "model.mdl"
    shutil.copy(copy / case["model"], model_path)
    pysd.read_vensim(str(model_path))
    translated = work / "model.py"

    with open(run / "futures.csv", encoding="utf-8", newline="") as file:
        rows = {int(row["future"]): row for row in csv.DictReader(file) if row["status"] == "accepted"}
    keys = ("future", "experiment", "policy", "addon", "time")
    options = {}
    variables = []
    with open(run / "series.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["experiment"]:
                continue
            # A column that only an experiment fills is empty under every option.
            variables = variables or [name for name in row if name not in keys and row[name]]
            of_future = options.setdefault((row["policy"], row["addon"]), {}).setdefault(int(row["future"]), {})
            for name in variables:
                value = float(row[name]) if row[name] else math.nan
                of_future.setdefault(key_of(name), {})[round(float(row["time"]), 9)] = value

    jobs = [
        (translated, case, option, [(future, rows[future]) for future in series], series, variables)
        for option, series in options.items()
    ]
    print(f"{len(rows)} futures x {len(options)} options, series of {', '.join(variables)}")
    counts = {"agrees": 0, "edge": 0, "differs": 0}
    worst = 0.0
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for lines in pool.imap(compare_option, jobs):
            for verdict, future, option, ratio, name, time in lines:
                counts[verdict] += 1
                if verdict == "agrees":
                    worst = max(worst, ratio)
                else:
                    what = "lies on a knife edge" if verdict == "edge" else "DIFFERS"
                    print(f"future {future} under {'+'.join(option)} {what}: `{name}` at time {time}, {ratio:.3g} times what is allowed")
    print(f"the largest difference of those that agree is {worst:.3g} of what is allowed; {counts['edge']} on a knife edge")
    if not given.folder:
        shutil.rmtree(work)
    print(f"{counts['agrees']} passed, {counts['differs']} failed")
    # A comparison that compared next to nothing proves nothing.
    enough = counts["agrees"] >= len(rows) * len(options) * 0.9 and len(rows) >= given.futures
    sys.exit(0 if counts["differs"] == 0 and enough else 1)


if __name__ == "__main__":
    main()

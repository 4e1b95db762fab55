#!/usr/bin/env python3
"""Compares mutants that weigh accepts with PySD, where PySD runs them.

    WEIGH_MUTANTS=FOLDER cargo test -p engine --test mutants
    python tests/pysd/mutants.py target/release/weigh FOLDER > report.txt

Each mutant either agrees (within 1e-6 of the largest value of a column), is not run by PySD, or disagrees; what disagrees is
listed with its mutation, to be explained one by one in tests/pysd/mutants.md.
"""

import csv
import math
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
import pysd  # noqa: E402

SECONDS = 20
CONTROLS = {"saveper", "initialtime", "finaltime", "timestep", "time"}


class TooLong(Exception):
    pass


def alarm(_signal, _frame):
    raise TooLong


def key(name):
    return "".join(c for c in name.lower() if c not in ' _"')


def weigh(binary, path, out):
    run = subprocess.run([binary, "simulate", path, "-o", out], capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        return None, run.stderr.strip().splitlines()[:1]
    with open(out, newline="") as file:
        rows = list(csv.reader(file))
    columns = {}
    for place, name in enumerate(rows[0]):
        columns[key(name)] = [float(row[place]) for row in rows[1:]]
    return columns, None


def peer(path):
    signal.alarm(SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = pysd.read_vensim if path.endswith(".mdl") else pysd.read_xmile
            table = read(path).run()
        return {key(name): [float(v) for v in table[name]] for name in table.columns}, list(table.index)
    finally:
        signal.alarm(0)


def differences(ours, theirs):
    found = []
    for name, values in theirs.items():
        if name in CONTROLS or name not in ours:
            continue
        own = ours[name]
        if len(own) != len(values):
            found.append(f"{name}: {len(own)} rows, PySD {len(values)}")
            continue
        finite = [abs(v) for v in values + own if math.isfinite(v)]
        scale = max(finite, default=0.0) or 1.0
        for row, (a, b) in enumerate(zip(own, values)):
            same = a == b or (math.isnan(a) and math.isnan(b)) or abs(a - b) <= 1e-6 * scale
            if not same:
                found.append(f"{name}: row {row}: {a!r}, PySD {b!r}")
                break
    return found


def main():
    binary, folder = os.path.abspath(sys.argv[1]), Path(sys.argv[2])
    signal.signal(signal.SIGALRM, alarm)
    counts = {"agree": 0, "PySD does not run it": 0, "weigh does not run it": 0, "disagree": 0}
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, "out.csv")
        paths = [path for path in folder.iterdir() if path.suffix in (".mdl", ".xmile", ".stmx")]
        for path in sorted(paths):
            ours, why = weigh(binary, str(path), out)
            if ours is None:
                counts["weigh does not run it"] += 1
                print(f"weigh does not run {path.stem}: {why}")
                continue
            try:
                theirs, _ = peer(str(path))
            except BaseException as error:  # PySD fails in many ways
                if isinstance(error, KeyboardInterrupt):
                    raise
                counts["PySD does not run it"] += 1
                continue
            found = differences(ours, theirs)
            counts["disagree" if found else "agree"] += 1
            if found:
                what = Path(f"{path}.txt").read_text()
                print(f"DISAGREE {path.stem}: {what}")
                for line in found[:3]:
                    print(f"    {line}")
    print(counts)


if __name__ == "__main__":
    main()

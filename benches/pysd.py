"""Futures per second of `weigh` and of PySD, on the same work and in one run.

    cargo build --release && python benches/pysd.py target/release/weigh

For the flagship and for SIR: the same draws under the same option, the outcomes' variables kept, one thread; then `weigh` on
all cores. Absolute figures drift from machine to machine: compare within one run, and name the machine.
"""

import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "pysd"))
import compare  # noqa: E402
import pysd  # noqa: E402

ROOT = Path(__file__).parent.parent
# Case, futures for `weigh`, futures for PySD.
WORK = [("cases/us-mexico-2025", 5000, 5), ("benches/models/sir", 100000, 10)]
REPEATS = 3


def weigh_rate(program, case, option, futures, threads, work):
    """Futures per second under one option: the best of some runs, with their spread."""
    rates = []
    for repeat in range(REPEATS):
        run = work / f"run-{threads}-{repeat}"
        subprocess.run(
            [program, "run", case, "--futures", str(futures), "--design", "monte_carlo", "--options", option,
             "--threads", str(threads), "--csv", "--out", run],
            check=True, stdout=subprocess.DEVNULL,
        )
        rates.append(json.loads((run / "receipt.json").read_text())["runs_per_second"])
    return rates, run


def pysd_rate(case_folder, case, option, run, futures, work):
    model_path = work / "model.mdl"
    model_path.write_bytes((case_folder / case["model"]).read_bytes())
    pysd.read_vensim(str(model_path))
    model = compare.Model(work / "model.py")
    variables = list(dict.fromkeys(outcome["variable"] for outcome in case["outcome"]))
    with open(run / "futures.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["status"] == "accepted"][:futures]
    rates = []
    for row in rows:
        settings = {**compare.draws(case, row), **compare.levers(case, option, case["addon"][0]["id"])}
        began = time.perf_counter()
        model.run(settings, variables)
        rates.append(1 / (time.perf_counter() - began))
    return rates


def shown(rates):
    return f"{statistics.median(rates):12,.1f}  ({min(rates):,.1f} to {max(rates):,.1f})"


def main():
    program = sys.argv[1]
    print(f"futures per second under one option, median (least to most); {os.cpu_count()} cores")
    for name, many, few in WORK:
        folder = ROOT / name
        case = compare.read_case(folder)
        option = case["baseline"]
        with tempfile.TemporaryDirectory() as temporary:
            work = Path(temporary)
            one, run = weigh_rate(program, folder, option, many, 1, work)
            all_cores, _ = weigh_rate(program, folder, option, many, os.cpu_count(), work)
            theirs = pysd_rate(folder, case, option, run, few, work)
        print(f"{case['id']}:")
        print(f"  PySD {pysd.__version__}, one thread   {shown(theirs)}")
        print(f"  weigh, one thread         {shown(one)}")
        print(f"  weigh, all cores          {shown(all_cores)}")
        print(f"  weigh : PySD, one thread  {statistics.median(one) / statistics.median(theirs):12,.0f}")


if __name__ == "__main__":
    main()

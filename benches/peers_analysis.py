#!/usr/bin/env python3
"""Times `weigh analyze` and `weigh sample` against SALib, scikit-learn and the EMA Workbench on the same data.

    cargo build --release && python3 benches/peers_analysis.py [WORD...]

Each word chooses the parts whose names hold it. The peers are installed into target/peers on the first run (Python 3.12 or later for the EMA Workbench).

Like is compared with like, one after the other in one run, both free to use two threads:

- computing: the peer's call on arrays in memory against `computed` of our `--timings`, without start, reading and writing;
- whole: a Python script that imports the peer, reads the same file (pandas), calls it and writes what it found, against our command, by
  the clock and by processor time, which says more on a busy machine.

The quickest of three runs counts where a run takes less than ten seconds. Where the two do not do the same, the part says so.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, "target", "peers")
WORK = os.path.join(ROOT, "target", "peers-data")
WEIGH = os.path.join(ROOT, "target", "release", "weigh")
PEERS = ["SALib==1.6.0", "scikit-learn==1.9.1", "pyarrow"]
EMA = "ema_workbench==3.0.0"
THREADS = "2"


def python():
    """The newest Python from 3.12 on, or the one that runs this."""
    found = [shutil.which(f"python3.{minor}") for minor in (14, 13, 12)]
    found += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.12.*/bin/python")))
    return next((path for path in found if path and subprocess.run([path, "-c", ""]).returncode == 0), sys.executable)


def install():
    inside = os.path.join(VENV, "bin", "python")
    if not os.path.exists(inside):
        subprocess.run([python(), "-m", "venv", VENV], check=True)
    pip = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(pip + PEERS, check=True)
    if subprocess.run(pip + [EMA]).returncode != 0:
        print(f"{EMA} cannot be installed here (it needs Python 3.12): its parts are left out")
    os.execv(inside, [inside, os.path.abspath(__file__), *sys.argv[1:]])


def ours(*arguments):
    """Seconds of computing alone, of the whole command, and of processor time."""
    best = None
    for _ in range(3):
        before = os.times()
        start = time.perf_counter()
        done = subprocess.run([WEIGH, *arguments, "--timings"], capture_output=True, text=True)
        whole = time.perf_counter() - start
        after = os.times()
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        part = dict(re.findall(r"(\w+) ([0-9.]+) s", done.stderr))
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        found = (float(part["computed"]), whole, cpu)
        best = found if best is None else tuple(map(min, best, found))
    return best


def theirs(code, *arguments):
    """The same of a script. It sets `begin()` and `end()` about the call."""
    timed = "import sys, time\ndef begin():\n    global at\n    at = time.perf_counter()\ndef end():\n    sys.stderr.write(f'computed {time.perf_counter() - at:.6f} s\\n')\n"
    best = None
    for _ in range(3):
        before = os.times()
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", timed + code, *arguments], capture_output=True, text=True)
        whole = time.perf_counter() - start
        after = os.times()
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        found = (float(re.findall(r"computed ([0-9.]+) s", done.stderr)[-1]), whole, cpu)
        best = found if best is None else tuple(map(min, best, found))
        if whole > 10:
            break
    return best


def told(name, peer, of, goal):
    computing, whole, cpu = of
    if peer is None:
        print(f"{name:<44} ours: computing {computing:8.3f} s, whole {whole:7.3f} s (cpu {cpu:6.2f} s)   goal {goal}", flush=True)
        return
    print(
        f"{name:<44} peer: computing {peer[0]:8.3f} s, whole {peer[1]:8.3f} s (cpu {peer[2]:7.2f}); ours: {computing:8.3f} s, {whole:7.3f} s (cpu {cpu:6.2f}): "
        f"{peer[0] / computing:6.1f} x computing, {peer[1] / whole:6.1f} x whole, {peer[2] / cpu:6.1f} x cpu   goal {goal}",
        flush=True,
    )


def main():
    import numpy as np

    words = sys.argv[1:]
    wanted = lambda name: not words or any(word in name for word in words)
    os.makedirs(WORK, exist_ok=True)
    path = lambda name: os.path.join(WORK, name)
    try:
        import ema_workbench  # noqa: F401
        ema = True
    except ImportError:
        ema = False
        print("the EMA Workbench is not there: its parts are left out")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")

    def table(name, columns):
        """Columns as Parquet (read fast by both) through our own door: CSV here, converted by nobody else."""
        target = path(name)
        if not os.path.exists(target):
            header = ",".join(columns)
            np.savetxt(target, np.column_stack(list(columns.values())), delimiter=",", header=header, comments="", fmt="%.17g")
        return target

    names = [f"x{i}" for i in range(20)]
    problem = {"num_vars": 20, "names": names, "bounds": [[0.0, 1.0]] * 20}
    with open(path("p.json"), "w") as file:
        json.dump(problem, file)

    salib = "import json, numpy as np, pandas as pd\nproblem = json.load(open(sys.argv[1]))\n"
    if wanted("sobol sample"):
        code = salib + """
from SALib.sample import sobol
begin()
x = sobol.sample(problem, 8192, calc_second_order=True, scramble=True, seed=1)
end()
pd.DataFrame(x, columns=problem["names"]).to_parquet(sys.argv[2])
"""
        peer = theirs(code, path("p.json"), path("peer.parquet"))
        told("sobol sample 8,192 x 20", peer, ours("sample", "saltelli", "-p", path("p.json"), "-n", "8192", "-o", path("x.parquet")), ">= 20 x")
    if wanted("sobol analysis"):
        table("y.csv", {"y": np.random.default_rng(2).normal(size=8192 * 42)})
        code = salib + """
from SALib.analyze import sobol
y = pd.read_csv(sys.argv[2])["y"].to_numpy()
begin()
found = sobol.analyze(problem, y, calc_second_order=True, num_resamples=100)
end()
print({name: values.tolist() for name, values in found.items()})
"""
        peer = theirs(code, path("p.json"), path("y.csv"))
        told("sobol analysis 8,192 x 20, 100 bootstraps", peer, ours("analyze", "sobol", path("y.csv"), "--problem", path("p.json")), ">= 10 x")

    def stored(rows):
        x = np.random.default_rng(3).random((rows, 20))
        y = x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * np.sin(6 * x[:, 3])
        return table(f"t{rows}.csv", dict(zip(names, x.T)) | {"y": y})

    read = "frame = pd.read_csv(sys.argv[2])\ny = frame.pop('y').to_numpy()\nx = frame.to_numpy()\n"
    if wanted("pawn"):
        code = salib + read + """
from SALib.analyze import pawn
begin()
found = pawn.analyze(problem, x, y, S=10)
end()
print(found)
"""
        file = stored(10_000)
        told("pawn 10,000 x 20", theirs(code, path("p.json"), file), ours("analyze", "pawn", file), ">= 20 x")
    if wanted("delta"):
        # SALib's `analyze` finds three deltas and a Sobol' index of each input; ours is its `delta_raw`, so that alone is called. Ten
        # resamples for both: with a hundred SALib takes minutes.
        code = salib + read + """
from SALib.analyze.delta import bias_reduced_delta
n = len(y)
exponent = 2 / (7 + np.tanh((1500 - n) / 500))
m = np.linspace(0, n, min(int(np.ceil(n ** exponent)), 48) + 1)
grid = np.linspace(y.min(), y.max(), 100)
begin()
found = [bias_reduced_delta(y, grid, column, m, 10, 0.95, n, "raw", np.linspace(0, 1, 11), "x", 50)[:2] for column in x.T]
end()
print(found)
"""
        file = stored(10_000)
        told("delta 10,000 x 20, 10 bootstraps", theirs(code, path("p.json"), file), ours("analyze", "delta", file, "--resamples", "10"), ">= 20 x")
    if wanted("trees"):
        code = salib + read + """
from sklearn.ensemble import ExtraTreesRegressor
forest = ExtraTreesRegressor(n_estimators=100, max_features=1 / 3, min_samples_leaf=10, bootstrap=True, oob_score=True, n_jobs=2, random_state=1)
begin()
forest.fit(x, y)
scores = forest.feature_importances_
end()
print(scores, forest.oob_score_)
"""
        file = stored(100_000)
        told("extra trees 100,000 x 20, 2 threads", theirs(code, path("p.json"), file), ours("analyze", "features", file, "--leaf", "10", "--tried", "7", "--threads", THREADS), ">= 3 x")
    if wanted("prim"):
        code = salib + read + """
from ema_workbench.analysis import prim
begin()
box = prim.Prim(frame, y > 1.6).find_box()
end()
print(box.peeling_trajectory)
"""
        file = stored(100_000)
        told("prim 100,000 x 20", theirs(code, path("p.json"), file) if ema else None, ours("analyze", "prim", file, "--outcome", "y > 1.6"), ">= 20 x")
        file = stored(1_000_000)
        told("prim 1,000,000 x 20", None, ours("analyze", "prim", file, "--outcome", "y > 1.6"), "< 10 s")
    if wanted("distances"):
        series = np.cumsum(np.random.default_rng(4).normal(size=(1000, 130)), axis=1)
        file = table("series.csv", {f"t{i}": series[:, i] for i in range(130)})
        code = salib + """
from ema_workbench.analysis import clusterer
series = pd.read_csv(sys.argv[2]).to_numpy()
begin()
distances = clusterer.calculate_cid(series)
end()
print(clusterer.apply_agglomerative_clustering(distances, n_clusters=5))
"""
        # Our computing groups the series, too.
        told("distances of 1,000 series of 130", theirs(code, path("p.json"), file) if ema else None, ours("analyze", "clusters", file), ">= 20 x")
    if wanted("robustness") or wanted("regret"):
        options = np.random.default_rng(5).random((1_000_000, 8))
        file = table("options.csv", {f"o{i}": options[:, i] for i in range(8)})
        if wanted("robustness"):
            told("robustness of 8 x 1,000,000", None, ours("analyze", "robustness", file, "--better", "higher", "--resamples", "0"), "< 1 s")
        if wanted("regret"):
            told("regret of 8 x 1,000,000", None, ours("analyze", "regret", file, "--better", "higher"), "< 1 s")


if __name__ == "__main__":
    if not os.path.exists(WEIGH):
        sys.exit("there is no target/release/weigh: cargo build --release")
    if os.path.realpath(sys.prefix) != os.path.realpath(VENV):
        install()
    main()

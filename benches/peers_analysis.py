#!/usr/bin/env python3
"""Times `weigh analyze` and `weigh sample` against SALib, scikit-learn and the EMA Workbench on the same data.

    cargo build --release && python3 benches/peers_analysis.py [WORD...]

Words choose parts by name. The peers are installed into target/peers on the first run (Python 3.12 or later for the EMA Workbench).
Each part prints the computing alone (peer: the call on arrays in memory; ours: `--timings`, without process start, reading and
printing) and our whole command, by the clock and by processor time, which says more on a busy machine. Both may use two threads.
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
PEERS = ["SALib==1.6.0", "scikit-learn==1.9.1"]
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


def theirs(call, repeats=1):
    best = None
    for _ in range(repeats):
        cpu, clock = time.process_time(), time.perf_counter()
        call()
        found = (time.perf_counter() - clock, time.process_time() - cpu)
        best = found if best is None else tuple(map(min, best, found))
    return best


def told(name, peer, of, goal):
    computing, whole, cpu = of
    if peer is None:
        print(f"{name:<44} ours {computing:8.3f} s, command {whole:7.3f} s (cpu {cpu:6.2f} s)   {goal}", flush=True)
        return
    clock, peer_cpu = peer
    print(
        f"{name:<44} peer {clock:8.3f} s (cpu {peer_cpu:7.2f}), ours {computing:8.3f} s, command {whole:7.3f} s (cpu {cpu:6.2f}): "
        f"{clock / computing:6.1f} x computing, {clock / whole:6.1f} x command, {peer_cpu / cpu:6.1f} x cpu   {goal}",
        flush=True,
    )


def main():
    import numpy as np

    words = sys.argv[1:]
    wanted = lambda name: all(word in name for word in words)
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

    if wanted("sobol sample"):
        from SALib.sample import sobol as sampler

        peer = theirs(lambda: sampler.sample(dict(problem), 8192, calc_second_order=True, scramble=True, seed=1), 3)
        told("sobol sample 8,192 x 20", peer, ours("sample", "saltelli", "-p", path("p.json"), "-n", "8192", "-o", path("x.parquet")), ">= 20 x")
    if wanted("sobol analysis"):
        from SALib.analyze import sobol as analyzer

        y = np.random.default_rng(2).normal(size=8192 * 42)
        table("y.csv", {"y": y})
        peer = theirs(lambda: analyzer.analyze(dict(problem), y, calc_second_order=True, num_resamples=100))
        told("sobol analysis 8,192 x 20, 100 bootstraps", peer, ours("analyze", "sobol", path("y.csv"), "--problem", path("p.json")), ">= 10 x")

    def uniform(rows):
        x = np.random.default_rng(3).random((rows, 20))
        return x, x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * np.sin(6 * x[:, 3])

    def stored(rows):
        x, y = uniform(rows)
        columns = dict(zip(names, x.T)) | {"y": y}
        return x, y, table(f"t{rows}.csv", columns)

    if wanted("pawn") or wanted("delta"):
        x, y, file = stored(10_000)
        from SALib.analyze import delta, pawn

        if wanted("pawn"):
            peer = theirs(lambda: pawn.analyze(dict(problem), x, y, S=10), 3)
            told("pawn 10,000 x 20", peer, ours("analyze", "pawn", file), ">= 20 x")
        if wanted("delta"):
            peer = theirs(lambda: delta.analyze(dict(problem), x, y, num_resamples=100, seed=1))
            told("delta 10,000 x 20, 100 bootstraps", peer, ours("analyze", "delta", file), ">= 20 x")
    if wanted("trees"):
        x, y, file = stored(100_000)
        from sklearn.ensemble import ExtraTreesRegressor

        forest = ExtraTreesRegressor(
            n_estimators=100, max_features=1 / 3, min_samples_leaf=10, bootstrap=True, oob_score=True, n_jobs=2, random_state=1
        )
        peer = theirs(lambda: forest.fit(x, y))
        told("extra trees 100,000 x 20, 2 threads", peer, ours("analyze", "features", file, "--leaf", "10", "--tried", "7", "--threads", THREADS), ">= 3 x")
    if wanted("prim"):
        x, y, file = stored(100_000)
        interesting = y > 1.6
        peer = None
        if ema:
            import pandas
            from ema_workbench.analysis import prim

            frame = pandas.DataFrame(x, columns=names)
            peer = theirs(lambda: prim.Prim(frame, interesting).find_box())
        told("prim 100,000 x 20", peer, ours("analyze", "prim", file, "--outcome", "y > 1.6"), ">= 20 x")
        _, _, file = stored(1_000_000)
        told("prim 1,000,000 x 20", None, ours("analyze", "prim", file, "--outcome", "y > 1.6"), "< 10 s")
    if wanted("distances"):
        series = np.cumsum(np.random.default_rng(4).normal(size=(1000, 130)), axis=1)
        file = table("series.csv", {f"t{i}": series[:, i] for i in range(130)})
        peer = None
        if ema:
            from ema_workbench.analysis import clusterer

            peer = theirs(lambda: clusterer.calculate_cid(series))
        told("distances of 1,000 series of 130", peer, ours("analyze", "clusters", file), ">= 20 x (ours groups them, too)")
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

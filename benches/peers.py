"""Futures per second and core on SIR: our engine's evaluators, lane C, PySD and JAX, in one run.

    python3 benches/peers.py

Installs PySD and JAX from PyPI into target/peers (once) and goes on with the Python there; our figures are those of
`cargo bench -p engine --bench engine -- SIR`, which it runs. Everything runs on one thread and counts that thread's processor time; a figure is the
median of some turns, in which the programs take turns, so that a busy machine disturbs all alike. JAX computes in 64 bits, compiled,
as a scan over the steps of an array of futures.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "target" / "peers"
CASE = ROOT / "benches" / "models" / "sir"
TURNS = 3


def python_with_peers():
    """The Python that has the peers; made at the first call."""
    python = FOLDER / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        venv.create(FOLDER, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pysd", "jax"], check=True)
    return python


def our_rates():
    """The rows of our own benchmark: name and futures per second."""
    command = ["cargo", "bench", "--quiet", "-p", "engine", "--bench", "engine", "--", "SIR"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [(name, float(rate)) for name, rate in re.findall(r"^  (\S.*?) +(\d+) +[\d.]+ x C lanes", told, re.MULTILINE)]


def pysd_rate(model):
    """One run, compiled before; the model is reset first, for it keeps what was set."""
    model.reload()
    began = time.process_time()
    model.run({"Contact Infectivity": 0.31, "Duration": 5.2}, return_columns=["Infectious", "Recovered"])
    return 1 / (time.process_time() - began)


def jax_model():
    """Peak of the infectious and final recovered, for arrays of futures."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    length = 0.03125

    def step(state, _):
        susceptible, infectious, recovered, peak, contact, duration = state
        peak = jnp.maximum(peak, infectious)
        succumbing = susceptible * infectious / 1000.0 * contact
        recovering = infectious / duration
        return (
            susceptible + -succumbing * length,
            infectious + (succumbing - recovering) * length,
            recovered + recovering * length,
            peak, contact, duration,
        ), None

    @jax.jit
    def run(contact, duration):
        full = jnp.full_like
        first = (full(contact, 1000.0), full(contact, 5.0), full(contact, 0.0), full(contact, -jnp.inf), contact, duration)
        last, _ = jax.lax.scan(step, first, None, length=3200)
        return jnp.maximum(last[3], last[1]), last[2]

    return run


def jax_rate(run, futures):
    import jax.numpy as jnp

    share = jnp.arange(futures) / futures
    columns = 0.2 + 0.3 * share, 3.0 + 5.0 * (share * 0.618 * futures % 1.0)
    began = time.process_time()
    for column in run(*columns):
        column.block_until_ready()
    return futures / (time.process_time() - began)


def main():
    python = python_with_peers()
    if Path(sys.prefix).resolve() != FOLDER.resolve():
        # One thread for the peers, too: set before they are loaded.
        one = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", "OMP_NUM_THREADS": "1"}
        sys.exit(subprocess.run([python, __file__], env={**os.environ, **one}).returncode)
    # The script beside this one that has PySD's name is not PySD.
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != ROOT / "benches"]
    import jax
    import pysd

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "SIR.mdl"
        source.write_bytes((CASE / "SIR.mdl").read_bytes())
        in_pysd = pysd.read_vensim(str(source))
        in_jax = jax_model()
        jax_rate(in_jax, 1024)
        rates = {}
        for _ in range(TURNS):
            for name, rate in our_rates():
                rates.setdefault(name, []).append(rate)
            rates.setdefault(f"PySD {pysd.__version__}", []).append(pysd_rate(in_pysd))
            rates.setdefault(f"JAX {jax.__version__}", []).append(jax_rate(in_jax, 1024))
    medians = {name: statistics.median(each) for name, each in rates.items()}
    print("futures per second on one core, SIR: median (least to most)")
    for name, each in rates.items():
        print(f"  {name:<40} {medians[name]:12,.0f}  ({min(each):,.0f} to {max(each):,.0f})")
    native = max(rate for name, rate in medians.items() if name.startswith("native"))
    for name, rate in medians.items():
        print(f"  native : {name:<31} {native / rate:12,.1f}")


if __name__ == "__main__":
    main()

"""Opens the tables of a run folder with pandas, polars and DuckDB as they are, and holds them against its CSV files.

    python tests/tables/open_tables.py RUN

The run must have been made with `--csv`. The last line is "N passed, N failed".
"""

import json
import sys
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow.parquet


def same(ours, csv):
    """Whether two tables hold the same: columns, rows, numbers to the last bit."""
    if list(ours.columns) != list(csv.columns) or len(ours) != len(csv):
        return False
    for name in csv.columns:
        left, right = ours[name], csv[name]
        missing = left.isna() == right.isna()
        if right.dtype.kind in "fiub" and left.dtype.kind in "fiub":
            equal = (left == right) | (left.isna() & right.isna())
        else:
            equal = (left.astype("string") == right.astype("string")).fillna(True)
        if not (missing.all() and equal.all()):
            return False
    return True


def main():
    run = Path(sys.argv[1])
    passed = failed = 0

    def check(what, good):
        nonlocal passed, failed
        passed, failed = passed + bool(good), failed + (not good)
        if not good:
            print(f"FAILED: {what}")

    for table in sorted(run.glob("*.parquet")):
        csv = pandas.read_csv(table.with_suffix(".csv"))
        with_pandas = pandas.read_parquet(table)
        check(f"{table.name} in pandas", same(with_pandas, csv))
        check(f"{table.name} in polars", same(polars.read_parquet(table).to_pandas(), csv))
        check(f"{table.name} in DuckDB", same(duckdb.sql(f"select * from '{table}'").df(), csv))
        schema = pyarrow.parquet.read_schema(table)
        record = json.loads(pyarrow.parquet.read_metadata(table).metadata[b"weighhouse.run"])
        check(f"{table.name} names its run", record == json.loads((run / "run.json").read_text()))
        about = [field.metadata or {} for field in schema]
        check(f"{table.name} has units and places of origin", any(b"unit" in one for one in about) and any(b"origin" in key for one in about for key in one))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or passed == 0 else 0)


if __name__ == "__main__":
    main()

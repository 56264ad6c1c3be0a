#!/usr/bin/env python3
"""The transitive closure of benches/rules.rs by DuckDB's recursive query, on the same edges.

    python3 -m venv venv && venv/bin/pip install duckdb
    venv/bin/python benches/peers/closure.py [--threads 1]
    cargo bench --bench rules

Best of three, the pairs counted; the number of pairs is the one that the bench prints.
"""

import argparse
import time

EDGES = 1_000_000
TREE = 64
MASK = (1 << 64) - 1


class Random:
    """splitmix64, as in the benchmarks."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % limit


def edges():
    random, made, node = Random(11), [], 0
    while len(made) < EDGES:
        root = node
        node += 1
        while node < root + TREE and len(made) < EDGES:
            made.append((root + random.below(node - root), node))
            node += 1
    return made


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--threads", type=int, default=1)
    threads = arguments.parse_args().threads
    import duckdb

    made = edges()
    base = duckdb.connect(config={"threads": threads})
    base.execute("CREATE TABLE linked (a INTEGER, b INTEGER)")
    for start in range(0, EDGES, 100_000):
        rows = ", ".join(f"({a}, {b})" for a, b in made[start:start + 100_000])
        base.execute(f"INSERT INTO linked VALUES {rows}")
    best, pairs = float("inf"), 0
    for _ in range(3):
        begun = time.perf_counter()
        (pairs,) = base.execute(
            """WITH RECURSIVE reaches(a, b) AS (
                   SELECT a, b FROM linked
                   UNION
                   SELECT reaches.a, linked.b FROM reaches JOIN linked ON reaches.b = linked.a)
               SELECT count(*) FROM reaches""").fetchone()
        best = min(best, (time.perf_counter() - begun) * 1e3)
    print(f"DuckDB {duckdb.__version__}, {threads} threads: {pairs} pairs, {best:.0f} ms")


if __name__ == "__main__":
    main()

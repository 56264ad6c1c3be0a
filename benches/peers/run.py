#!/usr/bin/env python3
"""The queries of benches/README.md on whodunit, LadybugDB and DuckDB, in one run on one machine.

    python3 -m venv venv && venv/bin/pip install ladybug duckdb      # both optional
    cargo bench --bench case                                         # writes the tables
    venv/bin/python benches/peers/run.py TABLES [--engine target/release/whodunit]

TABLES is a folder with entities.csv (id,name,kind) and a table of claims for each relation
(from,to,confidence,year,source). Peers run in this process with two threads; whodunit answers through
its pipe, so that its times hold the way there and back. Best of three; answers must be equal.
"""

import argparse
import collections
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

RELATIONS = ["targeted", "attributed_to", "sanctioned", "uses", "part_of", "located_in", "condemned",
             "associated_with"]
PATIENCE = 40  # seconds that one query may take


def degrees(folder, relation, column):
    with open(os.path.join(folder, relation + ".csv"), newline="") as table:
        rows = csv.reader(table)
        place = next(rows).index(column)
        return collections.Counter(row[place] for row in rows)


def queries(folder):
    """For each line its GQL, Cypher and SQL."""
    with open(os.path.join(folder, "entities.csv"), newline="") as table:
        names = {row["id"]: row["name"] for row in csv.DictReader(table)}
    into = degrees(folder, "targeted", "to")
    (hub, _), (second, _) = into.most_common(2)
    low = next(id for id, count in into.items() if count == 3)
    state = degrees(folder, "attributed_to", "to").most_common(1)[0][0]
    user = degrees(folder, "uses", "from").most_common(1)[0][0]
    name = names[hub]
    gql = lambda id: "{name: '%s'}" % names[id]
    e = lambda id: ":E {id: %s}" % id
    return [
        ("Q1 entity by name",
         f"MATCH (a {{name: '{name}'}}) RETURN a.id",
         f"MATCH (a:E {{name: '{name}'}}) RETURN a.id",
         f"SELECT id FROM E WHERE name = '{name}'"),
        ("Q2 who targeted the hub, distinct",
         f"MATCH (a)-[:targeted]->({gql(hub)}) RETURN count(DISTINCT a)",
         f"MATCH (a:E)-[:targeted]->(b{e(hub)}) RETURN count(DISTINCT a.id)",
         f'SELECT count(DISTINCT "from") FROM targeted WHERE "to" = {hub}'),
        ("Q2b who targeted a small one",
         f"MATCH (a)-[:targeted]->({gql(low)}) RETURN count(DISTINCT a)",
         f"MATCH (a:E)-[:targeted]->(b{e(low)}) RETURN count(DISTINCT a.id)",
         f'SELECT count(DISTINCT "from") FROM targeted WHERE "to" = {low}'),
        ("Q3 as Q2, likelihood >= 70 and in 2021",
         f"MATCH (a)-[c:targeted]->({gql(hub)}) WHERE c.likelihood >= 70 AND c.from.year = 2021 "
         "RETURN count(DISTINCT a)",
         f"MATCH (a:E)-[c:targeted]->(b{e(hub)}) WHERE c.confidence >= 70 AND c.year = 2021 "
         "RETURN count(DISTINCT a.id)",
         f'SELECT count(DISTINCT "from") FROM targeted WHERE "to" = {hub} AND confidence >= 70 AND year = 2021'),
        ("Q4 attributed to S and targeted the hub",
         f"MATCH ({gql(state)})<-[:attributed_to]-(g)-[:targeted]->({gql(hub)}) RETURN count(DISTINCT g)",
         f"MATCH (s{e(state)})<-[:attributed_to]-(g:E)-[:targeted]->(v{e(hub)}) RETURN count(DISTINCT g.id)",
         'SELECT count(DISTINCT a."from") FROM attributed_to a JOIN targeted t ON a."from" = t."from" '
         f'WHERE a."to" = {state} AND t."to" = {hub}'),
        ("Q5 three hops, distinct ends",
         f"MATCH ({gql(second)})<-[:attributed_to]-(g)-[:uses]->(w)-[:located_in]->(x) RETURN count(DISTINCT x)",
         f"MATCH (s{e(second)})<-[:attributed_to]-(g:E)-[:uses]->(w:E)-[:located_in]->(x:E) "
         "RETURN count(DISTINCT x.id)",
         'SELECT count(DISTINCT l."to") FROM attributed_to a JOIN uses u ON a."from" = u."from" '
         f'JOIN located_in l ON l."from" = u."to" WHERE a."to" = {second}'),
        ("Q6 targeted both hubs",
         f"MATCH ({gql(hub)})<-[:targeted]-(a)-[:targeted]->({gql(second)}) RETURN count(DISTINCT a)",
         f"MATCH (b{e(hub)})<-[:targeted]-(a:E)-[:targeted]->(c{e(second)}) RETURN count(DISTINCT a.id)",
         'SELECT count(DISTINCT a."from") FROM targeted a JOIN targeted b ON a."from" = b."from" '
         f'WHERE a."to" = {hub} AND b."to" = {second}'),
        ("Q8 by victim, distinct groups, top 10",
         "MATCH (a:Group)-[:targeted]->(b) RETURN b.id AS b, count(DISTINCT a) AS n ORDER BY n DESC, b LIMIT 10",
         "MATCH (a:E)-[:targeted]->(b:E) WHERE a.kind = 'Group' "
         "RETURN b.id AS b, count(DISTINCT a.id) AS n ORDER BY n DESC, b LIMIT 10",
         'SELECT t."to" b, count(DISTINCT t."from") n FROM targeted t JOIN E ON E.id = t."from" '
         "WHERE E.kind = 'Group' GROUP BY 1 ORDER BY n DESC, b LIMIT 10"),
        ("Q9 circle of three, count",
         "MATCH (a)-[:attributed_to]->(b)-[:sanctioned]->(c)-[:condemned]->(a) RETURN count(*)",
         "MATCH (a:E)-[:attributed_to]->(b:E)-[:sanctioned]->(c:E)-[:condemned]->(a) RETURN count(*)",
         'SELECT count(*) FROM attributed_to a JOIN sanctioned s ON a."to" = s."from" '
         'JOIN condemned c ON s."to" = c."from" AND c."to" = a."from"'),
        ("Q13 uses, 1 to 3 times, distinct ends",
         f"MATCH ({gql(user)})-[:uses*1..3]->(b) RETURN count(DISTINCT b)",
         f"MATCH (a{e(user)})-[:uses*1..3]->(b:E) RETURN count(DISTINCT b.id)",
         f"WITH RECURSIVE r(n, d) AS (SELECT {user}::BIGINT, 0 UNION SELECT \"to\", d + 1 FROM r "
         'JOIN uses ON "from" = n WHERE d < 3) SELECT count(DISTINCT n) FROM r WHERE d > 0'),
        ("Q15 claims by year, count and mean",
         "MATCH ()-[c:targeted]->() RETURN c.from.year AS y, count(*) AS n, avg(c.likelihood) AS m ORDER BY y",
         "MATCH ()-[c:targeted]->() RETURN c.year AS y, count(*) AS n, avg(c.confidence) AS m ORDER BY y",
         "SELECT year y, count(*) n, avg(confidence) FROM targeted GROUP BY 1 ORDER BY 1"),
    ]


def plain(rows):
    """Rows that engines write differently, alike."""
    cell = lambda value: f"{float(value):.6f}" if not isinstance(value, str) else value
    return [tuple(cell(value) for value in row) for row in rows]


def best(run):
    """Milliseconds and rows; of what takes long one run is enough."""
    least, rows = float("inf"), None
    for _ in range(3):
        begun = time.perf_counter()
        rows = run()
        least = min(least, time.perf_counter() - begun)
        if least > 5:
            break
    return least * 1e3, plain(rows)


class Whodunit:
    name, place = "whodunit", 1

    def __init__(self, folder, engine):
        self.process = subprocess.Popen([engine, "pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        files = [os.path.join(folder, f"{name}.csv") for name in ["entities", *RELATIONS]]
        self.ask({"op": "reset"})
        self.ask({"op": "import", "files": files})

    def ask(self, request):
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            sys.exit(f"whodunit: {reply['error']}")
        return reply

    def run(self, query):
        rows = self.ask({"op": "run", "query": query})["rows"]
        return [[float(cell) for cell in row] for row in rows]


class Ladybug:
    name, place = "LadybugDB", 2

    def __init__(self, folder, _):
        import ladybug
        self.folder = tempfile.mkdtemp()
        self.database = ladybug.Database(os.path.join(self.folder, "case"))
        self.connection = ladybug.Connection(self.database, num_threads=2)
        self.connection.set_query_timeout(PATIENCE * 1000)
        run = self.connection.execute
        run("CREATE NODE TABLE E(id INT64 PRIMARY KEY, name STRING, kind STRING)")
        run(f"COPY E FROM '{folder}/entities.csv' (HEADER=true)")
        for relation in RELATIONS:
            run(f"CREATE REL TABLE {relation}(FROM E TO E, confidence INT64, year INT64, source INT64)")
            run(f"COPY {relation} FROM '{folder}/{relation}.csv' (HEADER=true)")

    def run(self, query):
        result, rows = self.connection.execute(query), []
        while result.has_next():
            rows.append(result.get_next())
        return rows


class Duck:
    name, place = "DuckDB", 3

    def __init__(self, folder, _):
        import duckdb
        self.connection = duckdb.connect(config={"threads": 2})
        for table in ["entities", *RELATIONS]:
            name = "E" if table == "entities" else table
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{folder}/{table}.csv')")

    def run(self, query):
        import threading
        stop = threading.Timer(PATIENCE, self.connection.interrupt)
        stop.start()
        try:
            return self.connection.execute(query).fetchall()
        finally:
            stop.cancel()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tables")
    arguments.add_argument("--engine", default="target/release/whodunit")
    given = arguments.parse_args()
    lines = queries(given.tables)
    columns, loads = [], []
    for kind in (Whodunit, Ladybug, Duck):
        try:
            begun = time.perf_counter()
            engine = kind(given.tables, given.engine)
            loads.append((time.perf_counter() - begun) * 1e3)
        except ImportError:
            print(f"{kind.name} is not installed", file=sys.stderr)
            continue
        times = []
        for line in lines:
            try:
                times.append(best(lambda: engine.run(line[kind.place])))
            except Exception as error:  # a peer that gives up is a line of the table
                times.append((None, str(error).splitlines()[0][:40]))
        columns.append((kind.name, times))
        if isinstance(engine, Ladybug):
            shutil.rmtree(engine.folder, ignore_errors=True)
    header = ["", "whodunit ms"] + [f"{name} {what}" for name, _ in columns[1:] for what in ("ms", "/ ours")]
    print("| " + " | ".join(header) + " |\n|---" + "|---:" * (len(header) - 1) + "|")
    load = [f"{loads[0]:.0f}"]
    for other in loads[1:]:
        load += [f"{other:.0f}", f"{other / loads[0]:.1f}"]
    print("| bulk load | " + " | ".join(load) + " |")
    wrong = []
    for at, line in enumerate(lines):
        ours, rows = columns[0][1][at]
        cells = [f"{ours:.3f}"]
        for name, times in columns[1:]:
            took, found = times[at]
            if took is None:
                cells += ["–", "–"]
                continue
            cells += [f"{took:.1f}", f"{took / ours:.0f}"]
            if found != rows:
                wrong.append(f"{line[0]}: {name} says {found[:3]}, whodunit {rows[:3]}")
        print(f"| {line[0]} | " + " | ".join(cells) + " |")
    for difference in wrong:
        print("answers differ: " + difference)


if __name__ == "__main__":
    main()

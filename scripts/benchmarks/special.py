"""Rows that are more than command lines beside each other."""

import json
import re
import statistics
import subprocess
import sys

from .corpora import N_HISTORY, PROJECT, bytes_of, bytes_on_disk, entries_of
from .measure import Failed, Measure, Row, Way, quoted, sh, verdict


class History(Row):
    """Twenty snapshots one after the other, by us, restic and borg: what the twentieth costs, and what all of them hold."""

    def __init__(self, bench, packing):
        self.bench = bench
        self.archives = [bench.corpora.history(number, packing) for number in range(1, N_HISTORY + 1)]
        self.home, self.tree = bench.path("home"), bench.path("x")
        has_peers = packing == "stored" or not bench.is_quick
        self.kinds = [kind for kind in ("restic", "borg") if has_peers and bench.peers[kind]]
        steps = (2, N_HISTORY)
        ways = [Way(f"throwback, {step}", bench.ingest(self.home, self.archives[step - 1])) for step in steps]
        ways += [Way(f"{kind}, {step}", bench.backup(kind, self.tree, step)) for kind in self.kinds for step in steps]
        how = {
            "stored": "Documents and media are stored.",
            "deflated": "Documents and media are deflated; the media shrink by two per cent, so that every byte is computed.",
        }[packing]
        unpacked = "restic and borg get each unpacked, in the same place." if has_peers else ""
        super().__init__(
            ways,
            rounds=bench.rounds(1, 3),
            note=f"Twenty snapshots of a tenth of the messages, each with 5 % more than the one before. {how} {unpacked}".strip(),
        )
        self.has_peers = has_peers

    def run(self):
        for number in range(self.rounds):
            sh(f"rm -rf {self.home}")
            for step, archive in enumerate(self.archives, 1):
                self.add(f"throwback, {step}", Measure(self.bench.ingest(self.home, archive)))
            for kind in self.kinds:
                sh(self.bench.repository(kind))
                for step, archive in enumerate(self.archives, 1):
                    sh(f"rm -rf {self.tree} && unzip -q -o {archive} -d {self.tree}")
                    self.add(f"{kind}, {step}", Measure(self.bench.backup(kind, self.tree, step)))
            print(f"{self.name}: round {number + 1} of {self.rounds}", file=sys.stderr)
        self.weigh()

    def weigh(self):
        """Bytes of the home and the repositories of the last round, and of what the downloads hold."""
        of_each = [entries_of(archive) for archive in self.archives]
        changed = [bytes_of(now - before) for (before, _), (now, _) in zip(of_each, of_each[1:])]
        self.changed = changed[0], changed[-1]
        self.media = sum({(size, crc): size for _, media in of_each for _, size, crc in media}.values())
        self.documents = bytes_of(of_each[-1][0])
        sql = "SELECT SUM(LENGTH(CAST(text AS BLOB))) AS n FROM records"
        command = ["bash", "-c", f"{self.bench.ours(self.home)} sql --json {quoted(sql)}"]
        rows = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        self.text = next(row["n"] for row in map(json.loads, rows) if row["type"] == "row")
        parts = {"media": ["media"], "database": ["archive.sqlite", "archive.sqlite-wal"], "index": ["index"]}
        self.parts = {
            name: bytes_on_disk(*(self.home / path for path in paths if (self.home / path).exists()))
            for name, paths in parts.items()
        }
        self.whole = bytes_on_disk(self.home)
        self.repositories = {kind: bytes_on_disk(self.bench.path(kind)) for kind in self.kinds}

    def lines(self, shown):
        def megabytes(n_bytes):
            return f"{n_bytes / 1e6:.1f} MB"

        yield from super().lines(shown)
        second, last = (self.median(f"throwback, {step}", "cpu") for step in (2, N_HISTORY))
        grown, more = last / max(second, 1e-9), self.changed[1] / max(self.changed[0], 1)
        yield (
            f"- cpu, twentieth / second: **{grown:.2f}**, aim ≤ {more:.2f}, by which the bytes of documents grew that are not in "
            f"the snapshot before ({' and '.join(map(megabytes, self.changed))}): {verdict(grown <= more)}"
        )
        most = 1.1 * self.media + 3.5 * self.text
        parts = ", ".join(f"{name} {megabytes(n_bytes)}" for name, n_bytes in self.parts.items())
        yield (
            f"- home on disk: **{megabytes(self.whole)}** ({parts}), aim ≤ {megabytes(most)} = 1.1 × {megabytes(self.media)} of "
            f"distinct media + 3.5 × {megabytes(self.text)} of repaired text, that of all records: "
            f"{verdict(self.whole <= most)}; the documents of the newest snapshot alone are {megabytes(self.documents)}"
        )
        others = ", ".join(f"{kind} {megabytes(n_bytes)}" for kind, n_bytes in self.repositories.items())
        if others:
            yield f"- repositories after the same twenty: {others}"
        else:
            why = "cannot be had here" if self.has_peers else "see *stored*; the whole run has them here too"
            yield f"- repositories of restic and borg: {why}"
        yield ""


class Documents(Row):
    """What `cargo bench` says of reading documents, ours beside the plain way."""

    COMMAND = ["cargo", "bench", "--locked", "--bench", "hot", "--", "documents"]
    SECONDS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}

    def __init__(self, rounds):
        super().__init__(
            [],
            rounds=rounds,
            note="The longest conversation of a download of 10,000 messages: read into items, every member accounted for, beside "
            "deriving, `serde_json::from_slice` into owned strings and repairing each of them. One thread; medians of the "
            "medians that `benches/hot.rs` gives.",
        )

    def run(self):
        for number in range(self.rounds):
            done = subprocess.run(self.COMMAND, cwd=PROJECT, capture_output=True, text=True, check=False)
            # fastest │ slowest │ median │ …
            column = r"([\d.]+) (ns|µs|ms|s)\s+│\s+"
            for name in ("ours", "derive_and_repair"):
                found = re.search(rf"{name}\s+" + column * 3, done.stdout)
                if not found:
                    raise Failed(f"{' '.join(self.COMMAND)} says nothing of {name}:\n{done.stdout}")
                self.add(name, float(found[5]) * self.SECONDS[found[6]])
            print(f"{self.name}: round {number + 1} of {self.rounds}", file=sys.stderr)

    def lines(self, shown):
        yield f"### {self.name}\n\n{self.note}\n"
        ours, plain = (statistics.median(self.runs[name]) for name in ("ours", "derive_and_repair"))
        yield f"- ours {ours * 1e3:.2f} ms, deriving and repairing {plain * 1e3:.2f} ms (`{' '.join(self.COMMAND)}`)"
        yield f"- speed, ours / plain way: **{plain / ours:.2f}**, aim ≥ 2: {verdict(plain / ours >= 2)}"
        yield ""


class Together(Row):
    """The classes of queries together; nothing is run."""

    def __init__(self, searches):
        super().__init__([])
        self.searches = searches

    def run(self):
        pass

    def lines(self, shown):
        both = {"throwback", "empty process"}
        over_empty = [
            row.median("throwback", "wall") - row.median("empty process", "wall")
            for row in self.searches
            if both <= row.runs.keys()
        ]
        if over_empty:
            middle = statistics.median(over_empty) * 1e3
            yield f"### {self.name}\n"
            yield (
                f"- wall over an empty process, median of {len(over_empty)} classes: **{middle:.1f} ms**, aim ≤ 10 ms: "
                f"{verdict(middle <= 10)}"
            )
            yield ""

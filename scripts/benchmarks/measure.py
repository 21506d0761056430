"""Running command lines beside each other, and what their numbers are held against."""

import os
import shlex
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional, Union

# How often each row runs where the environment does not say it.
ASKED_ROUNDS = os.environ.get("THROWBACK_BENCH_ROUNDS")

# By these endings of its exit code a command did what it was asked: 1 is "nothing found".
GOOD_CODES = (0, 1)


class Failed(Exception):
    """A command did not do what it was asked."""


def rounds(usual):
    return int(ASKED_ROUNDS) if ASKED_ROUNDS else usual


class Measure:
    """One run of a command line: seconds of wall and CPU, peak bytes of anonymous memory, exit code."""

    def __init__(self, command):
        self.peak = 0
        start = time.perf_counter()
        shell = subprocess.Popen(
            ["bash", "-c", command if any(mark in command for mark in "|&;") else f"exec {command}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        ended = threading.Event()
        watcher = threading.Thread(target=self.watch, args=(shell.pid, ended))
        watcher.start()
        _, status, usage = os.wait4(shell.pid, 0)
        self.wall = time.perf_counter() - start
        ended.set()
        watcher.join()
        self.cpu = usage.ru_utime + usage.ru_stime
        self.code = shell.returncode = os.waitstatus_to_exitcode(status)
        if self.code not in GOOD_CODES:
            raise Failed(f"ended with {self.code}: {command}")

    def watch(self, process, ended):
        """Adds up RssAnon of the process and all below it every few milliseconds."""
        while not ended.wait(0.005):
            self.peak = max(self.peak, sum(map(anonymous_bytes, processes_of(process))))


def anonymous_bytes(process):
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


def processes_of(first):
    found, pending = [], [first]
    while pending:
        process = pending.pop()
        found.append(process)
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                pending += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            pass
    return found


def sh(command):
    """Prepares something, unmeasured."""
    done = subprocess.run(["bash", "-c", command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"ended with {done.returncode}: {command}\n{done.stderr}")


@dataclass
class Way:
    """One way to do what a row is about. A command that is a function gets the number of the round, from 0."""

    name: str
    command: Union[str, Callable[[int], str]]
    prepare: Optional[str] = None
    # Fewer rounds than the row has, for what takes long.
    at_most: Optional[int] = None
    # What prints a line for all that is found, where the command itself says less.
    listing: Optional[str] = None

    def command_of(self, number):
        return self.command(number) if callable(self.command) else self.command


@dataclass
class Row:
    """A line of the table: ways that are run alternately, aims (functions of the row that give a sentence), a note."""

    ways: list
    aims: list = field(default_factory=list)
    rounds: int = 1
    note: str = ""
    # Given by the table of rows.
    name: str = ""
    # Counts the lines that each way prints, once and unmeasured, so that nobody is compared with what finds nothing.
    counts_lines: bool = False
    # What is run when all rounds are through.
    clean: str = ""
    runs: dict = field(default_factory=dict)
    printed: dict = field(default_factory=dict)

    def __post_init__(self):
        self.ways = [way for way in self.ways if way is not None]

    def run(self):
        for number in range(self.rounds):
            for way in self.ways:
                if way.at_most is None or number < way.at_most:
                    self.run_once(way, number)
            print(f"{self.name}: round {number + 1} of {self.rounds}", file=sys.stderr)
        if self.counts_lines:
            for way in self.ways:
                command = ["bash", "-c", way.listing or way.command_of(0)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                self.printed[way.name] = sum(bool(line.strip()) for line in done.stdout.splitlines())
        if self.clean:
            sh(self.clean)

    def run_once(self, way, number):
        if way.prepare:
            sh(way.prepare)
            os.sync()
        self.add(way.name, Measure(way.command_of(number)))

    def add(self, name, measured):
        self.runs.setdefault(name, []).append(measured)

    def median(self, name, what):
        return statistics.median(getattr(run, what) for run in self.runs[name])

    def table(self, shown):
        """`shown` makes a command short."""
        more = " lines found |" if self.counts_lines else ""
        yield f"| | wall s | CPU s | peak anonymous MB |{more} rounds | command |"
        yield "|---|--:|--:|--:|" + ("--:|" if more else "") + "--:|---|"
        for way in self.ways:
            if way.name not in self.runs:
                continue
            wall, cpu, peak = (self.median(way.name, what) for what in ("wall", "cpu", "peak"))
            lines = f" {self.printed[way.name]} |" if self.counts_lines else ""
            command = shown(way.command_of(0)).replace("|", "\\|")
            n_rounds = len(self.runs[way.name])
            yield f"| {way.name} | {wall:.3f} | {cpu:.3f} | {peak / 1e6:.0f} |{lines} {n_rounds} | `{command}` |"
        yield ""

    def lines(self, shown):
        yield f"### {self.name}\n"
        if self.note:
            yield f"{self.note}\n"
        if self.ways:
            yield from self.table(shown)
        if self.aims:
            yield from (f"- {aim(self)}" for aim in self.aims)
            yield ""


def verdict(holds):
    return "holds" if holds else "**does not hold**"


def ratio(what, peer, most, ours="throwback"):
    """Ours in relation to a peer's, at most so much."""

    def said(row):
        if peer not in row.runs:
            return f"{what}, {ours} / {peer}: not measured, {peer} cannot be had here; aim ≤ {most}"
        value = row.median(ours, what) / max(row.median(peer, what), 1e-9)
        return f"{what}, {ours} / {peer}: **{value:.3g}**, aim ≤ {most}: {verdict(value <= most)}"

    return said


def bound(what, most, ours="throwback"):
    """Ours alone: megabytes of `peak`, milliseconds of anything else."""

    def said(row):
        value, unit = (row.median(ours, what) / 1e6, "MB") if what == "peak" else (row.median(ours, what) * 1e3, "ms")
        return f"{what}, {ours}: **{value:.1f} {unit}**, aim ≤ {most} {unit}: {verdict(value <= most)}"

    return said


def over(peer, most_ms):
    """Milliseconds of wall that ours takes more than a peer."""

    def said(row):
        value = (row.median("throwback", "wall") - row.median(peer, "wall")) * 1e3
        return f"wall over {peer}: **{value:.1f} ms**, aim ≤ {most_ms} ms: {verdict(value <= most_ms)}"

    return said


def said(sentence):
    """An aim that is not measured, and why."""
    return lambda row: sentence


def quoted(text):
    return shlex.quote(str(text))

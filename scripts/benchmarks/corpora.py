"""What is measured on: downloads from the generator, their trees, homes that hold them. All is made when a row first asks
for it. Downloads and trees stay for the next run; homes are made anew in each, by the program that is measured."""

import collections
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from .measure import quoted, sh

PROJECT = Path(__file__).resolve().parent.parent.parent
N_SNAPSHOTS = 3
N_HISTORY = 20
# Of so few messages a download is that a person asks for every day.
N_NEW = 100


class Corpora:
    """`folder` holds everything; `messages` is how many the newest of the three snapshots has."""

    def __init__(self, folder, messages, programs):
        self.folder, self.messages, self.programs = folder, messages, programs
        self.made_homes = set()

    def path(self, name):
        return self.folder / name

    def ours(self, home):
        return f"{self.programs.throwback} --quiet --no-pager --home {home}"

    def generate(self, out, last, *arguments, messages=None):
        """Writes downloads, unless `last`, which is written last, is there."""
        if not last.exists():
            sizes = f"--media-bytes 50000 800000 --messages {messages or self.messages}"
            sh(f"mkdir -p {out.parent} && {self.programs.generate} {sizes} --out {out} {' '.join(map(str, arguments))}")

    def snapshot(self, number):
        """One of three snapshots that overlap by 90 %: media stored and documents deflated, as Instagram packs them."""
        self.generate(
            self.path("s.zip"), self.path(f"s-{N_SNAPSHOTS}.zip"), "--snapshots", N_SNAPSHOTS, "--overlap", 90
        )
        return self.path(f"s-{number}.zip")

    def tree(self, number):
        """The same, unpacked."""
        tree = self.path("tree") / str(number)
        if not tree.exists():
            sh(f"rm -rf {tree}.new && mkdir -p {tree}.new && unzip -q -o {self.snapshot(number)} -d {tree}.new && mv {tree}.new {tree}")
        return tree

    def history(self, number, packing):
        """One of twenty snapshots of a tenth of the messages, each with 5 % more than the one before. Where they are deflated
        their media shrink by two per cent, so that every byte has to be computed."""
        out = self.path("history") / packing
        more = ["--compressible"] if packing == "deflated" else []
        self.generate(
            out / "h.zip",
            out / f"h-{N_HISTORY}.zip",
            *("--snapshots", N_HISTORY, "--overlap", 95, "--packing", packing),
            *more,
            messages=self.messages // 10,
        )
        return out / f"h-{number}.zip"

    def of_size(self, messages, number):
        """The first or second snapshot of another size."""
        if messages == self.messages:
            return self.snapshot(number)
        out = self.path(f"size-{messages}")
        n_second = messages * 9 // 10
        self.generate(out / "s.zip", out / "s-2.zip", "--snapshots", 2, "--overlap", 90, messages=n_second)
        return out / f"s-{number}.zip"

    def newest(self, number):
        """A download of a range: the messages that came after the second snapshot, a hundred a download, from 0."""
        begin = self.messages * 9 // 10 + N_NEW * number
        out = self.path("new") / f"n-{number}.zip"
        self.generate(out, out, "--range", begin, begin + N_NEW)
        return out

    def home(self, n_snapshots):
        """A home that holds the first so many snapshots."""
        home = self.path(f"held-{n_snapshots}")
        if home not in self.made_homes:
            sh(f"rm -rf {home}")
            if n_snapshots > 1:
                sh(f"cp -a --reflink=auto {self.home(n_snapshots - 1)} {home}")
            sh(f"{self.ours(home)} ingest {self.snapshot(n_snapshots)}")
            self.made_homes.add(home)
        return home

    def messages_of(self, home):
        """The messages that a home holds, as lines of JSON."""
        lines = Path(f"{home}.ndjson")
        sql = "SELECT id, at_ms, author, text FROM messages ORDER BY at_ms, id"
        if not lines.exists() or lines.stat().st_mtime < (home / "archive.sqlite").stat().st_mtime:
            sh(f"{self.ours(home)} sql --json {quoted(sql)} | grep '\"id\"' > {lines}")
        return lines

    def fts5(self, home):
        """A database in which sqlite-utils made a plain FTS5 table of the messages that a home holds."""
        database = Path(f"{home}.fts.db")
        lines = self.messages_of(home)
        if not database.exists() or database.stat().st_mtime < lines.stat().st_mtime:
            sh(f"rm -f {database} && {fts5_commands(database, lines)}")
        return database

    def files_of_messages(self, home):
        """A file for each message that a home holds, a thousand a folder."""
        folder = Path(f"{home}.files")
        shutil.rmtree(folder, ignore_errors=True)
        with open(self.messages_of(home), encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                message = json.loads(line)
                below = folder / str(number // 1_000)
                below.mkdir(parents=True, exist_ok=True)
                (below / f"{message['id']}.txt").write_text(f"{message['author']}\n{message['text'] or ''}\n")
        return folder

    def rare_word(self, home):
        """The first word of ten Latin letters or more, by the alphabet, that stands in five messages."""
        counts = collections.Counter()
        with open(self.messages_of(home), encoding="utf-8") as lines:
            for line in lines:
                counts.update(set(re.findall(r"\b[a-z]{10,}\b", json.loads(line)["text"] or "")))
        return min(word for word, n in counts.items() if n == 5)


def fts5_commands(database, lines):
    return f"sqlite-utils insert {database} m {lines} --nl && sqlite-utils enable-fts {database} m text --fts5"


def entries_of(archive):
    """Path, bytes and checksum of the files of a ZIP, documents and media apart."""
    with zipfile.ZipFile(archive) as listed:
        entries = {(entry.filename, entry.file_size, entry.CRC) for entry in listed.infolist() if not entry.is_dir()}
    documents = {entry for entry in entries if entry[0].endswith((".json", ".html", ".srt"))}
    return documents, entries - documents


def bytes_of(entries):
    return sum(size for _, size, _ in entries)


def bytes_on_disk(*paths):
    done = subprocess.run(["du", "-s", "-c", "-B1", *map(str, paths)], capture_output=True, text=True, check=True)
    return int(done.stdout.splitlines()[-1].split()[0])


def have(command, package=None, installer="apt"):
    """Whether a peer is there, installing it where the registries have it."""
    if not shutil.which(command) and installer:
        package = package or command
        pip = [sys.executable, "-m", "pip", "install", "-q", package]
        install = pip if installer == "pip" else ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
        try:
            subprocess.run(install, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, check=False)
        except (OSError, subprocess.TimeoutExpired):
            pass
    return shutil.which(command) is not None


def environment_for_peers():
    """What restic and borg ask for before they do anything."""
    os.environ.update(
        RESTIC_PASSWORD="x",
        BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK="yes",
        BORG_RELOCATED_REPO_ACCESS_IS_OK="yes",
    )

"""The rows of the table: what is measured beside what, and what it is held against."""

import re
import subprocess

from .corpora import N_HISTORY, N_NEW, environment_for_peers, fts5_commands, have
from .measure import Row, Way, bound, over, quoted, ratio, rounds, said, sh, verdict
from .special import Documents, History, Together


class Bench:
    """Makes rows: each method that `table` names prepares what its row needs and gives it."""

    def __init__(self, corpora, is_quick):
        self.corpora, self.is_quick = corpora, is_quick
        self.path, self.ours = corpora.path, corpora.ours
        self.searches = []
        environment_for_peers()
        # Where no package has it, it is measured if it happens to be there.
        self.peers = {
            "restic": have("restic"),
            "borg": have("borg", "borgbackup"),
            "b3sum": have("b3sum"),
            "rg": have("rg", "ripgrep"),
            "rga": have("rga", installer=None),
            "jdupes": have("jdupes"),
            "recoll": have("recollindex", "recollcmd"),
            "sqlite-utils": have("sqlite-utils", installer="pip"),
            "sqlite3": have("sqlite3"),
        }

    def rounds(self, quick, full=5):
        return rounds(quick if self.is_quick else full)

    def there(self, peer, way):
        return way if self.peers[peer] else None

    def ingest(self, home, archive):
        return f"{self.ours(home)} ingest {archive}"

    def part(self, option, home, archive):
        return f"{self.corpora.programs.ingest_parts} {option} --home {home} {archive}"

    def unzip(self, archive, is_durable=False):
        """The way, into an empty folder."""
        out = self.path("x")
        durable = f" && sync -f {out}" if is_durable else ""
        return Way("unzip", f"unzip -q -o {archive} -d {out}{durable}", f"rm -rf {out}")

    def repository(self, kind, first=None):
        """Makes an empty repository, or one that holds a folder."""
        made = {
            "restic": f"rm -rf {self.path('restic')} && restic -q -r {self.path('restic')} init",
            "borg": f"rm -rf {self.path('borg')} && borg init -e none {self.path('borg')}",
        }[kind]
        return made + (f" && {self.backup(kind, first, 'first')}" if first else "")

    def backup(self, kind, folder, name):
        return {
            "restic": f"restic -q -r {self.path('restic')} backup {folder}",
            "borg": f"borg create {self.path('borg')}::{name} {folder}",
        }[kind]

    def backups(self, folder, first=None):
        return [
            self.there(kind, Way(kind, self.backup(kind, folder, "next"), self.repository(kind, first)))
            for kind in ("restic", "borg")
        ]

    def first_ingest(self):
        archive, home = self.corpora.snapshot(1), self.path("home")
        fresh = f"rm -rf {home}"
        return Row(
            [
                Way("throwback", self.ingest(home, archive), fresh),
                Way("until durable", self.part("--without-index", home, archive), fresh),
                Way("stock tokenizer", self.part("--stock-tokenizer", home, archive), fresh),
                self.unzip(archive, is_durable=True),
                *self.backups(self.corpora.tree(1)),
            ],
            [
                ratio("wall", "unzip", 1.0, ours="until durable"),
                ratio("cpu", "unzip", 1.6, ours="until durable"),
                ratio("wall", "restic", 0.8, ours="until durable"),
                ratio("wall", "borg", 1.6, ours="until durable"),
                ratio("wall", "unzip", 1.5),
                ratio("cpu", "unzip", 3),
                ratio("cpu", "stock tokenizer", 2.5),
                bound("peak", 400),
            ],
            rounds=self.rounds(3),
            note="`throwback` is the whole process, with the index. The program never leaves the index out: *until durable* is an "
            "example that calls the same library and asks it to stop once documents, records and media are committed; *stock "
            "tokenizer* is the whole again with tantivy's default tokenizer in the place of our chain. restic and borg begin "
            "with the unpacked tree and index nothing.",
        )

    def against_sqlite_utils(self):
        archive, home, database = self.corpora.snapshot(1), self.path("home"), self.path("fts.db")
        lines = self.corpora.messages_of(self.corpora.home(1))
        out = self.unzip(archive)
        command = f"{out.command} && {fts5_commands(database, lines)}"
        return Row(
            [
                Way("throwback", self.ingest(home, archive), f"rm -rf {home}"),
                self.there("sqlite-utils", Way("sqlite-utils", command, f"{out.prepare} {database}")),
            ],
            [ratio("wall", "sqlite-utils", 0.35)],
            rounds=self.rounds(2),
            note="sqlite-utils is given the messages as lines, which somebody would have to take out of the download first.",
        )

    def against_recoll(self):
        archive, home = self.corpora.history(N_HISTORY, "stored"), self.path("home")
        config = self.path("recoll")
        way = None
        if self.peers["recoll"]:
            held = self.path("held-for-recoll")
            sh(f"rm -rf {held} && {self.ingest(held, archive)}")
            files = self.corpora.files_of_messages(held)
            config.mkdir(exist_ok=True)
            (config / "recoll.conf").write_text(f"topdirs = {files}\nloglevel = 2\n")
            way = Way("recoll", f"recollindex -c {config}", f"rm -rf {config}/xapiandb {config}/*cache*")
        return Row(
            [Way("throwback", self.ingest(home, archive), f"rm -rf {home}"), way],
            [ratio("wall", "recoll", 0.1)],
            rounds=self.rounds(2, 3),
            note=f"A tenth of the messages for both ({self.corpora.messages // 10:,}): recoll takes its time in proportion. It is "
            "given a text file for each message, made beforehand; we read the ZIP and keep its media as well.",
        )

    def second_ingest(self):
        first, archive, home = self.corpora.home(1), self.corpora.snapshot(2), self.path("home")
        return Row(
            [
                Way("throwback", self.ingest(home, archive), f"rm -rf {home} && cp -a --reflink=auto {first} {home}"),
                self.unzip(archive),
                *self.backups(self.corpora.tree(2), self.corpora.tree(1)),
            ],
            [
                ratio("wall", "unzip", 0.2),
                ratio("wall", "borg", 0.8),
                ratio("wall", "restic", 0.25),
                bound("peak", 200),
            ],
            rounds=self.rounds(3),
            note="Into a home or repository that holds the first.",
        )

    def known_again(self):
        home, archive = self.corpora.home(3), self.corpora.snapshot(3)
        return Row(
            [Way("throwback", self.ingest(home, archive)), Way("empty process", "true")],
            [bound("wall", 15)],
            rounds=self.rounds(21, 21),
        )

    def known_in_full(self):
        """With the option that reads an archive's bytes although it is known, where the program has it."""
        home, archive = self.corpora.home(3), self.corpora.snapshot(3)
        options = subprocess.run(
            [self.corpora.programs.throwback, "ingest", "--help"], capture_output=True, text=True, check=True
        ).stdout
        has_full = re.search(r"--full\b", options) is not None
        ours = Way("throwback", f"{self.ours(home)} ingest --full {archive}") if has_full else None
        aims = [ratio("wall", "b3sum", 2)]
        return Row(
            [ours, self.there("b3sum", Way("b3sum", f"b3sum {archive}"))],
            aims if has_full else [said("wall, throwback / b3sum: not built; aim ≤ 2")],
            rounds=self.rounds(5),
            note="" if has_full else "`ingest --full` is not built; the floor that it would be held against is.",
        )

    def history(self, packing):
        return History(self, packing)

    def documents(self):
        return Documents(rounds=self.rounds(1, 5))

    def search(self, kind):
        """One class of queries: what is typed, what FTS5 is asked, what rg looks for; `None` where a peer has no such thing."""
        home = self.corpora.home(3)
        typed, fts5, rg = SEARCHES[kind]
        if kind == "rare word":
            typed = fts5 = self.corpora.rare_word(home)
            rg = [typed]
        ways = [
            Way("throwback", f"{self.ours(home)} search {quoted(typed)}"),
            Way("empty process", "true"),
        ]
        aims = [over("empty process", 10), bound("peak", 40)]
        if fts5 and self.peers["sqlite-utils"] and self.peers["sqlite3"]:
            sql = (
                "SELECT m.at_ms, m.author, m.text FROM m_fts JOIN m ON m.rowid = m_fts.rowid "
                f"WHERE m_fts MATCH '{fts5}' ORDER BY m_fts.rank LIMIT 20"
            )
            ways.append(Way("FTS5", f"sqlite3 {self.corpora.fts5(home)} {quoted(sql)}"))
        if kind == "common word":
            aims.append(ratio("wall", "FTS5", 0.05))
        if rg:
            patterns = " ".join(f"-e {quoted(pattern)}" for pattern in rg)
            looked = f"-i -g '*.json' {patterns} {self.corpora.tree(3)}"
            ways.append(self.there("rg", Way("rg", f"rg -c {looked}", listing=f"rg {looked}")))
            aims.append(ratio("wall", "rg", 0.1))
        if kind == "rare word":
            found = f"rga -i {quoted(typed)} {self.corpora.snapshot(3)}"
            ways.append(self.there("rga", Way("rga", found, at_most=2)))
            aims.append(ratio("wall", "rga", 0.002))
        note = "Fewer than ten hits: ours goes on to words that begin so, hold it, or are similar." if kind == "rare word" else ""
        row = Row(ways, aims, rounds=self.rounds(21, 21), note=note, counts_lines=True)
        self.searches.append(row)
        return row

    def all_searches(self):
        return Together(searches=self.searches)

    def new_messages(self):
        n_rounds = self.rounds(7, 11)
        archives = [self.corpora.newest(number) for number in range(n_rounds)]
        home = self.path("grown")
        sh(f"rm -rf {home} && cp -a --reflink=auto {self.corpora.home(2)} {home}")
        return Row(
            [Way("throwback", lambda number: self.ingest(home, archives[number])), Way("empty process", "true")],
            [bound("wall", 100), bound("peak", 200)],
            rounds=n_rounds,
            note=f"The whole process, durable and searchable: downloads of a date range, each of the next {N_NEW} messages and what "
            f"else came meanwhile, one after the other into a home of {self.corpora.messages * 9 // 10:,} messages.",
        )

    def duplicates(self):
        archives = [self.corpora.snapshot(number) for number in (1, 2, 3)]
        out, home = self.path("x"), self.path("home")
        unpacked = " && ".join(f"unzip -q -o {archive} -d {out}/{n}" for n, archive in enumerate(archives, 1))
        sql = "SELECT hash, bytes, COUNT(*), GROUP_CONCAT(path, char(10)) FROM entries GROUP BY hash HAVING COUNT(*) > 1"
        named = " ".join(map(str, archives))
        listed = f"sql --json {quoted(sql)}"
        return Row(
            [
                Way("throwback", f"{self.ours(home)} ingest {named} && {self.ours(home)} {listed}", f"rm -rf {home}"),
                Way("held already", f"{self.ours(self.corpora.home(3))} {listed}"),
                self.there("jdupes", Way("jdupes", f"{unpacked} && jdupes -q -r {out}", f"rm -rf {out} && mkdir {out}")),
            ],
            [ratio("wall", "jdupes", 1.0), ratio("wall", "jdupes", 1.0, ours="held already")],
            rounds=self.rounds(1, 3),
            note="No command finds doubles in ZIPs without bringing these in: `throwback` is ingesting all three into a new home, with "
            "index and all, and then one question; *held already* is that question alone. A dry run tells how many are doubles, "
            "not which. jdupes includes unpacking.",
        )

    def memory(self):
        at_once, four_times = (1, 4) if not self.is_quick else (0.25, 1)
        sizes = [int(self.corpora.messages * factor) for factor in (at_once, four_times)]
        ways, homes = [], []
        for messages in sizes:
            home = self.path(f"home-{messages}")
            homes.append(str(home))
            first, second = (self.corpora.of_size(messages, number) for number in (1, 2))
            ways.append(Way(f"first, {messages:,}", self.ingest(home, first), f"rm -rf {home}"))
            ways.append(Way(f"second, {messages:,}", self.ingest(home, second)))
        small, large = sizes

        def grows(which, most):
            def grown(row):
                value = row.median(f"{which}, {large:,}", "peak") / max(row.median(f"{which}, {small:,}", "peak"), 1)
                return f"peak, {which} ingest at 4× / at 1×: **{value:.2f}**, aim: about 1 (≤ {most}): {verdict(value <= most)}"

            return grown

        return Row(
            ways,
            [
                bound("peak", 400, ours=f"first, {large:,}"),
                bound("peak", 200, ours=f"second, {large:,}"),
                *(grows(which, 1.25) for which in ("first", "second")),
            ],
            rounds=self.rounds(1, 1),
            note=f"The first two of three snapshots of {small:,} and of {large:,} messages, media in proportion.",
            clean=f"rm -rf {' '.join(homes)}" + ("" if self.is_quick else f" {self.path('size')}-*"),
        )


# What is typed; what FTS5 is asked; what rg looks for, any of it. rg and FTS5 see no escapes, no emoji and no part of a word.
SEARCHES = {
    "rare word": (None, None, None),
    "common word": ("ich", "ich", ["ich"]),
    "two words": ("ich und", "ich und", ["ich.*und", "und.*ich"]),
    "phrase": ('"see you"', '"see you"', ["see you"]),
    "prefix": ("woch*", "woch*", [r"\bwoch"]),
    "CJK": ("서울", '"서울"', ["서울"]),
    "emoji": ("👍", '"👍"', ["👍"]),
    "filter only": ("kind:message has:media", None, None),
}


def table(bench):
    """Names of the rows, in the order of the document, and what makes each."""
    yield "First ingest", bench.first_ingest
    yield "First ingest against unzip, sqlite-utils and FTS5", bench.against_sqlite_utils
    yield "First ingest against recoll over one file a message", bench.against_recoll
    yield "Second snapshot, 90 % the same", bench.second_ingest
    yield "The same archive again", bench.known_again
    yield "The same archive again, every byte read (--full)", bench.known_in_full
    for packing in ("stored", "deflated"):
        yield f"The twentieth snapshot, {packing}", lambda packing=packing: bench.history(packing)
    yield "JSON with text repair, one core", bench.documents
    for kind in SEARCHES:
        yield f"Search: {kind}", lambda kind=kind: bench.search(kind)
    yield "Search: all classes", bench.all_searches
    yield f"A ZIP with {N_NEW} new messages", bench.new_messages
    yield "Duplicates over three snapshots", bench.duplicates
    yield "Anonymous memory at 1× and 4×", bench.memory

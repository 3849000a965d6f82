"""Says what a verdict found, as a table for docs/reliability.md, and everything that is wrong."""

import collections
import os
import re

from trial import samples

# Log lines of these are faults of the system, whatever caused them.
SERIOUS = re.compile(r"\b(error|fatal|panic):|quarantine|damage|Exception|\bat dev\.postrider\.")
# Said by the commands of the trial to a daemon that was killed, and by a start while a postsuper works on the stopped queue.
HARMLESS = re.compile(r"status=|fatal: (the Postrider mail system is not running|\S+ is in use by process )")
NUMBER = re.compile(r"\b[0-9A-F]{9,14}\b|\d+")


def table(rows):
    width = max(len(name) for name, _ in rows)
    lines = [f"| {'what':<{width}} | count |", f"|{'-' * (width + 2)}|---:|"]
    return "\n".join(lines + [f"| {name:<{width}} | {value} |" for name, value in rows])


def kill(directory, seed, verdict, copies):
    figures = verdict.figures
    kinds = ", ".join(f"{count} {how}" for how, count in sorted(verdict.kill_kinds.items(), key=lambda e: -e[1]))
    ways = ", ".join(f"{figures[k]} {k[15:]}" for k in sorted(figures) if k.startswith("handed over by "))
    rows = [
        ("kills", f"{len(verdict.kills)}: {kinds}"),
        ("time", f"{(verdict.last - verdict.first) / 60:.0f} min; seed {seed}"),
        ("slowest start", f"{max(verdict.starts, default=0):.1f} s, median {median(verdict.starts):.2f} s"),
        ("messages handed over", f"{len(verdict.stories)}: {ways}; {figures['bytes handed over'] // 1_000_000} MB"),
        ("acknowledged", figures["taken"]),
        ("not acknowledged, cannot have been stored", figures["refused"]),
        ("no answer: not stored", figures["unknown, not stored"]),
        ("no answer: stored, whole", figures["unknown, stored"]),
        ("refused and stored nevertheless", figures["refused and stored"]),
        ("operator's actions", actions(verdict)),
        ("recipients of what was stored", figures["recipients of stored messages"]),
        ("delivered", figures["delivered"]),
        ("bounced", figures["bounced"]),
        ("deleted by the operator", figures["deleted by the operator"]),
        ("**lost**", figures["LOST"]),
        ("**damaged**", figures["damaged"]),
    ]
    for what in ("duplicates", "repeated notices"):
        rows.append((what, figures[what]))
        for key in sorted(figures):
            if key.startswith(what + ": "):
                rows.append(("… " + key[len(what) + 2 :], figures[key]))
    rows.append(("from an answer to the kill before its record", spread(verdict.gaps)))
    rows.append(("from storing to the kill before the removal", spread(verdict.storing_gaps)))
    for key in ("bounced without reason", "came from nowhere", "notice from nowhere", "delivered and bounced"):
        rows.append((key, figures[key]))
    for key in ("delivered and bounced, explained", "delivered after their deletion, a kill just behind it", "delivered after their deletion"):
        rows.append((key, figures[key]))
    if copies is not None:
        rows.append(("segments, messages copied by compaction", f"{copies.segments}, {copies.copies}"))
    print("\n" + table(rows))
    return conclude(directory, verdict)


def actions(verdict):
    counts = collections.Counter(action.what for action in verdict.actions.values())
    return ", ".join(f"{count} {what}" for what, count in counts.most_common())


def conclude(directory, verdict):
    """Prints what is wrong; returns the exit code."""
    serious = log_faults(directory)
    left = leftovers(os.path.join(directory, "q"))
    for text, count in verdict.troubles.items():
        print(f"trouble, {count} times: {text}")
    for text, count in serious.most_common(20):
        print(f"log, {count} times: {text}")
    for each in left:
        print("left behind: " + each)
    for each in verdict.faults[:50]:
        print("FAULT " + each)
    good = verdict.good() and not serious and not left and not verdict.troubles
    print("\nverdict: " + ("nothing lost, nothing damaged, nothing unexplained" if good else "NOT GOOD, see above"))
    return 0 if good else 1


def log_faults(directory):
    """Lines of the mail log that should not be there, numbers made equal, with their count."""
    counts = collections.Counter()
    try:
        with open(os.path.join(directory, "mail.log"), encoding="utf-8", errors="replace") as file:
            for line in file:
                text = line.split(": ", 1)[-1].strip()
                if SERIOUS.search(text) and not HARMLESS.search(text):
                    counts[NUMBER.sub("#", text)[:200]] += 1
    except FileNotFoundError:
        pass
    return counts


def leftovers(queue):
    """What a drained and stopped queue directory should not have."""
    left = []
    for name in ("spool/bodies", "spool/quarantine"):
        try:
            left += [f"{name}/{each}" for each in os.listdir(os.path.join(queue, name))]
        except FileNotFoundError:
            pass
    return left


def median(numbers):
    ordered = sorted(numbers)
    return ordered[len(ordered) // 2] if ordered else 0.0


def spread(gaps):
    if not gaps:
        return "-"
    ordered = sorted(gaps)
    nine = ordered[len(ordered) * 9 // 10]
    return f"median {median(gaps) * 1000:.0f} ms, nine of ten below {nine * 1000:.0f} ms, at most {ordered[-1] * 1000:.0f} ms"


# The last third of the time against the one before it; what a collector leaves lying varies by more than a few percent.
FLAT = 1.15


def soak(directory, seed, minutes, verdict, trial):
    """The table of a soak; returns the exit code."""
    figures = verdict.figures
    complete = [run for run, good in trial.runs.items() if good]
    bulk = len(complete) * len(next(iter(trial.bulk.runs.values()), b""))
    missing = sum(trial.bulk.runs[run].count(0) for run in complete)
    twice = sum(count - 1 for run in complete for count in trial.bulk.runs[run] if count > 1)
    peak = {name: max((row[name] for row in trial.samples.rows if row[name] != ""), default=0) for name in ("rss_kb", "threads", "descriptors", "spool_kb", "queue")}
    rows = [
        ("load", f"{minutes:g} min; seed {seed}"),
        ("by smtp-source: accepted", f"{bulk} in {len(complete)} runs; {len(trial.runs) - len(complete)} runs broken off"),
        ("… arrived", bulk - missing),
        ("… **missing**", missing),
        ("… more than once", twice),
        ("others handed over", f"{len(verdict.stories)}; {figures['bytes handed over'] // 1_000_000} MB"),
        ("acknowledged", figures["taken"]),
        ("recipients of them", figures["recipients of stored messages"]),
        ("delivered", figures["delivered"]),
        ("bounced", figures["bounced"]),
        ("**lost**", figures["LOST"]),
        ("**damaged**", figures["damaged"]),
        ("duplicates at our sink: it hung up instead of its answer", figures["duplicates: the sink hung up instead of its answer"]),
        ("duplicates at smtp-sink: it was ended between message and answer", figures["duplicates at smtp-sink"]),
        ("bounced after that", figures["delivered and bounced at smtp-sink"]),
        ("duplicates, not explained", figures["duplicates: NOT EXPLAINED"]),
    ]
    flat = True
    for name, unit in (("rss_kb", "resident memory, KB"), ("heap_used_kb", "heap in use, KB"), ("threads", "threads"), ("descriptors", "descriptors")):
        if not any(row[name] for row in trial.samples.rows):
            rows.append((unit, "not known: no jcmd of the image's JDK in JAVA_HOME or PATH"))
            continue
        middle, last = samples.thirds(trial.samples.rows, name)
        rows.append((f"{unit}: middle third, last third", f"{middle}, {last}"))
        # The heap in use is what lies there at that moment: told, not judged.
        if name != "heap_used_kb" and last > middle * FLAT + (20 if name in ("threads", "descriptors") else 0):
            flat = False
    rows.append(("at most: resident KB, threads, descriptors, spool KB, queue", ", ".join(str(peak[name]) for name in peak)))
    rows.append(("memory", "flat" if flat else "GROWS"))
    print("\n" + table(rows))
    if missing:
        verdict.faults.append(f"{missing} bulk messages are missing")
    if not flat:
        verdict.faults.append("memory, threads or descriptors grow")
    return conclude(directory, verdict)

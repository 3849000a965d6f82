"""Reads a ledger and says what became of every message for every recipient."""

import bisect
import collections

from trial import ledger, messages

# 2025-01-01, where short queue ids begin to count.
ID_EPOCH = 1_735_689_600

# A kill this long after an answer, in seconds, may have hit before the answer was recorded. What it has to fall into is
# a few milliseconds where there is a core to run on, and much more where there is none: the figures tell the gaps.
NEAR = 3.0


def arrival(queue_id):
    """When a message of that id was stored; None for what is not a short id."""
    try:
        return int(queue_id[5:], 16) + ID_EPOCH + int(queue_id[:5], 16) / 1e6
    except ValueError:
        return None


class Reception:
    """What the sink took for one recipient, message or notice."""

    __slots__ = ("at", "queue_id", "how", "since", "says", "original")

    def __init__(self, at, queue_id, how, since, says, original=None):
        self.at = at
        self.queue_id = queue_id
        self.how = how
        self.since = float(since)
        self.says = says
        # Whose queue id tells which copy of the message this is about.
        self.original = original or queue_id


class Story:
    """What the ledger says of one message."""

    __slots__ = ("name", "way", "digest", "recipients", "fate", "reason", "got", "notices", "asked", "seen")

    def __init__(self, name, way, digest, recipients):
        self.name = name
        self.way = way
        self.digest = digest
        self.recipients = recipients
        self.fate = "unknown"
        self.reason = "the trial ended first"
        self.got = collections.defaultdict(list)
        self.notices = collections.defaultdict(list)
        self.asked = []
        self.seen = False


class Action:
    """One of the operator's."""

    def __init__(self, at, what, ids):
        self.begun = at
        self.ended = float("inf")
        self.what = what
        self.ids = ids
        self.done = set()


class Verdict:
    def __init__(self, path):
        self.stories = {}
        self.kills = []
        self.actions = {}
        self.figures = collections.Counter()
        self.faults = []
        self.gaps = []
        self.storing_gaps = []
        self.troubles = collections.Counter()
        self.kill_kinds = collections.Counter()
        self.starts = []
        self.first = self.last = None
        for at, kind, fields in ledger.read(path):
            self.first = self.first or at
            self.last = at
            getattr(self, "on_" + kind, self.on_other)(at, *fields)
        self.kills.sort()

    # What the ledger's lines say.

    def on_submit(self, at, name, way, size, digest, recipients):
        self.stories[name] = Story(name, way, digest, recipients.split(","))
        self.figures["bytes handed over"] += int(size)

    def on_taken(self, at, name):
        self.stories[name].fate = "taken"

    def on_refused(self, at, name, reason):
        self.stories[name].fate = "refused"
        self.stories[name].reason = reason

    def on_unknown(self, at, name, reason):
        self.stories[name].fate = "unknown"
        self.stories[name].reason = reason

    def on_got(self, at, name, recipient, queue_id, how, since, digest):
        story = self.stories.get(name)
        if story is None or recipient not in story.recipients:
            self.fault("came from nowhere", f"{name} for {recipient}")
            return
        story.got[recipient].append(Reception(at, queue_id, how, since, digest))

    def on_notice(self, at, name, recipient, queue_id, how, since, status, original):
        story = self.stories.get(name)
        if story is None or recipient not in story.recipients:
            self.fault("notice from nowhere", f"{name} for {recipient}")
            return
        story.notices[recipient].append(Reception(at, queue_id, how, since, status, original))

    def on_kill(self, at, how):
        self.kills.append(at)
        self.kill_kinds[how] += 1

    def on_ready(self, at, seconds):
        self.starts.append(float(seconds))

    def on_begin(self, at, number, what, ids):
        pairs = dict(each.split("=") for each in ids.split(","))
        action = Action(at, what, pairs)
        self.actions[number] = action
        for name in set(pairs.values()):
            story = self.stories.get(name)
            if story is not None:
                story.asked.append(action)
                story.seen = True

    def on_end(self, at, number, code, done):
        action = self.actions[number]
        action.ended = at
        action.done = set(done.split(",")) if done else set()

    def on_trouble(self, at, text):
        self.troubles[text] += 1

    def on_other(self, at, *fields):
        pass

    # What follows from it.

    def fault(self, what, detail):
        self.figures[what] += 1
        self.faults.append(f"{what}: {detail}")

    def killed_between(self, begin, end):
        index = bisect.bisect_left(self.kills, begin)
        return index < len(self.kills) and self.kills[index] <= end

    def judge(self):
        for story in self.stories.values():
            self.judge_message(story)
        return self

    def judge_message(self, story):
        figures = self.figures
        figures[f"handed over by {story.way}"] += 1
        figures[story.fate] += 1
        arrived = bool(story.got or story.notices)
        if story.fate == "refused":
            if arrived or story.seen:
                self.fault("refused and stored", f"{story.name}: {story.reason}")
            return
        if story.fate == "unknown":
            if not arrived and not story.seen:
                figures["unknown, not stored"] += 1
                return
            figures["unknown, stored"] += 1
        for recipient in story.recipients:
            figures["recipients of stored messages"] += 1
            self.judge_recipient(story, recipient)

    def judge_recipient(self, story, recipient):
        figures = self.figures
        got = story.got.get(recipient, [])
        notices = [each for each in story.notices.get(recipient, []) if each.how == "answered"]
        for each in got:
            if each.says != story.digest:
                self.fault("damaged", f"{story.name} for {recipient}, queue id {each.queue_id}")
        answered = [each for each in got if each.how == "answered"]
        expired = any(each.what == "expire" for each in story.asked)
        if answered:
            figures["delivered"] += 1
            if notices:
                self.both(story, recipient, answered, notices, expired)
        elif notices:
            if messages.kind(recipient) in messages.BOUNCES or expired:
                figures["bounced"] += 1
            else:
                self.fault("bounced without reason", f"{story.name} for {recipient}: {notices[0].says}")
        elif self.deleted(story):
            figures["deleted by the operator"] += 1
        else:
            self.fault("LOST", f"{story.name} ({story.way}, {story.fate}) for {recipient}")
        self.repeats(story, recipient, got, "duplicates")
        self.repeats(story, recipient, story.notices.get(recipient, []), "repeated notices")
        self.after_delete(story, recipient, answered)

    def both(self, story, recipient, answered, notices, expired):
        """Taken by the sink, not recorded because of a kill, then expired and refused: told of twice; or two copies."""
        if messages.kind(recipient) == "any":
            # smtp-sink took it and was ended before it answered; the next mood refused it.
            self.figures["delivered and bounced at smtp-sink"] += 1
        elif expired and any(self.in_flight(each) for each in answered):
            self.figures["delivered and bounced, explained"] += 1
        elif expired and self.told_of_another_copy(story, answered, notices):
            self.figures["delivered and bounced, explained"] += 1
        else:
            self.fault("delivered and bounced", f"{story.name} for {recipient}")

    def told_of_another_copy(self, story, answered, notices):
        """Whether a kill left two copies in the queue, of which one was delivered and the other one expired."""
        return any(
            notice.original != each.queue_id and self.second_copy(story, [each], notice)
            for notice in notices
            for each in answered
        )

    def in_flight(self, reception):
        """Whether a kill may have come before what the sink took was recorded."""
        return self.killed_between(reception.since, reception.at + NEAR)

    def deleted(self, story):
        """Acknowledged, or begun and a kill fell into it."""
        for action in story.asked:
            if action.what != "delete":
                continue
            if any(action.ids.get(each) == story.name for each in action.done):
                return True
            if self.killed_between(action.begun, action.ended + NEAR):
                return True
        return False

    def repeats(self, story, recipient, receptions, what):
        for number in range(1, len(receptions)):
            self.figures[what] += 1
            reason = self.reason(story, receptions[:number], receptions[number])
            if messages.kind(recipient) == "any":
                # Its process is ended to change its mood, at any moment.
                figures = self.figures
                figures[what] -= 1
                figures["duplicates at smtp-sink"] += 1
            elif reason:
                self.figures[f"{what}: {reason}"] += 1
            else:
                self.fault(
                    f"{what}: NOT EXPLAINED",
                    f"{story.name} for {recipient}: "
                    + ", ".join(f"{e.at:.3f} {e.queue_id} {e.how}" for e in receptions),
                )

    def reason(self, story, earlier, repeated):
        """Why a recipient got it again; empty if there is no reason."""
        same = [each for each in earlier if each.queue_id == repeated.queue_id]
        if same:
            return self.repeated_attempt(same[-1], repeated)
        return self.second_copy(story, earlier, repeated)

    def repeated_attempt(self, before, repeated):
        if before.how == "dropped":
            return "the sink hung up instead of its answer"
        gap = self.gap(before.since, before.at)
        if gap is None or before.at + gap > repeated.at:
            return ""
        self.gaps.append(gap)
        return "killed between the sink's answer and its record"

    def second_copy(self, story, earlier, repeated):
        """Another message in the queue: what it was made of was still there, or its recipients not yet recorded."""
        if any(
            action.what == "requeue" and self.killed_between(action.begun, action.ended + NEAR)
            for action in story.asked
        ):
            return "killed between the two steps of a requeue"
        # A notice was composed twice, or is about two copies; a submission was taken from the maildrop twice.
        twins = [each for each in earlier if each.original == repeated.original]
        by_notice = twins and repeated.original != repeated.queue_id
        if by_notice or story.way != "smtp":
            first, other = (twins[-1].queue_id, repeated.queue_id) if by_notice else (earlier[-1].original, repeated.original)
            stored = [each for each in (arrival(first), arrival(other)) if each is not None]
            gap = self.gap(min(stored), min(stored)) if stored else None
            if gap is not None:
                self.storing_gaps.append(gap)
                return "killed between storing it and removing what it was made of"
        # A requeued message goes on from what was recorded.
        if any(each.how == "dropped" for each in earlier):
            return "the sink hung up instead of its answer"
        if any(self.in_flight(each) for each in earlier):
            return "killed between the sink's answer and its record"
        return ""

    def gap(self, begin, end):
        """How long after the end of something the kill came that fell into it or soon after; None if none did."""
        index = bisect.bisect_left(self.kills, begin)
        if index < len(self.kills) and self.kills[index] <= end + NEAR:
            return max(0.0, self.kills[index] - end)
        return None

    def after_delete(self, story, recipient, answered):
        """A copy that the operator was told is gone, and that arrives nevertheless."""
        for action in story.asked:
            if action.what != "delete":
                continue
            for each in answered:
                if each.queue_id in action.done and each.at > action.ended + NEAR:
                    if self.killed_between(action.begun, action.ended + NEAR):
                        self.figures["delivered after their deletion, a kill just behind it"] += 1
                    else:
                        self.fault("delivered after their deletion", f"{story.name} for {recipient} {each.queue_id}")

    def good(self):
        return not self.faults

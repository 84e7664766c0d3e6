#!/usr/bin/env python3
"""A bot that rolls dice and reminds, in groups and in private:

    roll 2d6            ann: 2d6 is 4 + 3 = 7
    remind 10m tea      and ten minutes later: ann: tea

Reminders survive a restart, and nothing is written for that: at its start the bot reads the messages of the last days
again, and each answer has a key made of the message's id, so that the engine says it once. What came due while the bot
was away is said when it is back.

    Examples/dice.py [OPTION OF LINNET ...]         such as --profile dice --nick dice --lan
LINNET names the program (default: the one on the PATH).
"""
import datetime
import heapq
import queue
import random
import re
import sys
import time

from linnet import Linnet, LinnetError

ROLL = re.compile(r"(?:@\S+\s+)?roll\s+(\d{0,2})d(\d{1,3})", re.IGNORECASE)
REMIND = re.compile(r"(?:@\S+\s+)?remind\s+(\d{1,5})([smhd])\s+(\S.{0,499})", re.IGNORECASE | re.DOTALL)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# An engine remembers keys for seven days: reminders have to be done by then.
LONGEST, MEMORY = 3 * 86400, "4d"
# Reminders that one person may be waiting for.
MANY = 20
dice = random.SystemRandom()


def main(options):
    reminders = []
    with Linnet("--bot", *options) as linnet:
        seen = 0
        for event in past(linnet):
            remind(linnet, event, reminders)
            seen = event["seq"]
        linnet.call("events.subscribe", consumer="dice", since="ack", types=["message", "group.invited"])
        print("rolling", flush=True)
        while True:
            while reminders and reminders[0][0] <= time.time():
                _, _, event, text = heapq.heappop(reminders)
                say(linnet, event, "remind", text)
            try:
                wait = reminders[0][0] - time.time() if reminders else None
                event = next(linnet.events(timeout=wait and max(wait, 0)), None)
            except queue.Empty:
                continue
            if event is None:
                return
            if event["type"] == "group.invited":
                accept(linnet, event)
            elif event["type"] == "message":
                roll(linnet, event)
                if event["seq"] > seen:
                    remind(linnet, event, reminders)
            if "seq" in event:
                # Only now: what the bot was not done with when it ended comes again.
                linnet.call("events.ack", consumer="dice", seq=event["seq"])


def past(linnet):
    """The messages of the last days."""
    since = MEMORY
    while since is not None:
        page = linnet.call("events.replay", since=since, types=["message"], limit=500)
        for item in page["items"]:
            if item["event"]["type"] == "message":
                yield item["event"]
        since = page.get("next")


def accept(linnet, event):
    try:
        linnet.call("group.accept", invite=event["invite"])
    except LinnetError as error:
        print(f"{error.code}: {error}", file=sys.stderr, flush=True)


def roll(linnet, event):
    found = ROLL.fullmatch(event.get("text", "").strip())
    if not found:
        return
    count, sides = int(found[1] or 1), int(found[2])
    if not 1 <= count <= 20 or sides < 2:
        return say(linnet, event, "roll", "at most 20 dice, of at least 2 sides")
    eyes = [dice.randint(1, sides) for _ in range(count)]
    total = f" = {sum(eyes)}" if count > 1 else ""
    say(linnet, event, "roll", f"{count}d{sides} is {' + '.join(map(str, eyes))}{total}")


def remind(linnet, event, reminders):
    found = REMIND.fullmatch(event.get("text", "").strip())
    if not found or event.get("is_from_self") or event.get("is_bot"):
        return
    delay = int(found[1]) * UNITS[found[2].lower()]
    asked = datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()
    due = asked + delay
    # How many there were then: after a restart it must come out the same.
    waiting = sum(other["from"] == event["from"] and later > asked for later, _, other, _ in reminders)
    if delay > LONGEST:
        say(linnet, event, "remind", "at most 3 days")
    elif waiting >= MANY:
        say(linnet, event, "remind", f"you have {MANY} reminders already")
    else:
        heapq.heappush(reminders, (due, event["seq"], event, found[3]))


def say(linnet, event, what, text):
    if event.get("is_bot"):
        return
    name = event.get("nick") or event["from"][-6:]
    try:
        linnet.insist(
            "message.send", key=f"{what} {event['message']}", to=event.get("group") or event["from"],
            reply_to=event["message"], text=f"{name}: {text}")
    except LinnetError as error:
        # A key that said something else: the dice had fallen before a crash, and that is what counts.
        if error.code not in ("key.conflict", "engine.gone"):
            print(f"{error.code}: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

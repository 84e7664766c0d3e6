#!/usr/bin/env python3
"""Moderates a group: warns who uses a bad word, and removes who does it again or says too much at once.

    Examples/moderate.py '#GROUP' WORD[,WORD...] [OPTION OF LINNET ...]
The bot has to be an admin of the group: `linnet group.role group='#GROUP' peer=BOT role=admin`. It says why, in the
group, and the one who is removed is told the reason, too. Admins and bots are left alone.
What was counted is forgotten when it ends. LINNET names the program (default: the one on the PATH).
"""
import collections
import datetime
import re
import sys

from linnet import Linnet, LinnetError

MESSAGES, SECONDS = 6, 10  # more than so many within so long is a flood


def main(group, words, options):
    bad = re.compile(r"\b(%s)\b" % "|".join(map(re.escape, words.split(","))), re.IGNORECASE)
    warned = set()
    said = collections.defaultdict(collections.deque)
    with Linnet("--bot", *options) as linnet:
        group = linnet.call("group.show", group=group)["group"]

        def admins():
            return {member["peer"] for member in linnet.call("group.members", group=group)["items"]
                    if member["role"] == "admin"}

        def remove(event, reason):
            try:
                # A key: what is done is not done again when the message comes again.
                linnet.call("group.kick", key="kick " + event["message"], group=group, peer=event["from"], reason=reason)
                say(event, f"{name(event)} was removed: {reason}")
            except LinnetError as error:
                # Gone already, or this bot is no admin (any more).
                print(f"cannot remove {event['from']}: {error.code}: {error}", file=sys.stderr, flush=True)

        def say(event, text):
            try:
                linnet.call("message.send", key="mod " + event["message"], to=group, text=text)
            except LinnetError as error:
                print(f"cannot say: {error.code}: {error}", file=sys.stderr, flush=True)

        print("moderating", flush=True)
        for event in linnet.events("message", "group.member_left"):
            if event.get("group") != group:
                continue
            if event["type"] == "group.member_left":
                said.pop(event["peer"], None)
                continue
            author = event["from"]
            if event.get("is_bot") or event.get("is_from_self"):
                continue
            # By the clock of this engine: `sent_time` is the author's.
            times = said[author]
            times.append(seconds(event["time"]))
            while times[-1] - times[0] > SECONDS:
                times.popleft()
            found = bad.search(event.get("text", ""))
            if not found and len(times) <= MESSAGES:
                continue
            if author in admins():
                continue
            if len(times) > MESSAGES:
                remove(event, f"more than {MESSAGES} messages in {SECONDS} seconds")
            elif author in warned:
                remove(event, f"said '{found[0]}' again")
            else:
                warned.add(author)
                say(event, f"{name(event)}: please do not say '{found[0]}'. Next time you are out.")


def name(event):
    """What to call somebody: anybody may use any nick, so the end of the peer id stands by."""
    return f"{event['nick']} ({event['from'][-6:]})" if "nick" in event else event["from"][-6:]


def seconds(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

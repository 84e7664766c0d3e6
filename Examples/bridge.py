#!/usr/bin/env python3
"""Joins two groups: what is said in one is said in the other, with the name of who said it.

    Examples/bridge.py '#ONE' '#OTHER' [OPTION OF LINNET ...]
The account of the bridge has to be a member of both. What bots say stays where it is: so neither two bridges between
the same groups nor a bot on either side make a loop. Messages that are said faster than a bot may speak wait; what was
said while the bridge was away is carried over when it is back, once.
LINNET names the program (default: the one on the PATH).
"""
import sys

from linnet import Linnet, LinnetError


def main(one, other, options):
    with Linnet("--bot", *options) as linnet:
        one, other = (linnet.call("group.show", group=group)["group"] for group in (one, other))
        if one == other:
            sys.exit("that is one group")
        beyond = {one: other, other: one}
        linnet.call("events.subscribe", consumer="bridge", since="ack", types=["message"], chats=[one, other])
        print("bridging", flush=True)
        for event in linnet.events("message"):
            # Events that were under way before the subscription may be of other conversations.
            if event.get("group") in beyond and not event.get("is_bot") and not event.get("is_from_self"):
                carry(linnet, event, beyond[event["group"]])
            linnet.call("events.ack", consumer="bridge", seq=event["seq"])


def carry(linnet, event, group):
    # Anybody may use any nick, so the end of the peer id stands by.
    author = event["from"][-6:]
    if "nick" in event:
        author = f"{event['nick']} ({author})"
    text = event.get("text") or f"({event['content_type']}, which is not carried over)"
    try:
        # The key makes it one message, however often its event comes.
        linnet.insist("message.send", key="bridge " + event["message"], to=group, text=f"<{author}> {text}")
    except LinnetError as error:
        print(f"not carried over: {error.code}: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

#!/usr/bin/env python3
"""wsp's dialect, in front of linnet: for front ends that were written for wsp.

In come lines of text, `connect ADDR` and `send TEXT` (to every connected peer); out come lines of JSON with `type`
`started`, `status`, `connected`, `message`, `sent` or `error`, and `peerId`, `from`, `content` or `error` beside it.

usage: Examples/wsp.py [OPTION OF LINNET ...]
LINNET names the program (default: the one on the PATH). The end of the input is the end.
"""
import json
import os
import subprocess
import sys
import threading

engine = subprocess.Popen(
    [os.environ.get("LINNET", "linnet"), *sys.argv[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
lock = threading.Lock()
peers = {}  # connected peers, in the order of coming
asked = {}  # what each command under way was, by its id


def say(kind, **fields):
    with lock:
        print(json.dumps({"type": kind, **fields}, ensure_ascii=False), flush=True)


def command(line, **context):
    with lock:
        asked[len(asked) + 1] = context
        engine.stdin.write(json.dumps({**line, "id": len(asked)}).encode() + b"\n")
        engine.stdin.flush()


def translate(line):
    kind, context = line["type"], asked.get(line.get("id"), {})
    if kind == "started":
        say("started", peerId=line["peer"])
        for address in line["addresses"]:
            say("status", content=f"Listening on {address}")
    elif kind == "peer.connected":
        peers[line["peer"]] = True
        say("connected", peerId=line["peer"])
    elif kind == "peer.disconnected":
        peers.pop(line["peer"], None)
        say("status", content=f"Lost peer: {line['peer']}")
    elif kind == "message" and "text" in line:
        say("message", **{"from": line["from"], "content": line["text"]})
    elif kind == "ok" and "sent" in context:
        say("sent", content=context["sent"])
    elif kind == "error":
        say("error", error=line["text"])


def read():
    for line in engine.stdout:
        translate(json.loads(line))


reader = threading.Thread(target=read, daemon=True)
reader.start()
for text in sys.stdin:
    word, _, rest = text.strip().partition(" ")
    if word == "connect" and rest:
        say("status", content=f"Found peer: {rest}. Connecting...")
        command({"cmd": "net.connect", "address": rest})
    elif word == "send" and rest:
        if not peers:
            say("error", error="no peer is connected")
        for number, peer in enumerate(list(peers)):
            # Told once, however many peers there are.
            command({"cmd": "message.send", "to": peer, "text": rest}, **({"sent": rest} if number == 0 else {}))
    elif word in ("connect", "send"):
        say("error", error=f"usage: {word} {'<multiaddr>' if word == 'connect' else '<text>'}")
    elif word:
        say("error", error="Unknown command")
engine.stdin.close()
reader.join()
sys.exit(engine.wait())

#!/usr/bin/env python3
"""Drives linnet from Python: copy the class, and keep what you need.

As a program it sends a text, waits until the peer has it, and prints the first answer:
    Examples/linnet.py TO TEXT [OPTION OF LINNET ...]
LINNET names the program (default: the one on the PATH).
"""
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time


class LinnetError(Exception):
    """What a command was answered: `code` is stable, the text is for people."""

    def __init__(self, line):
        super().__init__(line["text"])
        self.code, self.line = line["code"], line


class Linnet:
    """An engine in a subprocess. Commands may be given from any thread; events are read from `events()`."""

    def __init__(self, *options, program=os.environ.get("LINNET", "linnet")):
        self._process = subprocess.Popen([program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._ids, self._lock = itertools.count(1), threading.Lock()
        self._answers, self._events = {}, queue.Queue()
        self.started = json.loads(self._process.stdout.readline() or b'{"type":"stopped"}')
        if self.started["type"] == "error":
            raise LinnetError(self.started)
        threading.Thread(target=self._read, daemon=True).start()

    def call(self, cmd, timeout=None, **fields):
        """Gives a command; returns its answer, with the items of a list under "items"."""
        answers = queue.Queue()
        with self._lock:
            number = next(self._ids)
            self._answers[number] = answers
            # The fields of Python's keywords have a line after them: `from_`.
            line = {"cmd": cmd, "id": number, **{name.rstrip("_"): value for name, value in fields.items()}}
            self._process.stdin.write(json.dumps(line).encode() + b"\n")
            self._process.stdin.flush()
        items = []
        while True:
            answer = answers.get(timeout=timeout)
            if answer["type"] in ("item", "progress"):
                items.append(answer)
                continue
            del self._answers[number]
            if answer["type"] == "error":
                raise LinnetError(answer)
            return {**answer, "items": items}

    def insist(self, cmd, **fields):
        """The same, but tries again as long as the engine says when that helps: a bot that speaks too fast waits."""
        while True:
            try:
                return self.call(cmd, **fields)
            except LinnetError as error:
                if error.line.get("retry") != "after":
                    raise
                time.sleep(error.line["retry_after_ms"] / 1000)

    def events(self, *types, timeout=None):
        """Events as they come, of these types if any are given; ends when the engine has stopped."""
        while True:
            event = self._events.get(timeout=timeout)
            if event is None:
                return
            if not types or event["type"] in types:
                yield event

    def _read(self):
        for line in self._process.stdout:
            line = json.loads(line)
            if line.get("cmd") == "events.subscribe" and "consumer" in line:
                # It begins behind what the consumer has acknowledged: what came before this comes again.
                with self._events.mutex:
                    self._events.queue.clear()
            (self._answers[line["id"]] if line.get("id") in self._answers else self._events).put(line)
        gone = {"type": "error", "code": "engine.gone", "text": "the engine has ended"}
        for answers in list(self._answers.values()):
            answers.put(gone)
        self._events.put(None)

    def close(self):
        """Ends the input: the engine finishes what was asked, and goes."""
        self._process.stdin.close()
        return self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with Linnet(*sys.argv[3:]) as linnet:
        try:
            answer = linnet.call("message.send", to=sys.argv[1], text=sys.argv[2], wait="delivered", timeout=30)
        except LinnetError as error:
            sys.exit(f"{error.code}: {error}")
        print(answer["state"], flush=True)
        for event in linnet.events("message", timeout=30):
            print(event["text"], flush=True)
            break

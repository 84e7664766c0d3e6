#!/bin/sh
# An echo bot in jq alone, without --exec: two FIFOs join linnet's output to jq and jq's output to linnet.
#
# Options of linnet may follow, such as: Examples/echo-bot-fifo.sh --listen /ip4/127.0.0.1/tcp/4001
# LINNET names the program (default: the one on the PATH).
set -eu
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
trap 'exit 143' TERM INT
mkfifo "$room/events" "$room/commands"

jq --unbuffered -c '
    if .type == "message" then {cmd: "message.send", to: .from, text: ("echo: " + .text)}
    elif .type == "error" then debug | empty
    else empty end' \
    <"$room/events" >"$room/commands" &

# In this order: opening a FIFO waits for the other end, and jq opens the events first.
"${LINNET:-linnet}" "$@" >"$room/events" <"$room/commands" &
engine=$!
trap 'kill $engine; wait $engine; exit 143' TERM INT
wait "$engine"

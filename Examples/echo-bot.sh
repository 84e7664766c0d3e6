#!/bin/sh
# An echo bot: --exec runs jq between linnet's output and its input. jq reads events and writes commands.
#
# Options of linnet may follow, such as: Examples/echo-bot.sh --listen /ip4/127.0.0.1/tcp/4001
# LINNET names the program (default: the one on the PATH).
exec "${LINNET:-linnet}" "$@" --exec 'jq --unbuffered -c "
    if .type == \"message\" then {cmd: \"message.send\", to: .from, text: (\"echo: \" + .text), reply_to: .message}
    elif .type == \"error\" then debug | empty
    else empty end"'

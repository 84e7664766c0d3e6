#!/usr/bin/env bash
# Does something with each message, at least once, whatever happens in between: a named consumer says what it is done
# with, and what it is not done with comes again after a crash, with "again":true.
#
# usage: Examples/worker.sh COMMAND [OPTION OF LINNET ...]
# COMMAND gets the message's line on its stdin. If it fails, the worker stops, and the message comes again next time.
# LINNET names the program (default: the one on the PATH).
set -euo pipefail
work=${1:?what to do with a message?}
shift

coproc ENGINE { exec "${LINNET:-linnet}" "$@"; }
engine=$ENGINE_PID
exec 3<&"${ENGINE[0]}" 4>&"${ENGINE[1]}"
eval "exec ${ENGINE[0]}<&- ${ENGINE[1]}>&-"
# The end of its input is the engine's end; the profile is free when it has gone.
trap 'exec 4>&- 3<&-; wait "$engine" || true' EXIT
trap 'exit 143' TERM INT
echo '{"cmd":"events.subscribe","consumer":"worker","since":"ack","types":["message"]}' >&4

while IFS= read -r line <&3; do
    case $line in
    '{"type":"message",'*)
        printf '%s\n' "$line" | sh -c "$work"
        # Its number stands right behind the type. Nothing is started to read it: a signal may come at any time.
        seq=${line#*'"seq":'}
        printf '{"cmd":"events.ack","consumer":"worker","seq":%d}\n' "${seq%%,*}" >&4
        ;;
    '{"type":"error",'*)
        printf '%s\n' "$line" >&2
        exit 1
        ;;
    esac
done

#!/usr/bin/env bash
# Runs a command for each message, at least once, whatever happens in between: a named consumer acknowledges the messages
# it has handled, and those it has not come again after a crash, with "again":true.
#
# usage: Examples/worker.sh COMMAND [OPTION OF LINNET ...]
# COMMAND reads the line of the message on stdin. If it fails, the worker stops, and the message comes again next time.
# LINNET names the program (default: the one on the PATH).
set -euo pipefail
work=${1:?what to do with a message?}
shift

coproc ENGINE { exec "${LINNET:-linnet}" "$@"; }
engine=$ENGINE_PID
exec 3<&"${ENGINE[0]}" 4>&"${ENGINE[1]}"
eval "exec ${ENGINE[0]}<&- ${ENGINE[1]}>&-"
# The engine exits at the end of its input; then the profile is free.
trap 'exec 4>&- 3<&-; wait "$engine" || true' EXIT
trap 'exit 143' TERM INT
echo '{"cmd":"events.subscribe","consumer":"worker","since":"ack","types":["message"]}' >&4

while IFS= read -r line <&3; do
    case $line in
    '{"type":"message",'*)
        printf '%s\n' "$line" | sh -c "$work"
        # seq directly follows the type. No process is started to parse it, since a signal may arrive at any time.
        seq=${line#*'"seq":'}
        printf '{"cmd":"events.ack","consumer":"worker","seq":%d}\n' "${seq%%,*}" >&4
        ;;
    '{"type":"error",'*)
        printf '%s\n' "$line" >&2
        exit 1
        ;;
    esac
done

#!/bin/sh
# For cron: runs a program, and tells a peer if it fails. The exit status says how it went.
#
# usage: Examples/cron-notify.sh TO COMMAND [ARGUMENT ...]
# LINNET names linnet (default: the one on the PATH).
to=${1:?whom? a peer id or the alias of a contact}
shift
output=$("$@" 2>&1) && exit 0
status=$?

# What is accepted waits on this disk until the peer has it. Only if it was not even accepted cron hears of it.
"${LINNET:-linnet}" -q message.send "to=$to" text="$* failed with status $status
$(printf '%s' "$output" | tail -n 20)" || exit 75
exit "$status"

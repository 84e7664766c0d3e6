#!/bin/sh
# For cron: runs a program, and tells a peer if it fails. The exit status says how it went.
#
# However often the same failure is told within a day (by a retry, by a second machine's copy of the crontab on the
# same profile), the peer gets it once: the message has an idempotency key.
#
# usage: Examples/cron-notify.sh TO COMMAND [ARGUMENT ...]
# LINNET names linnet (default: the one on the PATH).
to=${1:?whom? a peer id or the alias of a contact}
shift
output=$("$@" 2>&1) && exit 0
status=$?

# What is accepted waits on this disk until the peer has it. Only if it was not even accepted cron hears of it.
text="$* failed with status $status
$(printf '%s' "$output" | tail -n 20)"
key="$(date +%F) $(printf '%s' "$to $text" | cksum)"
"${LINNET:-linnet}" -q message.send "to=$to" "text=$text" "key=$key" || exit 75
exit "$status"

#!/bin/sh
# For cron: runs a program, passes its output on, and tells a peer if it fails.
#
# However often the same failure is told within a day (by a retry, by a second machine's copy of the crontab on the
# same profile), the peer gets it once: the message has an idempotency key.
#
# The exit status is the program's. If the peer could not be told, it is 75, and stderr says why, and with which status
# the program ended.
#
# usage: Examples/cron-notify.sh TO COMMAND [ARGUMENT ...]
# LINNET names linnet (default: the one on the PATH).
to=${1:?whom? a peer id or the alias of a contact}
shift
output=$(mktemp) || exec "$@"
trap 'rm -f "$output"' EXIT
trap 'exit 143' TERM INT

"$@" >"$output" 2>&1
status=$?
cat "$output"
[ "$status" = 0 ] && exit 0

# The end of it, as far as it is text: a message has a limit, and what cron runs may print anything.
text="$* failed with status $status
$(tail -n 20 "$output" | tail -c 16384 | tr -d '\000')"
text=$(printf '%s' "$text" | iconv -c -f UTF-8 -t UTF-8)
key="$(date +%F) $(printf '%s' "$to $text" | cksum)"

# What is accepted waits on this disk until the peer has it. linnet says on stderr what keeps it from that.
if printf '%s' "$text" | "${LINNET:-linnet}" message.send "to=$to" text=@- "key=$key" >/dev/null; then
    exit "$status"
fi
echo "cron-notify: $* failed with status $status, and $to could not be told" >&2
exit 75

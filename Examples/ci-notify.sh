#!/bin/sh
# For CI: runs a job, and tells a peer how it ended and how long it took. Waits up to half a minute until the peer has
# received that. The exit status is that of the job, or that of linnet if the job succeeded and the peer was not told.
#
# usage: Examples/ci-notify.sh TO COMMAND [ARGUMENT ...]
# LINNET names linnet (default: the one on the PATH).
to=${1:?whom? a peer id or the alias of a contact}
shift
began=$(date +%s)
"$@"
status=$?
outcome="passed"
[ "$status" = 0 ] || outcome="failed with status $status"

"${LINNET:-linnet}" -W 30 message.send "to=$to" "text=$* $outcome after $(($(date +%s) - began)) s" wait=delivered \
    >/dev/null
told=$?
case $told in
0) ;;
7) echo "$to was not told in time; it will be when it comes online" >&2 ;;
*) echo "$to was not told (linnet ended with status $told)" >&2 ;;
esac
[ "$status" = 0 ] && exit "$told"
exit "$status"

#!/bin/sh
# For CI: runs a job, and tells a peer how it came out and how long it took. Waits until the peer has it, for up to half
# a minute. The exit status is the job's; if that is 0 and the peer could not be told, it is linnet's.
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
7) echo "$to did not get the news in time; it will when it appears" >&2 ;;
*) echo "$to was not told (linnet ended with status $told)" >&2 ;;
esac
[ "$status" = 0 ] && exit "$told"
exit "$status"

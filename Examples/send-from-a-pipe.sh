#!/bin/sh
# Sends what a pipe holds as one message, and waits until the peer has stored it.
#
# usage: df -h / | Examples/send-from-a-pipe.sh TO [OPTION OF LINNET ...]
# LINNET names the program (default: the one on the PATH).
to=${1:?whom? a peer id or the alias of a contact}
shift
exec "${LINNET:-linnet}" "$@" -W 30 message.send "to=$to" text=@- wait=delivered

#!/usr/bin/env bash
# Shows messages as they come, one a line: when, from whom, what. No engine needs to run; if one does, it is listened to.
#
# Options of linnet may follow, such as -C 1 to stop after the first one.
# LINNET names the program (default: the one on the PATH).
set -o pipefail
"${LINNET:-linnet}" "$@" listen message |
    jq --unbuffered -r '"\(.time) \(.from[-6:]): \(.text // "(\(.content_type))")"'

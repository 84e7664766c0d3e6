#!/usr/bin/env bash
# Prints messages as they arrive, one per line: time, author, text. If an engine has the profile, its messages are printed;
# otherwise one is started.
#
# Options of linnet may follow, such as -C 1 to stop after the first one.
# LINNET names the program (default: the one on the PATH).
set -o pipefail
"${LINNET:-linnet}" "$@" listen message |
    jq --unbuffered -r '"\(.time) \(.from[-6:]): \(.text // "(\(.content_type))")"'

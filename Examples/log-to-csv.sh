#!/usr/bin/env bash
# Prints messages as CSV, as they come: seq, time, author, text. What a spreadsheet reads.
#
# Options of linnet may follow. LINNET names the program (default: the one on the PATH).
set -o pipefail
"${LINNET:-linnet}" "$@" listen message | jq --unbuffered -r '[.seq, .time, .from, .text] | @csv'

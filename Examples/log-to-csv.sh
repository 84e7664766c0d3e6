#!/usr/bin/env bash
# Prints messages as CSV as they arrive: seq, time, author, text. Started again, it continues where it stopped, so that no
# message is missing: Examples/log-to-csv.sh >>messages.csv
#
# Options of linnet may follow. LINNET names the program (default: the one on the PATH).
set -o pipefail
"${LINNET:-linnet}" --consumer log-to-csv "$@" listen message | jq --unbuffered -r '[.seq, .time, .from, .text] | @csv'

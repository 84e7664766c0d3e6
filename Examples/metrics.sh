#!/usr/bin/env bash
# Prints what an engine counts, as a metrics collector reads it (the text format of Prometheus): for a textfile
# collector, once a minute. Asks the engine that runs.
#
# Options of linnet may follow. LINNET names the program (default: the one on the PATH).
set -o pipefail
"${LINNET:-linnet}" "$@" stats | jq -r 'to_entries[] | select(.value | type == "number") | "linnet_\(.key) \(.value)"'

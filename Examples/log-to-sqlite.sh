#!/usr/bin/env bash
# Saves messages in an SQLite database as they arrive. Started again, it continues where it stopped, so that no message is
# missing, and a message that arrives twice is saved once.
#
# usage: Examples/log-to-sqlite.sh FILE [OPTION OF LINNET ...]
# LINNET names the program (default: the one on the PATH).
set -euo pipefail
file=${1:?which database?}
shift
{
    echo '.timeout 5000'
    echo 'CREATE TABLE IF NOT EXISTS log (message TEXT PRIMARY KEY, time TEXT, author TEXT, text TEXT);'
    "${LINNET:-linnet}" --consumer log-to-sqlite "$@" listen message | jq --unbuffered -r '
        def quoted: "\u0027" + gsub("\u0027"; "\u0027\u0027") + "\u0027";
        "INSERT OR IGNORE INTO log VALUES (" +
            ([.message, .time, .from, .text // ""] | map(quoted) | join(", ")) + ");"'
} | sqlite3 -batch -bail "$file"

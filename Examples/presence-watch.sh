#!/usr/bin/env bash
# Shows who comes and goes, one a line; linnet presence.list tells who is there already.
#
#     12:03:07 + Ada
#     12:04:10   Ada is busy: in a meeting
#     12:09:55 - Ada
#
# No engine needs to run; if one does, it is listened to. Options of linnet may follow, such as --lan --nick Door.
# Names are what strangers call themselves; an alias of yours stands in their place, or the end of the peer id.
# LINNET names the program (default: the one on the PATH).
set -o pipefail
"${LINNET:-linnet}" "$@" listen presence | jq --unbuffered -nr '
    foreach inputs as $now ({};
        .isKnown = .there[$now.peer] | .there[$now.peer] = ($now.status != "offline");
        ($now.alias // $now.nick // $now.peer[-6:]) as $name
        | (if $now.text then "\($now.status): \($now.text)" else $now.status end) as $how
        | $now.time[11:19] + if $now.status == "offline" then " - \($name)"
            elif .isKnown then "   \($name) is \($how)"
            elif $how == "online" then " + \($name)"
            else " + \($name) is \($how)" end)'

#!/usr/bin/env bash
# Prints who comes and goes, one per line; linnet presence.list lists who is already there.
#
#     12:03:07 + Ada
#     12:04:10   Ada is busy: in a meeting
#     12:09:55 - Ada
#
# If an engine has the profile, its events are printed; otherwise one is started. Options of linnet may follow, such as
# --lan --nick Door. A name is your alias for a peer, or else the nickname it has chosen, or the end of its peer id.
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

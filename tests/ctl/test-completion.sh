#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Tests the bash completion of livetracectl against a daemon on a private bus, as TAP.
#
# usage: test-completion.sh COMPLETION LIVETRACECTL LIVETRACED
set -u

directory=$(mktemp -d)
daemon=
bus=
watching=
finish() {
    [ -z "$watching" ] || kill "$watching"
    [ -z "$daemon" ] || kill "$daemon"
    [ -z "$bus" ] || kill "$bus"
    wait
    rm -rf "$directory"
}
trap finish EXIT

address=unix:path=$directory/bus
dbus-daemon --session --nofork --nopidfile --address="$address" >/dev/null 2>&1 &
bus=$!
until [ -S "$directory/bus" ]; do sleep 0.01; done
"$3" --bus "$address" --set http.listen=127.0.0.1:0 --set daemon.state-directory="$directory" \
    >/dev/null 2>&1 &
daemon=$!
ctl=$2
until "$ctl" --bus "$address" status >/dev/null 2>&1; do
    kill -0 "$daemon" || exit 1
    sleep 0.01
done

# shellcheck source=/dev/null
. "$1"

number=0
failed=0

# expect LINE WORD…: at the end of LINE these words are offered, in any order
expect() {
    local line=$1 wanted given
    shift
    number=$((number + 1))
    COMP_LINE="$ctl --bus $address $line"
    # As bash splits: at spaces, and "=" and ":" are words of their own.
    read -ra COMP_WORDS <<<"$(sed 's/[=:]/ & /g' <<<"$COMP_LINE")"
    case $line in *[[:space:]=:] | "") [[ $line == *[=:] ]] || COMP_WORDS+=("") ;; esac
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _livetracectl
    wanted=$(printf '%s\n' "$@" | sort | tr '\n' ' ')
    given=$(printf '%s\n' "${COMPREPLY[@]-}" | sort | tr '\n' ' ')
    if [ "$wanted" = "$given" ]; then
        echo "ok $number - \"$line\""
    else
        failed=1
        echo "not ok $number - \"$line\""
        echo "# wanted $wanted"
        echo "# given $given"
    fi
}

"$ctl" --bus "$address" level 'smtp.*' warn >/dev/null
token_id=$("$ctl" --bus "$address" token create x -p observe >/dev/null 2>&1 &&
    "$ctl" --bus "$address" token list --json | grep -o '"id":"[0-9a-f]*"' | cut -d'"' -f4)
coproc watch { exec "$ctl" --bus "$address" watch --json 2>&1; }
# shellcheck disable=SC2154
watching=$watch_PID
read -r _ <&"${watch[0]}"

expect "" status watch events span inject subscribers disconnect level token sign-in
expect "s" status span subscribers sign-in
expect "--c" --color
expect "--color " auto always never
expect "--color=a" auto always
expect "watch --con" --context
expect "watch --context " event span trace
expect "watch --context=s" span
expect "watch --level w" warn
expect "watch -" --context --last --since --limit --level --once --utc --verbose --bus --json --color --help
expect "watch fr" from:
expect "events level:" error warn info debug trace
expect "events level:e" error
expect "events to:jane st" status:
expect "disconnect " 1
expect "level " '*' 'smtp.*'
expect "level smtp.x " error warn info debug trace disable
expect "level smtp.x d" debug disable
expect "level smtp.x warn " ""
expect "level smtp.x warn --for 1" 1m 10m 1h 1d
expect "token " list create revoke
expect "token revoke " "$token_id"
expect "token create x --permission " observe inject manage
expect "inject a.b --span=" start end
expect "status " ""
expect "nonsense " ""

echo "1..$number"
exit "$failed"

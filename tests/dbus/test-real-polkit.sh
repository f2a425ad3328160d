#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The daemon as a user of its own on a system bus with the shipped policies, and Debian's own polkitd: what root, a member
# of the group and a stranger may call. Runs in a mount namespace of its own, so nothing of the machine is changed.
#
# usage: LIVETRACED=… G_TEST_SRCDIR=… G_TEST_BUILDDIR=… test-real-polkit.sh

set -u

POLKITD=/usr/lib/polkit-1/polkitd
UID_DAEMON=990
NAME=org.livetrace.Livetrace1

skip_all () {
  echo "1..0 # SKIP $1"
  exit 0
}

if [ "${1-}" != --inside ]; then
  [ "$(id -u)" = 0 ] || skip_all "needs root"
  [ -x "$POLKITD" ] || skip_all "polkitd is not installed"
  [ -e /usr/share/dbus-1/system.conf ] || skip_all "dbus is not installed"
  unshare --mount true 2> /dev/null || skip_all "no mount namespaces here"
  exec unshare --mount "$0" --inside
fi

directory=$(mktemp -d "${TMPDIR:-/tmp}/livetrace-polkit-XXXXXX")
chmod 755 "$directory"
pids=()
clean_up () {
  for pid in "${pids[@]}"; do
    kill "$pid" 2> /dev/null && wait "$pid" 2> /dev/null
  done
  rm -rf "$directory"
}
trap clean_up EXIT

# Puts a copy of something of the machine's in its place, to be changed here.
cover () {
  cp -a "$1" "$directory/$2" && mount --bind "$directory/$2" "$1"
}

cover /etc/passwd passwd
cover /etc/group group
cover /usr/share/polkit-1/actions actions
cover /etc/polkit-1 polkit
cover /usr/share/dbus-1/system.d system.d
for file in passwd group; do
  grep -v '^livetrace:' "$directory/$file" > "$directory/new"
  cat "$directory/new" > "/etc/$file"
done
echo "livetrace:x:$UID_DAEMON:$UID_DAEMON::/:/usr/sbin/nologin" >> /etc/passwd
echo "livetrace:x:$UID_DAEMON:nobody" >> /etc/group
cp "$G_TEST_BUILDDIR/data/$NAME.policy" /usr/share/polkit-1/actions/
cp "$G_TEST_SRCDIR/data/dbus/$NAME.conf" /usr/share/dbus-1/system.d/
mkdir -p /etc/polkit-1/rules.d
chmod 755 /etc/polkit-1/rules.d
cat > /etc/polkit-1/rules.d/50-livetrace.rules <<'RULE'
polkit.addRule(function(action, subject) {
    if (action.id == "org.livetrace.observe" && subject.isInGroup("livetrace"))
        return polkit.Result.YES;
});
RULE
mkdir "$directory/state"
chown "$UID_DAEMON:$UID_DAEMON" "$directory/state"

# The system bus as it is, but for where it listens and what it may start.
sed -e "s,<listen>.*</listen>,<listen>unix:path=$directory/bus</listen>," \
    -e 's,<includedir>system.d,<includedir>/usr/share/dbus-1/system.d,' \
    -e '/<pidfile>/d' -e '/<syslog/d' -e '/<fork/d' -e '/<user>/d' -e '/servicehelper/d' \
    /usr/share/dbus-1/system.conf > "$directory/system.conf"
export DBUS_SYSTEM_BUS_ADDRESS="unix:path=$directory/bus"
dbus-daemon --config-file="$directory/system.conf" --nofork --nopidfile --print-address=3 \
  3> "$directory/address" 2> "$directory/bus.log" &
pids+=($!)
until [ -S "$directory/bus" ]; do
  kill -0 "${pids[0]}" 2> /dev/null || skip_all "no system bus can be started here"
done

"$POLKITD" --no-debug > "$directory/polkitd.log" 2>&1 &
pids+=($!)
gdbus wait --system --timeout 20 org.freedesktop.PolicyKit1 || skip_all "polkitd does not start here"

setpriv --reuid=$UID_DAEMON --regid=$UID_DAEMON --clear-groups "$LIVETRACED" --bus system \
  --set http.listen=127.0.0.1:0 --set "daemon.state-directory=$directory/state" \
  > "$directory/daemon.log" 2>&1 &
pids+=($!)

as_root=()
as_member=(setpriv --reuid=65534 --regid=65534 "--groups=$UID_DAEMON")
as_stranger=(setpriv --reuid=65534 --regid=65534 --clear-groups)
number=0

# usage: check TITLE PATTERN COMMAND…
# What the command writes must hold PATTERN; without one it must succeed.
check () {
  local title=$1 pattern=$2 output status
  shift 2
  number=$((number + 1))
  output=$("$@" 2>&1)
  status=$?
  if [[ $output == *$pattern* ]] && { [ -n "$pattern" ] || [ $status = 0 ]; }; then
    echo "ok $number $title"
  else
    echo "not ok $number $title"
    printf '%s\n' "$output" "$(cat "$directory"/*.log)" | sed 's/^/# /'
  fi
}

manager () {
  echo busctl --system --timeout=120 call $NAME /org/livetrace/Livetrace1 $NAME.Manager
}

echo 1..6
# shellcheck disable=SC2046 # words, on purpose
{
  check "the daemon owns its name" "" gdbus wait --system --timeout 120 $NAME
  check "root may call" 'a{ss} 1 "*" "trace"' "${as_root[@]}" $(manager) ListLevels
  check "root may manage" '' "${as_root[@]}" $(manager) ClearRing
  check "a member may do what a rule allows" 'a{ss} 1 "*" "trace"' \
    "${as_member[@]}" $(manager) ListLevels
  check "a member may do no more" 'authentication is needed for org.livetrace.manage' \
    "${as_member[@]}" $(manager) ClearRing
  check "a stranger does not come near" 'Access denied' "${as_stranger[@]}" $(manager) ListLevels
}

#!/bin/bash
# driver.sh FOLDER ANSWERS: installs the package that lies in FOLDER and makes a server of this machine, writing down what each
# command said. QEMU is not here, and so no tier: what is looked at is the service.
from=$1 answers=$2
mkdir -p "$answers" /opt/bhatti
tar -xzf "$from/bhatti.tgz" -C /opt/bhatti
install -D "$from/node" /opt/node/bin/node
export HOME=/root LC_ALL=C.UTF-8 SYSTEMD_PAGER=
export PATH=/opt/bhatti/package/host/bin:/opt/node/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /

say() {
  echo "\$ $*"
  "$@" 2>&1
  echo "-> $?"
}

# Waits until the service has another main process than $1, for a minute.
renewed() {
  for _ in $(seq 120); do
    new=$(systemctl show -P MainPID bhatti)
    [ "$new" != 0 ] && [ "$new" != "$1" ] && return
    sleep 0.5
  done
  return 1
}

{
  say bhatti setup
  say systemctl is-enabled bhatti
  say stat -c '%U:%G %a' /var/lib/bhatti/api.sock
  say bhatti setup
  say systemctl show -P KillMode bhatti
  say systemctl stop bhatti
  say setpriv --reuid=bhatti --regid=bhatti --clear-groups bhatti key list --json
  say bhatti list --quiet
  say systemctl is-active bhatti
  pid=$(systemctl show -P MainPID bhatti)
  [ "$pid" -gt 1 ] && kill -9 "$pid" # 0 would be ourselves
  say renewed "$pid"
  say setpriv --reuid=bhatti --regid=bhatti --clear-groups bhatti list --quiet
  say bhatti setup --remove
  say systemctl is-active bhatti
  say ls /etc/systemd/system/bhatti.service /etc/systemd/system/multi-user.target.wants/bhatti.service /var/lib/bhatti /var/cache/bhatti
  say getent passwd bhatti
  say getent group bhatti
} >"$answers/setup.txt" </dev/null

# What the scripts of the cases call. Each command is shown, then what it wrote, then its exit code.
U=/etc/systemd/system

# r COMMAND...: runs it and shows all.
r() { echo "\$ $*"; "$@" 2>&1; echo "  -> rc=$?"; }
# rs SCRIPT: the same for a line of shell.
rs() { echo "\$ $1"; bash -c "$1" 2>&1; echo "  -> rc=$?"; }
# tm COMMAND...: the same with the seconds it took.
tm() {
  local start=${EPOCHREALTIME/./} rc
  echo "\$ $*"; "$@" 2>&1; rc=$?
  echo "  -> rc=$rc took $(((${EPOCHREALTIME/./} - start) / 1000))ms"
}
dr() { systemctl daemon-reload; }
# p UNIT [PROPERTIES]: properties in one line.
p() {
  local lines=$(systemctl show "$1" -p "${2:-ActiveState,SubState,Result,ExecMainCode,ExecMainStatus,NRestarts}")
  echo "${lines//$'\n'/ } "
}
# s UNIT...: states in one line.
s() { local unit o=; for unit; do o="$o $unit=$(systemctl is-active "$unit" 2>&1)"; done; echo "states:$o"; }
# log UNIT: its journal.
log() { echo "= journal of $1"; journalctl -u "$1" -o cat --no-pager -q; }
# out NAME: what the unit wrote into /tmp/t-out.NAME.
out() { echo "= $1"; cat "/tmp/t-out.$1" 2>&1; }
# automount NAME: states of NAME.automount and NAME.mount, and what the kernel has there.
automount() {
  p "$1.automount" ActiveState,SubState,Result; p "$1.mount" ActiveState,SubState,Result
  rs "grep ' /${1/-//} ' /proc/mounts | cut -d' ' -f1-3"
}
# links NAME: symlinks to or of units with that name.
links() { find $U /run/systemd/system -name "*$1*" -type l -printf '%p -> %l\n' | sort; }
# procs UNIT: command lines of the processes in its cgroup.
procs() {
  local pid group
  echo "= processes of $1"
  group=$(systemctl show -P ControlGroup "$1")
  [ -n "$group" ] || return
  for pid in $(cat "/sys/fs/cgroup$group/cgroup.procs"); do tr '\0' ' ' <"/proc/$pid/cmdline"; echo; done | sort
}
# w UNIT SUBSTATE: waits until it is there.
w() {
  local i is
  for i in $(seq 150); do
    is=$(systemctl show -P SubState "$1")
    [ "$is" = "$2" ] && return
    sleep .1
  done
  echo "$1 is $is, not $2"
}
# ws UNIT: waits a while until its process has ended, if it does.
ws() {
  local i
  for i in $(seq 15); do
    case $(systemctl show -P SubState "$1") in dead | failed | exited | auto-restart) return ;; esac
    sleep .1
  done
}
# wn UNIT N: waits until it was restarted N times and runs.
wn() {
  local i
  for i in $(seq 100); do
    [ "$(systemctl show -P NRestarts "$1")" -ge "$2" ] && [ "$(systemctl show -P SubState "$1")" = running ] && return
    sleep .1
  done
  echo "$1 was not restarted $2 times"
}
# ignores UNIT: waits until its main process ignores SIGTERM, which takes Python longer than a second on a busy machine.
ignores() {
  local i ignored pid=$(systemctl show -P MainPID "$1")
  for i in $(seq 100); do
    ignored=$(sed -n 's/^SigIgn:[[:space:]]*//p' "/proc/$pid/status")
    [ $((0x$ignored >> 14 & 1)) = 1 ] && return
    sleep .1
  done
}
# connect PORT: what a server says first; talk PORT TEXT: what it answers.
connect() { python3 -c 'import socket,sys; print("got", socket.create_connection(("127.0.0.1", int(sys.argv[1]))).recv(100))' "$1"; }
talk() { python3 -c 'import socket,sys; s=socket.create_connection(("127.0.0.1", int(sys.argv[1]))); s.send(sys.argv[2].encode()+b"\n"); print("got", s.recv(100))' "$1" "$2"; }
# matrix POLICY: what Restart=POLICY does about each cause of an end.
matrix() {
  local cause unit i
  cause() { printf "[Service]\nRestart=$1\nRestartSec=1h\n$3" >"$U/t-rp-$1-$2.service"; }
  cause "$1" exit0 "ExecStart=/bin/true\n"
  cause "$1" exit1 "ExecStart=/bin/false\n"
  for signal in HUP TERM PIPE KILL USR1; do cause "$1" "sig$signal" "ExecStart=/bin/sh -c 'kill -$signal \$\$\$\$'\n"; done
  cause "$1" core "LimitCORE=infinity\nExecStart=/bin/sh -c 'kill -SEGV \$\$\$\$'\n"
  cause "$1" timeout "Type=notify\nTimeoutStartSec=2\nExecStart=/bin/sleep 9960\n"
  cause "$1" watchdog "WatchdogSec=1\nExecStart=/bin/sleep 9960\n"
  cause "$1" pre "ExecStartPre=/bin/false\nExecStart=/bin/sleep 9960\n"
  cause "$1" exec203 "ExecStart=/no/such\n"
  cause "$1" noenvfile "EnvironmentFile=/nope\nExecStart=/bin/sleep 9960\n"
  dr
  systemctl start --no-block $(cd $U && ls t-rp-*)
  # The longest of their timeouts; then until none is under way any more.
  sleep 2
  for i in $(seq 100); do
    systemctl list-units --no-legend --plain 't-rp-*' | grep -qvE 'auto-restart| failed ' || break
    sleep .2
  done
  for unit in $(cd $U && ls t-rp-*); do p "$unit" Id,ActiveState,SubState,Result; done
}

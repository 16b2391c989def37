#!/bin/bash
# driver.sh CASES ANSWERS [NAME...]: runs cases of a folder one after the other (all of them, or those named) and keeps
# what each showed.
cases=$1 answers=$2
shift 2
U=/etc/systemd/system
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_PAGER= DEBIAN_FRONTEND=noninteractive
export TERM=vt220 SHLVL=0 USER=root
unset HOME LOGNAME SHELL NOTIFY_SOCKET INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID MEMORY_PRESSURE_WATCH MEMORY_PRESSURE_WRITE

# Each program costs an emulated machine 40 to 100 ms: one that can be done without is.
forget() {
  systemctl stop 't-*' 'run-*'
  systemctl reset-failed
  [[ $(<"$folder/script.sh") != *environment* ]] || systemctl unset-environment $(systemctl show-environment | cut -d= -f1)
  rm -rf $U/t-* $U/-.mount $U/*.wants/t-* /run/systemd/system/t-* /run/systemd/transient/t-* $U/*.requires/t-* /tmp/t-* /run/t-*
} >/dev/null 2>&1

mkdir -p "$answers"
install -m 755 "$cases"/../guest/programs/* /usr/local/bin/
chmod 1777 /tmp
[ $# -gt 0 ] || set -- $(cd "$cases" && ls)
for name; do
  folder=$cases/$name
  [ -d "$folder/units" ] && cp -r "$folder/units/." $U/
  systemctl daemon-reload
  start=${EPOCHREALTIME/./}
  (cd / && timeout -k 5 120 bash -c ". $cases/../guest/lib.sh; . $folder/script.sh") >"$answers/$name.txt" 2>&1 </dev/null
  echo "$name $? $(((${EPOCHREALTIME/./} - start) / 1000))" >>"$answers/times"
  forget
done

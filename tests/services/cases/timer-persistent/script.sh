mkdir -p /var/lib/systemd/timers
touch -d '3 days ago' /var/lib/systemd/timers/stamp-t-tp1.timer
touch -d '3 days' /var/lib/systemd/timers/stamp-t-tp2.timer
r systemctl start t-tp1.timer t-tp2.timer t-tp3.timer
for i in $(seq 100); do [ "$(cat /tmp/t-out.tp 2>/dev/null | wc -l)" = 2 ] && break; sleep .1; done; out tp
w t-tp1.timer waiting
r systemctl list-timers --no-legend t-tp1.timer
p t-tp2.timer LastTriggerUSec,SubState
log t-tp2.timer | sed -E 's/timestamp .* as/timestamp DATE as/'
[ $(($(date +%s) - $(stat -c %Y /var/lib/systemd/timers/stamp-t-tp1.timer))) -lt 60 ] && echo stamped
stat -c '%U %a %s' /var/lib/systemd/timers/stamp-t-tp3.timer
sleep 1; out tp
r systemctl stop t-tp1.timer t-tp2.timer t-tp3.timer
rm -f /var/lib/systemd/timers/stamp-t-*

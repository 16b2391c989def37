r systemctl start t-tc.timer t-tcd.timer
for i in $(seq 100); do [ "$(grep -c run /tmp/t-out.tc 2>/dev/null)" = 2 ] && break; sleep .1; done; out tc
systemctl show -P TimersCalendar t-tcd.timer
p t-tc.timer Persistent,AccuracyUSec,Unit,Result
ls /var/lib/systemd/timers/ | grep t-tc
r systemctl list-timers t-tcd.timer
r systemctl stop t-tc.timer
rm -f /var/lib/systemd/timers/stamp-t-tc*

r systemctl start t-tm.timer
p t-tm.timer ActiveState,SubState,Result,Unit
systemctl show -P TimersMonotonic t-tm.timer | sed 's/next_elapse=[^}]*/next_elapse=N /'
r systemctl is-active t-tm.timer t-tm.service
r systemctl list-timers --no-pager t-tm.timer
for i in $(seq 100); do [ "$(grep -c TRIGGER /tmp/t-out.tm 2>/dev/null)" = 2 ] && break; sleep .1; done; ws t-tm.service; out tm
r systemctl status t-tm.timer -n0
r systemctl status t-tm.service -n0
r systemctl list-timers --no-legend t-tm.timer
r systemctl stop t-tm.timer
r systemctl is-active t-tm.timer
log t-tm.timer
r systemctl list-timers t-tm.timer
r systemctl list-timers --all t-tm.timer

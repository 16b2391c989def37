r systemd-run --on-active=1h --unit=t-rt1 /bin/true
p t-rt1.timer ActiveState,SubState,Unit,Transient,RemainAfterElapse
systemctl show -P TimersMonotonic t-rt1.timer | sed 's/next_elapse=[^}]*/next_elapse=N /'
p t-rt1.service ActiveState,LoadState,Transient,Description
r systemctl stop t-rt1.timer
p t-rt1.timer LoadState; p t-rt1.service LoadState
r systemd-run --on-active=100ms --timer-property=AccuracySec=1ms --unit=t-rt2 /bin/sh -c 'echo ran > /tmp/t-out.rt2'
for i in $(seq 100); do [ -s /tmp/t-out.rt2 ] && break; sleep .1; done; out rt2
w t-rt2.timer dead
p t-rt2.timer LoadState; p t-rt2.service LoadState
r systemd-run --on-calendar=bogus --unit=t-rt3 /bin/true
r systemd-run --on-active=1h --unit=t-rt4.service

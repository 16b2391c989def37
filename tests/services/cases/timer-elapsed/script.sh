r systemctl start t-tq1.timer t-tq2.timer t-tq3.timer
w t-tq1.timer elapsed
w t-tq2.timer dead
w t-tq3.timer running
s t-tq1.timer t-tq2.timer t-tq3.timer
r systemctl status t-tq1.timer -n0
r systemctl status t-tq3.timer -n0
r systemctl list-timers 't-tq*'
r systemctl stop t-tq3.service
w t-tq3.timer elapsed
log t-tq1.timer; log t-tq2.timer; log t-tq3.timer
r systemctl stop t-tq1.timer t-tq3.timer

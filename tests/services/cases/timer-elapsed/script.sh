r systemctl start t-te1.timer t-te2.timer t-te3.timer
w t-te1.timer elapsed
w t-te2.timer dead
w t-te3.timer running
s t-te1.timer t-te2.timer t-te3.timer
r systemctl status t-te1.timer -n0
r systemctl status t-te3.timer -n0
r systemctl list-timers 't-te*'
r systemctl stop t-te3.service
w t-te3.timer elapsed
log t-te1.timer; log t-te2.timer; log t-te3.timer
r systemctl stop t-te1.timer t-te3.timer

r systemctl start t-nw1
w t-nw1 failed; p t-nw1; out nw1; log t-nw1
r systemctl status t-nw1 -n0

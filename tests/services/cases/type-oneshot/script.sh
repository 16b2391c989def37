r systemctl start t-to1
p t-to1; out to1; log t-to1
systemctl start t-to2 & w t-to2 start
r systemctl is-active t-to2
r systemctl is-failed t-to2
r systemctl status t-to2 -n0
wait; p t-to2; log t-to2
systemctl start t-to3; systemctl start t-to3; out to3; systemctl restart t-to3; out to3; log t-to3
r systemctl status t-to3 -n0
r systemctl start t-to4
p t-to4; log t-to4

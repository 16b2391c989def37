chmod 1777 /tmp
r systemctl start t-es1
out es1a
r systemctl reload t-es1
out es1r
r systemctl stop t-es1
out es1s; out es1p

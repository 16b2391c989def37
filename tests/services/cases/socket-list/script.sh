r systemctl start t-skl1.socket
r systemctl start t-skl2.socket
ls -l /run/t-skl | awk '{print $1,$3,$4,$9}'; ls /tmp/t-out.sklpost
r systemctl list-sockets --no-pager 't-skl*'
r systemctl list-sockets --no-legend 't-skl*'
r systemctl list-sockets --show-types 't-skl*'
r systemctl list-sockets 't-none*'
r systemctl stop t-skl2.socket
ls /run/t-skl

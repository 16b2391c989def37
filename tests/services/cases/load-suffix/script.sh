r systemctl show t-lsu.bogus -p Id
r systemctl start t-lsu.bogus
r systemctl start t-lsu.target
r systemctl start t-lsu.socket
r systemctl stop t-lsu.timer

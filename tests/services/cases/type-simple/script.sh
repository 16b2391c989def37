r systemctl start t-ts1
p t-ts1
r systemctl status t-ts1
r systemctl start t-ts1
r systemctl stop t-ts1
p t-ts1
log t-ts1
for i in 2 3 4 5; do r systemctl start t-ts$i; ws t-ts$i; p t-ts$i; log t-ts$i; done
r systemctl status t-ts3
r systemctl status t-ts4
r systemctl stop t-ts3
log t-ts3

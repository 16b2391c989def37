r systemctl start t-skr.socket
connect 5560
r systemctl restart t-skr.service
s t-skr.socket t-skr.service
connect 5560
r systemctl restart t-skr.socket
s t-skr.socket t-skr.service
systemctl kill -s KILL t-skr.service
w t-skr.service failed
s t-skr.socket t-skr.service
connect 5560
s t-skr.socket t-skr.service
r systemctl stop t-skr.socket t-skr.service
s t-skr.socket t-skr.service
r systemctl start t-skr2.service
s t-skr2.socket t-skr2.service
connect 5561
out sock-skr; out sock-skr2
r systemctl daemon-reload
s t-skr2.socket t-skr2.service
connect 5561
r systemctl stop t-skr2.service
s t-skr2.socket
connect 5561
s t-skr2.service
r systemctl stop t-skr2.socket t-skr2.service

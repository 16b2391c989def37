r systemctl start t-sk.socket
r systemctl is-active t-sk.socket t-sk.service
r systemctl show t-sk.socket -p ActiveState,SubState,Listen,Accept,NConnections,NAccepted,Triggers
stat -c '%F %U %G %a' /run/t-sk.sock
r systemctl status t-sk.socket
connect 5501
r systemctl is-active t-sk.service
p t-sk.socket ActiveState,SubState; out sock-sk; p t-sk.service TriggeredBy,ActiveState
r systemctl status t-sk.service
r systemctl stop t-sk.service
r systemctl is-active t-sk.socket
connect 5501
r systemctl is-active t-sk.service
r systemctl stop t-sk.socket
r systemctl is-active t-sk.service t-sk.socket
ls /run/t-sk.sock
systemctl stop t-sk.service; systemctl start t-sk.service
r systemctl start t-sk.socket
log t-sk.socket
r systemctl enable t-sk.socket
r systemctl is-enabled t-sk.socket t-sk.service
r systemctl disable t-sk.socket
rm -f /run/t-sk.sock

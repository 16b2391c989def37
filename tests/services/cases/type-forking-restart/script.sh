r systemctl start t-fr
p t-fr ActiveState,SubState,NRestarts
A=$(systemctl show -P MainPID t-fr); kill -9 $A; wn t-fr 1
B=$(systemctl show -P MainPID t-fr); [ $A != $B ] && [ $B = $(cat /run/t-fr.pid) ] && echo another main process
procs t-fr
r systemctl restart t-fr
procs t-fr
r systemctl stop t-fr
log t-fr

systemctl start t-rco
kill -9 $(systemctl show -P MainPID t-rco); wn t-rco 1; p t-rco ActiveState,SubState,NRestarts
kill -TERM $(systemctl show -P MainPID t-rco); wn t-rco 2; p t-rco ActiveState,SubState,NRestarts
systemctl restart t-rco; p t-rco ActiveState,SubState,NRestarts
systemctl kill t-rco; wn t-rco 1; p t-rco ActiveState,SubState,NRestarts
systemctl reset-failed t-rco; p t-rco NRestarts
systemctl stop t-rco; p t-rco
log t-rco

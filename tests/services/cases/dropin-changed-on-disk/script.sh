r systemctl start t-dcd
r systemctl show t-dcd -p NeedDaemonReload
PID=$(systemctl show -P MainPID t-dcd)
mkdir -p $U/t-dcd.service.d; printf '[Service]\nExecStart=\nExecStart=/bin/sleep 8888\n' > $U/t-dcd.service.d/x.conf
r systemctl show t-dcd -p NeedDaemonReload
r systemctl start t-dcd
r systemctl is-active t-dcd
r systemctl status t-dcd
dr
r systemctl show t-dcd -p NeedDaemonReload,ExecStart
[ $PID = $(systemctl show -P MainPID t-dcd) ] && echo same process
r systemctl restart t-dcd
r systemctl show t-dcd -p ExecStart
procs t-dcd

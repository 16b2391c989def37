r systemctl start t-cf1
r systemctl start t-cf2
r systemctl start t-cf3
p t-cf3 ActiveState,ExecStart
r systemctl start t-cf4
log t-cf1
log t-cf2
log t-cf4

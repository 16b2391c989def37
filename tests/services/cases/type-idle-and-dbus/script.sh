tm systemctl start t-ti1
p t-ti1 Type,ActiveState,SubState
r systemctl start t-ti2
log t-ti2

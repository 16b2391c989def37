r systemctl start t-pl1.path
touch /tmp/t-plfile
w t-pl1.path failed
p t-pl1.path ActiveState,SubState,Result; p t-pl1.service ActiveState,SubState,Result
log t-pl1.path
r systemctl status t-pl1.path -n0
r systemctl start t-pl2.path
w t-pl2.path failed
p t-pl2.path ActiveState,SubState,Result
log t-pl2.path
r systemctl reset-failed 't-pl*'
rm -f /tmp/t-plfile

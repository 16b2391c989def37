tm systemctl start t-fp1
p t-fp1 Type,ActiveState,SubState,Result,ExecMainStatus,ExecMainCode,PIDFile,GuessMainPID
[ "$(cat /run/t-fp1.pid)" = "$(systemctl show -P MainPID t-fp1)" ] && echo main pid of the file
r systemctl start t-fp2
p t-fp2 ActiveState,SubState,PIDFile
[ "$(cat /run/t-fp2.pid)" = "$(systemctl show -P MainPID t-fp2)" ] && echo main pid of the file
r systemctl status t-fp2
r systemctl stop t-fp2
ls /run/t-fp2.pid
log t-fp2
tm systemctl start t-fp3
p t-fp3; log t-fp3

for i in 1 2 3 4; do tm systemctl start t-nr$i; p t-nr$i ActiveState,SubState,Result,ExecMainCode,ExecMainStatus,StatusText,StatusErrno; done
r systemctl status t-nr1
r systemctl status t-nr4 -n0
log t-nr2
log t-nr3
r systemctl stop t-nr1
p t-nr1 StatusText

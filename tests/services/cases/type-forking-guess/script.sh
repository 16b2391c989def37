for i in 1 2 3; do r systemctl start t-fg$i; p t-fg$i ActiveState,SubState,Result,MainPID,GuessMainPID; procs t-fg$i; done
r systemctl status t-fg2 -n0
r systemctl stop t-fg2
p t-fg2
procs t-fg2

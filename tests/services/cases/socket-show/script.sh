r systemctl start t-ssh.socket
systemctl show t-ssh.socket | cut -d= -f1 | grep -vE '^(UnitFilePreset|RequiresMountsFor|Exec|Memory|CPU|IO|IP|Tasks|Limit)' | tr '\n' ' '; echo
systemctl show t-ssh.socket | sed -n '1,/^TriggerLimitBurst/p'
r systemctl show t-ssh.socket -p Before,Triggers,Conflicts,Requires,Slice
systemctl show t-ssh2.socket -p Accept,TriggerLimitBurst,PollLimitBurst,FileDescriptorName,Listen,SocketMode,MaxConnections
r systemctl stop t-ssh.socket
r systemctl show t-ssh.socket -p ActiveState,SubState,Result

cat > /etc/init.d/t-sysv <<'E'
#!/bin/sh
### BEGIN INIT INFO
# Provides: t-sysv t-sysvalias
# Required-Start: $remote_fs $network
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: T sysv service
### END INIT INFO
case $1 in start) echo starting; sleep 9955 & echo $! > /run/t-sysv.pid;; stop) kill $(cat /run/t-sysv.pid);; reload) echo rl;; status) exit 3;; esac
E
chmod +x /etc/init.d/t-sysv; dr
r systemctl cat t-sysv
r systemctl is-enabled t-sysv
r systemctl start t-sysv
r systemctl status t-sysv -n0
r systemctl show t-sysv -p Type,RemainAfterExit,SourcePath,FragmentPath,UnitFileState,KillMode,GuessMainPID,MainPID,ActiveState,SubState,TimeoutStopUSec,TimeoutStartUSec,Description
procs t-sysv
r systemctl enable t-sysv
r systemctl is-enabled t-sysv
r systemctl disable t-sysv
r systemctl reload t-sysv
r systemctl stop t-sysv
r systemctl is-active t-sysv
log t-sysv
rm -f /etc/init.d/t-sysv; update-rc.d t-sysv remove; dr
r systemctl status t-sysv

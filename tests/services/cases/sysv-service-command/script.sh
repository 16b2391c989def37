cat > /etc/init.d/t-sysc <<'E'
#!/bin/sh
### BEGIN INIT INFO
# Provides: t-sysc
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: C
### END INIT INFO
case $1 in start) sleep 9956 & echo $! > /run/t-sysc.pid;; stop) kill $(cat /run/t-sysc.pid);; status) exit 3;; esac
E
chmod +x /etc/init.d/t-sysc; dr
r service t-sysc start
r systemctl is-active t-sysc
r service t-sysc stop
r systemctl is-active t-sysc
rm -f /etc/init.d/t-sysc; dr
r service t-sys2 start
r systemctl is-active t-sys2
r service t-sys2 status
r service t-sys2 restart
r service t-sys2 stop
r service t-sys2 status
r service t-sysnone start
r invoke-rc.d t-sys2 start
r invoke-rc.d t-sys2 status
r invoke-rc.d t-sysnone start

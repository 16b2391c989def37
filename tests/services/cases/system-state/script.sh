r systemctl is-system-running
r systemctl is-system-running --wait
r systemctl show -p SystemState
systemctl start t-sys 2>/dev/null
r systemctl is-system-running
r systemctl -q is-system-running
systemctl reset-failed t-sys
r systemctl is-system-running
r systemctl log-level
r systemctl log-target
r systemctl service-watchdogs
r runlevel
r systemctl list-machines --no-legend
r systemctl default
r systemctl --version

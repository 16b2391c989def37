systemctl start t-rf 2>/dev/null; systemctl start t-rf2 2>/dev/null
r systemctl is-failed t-rf t-rf2
r systemctl is-system-running
r systemctl stop t-rf
r systemctl is-failed t-rf
r systemctl reset-failed t-rf
r systemctl is-failed t-rf
r systemctl reset-failed t-rfnone
r systemctl reset-failed
r systemctl is-failed t-rf2
r systemctl is-system-running

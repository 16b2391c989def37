r systemctl start t-rw
w t-rw auto-restart
r systemctl is-active t-rw
r systemctl is-failed t-rw
r systemctl status t-rw
p t-rw
r systemctl stop t-rw
p t-rw
r systemctl start t-rw
w t-rw auto-restart
p t-rw
log t-rw

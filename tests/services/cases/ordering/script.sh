r systemctl start t-or1; w t-or3 exited; out or
r systemctl stop t-or2 t-or1 t-or3; out or
r systemctl start t-or3 t-or1 t-or2; out or

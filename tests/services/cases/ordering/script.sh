r systemctl start t-or1; w t-or3 exited; out or

r systemctl start t-wp1; s t-wp1 t-wp2; systemctl stop t-wp2; s t-wp1 t-wp2
r systemctl start t-wp3; s t-wp3 t-wp4

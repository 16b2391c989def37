r systemctl start t-dre
r systemctl show t-dre -p Environment,ExecStart
procs t-dre

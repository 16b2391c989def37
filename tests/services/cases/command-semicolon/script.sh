r systemctl start t-cs
out cs
r systemctl show t-cs -p ExecStart
r systemctl start t-cs2
log t-cs2

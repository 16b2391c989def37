r systemctl start t-cp
out cp
r systemctl show t-cp -p ExecStart
log t-cp

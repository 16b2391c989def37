r systemctl start t-lco
out lco
p t-lco Environment
log t-lco

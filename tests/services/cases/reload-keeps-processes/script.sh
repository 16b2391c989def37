systemctl start t-rkp1 t-rkp2; systemctl start t-rkp3; w t-rkp3 failed
A=$(systemctl show -P MainPID t-rkp1)
r systemctl daemon-reload
r systemctl is-active t-rkp1 t-rkp2 t-rkp3
r systemctl daemon-reexec
r systemctl is-active t-rkp1 t-rkp2 t-rkp3
p t-rkp3 Result,ExecMainStatus,ExecMainCode
[ $A = $(systemctl show -P MainPID t-rkp1) ] && echo same process
r systemctl restart t-rkp1
[ $A = $(systemctl show -P MainPID t-rkp1) ] || echo other process
log t-rkp1

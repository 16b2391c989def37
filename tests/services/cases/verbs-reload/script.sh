systemctl start t-vr2; sleep .5; M=$(systemctl show -P MainPID t-vr2)
r systemctl reload t-vr2
[ $M = $(systemctl show -P MainPID t-vr2) ] && echo same process
r systemctl force-reload t-vr2
[ $M = $(systemctl show -P MainPID t-vr2) ] && echo same process
r systemctl condrestart t-vr2
[ $M = $(systemctl show -P MainPID t-vr2) ] || echo other process
systemctl start t-vr1; r systemctl reload t-vr1; ws t-vr1; p t-vr1
r systemctl reload t-vr1
systemctl start t-vr3; r systemctl reload t-vr3; p t-vr3; log t-vr3
systemctl start t-vr4; r systemctl reload t-vr4; r systemctl reload t-vr4 t-vrnone; r systemctl try-reload-or-restart t-vr4; s t-vr4

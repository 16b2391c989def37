r systemctl start t-up1; w t-up2 running; s t-up1 t-up2
A=$(systemctl show -P MainPID t-up2); kill -9 $A; for i in $(seq 50); do B=$(systemctl show -P MainPID t-up2); [ $B != 0 ] && [ $B != $A ] && break; sleep .1; done; s t-up1 t-up2
systemctl stop t-up2; w t-up2 running; s t-up1 t-up2
systemctl stop t-up1 t-up2; s t-up1 t-up2

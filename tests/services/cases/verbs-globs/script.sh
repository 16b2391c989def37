r systemctl start 't-vg[12].service'
r systemctl is-active t-vg1
systemctl start t-vg1 t-vg2
rs "systemctl is-active 't-vg*'"
rs "systemctl show -p Id 't-vg*' | sort"
r systemctl restart 't-vg[12]*'
r systemctl stop 't-vg[12].service'
r systemctl is-active t-vg1 t-vg2
r systemctl is-active 't-vgzz*'
r systemctl stop 't-vgzz*'
r systemctl status 't-vgzz*'
r systemctl is-enabled 't-vgzz*'

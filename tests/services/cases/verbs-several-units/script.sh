r systemctl start t-vs1 t-vsnone t-vs2
r systemctl is-active t-vs1 t-vs2
r systemctl start t-vsf t-vs1
r systemctl is-active t-vs1 t-vsf t-vsnone
r systemctl is-active t-vsf t-vsnone
r systemctl is-failed t-vs1 t-vsf
r systemctl is-failed t-vs1 t-vs2
r systemctl is-active -q t-vs1
r systemctl is-active --quiet t-vsf
r systemctl status t-vs1 t-vsf -n0
r systemctl status t-vs1 t-vsnone -n0
r systemctl show t-vs1 t-vs2 -p Id
r systemctl cat t-vs1 t-vs2
r systemctl cat t-vs1 t-vsnone
r systemctl stop t-vs1 t-vs2
r systemctl is-active t-vs1 t-vs2

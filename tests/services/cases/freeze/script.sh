systemctl start t-fz; until grep -q sleep /proc/$(systemctl show -P MainPID t-fz)/comm; do sleep .1; done
r systemctl freeze t-fz
r systemctl is-active t-fz
p t-fz FreezerState
r systemctl status t-fz -n0
r systemctl thaw t-fz
p t-fz FreezerState

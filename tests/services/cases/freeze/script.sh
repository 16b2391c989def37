systemctl start t-fz
r systemctl freeze t-fz
r systemctl is-active t-fz
p t-fz FreezerState
r systemctl status t-fz -n0
r systemctl thaw t-fz
p t-fz FreezerState

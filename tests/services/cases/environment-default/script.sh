chmod 1777 /tmp
systemctl start t-ed1 t-ed2 t-ed4
out ed1; out ed2; out ed2p; out ed4
r systemctl set-environment FOO=foo1 BAZ=x TGLOB=1
r systemctl show-environment
systemctl start t-ed3; out ed3
r systemctl unset-environment FOO BAZ TGLOB
r systemctl set-environment 9=x
r systemctl set-environment
r systemctl unset-environment
r systemctl show-environment
r systemctl import-environment
export TIMP=yes; r systemctl import-environment TIMP
r systemctl show-environment
systemctl unset-environment TIMP
r systemctl import-environment 9x

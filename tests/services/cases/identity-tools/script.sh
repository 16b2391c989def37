r systemd-detect-virt -c
r systemd-detect-virt -q --container
rs "systemd-id128 new | wc -c"
rs "[ \$(systemd-id128 machine-id) = \$(cat /etc/machine-id) ] && echo same"
rs "systemd-id128 boot-id | wc -c"
rs "systemd-id128 -p new | head -1"
r systemd-id128 bogus
r systemd-id128 show bogus
r systemd-path systemd-system-unit
r systemd-path user-shared
r systemd-machine-id-setup --print

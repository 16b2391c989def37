mkdir -p /usr/lib/systemd/user /usr/lib/systemd/user-preset
printf '[Unit]\nDescription=An agent of each user\n[Socket]\nListenStream=%%t/t-gs.sock\n[Install]\nWantedBy=sockets.target\nAlias=t-gsalias.socket\n' > /usr/lib/systemd/user/t-gs.socket
printf '[Service]\nExecStart=/bin/true\n' > /usr/lib/systemd/user/t-gs.service
printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=default.target\n' > /usr/lib/systemd/user/t-gsoff.service
printf 'disable t-gsoff.service\n' > /usr/lib/systemd/user-preset/90-t-gs.preset
F="find /etc/systemd/user -name 't-gs*' -printf '%p %l\n' | sort"
r systemctl --global is-enabled t-gs.socket t-gs.service
r systemctl --global preset t-gs.socket t-gsoff.service
rs "$F"
r systemctl --global is-enabled t-gs.socket t-gsoff.service
r systemctl --global enable t-gsoff.service
r systemctl --global list-unit-files 't-gs*'
r systemctl --global disable t-gs.socket
rs "$F"
r systemctl --global mask t-gs.service
r systemctl --global is-enabled t-gs.service
r systemctl --global enable t-gs.service
r systemctl --global unmask t-gs.service
r systemctl --global enable t-gsnone.socket
r systemctl --global preset t-gsnone.socket
r systemctl --global is-enabled t-gsnone.socket
r systemctl is-enabled t-gs.socket
r systemctl --global disable t-gsoff.service
rs "$F"
rm -f /usr/lib/systemd/user/t-gs* /usr/lib/systemd/user-preset/90-t-gs.preset

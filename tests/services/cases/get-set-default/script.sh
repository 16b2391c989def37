r systemctl get-default
r systemctl set-default t-nope.target
r systemctl set-default multi-user.target
r systemctl get-default
r systemctl set-default graphical.target
r systemctl get-default
rm /etc/systemd/system/default.target

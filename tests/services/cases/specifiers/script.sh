r systemctl start "t-sq@a.b:c_d"
out sq; rm /tmp/t-out.sq
E=$(systemd-escape -p '/srv/my dir/a-b')
r systemctl start "t-sq@$E.service"
out sq; rm /tmp/t-out.sq
r systemctl show "t-sq@$E" -p Description,Id,Names
r systemctl start t-sq@foo-bar.service
out sq
r systemctl status t-sq@foo-bar -n0
